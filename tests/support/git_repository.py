"""A team's clone and its host's repository, written by real git, and what the host would tell of each push.

Repository.events has the pushes and the looks at pull requests, in order.
"""
import os
import random
import shutil
import subprocess

BIRTH = 1740787200  # 2025-03-01: instants of commits and pushes lie before those of any import
FORMAT = "%H%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%cI%x1f%B"
TRUNK = "main"


class Commit:
    def __init__(self, sha, parents, author, email, authored, committed, message):
        self.sha, self.parents, self.author, self.email = sha, parents.split(), author, email
        self.authored, self.committed, self.message = authored, committed, message


class Change:
    """A ref's move. after is a tag's own hash where it is annotated, peeled the commit; listed: the oldest first."""

    def __init__(self, ref, kind, before, after, peeled):
        self.ref, self.kind, self.before, self.after, self.peeled = ref, kind, before, after, peeled
        self.listed, self.known, self.is_forced, self.base_ref = [], set(), False, None


class Push:
    def __init__(self, number, at, changes):
        self.id, self.at, self.changes = "push-%d" % number, at, changes


class Look:
    """A pull request as it is at a moment."""

    def __init__(self, number, at, request, merge):
        self.id, self.at, self.merge = "look-%d" % number, at, merge
        self.number, self.title, self.source, self.head = (request[m] for m in ("number", "title", "source", "head"))


