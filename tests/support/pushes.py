#!/usr/bin/env python3
"""Lives of git repositories, told by pushes and read by imports: pushes.py --document PROGRAM --command JIRASYNC --folder DIR

For each seed a repository lives (git_life.py). What its host would tell, in four dialects (git_life_bodies.py), is
delivered to the database that PGURI names, each in a tenant of its own: in order, in another order with repeats, with an
import in the midst, with one at the end. What comes out is held against git and against a single import of what the host
has in the end. Where GitHub's form can't know, the weaker truth is asked (git_life_limits.py).
Prints "ok WHAT" or "not ok WHAT" for each promise; SEED=N repeats a life, SEEDS=N says how many there are.
"""
import argparse
import os
import random
import shutil
import subprocess
import time

import git_life_bodies
from git_life import Life
from git_life_limits import Limits
from git_life_worlds import World
from git_repository import Push

MOST_SHOWN = 8
EVIDENCE = ("message", "merge")
SHUFFLED = ("github", "parents", "github", "parents", "bitbucket", "nothing")  # by the seed, to save time
MEMBERS = {
    "document": {"repository", "default_branch", "changes", "pull_request"},
    "change": {"ref", "kind", "before", "after", "peeled", "is_notice", "is_forced", "base_ref", "total", "is_whole",
               "branch_keys", "branch_refused", "commits"},
    "commit": {"sha", "parents", "message", "author", "author_email", "authored_at", "committed_at", "is_known_elsewhere",
               "is_merge_named", "picked_from", "reverts", "keys", "handed_keys", "refused"},
    "request": {"number", "title", "source_branch", "target_branch", "state", "head_sha", "merge_sha", "commit_count",
                "merged_at", "updated_at", "author", "keys", "refused"}}


def verdict(what, faults):
    faults = [str(fault) for fault in faults]
    print("not ok %s: %d\n    %s" % (what, len(faults), "\n    ".join(sorted(faults)[:MOST_SHOWN])) if faults else "ok " + what,
          flush=True)


def differences(expected, found, what):
    return (["%s is missing: %s" % (what, x) for x in expected if x not in found]
            + ["%s is too much: %s" % (what, x) for x in found if x not in expected])


def short(sha, life):
    commit = life.commits.get(sha)
    return "%s %s" % (sha[:8], commit.message.split("\n")[0] if commit else "")


# ---- the harness itself ----


def git(life, *words):
    return subprocess.run(["git", "-C", life.host, *words], check=True, stdout=subprocess.PIPE, text=True).stdout.split()


def check_life(life, seed):
    """The life's own books are git's: refs, reachability, lists."""
    faults = ["%s never happened" % name for name in life.deeds if not life.done.get(name)]
    tips = git(life, "for-each-ref", "--format=%(refname:lstrip=1) %(objectname)")
    expected = ["%s/%s" % ("heads" if kind == "branch" else "tags", name) for kind, name in life.refs]
    faults += differences(sorted(expected), sorted(tips[::2]), "ref")
    faults += differences(sorted(git(life, "rev-list", "--all")), sorted(life.holds(*life.learned)), "commit")
    for event in life.events:
        for change in event.changes if isinstance(event, Push) else ():
            if change.before and change.after and change.kind == "branch":
                brought = life.holds(change.after) - life.holds(change.before)
                faults += differences(brought, set(change.listed), "%s lists" % event.id)
                if change.is_forced == (change.before in life.holds(change.after)):
                    faults.append("%s is forced: %s" % (event.id, change.is_forced))
    verdict("the life is git's (seed %d)" % seed, faults)


def check_seed(life, folder, seed):
    again = os.path.join(folder, "again")
    os.makedirs(again)
    twin = Life(again, seed)
    verdict("a seed makes one life (seed %d)" % seed,
            differences(sorted(life.commits), sorted(twin.commits), "commit") + differences(life.refs, twin.refs, "ref"))
    shutil.rmtree(again)


def members(value, kind):
    return ["%s: %s" % (kind, set(value) ^ MEMBERS[kind])] if set(value) != MEMBERS[kind] else []


