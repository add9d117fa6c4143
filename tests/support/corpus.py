#!/usr/bin/env python3
"""Recorded Jira bodies against what tests/expected/corpus.tsv says of each: corpus.py send|rows DIR

DIR/INDEX.tsv names the bodies (columns path, source, event, ...). send sends each through TLS changed under the
signature of the original (401), then as it is (the table's outcome), then once more (duplicate, or 422 again). rows
compares what is in the database, once no job waits, with what the table's rows give by their ranks. Both print lines
"ok WHAT" or "not ok WHAT".

Columns of the table: path; event; outcome (stored, ignored, or the reason for which it is in quarantine); issue_id and
issue_key; look (whole or fragment: how much the body shows of the issue); entities (kind:id:live or :deleted); project
(id=key); summary (cut where it is long), status; fix_versions (id=name;..., or {} for none); updated, timestamp. "-" is
nothing.
"""
import collections
import csv
import hashlib
import hmac
import http.client
import json
import os
import ssl
import subprocess
import sys
import urllib.parse

TABLE = os.path.join(os.path.dirname(__file__), "..", "expected", "corpus.tsv")
TYPED = {"comment": ("comments", "comment_id"), "worklog": ("worklogs", "worklog_id"),
         "issue_link": ("issue_links", "link_id")}
NEVER = ""  # sorts before each instant


def post(body, signed, delivery):
    url = urllib.parse.urlsplit(os.environ["JIRASYNC_URL"])
    context = ssl.create_default_context(cafile=os.environ["JIRASYNC_CA"])
    digest = hmac.new(os.environ["JIRA_WEBHOOK_SECRET"].encode(), signed, hashlib.sha256).hexdigest()
    connection = http.client.HTTPSConnection(url.hostname, url.port, timeout=20, context=context)
    connection.request("POST", "/webhooks/jira", body, {
        "Content-Type": "application/json; charset=UTF-8", "X-Hub-Signature": "sha256=" + digest,
        "X-Atlassian-Webhook-Identifier": delivery})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text)


def read_tsv(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def read_corpus(folder):
    """The table's rows with their bodies, each body once; and what the table and the corpus have not in common."""
    known, rows, odd = {row["path"]: row for row in read_tsv(TABLE)}, [], []
    hashes = set()
    for entry in read_tsv(os.path.join(folder, "INDEX.tsv")):
        if entry["source"] != "jira":
            continue
        with open(os.path.join(folder, entry["path"]), "rb") as file:
            body = file.read()
        sha256 = hashlib.sha256(body).hexdigest()
        row = known.pop(entry["path"].split("/", 1)[1], None)
        if sha256 not in hashes and row is None:
            odd.append("%s is not in the table" % entry["path"])
        elif sha256 not in hashes:
            rows.append(dict(row, body=body, sha256=sha256))
        hashes.add(sha256)
    return rows, odd + ["%s is not in the corpus" % path for path in known]


# ---- answers ----


def judge(row, delivery):
    """What is wrong with the answers, or None."""
    body = row["body"]
    changed = body[:-1] + (b" " if body[-1:] != b" " else b"\n")
    status, answer = post(changed, body, delivery)
    if status != 401 or answer["error"] != "invalid_signature":
        return "changed: %d %s" % (status, answer)
    first, answer = post(body, body, delivery)
    if row["outcome"] == "stored":
        right = first == 200 and answer["outcome"] in ("applied", "stale")
    elif row["outcome"] == "ignored":
        right = first == 200 and answer["outcome"] == "ignored"
    else:
        right = first == 422 and answer["outcome"] == "quarantined" and answer["error"] == row["outcome"]
    if not right:
        return "expected %s, got %d %s" % (row["outcome"], first, answer)
    again, answer = post(body, body, delivery)
    if again != first or answer["outcome"] != ("duplicate" if first == 200 else "quarantined"):
        return "repeated: %d %s" % (again, answer)
    return None


def send(rows):
    failed = 0
    for number, row in enumerate(rows):
        wrong = judge(row, "corpus-%d" % number)
        failed += wrong is not None
        print("ok %s: %s" % (row["path"], row["outcome"]) if wrong is None else "not ok %s: %s" % (row["path"], wrong))
    return failed


# ---- rows ----


def query(statement):
    done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", os.environ["PGURI"],
                           "-c", "SET timezone = 'UTC'",
                           "-c", "SELECT coalesce(json_agg(q), '[]') FROM (%s) q" % statement],
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def value(text):
    return None if text == "-" else text


def number(text):
    return None if text == "-" else int(text)


def instant(text):
    """A key that sorts: of the table's notation, or of PostgreSQL's, which leaves zeros out."""
    if text is None or text == "-":
        return NEVER
    text = text.replace("+00:00", "Z").rstrip("Z")
    return (text if "." in text else text + ".").rstrip("0")


def rank(row):
    updated, timestamp = instant(row["updated"]), instant(row["timestamp"])
    return updated or timestamp, timestamp or updated, row["sha256"]


def pairs(text):
    return [tuple(pair.split("=", 1)) for pair in text.split(";")] if text not in ("-", "{}") else []


def newest_names(rows):
    """The newest name of each version and key of each project, from whole looks at issues that are no deletes, and from
    their own events; where two are as new, both."""
    told = collections.defaultdict(list)
    for row in rows:
        tells = row["look"] == "whole" and row["event"] != "jira:issue_deleted" or row["issue_id"] == "-"
        if row["outcome"] != "stored" or not tells:
            continue
        for column in ("project", "fix_versions"):
            for name in pairs(row[column]):
                told[column, name[0]].append((rank(row)[0], name[1]))
    return {key: {name for at, name in names if at == max(names)[0]} for key, names in told.items()}


