#!/usr/bin/env python3
"""Random histories of a small Jira against the mirror: mirror.py --deliver PROGRAM --folder DIR [--seeds N]

For each seed a Cloud site and a Data Center site live for STEPS steps (environment). Their deliveries are shuffled,
repeated, some lost or not understood at first; the lost ones come at the end, and those in quarantine are replayed.
Jobs run now and then. It is done twice, in two tenants of the database that PGURI names and in two orders, the second
one by two connections at once. Then the tables are compared, cell by cell, with what the model says, with each other,
and with what a rebuild makes of them. Prints "ok WHAT" or "not ok WHAT" for each promise; SEED=N repeats a history.
"""
import argparse
import collections
import datetime
import decimal
import hashlib
import json
import os
import random
import subprocess
import sys
import time

import mirror_expected
from mirror_bodies import EPIC_LINK
from mirror_life import Jira

TABLES = ("issues", "issue_keys", "issue_snapshots", "issue_fix_versions", "versions", "projects", "comments",
          "worklogs", "issue_links", "entities")
# What depends on which of several deliveries of the same body came first, or on when a row was written.
ARRIVAL = {"tenant", "delivery_id", "known_by", "changed_seq"}
MOST_SHOWN = 12


def sql(statement):
    done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", os.environ["PGURI"],
                           "-c", "SET timezone = 'UTC'", "-c", statement],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise RuntimeError("%s: %s" % (statement, done.stderr.decode()))
    return done.stdout.decode().strip("\n")


def table(name, tenant):
    text = sql("SELECT coalesce(json_agg(to_jsonb(t)), '[]') FROM jirasync.%s t WHERE t.tenant = '%s'" % (name, tenant))
    return json.loads(text, parse_float=decimal.Decimal)


# ---- deliveries ----


class Plan:
    """How the events of a history arrive."""

    def __init__(self, events, choose):
        self.choose = choose
        self.first, self.last = [], []
        style = choose.choice(["true", "near", "reversed", "shuffled", "shuffled"])
        places = {"true": lambda n: n, "near": lambda n: n + choose.uniform(-15, 15), "reversed": lambda n: -n,
                  "shuffled": lambda n: choose.random() * len(events)}[style]
        for number, (source, body) in enumerate(events):
            self.add(number, places(number), source, body, len(events))
        self.first = [line for _, line in sorted(self.first, key=lambda p: p[0])]
        choose.shuffle(self.last)
        self.last += self.replays()
        self.style = style

    def name(self, source, body, number):
        return "sha256:" + hashlib.sha256(body).hexdigest() if source == "dc" else "%d" % (7 * 10 ** 17 + number)

    def add(self, number, place, source, body, total):
        name = self.name(source, body, number)
        fate = self.choose.random()
        if fate < 0.06:
            self.first.append((place, ("refuse", name, source, body)))
            self.last.append(("replay", name, source, body))
            return
        if fate < 0.16:
            self.last.append(("deliver", name, source, body))
            return
        self.first.append((place, ("deliver", name, source, body)))
        if fate > 0.8:
            self.first.append((self.choose.uniform(0, total), ("deliver", name, source, body)))
        if fate > 0.95:
            other = self.name(source, body, number + 10 ** 6)
            self.first.append((self.choose.uniform(0, total), ("deliver", other, source, body)))

    def replays(self):
        """Some of what is in the ledger, once more; under the id that came first."""
        seen, replays = set(), []
        for manner, name, source, body in self.first:
            if manner == "deliver" and (source, body) not in seen:
                seen.add((source, body))
                if self.choose.random() < 0.05:
                    replays.append(("replay", name, source, body))
        return replays


def write_file(path, lines, tenant, settles, choose):
    """The lines as deliver reads them; jobs run between them."""
    after = set(choose.sample(range(len(lines)), min(settles, len(lines))))
    with open(path, "wb") as file:
        file.write(b"source cloud -\nsource dc %s\n" % EPIC_LINK.encode())
        for number, (manner, name, source, body) in enumerate(lines):
            file.write(b"%s %s %s %d\n%s\n" % (manner.encode(), name.encode(), source.encode(), len(body), body))
            if number in after:
                file.write(settle(tenant, choose.randint(1, 60), choose.random()))
        file.write(settle(tenant, 1000000, 0.5) if settles else b"")


def settle(tenant, most, seed):
    statement = b"DO $$ BEGIN PERFORM setseed(%.6f); PERFORM facts.settle(%d, NULL, '%s'); END $$" % (
        seed, most, tenant.encode())
    return b"sql %d\n%s\n" % (len(statement), statement)