def check_documents(life, dialect, deliveries, seed):
    """The documents tell what the dialect says, no more and no less."""
    faults, told = [], []
    for delivery in deliveries:
        document, event = delivery.document, life.events[delivery.event]
        faults += members(document, "document")
        if document["pull_request"]:
            faults += members(document["pull_request"], "request")
            if (document["pull_request"]["state"] == "merged") != (event.merge is not None):
                faults.append("%s: %s" % (delivery.id, document["pull_request"]))
        for change in document["changes"]:
            faults += members(change, "change") + [f for c in change["commits"] for f in members(c, "commit")]
            if not change["is_notice"]:
                told.append((event, change))
    changes = [(event, change) for event in life.events if isinstance(event, Push) for change in event.changes]
    if len(changes) != len(told):
        faults.append("%d changes, %d told" % (len(changes), len(told)))
    for (event, change), (_, shown) in zip(changes, told):
        most = {"bitbucket": git_life_bodies.MOST_LISTED, "nothing": 0}.get(dialect, len(change.listed))
        listed = change.listed[len(change.listed) - min(most, len(change.listed)):]
        after = change.peeled if dialect != "github" else change.after
        if (shown["ref"], shown["before"] is None, shown["after"]) != (change.ref, change.before is None, after):
            faults.append("%s: %s" % (event.id, shown))
        if [c["sha"] for c in shown["commits"]] != listed:
            faults.append("%s lists %d" % (event.id, len(shown["commits"])))
        for commit in shown["commits"]:
            parents = None if dialect == "github" else life.commits[commit["sha"]].parents
            is_known = dialect == "github" and commit["sha"] in change.known
            if commit["parents"] != parents or commit["is_known_elsewhere"] != is_known:
                faults.append("%s: %s" % (event.id, commit))
        is_whole = dialect != "nothing" and len(listed) == len(change.listed) or change.after is None or change.kind == "tag"
        if shown["is_whole"] != is_whole:
            faults.append("%s is whole: %s" % (event.id, shown["is_whole"]))
    verdict("the documents tell what they are to tell (seed %d, %s)" % (seed, dialect), faults)


# ---- what the worlds are held against ----


