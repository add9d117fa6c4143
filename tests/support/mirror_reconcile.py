#!/usr/bin/env python3
"""A mirror that lost webhooks, before and after a reconciliation: mirror_reconcile.py --deliver PROGRAM --build DIR --folder DIR

What is left out, since Jira's REST has no list of it: issues that no other project's list shows and that the mirror has in an
archived project. A search finds nothing in one, and a 404 of one such issue may as well mean that archived ones are not for its user;
so the mirror keeps them as webhooks told, whether they moved or were deleted since. The versions of such projects are left
out, too. Links between a listed issue and an archived one are compared: the listed one shows them.

For each seed a Cloud site and a Data Center site live for STEPS steps. Of their deliveries LOST percent never come; the others
are shuffled. Then each site is reconciled once, from a server that shows it as it is now, and the tables are compared, cell by
cell, with what it is. A second reconciliation has to find nothing. Prints "ok WHAT" or "not ok WHAT" for each promise; SEED=N
repeats a history.
"""
import argparse
import json
import os
import random
import subprocess
import sys
import time

import mirror
from mirror_bodies import EPIC_LINK, Writer, storable
from mirror_life import Jira

TOKEN = "token-of-the-mirror"


class Changing(Jira):
    """A Jira where whatever happens to an issue changes its date, as in the real one."""

    def shape(self):
        linked = {}
        for link in self.links:
            if holds(link):
                linked.setdefault(link.source.id, []).append(link.id)
                linked.setdefault(link.target.id, []).append(link.id)
        return {i.id: ([v.id for v in i.versions], [(c.id, c.text) for c in i.comments if not c.deleted],
                       [(w.id, w.seconds) for w in i.worklogs if not w.deleted],
                       [a.id for a in i.attachments if is_there(a)], linked.get(i.id)) for i in self.issues}

    def live(self):
        before = self.shape()
        super().live()
        after = self.shape()
        for issue in self.issues:
            if issue.id in before and before[issue.id] != after[issue.id]:
                issue.updated = self.now


def is_there(child):
    return not child.deleted and not getattr(child, "is_gone", False)


def is_shown(issue):
    """What REST shows: nothing of what is deleted, or in a project that is."""
    return not issue.is_gone and not issue.project.archived


def holds(link):
    return not link.deleted and not link.source.is_gone and not link.target.is_gone


# ---- what REST shows ----


def rest_link(writer, issue, link):
    kind = {"id": "10003", "name": link.type, "inward": "is from", "outward": "is to"}
    if link.source is issue:
        return {"id": str(link.id), "type": kind, "outwardIssue": writer.named_issue(link.target)}
    return {"id": str(link.id), "type": kind, "inwardIssue": writer.named_issue(link.source)}


def rest_issue(site, issue):
    writer = Writer(site, 0)
    written = writer.issue(issue)
    comments = [writer.comment(c) for c in issue.comments if not c.deleted]
    worklogs = [writer.worklog(w) for w in issue.worklogs if not w.deleted]
    written["fields"].update(
        comment={"comments": comments, "total": len(comments), "startAt": 0, "maxResults": len(comments)},
        worklog={"worklogs": worklogs, "total": len(worklogs), "startAt": 0, "maxResults": 20},
        issuelinks=[rest_link(writer, issue, k) for k in site.links if holds(k) and issue in (k.source, k.target)],
        attachment=[writer.attachment(a) for a in issue.attachments if is_there(a)])
    return written


def rest_project(site, project):
    return Writer(site, 0).project_in_issue(project)


def rest(site):
    writer = Writer(site, 0)
    listed = [p for p in site.projects if not p.deleted and not p.archived]
    return {"issues": [rest_issue(site, i) for i in site.issues if is_shown(i)],
            "projects": [rest_project(site, p) for p in listed],
            "archived": [rest_project(site, p) for p in site.projects if p.archived and not p.deleted],
            "hidden": [rest_issue(site, i) for i in site.issues if not i.is_gone and i.project.archived],
            "versions": {p.key: [writer.version(v) for v in site.versions_of(p)] for p in listed}}


# ---- what the mirror has to show ----


