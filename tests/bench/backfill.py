"""The first load of a Jira site: how long 100,000 issues of the mock take, in how many requests and how much memory."""
import os
import subprocess
import tempfile
import time

import memory
from stack import SUPPORT

ISSUES = 100000
BODY_BYTES = 8000
TOKEN = "bench-token"
# What the mock grants; its default for a real site is ten a second.
RATE = "UPDATE jirasync.settings SET value = '2000' WHERE name IN ('requests_per_second', 'requests_burst')"


def start_mock(stack, folder):
    port_file = os.path.join(folder, "port")
    mock = subprocess.Popen([str(SUPPORT / "mock_jira"), "--port-file", port_file, "--count", str(ISSUES), "--body-bytes", str(BODY_BYTES),
                             "--bearer", TOKEN, "--until-stdin-ends"], stdin=subprocess.PIPE)
    stack.wait(lambda: os.path.exists(port_file), 60)
    with open(port_file, encoding="ascii") as file:
        return mock, int(file.read())


def configure(folder, uri, port):
    sources, conf = os.path.join(folder, "sources.conf"), os.path.join(folder, "jirasync.conf")
    with open(sources, "w", encoding="ascii") as file:
        file.write("[source site]\nbase_url = http://127.0.0.1:%d\napi_version = 3\napi_token = env:TOKEN\n" % port)
    with open(conf, "w", encoding="ascii") as file:
        file.write("JIRASYNC_SOURCES=%s\nJIRASYNC_WORKER_DATABASE=%s\n" % (sources, uri))
    return conf


def run(stack, conf):
    began = time.monotonic()
    process = subprocess.Popen([str(stack.build / "jirasync"), "-c", conf, "backfill", "--source", "site", "--quiet"],
                               env=dict(os.environ, TOKEN=TOKEN, no_proxy="*"))
    peak = watch(process)
    if process.returncode != 0:
        raise RuntimeError("the backfill failed")
    return time.monotonic() - began, peak


def watch(process):
    """The most memory that the process ever held, in MB. (ru_maxrss would count what this script held at the fork.)"""
    peak = 0.0
    while process.poll() is None:
        try:
            peak = max(peak, memory.megabytes(process.pid, "VmHWM"))
        except (OSError, AttributeError):
            pass  # it has just ended
        time.sleep(0.05)
    return peak


def measure(stack, say):
    uri = stack.database("backfill")
    stack.sql(RATE, "backfill")
    with tempfile.TemporaryDirectory() as folder:
        mock, port = start_mock(stack, folder)
        try:
            seconds, megabytes = run(stack, configure(folder, uri, port))
        finally:
            mock.stdin.close()
            mock.wait()
    requests, issues = (int(n) for n in stack.sql("SELECT requests || ' ' || issues FROM jirasync.backfills", "backfill").split())
    result = {"issues": issues, "seconds": seconds, "rate": issues / seconds, "requests": requests, "peak_mb": megabytes,
              "database_bytes": int(stack.sql("SELECT pg_database_size(current_database())", "backfill"))}
    say("backfill of %d issues: %.1f s, %d requests, %.1f MB" % (issues, seconds, requests, megabytes))
    return result
