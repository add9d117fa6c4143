"""The rows that a mirror of a small Jira has to hold once all that Jira told has come, in whatever order.

expected(site) is {table: {key: row}}; a row is {column: value}, and a value may be an Either of several. Times are
milliseconds; "deleted" stands for deleted_at, set or not.
"""
from mirror_bodies import storable

WHOLE = ("summary", "issue_type", "hierarchy_level", "status", "status_category", "resolution", "resolved_at",
         "priority", "assignee", "labels", "components", "created_at", "updated_at")


class Either:
    def __init__(self, *values):
        self.values = values

    def __repr__(self):
        return " or ".join(map(repr, self.values))


class Document:
    """The text of a JSON object, however it is written."""

    def __init__(self, value):
        self.value = value

    def __repr__(self):
        return "the text of %r" % self.value


class Plain:
    """The words of a document of REST version 3: a line for each node that is not within one."""

    WORDS = {"mention": "text", "status": "text", "emoji": "text", "inlineCard": "url", "blockCard": "url", "embedCard": "url"}
    INLINE = ("text", "mention", "status", "emoji", "inlineCard", "date")

    def __init__(self, document):
        self.text, self.is_open = "", False
        self.add_node(document)

    def add(self, words):
        self.text += words
        self.is_open = self.is_open or words != ""

    def end_line(self):
        if self.is_open:
            self.text += "\n"
        self.is_open = False

    def add_node(self, node):
        kind = node.get("type") if isinstance(node, dict) else None
        if not isinstance(kind, str):
            return
        if kind == "hardBreak":
            self.is_open = True
        if kind not in self.INLINE:
            self.end_line()
        attributes = node.get("attrs")
        words = (node.get("text") if kind == "text" else
                 attributes.get(self.WORDS[kind]) if kind in self.WORDS and isinstance(attributes, dict) else None)
        self.add(words if isinstance(words, str) else "")
        for child in node["content"] if isinstance(node.get("content"), list) else ():
            self.add_node(child)
        if kind not in self.INLINE and kind != "hardBreak":
            self.end_line()


def kept_text(value):
    """What is kept of a comment whose body is an object: the words of a document, else the object as it is."""
    return Plain(value).text.rstrip("\n") if value.get("type") == "doc" else Document(value)


class Optional(dict):
    """A row that the mirror may lack."""


def newest(version):
    """The version that took this one's place; None when it was deleted and nothing did."""
    while version is not None and version.deleted:
        version = version.merged
    return version


def names(versions):
    """As the mirror knows them: one that only a delete or a merge told of has its id for a name."""
    return sorted({storable(v.name) if v.told else str(v.id) for v in versions if v is not None})


def fix_versions(issue):
    if not issue.is_gone:
        return names(issue.versions)
    # Of an issue that is gone the versions may be shown as they were, or as they became.
    return Either(names(issue.shown.versions), names(map(newest, issue.shown.versions)))


def key_of(issue):
    return Either(issue.shown.key, issue.key) if issue.deleted else issue.key


def parent_of(site, issue, row):
    parent = issue.shown.parent
    row["parent_id"], row["parent_key"] = None, None
    if parent is None:
        return
    told = issue.shown.parent_key
    if site.is_cloud or issue.type == "Sub-task":
        row["parent_id"] = parent.id
        row["parent_key"] = parent.key if parent.shown and not parent.deleted else Either(told, parent.key)
    else:
        # Data Center tells an epic by its key alone.
        row["parent_id"], row["parent_key"] = Either(None, parent.id), Either(told, parent.key)


def whole_issue(site, issue):
    row = {name: storable(getattr(issue.shown, name)) for name in WHOLE}
    row.update(is_stub=False, issue_key=key_of(issue), project_key=issue.shown.project.key,
               fix_versions=fix_versions(issue), fields=storable(issue.shown.fields), deleted=issue.is_gone)
    if not issue.project.deleted:
        row["deleted_at"] = issue.deleted_at
    parent_of(site, issue, row)
    return row


