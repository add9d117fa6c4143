#!/usr/bin/env python3
"""Recorded bodies of git hosts against what tests/expected/corpus_git.tsv says of each: corpus_git.py send|rows DIR

DIR/INDEX.tsv names the bodies (columns path, source, event, ...). send sends each through TLS with its host's headers:
changed under the signature of the original (401), as it is (the table's outcome), once more (duplicate, or 422 again),
and, where it was taken, with another body under its id (id_conflict). rows compares what is in the database. Both print
lines "ok WHAT" or "not ok WHAT". Each host has a source of its kind's name whose secret is that of Jira's.

Columns of the table: path; event (what the header says, - none); outcome (stored, ignored, or the reason for which it is
in quarantine); repository; changes (KIND:REF:BEFORE:AFTER:TOTAL:FLAGS each, hashes by their first digits, ? a hash that is
not told, flag w: whole, f: forced); commits (the hashes of each change, the oldest first); keys (HASH=KEY,... of a commit,
REF=KEY,... of a branch, KEY,... of a pull request); pull_request (NUMBER:STATE:SOURCE:TARGET:HEAD:MERGE); updated (of a
pull request). "-" is nothing.
"""
import base64
import csv
import datetime
import hashlib
import hmac
import http.client
import json
import os
import re
import ssl
import subprocess
import sys
import time
import urllib.parse

TABLE = os.path.join(os.path.dirname(__file__), "..", "expected", "corpus_git.tsv")
SECRET = os.environ.get("JIRA_WEBHOOK_SECRET", "").encode()
KINDS = {"bitbucket-cloud": "bitbucket"}  # of the corpus's folders whose name is another than the kind's


def hub_signature(body):
    return "sha256=" + hmac.new(SECRET, body, hashlib.sha256).hexdigest()


def headers_of(kind, event, delivery, signed):
    """What the host sends beside a body, with the signature of signed."""
    if kind == "github":
        headers = {"X-GitHub-Event": event, "X-GitHub-Delivery": delivery, "X-Hub-Signature-256": hub_signature(signed)}
    elif kind == "bitbucket":
        headers = {"X-Event-Key": event, "X-Request-UUID": delivery, "X-Hook-UUID": "a-hook", "X-Attempt-Number": "1",
                   "X-Hub-Signature": hub_signature(signed)}
    elif kind == "bitbucket-server":
        headers = {"X-Event-Key": event, "X-Request-Id": delivery, "X-Hub-Signature": hub_signature(signed)}
    else:
        now = str(int(time.time()))
        digest = hmac.new(SECRET, ("%s.%s." % (delivery, now)).encode() + signed, hashlib.sha256).digest()
        headers = {"X-Gitlab-Event": event, "Idempotency-Key": delivery, "webhook-id": delivery, "webhook-timestamp": now,
                   "webhook-signature": "v1," + base64.b64encode(digest).decode()}
    return {name: value for name, value in headers.items() if value is not None}


def post(row, body, signed):
    url = urllib.parse.urlsplit(os.environ["JIRASYNC_URL"])
    context = ssl.create_default_context(cafile=os.environ["JIRASYNC_CA"])
    event = None if row["event"] == "-" else row["event"]
    connection = http.client.HTTPSConnection(url.hostname, url.port, timeout=20, context=context)
    connection.request("POST", "/webhooks/%s/%s" % (row["kind"], row["kind"]), body, dict(
        headers_of(row["kind"], event, row["delivery"], signed), **{"Content-Type": "application/json"}))
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text)


