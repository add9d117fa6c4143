#!/usr/bin/env python3
"""Plays the life of a git repository as a team lives it, and keeps what its host would tell: git_life.py FOLDER SEED

FOLDER/host.git is the host's bare repository, FOLDER/work the team's; real git writes both. Life.events has the pushes and
the looks at pull requests, in order; git_life_bodies.py makes of them what each host sends. Each kind of deed happens at
least once in a life, in an order that SEED chooses, and many happen again. The same seed gives the same hashes.
Run by itself it prints the deeds and the events.
"""
import sys

from git_repository import Look, Push, Repository, TRUNK

SUBJECTS = ["Add the cart", "Print the receipt", "Grüße an die Kasse", "修复打印问题", "Tidy", "Count in UTF-8",
            "Round prices", "Fix “quotes”", "Speed up the search"]
RARE = {"do_cross", "do_pull", "do_trunk_restored"}  # of one life in three: they leave little that pushes without parents can tell


class Life(Repository):
    """What a team does. Each deed says whether it could be done."""

    def __init__(self, folder, seed, extra=12):
        super().__init__(folder, seed)
        self.features = {}  # the team's: name: {"request", "is_merged"}
        self.gone = {}  # name of a feature that the host has no more: its last commit
        self.cuts = {}  # of each release: the commit that it was made on
        self.requests = []  # pull requests that were merged
        self.next_request = self.next_release = 1
        self.done = {}
        self.turns = 0
        self.commit("Begin\n")
        self.push(TRUNK)
        self.live(extra)

    def live(self, extra):
        self.deeds = sorted(name for name in dir(self) if name.startswith("do_") and (name not in RARE or self.chance(0.3)))
        waiting = self.deeds + [self.random.choice(self.deeds) for _ in range(extra)]
        self.random.shuffle(waiting)
        half = len(waiting) // 2
        while waiting:
            name = waiting.pop(0)
            self.turns += 1
            if getattr(self, name)():
                self.done[name] = self.done.get(name, 0) + 1
            elif not self.done.get(name):
                waiting.insert(min(len(waiting), 6), name)
                self.prepare()
            if len(waiting) < half and not self.snapshots:
                self.snapshot()
            if self.turns > 2000:
                raise RuntimeError("%s can't be done" % name)

    def prepare(self):
        """Something that most deeds need."""
        self.random.choice([self.do_feature, self.do_grow, self.do_direct, self.do_request, self.do_release, self.do_hotfix,
                            self.do_merge_request, self.do_squash_request])()

    def chance(self, share):
        return self.random.random() < share

    def choice(self, things):
        things = list(things)
        return self.random.choice(things) if things else None

    def key(self):
        return self.random.choice(["APP-%d", "APP-%d", "APP-%d", "OPS-%d", "app-%d"]) % self.random.randint(1, 14)

    def message(self):
        words = self.random.choice(SUBJECTS)
        return self.random.choice([
            "%s %s\n" % (self.key(), words), "%s %s\n" % (self.key(), words), "%s: %s, %s\n" % (self.key(), words, self.key()),
            "%s\n\nFor %s.\n" % (words, self.key()), words + "\n", "[%s] %s\n\nAPP-007 no more.\n" % (self.key(), words)])

    def commit_some(self, most=3):
        for _ in range(self.random.randint(1, most)):
            self.commit(self.message())

    def feature(self, *, pushed=False, fresh=True, request=None):
        names = [name for name, facts in sorted(self.features.items())
                 if (not pushed or ("branch", name) in self.refs) and not (fresh and facts["is_merged"])
                 and request in (None, facts["request"] is not None)]
        return self.choice(names)

    # ---- on the trunk and on features ----

    def do_direct(self):
        self.checkout(TRUNK)
        self.commit_some()
        return self.push(TRUNK)

    def name_feature(self):
        number = self.random.randint(1, 14)
        return self.random.choice(["feature/APP-%d-x", "feature/APP-%d-y", "dev-APP-%d", "work-%d", "feature/ops-%d_z"]) % number

    def begin_feature(self, name, start):
        if name in self.features:
            return False
        self.features[name] = {"request": None, "is_merged": False}
        self.gone.pop(name, None)
        self.checkout(name, start)
        return True

    def do_feature(self):
        name = self.name_feature()
        if not self.begin_feature(name, TRUNK):
            return False
        if self.chance(0.25):
            self.push(name)
        self.commit_some()
        return self.chance(0.2) or self.push(name)

    def do_feature_of_a_feature(self):
        start, name = self.feature(), self.name_feature()
        return start is not None and self.begin_feature(name, start) and (self.commit_some() or self.push(name))

    def do_grow(self):
        name = self.feature()
        if name is None:
            return False
        self.checkout(name)
        self.commit_some(self.random.choice([2, 2, 9]))
        return self.chance(0.2) or self.push(name)

    def do_update(self):
        """The trunk is merged into a feature."""
        name = self.feature()
        if name is None or self.is_ancestor(TRUNK, name):
            return False
        self.checkout(name)
        return self.merge(TRUNK) and self.push(name)

    def do_amend(self):
        name = self.feature(pushed=True)
        if name is None or self.is_ancestor(name, TRUNK) or self.tip(name) not in self.commits:
            return False
        if len(self.commits[self.tip(name)].parents) != 1:
            return False
        self.checkout(name)
        self.commit(self.message(), amend=True)
        return self.push(name)

    def do_rebase(self):
        name = self.feature(pushed=True)
        return name is not None and not self.is_ancestor(TRUNK, name) and self.rebase(name) and self.push(name)

    def rebase(self, name):
        self.tick()
        self.checkout(name)
        if self.attempt("rebase", "-q", TRUNK) is None:
            return self.undo(name)
        return self.tip(name) != self.tip(TRUNK) or self.undo(name)

    def do_drop(self):
        """The newest commit of a feature is taken away by force."""
        name = self.feature(pushed=True)
        if name is None or self.is_ancestor(name, TRUNK) or self.is_ancestor(name + "~1", TRUNK):
            return False
        self.checkout(name)
        self.run("reset", "-q", "--hard", name + "~1")
        return self.push(name)

    def do_both(self):
        """Two branches in one push."""
        name = self.feature(pushed=True)
        if name is None:
            return False
        for branch in (name, self.choice(self.counted())):
            self.checkout(branch)
            self.commit(self.message())
        return self.push(name, branch)

    # ---- merges ----

    def merge(self, name, *words):
        self.tick()
        before = self.run("rev-parse", "HEAD")
        if self.attempt("merge", "-q", "--no-ff", *(words or ["--no-edit"]), name) is None:
            return self.undo("HEAD")
        return self.run("rev-parse", "HEAD") != before

    def landed(self, name, share=0.6):
        self.features[name]["is_merged"] = True
        if self.chance(share):
            self.delete(name)
        return True

    def merge_feature(self, *words):
        name = self.feature()
        if name is None or self.is_ancestor(name, TRUNK):
            return False
        if self.chance(0.6):
            self.push(name)
        self.checkout(TRUNK)
        if not self.merge(name, *words):
            return False
        self.push(TRUNK)
        return self.landed(name)

    def do_merge(self):
        return self.merge_feature()

    def do_merge_in_other_words(self):
        return self.merge_feature("-m", "%s Bring it in" % self.key())

    def do_merge_among_commits(self):
        """One push of commits of the trunk's own, and of a merge among them."""
        name = self.feature()
        if name is None or self.is_ancestor(name, TRUNK):
            return False
        self.checkout(TRUNK)
        self.commit_some(2)
        if self.merge(name):
            self.features[name]["is_merged"] = True
            self.commit(self.message())
        return self.push(TRUNK) and self.features[name]["is_merged"]

    def do_fast_forward(self):
        name = self.feature()
        if name is None or self.is_ancestor(name, TRUNK):
            return False
        if not self.is_ancestor(TRUNK, name):
            if not self.rebase(name):
                return False
            self.push(name)
        self.checkout(TRUNK)
        self.run("merge", "-q", "--ff-only", name)
        self.push(TRUNK)
        return self.landed(name)

    def do_cross(self):
        """A counted branch goes on to a feature that it was merged into: its own line is beside the line then."""
        name, branch = self.feature(), self.choice(self.counted())
        if name is None or self.is_ancestor(branch, name):
            return False
        if branch in self.cuts and self.cuts[branch] not in self.run("rev-list", "--first-parent", name).split():
            return False
        self.checkout(name)
        if not self.merge(branch):
            return False
        self.checkout(branch)
        self.run("merge", "-q", "--ff-only", name)
        return self.push(branch) and self.landed(name)

    def pull(self, branch):
        """Somebody who was behind committed, pulled, which merged, and pushed: the same by another way."""
        tip = self.tip(branch)
        line = self.line(tip) if tip in self.commits else []
        line = line[1:line.index(self.cuts[branch]) + 1] if branch in self.cuts else line[1:6]
        if not line:
            return False
        self.checkout(branch, self.choice(line[:5]))
        self.commit_some(2)
        if not self.merge(tip):
            self.checkout(branch, tip)
            return False
        return self.push(branch)

    def do_pull(self):
        return self.pull(self.choice(self.counted()))

    def do_pull_feature(self):
        name = self.feature(pushed=True)
        return name is not None and not self.is_ancestor(name, TRUNK) and self.pull(name)

    # ---- pull requests ----

    def do_request(self):
        name = self.feature(pushed=True, request=False)
        if name is None:
            return False
        title = self.random.choice(["%s Title %d", "Title %d: %s", "Title %d"])
        self.next_request += 1
        title = title.replace("%s", self.key()).replace("%d", str(self.next_request))
        request = {"number": self.next_request, "title": title, "source": name}
        self.features[name]["request"] = request
        self.look(request)
        return True

    def close(self, name, is_merge):
        """The pull request's merge, or squash, is the trunk's newest commit."""
        request = self.features[name]["request"]
        self.push(TRUNK)
        self.look(request, merge=self.tip(TRUNK))
        self.requests.append(dict(request, merge=self.tip(TRUNK), is_merge=is_merge))
        return self.landed(name, 0.8)

    def open_request(self):
        name = self.feature(pushed=True, request=True)
        if name is None or self.is_ancestor(name, TRUNK):
            return None
        self.push(name)
        self.checkout(TRUNK)
        return name

    def do_merge_request(self):
        name = self.open_request()
        request = name and self.features[name]["request"]
        return bool(name) and self.merge(name, "-m", "Merge pull request #%d from org/%s\n\n%s" % (
            request["number"], name, request["title"])) and self.close(name, True)

    def do_squash_request(self):
        name = self.open_request()
        if name is None:
            return False
        request = self.features[name]["request"]
        self.tick()
        subjects = self.run("log", "--format=* %s%n", "%s..%s" % (TRUNK, name))
        if self.attempt("merge", "-q", "--squash", name) is None or not self.run("status", "--porcelain"):
            return self.undo("HEAD")
        self.run("commit", "-q", "-F", "-", text="%s (#%d)\n\n%s" % (request["title"], request["number"], subjects))
        return self.close(name, False)

    # ---- releases ----

    def make_release(self, release):
        self.checkout(release, TRUNK)
        self.cuts[release] = self.tip(TRUNK)

    def do_release(self):
        return self.release(False)

    def do_release_with_a_commit(self):
        return self.release(True)

    def release(self, has_own):
        # (more where one of those there are can't be made again, since others hold what is theirs)
        if len(self.releases()) > 3 + self.turns // 300:
            return self.chance(0.5)
        self.make_release("release/%d.0" % self.next_release)
        if has_own:
            self.commit("Bump to %d.0\n" % self.next_release)
        self.next_release += 1
        return self.push("release/%d.0" % (self.next_release - 1))

    def do_hotfix(self):
        release = self.choice(self.releases())
        if release is None:
            return False
        self.checkout(release)
        self.commit_some(2)
        return self.push(release)

    def do_fix_branch(self):
        """A branch of a release is merged into it."""
        release, name = self.choice(self.releases()), "fix/" + self.key()
        if release is None or not self.begin_feature(name, release):
            return False
        self.commit_some(2)
        self.push(name)
        self.checkout(release)
        return self.merge(name) and self.push(release) and self.landed(name)

    def do_merge_release(self):
        release = self.choice(self.releases())
        if release is None or self.is_ancestor(release, TRUNK):
            return False
        self.checkout(TRUNK)
        return self.merge(release) and self.push(TRUNK)

    def pick(self, *words):
        release = self.choice(self.releases())
        if release is None:
            return False
        self.checkout(release)
        shas = self.run("rev-list", "--no-merges", TRUNK, "--not", release).split()[:12]
        self.random.shuffle(shas)
        for sha in shas:
            self.tick()
            if self.attempt("cherry-pick", *words, sha) is not None:
                return self.push(release)
            self.undo(release)
        return False

    def do_pick(self):
        return self.pick()

    def do_pick_with_x(self):
        return self.pick("-x")

    def do_remake_release(self):
        """A release that left nothing behind is deleted and made again."""
        for release in self.releases():
            others = self.holds(*(commit for (_, name), (_, commit) in self.refs.items() if name != release))
            own = self.holds(self.refs["branch", release][1]) - self.holds(self.refs["branch", TRUNK][1])
            if not own & others and self.tip(release) == self.refs["branch", release][0]:
                self.checkout(TRUNK)
                self.run("branch", "-q", "-D", release)
                self.push(release)
                self.make_release(release)
                if self.chance(0.5):
                    self.commit(self.message())
                return self.push(release)
        return False

    # ---- reverts ----

    def revert(self, branch, chosen, *words):
        self.checkout(branch)
        shas = [sha for sha in self.run("rev-list", branch).split()[:40] if sha in self.commits and chosen(self.commits[sha])]
        self.random.shuffle(shas)
        for sha in shas[:5]:
            self.tick()
            if self.attempt("revert", "--no-edit", *words, sha) is not None:
                return self.push(branch)
            self.undo(branch)
        return False

    def do_revert(self):
        return self.revert(self.choice(self.counted()), lambda c: len(c.parents) == 1 and not c.message.startswith("Revert"))

    def do_revert_on_a_release(self):
        release = self.choice(self.releases())
        return release is not None and self.revert(release, lambda c: len(c.parents) == 1)

    def do_revert_merge(self):
        line = set(self.line(self.refs["branch", TRUNK][1]))
        return self.revert(TRUNK, lambda c: len(c.parents) == 2 and c.sha in line, "-m", "1")

    def do_revert_revert(self):
        return self.revert(self.choice(self.counted()), lambda c: c.message.startswith("Revert"))

    def do_revert_request(self):
        request = self.choice([r for r in self.requests if self.is_ancestor(r["merge"], TRUNK)])
        if request is None:
            return False
        self.tick()
        self.checkout(TRUNK)
        parent = ["-m", "1"] if request["is_merge"] else []
        if self.attempt("revert", "--no-commit", *parent, request["merge"]) is None or not self.run("status", "--porcelain"):
            return self.undo(TRUNK)
        self.attempt("revert", "--quit")
        self.run("commit", "-q", "-F", "-", text="Revert \"%s\"\n\nReverts org/app#%d\n" % (request["title"], request["number"]))
        return self.push(TRUNK)

    # ---- tags, deletions, force ----

    def tag(self, *words):
        name = "v%d" % (1 + sum(kind == "tag" for kind, _ in self.ever))
        line = self.line(self.refs["branch", self.choice(self.counted())][1])
        self.tick()
        self.run("tag", *words, name, line[0] if self.chance(0.7) else self.choice(line[:4]))
        return self.push(tag=name)

    def do_tag(self):
        return self.tag()

    def do_annotated_tag(self):
        return self.tag("-a", "-m", "a version")

    def do_delete_tag(self):
        name = self.choice(name for kind, name in sorted(self.refs) if kind == "tag")
        if name is None:
            return False
        self.run("tag", "-d", name)
        return self.push(tag=name)

    def delete(self, name):
        del self.features[name]
        self.checkout(TRUNK)
        tip = self.tip(name)
        self.run("branch", "-q", "-D", name)
        if self.push(name):
            self.gone[name] = tip
        return True

    def do_delete(self):
        name = self.choice(name for name, facts in sorted(self.features.items()) if facts["is_merged"])
        return name is not None and self.delete(name)

    def do_abandon(self):
        name = self.feature(pushed=True)
        return name is not None and not self.is_ancestor(name, TRUNK) and self.delete(name)

    def do_remake(self):
        name = self.choice(sorted(self.gone))
        return name is not None and self.begin_feature(name, TRUNK) and (self.commit_some(2) or self.push(name))

    def do_restore(self):
        """A deleted branch comes back as it was."""
        name = self.choice(sorted(self.gone))
        return name is not None and self.begin_feature(name, self.gone[name]) and self.push(name)

    def do_trunk_back(self):
        """The trunk goes back to where an earlier push had left it."""
        tips = self.trunk_tips()
        earlier = [tip for tip in tips if tip in self.line(tips[-1])[1:6]]
        return self.done.get("do_trunk_back", 0) < 2 and self.put_trunk(earlier)

    def do_trunk_restored(self):
        """The trunk is forced to something that it has dropped: not always a commit that a push had left it at."""
        tips = self.trunk_tips()
        dropped = [sha for tip in tips for sha in self.line(tip)[:3]
                   if self.holds(sha) - self.holds(tips[-1]) and self.attempt("cat-file", "-e", sha) is not None]
        if self.done.get("do_trunk_restored", 0) > 1 or not dropped and not self.do_trunk_back():
            return False
        return self.put_trunk(dropped)

    def trunk_tips(self):
        return [c.after for event in self.events if isinstance(event, Push) for c in event.changes if c.ref == TRUNK]

    def put_trunk(self, shas):
        if not shas:
            return False
        self.checkout(TRUNK)
        self.run("reset", "-q", "--hard", self.choice(shas))
        return self.push(TRUNK)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.splitlines()[0])
    life = Life(sys.argv[1], int(sys.argv[2]))
    for name, count in sorted(life.done.items()):
        print("%-28s %d" % (name[3:], count))
    for event in life.events:
        if isinstance(event, Look):
            print(event.id, "#%d" % event.number, event.title, event.merge)
            continue
        for change in event.changes:
            print(event.id, change.kind, change.ref, (change.before or "-")[:8], (change.after or "-")[:8],
                  "forced" if change.is_forced else "", len(change.listed))


if __name__ == "__main__":
    main()