def stub(issue):
    """The highest fragment's columns; one that tells less need not take away what another told."""
    row = {name: None for name in WHOLE}
    row.update(is_stub=True, issue_key=issue.key, deleted=issue.is_gone, fix_versions=None)
    fragments = [columns for _, columns in sorted(issue.fragments, key=lambda f: f[0])]
    for columns in fragments:
        row.update({name: storable(columns[name]) for name in columns if name != "project"})
    if fragments and not fragments[-1]:
        row = {name: value if name in ("is_stub", "issue_key", "deleted") else Either(None, value)
               for name, value in row.items()}
    return row


def issues(site):
    rows = {}
    for issue in site.issues:
        if issue.shown is not None:
            rows[issue.id] = whole_issue(site, issue)
        elif issue.fragments:
            rows[issue.id] = stub(issue)
        else:
            rows[issue.id] = Optional({name: None for name in WHOLE}, is_stub=True)
    return rows


def issue_keys(site):
    """By issue: the keys that must be there, and those that may: its numbers under each key of its projects."""
    rows = {}
    for issue in site.issues:
        due = set(issue.due_keys)
        if due and not issue.deleted:
            due.add(issue.key)
        projects, numbers = {p for p, _ in issue.places}, {n for _, n in issue.places}
        rows[issue.id] = (due, {"%s-%d" % (key, number) for p in projects for key in p.keys for number in numbers})
    return rows


def versions(site):
    rows = {}
    for version in site.versions:
        if not version.told:
            rows[version.id] = Optional()
            continue
        known = version.evented
        row = {"name": version.name, "deleted": version.deleted, "merged_into": version.merged and version.merged.id,
               "project_key": version.project.key if version.project.told else Either(None, version.project.key)}
        for column, value in (("released", version.released), ("archived", version.archived),
                              ("start_date", version.start), ("release_date", version.release)):
            row[column] = value if known else Either(None, value)
        rows[version.id] = row
    return rows


def projects(site):
    return {p.id: {"project_key": p.key, "name": p.name, "deleted": p.deleted, "archived": p.archived} if p.told
            else Optional() for p in site.projects}


def present_versions(site):
    """By issue: the ids of the versions that it has now."""
    return {i.id: set() if i.is_gone else {v.id for v in i.versions} for i in site.issues if i.shown}


def deleted(thing, *issues):
    """A project that is deleted may take along what hangs on its issues."""
    return True if thing.deleted else Either(False, True) if any(i.project.deleted for i in issues) else False


def comments(site):
    return {c.id: {"issue_id": i.id, "author": c.author.id, "body": storable(c.text), "created_at": c.created,
                   "updated_at": c.updated, "deleted": deleted(c, i)} for i in site.issues for c in i.comments}


def worklogs(site):
    return {w.id: {"issue_id": i.id, "author": w.author.id, "seconds_spent": w.seconds, "started_at": w.started,
                   "created_at": w.created, "updated_at": w.updated, "deleted": deleted(w, i)}
            for i in site.issues for w in i.worklogs}


def issue_links(site):
    return {k.id: {"link_type": k.type, "from_issue_id": k.source.id, "to_issue_id": k.target.id,
                   "deleted": deleted(k, k.source, k.target)}
            for k in site.links}


def entities(site):
    rows = {}

    def add(kind, name, body, deleted):
        rows[(kind, str(name))] = {"body": storable(body), "deleted": deleted}

    for issue in site.issues:
        for attachment in issue.attachments:
            add("attachment", attachment.id, attachment.told, deleted(attachment, issue))
    for kind, things in (("version", site.versions), ("project", site.projects)):
        for thing in things:
            if thing.body is not None:
                add(kind, thing.id, thing.body, thing.deleted)
    for sprint in site.sprints:
        add("sprint", sprint.id, sprint.told, sprint.deleted)
    for board in site.boards:
        add("board", board.id, board.told, board.deleted)
        if board.configuration is not None:
            add("board_configuration", board.id, board.configuration, Either(False, board.deleted))
    for user in site.users:
        if user.told is not None:
            add("user", user.id, user.told, user.deleted)
    for name, value in site.properties.items():
        add("issue_property", name, value.body, Either(True, value.deleted) if value.issue.is_gone else value.deleted)
    for name, value in site.settings.items():
        add("option", name, value.body, False)
    return rows