class Comparison:
    def __init__(self, tenant, site):
        self.tenant, self.site, self.found = tenant, site, []
        self.rows = {name: [row for row in mirror.table(name, tenant) if row["source"] == site.name]
                     for name in ("issues", "comments", "worklogs", "issue_links", "entities", "versions", "projects", "issue_keys")}
        self.compare_issues()
        self.compare_children("comments", "comment_id", "comments", lambda c: {
            "author": c.author.id, "body": storable(c.text), "created_at": c.created, "updated_at": c.updated})
        self.compare_children("worklogs", "worklog_id", "worklogs", lambda w: {
            "author": w.author.id, "seconds_spent": w.seconds, "started_at": w.started})
        self.compare_attachments()
        self.compare_links()
        self.compare_versions()
        self.compare_projects()

    def differs(self, *entry):
        self.found.append("%s: %s %s %s: expected %r, got %r" % ((self.site.name,) + entry))

    def compare_row(self, name, key, wanted, row):
        if row is None:
            return self.differs(name, key, "-", "a row", "none")
        for column, value in wanted.items():
            got = mirror.legible(column, row[column])
            if got != value:
                self.differs(name, key, column, value, got)

    def compare_set(self, name, wanted, got):
        for key in sorted(set(got) - set(wanted), key=str):
            self.differs(name, key, "-", "no live row", "one")
        for key, row in wanted.items():
            self.compare_row(name, key, row, got.get(key))

    def issue(self, issue):
        parent = issue.parent
        row = {"summary": storable(issue.summary), "issue_type": issue.type, "hierarchy_level": issue.level, "status": issue.status,
               "status_category": issue.category, "resolution": issue.resolution, "resolved_at": issue.resolved,
               "priority": issue.priority, "assignee": issue.assignee and issue.assignee.id, "labels": storable(list(issue.labels)),
               "components": storable(list(issue.components)), "created_at": issue.created, "updated_at": issue.updated,
               "issue_key": issue.key, "project_key": issue.project.key, "is_stub": False,
               "fix_versions": sorted(storable(v.name) for v in issue.versions)}
        if parent and is_shown(parent):
            row["parent_key"] = parent.key
        if parent is None:
            row["parent_key"] = None
        return row

    def compare_issues(self):
        shown = {i.id: self.issue(i) for i in self.site.issues if is_shown(i)}
        archived = {p.id for p in self.site.projects if p.archived}
        got = {r["issue_id"]: r for r in self.rows["issues"]
               if r["deleted_at"] is None and (r["issue_id"] in shown or r["project_id"] not in archived)}
        self.compare_set("issues", shown, got)
        keys = {}
        for row in self.rows["issue_keys"]:
            keys.setdefault(row["issue_id"], set()).add(row["issue_key"])
        for issue in self.site.issues:
            if is_shown(issue) and issue.key not in keys.get(issue.id, ()):
                self.differs("issue_keys", issue.id, "issue_key", issue.key, keys.get(issue.id))

    def compare_children(self, table, key, name, columns):
        issues = {i.id: i for i in self.site.issues if is_shown(i)}
        wanted = {c.id: dict(columns(c), issue_id=i.id) for i in issues.values() for c in getattr(i, name) if not c.deleted}
        got = {r[key]: r for r in self.rows[table] if r["deleted_at"] is None and r["issue_id"] in issues}
        self.compare_set(table, wanted, got)

    def compare_attachments(self):
        issues = {i.id: i for i in self.site.issues if is_shown(i)}
        wanted = {str(a.id): {"issue_id": i.id} for i in issues.values() for a in i.attachments if is_there(a)}
        got = {r["id"]: r for r in self.rows["entities"]
               if r["kind"] == "attachment" and r["deleted_at"] is None and r["issue_id"] in issues}
        self.compare_set("attachments", wanted, got)

    def compare_links(self):
        issues = {i.id for i in self.site.issues if is_shown(i)}
        wanted = {k.id: {"link_type": k.type, "from_issue_id": k.source.id, "to_issue_id": k.target.id}
                  for k in self.site.links if holds(k) and {k.source.id, k.target.id} & issues}
        got = {r["link_id"]: r for r in self.rows["issue_links"]
               if r["deleted_at"] is None and {r["from_issue_id"], r["to_issue_id"]} & issues}
        self.compare_set("issue_links", wanted, got)

    def listed(self):
        return {p.id: p for p in self.site.projects if not p.deleted and not p.archived}

    def compare_versions(self):
        listed = self.listed()
        wanted = {v.id: {"name": v.name, "released": v.released, "archived": v.archived, "start_date": v.start,
                         "release_date": v.release, "project_key": p.key}
                  for p in listed.values() for v in self.site.versions_of(p)}
        of_listed = {v.id for v in self.site.versions if v.project.id in listed}
        got = {r["version_id"]: r for r in self.rows["versions"] if r["deleted_at"] is None and r["version_id"] in of_listed}
        self.compare_set("versions", wanted, got)

    def compare_projects(self):
        listed = self.listed()
        got = {r["project_id"]: r for r in self.rows["projects"] if r["deleted_at"] is None and r["project_id"] in listed}
        self.compare_set("projects", {p.id: {"project_key": p.key, "name": p.name, "archived_at": None} for p in listed.values()}, got)


# ---- a history ----


