#!/usr/bin/env python3
"""Sends signed deliveries as Jira does, over several connections, and repeats what was not acknowledged.

sender.py --count N --connections N --acknowledged FILE [--seed N] [--issues N] [--pause SECONDS]

Reads JIRASYNC_URL, JIRASYNC_CA and JIRA_WEBHOOK_SECRET. Retried, with the same id and a count, are connection
failures, timeouts, 408, 409, 425, 429 and 5xx (after a short pause rather than Jira's minutes); any other status but
200 is an error. FILE gets a line "delivery-id issue-id timestamp" as each delivery is acknowledged, in that order.
SIGTERM ends it after the deliveries that are under way.
"""
import argparse
import hashlib
import hmac
import http.client
import json
import os
import random
import signal
import ssl
import sys
import threading
import time
import urllib.parse

RETRIED = {408, 409, 425, 429}


def body_of(number, issue, timestamp, filler):
    updated = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(timestamp / 1000)) + ".%03d+0000" % (timestamp % 1000)
    fields = {"summary": "Delivery %d" % number, "issuetype": {"name": "Story"}, "status": {"name": "Open"},
              "project": {"id": "77", "key": "LOAD"}, "updated": updated, "description": "x" * filler}
    return json.dumps({"timestamp": timestamp, "webhookEvent": "jira:issue_updated",
                       "issue": {"id": str(issue), "key": "LOAD-%d" % issue, "fields": fields}}).encode()


class Sender:
    def __init__(self, options):
        self.options = options
        self.url = urllib.parse.urlsplit(os.environ["JIRASYNC_URL"])
        self.context = ssl.create_default_context(cafile=os.environ["JIRASYNC_CA"])
        self.secret = os.environ["JIRA_WEBHOOK_SECRET"].encode()
        self.lock = threading.Lock()
        self.next = 0
        self.retries = 0
        self.errors = []
        self.stop = threading.Event()
        self.file = open(options.acknowledged, "w", buffering=1)
        choose = random.Random(options.seed)
        base = 1772380800000
        self.deliveries = [(choose.randint(1, options.issues), base + 10 * number, choose.randint(100, 9000))
                           for number in range(options.count)]
        choose.shuffle(self.deliveries)

    def take(self):
        with self.lock:
            if self.stop.is_set() or self.next >= len(self.deliveries):
                return None
            self.next += 1
            return self.next - 1

    def attempt(self, connection, number, retry):
        issue, timestamp, filler = self.deliveries[number]
        body = body_of(number, issue, timestamp, filler)
        headers = {"Content-Type": "application/json", "X-Atlassian-Webhook-Identifier": "load-%d" % number,
                   "X-Hub-Signature": "sha256=" + hmac.new(self.secret, body, hashlib.sha256).hexdigest()}
        if retry:
            headers["X-Atlassian-Webhook-Retry"] = str(retry)
        connection.request("POST", "/webhooks/jira", body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def deliver(self, number):
        retry = 0
        while True:
            connection = http.client.HTTPSConnection(self.url.hostname, self.url.port, timeout=20, context=self.context)
            try:
                status = self.attempt(connection, number, retry)
            except (OSError, http.client.HTTPException):
                status = 0
            finally:
                connection.close()
            if status == 200:
                with self.lock:
                    self.file.write("load-%d %d %d\n" % (number, self.deliveries[number][0], self.deliveries[number][1]))
                return
            if status != 0 and status < 500 and status not in RETRIED:
                with self.lock:
                    self.errors.append("load-%d: %d" % (number, status))
                return
            retry += 1
            with self.lock:
                self.retries += 1
            if retry > 200:
                with self.lock:
                    self.errors.append("load-%d: given up" % number)
                return
            time.sleep(0.2)

    def work(self):
        for number in iter(self.take, None):
            self.deliver(number)
            if self.options.pause:
                time.sleep(self.options.pause)

    def run(self):
        threads = [threading.Thread(target=self.work) for _ in range(self.options.connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.file.close()
        print("seed %d: %d sent, %d repeated" % (self.options.seed, self.next, self.retries))
        for error in self.errors:
            print(error, file=sys.stderr)
        return 1 if self.errors else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--issues", type=int, default=40)
    parser.add_argument("--pause", type=float, default=0)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED", time.time_ns() % 1000000)))
    parser.add_argument("--acknowledged", required=True)
    sender = Sender(parser.parse_args())
    signal.signal(signal.SIGTERM, lambda *_: sender.stop.set())
    return sender.run()


if __name__ == "__main__":
    sys.exit(main())