def expected_issues(rows):
    """By issue: the table's row of the highest rank, whole ones first."""
    highest = {}
    for row in rows:
        if row["issue_id"] != "-":
            identity, key = int(row["issue_id"]), (row["look"] == "whole",) + rank(row)
            if identity not in highest or key > highest[identity][0]:
                highest[identity] = (key, row)
    return {identity: row for identity, (_, row) in highest.items()}


def issue_differs(row, got, names, deleted):
    """The columns that are not as the table has them."""
    keys = set()
    for identity, key in pairs(row["project"]):
        keys |= names.get(("project", identity), {key})
    versions = [names.get(("fix_versions", identity), {name}) for identity, name in pairs(row["fix_versions"])]
    summary = value(row["summary"])
    shown = got["fix_versions"] or []
    cut = summary is not None and summary.endswith("…")
    right = {
        "is_stub": got["is_stub"] == (row["look"] != "whole"),
        "summary": (got["summary"] or "").startswith(summary[:-1]) if cut else got["summary"] == summary,
        "status": got["status"] == value(row["status"]),
        "updated_at": instant(got["updated_at"]) == instant(row["updated"]),
        "project_key": got["project_key"] in (keys or {None}),
        "fix_versions": got["fix_versions"] is None if row["fix_versions"] == "-" else
        len(shown) == len(versions) and all(name in known for name, known in zip(shown, versions)),
        "deleted_at": (got["deleted_at"] is not None) == deleted}
    return ["%s is %r" % (column, got[column]) for column, holds in right.items() if not holds]


def report(what, wrong):
    print("ok %s" % what if not wrong else "not ok %s: %s" % (what, "; ".join(wrong)))
    return bool(wrong)


def check_ledger(rows):
    ledger = {row["sha256"]: row for row in query(
        "SELECT encode(body_sha256, 'hex') AS sha256, event, outcome, issue_id, issue_key FROM jirasync.deliveries")}
    quarantine = {row["sha256"]: row["reason"] for row in query(
        "SELECT encode(body_sha256, 'hex') AS sha256, reason FROM jirasync.quarantined_deliveries")}
    failed = 0
    for row in rows:
        got, wrong = ledger.get(row["sha256"]), []
        if row["outcome"] not in ("stored", "ignored"):
            if got is not None or quarantine.get(row["sha256"]) != row["outcome"]:
                wrong = ["not in quarantine alone"]
        elif got is None or row["sha256"] in quarantine:
            wrong = ["not in the ledger alone"]
        else:
            wanted = {"event": value(row["event"]), "issue_id": number(row["issue_id"]),
                      "issue_key": value(row["issue_key"])}
            wrong = ["%s is %r" % (column, got[column]) for column in wanted if got[column] != wanted[column]]
        failed += report("the ledger of %s" % row["path"], wrong)
    return failed


def check_issues(rows):
    issues = {row["issue_id"]: row for row in query("""SELECT issue_id, is_stub, summary, status, updated_at,
        project_key, fix_versions, deleted_at FROM jirasync.issues""")}
    names, wanted = newest_names(rows), expected_issues(rows)
    deleted = {int(row["issue_id"]) for row in rows if row["event"] == "jira:issue_deleted" and row["issue_id"] != "-"}
    failed = report("no issue is there of which nothing told", ["%d" % extra for extra in set(issues) - set(wanted)])
    for identity, row in wanted.items():
        wrong = issue_differs(row, issues[identity], names, identity in deleted) if identity in issues else ["no row"]
        failed += report("issue %d is as %s shows it" % (identity, row["path"]), wrong)
    return failed


def check_entities(rows):
    wanted, issues, deleted_issues = {}, collections.defaultdict(set), set()
    for row in rows:
        if row["event"] == "jira:issue_deleted":
            deleted_issues.add(row["issue_id"])
        for told in row["entities"].split() if row["entities"] != "-" else []:
            kind, identity, mark = told.split(":")
            wanted[kind, identity] = wanted.get((kind, identity), False) or mark == "deleted"
            issues[kind, identity].add(row["issue_id"])
    got = {(row["kind"], row["id"]): row for row in query(" UNION ALL ".join(
        ["SELECT kind, id, issue_id, deleted_at FROM jirasync.entities"] +
        ["SELECT '%s', %s::text, %s, deleted_at FROM jirasync.%s" % (
            kind, key, "NULL::bigint" if kind == "issue_link" else "issue_id", table)
         for kind, (table, key) in TYPED.items()]))}
    failed = report("no entity is there of which nothing told", ["%s %s" % extra for extra in set(got) - set(wanted)])
    for (kind, identity), deleted in wanted.items():
        row, wrong = got.get((kind, identity)), []
        gone = issues[kind, identity] & deleted_issues  # bodies of two sites may put one id on two issues
        may_be_deleted = {True} if deleted else {gone == issues[kind, identity], bool(gone)}
        if row is None:
            wrong = ["no row"]
        elif (row["deleted_at"] is not None) not in may_be_deleted:
            wrong = ["deleted_at is %r" % row["deleted_at"]]
        elif len(issues[kind, identity]) == 1 and row["issue_id"] != number(min(issues[kind, identity])):
            wrong = ["issue_id is %r" % row["issue_id"]]
        failed += report("%s %s" % (kind, identity), wrong)
    return failed


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("send", "rows"):
        print(__doc__, file=sys.stderr)
        return 2
    rows, odd = read_corpus(sys.argv[2])
    if sys.argv[1] == "send":
        failed = report("the table tells of each body", odd) + send(rows)
    else:
        failed = check_ledger(rows) + check_issues(rows) + check_entities(rows)
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