def deliver(options, tenant, seed, parts):
    """Stores parts, each a list of lines, at the same time; returns id, outcome, reason, SQLSTATE of each delivery."""
    choose, running = random.Random(seed), []
    for number, lines in enumerate(parts):
        path = os.path.join(options.folder, "%s.%d" % (tenant, number))
        write_file(path, lines, tenant, 8 if len(parts) == 1 else 2, choose)
        running.append(subprocess.Popen(
            [options.deliver, os.environ["PGURI"], tenant, str(seed + number), str(choose.choice([1, 5, 64])), path],
            stdout=subprocess.PIPE))
    answers = [line.split() for process in running for line in process.communicate()[0].decode().splitlines()]
    if any(process.returncode for process in running):
        raise RuntimeError("%s exited with a failure in tenant %s" % (options.deliver, tenant))
    return answers


# ---- comparison ----


def milliseconds(text):
    if not isinstance(text, str):
        return text
    if "infinity" in text:
        return text
    at = datetime.datetime.fromisoformat(text)
    return round((at - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)).total_seconds() * 1000)


def legible(column, value):
    if column.endswith("_at"):
        return milliseconds(value)
    return sorted(value) if column == "fix_versions" and value is not None else value


def agrees(wanted, got):
    if isinstance(wanted, mirror_expected.Either):
        return any(agrees(value, got) for value in wanted.values)
    if isinstance(wanted, mirror_expected.Document):
        return got is not None and json.loads(got) == wanted.value
    return wanted == got and isinstance(wanted, bool) == isinstance(got, bool)


def read_tables(tenant):
    return {name: table(name, tenant) for name in TABLES}


def dump(tables, without=()):
    """The rows as sorted lines."""
    return {name: sorted(json.dumps({c: v for c, v in row.items() if c not in without}, sort_keys=True, default=str)
                         for row in rows) for name, rows in tables.items()}


class Comparison:
    """Gathers what differs: (table, key, column, expected, got)."""

    def __init__(self, rows, sites):
        self.found, self.rows = [], rows
        for site in sites:
            self.compare(site, "issues", "issue_id", mirror_expected.issues(site))
            self.compare(site, "versions", "version_id", mirror_expected.versions(site))
            self.compare(site, "projects", "project_id", mirror_expected.projects(site))
            self.compare(site, "comments", "comment_id", mirror_expected.comments(site))
            self.compare(site, "worklogs", "worklog_id", mirror_expected.worklogs(site))
            self.compare(site, "issue_links", "link_id", mirror_expected.issue_links(site))
            self.compare(site, "entities", None, mirror_expected.entities(site))
            self.compare_keys(site)
            self.compare_present(site)

    def differs(self, site, name, key, column, wanted, got):
        self.found.append((name, "%s %s" % (site.name, key), column, wanted, got))

    def of_site(self, site, name):
        return [row for row in self.rows[name] if row["source"] == site.name]

    def compare(self, site, name, key, wanted):
        got = {row[key] if key else (row["kind"], row["id"]): row for row in self.of_site(site, name)}
        for extra in sorted(set(got) - set(wanted)):
            self.differs(site, name, extra, "-", "no row", "a row")
        for identity, row in wanted.items():
            if identity not in got:
                if not isinstance(row, mirror_expected.Optional):
                    self.differs(site, name, identity, "-", "a row", "no row")
                continue
            found = dict(got[identity])
            found["deleted"] = found.get("deleted_at") is not None
            found["archived"] = found["archived_at"] is not None if "archived_at" in found else found.get("archived")
            for column, value in row.items():
                if not agrees(value, legible(column, found[column])):
                    self.differs(site, name, identity, column, value, legible(column, found[column]))

    def compare_keys(self, site):
        got = collections.defaultdict(set)
        for row in self.of_site(site, "issue_keys"):
            got[row["issue_id"]].add(row["issue_key"])
        for identity, (due, allowed) in mirror_expected.issue_keys(site).items():
            if not due <= got[identity] <= allowed:
                self.differs(site, "issue_keys", identity, "issue_key", "all of %s, none but %s" % (due, allowed),
                             got[identity])

    def compare_present(self, site):
        got = collections.defaultdict(set)
        for row in self.of_site(site, "issue_fix_versions"):
            if row["removed_at"] is None:
                got[row["issue_id"]].add(row["version_id"])
        for identity, wanted in mirror_expected.present_versions(site).items():
            if got[identity] != wanted:
                self.differs(site, "issue_fix_versions", identity, "present", wanted, got[identity])

    def dump(self):
        return dump(self.rows, ARRIVAL)


# ---- a history ----


