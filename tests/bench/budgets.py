"""The budgets, and the tables that a run prints."""
import statistics


def ratios(result, connections):
    return [turn["jirasync %d" % connections]["rate"] / turn["floor %d" % connections] for turn in result["rates"]]


def receiver_ratios(result):
    return [turn["jirasync 20"]["cpu"]["receiver"] / turn["plain"]["cpu"]["null receiver"] for turn in result["rates"]]


# part, what, limit, "at least" or "at most", unit, how to get the figures (their median is judged)
BUDGETS = (
    ("rates", "deliveries/s at 20 connections, of the floor", 1.3, ">=", "x", lambda r: ratios(r, 20)),
    ("rates", "deliveries/s at 64 connections, of the floor", 2.5, ">=", "x", lambda r: ratios(r, 64)),
    ("rates", "receiver CPU, of a null receiver + HMAC + cJSON", 1.4, "<=", "x", receiver_ratios),
    ("latency", "answer p99 at half the peak, of the p50 of a lone one", 4, "<=", "x", lambda r: r["latency"]["ratios"]),
    ("lag", "answered to correlation visible, p99 at 300/s", 250, "<=", "ms", lambda r: [r["lag"]["300"]["p99_ms"]]),
    ("jobs", "no-op jobs a second of one worker", 10000, ">=", "/s", lambda r: [r["jobs"]["noop"]["rate"]]),
    ("correlation", "one issue at 1 M commits, of one at 10 k", 1.3, "<=", "x",
     lambda r: [r["correlation"]["1000000"]["recompute_p50_ms"] / r["correlation"]["10000"]["recompute_p50_ms"]]),
    ("correlation", "rebuild of 100 k issues x 1 M commits", 60, "<=", "s",
     lambda r: [r["correlation"]["1000000"]["rebuild_s"]]),
    ("correlation", "rows that a second rebuild changes", 0, "<=", "rows",
     lambda r: [one["rebuild_changed_again"] for one in r["correlation"].values()]),
    ("backfill", "first load of 100 k issues of 8 KB from the mock", 120, "<=", "s", lambda r: [r["backfill"]["seconds"]]),
    ("backfill", "memory of that", 64, "<=", "MB", lambda r: [r["backfill"]["peak_mb"]]),
    ("memory", "receiver: an idle child", 24, "<=", "MB", lambda r: [r["memory"]["idle_mb"]]),
    ("memory", "receiver under 25 MB bodies, above idle, of its budget", 1, "<=", "x",
     lambda r: [r["memory"]["above_idle_mb"] / r["memory"]["budget_mb"]]),
)


def judge(result):
    judged = []
    for part, what, limit, side, unit, figures in BUDGETS:
        if part not in result:
            continue
        values = figures(result)
        value = statistics.median(values)
        judged.append({"what": what, "value": round(value, 3), "low": round(min(values), 3),
                       "high": round(max(values), 3), "limit": limit, "side": side, "unit": unit,
                       "met": value >= limit if side == ">=" else value <= limit})
    return judged


def table(head, rows):
    rows = [head] + [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    lines = ["  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                       for i, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0])] + lines[1:]) + "\n"


def number(value):
    return "%.0f" % value if value >= 100 else "%.2f" % value if value < 10 else "%.1f" % value


def median_of(result, name, *path):
    values = []
    for turn in result["rates"]:
        value = turn[name]
        for step in path:
            value = value.get(step, 0) if isinstance(value, dict) else value
        values.append(value)
    return statistics.median(values)


def rate_tables(result):
    names = ("jirasync 1", "jirasync 20", "jirasync 64", "floor 20", "floor 64", "floor in batches", "nginx", "null",
             "plain")
    shown = {"nginx": "nginx and TLS alone", "null": "null receiver", "plain": "null receiver + HMAC + cJSON",
             "floor in batches": "floor, 64 in a transaction, 1 connection"}
    rates = [[shown.get(name, name), number(median_of(result, name, "rate"))] for name in names]
    parts = ("nginx", "receiver", "store backend", "worker", "correlation backend", "PostgreSQL else",
             "load generator")
    columns = ("jirasync 1", "jirasync 20", "jirasync 64")
    cpu = [[part] + [number(median_of(result, name, "cpu", part)) for name in columns] for part in parts]
    cpu.append(["null receiver (+ HMAC + cJSON)"] + [
        "%s (%s)" % (number(median_of(result, "null", "cpu", "null receiver")),
                     number(median_of(result, "plain", "cpu", "null receiver"))), "", ""])
    return (table(["9 KB deliveries, median of %d turns" % len(result["rates"]), "/s"], rates) + "\n" +
            table(["CPU us a delivery"] + list(columns), cpu))


def size_table(result):
    return table(["bodies, 20 connections", "/s", "MB/s", "p50 ms", "p99 ms", "caught up after s"], [
        [name, number(one["rate"]), number(one["rate"] * size), number(one["p50_ms"]), number(one["p99_ms"]),
         number(one["caught_up_s"])]
        for (name, one), size in zip(result["sizes"].items(), (0.001, 0.05, 1.0))])


def lag_table(result):
    return table(["answered to correlation visible", "p50 ms", "p99 ms", "max ms"], [
        ["%.0f/s" % one["rate"], number(one["p50_ms"]), number(one["p99_ms"]), number(one["max_ms"])]
        for one in result["lag"].values()])


def job_table(result):
    return table(["jobs of one worker", "/s", "backend CPU us a job"], [
        [kind, number(result["jobs"][kind]["rate"]), number(result["jobs"][kind]["cpu"].get("correlation backend", 0))]
        for kind in ("noop", "correlate_issue", "correlate_commit")])


def correlation_table(result):
    return table(["100 k issues and commits", "rebuild s", "changed again", "one issue p50 ms", "p99 ms"], [
        [commits, number(one["rebuild_s"]), one["rebuild_changed_again"], number(one["recompute_p50_ms"]),
         number(one["recompute_p99_ms"])]
        for commits, one in result["correlation"].items()])


def backfill_table(result):
    one = result["backfill"]
    return table(["first load of a site", "issues/s", "requests", "peak MB", "bytes an issue"], [
        ["%d issues" % one["issues"], number(one["rate"]), one["requests"], number(one["peak_mb"]),
         number(one["database_bytes"] / one["issues"])]])


def budget_table(judged):
    return table(["budget", "measured", "from", "to", "limit", ""], [
        [b["what"], "%s %s" % (number(b["value"]), b["unit"]), number(b["low"]), number(b["high"]),
         "%s %s" % (b["side"], number(b["limit"])), "met" if b["met"] else "MISSED"] for b in judged])


TABLES = (("rates", rate_tables), ("sizes", size_table), ("lag", lag_table), ("jobs", job_table),
          ("correlation", correlation_table), ("backfill", backfill_table))


def tables(result):
    texts = [make(result) for part, make in TABLES if part in result]
    return "\n" + "\n".join(texts + [budget_table(result["budgets"])])
