"""Jobs: how many of each kind one worker does in a second, and how long a lone one waits to be taken."""
import json
import os
import signal
import time

NOOPS = 100000
ISSUES = 20000
COMMITS = 20000
LONE_JOBS = 200

# The worker is notified as the receiver does it; the wait ends when the job's row has left the state available.
LATENCY = """
CREATE TEMP TABLE waited (ms float8);
DO $$
DECLARE
    v_began timestamptz;
BEGIN
    FOR i IN 1..%d LOOP
        PERFORM pg_sleep(0.03);  -- longer than the worker's least time between rounds
        PERFORM jirasync.enqueue_job('noop', 'lone ' || i);
        NOTIFY jirasync_jobs;
        COMMIT;
        v_began := clock_timestamp();
        LOOP
            EXIT WHEN NOT EXISTS (SELECT FROM jirasync.jobs WHERE tenant = 'main' AND kind = 'noop' AND state = 'available');
            PERFORM pg_sleep(0.0002);
            COMMIT;
        END LOOP;
        INSERT INTO waited VALUES (1000 * extract(epoch FROM clock_timestamp() - v_began));
        COMMIT;
    END LOOP;
END $$;
SELECT json_build_object('p50_ms', percentile_cont(0.5) WITHIN GROUP (ORDER BY ms),
                         'p99_ms', percentile_cont(0.99) WITHIN GROUP (ORDER BY ms)) FROM waited"""

# One commit for each issue, on a branch of its own, naming it in its message.
MAKE_COMMITS = """
INSERT INTO jirasync.refs (tenant, source, repository, ref, kind, sha, seen_at, counted, is_default)
VALUES ('main', 'git', 'bench', 'main', 'branch', repeat('0', 40), now(), true, true);
INSERT INTO jirasync.commits
    (tenant, source, repository, sha, parents, message, author, author_email, authored_at, committed_at, landed_at, landed_by)
SELECT 'main', 'git', 'bench', left(encode(sha256(n::text::bytea), 'hex'), 40), '{}', 'Change something', 'A', 'a@example.com',
       now(), now(), now(), 'main'
  FROM generate_series(1, %(commits)d) n;
INSERT INTO jirasync.commit_refs (tenant, source, repository, ref, sha, position, landed_at)
SELECT tenant, source, repository, 'main', sha, row_number() OVER (ORDER BY sha), landed_at FROM jirasync.commits;
INSERT INTO jirasync.commit_keys (tenant, source, repository, sha, key, evidence, via)
SELECT c.tenant, c.source, c.repository, c.sha, i.issue_key, 'message', ''
  FROM (SELECT *, row_number() OVER (ORDER BY sha) AS n FROM jirasync.commits) c
  JOIN (SELECT issue_key, row_number() OVER (ORDER BY issue_id) AS n FROM jirasync.issues) i USING (n);
ANALYZE jirasync.refs, jirasync.commits, jirasync.commit_refs, jirasync.commit_keys""" % {"commits": COMMITS}


def rate(stack, kind, enqueue):
    """Jobs a second: all are there before the worker may begin."""
    worker = stack.leader("worker")
    stack.empty_queue()
    os.kill(worker, signal.SIGSTOP)
    try:
        stack.sql(enqueue)
        count = int(stack.sql("SELECT count(*) FROM jirasync.jobs WHERE kind = '%s'" % kind))
        before = stack.cpu()
        began = time.monotonic()
    finally:
        os.kill(worker, signal.SIGCONT)
    stack.sql("NOTIFY jirasync_jobs")
    stack.empty_queue()
    seconds = time.monotonic() - began
    return {"jobs": count, "rate": count / seconds, "cpu": stack.cpu_since(before, count)}


def measure(stack, say):
    result = {"noop": rate(stack, "noop", """
        SELECT jirasync.enqueue_jobs('main', array_agg('noop'::text), array_agg(''::text), array_agg(n::text))
          FROM generate_series(1, %d) n""" % NOOPS)}
    stack.seed(ISSUES, 1000)
    result["correlate_issue"] = rate(stack, "correlate_issue", """
        SELECT jirasync.enqueue_jobs('main', array_agg('correlate_issue'::text), array_agg(source), array_agg(issue_id::text))
          FROM jirasync.issues""")
    stack.sql(MAKE_COMMITS)
    result["correlate_commit"] = rate(stack, "correlate_commit", """
        SELECT jirasync.enqueue_jobs('main', array_agg('correlate_commit'::text), array_agg(source),
                                     array_agg(repository || '@' || sha))
          FROM jirasync.commits""")
    linked = int(stack.sql("SELECT count(*) FROM jirasync.issue_commits WHERE counts"))
    if linked != min(ISSUES, COMMITS):
        raise SystemExit("of %d commits %d were linked" % (COMMITS, linked))
    stack.sql("TRUNCATE jirasync.refs, jirasync.commits, jirasync.commit_refs, jirasync.commit_keys")
    result["lone_noop"] = json.loads(stack.sql(LATENCY % LONE_JOBS).splitlines()[-1])
    say("jobs: %.0f noop, %.0f correlate_issue and %.0f correlate_commit a second; a lone one waits %.1f ms (p99 %.1f)" % (
        result["noop"]["rate"], result["correlate_issue"]["rate"], result["correlate_commit"]["rate"],
        result["lone_noop"]["p50_ms"], result["lone_noop"]["p99_ms"]))
    return result
