#!/usr/bin/env python3
"""Measures jirasync side by side with what it stands on, and holds the figures against the budgets.

Starts a stack of its own, measures each part, prints a table, and writes bench.json and bench.svg. Ends with 1 when a
budget is missed. Rates depend on the machine; the budgets are ratios within one run.
"""
import argparse
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import time

import backfill
import budgets
import deliveries
import jobs
import lag
import memory
import plot
from stack import ROOT, Stack

PARTS = ("rates", "latency", "sizes", "lag", "jobs", "memory", "correlation", "backfill")
MARKS = ("<!-- recorded by make bench RECORD=1 -->", "<!-- end of the record -->")
COMMITS = (10_000, 100_000, 1_000_000)
ISSUES = 100_000


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=str(ROOT / "build"), help="directory of the programs (default: build)")
    parser.add_argument("--out", help="where bench.json and bench.svg go (default: BUILD/bench)")
    parser.add_argument("--parts", default=",".join(PARTS), help="what to measure (default: %(default)s)")
    parser.add_argument("--seconds", type=int, default=4, help="length of each load (default: %(default)s)")
    parser.add_argument("--record", action="store_true", help="write the tables into docs/performance.md, with the plot")
    parser.add_argument("--repeat", type=int, default=3, help="turns of the rates (default: %(default)s)")
    options = parser.parse_args()
    options.parts = options.parts.replace(",", " ").split()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error("no such part: %s" % ", ".join(sorted(unknown)))
    if "latency" in options.parts and "rates" not in options.parts:
        parser.error("latency needs rates: its load is half the peak")
    options.build = pathlib.Path(options.build).resolve()
    options.out = pathlib.Path(options.out or options.build / "bench")
    return options


def say(text):
    print("  " + text, file=sys.stderr, flush=True)


def measure_correlation(stack):
    import correlation
    result = {}
    for commits in COMMITS:
        result[str(commits)] = correlation.measure(stack.database("scale"), ISSUES, commits)
        say("correlation with %d commits: rebuild %.1f s, one issue %.2f ms" % (
            commits, result[str(commits)]["rebuild_s"], result[str(commits)]["recompute_p50_ms"]))
    return result


def measure(stack, options):
    result = {}
    if "rates" in options.parts:
        result["rates"] = deliveries.measure_rates(stack, options.seconds, options.repeat, say)
    if "latency" in options.parts:
        peak = budgets.median_of(result, "jirasync 64", "rate")
        result["latency"] = deliveries.measure_latency(stack, options.seconds, peak, say)
    if "sizes" in options.parts:
        result["sizes"] = deliveries.measure_sizes(stack, options.seconds, say)
    if "lag" in options.parts:
        result["lag"] = lag.measure(stack, options.seconds, say)
    if "jobs" in options.parts:
        result["jobs"] = jobs.measure(stack, say)
    if "memory" in options.parts:
        result["memory"] = memory.measure(stack, say)
    if "correlation" in options.parts:
        result["correlation"] = measure_correlation(stack)
    if "backfill" in options.parts:
        result["backfill"] = backfill.measure(stack, say)
    return result


def record(result):
    """Puts the tables into the document, between its two marks, and the plot beside it."""
    page = ROOT / "docs" / "performance.md"
    before, rest = page.read_text().split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    about = "%s, commit %s, %d cores (%s), %.0f minutes." % (
        result["measured_at"], result["git_sha"][:12], result["machine"]["cores"], result["machine"]["cpu"],
        result["minutes"])
    page.write_text(before + MARKS[0] + "\n" + about + "\n\n```text" + budgets.tables(result) + "```\n" + MARKS[1] + after)
    plot.write(result, ROOT / "docs" / "performance.svg")


def machine():
    model = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    return {"cores": os.cpu_count(), "cpu": model[0] if model else platform.machine(), "kernel": platform.release()}


def main():
    options = arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    run_dir = tempfile.mkdtemp(prefix="jirasync-bench-", dir="/tmp")
    os.chmod(run_dir, 0o755)
    began = time.time()
    try:
        with Stack(run_dir, options.build) as stack:
            result = measure(stack, options)
    finally:
        shutil.rmtree(run_dir, ignore_errors=True)
    result["machine"] = machine()
    result["git_sha"] = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "HEAD"], capture_output=True, text=True,
                                       check=False).stdout.strip()
    result["measured_at"] = time.strftime("%Y-%m-%dT%H:%M:%S-07:00", time.gmtime(began - 7 * 3600))
    result["minutes"] = round((time.time() - began) / 60, 1)
    judged = budgets.judge(result)
    result["budgets"] = judged
    (options.out / "bench.json").write_text(json.dumps(result, indent=1) + "\n")
    plot.write(result, options.out / "bench.svg")
    print(budgets.tables(result))
    if options.record:
        record(result)
    print("written: %s and bench.svg, after %.1f minutes" % (options.out / "bench.json", result["minutes"]))
    return 0 if all(budget["met"] for budget in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