def judge(what, failures):
    print("ok %s" % what if not failures else "not ok %s" % what)
    for failure in failures[:MOST_SHOWN]:
        print("    " + failure)
    if len(failures) > MOST_SHOWN:
        print("    and %d more" % (len(failures) - MOST_SHOWN))
    sys.stdout.flush()


def live(seed, steps):
    sites = [Jira("cloud", True, random.Random(seed)), Jira("dc", False, random.Random(seed + 1))]
    for site in sites:
        for _ in range(steps):
            site.live()
    return sites


def unexpected(plan, answers):
    """Deliveries that went another way than planned."""
    refused = {line[1] for line in plan.first if line[0] == "refuse"}
    return ["%s: %s" % (name, " ".join(rest)) for name, *rest in answers
            if rest[0] == "quarantined" and not (name in refused and rest[1] == "wrong_type")]


def kept(tenant, events):
    """The ledger holds each body once, and quarantine nothing."""
    row = sql("""SELECT (SELECT count(*) || ' ' || count(DISTINCT (source, body_sha256))
                         FROM jirasync.deliveries WHERE tenant = '%s')
                 || ' ' || (SELECT count(*) FROM jirasync.quarantined_deliveries WHERE tenant = '%s')""" % (
                     tenant, tenant))
    wanted = "%d %d 0" % ((len(set(events)),) * 2)
    return [] if row == wanted else ["expected %s, got %s: rows, bodies, quarantined" % (wanted, row)]


def unfetched(tenant):
    return sql("""SELECT i.source || ' ' || i.issue_id FROM jirasync.issues i WHERE i.tenant = '%s' AND i.is_stub
                  AND i.deleted_at IS NULL AND NOT EXISTS (
                      SELECT FROM jirasync.jobs j WHERE j.tenant = i.tenant AND j.kind = 'fetch_issue'
                      AND j.source = i.source AND j.key = i.issue_id::text)""" % tenant).splitlines()


def differences(found):
    return ["%s %s %s: expected %s, got %s" % entry for entry in found]


def changed_rows(first, second, names):
    found = []
    for name, rows in first.items():
        one, other = collections.Counter(rows), collections.Counter(second[name])
        found += ["%s, %s: %s" % (name, names[0], row[:700]) for row in (one - other)]
        found += ["%s, %s: %s" % (name, names[1], row[:700]) for row in (other - one)]
    return found


def rebuild(tenant, rows):
    """What the rebuild of all that is derived changes."""
    changed = sql("SELECT jirasync.correlation_rebuild('%s')" % tenant)
    if changed == "0":
        return []
    return ["%s rows" % changed] + changed_rows(dump(rows), dump(read_tables(tenant)), ("before", "after"))


def one_order(options, seed, sites, events, order):
    """Delivers the history; returns the comparison."""
    tenant, choose = "t%d%s" % (seed, "ab"[order]), random.Random("%d %d" % (seed, order))
    plan = Plan(events, choose)
    first = [plan.first] if order == 0 else [plan.first[0::2], plan.first[1::2]]
    answers = deliver(options, tenant, seed, first) + deliver(options, tenant, seed + 2, [plan.last])
    where = "seed %d, %s order%s" % (seed, plan.style, "" if order == 0 else ", two connections")
    judge("%s: no delivery is refused" % where, unexpected(plan, answers))
    judge("%s: the ledger holds each body once" % where, kept(tenant, events))
    rows = read_tables(tenant)
    comparison = Comparison(rows, sites)
    judge("%s: the rebuild changes nothing" % where, rebuild(tenant, rows))
    judge("%s: the mirror is what Jira is" % where, differences(comparison.found))
    judge("%s: each stub asks for a fetch" % where, unfetched(tenant))
    return comparison


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--deliver", required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--seeds", type=int, default=int(os.environ.get("SEEDS", "2")))
    options = parser.parse_args()
    begin = int(os.environ.get("SEED") or os.environ.get("FIRST_SEED") or time.time())
    for seed in range(begin, begin + options.seeds):
        print("SEED=%d" % seed)
        sites = live(seed, int(os.environ.get("STEPS", "250")))
        events = [event for pair in in_turns(sites) for event in pair]
        first, second = (one_order(options, seed, sites, events, order) for order in (0, 1))
        judge("seed %d: both orders end in the same rows" % seed,
              changed_rows(first.dump(), second.dump(), ("first order", "second order")))
    return 0


def in_turns(sites):
    """The two sites' events, one after the other in turns."""
    longest = max(len(site.events) for site in sites)
    return [[site.events[n] for site in sites if n < len(site.events)] for n in range(longest)]


if __name__ == "__main__":
    sys.exit(main())