class Truth:
    """What git and a single import say of a life in the end."""

    def __init__(self, life, world, limits):
        self.life, self.limits = life, limits
        self.reachable = set(git(life, "rev-list", "--all"))
        self.links = self.wanted(world)
        self.estranged = set()
        self.reverted = world.reverted()
        self.held = {name: set(git(life, "rev-list", "refs/heads/" + name)) for name in life.counted()}

    def estrange(self, told):
        """Picks of what nothing holds any more, where a revert names that: an import alone does not know what it was."""
        requests = {"#%d" % request["number"]: request["merge"] for request in self.life.requests}
        shown = {commit["sha"]: commit for delivery in told for change in delivery.document["changes"]
                 for commit in change["commits"]}
        named = {requests.get("#" + name.rpartition("#")[2], name) for sha, commit in shown.items() if sha in self.reachable
                 for name in commit["reverts"] or []}
        self.estranged = {sha for sha, commit in shown.items() if commit["picked_from"] in named - self.reachable}

    def wanted(self, world):
        return {link: facts for link, facts in world.links().items() if link[2] in EVIDENCE and link[1] in self.reachable}

    def refs(self):
        return sorted((name, kind, commit) for (kind, name), (_, commit) in self.life.refs.items())

    def name(self, link):
        return "%s %s by %s" % (link[0], short(link[1], self.life), link[2])

    # ---- the verdicts; strict: nothing is in doubt ----

    def compare(self, world, what, strict):
        """All that an end is to be like."""
        verdict("links are those of an import (%s)" % what, self.link_faults(world, strict))
        verdict("what nothing holds is marked and counts for nothing (%s)" % what, self.reach_faults(world, strict))
        verdict("tips are git's, and what is deleted is marked so (%s)" % what, self.ref_faults(world))
        verdict("branches hold what git says (%s)" % what, self.branch_faults(world, strict))

    def asked(self, links, strict):
        """Without the links of evidence merge where nobody can tell what came with which merge, or whether it landed."""
        placed = self.limits.surely_placed()
        return {link for link in links if strict or link[2] != "merge" or link[1] in placed}

    def link_faults(self, world, strict):
        found = self.wanted(world)
        faults = differences({self.name(link) for link in self.asked(self.links, strict)},
                             {self.name(link) for link in self.asked(found, strict)}, "link")
        # which commits a merge brought decides what its revert takes back: in either world
        reverted = self.reverted | world.reverted()
        in_doubt = set() if strict else self.limits.in_doubt(reverted)
        for link in self.links.keys() & found.keys():
            faults += ["%s: %s is %s" % (self.name(link), fact, found[link][fact])
                       for fact in self.asked_facts(link[1], strict, in_doubt) if self.links[link][fact] != found[link][fact]]
        return faults

    def asked_facts(self, sha, strict, in_doubt):
        """Not whether it is a merge where only its parents say so; not whether it counts where that is in doubt."""
        is_named = sha in self.limits.named or len(self.life.commits[sha].parents) < 2
        is_sure = sha not in self.estranged and sha not in in_doubt
        return (["is_merge"] if strict or is_named else []) + (["counts", "is_reverted"] if is_sure else [])

    def reach_faults(self, world, strict):
        # reached in ways that nobody told of; perhaps reached
        spared = set() if strict else ((self.reachable - self.limits.surely_reachable())
                                       | (self.limits.perhaps_reachable() - self.reachable))
        faults = ["%s counts" % self.name(link) for link, facts in world.links().items()
                  if facts["counts"] and link[1] not in self.reachable | spared]
        return faults + ["%s: is_unreachable is %s" % (short(sha, self.life), row["is_unreachable"])
                         for sha, row in world.commits().items()
                         if sha not in spared and row["is_unreachable"] != (sha not in self.reachable)]

    def ref_faults(self, world):
        rows = world.refs()
        living = sorted((row["ref"], row["kind"], row["sha"]) for row in rows if not row["is_deleted"])
        gone = {(row["kind"], row["ref"]) for row in rows if row["is_deleted"]}
        return differences(self.refs(), living, "ref") + differences(self.life.ever - set(self.life.refs), gone, "deleted ref")

    def branch_faults(self, world, strict):
        held, faults = world.held(), []
        for name, expected in self.held.items():
            found = held.get(name, set())
            if not strict and self.limits.is_opaque(name):
                expected = self.limits.surely_holds(("branch", name))
                found = found & expected
            faults += differences({short(sha, self.life) for sha in expected}, {short(sha, self.life) for sha in found}, name)
        return faults + ["%s is no counted branch" % name for name in held if name not in self.held]

    def compare_ranges(self, world, what, dice, strict):
        """What is said to be exact is git's; strictly, all is."""
        names = self.life.counted() + [name for kind, name in self.life.refs if kind == "tag"]
        pairs = sorted({(dice.choice(names), dice.choice(names)) for _ in range(12)})
        try:
            told, faults = world.between(pairs), []
        except RuntimeError as error:
            told, faults = {}, [error]
        for (start, end), (is_exact, found) in told.items():
            if strict > is_exact or is_exact and found != set(git(self.life, "rev-list", end, "^" + start)):
                faults.append("%s..%s: %d, exact: %s" % (start, end, len(found), is_exact))
        verdict("ranges are git's (%s)" % what, faults)


def check_rebuilds(worlds, seed):
    verdict("rebuilds change nothing (seed %d)" % seed,
            ["%s %s: %d" % (world.name, when, rows) for world in worlds for when, rows in world.rebuilt if rows])


# ---- the phases ----


