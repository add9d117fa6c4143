#!/usr/bin/env python3
"""Flat in time: updates of the same issues at half the peak rate, for minutes.

soak.py [--minutes N] [--issues N] [--build DIR] [--out DIR]

Runs a stack of its own, and looks after each half minute at memory, at the sizes of the tables whose rows are rewritten,
and at how long answers and the correlation take. Ends with 1 when one of them grew. Writes soak.json.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import sys
import tempfile

import budgets
import memory
from stack import ROOT, Stack

SLICE_S = 30
BODY_BYTES = 9000
# Rows of these live on and are rewritten, or come and go; the others grow with what is received.
REWRITTEN = ("issues", "jobs", "job_counts", "issue_fix_versions", "versions", "projects", "runs")
SIZES = """
SELECT json_object_agg(relname, json_build_object('mb', pg_total_relation_size(relid) / 1048576.0, 'dead', n_dead_tup,
                                                  'vacuums', autovacuum_count))
  FROM pg_stat_user_tables WHERE schemaname = 'jirasync' AND relname IN (%s)"""


def say(text):
    print("  " + text, file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10, help="how long (default: %(default)s)")
    parser.add_argument("--issues", type=int, default=1000, help="that are updated again and again (default: %(default)s)")
    parser.add_argument("--rate", type=int, default=0, help="deliveries a second (default: half of what a burst reaches)")
    parser.add_argument("--build", default=str(ROOT / "build"), help="directory of the programs (default: build)")
    parser.add_argument("--out", help="where soak.json goes (default: BUILD/bench)")
    options = parser.parse_args()
    options.build = pathlib.Path(options.build).resolve()
    options.out = pathlib.Path(options.out or options.build / "bench")
    return options


def half_the_peak(stack, issues):
    stack.seed(issues, BODY_BYTES)
    return int(stack.deliver(64, 5, stack.bodies(40000, BODY_BYTES, issues))["rate"] / 2)


def look(stack):
    receivers = memory.children(stack)
    tables = json.loads(stack.sql(SIZES % ", ".join("'%s'" % table for table in REWRITTEN)))
    return {
        "receiver_mb": sum(memory.megabytes(pid, "VmRSS") for pid in receivers),
        "worker_mb": memory.megabytes(stack.leader("worker"), "VmRSS"),
        "backends_mb": sum(memory.private_megabytes(pid) for pid in stack.backends()),
        "tables_mb": sum(table["mb"] for table in tables.values()),
        "tables": tables,
    }


def run_slice(stack, number, rate, issues):
    """One stretch of load; what was queued for correlation when it ended is told, not waited for."""
    count = rate * (SLICE_S + 2)
    bodies = stack.bodies(count, BODY_BYTES, issues, first=(number + 10) * 1_000_000)
    load = stack.load("/webhooks/jira", 64, SLICE_S, bodies, rate)
    bodies.unlink()
    return {"rate": load["rate"], "p50_ms": load["p50_ms"], "p99_ms": load["p99_ms"], "cpu": load["cpu"],
            "jobs_left": int(stack.sql("SELECT count(*) FROM jirasync.jobs WHERE kind <> 'fetch_issue'")), **look(stack)}


# what, how much the last quarter may be of the first one, and so many units more
LIMITS = (("receiver_mb", 1.05, 4), ("worker_mb", 1.05, 4), ("backends_mb", 1.1, 16), ("tables_mb", 1.25, 8),
          ("p50_ms", 1.25, 1), ("p99_ms", 1.5, 5), ("jobs_left", 1.5, 200))


def judge(slices):
    """Medians of the first and the last quarter; the first slice is left out, for buffers and caches fill in it."""
    quarter = max(1, (len(slices) - 1) // 4)
    first, last = slices[1:1 + quarter], slices[-quarter:]
    judged = []
    for name, factor, more in LIMITS:
        before, after = (statistics.median(one[name] for one in part) for part in (first, last))
        limit = factor * before + more
        judged.append({"what": name, "before": round(before, 2), "after": round(after, 2), "limit": round(limit, 2),
                       "met": after <= limit})
    return judged


def tables(result):
    rows = [["%d" % (i * SLICE_S), budgets.number(one["rate"]), budgets.number(one["p50_ms"]),
             budgets.number(one["p99_ms"]), one["jobs_left"], budgets.number(one["receiver_mb"]),
             budgets.number(one["worker_mb"]), budgets.number(one["backends_mb"]), budgets.number(one["tables_mb"])]
            for i, one in enumerate(result["slices"])]
    head = ["from s", "/s", "p50 ms", "p99 ms", "jobs left", "receiver MB", "worker MB", "backends MB", "tables MB"]
    verdict = [[one["what"], one["before"], one["after"], one["limit"], "flat" if one["met"] else "GREW"]
               for one in result["judged"]]
    return "%s\n%s" % (budgets.table(head, rows),
                       budgets.table(["", "first quarter", "last quarter", "at most", ""], verdict))


def main():
    options = arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    run_dir = tempfile.mkdtemp(prefix="jirasync-soak-", dir="/tmp")
    os.chmod(run_dir, 0o755)
    result = {"issues": options.issues, "slices": []}
    try:
        with Stack(run_dir, options.build) as stack:
            rate = options.rate or half_the_peak(stack, options.issues)
            stack.seed(options.issues, BODY_BYTES)
            for number in range(max(5, int(options.minutes * 60 / SLICE_S))):
                one = run_slice(stack, number, rate, options.issues)
                result["slices"].append(one)
                say("%4d s: %.0f/s, p50 %.1f ms, p99 %.1f ms, receiver %.1f MB, tables %.0f MB" % (
                    (number + 1) * SLICE_S, one["rate"], one["p50_ms"], one["p99_ms"], one["receiver_mb"],
                    one["tables_mb"]))
            result["caught_up_s"] = stack.empty_queue()
            result["changed_by_rebuild"] = int(stack.sql("SELECT jirasync.correlation_rebuild('main')"))
    finally:
        shutil.rmtree(run_dir, ignore_errors=True)
    result["judged"] = judge(result["slices"])
    (options.out / "soak.json").write_text(json.dumps(result, indent=1) + "\n")
    print(tables(result))
    print("a rebuild afterwards changed %d rows" % result["changed_by_rebuild"])
    flat = all(one["met"] for one in result["judged"]) and result["changed_by_rebuild"] == 0
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
