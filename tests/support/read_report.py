"""Reads reports as their readers do, and holds them against docs/schemas/report.schema.json and one another.

read_report.py WHAT FILE [JSON]: WHAT is json, html, csv, markdown or table; JSON is the same report as JSON. Prints a line
"ok WHAT" or "not ok WHAT" for each promise.
"""
import collections
import copy
import csv
import html.parser
import io
import json
import re
import sys
import unicodedata

VOID = {"meta", "br", "rect", "line", "path"}
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def check(what, holds, detail=""):
    print(f"ok {what}" if holds else f"not ok {what}: {detail}")


def each_story(document):
    return [(version, story) for version in document["versions"] for story in version["stories"]]


def undescribed(part, path=""):
    """Paths of members that the schema says nothing of."""
    found = []
    for name, value in part.get("properties", {}).items():
        found += [path + name] if not {"description", "const"} & set(value) else []
    for name, value in part.items():
        if isinstance(value, dict):
            found += undescribed(value, path + name + ".")
    return found


def read_json(name):
    import jsonschema
    text = open(name, encoding="utf-8").read()
    document = json.loads(text, parse_constant=lambda word: 1 / 0)
    schema = json.load(open("docs/schemas/report.schema.json", encoding="utf-8"))
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)
    problem = jsonschema.exceptions.best_match(validator.iter_errors(document))
    check("the JSON holds to its schema", problem is None, problem and f"{list(problem.absolute_path)}: {problem.message[:200]}")
    check("the schema describes each member", not undescribed(schema), undescribed(schema))
    for member in document:
        broken = copy.deepcopy(document)
        del broken[member]
        check(f"the schema refuses a report without {member}", not validator.is_valid(broken))
    check("the schema refuses what it does not know", not validator.is_valid({**document, "more": 1}))
    for version in document["versions"]:
        counted = collections.Counter(story["state"] for story in version["stories"])
        coverage = version["coverage"]
        check(f"the counts of {version['project_key']} {version['fix_version']} are those of its stories",
              coverage["with_commits"] == counted["covered"]
              and all(coverage[state] == counted[state] for state in ("missing", "unmerged", "reverted", "not_expected"))
              and coverage["stories"] == len(version["stories"]) - counted["not_expected"]
              and coverage["without_commits"] == coverage["stories"] - coverage["with_commits"], coverage)
    check("the orphans are as many as is said", document["orphan_commits"] == len(document["orphans"]))


class Page(html.parser.HTMLParser):
    """What stands where on a page."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.wrong, self.tags, self.ids, self.targets, self.text = [], [], collections.Counter(), [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "srcset", "action", "formaction", "style", "data"):
                self.wrong.append(f"<{tag} {name}>")
        values = dict(attrs)
        self.ids += [values["id"]] if "id" in values else []
        self.targets += [values["href"]] if "href" in values else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data):
        self.text.append(data)


def shown(text):
    """How a page shows a text of strangers."""
    text = "".join(f"U+{ord(c):04X}" if HIDDEN.match(c) and c not in "\t\r\n" else c for c in text[:400])
    return " ".join(text.split())


def read_html(name, document):
    page = Page()
    source = open(name, encoding="utf-8").read()
    page.feed(source)
    page.close()
    text = " ".join("".join(page.text).split())
    check("the page is well-formed", not page.wrong and not page.open, (page.wrong, page.open))
    check("the page has no script and loads nothing",
          not set(page.tags) & {"script", "img", "iframe", "object", "embed", "link", "form", "input", "base", "video", "audio"}
          and not re.search(r"url\(|@import|javascript:[^<]*\"", source.split("</style>")[0]), page.tags)
    check("its policy lets nothing run or load", "default-src 'none'; style-src 'unsafe-inline'" in source)
    check("its links lead to its own parts",
          all(target[1:] in page.ids and target[0] == "#" for target in page.targets) and len(set(page.ids)) == len(page.ids),
          (page.targets, page.ids))
    check("each version has a bar in the overview and one of its own",
          page.tags["svg"] >= 2 * len(document["versions"]), page.tags)
    check("each story's summary, reason and key stand on the page",
          all(shown(story[member] or "") in text for _, story in each_story(document)
              for member in ("issue_key", "summary", "reason")),
          [story["summary"] for _, story in each_story(document) if shown(story["summary"]) not in text])
    check("each commit, branch and tag stands on the page",
          all(commit["sha"][:12] in text and all(branch in text for branch in commit["branches"]) and (commit["first_tag"] or "") in text
              for _, story in each_story(document) for commit in story["commits"]))
    check("nothing hidden is left in it", not HIDDEN.search(source.replace("\n", "")))


def unguarded(cell):
    """A cell without the apostrophe that keeps a spreadsheet from calculating."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


