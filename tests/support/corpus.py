#!/usr/bin/env python3
"""Sends each recorded Jira body of a corpus through TLS: corpus.py DIR

DIR/INDEX.tsv names the bodies (columns path, source, event, ...). Each is sent changed under the signature of the
original (401), then as it is (200, or 422 where the body is unusable; never 5xx), then once more (duplicate, or 422
again). Prints a line "ok PATH" or "not ok PATH" for each.
"""
import csv
import hashlib
import hmac
import http.client
import json
import os
import ssl
import sys
import urllib.parse


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


def judge(body, delivery):
    """Returns what is wrong with the answers, or None, and the outcome of the first."""
    changed = body[:-1] + (b" " if body[-1:] != b" " else b"\n")
    status, answer = post(changed, body, delivery)
    if status != 401 or answer["error"] != "invalid_signature":
        return "changed: %d %s" % (status, answer), None
    first, answer = post(body, body, delivery)
    outcome = answer.get("outcome")
    if first not in (200, 422) or outcome not in ("applied", "stale", "duplicate", "ignored", "quarantined"):
        return "signed: %d %s" % (first, answer), None
    again, answer = post(body, body, delivery)
    if again != first or answer["outcome"] != ("duplicate" if first == 200 else "quarantined"):
        return "repeated: %d %s" % (again, answer), None
    return None, outcome


def main():
    folder = sys.argv[1]
    failed, outcomes, bodies = 0, {}, set()
    with open(os.path.join(folder, "INDEX.tsv"), encoding="utf-8", newline="") as index:
        rows = [row for row in csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE) if row["source"] == "jira"]
    for number, row in enumerate(rows):
        with open(os.path.join(folder, row["path"]), "rb") as file:
            body = file.read()
        bodies.add(body)
        wrong, outcome = judge(body, "corpus-%d" % number)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
        failed += wrong is not None
        print("ok %s: %s" % (row["path"], outcome) if wrong is None else "not ok %s: %s" % (row["path"], wrong))
    print("%d bodies, %d of them different: %s" % (len(rows), len(bodies), outcomes))
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
