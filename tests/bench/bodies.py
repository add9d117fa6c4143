#!/usr/bin/env python3
"""Writes signed deliveries for the benchmarks: bodies.py SECRET COUNT BYTES ISSUES FILE

Each line of FILE is "<hex signature> <body>": the update of one of ISSUES issues, padded to about BYTES bytes with the
kind of fields that Jira sends. Every body is distinct. The output depends on the arguments alone.
"""
import datetime
import hashlib
import hmac
import json
import random
import sys

START = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


def issue(number, at, rng, size):
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "-0700"
    fields = {
        "summary": "Load story %d" % number,
        "issuetype": {"id": "10001", "name": "Story", "subtask": False, "hierarchyLevel": 0},
        "project": {"id": "10000", "key": "LOAD", "name": "Load"},
        "status": {"name": "In Progress", "statusCategory": {"key": "indeterminate"}},
        "fixVersions": [{"id": "500", "name": "1.0"}],
        "labels": ["load"], "components": [], "assignee": {"accountId": "5b10a2844c20165700ede21g"},
        "created": "2026-01-01T00:00:00.000-0700", "updated": stamp,
    }
    length, field = len(json.dumps(fields)), 10100
    while length < size - 400:
        field += 1
        value = rng.choice([
            None, {"self": "https://load.example/rest/api/2/option/%d" % field, "value": "Option %d" % rng.randrange(99)},
            "%0200x" % rng.getrandbits(800), rng.random() * 100, []])
        fields["customfield_%d" % field] = value
        length += len(json.dumps(value)) + 22
    return fields


def main():
    secret, count, size, issues, path = sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5]
    rng = random.Random(1)
    with open(path, "wb") as out:
        for i in range(count):
            number = i % issues + 1
            at = START + datetime.timedelta(milliseconds=i)
            body = json.dumps({
                "timestamp": int(at.timestamp() * 1000), "webhookEvent": "jira:issue_updated",
                "issue_event_type_name": "issue_generic", "user": {"accountId": "5b10a2844c20165700ede21g"},
                "issue": {"id": str(100000 + number), "key": "LOAD-%d" % number, "fields": issue(number, at, rng, size)},
                "changelog": {"id": str(i), "items": [{"field": "status", "fieldId": "status", "from": "1", "to": "3"}]},
            }, separators=(",", ":")).encode()
            digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            out.write(digest.encode() + b" " + body + b"\n")


main()
