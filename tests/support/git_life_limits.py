"""What cannot be known from pushes that name no parents (GitHub's): where the tests ask for the weaker truth only.

1. Which of the listed commits stand on the first-parent line, where a push to a counted branch brings a merge along with
   anything else than what that merge, its newest commit and named as one in its subject, brought from earlier pushes.
   So: a merge among commits of the branch's own, a merge of commits that were not pushed before, a merge in other words.
2. What a branch holds beneath the commits that its first push lists; and what a branch or tag holds that is put at a
   commit which no push had ever left as a tip.
3. What a forced push that lists commits, or puts a branch on what it did not hold, has kept of what was there before.
4. What a branch or tag holds that is put at a commit which some push of (1) lists, before or after: the line of that push
   may be taken for the one that it is cut from. Or on one that some push of (3) to a counted branch lists.
5. That a fast-forward has put a branch's former line beside the line, since it had been merged into the newer one.

The sets are those of the life's real graph, so they say no more than git does.
"""
from git_repository import Push, TRUNK


class Limits:
    def __init__(self, life, named):
        self.life = life
        self.named = named  # commits whose subject is that of a merge
        self.unplaced = set()  # (1), (5)
        self.tangled = set()  # the same of all branches
        self.opaque = set()  # counted branches of (2), (5), whatever they are put at
        self.sure, self.hidden = {}, {}  # of each ref: what it surely holds; what it may hold (3)
        self.relisted = set()  # by pushes of (3) to counted branches
        self.put = {}  # of each ref the commit that it was put at last
        self.beneath = {}  # (4): of each commit what is perhaps beneath it
        self.at_tip = {}
        for event in life.events:
            for change in event.changes if isinstance(event, Push) else ():
                self.follow(change)

    @staticmethod
    def is_counted(change):
        return change.kind == "branch" and (change.ref == TRUNK or change.ref.startswith("release/"))

    def parents(self, sha):
        return self.life.commits[sha].parents

    def is_clear(self, change):
        if all(len(self.parents(sha)) < 2 for sha in change.listed):
            return True
        head = change.listed[-1]
        return (head in self.named and self.parents(head)[0] == change.before
                and change.known.issuperset(change.listed[:-1]))

    def from_tip(self, commit):
        """What a ref surely and perhaps holds that is put where some ref once stood."""
        return self.at_tip.get(commit, ({commit}, set()))

    def follow(self, change):
        ref, listed = (change.kind, change.ref), set(change.listed)
        if change.after is None:
            self.sure.pop(ref), self.hidden.pop(ref), self.put.pop(ref, None)
            self.opaque.discard(change.ref)
            return
        if listed and not self.is_clear(change):
            self.tangled |= listed
            self.unplaced |= listed if self.is_counted(change) else set()
        if change.before is None or change.kind == "tag":
            if listed and self.is_counted(change) and self.parents(change.listed[0]):
                self.opaque.add(change.ref)
            self.sure[ref], self.hidden[ref] = (listed, set()) if listed else self.from_tip(change.peeled)
        elif change.is_forced:
            self.force(ref, change, listed)
        else:
            self.sure[ref] = self.sure[ref] | listed
            self.cross(change)
        if not listed:
            self.put[ref] = change.peeled
        elif not self.is_clear(change):
            for sha in listed:
                self.beneath[sha] = self.beneath.get(sha, set()) | self.sure[ref] | self.hidden[ref]
        before = self.at_tip.get(change.peeled, (set(), set()))
        self.at_tip[change.peeled] = (self.sure[ref] | before[0], self.hidden[ref] | before[1])

    def force(self, ref, change, listed):
        old = self.sure[ref]
        if self.is_counted(change) and (listed or change.after not in old):
            self.opaque.add(change.ref)
            self.relisted |= listed
        if listed:
            self.sure[ref] = listed
            # (an import in the midst may have told what was beneath)
            self.hidden[ref] = self.hidden[ref] | (self.life.holds(change.before) - {change.before})
        else:
            kept = (old & self.life.holds(change.after)) - self.tangled if change.after in old else set()
            self.sure[ref] = kept | self.from_tip(change.after)[0]
            self.hidden[ref] = self.hidden[ref] | (old & self.tangled)

    def cross(self, change):
        if self.is_counted(change) and change.before not in self.life.line(change.after):
            self.opaque.add(change.ref)
            self.unplaced |= self.life.holds(change.after)

    # ---- at the end ----

    def is_opaque(self, name):
        """A counted branch of (2), (4) or (5)."""
        ref = ("branch", name)
        return (name in self.opaque or bool(self.hidden[ref]) or self.put.get(ref) in self.beneath
                or ref in self.put and not self.relisted.isdisjoint(self.life.holds(self.put[ref])))

    def holds(self, ref):
        return self.life.holds(self.life.refs[ref][1])

    def problem(self):
        """What is said to be sure must be so."""
        for ref, sure in self.sure.items():
            if not sure <= self.holds(ref):
                return "%s %s surely holds what it does not" % ref
        return None

    def surely_holds(self, ref):
        """Of (4) nothing beneath what it was put at."""
        if self.put.get(ref) not in self.beneath:
            return self.sure[ref]
        return self.sure[ref] - (self.life.holds(self.put[ref]) - {self.put[ref]})

    def surely_reachable(self):
        return set().union(*map(self.surely_holds, self.sure))

    def perhaps_reachable(self):
        beneath = (self.beneath.get(commit, set()) for ref, commit in self.put.items() if ref in self.hidden)
        return set().union(*self.hidden.values(), *beneath)

    def counted(self):
        return [ref for ref in self.sure if ref[0] == "branch" and ref[1] in self.life.counted()]

    def surely_landed(self):
        return set().union(*map(self.surely_holds, self.counted()))

    def perhaps_landed(self):
        return set().union(*(self.hidden[ref] for ref in self.counted()))

    def surely_placed(self):
        """Commits of which it is known by what they landed."""
        return self.surely_landed() - self.unplaced - self.perhaps_landed()

    def in_doubt(self, reverted):
        """Commits of which it cannot be known whether they count: landed or not, or taken back everywhere or not."""
        landed = set().union(*(self.holds(ref) for ref in self.counted()))
        beneath = set().union(*(self.holds(ref) - self.surely_holds(ref) for ref in self.counted() if self.is_opaque(ref[1])))
        return (landed - self.surely_landed()) | self.perhaps_landed() | ((self.unplaced | beneath) & reverted)
