#!/usr/bin/env python3
"""Mutations of valid bodies against the store: mirror_mutations.py --deliver PROGRAM --folder DIR FIXTURE...

Every member, at every path, is dropped and given every other type; a path that many fixtures have, in MOST of them.
Each mutant tells of ids of its own, so that each leaves a row to look at. Promised: no error but a refusal, each body
in the ledger or in quarantine exactly once, and no row that shows what no body with its id told. Prints "ok WHAT" or
"not ok WHAT" for each promise.
"""
import argparse
import collections
import copy
import decimal
import json
import os
import random
import re
import subprocess
import sys
import time

from mirror import agrees, judge, sql, table
from mirror_bodies import EPIC_LINK, storable
from mirror_expected import Either, kept_text

MOST = 3
OTHERS = (None, True, 7, "x", [], {})
TENANT = "mutants"
# Ids that are put in place of the fixture's: the members that hold the ids of what the body tells of.
ISSUE_PATHS = (("issue", "id"), ("worklog", "issueId"), ("issueLink", "sourceIssueId"))
ISSUE_EVENTS = ("jira:issue_created", "jira:issue_updated", "jira:issue_deleted")
ENTITIES = ("comment", "worklog", "attachment", "issueLink", "version", "sprint")


def paths(value, path=()):
    """Of every member and element below value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, below in items:
        yield path + (name,)
        yield from paths(below, path + (name,))


def at(value, path):
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def mutants(body):
    for path in paths(body):
        holder, name = body, path[-1]
        for step in path[:-1]:
            holder = holder[step]
        if isinstance(holder, dict):
            yield path, "dropped", None
        for other in OTHERS:
            if type(other) is not type(holder[name]):
                yield path, "replaced", other


def mutate(body, path, how, other):
    mutant = copy.deepcopy(body)
    holder = mutant
    for step in path[:-1]:
        holder = holder[step]
    if how == "dropped":
        del holder[path[-1]]
    else:
        holder[path[-1]] = other
    return mutant


def own_ids(text, number):
    """The fixture with ids of its own; ids that are digits stay digits, and numbers numbers."""
    body, changes = json.loads(text), {}
    for path in ISSUE_PATHS:
        if isinstance(at(body, path), (str, int)) and not changes:
            changes[str(at(body, path))] = str(10 ** 9 + number)
    for name in ENTITIES:
        value = at(body, (name, "id"))
        if isinstance(value, (str, int)) and str(value) not in changes:
            changes[str(value)] = str(2 * 10 ** 9 + number)
    changes = {old: new for old, new in changes.items() if old.isdigit()}
    if not changes:
        return text
    pattern = re.compile(r"(?<![0-9])(%s)(?![0-9])" % "|".join(changes))
    return pattern.sub(lambda found: changes[found.group(1)], text)


def all_mutants(fixtures):
    number, done = 0, collections.Counter()
    for fixture in fixtures:
        with open(fixture, encoding="utf-8", errors="surrogateescape") as file:
            text = file.read()
        for path, how, other in mutants(json.loads(text)):
            about = "%s %s %r" % ("/".join(map(str, path)), how, other)
            done[about] += 1
            if done[about] > MOST:
                continue
            number += 1
            body = mutate(json.loads(own_ids(text, number)), path, how, other)
            yield "%d" % number, "%s %s" % (os.path.basename(fixture), about), json.dumps(body).encode()


# ---- what a row may show ----


def text_of(value):
    return value if isinstance(value, str) else None


def listed(values, name=None):
    if not isinstance(values, list):
        return None
    texts = [text_of(v if name is None else v.get(name) if isinstance(v, dict) else None) for v in values]
    return [t for t in texts if t is not None]


def account(user):
    return [text_of(at(user, (name,))) for name in ("accountId", "name", "key")]


def whole(fields):
    return isinstance(at(fields, ("summary",)), str) and all(
        isinstance(at(fields, (name,)), dict) for name in ("status", "issuetype", "project"))


def issue_row(issue):
    """The columns of the row, if it shows this body. What has another type than it should is absent."""
    fields = at(issue, ("fields",))
    listed_versions = at(fields, ("fixVersions",))
    versions = [v for v in listed_versions if isinstance(v, dict) and v.get("id") is not None] \
        if isinstance(listed_versions, list) else None
    if isinstance(fields, dict) and fields.get("fixVersions", 0) is None:
        versions = []
    key = text_of(at(issue, ("key",)))
    row = {
        "issue_key": key or None, "summary": text_of(at(fields, ("summary",))),
        "issue_type": text_of(at(fields, ("issuetype", "name"))), "status": text_of(at(fields, ("status", "name"))),
        "resolution": text_of(at(fields, ("resolution", "name"))),
        "priority": text_of(at(fields, ("priority", "name"))),
        "assignee": next((a for a in account(at(fields, ("assignee",))) if a is not None), None),
        "labels": listed(at(fields, ("labels",))), "components": listed(at(fields, ("components",)), "name"),
        "fix_versions": versions if versions is None else [text_of(v.get("name")) for v in versions],
        "project_key": text_of(at(fields, ("project", "key"))) or None, "fields": fields}
    return {name: storable(value) for name, value in row.items()}


def comment_row(comment):
    body = at(comment, ("body",))
    return {"author": Either(*[storable(a) for a in account(at(comment, ("author",)))]),
            "body": kept_text(storable(body)) if isinstance(body, dict) else storable(text_of(body))}


def worklog_row(worklog):
    seconds = at(worklog, ("timeSpentSeconds",))
    return {"author": Either(*[storable(a) for a in account(at(worklog, ("author",)))]),
            "seconds_spent": seconds if type(seconds) is int else None}


def link_row(link):
    return {"link_type": storable(text_of(at(link, ("issueLinkType", "name")))),
            "from_issue_id": number_of(at(link, ("sourceIssueId",))),
            "to_issue_id": number_of(at(link, ("destinationIssueId",)))}


def number_of(value):
    if type(value) is int or isinstance(value, str) and value.isdigit():
        return int(value)
    return None


READERS = {"issues": ("issue_id", "issue", issue_row), "comments": ("comment_id", "comment", comment_row),
           "worklogs": ("worklog_id", "worklog", worklog_row), "issue_links": ("link_id", "issueLink", link_row)}


def issue_ids(body):
    """All by which a body may tell of an issue: the last two are for entities whose issue is not beside them."""
    yield number_of(at(body, ("issue", "id")))
    for member in ENTITIES:
        yield number_of(at(body, (member, "issueId")))
        address = re.search("/issue/([0-9]+)/", text_of(at(body, (member, "self"))) or "")
        yield address and int(address.group(1))


def told(bodies):
    """By table and id: what the bodies with that id would have a row show."""
    found = {name: collections.defaultdict(list) for name in READERS}
    for _, about, text in bodies:
        body = json.loads(text, parse_float=decimal.Decimal)
        for kind, (_, member, read) in READERS.items():
            number = number_of(at(body, (member, "id")))
            if number is not None:
                found[kind][number].append((about, read(body[member])))
        row = issue_row(body.get("issue"))
        for number in set(issue_ids(body)) if body.get("webhookEvent") not in ISSUE_EVENTS else ():
            # An odd issue beside another entity counts as absent, but for its id.
            found["issues"][number] += [(about, row), (about, dict(dict.fromkeys(row), fields=row["fields"]))]
    return found


def wrong_rows(bodies):
    wrong, seen, truth = [], 0, told(bodies)
    for kind, (key, _, _) in READERS.items():
        for row in table(kind, TENANT):
            candidates = truth[kind].get(row[key], [])
            seen += bool(candidates)
            if not any(all(agrees(value, row[column]) for column, value in wanted.items()) for _, wanted in candidates):
                wrong.append(describe(kind, key, row, candidates))
    if seen < len(bodies) // 4:
        wrong.append("only %d rows can be told by a body" % seen)
    return [w for w in wrong if w]


def describe(kind, key, row, candidates):
    """None for a row that holds nothing but its identity: a stub may come of an id alone."""
    names = candidates[0][1] if candidates else ("summary", "status", "fields", "body", "author")
    if all(row.get(name) is None for name in names):
        return None
    if not candidates:
        return "%s %s: no body has this id" % (kind, row[key])
    about, wanted = candidates[0]
    return "%s %s (%s): %s" % (kind, row[key], about, "; ".join(
        "%s: expected %r, got %r" % (c, v, row[c]) for c, v in wanted.items() if not agrees(v, row[c])))


# ---- the run ----


def store(options, bodies, seed):
    path = os.path.join(options.folder, "mutants")
    with open(path, "wb") as file:
        file.write(b"source default %s\n" % EPIC_LINK.encode())
        for name, _, text in bodies:
            file.write(b"deliver %s default %d\n%s\n" % (name.encode(), len(text), text))
    done = subprocess.run([options.deliver, os.environ["PGURI"], TENANT, str(seed), "64", path], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    return done.returncode, done.stderr.decode(), [line.split() for line in done.stdout.decode().splitlines()]


def unkept():
    """Bodies that are in the ledger and in quarantine, or twice in one."""
    return sql("""SELECT delivery_id FROM (
        SELECT delivery_id, body_sha256 FROM jirasync.deliveries WHERE tenant = '%s' UNION ALL
        SELECT delivery_id, body_sha256 FROM jirasync.quarantined_deliveries WHERE tenant = '%s') kept
        GROUP BY delivery_id, body_sha256 HAVING count(*) > 1""" % (TENANT, TENANT)).splitlines()


def settle():
    sql("SELECT setseed(0.5); SELECT facts.settle(3000, NULL, '%s')" % TENANT)
    return sql("""SELECT last_error FROM jirasync.jobs
                  WHERE tenant = '%s' AND last_error IS NOT NULL""" % TENANT).splitlines()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--deliver", required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("fixtures", nargs="+")
    options = parser.parse_args()
    seed = int(os.environ.get("SEED") or os.environ.get("FIRST_SEED") or time.time())
    print("SEED=%d" % seed)
    choose = random.Random(seed)
    choose.shuffle(options.fixtures)
    bodies = list(all_mutants(options.fixtures))
    choose.shuffle(bodies)
    status, errors, answers = store(options, bodies, seed)
    judge("%d mutants are stored or refused" % len(bodies), errors.splitlines() + ["exit status"] * (status != 0))
    names = {name: about for name, about, _ in bodies}
    often = collections.Counter(answer[0] for answer in answers)
    judge("each is answered once", [names[name] for name in names if often[name] != 1])
    duplicates = sum(a[1] == "duplicate" for a in answers)
    rows = sum(int(sql("SELECT count(*) FROM jirasync.%s WHERE tenant = '%s'" % (name, TENANT)))
               for name in ("deliveries", "quarantined_deliveries"))
    judge("each is kept once", [names.get(n, n) for n in unkept()] +
          ["%d of %d are kept" % (rows, len(bodies) - duplicates)] * (rows != len(bodies) - duplicates))
    judge("no row shows what no body told", wrong_rows(bodies))
    judge("what is derived of them can be derived", settle())
    return 0


if __name__ == "__main__":
    sys.exit(main())
