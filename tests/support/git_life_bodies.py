"""What hosts tell of a life's events: bodies in the forms of their hooks, and the documents that the product makes of them.

The dialects, each with the host whose form it has:
    github     all commits that a push brings, without their parents; those that any earlier push had are marked
    parents    the same commits with their parents (Bitbucket Cloud, if it listed more than five)
    bitbucket  the newest five (Bitbucket Cloud)
    nothing    none (Bitbucket Data Center of old)
"""
import datetime
import json
import os
import subprocess

from git_repository import Push, TRUNK

ZEROS = "0" * 40
DIALECTS = ("github", "parents", "bitbucket", "nothing")
MOST_LISTED = 5


def instant(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class GitHub:
    kind = "github"
    repository = {"full_name": "org/app", "default_branch": TRUNK}

    def __init__(self, life):
        self.commits = life.commits

    def commit(self, sha, known):
        commit = self.commits[sha]
        return {"id": sha, "message": commit.message, "timestamp": commit.committed, "distinct": sha not in known,
                "author": {"name": commit.author, "email": commit.email},
                "committer": {"name": commit.author, "email": commit.email}}

    def push(self, push):
        """One delivery for each ref, and one more where it is made or deleted."""
        for change in push.changes:
            prefix = "refs/heads/" if change.kind == "branch" else "refs/tags/"
            yield "push", {
                "ref": prefix + change.ref, "before": change.before or ZEROS, "after": change.after or ZEROS,
                "created": change.before is None, "deleted": change.after is None, "forced": change.is_forced,
                "base_ref": change.base_ref and "refs/heads/" + change.base_ref, "repository": self.repository,
                "commits": [self.commit(sha, change.known) for sha in change.listed],
                "head_commit": change.peeled and self.commit(change.peeled, change.known)}
            if change.before is None or change.after is None:
                yield "create" if change.after else "delete", {
                    "ref": change.ref, "ref_type": change.kind, "repository": self.repository}

    def look(self, look):
        yield "pull_request", {"repository": self.repository, "pull_request": {
            "number": look.number, "title": look.title, "state": "closed" if look.merge else "open",
            "merged": look.merge is not None, "merge_commit_sha": look.merge, "updated_at": instant(look.at),
            "merged_at": instant(look.at) if look.merge else None, "user": {"login": "ada"},
            "head": {"ref": look.source, "sha": look.head}, "base": {"ref": TRUNK}}}


class Cloud:
    """Bitbucket Cloud; most is how many commits it lists, digits how many of a pull request's hashes."""
    kind = "bitbucket"
    repository = {"full_name": "org/app"}

    def __init__(self, life, most, digits):
        self.commits, self.most, self.digits = life.commits, most, digits

    def commit(self, sha):
        commit = self.commits[sha]
        return {"hash": sha, "message": commit.message, "date": commit.committed,
                "author": {"raw": "%s <%s>" % (commit.author, commit.email)},
                "parents": [{"hash": parent} for parent in commit.parents]}

    @staticmethod
    def side(change, commit):
        return commit and {"type": change.kind, "name": change.ref, "target": {"hash": commit}}

    def change(self, change):
        listed = [self.commit(sha) for sha in reversed(change.listed)]
        return {"old": self.side(change, change.before), "new": self.side(change, change.peeled),
                "created": change.before is None, "closed": change.after is None, "forced": change.is_forced,
                "truncated": len(listed) > self.most, "commits": listed[:self.most]}

    def push(self, push):
        yield "repo:push", {"repository": self.repository, "push": {"changes": [self.change(c) for c in push.changes]}}

    def look(self, look):
        yield "pullrequest:fulfilled" if look.merge else "pullrequest:created", {
            "repository": self.repository, "pullrequest": {
                "id": look.number, "title": look.title, "state": "MERGED" if look.merge else "OPEN",
                "source": {"branch": {"name": look.source}, "commit": {"hash": look.head[:self.digits]}},
                "destination": {"branch": {"name": TRUNK}}, "author": {"nickname": "ada"},
                "merge_commit": look.merge and {"hash": look.merge[:self.digits]}, "updated_on": instant(look.at)}}


class DataCenter:
    kind = "bitbucket-server"
    repository = {"slug": "app", "project": {"key": "org"}}

    def push(self, push):
        yield "repo:refs_changed", {"eventKey": "repo:refs_changed", "repository": self.repository, "changes": [{
            "ref": {"id": ("refs/heads/" if c.kind == "branch" else "refs/tags/") + c.ref, "type": c.kind.upper()},
            "fromHash": c.before or ZEROS, "toHash": c.peeled or ZEROS} for c in push.changes]}

    def look(self, look):
        name = "pr:merged" if look.merge else "pr:opened"
        yield name, {"eventKey": name, "date": instant(look.at), "pullRequest": {
            "id": look.number, "title": look.title, "state": "MERGED" if look.merge else "OPEN",
            "updatedDate": instant(look.at), "closedDate": instant(look.at) if look.merge else None,
            "fromRef": {"id": "refs/heads/" + look.source, "latestCommit": look.head},
            "toRef": {"id": "refs/heads/" + TRUNK, "repository": self.repository},
            "properties": {"mergeCommit": {"id": look.merge}} if look.merge else {}, "author": {"user": {"name": "ada"}}}}


class Delivery:
    """One of a life's deliveries: event is its place among the life's events."""

    def __init__(self, event, number, at, document):
        self.event, self.id, self.at, self.document = event, "d%d-%d" % (event + 1, number), at, document


def host(life, dialect):
    return {"github": lambda: GitHub(life), "parents": lambda: Cloud(life, 10 ** 6, 40),
            "bitbucket": lambda: Cloud(life, MOST_LISTED, 12), "nothing": DataCenter}[dialect]()


def deliveries(life, dialect, program, folder):
    """A life's deliveries in the order of the host, reduced by the product itself."""
    sender, made = host(life, dialect), []
    path = os.path.join(folder, "bodies." + dialect)
    with open(path, "wb") as file:
        for place, event in enumerate(life.events):
            sent = sender.push(event) if isinstance(event, Push) else sender.look(event)
            for number, (name, body) in enumerate(sent):
                text = json.dumps(body, ensure_ascii=False).encode()
                file.write(b"%s %s %d\n%s\n" % (sender.kind.encode(), name.encode(), len(text), text))
                made.append((place, number, event.at + number))
    printed = subprocess.run([program, path], stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    if len(printed) != len(made):
        raise RuntimeError("%d bodies, %d documents" % (len(made), len(printed)))
    return [Delivery(*facts, json.loads(text)) for facts, text in zip(made, printed)]
