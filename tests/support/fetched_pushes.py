#!/usr/bin/env python3
"""Lives of git repositories, told by pushes that leave commits out, and completed by their hosts:
fetched_pushes.py --document PROGRAM --command JIRASYNC --worker PROGRAM --config FILE --host-url URL --folder DIR

For each seed a repository lives (git_life.py); its pushes come from each kind of host, with five commits listed, none, or all
without their parents, while a worker fetches what they left out from a mock of that host. What comes out is held against git and against an import, as
pushes that tell all are (pushes.py). SEED=N repeats a life, SEEDS=N says how many there are.
Prints "ok WHAT" or "not ok WHAT" for each promise.
"""
import argparse
import json
import os
import random
import subprocess
import time
import urllib.request

import git_life_bodies
import pushes
from git_life import Life
from git_life_limits import Limits
from git_life_worlds import World, quoted
from pushes import Truth, verdict

HOSTS = (("bitbucket", "bitbucket"), ("bitbucket-server", "nothing"), ("github", "nothing"), ("gitlab", "bitbucket"), ("github", "github"),
         ("gitlab", "github"))
SOON_S = 30  # a job that is put off for longer, by settings that are made short, will not be done
STILL_S = 60  # no job came, ended or was given up for so long: nothing will


class HostWorld(World):
    """A tenant whose git host can be asked."""

    def __init__(self, seed, kind, dialect, settings):
        super().__init__("f%d-%s-%s" % (seed, kind, dialect), settings)
        self.kind, self.dialect = kind, dialect

    def configure(self):
        """In place of what World wrote: a host with credentials."""
        path = os.path.join(self.settings["folder"], "sources.conf")
        with open(path) as file:
            text = file.read()
        old = "[source %s]\nkind = git\ntenant = %s\n" % (self.name, self.name)
        new = "[source %s]\nkind = %s\ntenant = %s\nbase_url = %s\napi_url = %s\napi_token = env:HOST_TOKEN\n" % (
            self.name, self.kind, self.name, self.settings["host_url"], self.settings["host_url"])
        if old not in text:
            raise RuntimeError("no section of %s" % self.name)
        with open(path, "w") as file:
            file.write(text.replace(old, new))

    def jobs(self):
        return self.ask("SELECT j.kind, j.key, j.state, j.attempts, j.last_error, ceil(extract(epoch FROM j.run_at - "
                        "clock_timestamp())) AS due_s FROM jirasync.jobs j WHERE j.tenant = %s ORDER BY j.run_at" % quoted(self.name))

    def wait(self):
        """Until no job waits, or none that does will be done; what the job table says of those that are left then."""
        seen, since = None, time.monotonic()
        while True:
            jobs = self.jobs()
            waiting = [job for job in jobs if job["state"] != "discarded"]
            now = [(job["kind"], job["key"], job["attempts"]) for job in jobs]
            if now != seen:
                seen, since = now, time.monotonic()
            is_put_off = all(job["state"] != "running" and job["due_s"] > SOON_S for job in waiting)
            if is_put_off or time.monotonic() - since > STILL_S:
                return ["%(kind)s %(key)s: %(state)s, due in %(due_s)d s, %(attempts)d attempts: %(last_error)s" % job for job in jobs]
            time.sleep(0.2)

    def told(self, deliveries):
        return [o for o in self.run([self.delivered(delivery, 0) for delivery in deliveries]) if o != "applied"]

    def pushes(self):
        """(delivery, number of the change): {is_whole, listed, shas: what is listed, in order}."""
        found = self.ask("SELECT p.delivery_id, p.change, p.is_notice, p.is_whole, p.listed, coalesce(json_agg(l.sha ORDER BY l.place) "
                         "FILTER (WHERE l.sha IS NOT NULL), '[]') AS shas FROM jirasync.pushes p LEFT JOIN jirasync.push_commits l "
                         "ON l.tenant = p.tenant AND l.source = p.source AND l.delivery_id = p.delivery_id AND l.change = p.change "
                         "WHERE p.tenant = %s GROUP BY 1, 2, 3, 4, 5" % quoted(self.name))
        return {(row["delivery_id"], row["change"]): row for row in found}


class Worker:
    def __init__(self, settings):
        self.process = subprocess.Popen([settings["worker"], "-c", settings["config"]],
                                        stderr=open(os.path.join(settings["folder"], "worker.log"), "ab"))

    def stop(self):
        self.process.terminate()
        return self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """A worker that outlives its test would take the jobs of the next one."""
        self.process.kill()
        self.process.wait()


def requests(settings):
    with urllib.request.urlopen(settings["host_url"] + "/control/requests") as answer:
        return json.load(answer)


def forget_requests(settings):
    urllib.request.urlopen(urllib.request.Request(settings["host_url"] + "/control/requests", method="DELETE")).close()