class Repository:
    """The team's clone and the host's repository, with a clock of their own."""

    def __init__(self, folder, seed):
        self.random = random.Random(seed)
        self.work, self.host = os.path.join(folder, "work"), os.path.join(folder, "host.git")
        self.now, self.files = BIRTH, 0
        self.commits = {}  # all that was ever pushed
        self.refs = {}  # the host's: (kind, name): (hash, commit)
        self.ever = set()  # (kind, name) of all that the host ever had
        self.events, self.snapshots = [], []
        subprocess.run(["git", "init", "-q", "--bare", "-b", TRUNK, self.host], check=True, env=self.environment())
        subprocess.run(["git", "init", "-q", "-b", TRUNK, self.work], check=True, env=self.environment())
        for path in (self.work, self.host):
            self.run("config", "gc.auto", "0", at=path)
        self.run("config", "merge.suppressDest", TRUNK)

    def environment(self):
        name = self.random.choice(["Ada Miller", "Ben Öz"])
        date = "%d +0000" % self.now
        return dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM="1", LC_ALL="C.UTF-8", TZ="UTC",
                    GIT_AUTHOR_NAME=name, GIT_AUTHOR_EMAIL="team@example.com", GIT_COMMITTER_NAME=name, GIT_EDITOR="true",
                    GIT_COMMITTER_EMAIL="team@example.com", GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date)

    def attempt(self, *words, at=None, text=None):
        done = subprocess.run(["git", "-C", at or self.work, *words], env=self.environment(), text=True, check=False,
                              input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return done.stdout if done.returncode == 0 else None

    def run(self, *words, at=None, text=None):
        said = self.attempt(*words, at=at, text=text)
        if said is None:
            raise RuntimeError("git %s failed" % " ".join(words))
        return said

    def tick(self, seconds=3600):
        self.now += seconds

    def tip(self, name):
        """Of the team's branch; None where it has none of that name."""
        return (self.attempt("rev-parse", "-q", "--verify", "refs/heads/" + name) or "").strip() or None

    def checkout(self, name, start=None):
        self.run("checkout", "-q", *(["-B", name, start] if start else [name]))

    def commit(self, message, amend=False):
        self.tick()
        self.files += 1
        with open(os.path.join(self.work, "%d.txt" % self.files), "w") as file:
            file.write("%d\n" % self.files)
        self.run("add", "-A")
        self.run("commit", "-q", "--cleanup=verbatim", "-F", "-", *(["--amend"] if amend else []), text=message)

    def is_ancestor(self, old, new):
        return self.attempt("merge-base", "--is-ancestor", old, new) is not None

    def undo(self, name):
        """Leaves what a command began that met a conflict."""
        for word in ("merge", "cherry-pick", "revert", "rebase"):
            self.attempt(word, "--abort")
        self.run("reset", "-q", "--hard", name)
        return False

    # ---- the host ----

    def shas(self, *words):
        return self.run("rev-list", *words, at=self.host).split()

    def learn(self, tips):
        """Reads commits that the host did not have before."""
        text = self.run("log", "-z", "--format=" + FORMAT, *tips, "--not", *self.learned, at=self.host) if tips else ""
        for entry in text.split("\0"):
            if entry:
                commit = Commit(*entry.split("\x1f"))
                self.commits.setdefault(commit.sha, commit)

    @property
    def learned(self):
        return sorted({commit for _, commit in self.refs.values()})

    def change(self, kind, name):
        """What pushing a ref would change, judged by the team's repository; None: nothing."""
        path = "refs/%s/%s" % ("heads" if kind == "branch" else "tags", name)
        after = (self.attempt("rev-parse", "-q", "--verify", path) or "").strip() or None
        before = self.refs.get((kind, name), (None, None))[0]
        if after == before:
            return None
        peeled = after and self.run("rev-parse", path + "^{commit}").strip()
        change = Change(name, kind, before, after, peeled)
        change.is_forced = bool(before and after) and not self.is_ancestor(before, after)
        return change

    def list_commits(self, change, others):
        """A host lists what was not reachable from the old tip; of a new branch, what no other branch or tag holds."""
        if change.after is None or change.kind == "tag":
            return
        without = [change.before] if change.before else others
        change.listed = self.shas("--reverse", "--topo-order", change.after, "--not", *without)
        change.known = {sha for sha in change.listed if sha in self.commits}
        if change.before is None and not change.listed:
            change.base_ref = next((name for (kind, name), (_, commit) in sorted(self.refs.items())
                                    if kind == "branch" and commit == change.after), None)

    def push(self, *names, tag=None):
        """Sends branches, or a tag, in one push, whatever became of them; False where nothing moves."""
        changes = [self.change("branch", name) for name in names] + ([self.change("tag", tag)] if tag else [])
        changes = [change for change in changes if change]
        if not changes:
            return False
        self.tick(60)
        paths = [("refs/heads/" if c.kind == "branch" else "refs/tags/") + c.ref for c in changes]
        self.run("push", "-q", "--force", self.host, *("%s:%s" % (path if change.after else "", path)
                                                       for path, change in zip(paths, changes)))
        for change in changes:
            self.list_commits(change, self.learned)
        self.learn([change.peeled for change in changes if change.peeled])
        for change in changes:
            self.ever.add((change.kind, change.ref))
            self.refs.pop((change.kind, change.ref), None)
            if change.after:
                self.refs[change.kind, change.ref] = (change.after, change.peeled)
        self.events.append(Push(len(self.events) + 1, self.now, changes))
        return True

    def look(self, request, merge=None):
        self.tick(60)
        request["head"] = self.tip(request["source"]) or request.get("head")
        self.events.append(Look(len(self.events) + 1, self.now, request, merge))

    def snapshot(self):
        """Keeps the host's repository as it is now."""
        path = "%s.%d" % (self.host, len(self.events))
        shutil.copytree(self.host, path)
        self.snapshots.append((len(self.events), path))

    def holds(self, *names):
        """All that commits and what they descend from are."""
        found, wanted = set(), list(names)
        while wanted:
            sha = wanted.pop()
            if sha not in found:
                found.add(sha)
                wanted.extend(self.commits[sha].parents)
        return found

    def line(self, tip):
        """The first-parent line down from a commit."""
        found = [tip]
        while self.commits[found[-1]].parents:
            found.append(self.commits[found[-1]].parents[0])
        return found

    def branches(self):
        return [name for kind, name in sorted(self.refs) if kind == "branch"]

    def releases(self):
        return [name for name in self.branches() if name.startswith("release/")]

    def counted(self):
        return [TRUNK] + self.releases()
