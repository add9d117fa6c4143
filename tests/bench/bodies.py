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
WORDS = ("release", "tenant", "invoice", "login", "timeout", "export", "field", "status", "retry", "customer", "order",
         "search", "index", "header", "session", "report", "payment", "widget", "cache", "upload")


def custom_field(number, rng):
    """A value as custom fields have it: most are empty, some are options, users, texts and numbers."""
    kind = rng.randrange(10)
    if kind < 4:
        return None
    if kind == 4:
        return {"self": "https://load.example/rest/api/2/customFieldOption/%d" % number,
                "value": "Option %d" % rng.randrange(99), "id": str(rng.randrange(20000))}
    if kind == 5:
        return {"self": "https://load.example/rest/api/2/user?accountId=%024x" % rng.getrandbits(96),
                "accountId": "%024x" % rng.getrandbits(96), "displayName": "User %d" % rng.randrange(999),
                "active": True, "timeZone": "America/Phoenix", "accountType": "atlassian"}
    if kind == 6:
        return rng.random() * 100
    if kind == 7:
        return "0|i%05x:" % rng.randrange(1 << 20)
    return " ".join(rng.choice(WORDS) for _ in range(rng.randrange(8, 40)))


def padding(rng, size):
    """About size bytes of custom fields, as the text of an object's members."""
    members, length = [], 0
    while length < size:
        member = '"customfield_%d":%s' % (10100 + len(members), json.dumps(custom_field(len(members), rng)))
        members.append(member)
        length += len(member) + 1
    return ",".join(members)


ENVELOPE = (
    '{"timestamp":%(ms)d,"webhookEvent":"jira:issue_updated","issue_event_type_name":"issue_generic",'
    '"user":{"accountId":"5b10a2844c20165700ede21g"},"issue":{"id":"%(id)d","key":"LOAD-%(number)d","fields":{'
    '"summary":"Load story %(number)d","issuetype":{"id":"10001","name":"Story","subtask":false,"hierarchyLevel":0},'
    '"project":{"id":"10000","key":"LOAD","name":"Load"},'
    '"status":{"name":"In Progress","statusCategory":{"key":"indeterminate"}},'
    '"fixVersions":[{"id":"500","name":"1.0"}],"labels":["load"],"components":[],'
    '"assignee":{"accountId":"5b10a2844c20165700ede21g"},"created":"2026-01-01T00:00:00.000-0700",'
    '"updated":"%(updated)s"%(padding)s}},'
    '"changelog":{"id":"%(i)d","items":[{"field":"status","fieldId":"status","from":"1","to":"3"}]}}')


def bodies(count, size, issues, first=0):
    """Update i is of issue i modulo issues, a millisecond after the one before; i counts from first."""
    rng = random.Random(1)
    room = max(0, size - len(ENVELOPE))
    paddings = ["," + padding(rng, room) if room else "" for _ in range(min(count, 97))]
    for i in range(first, first + count):
        at = START + datetime.timedelta(milliseconds=i)
        number = i % issues + 1
        yield (ENVELOPE % {
            "ms": int(at.timestamp() * 1000), "id": 100000 + number, "number": number, "i": i,
            "updated": at.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000", "padding": paddings[i % len(paddings)],
        }).encode()


def write(secret, count, size, issues, path, first=0):
    with open(path, "wb") as out:
        for text in bodies(count, size, issues, first):
            out.write(hmac.new(secret.encode(), text, hashlib.sha256).hexdigest().encode() + b" " + text + b"\n")


if __name__ == "__main__":
    if len(sys.argv) != 6:
        sys.exit(__doc__.splitlines()[0])
    write(sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5])