def read_tsv(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def read_corpus(folder):
    """The table's rows with their bodies; and what the table and the corpus have not in common."""
    known, rows, odd = {row["path"]: row for row in read_tsv(TABLE)}, [], []
    for entry in read_tsv(os.path.join(folder, "INDEX.tsv")):
        if entry["source"] == "jira":
            continue
        row = known.pop(entry["path"], None)
        if row is None:
            odd.append("%s is not in the table" % entry["path"])
            continue
        with open(os.path.join(folder, entry["path"]), "rb") as file:
            body = file.read()
        rows.append(dict(row, body=body, kind=KINDS.get(entry["source"], entry["source"]),
                         delivery="corpus-%d" % len(rows), sha256=hashlib.sha256(body).hexdigest()))
    return rows, odd + ["%s is not in the corpus" % path for path in known]


def report(what, wrong):
    print("ok %s" % what if not wrong else "not ok %s: %s" % (what, "; ".join(wrong)))
    return bool(wrong)


# ---- answers ----


def judge(row):
    """What is wrong with the answers, or nothing."""
    body, other = row["body"], row["body"] + b" \n"
    status, answer = post(row, other, body)
    if status != 401 or answer["error"] != "invalid_signature":
        return ["changed: %d %s" % (status, answer)]
    first, answer = post(row, body, body)
    if row["outcome"] == "stored":
        right = first == 200 and answer["outcome"] in ("applied", "stale")
    elif row["outcome"] == "ignored":
        right = first == 200 and answer["outcome"] == "ignored"
    else:
        right = first == 422 and answer["outcome"] == "quarantined" and answer["error"] == row["outcome"]
    if not right:
        return ["expected %s, got %d %s" % (row["outcome"], first, answer)]
    again, answer = post(row, body, body)
    if again != first or answer["outcome"] != ("duplicate" if first == 200 else "quarantined"):
        return ["repeated: %d %s" % (again, answer)]
    if first == 200:
        status, answer = post(row, other, other)
        if status != 422 or answer["error"] != "id_conflict":
            return ["another body under its id: %d %s" % (status, answer)]
    return []


def send(rows):
    return sum(report("%s: %s" % (row["path"], row["outcome"]), judge(row)) for row in rows)


# ---- rows ----


def query(statement):
    done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", os.environ["PGURI"],
                           "-c", "SET timezone = 'UTC'",
                           "-c", "SELECT coalesce(json_agg(q), '[]') FROM (%s) q" % statement],
                          stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def short(text):
    return "-" if text is None else text[:8] if text else "?"


def by_delivery(rows):
    found = {}
    for row in rows:
        found.setdefault((row["source"], row["delivery_id"]), []).append(row)
    return found


def check_ledger(rows):
    ledger = by_delivery(query("SELECT source, delivery_id, event FROM jirasync.deliveries"))
    kept = {(row["source"], row["sha256"], row["reason"]) for row in query(
        "SELECT source, encode(sha256(body), 'hex') AS sha256, reason FROM jirasync.quarantined_deliveries")}
    failed = 0
    for row in rows:
        got = ledger.get((row["kind"], row["delivery"]))
        if row["outcome"] in ("stored", "ignored"):
            wrong = ["not in the ledger"] if got is None else []
            if got is not None and row["event"] != "-" and got[0]["event"] != row["event"]:
                wrong = ["its event is %s" % got[0]["event"]]
        else:
            wrong = [] if got is None and (row["kind"], row["sha256"], row["outcome"]) in kept else ["not in quarantine alone"]
        failed += report("the ledger of %s" % row["path"], wrong)
    return failed


def check_pushes(rows):
    pushes = by_delivery(query("""SELECT source, delivery_id, repository, kind, ref, before, after, total, is_whole, is_forced,
        (SELECT string_agg(left(c.sha, 8), ',' ORDER BY c.place) FROM jirasync.push_commits c
          WHERE c.source = p.source AND c.delivery_id = p.delivery_id AND c.change = p.change) AS commits
        FROM jirasync.pushes p ORDER BY change"""))
    failed = 0
    for row in rows:
        got = pushes.pop((row["kind"], row["delivery"]), [])
        if row["changes"] == "-" and not got:
            continue
        changes = " ".join(":".join((push["kind"], push["ref"], short(push["before"]), short(push["after"]),
                                     "-" if push["total"] is None else str(push["total"]),
                                     ("w" if push["is_whole"] else "") + ("f" if push["is_forced"] else "") or "-")) for push in got)
        wrong = ["changes are %s" % changes] if changes != row["changes"] else []
        commits = " ".join(push["commits"] or "-" for push in got)
        wrong += ["commits are %s" % commits] if commits != row["commits"] else []
        wrong += ["the repository is %s" % push["repository"] for push in got if push["repository"] != row["repository"]]
        failed += report("the push of %s" % row["path"], wrong)
    return failed + report("no push is there of which nothing told", ["%s %s" % extra for extra in pushes])


