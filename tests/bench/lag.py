"""How long after the answer the correlation shows a delivery, at fixed rates.

Each delivery is the first of its issue and puts it into a version, so the row of issue_fix_versions that follows is
written once. Both commits' instants are PostgreSQL's own (track_commit_timestamp); a delivery is answered after its
commit, so what is measured is no shorter than what a caller sees.
"""
import json

BODY_BYTES = 9000
RATES = (100, 300, 600)
ISSUES = 2000

LAG = """
WITH lag AS (
    SELECT 1000 * extract(epoch FROM pg_xact_commit_timestamp(f.xmin) - pg_xact_commit_timestamp(d.xmin)) AS ms
      FROM jirasync.deliveries d
      LEFT JOIN jirasync.issue_fix_versions f USING (tenant, source, issue_id))
SELECT json_build_object('deliveries', count(*), 'correlated', count(ms),
                         'p50_ms', percentile_cont(0.5) WITHIN GROUP (ORDER BY ms),
                         'p99_ms', percentile_cont(0.99) WITHIN GROUP (ORDER BY ms), 'max_ms', max(ms))
  FROM lag"""


def measure(stack, seconds, say):
    result = {}
    for rate in RATES:
        new = RATES[-1] * (seconds + 2)
        bodies = stack.bodies(new, BODY_BYTES, new + ISSUES, first=ISSUES)
        stack.seed(ISSUES, BODY_BYTES)
        stack.sql("TRUNCATE jirasync.deliveries")  # what is looked at below is what the load brings
        load = stack.deliver(20, seconds, bodies, rate=rate)
        lag = json.loads(stack.sql(LAG))
        if lag["correlated"] != lag["deliveries"]:
            raise RuntimeError("%d of %d deliveries were correlated" % (lag["correlated"], lag["deliveries"]))
        result[str(rate)] = dict(lag, rate=load["rate"], cpu=load["cpu"])
        say("correlation visible at %.0f/s: p50 %.0f ms, p99 %.0f ms" % (load["rate"], lag["p50_ms"], lag["p99_ms"]))
    return result