class Trial:
    def __init__(self, seed, settings):
        self.seed, self.settings, self.dice = seed, settings, random.Random(seed)
        folder = os.path.join(settings["folder"], str(seed))
        os.makedirs(folder)
        self.life = Life(folder, seed)
        os.symlink(self.life.host, os.path.join(settings["folder"], "host.git.new"))
        os.replace(os.path.join(settings["folder"], "host.git.new"), os.path.join(settings["folder"], "host.git"))
        self.told = {dialect: git_life_bodies.deliveries(self.life, dialect, settings["document"], folder)
                     for dialect in ("github", "parents", "bitbucket", "nothing")}
        self.limits = Limits(self.life, set())

    def run(self):
        imported = World("f%d-import" % self.seed, self.settings)
        imported.deliver([d for d in self.told["github"] if d.document["pull_request"]], self.dice)
        imported.import_from(self.life.host)
        self.truth = Truth(self.life, imported, self.limits)
        self.truth.estrange(self.told["parents"])
        worlds = [HostWorld(self.seed, kind, dialect, self.settings) for kind, dialect in HOSTS]
        for world in worlds:
            world.configure()
        forget_requests(self.settings)
        # Of three hosts the credentials come when all has been told: their gaps are asked for then.
        late = self.dice.sample(worlds, 3)
        for world in late:
            self.tell(world)
            verdict("what pushes left out is shown (%s)" % self.what(world), pushes.differences(
                self.left_out(world), sorted((g["delivery_id"], g["ref"]) for g in world.gaps()
                                             if g["reason"] in ("truncated", "no commits listed")), "gap"))
            verdict("nothing is asked for without credentials (%s)" % self.what(world),
                    world.ask("SELECT j.key FROM jirasync.jobs j WHERE j.tenant = %s AND j.kind = 'fetch_commits'" % quoted(world.name)))
        with Worker(self.settings) as worker:
            for world in worlds:
                if world not in late:
                    self.tell(world)
            if not all(self.check(world) for world in worlds):
                return
            verdict("a worker that fetches ends when it is told to (seed %d)" % self.seed, [s for s in [worker.stop()] if s != 0])

    def what(self, world):
        return "seed %d, %s of %s" % (self.seed, world.dialect, world.kind)

    def tell(self, world):
        verdict("every delivery is taken (%s)" % self.what(world), world.told(self.told[world.dialect]))

    def left_out(self, world):
        """(delivery, ref) of each move that lists less than it moved."""
        return sorted((delivery.id, change["ref"]) for delivery in self.told[world.dialect]
                      for change in delivery.document["changes"] or ()
                      if not change["is_whole"] and not change["is_notice"] and change["after"])

    def moves(self, world):
        """(delivery, number of the change, the life's change) of all that was told but notices."""
        for delivery in self.told[world.dialect]:
            for number, told in enumerate(delivery.document["changes"] or (), 1):
                if not told["is_notice"]:
                    yield delivery, number, next(change for change in self.life.events[delivery.event].changes
                                                 if (change.ref, change.kind) == (told["ref"], told["kind"]))

    def list_faults(self, world):
        """A push is to list what git says that it moved; of a new branch, what nothing else held then, and perhaps more of
        what it descends from, where that was on a branch that was moved by force since."""
        found, faults = world.pushes(), []
        for delivery, number, change in self.moves(world):
            row = found.pop((delivery.id, number))
            most = self.life.holds(change.peeled) if change.before is None and change.peeled else set(change.listed)
            if not (row["is_whole"] and row["listed"] == len(row["shas"])
                    and set(change.listed) <= set(row["shas"]) <= most):
                faults.append("%s %s: %d, not %d" % (delivery.id, change.ref, len(row["shas"]), len(change.listed)))
            places = {sha: place for place, sha in enumerate(row["shas"])}
            faults += ["%s %s: %s comes before its parents" % (delivery.id, change.ref, sha[:8]) for sha, place in places.items()
                       if any(places.get(parent, -1) > place for parent in self.life.commits[sha].parents)]
        return faults + ["a push that nobody told: %s" % (key,) for key, row in found.items() if not row["is_notice"]]

    def check(self, world):
        """False where its jobs stall: those of the worlds after it will, too."""
        what, left = self.what(world), world.wait()
        verdict("no job is left (%s)" % what, left)
        if left:
            return False
        # (but for the commits of annotated tags, which Data Center does not tell)
        verdict("all gaps are closed by fetches (%s)" % what, [g for g in world.gaps() if g["reason"] != "tag of an unknown commit"] + world.ask(
            "SELECT g.delivery_id, g.ref FROM jirasync.guessed_pushes g WHERE g.tenant = %s" % quoted(world.name)))
        verdict("every push lists what it moved, parents before children (%s)" % what, self.list_faults(world))
        world.settle([], "at the end")
        self.truth.compare(world, what, True)
        self.truth.compare_ranges(world, what, self.dice, True)
        pushes.check_rebuilds([world], self.seed)
        return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("document", "command", "worker", "config", "host-url", "folder"):
        parser.add_argument("--" + name, required=True)
    settings = vars(parser.parse_args())
    first = int(os.environ.get("SEED") or os.environ.get("FIRST_SEED") or 1)
    for seed in range(first, first + int(os.environ.get("SEEDS") or "1")):
        print("seed %d (SEED=%d make test TEST=fetch_commits)" % (seed, seed), flush=True)
        Trial(seed, settings).run()


if __name__ == "__main__":
    main()