def in_cell(text):
    return CONTROLS.sub("\ufffd", text or "")


def read_csv(name, document):
    raw = open(name, encoding="utf-8", newline="").read()
    rows = list(csv.DictReader(io.StringIO(raw, newline=""), strict=True))
    check("each row ends with CR LF and has each column",
          raw.endswith("\r\n") and all(None not in row and None not in row.values() for row in rows))
    check("no cell is taken for a formula", not [cell for row in rows for cell in row.values() if cell.startswith(FORMULA)])
    check("no cell has a control character", not CONTROLS.search(raw))
    changes = document["changes"] or {"versions": [], "stories": [], "scope": []}
    wanted = {"story": len(each_story(document)), "orphan": len(document["orphans"]),
              "sneaked_in": sum(len(v["sneaked_in"]) for v in document["versions"]),
              "after_freeze": sum(len(v["after_freeze"]) for v in document["versions"]),
              "range": sum(len(r["findings"]) for r in document["ranges"]),
              "range_doubt": sum(len(r["doubts"]) for r in document["ranges"]), "not_in_ranges": len(document["not_in_ranges"]),
              "changed_version": len(changes["versions"]), "changed_story": len(changes["stories"]),
              "changed_scope": len(changes["scope"])}
    got = collections.Counter(row["record"] for row in rows)
    check("each thing that the report tells has a row", got == collections.Counter(wanted), (wanted, got))
    cells = [[unguarded(row[name]) for name in ("source", "fix_version", "issue_key", "summary", "state", "reason", "first_tag",
                                                "repositories", "branches", "shas")]
             for row in rows if row["record"] == "story"]
    check("a story's row reads back as what the JSON says",
          cells == [[in_cell(text) for text in (
              version["source"], version["fix_version"], story["issue_key"], story["summary"], story["state"], story["reason"],
              story["first_tag"], " ".join(story["repositories"]), " ".join(story["branches"]),
              " ".join(commit["sha"] for commit in story["commits"]))] for version, story in each_story(document)])
    check("an orphan's row too",
          [[unguarded(row[name]) for name in ("source", "repositories", "shas", "summary", "reason")] for row in rows
           if row["record"] == "orphan"]
          == [[in_cell(orphan[name]) for name in ("source", "repository", "sha", "subject", "reason")] for orphan in document["orphans"]])


def read_markdown(name, document):
    lines = open(name, encoding="utf-8").read().split("\n")
    bars = None
    uneven = []
    for line in lines:
        count = len(re.findall(r"(?<!\\)(?:\\\\)*\|", line))
        if not line.startswith("|"):
            bars = None
            uneven += [line] if count else []
        elif bars is None:
            bars = count
        elif count != bars:
            uneven.append(line)
    check("each row has the cells of its table's head", not uneven, uneven[:3])
    text = "\n".join(lines)
    check("no HTML of strangers stands in it", not re.search(r"<(?!br>|!-- -->)", text))
    check("it calls nobody and names no request", not re.search(r"[@#](?!<!-- -->)\w", text))
    check("nothing hidden stands in it", not HIDDEN.search(text.replace("\n", "")))
    check("each story has a row", all(f"| {story['issue_key']} |" in text for _, story in each_story(document)))


def read_table(name, document):
    lines = open(name, encoding="utf-8").read().split("\n")
    widths = [sum(0 if unicodedata.combining(c) or c in "\u200c\u200d" else 2 if unicodedata.east_asian_width(c) in "WF" else 1
                  for c in line) for line in lines]
    check("no line is longer than 100 columns", max(widths) <= 100, max(widths))
    check("nothing hidden stands in it", not HIDDEN.search("".join(lines)))
    check("no line ends with a space", not [line for line in lines if line.endswith(" ")])
    check("each story has a line", all(re.search(f"^  {story['issue_key']} ", "\n".join(lines), re.M) for _, story in each_story(document)))


if __name__ == "__main__":
    if sys.argv[1] == "json":
        read_json(sys.argv[2])
    else:
        with open(sys.argv[3], encoding="utf-8") as stream:
            report = json.load(stream)
        {"html": read_html, "csv": read_csv, "markdown": read_markdown, "table": read_table}[sys.argv[1]](sys.argv[2], report)
