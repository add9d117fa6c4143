"""What correlation costs over a history of many issues and commits: the rebuild, and one issue's recompute.

    tests/bench/correlation.py URI ISSUES COMMITS [RECOMPUTES]

URI is the superuser's connection to a migrated, empty database. Prints one JSON object: load_s and rebuild_s in seconds;
rows changed by the rebuild and by a second one; and for one issue at a time median, p99 and the backend's processor time,
gone through whole (recompute), after an event that repeats what its row showed (update), and the same for issues that had
300 such events before (update_after_300). update_cpu_us holds microseconds a job by size of batch.
"""
import json
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
BATCHES = (1, 8, 64, 256)
SEED = 1
LONG_LIVED = 200

FIGURES = """
SELECT json_object_agg(what || '_' || batch, json_build_object(
           'p50_ms', p50, 'p99_ms', p99, 'cpu_us', (SELECT sum(cpu_us) / sum(jobs) FROM bench.spent s
                                                     WHERE (s.what, s.batch) = (b.what, b.batch))))
  FROM (SELECT what, batch, percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) AS p50,
               percentile_cont(0.99) WITHIN GROUP (ORDER BY ms) AS p99
          FROM bench.batch WHERE what <> 'warm' GROUP BY what, batch) b"""


def sql(uri, *arguments):
    return subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", uri, *arguments], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.strip()


def timed(call):
    began = time.monotonic()
    value = call()
    return value, time.monotonic() - began


def recompute(uri, named, count):
    """One session, as a worker's: its plans are made by the first calls, which are not counted."""
    count = min(count, named)
    some = "bench.some_issues(%d, %%d, %%d)" % named
    few = some % (count, 1)
    long_lived = some % (min(LONG_LIVED, named), 2)
    steps = ["CALL bench.update_issues(%s, 300)" % long_lived, "ANALYZE jirasync.issue_snapshots",
             "CALL bench.update_issues(%s, 1)" % few]
    for what in ("warm", "recompute"):
        steps.append("CALL bench.correlate('%s', %s, false, 1)" % (what, few if what == "recompute" else some % (20, 1)))
    for batch in BATCHES:
        many = some % (min(named, max(count, 10 * batch)), 3)
        steps.append("CALL bench.update_issues(%s, 1)" % many)
        steps.append("CALL bench.correlate('warm', %s, true, %d)" % (long_lived, min(batch, LONG_LIVED, named)))
        steps.append("CALL bench.correlate('update', %s, true, %d)" % (many, min(batch, named)))
    steps.append("CALL bench.correlate('update_after_300', %s, true, 1)" % long_lived)
    arguments = [word for step in steps for word in ("-c", step)]
    return json.loads(sql(uri, *arguments, "-c", FIGURES))


def measure(uri, issues, commits, recomputes=400):
    result = {"issues": issues, "commits": commits}
    _, result["load_s"] = timed(lambda: sql(
        uri, "-v", "issues=%d" % issues, "-v", "commits=%d" % commits, "-v", "seed=%d" % SEED,
        "-f", str(HERE / "history.sql"), "-f", str(HERE / "recompute.sql")))
    rebuild = "SELECT jirasync.correlation_rebuild()"
    changed, result["rebuild_s"] = timed(lambda: int(sql(uri, "-c", rebuild)))
    again, result["rebuild_again_s"] = timed(lambda: int(sql(uri, "-c", rebuild)))
    result["rebuild_changed"], result["rebuild_changed_again"] = changed, again
    named = max(1, min(issues, commits // 10))
    figures = recompute(uri, named, recomputes)
    for what in ("recompute", "update", "update_after_300"):
        for name, value in figures[what + "_1"].items():
            result["%s_%s" % (what, name)] = value
    result["update_cpu_us"] = {str(batch): figures["update_%d" % batch]["cpu_us"] for batch in BATCHES
                               if "update_%d" % batch in figures}
    result["changed_after_recomputes"] = int(sql(uri, "-c", rebuild))
    return result


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    print(json.dumps(measure(sys.argv[1], *map(int, sys.argv[2:])), indent=1))