class Trial:
    def __init__(self, seed, settings, is_first):
        self.seed, self.settings, self.dice = seed, settings, random.Random(seed)
        folder = os.path.join(settings["folder"], str(seed))
        os.makedirs(folder)
        self.life = Life(folder, seed)
        check_life(self.life, seed)
        if is_first:
            check_seed(self.life, folder, seed)
        self.told = {}
        for dialect in git_life_bodies.DIALECTS:
            self.told[dialect] = git_life_bodies.deliveries(self.life, dialect, settings["document"], folder)
            check_documents(self.life, dialect, self.told[dialect], seed)
        self.limits = Limits(self.life, {
            commit["sha"] for delivery in self.told["github"] for change in delivery.document["changes"]
            for commit in change["commits"] if commit["is_merge_named"]})
        verdict("what is said to be sure is so (seed %d)" % seed, [self.limits.problem()] if self.limits.problem() else [])
        self.worlds = []

    def world(self, name):
        self.worlds.append(World("w%d-%s" % (self.seed, name), self.settings))
        return self.worlds[-1]

    def what(self, words):
        return "seed %d, %s" % (self.seed, words)

    def run(self):
        imported = self.world("import")
        imported.deliver([d for d in self.told["github"] if d.document["pull_request"]], self.dice)
        imported.import_from(self.life.host)
        self.truth = Truth(self.life, imported, self.limits)
        self.truth.estrange(self.told["parents"])
        verdict("the life has links, and work taken back (seed %d)" % self.seed,
                [what for what, there in (("link that counts", any(facts["counts"] for facts in self.truth.links.values())),
                                          ("revert", imported.reverted())) if not there])
        for dialect in git_life_bodies.DIALECTS:
            self.tell(dialect)
        self.import_in_the_midst(self.dice.choice(["github", "parents"]))
        check_rebuilds(self.worlds, self.seed)

    def tell(self, dialect):
        """In order, with an import at the end; of one dialect in another order, too."""
        world, what = self.world(dialect), self.what(dialect)
        outcomes = world.deliver(self.told[dialect], self.dice)
        verdict("every delivery is taken (%s)" % what, [o for o in outcomes if o != "applied"])
        if dialect in ("github", "parents"):
            self.truth.compare(world, what, dialect == "parents")
        else:
            verdict("tips are git's, and what is deleted is marked so (%s)" % what, self.truth.ref_faults(world))
        self.truth.compare_ranges(world, what, self.dice, dialect == "parents")
        self.check_gaps(world, dialect)
        if dialect == SHUFFLED[self.seed % len(SHUFFLED)]:
            self.shuffle(dialect, world.derived())
        world.import_from(self.life.host)
        self.truth.compare(world, what + " and an import", True)
        self.truth.compare_ranges(world, what + " and an import", self.dice, True)
        verdict("an import closes all gaps (%s)" % what, world.gaps())

    def check_gaps(self, world, dialect):
        """Each push that was cut is shown; where parents are told, and nothing was cut, there is no other gap. What was cut may be what
        a later push put a ref on, and Data Center does not tell what an annotated tag names."""
        cut = {(delivery.id, change["ref"]) for delivery in self.told[dialect] for change in delivery.document["changes"]
               if not change["is_whole"] and change["after"] is not None}
        shown = world.gaps()
        others = [gap for gap in shown if gap["reason"] in ("chain broken", "unknown commit", "tag of an unknown commit")]
        faults = differences(cut, {(gap["delivery_id"], gap["ref"]) for gap in shown if gap not in others}, "gap")
        if dialect == "parents":
            faults += others
        verdict("gaps are the pushes that left something out (%s)" % self.what(dialect), faults)

    def shuffle(self, dialect, expected):
        deliveries = self.told[dialect] + [d for d in self.told[dialect] if self.dice.random() < 0.3]
        self.dice.shuffle(deliveries)
        world = self.world("shuffled-" + dialect)
        world.deliver(deliveries, self.dice)
        found = world.derived()
        for table, rows in expected.items():
            verdict("any order ends in the same %s (%s)" % (table, self.what(dialect)), differences(rows, found[table], "row"))

    def import_in_the_midst(self, dialect):
        count, path = self.life.snapshots[0]
        world, what = self.world("midst"), self.what("an import in the midst of " + dialect)
        before = [d for d in self.told[dialect] if d.event < count]
        after = [d for d in self.told[dialect] if d.event >= count]
        world.deliver(before, self.dice, int(time.time()) - 86400 - before[-1].at)
        world.import_from(path)
        verdict("an import in the midst leaves no gap (%s)" % what, world.gaps())
        world.deliver(after, self.dice, int(time.time()) + 3600 - after[0].at)
        self.truth.compare(world, what, dialect == "parents")
        world.import_from(self.life.host)
        self.truth.compare(world, what + " and one at the end", True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("document", "command", "folder"):
        parser.add_argument("--" + name, required=True)
    settings = vars(parser.parse_args())
    first = int(os.environ.get("SEED") or os.environ.get("FIRST_SEED") or 1)
    for seed in range(first, first + int(os.environ.get("SEEDS") or ("1" if "SEED" in os.environ else "2"))):
        print("seed %d (SEED=%d make test TEST=pushes)" % (seed, seed), flush=True)
        Trial(seed, settings, seed == first).run()


if __name__ == "__main__":
    main()
