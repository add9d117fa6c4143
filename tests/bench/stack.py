"""The stack under measurement: the local stack of tests/support, with a null receiver and an nginx page beside it."""
import json
import os
import pathlib
import re
import resource
import subprocess
import time

import bodies

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUPPORT = ROOT / "tests" / "support"
TICKS = os.sysconf("SC_CLK_TCK")
# What a run stores; configuration and the record of migrations stay.
STORED = ("deliveries quarantined_deliveries rejected_requests projects issues issue_keys issue_snapshots versions "
          "issue_fix_versions issue_commits jobs job_counts runs run_items run_coverage story_states run_states").split()

LOCATIONS = """
        location = /bench/nginx { return 200 '{"status":"ok"}'; }
        location ~ ^/bench/(null|plain)$ {
            include fastcgi_webhook.params;
            fastcgi_pass unix:%s/$1.sock;
            client_max_body_size 25m;
            client_body_buffer_size 256k;
            fastcgi_request_buffering on;
        }
"""


def processes():
    """pid -> (name, command line, session, CPU seconds), of all that can be read."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text()
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        name = stat[stat.index("(") + 1:stat.rindex(")")]
        fields = stat[stat.rindex(")") + 2:].split()
        found[int(entry.name)] = (name, command, int(fields[3]), (int(fields[11]) + int(fields[12])) / TICKS)
    return found


class Stack:
    def __init__(self, run_dir, build):
        self.run_dir, self.build = pathlib.Path(run_dir), pathlib.Path(build)
        # The local stack closes runs twice a second, so that one sees them; measured is what an installation does.
        self.environment = dict(os.environ, RUN_DIR=str(run_dir), BUILD=str(build), JIRASYNC_RUN_INTERVAL_MS="10000")
        self.environment.pop("MAKEFLAGS", None)
        self.null_receivers = []

    # ---- life ----

    def command(self, *arguments, text=""):
        done = subprocess.run([str(a) for a in arguments], env=self.environment, input=text, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise RuntimeError("%s failed: %s" % (arguments[0], (done.stderr or done.stdout)[-2000:]))
        return done.stdout

    def __enter__(self):
        self.command(SUPPORT / "stack", "up")
        for line in (self.run_dir / "env").read_text().splitlines():
            name, value = line.split("=", 1)
            setattr(self, name.lower(), value.strip("'"))
        self.state = pathlib.Path(self.command(SUPPORT / "cluster", "place", self.run_dir).strip())
        # Commit instants tell when a correlation became visible, without a clock of ours in between.
        self.sql("ALTER SYSTEM SET track_commit_timestamp = on")
        self.command(SUPPORT / "cluster", "restart", self.state / "pg")
        self.wait(lambda: "t" == self.sql(
            "SELECT count(DISTINCT usename) = 2 FROM pg_stat_activity WHERE usename ~ '^jirasync_'"), 60)
        self.wear_in()
        self.add_locations()
        return self

    def __exit__(self, *_):
        for process in self.null_receivers:
            process.kill()  # FCGX_Init makes SIGTERM wait for the next request
            process.wait()
        self.command(SUPPORT / "stack", "down")

    def wear_in(self):
        """A server that is older than its first checkpoints writes into WAL segments that these have recycled; a new
        one has to make each of them, 16 MB of zeros that a commit waits for."""
        self.sql("SELECT count(pg_logical_emit_message(true, 'bench', repeat('x', 1000000))) FROM generate_series(1, 900)")
        self.sql("CHECKPOINT")

    def add_locations(self):
        for name, secret in (("null", None), ("plain", self.jira_webhook_secret)):
            environment = dict(self.environment)
            if secret:
                environment["NULL_RECEIVER_SECRET"] = secret
            self.null_receivers.append(subprocess.Popen(
                ["spawn-fcgi", "-n", "-s", str(self.state / (name + ".sock")), "-M", "0666", "-b", "1024", "--",
                 str(self.build / "tests/bench/null_receiver"), "32"],
                env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL))
        conf = self.state / "nginx" / "nginx.conf"
        conf.write_text(conf.read_text().replace("        location / {", LOCATIONS % self.state + "        location / {", 1))
        os.kill(self.leader("nginx"), 1)
        self.wait(lambda: "200" == self.command(
            "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", self.jirasync_ca,
            self.jirasync_url + "/bench/nginx"), 20)

    # ---- asking ----

    def wait(self, condition, seconds):
        patience = time.monotonic() + seconds
        while True:
            try:
                if condition():
                    return
            except RuntimeError:
                pass
            if time.monotonic() > patience:
                raise RuntimeError("waited %d s in vain" % seconds)
            time.sleep(0.05)

    def uri(self, database=None):
        return self.pguri if database is None else re.sub(r"/[^/]*$", "/" + database, self.pguri)

    def sql(self, text, database=None):
        return self.command("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.uri(database), "-f", "-", text=text).strip()

    def database(self, name):
        """An empty database of that name with our schema; its URI."""
        self.sql("DROP DATABASE IF EXISTS %s WITH (FORCE)" % name, "postgres")
        self.sql("CREATE DATABASE %s" % name, "postgres")
        self.command(ROOT / "sql" / "migrate", self.uri(name))
        return self.uri(name)

    def leader(self, service):
        return int((self.state / (service + ".pid")).read_text().split()[0])

    def empty_queue(self):
        """Waits until all that is enqueued is done; the seconds that took."""
        began = time.monotonic()
        self.wait(lambda: "0" == self.sql("SELECT count(*) FROM jirasync.jobs WHERE kind <> 'fetch_issue'"), 600)
        return time.monotonic() - began

    def backends(self):
        """Of the receiver and the worker."""
        return [int(pid) for pid in self.sql("SELECT pid FROM pg_stat_activity WHERE usename ~ '^jirasync_'").split()]

    # ---- CPU ----

    def part_of(self, pid, name, command, session, sessions, data):
        if session in sessions:
            return sessions[session]
        if pid in self.null_pids or session in self.null_pids:
            return "null receiver"
        if name == "postgres":
            try:
                if os.readlink("/proc/%d/cwd" % pid) != data:
                    return None
            except OSError:
                return None
            backend = re.search(r"postgres: (\w+) (\w+) ", command)
            users = {"jirasync_receiver": "store backend", "jirasync_worker": "correlation backend"}
            return users.get(backend.group(1) if backend else "", "PostgreSQL else")
        return None

    def cpu(self):
        """(part, pid) -> CPU seconds so far."""
        sessions = {self.leader(service): service for service in ("nginx", "receiver", "worker")}
        data = os.path.realpath(self.state / "pg" / "data")
        self.null_pids = {process.pid for process in self.null_receivers}
        seconds = {}
        for pid, (name, command, session, used) in processes().items():
            part = self.part_of(pid, name, command, session, sessions, data)
            if part:
                seconds[part, pid] = used
        own = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds["load generator", 0] = own.ru_utime + own.ru_stime
        return seconds

    def cpu_since(self, before, deliveries):
        """Microseconds of CPU per delivery, by part."""
        used = {}
        for (part, pid), seconds in self.cpu().items():
            used[part] = used.get(part, 0) + seconds - before.get((part, pid), 0)
        return {part: round(1e6 * seconds / deliveries, 1) for part, seconds in sorted(used.items())}

    # ---- load ----

    def bodies(self, count, size, issues, first=0):
        path = self.run_dir / ("bodies-%d-%d-%d-%d" % (count, size, issues, first))
        if not path.exists():
            bodies.write(self.jira_webhook_secret, count, size, issues, path, first)
        return path

    def store_floor(self, uri, bodies_file, connections, batch, seconds):
        """Deliveries a second of the store statement alone."""
        return float(self.command(self.build / "tests/bench/store_floor", uri, bodies_file, connections, batch, seconds))

    def seed(self, issues, size, database=None):
        """A mirror that has lived for a while: each issue stored once and correlated, statistics as autovacuum keeps
        them. What is measured then is updates, as nearly all of a site's deliveries are."""
        uri = self.uri(database)
        self.sql("TRUNCATE %s" % ", ".join("jirasync." + table for table in STORED), database)
        self.store_floor(uri, self.bodies(issues, size, issues, first=-issues), 1, 64, 0)
        if database is None:
            self.sql("NOTIFY jirasync_jobs")
            self.empty_queue()
        self.sql("VACUUM ANALYZE", database)
        self.sql("CHECKPOINT", database)

    def option(self, name):
        """The value that the receiver runs with."""
        listed = self.command(self.build / "jirasync-receiver", "--help")
        value = self.environment.get(name) or re.search(name + r"\b.*?default (\d+)", listed, re.S).group(1)
        return value

    def load(self, path, connections, seconds, bodies_file, rate=0):
        """wrk's figures, and the CPU that each part took for a delivery."""
        threads = min(2, connections)
        environment = dict(self.environment, JIRASYNC_BODIES=str(bodies_file), WRK_THREADS=str(threads),
                           BENCH_PATH=path, JIRASYNC_RATE=str(rate))
        before = self.cpu()
        done = subprocess.run(
            ["wrk", "-t%d" % threads, "-c%d" % connections, "-d%ds" % seconds, "--timeout", "10s",
             "-s", str(ROOT / "tests/bench/deliveries.lua"), self.jirasync_url],
            env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        line = re.search(r"^result (\{.*\})$", done.stdout, re.M)
        if done.returncode != 0 or not line:
            raise RuntimeError("wrk failed: %s%s" % (done.stdout, done.stderr))
        result = json.loads(line.group(1))
        for trouble in ("refused", "ran_out", "socket_errors"):
            if result[trouble] and not (trouble == "ran_out" and path.startswith("/bench/")):
                raise RuntimeError("wrk: %s: %d of %d requests" % (trouble, result[trouble], result["requests"]))
        result["rate"] = result["requests"] / result["seconds"]
        result["cpu"] = self.cpu_since(before, result["requests"])
        return result

    def deliver(self, connections, seconds, bodies_file, rate=0):
        """load() of the product itself: every answered delivery is in the ledger, or this fails."""
        before = int(self.sql("SELECT count(*) FROM jirasync.deliveries"))
        result = self.load("/webhooks/jira", connections, seconds, bodies_file, rate)
        stored = int(self.sql("SELECT count(*) FROM jirasync.deliveries")) - before
        if stored < result["requests"]:
            raise RuntimeError("%d deliveries were answered, %d are stored" % (result["requests"], stored))
        result["caught_up_s"] = round(self.empty_queue(), 2)
        return result
