"""Worlds: tenants of the database in which a life of a repository is told, by pushes, by an import, or by both."""
import json
import os
import subprocess

STORIES = [("APP-%d" % number, number) for number in range(1, 13)] + [("OPS-%d" % n, 100 + n) for n in range(1, 7)]
# What depends on when a row was written, or where.
APART = {"tenant", "source", "commit_source", "derived_to", "seen_at", "imported_at", "landed_at", "changed_seq"}


def quoted(text):
    return "'%s'" % text.replace("'", "''")


class World:
    def __init__(self, name, settings):
        """settings: {"command", "folder"}: the program jirasync, and where its sources file is written."""
        self.name, self.settings = name, settings
        self.rebuilt = []  # (when, rows that a rebuild changed)
        with open(os.path.join(settings["folder"], "sources.conf"), "a") as file:
            file.write("[source %s]\nkind = git\ntenant = %s\n" % (name, name))
        self.run(["SELECT facts.issue(%d, '%s', '2025-01-01 00:00Z', p.versions, tenant => %s) IS NULL "
                  "FROM (VALUES ('{}'::bigint[])) p (versions)" % (number, key, quoted(name)) for key, number in STORIES])

    def run(self, statements):
        """Each in a transaction of its own; the lines that they print."""
        text = "SET timezone = 'UTC';\nSET search_path = jirasync, facts, public;\nSET client_min_messages = warning;\n"
        done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", os.environ["PGURI"], "-f", "-"],
                              input=text + "".join(s + ";\n" for s in statements), text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise RuntimeError("%s: %s" % (self.name, done.stderr))
        return done.stdout.splitlines()

    def ask(self, query):
        return json.loads("\n".join(self.run(["SELECT coalesce(json_agg(q), '[]') FROM (%s) q" % query])))

    # ---- what happens ----

    def delivered(self, delivery, shift):
        return "SELECT facts.git(%s::jsonb, %s, to_timestamp(%d), p_source => %s, p_tenant => %s)" % (
            quoted(json.dumps(delivery.document)), quoted(delivery.id), delivery.at + shift, quoted(self.name), quoted(self.name))

    def settled(self):
        return "SELECT facts.settle(p_tenant => %s) IS NULL" % quoted(self.name)

    def rebuild(self, when):
        return "SELECT 'rebuild %s', jirasync.correlation_rebuild(%s)" % (when, quoted(self.name))

    def deliver(self, deliveries, dice, shift=0):
        """All of them in this order, settled and rebuilt at random moments and at the end; returns their outcomes."""
        statements = []
        for delivery in deliveries:
            statements.append(self.delivered(delivery, shift))
            if dice.random() < 0.25:
                statements.append(self.settled())
                if dice.random() < 0.3:
                    statements.append(self.rebuild("after " + delivery.id))
        return self.settle(statements, "at the end of the pushes")

    def settle(self, statements, when):
        lines = self.run(statements + [self.settled(), self.rebuild(when)])
        self.rebuilt += [(line.split("|")[0], int(line.split("|")[1])) for line in lines if line.startswith("rebuild")]
        return [line for line in lines if line not in ("t", "f") and not line.startswith("rebuild")]

    def import_from(self, path):
        done = subprocess.run([self.settings["command"], "import-commits", "--quiet", "--source", self.name,
                               "--repository", "org/app", path], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise RuntimeError("%s: %s" % (self.name, done.stdout))
        self.settle([], "after the import of " + os.path.basename(path))

    # ---- what is there then ----

    def rows(self, table, columns="*"):
        found = self.ask("SELECT %s FROM jirasync.%s t WHERE t.tenant = %s" % (columns, table, quoted(self.name)))
        return sorted(json.dumps({k: v for k, v in row.items() if k not in APART}, sort_keys=True) for row in found)

    def derived(self):
        """All that is derived from pushes, as far as it doesn't tell of when it was written."""
        return {"refs": self.rows("refs"), "commit_refs": self.rows("commit_refs"),
                "commits": self.rows("commits", "t.sha, t.is_unreachable, t.is_from_history, t.is_merge_named, t.landed_by, "
                                                "t.landed_at IS NOT NULL AS has_landed"),
                "commit_keys": self.rows("commit_keys"), "issue_commits": self.rows("issue_commits")}

    def links(self):
        """(key, hash, evidence): {is_merge, counts, is_reverted}."""
        found = self.ask("SELECT t.issue_key, t.sha, t.evidence, t.is_merge, t.counts, t.reverted_by IS NOT NULL AS is_reverted "
                         "FROM jirasync.issue_commits t WHERE t.tenant = %s" % quoted(self.name))
        return {(row.pop("issue_key"), row.pop("sha"), row.pop("evidence")): row for row in found}

    def commits(self):
        return {row["sha"]: row for row in self.ask(
            "SELECT t.sha, t.is_unreachable FROM jirasync.commits t WHERE t.tenant = %s" % quoted(self.name))}

    def refs(self):
        return self.ask("SELECT t.ref, t.kind, t.sha, t.deleted_at IS NOT NULL AS is_deleted FROM jirasync.refs t "
                        "WHERE t.tenant = %s AND strpos(t.ref, '~') = 0" % quoted(self.name))

    def reverted(self):
        """Commits that some revert takes back somewhere."""
        return {row["sha"] for row in self.ask(
            "SELECT DISTINCT t.sha FROM jirasync.reverted_commits t WHERE t.tenant = %s" % quoted(self.name))}

    def gaps(self):
        return self.ask("SELECT t.delivery_id, t.ref, t.reason FROM jirasync.push_gaps t WHERE t.tenant = %s"
                        % quoted(self.name))

    def held(self):
        """Of each counted branch the commits that commit_branches puts on it."""
        found = {}
        for row in self.ask("SELECT b.branch, t.sha FROM jirasync.commits t CROSS JOIN LATERAL "
                            "jirasync.commit_branches(t.source, t.repository, t.sha, t.tenant) b "
                            "WHERE t.tenant = %s AND b.counted" % quoted(self.name)):
            found.setdefault(row["branch"], set()).add(row["sha"])
        return found

    def between(self, pairs):
        """(from, to): (is_exact, commits) of commits_between."""
        values = ", ".join("(%s, %s)" % (quoted(a), quoted(b)) for a, b in pairs)
        return {(row["a"], row["b"]): (row["exact"], set(row["shas"])) for row in self.ask(
            "SELECT p.a, p.b, coalesce(bool_and(c.is_exact), true) AS exact, "
            "coalesce(json_agg(c.sha) FILTER (WHERE c.sha IS NOT NULL), '[]') AS shas FROM (VALUES %s) p (a, b) "
            "LEFT JOIN LATERAL jirasync.commits_between(%s, 'org/app', p.a, p.b, %s) c ON true GROUP BY 1, 2"
            % (values, quoted(self.name), quoted(self.name)))}