class Server:
    """A mock Jira that shows a site."""

    def __init__(self, options, site):
        support, name = os.path.dirname(os.path.abspath(__file__)), site.name
        world, port = (os.path.join(options.folder, "%s.%s" % (name, what)) for what in ("json", "port"))
        if os.path.exists(port):
            os.unlink(port)
        with open(world, "w", encoding="utf-8") as file:
            json.dump(rest(site), file)
        self.process = subprocess.Popen(
            [sys.executable, "-B", os.path.join(support, "mock_jira"), "--port-file", port, "--issues", world, "--until-stdin-ends",
             "--dialect", "cloud" if site.is_cloud else "datacenter", "--bearer", TOKEN], stdin=subprocess.PIPE)
        while not os.path.exists(port):
            if self.process.poll() is not None:
                raise RuntimeError("the mock of %s ended" % name)
            time.sleep(0.02)
        self.url = "http://127.0.0.1:%s" % open(port, encoding="ascii").read().strip()

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def reconcile(options, tenant, sites, servers):
    """Reconciles each site; returns what was found, as rows of the report."""
    conf, sources = os.path.join(options.folder, "conf"), os.path.join(options.folder, "sources.conf")
    with open(sources, "w", encoding="ascii") as file:
        for site, server in zip(sites, servers):
            file.write("[source %s]\nkind = jira\ntenant = %s\nbase_url = %s\napi_version = %d\napi_token = env:TOKEN\n%s" % (
                site.name, tenant, server.url, 3 if site.is_cloud else 2, "" if site.is_cloud else "epic_link_field = %s\n" % EPIC_LINK))
    with open(conf, "w", encoding="ascii") as file:
        file.write("JIRASYNC_WORKER_DATABASE=%s\nJIRASYNC_SOURCES=%s\n" % (os.environ["PGURI"], sources))
    for site in sites:
        done = subprocess.run([os.path.join(options.build, "jirasync"), "-c", conf, "reconcile", "--source", site.name, "--quiet"],
                              env={**os.environ, "TOKEN": TOKEN}, stderr=subprocess.PIPE, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
    mirror.sql("SELECT facts.settle(1000000, NULL, '%s')" % tenant)
    return mirror.sql("""SELECT DISTINCT ON (source) source, missing_found, changed_found, moved_found, deletes_found
                         FROM jirasync.reconciliations WHERE tenant = '%s' ORDER BY source, id DESC""" % tenant).splitlines()


def one(options, seed):
    tenant, choose = "r%d" % seed, random.Random(seed)
    sites = [Changing("cloud", True, random.Random(seed)), Changing("dc", False, random.Random(seed + 1))]
    for site in sites:
        for _ in range(options.steps):
            site.live()
    events = [event for pair in mirror.in_turns(sites) for event in pair]
    kept = [event for event in events if choose.random() * 100 >= options.lost]
    choose.shuffle(kept)
    lines = [("deliver", "%d" % (9 * 10 ** 17 + n), source, body) for n, (source, body) in enumerate(kept)]
    mirror.deliver(options, tenant, seed, [lines])
    before = [entry for site in sites for entry in Comparison(tenant, site).found]
    print("note: seed %d: %d of %d deliveries lost, %d cells differ" % (seed, len(events) - len(kept), len(events), len(before)))
    servers = [Server(options, site) for site in sites]
    try:
        print("note: found (source, missing, changed, moved, deleted): " + ", ".join(reconcile(options, tenant, sites, servers)))
        after = [entry for site in sites for entry in Comparison(tenant, site).found]
        mirror.judge("seed %d: after one reconciliation the mirror is what Jira is" % seed, after)
        rows = mirror.read_tables(tenant)
        again = reconcile(options, tenant, sites, servers)
        mirror.judge("seed %d: a second one finds nothing" % seed, [line for line in again if not line.endswith("|0|0|0|0")])
        mirror.judge("seed %d: and changes nothing" % seed, mirror.changed_rows(
            mirror.dump(rows), mirror.dump(mirror.read_tables(tenant)), ("before", "after")))
        mirror.judge("seed %d: nor does a rebuild" % seed, mirror.rebuild(tenant, mirror.read_tables(tenant)))
    finally:
        for server in servers:
            server.stop()
    mirror.judge("seed %d: there was something to find" % seed, [] if before else ["the mirror was right before"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--deliver", required=True)
    parser.add_argument("--build", required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--seeds", type=int, default=int(os.environ.get("SEEDS", "3")))
    parser.add_argument("--steps", type=int, default=int(os.environ.get("STEPS", "250")))
    parser.add_argument("--lost", type=float, default=float(os.environ.get("LOST", "30")))
    options = parser.parse_args()
    begin = int(os.environ.get("SEED") or os.environ.get("FIRST_SEED") or time.time())
    for seed in range(begin, begin + options.seeds):
        print("SEED=%d" % seed)
        one(options, seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