def check_keys(rows):
    """Of each commit in one body alone: bodies of several projects' tests share hashes and not messages."""
    told, seen = {}, {}
    for row in rows:
        if row["outcome"] != "stored" or row["changes"] == "-":
            continue
        named = dict(pair.split("=", 1) for pair in row["keys"].split()) if row["keys"] != "-" else {}
        for sha in {sha for shas in row["commits"].split() for sha in shas.split(",") if sha != "-"}:
            commit = (row["kind"], row["repository"], sha)
            seen[commit] = seen.get(commit, 0) + 1
            told[commit] = set(named[sha].split(",")) if sha in named else set()
    got = {commit: set() for commit in told}
    for row in query("SELECT source, repository, left(sha, 8) AS sha, key FROM jirasync.commit_keys WHERE evidence = 'message'"):
        got.setdefault((row["source"], row["repository"], row["sha"]), set()).add(row["key"])
    wrong = ["%s names %s" % (commit, got[commit]) for commit in told if seen[commit] == 1 and got[commit] != told[commit]]
    return report("each commit's message names its keys", wrong)


def instant(text):
    """As a number that sorts: of milliseconds, or of a text that a host writes."""
    if text == "-":
        return float("-inf")
    if re.fullmatch("[0-9]+", text):
        return int(text) / 1000
    text = re.sub(r" UTC$", "+00:00", text).replace("Z", "+00:00")
    text = re.sub(r"([+-][0-9]{2})([0-9]{2})$", r"\1:\2", text)
    text = re.sub(r"\.([0-9]+)", lambda found: "." + (found.group(1) + "000000")[:6], text)
    return datetime.datetime.fromisoformat(text).timestamp()


def check_pull_requests(rows):
    highest = {}
    for row in rows:
        if row["pull_request"] == "-":
            continue
        number, state = row["pull_request"].split(":")[:2]
        identity = (row["kind"], row["repository"], int(number))
        rank = (instant(row["updated"]), state == "merged", row["sha256"], row["delivery"])
        if identity not in highest or rank > highest[identity][0]:
            highest[identity] = (rank, row)
    got = {(row["source"], row["repository"], row["number"]): row for row in query("SELECT * FROM jirasync.pull_requests")}
    failed = report("no pull request is there of which nothing told", ["%s %s %d" % extra for extra in set(got) - set(highest)])
    for identity, (_, row) in highest.items():
        request = got.get(identity)
        wrong = [] if request else ["no row"]
        if request:
            shown = ":".join((str(request["number"]), request["state"] or "-", request["source_branch"] or "-",
                              request["target_branch"] or "-", short(request["head_sha"]), short(request["merge_sha"])))
            keys = ",".join(request["keys"]) or "-"
            wrong = ["it is %s" % shown] if shown != row["pull_request"] else []
            wrong += ["its keys are %s" % keys] if keys != row["keys"] else []
        failed += report("pull request %s %s#%d is as %s shows it" % (identity + (row["path"],)), wrong)
    return failed


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("send", "rows"):
        print(__doc__, file=sys.stderr)
        return 2
    rows, odd = read_corpus(sys.argv[2])
    if sys.argv[1] == "send":
        failed = report("the table tells of each body of a git host", odd) + send(rows)
    else:
        failed = check_ledger(rows) + check_pushes(rows) + check_keys(rows) + check_pull_requests(rows)
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
