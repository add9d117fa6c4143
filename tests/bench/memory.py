"""The receiver's memory: a fresh idle child, and the most it took under bodies of 25 MB on every thread."""
import collections
import concurrent.futures
import os
import pathlib
import re
import signal

from stack import processes

LARGE_BYTES = 25_000_000
LARGE_BODIES = 8
ROUNDS = 2  # of one request on each thread, all at once; some bodies are the same: what counts is that they are read
MB = 1024 * 1024


def threads_of(pid):
    try:
        return len(list(pathlib.Path("/proc/%d/task" % pid).iterdir()))
    except OSError:
        return 0


def children(stack):
    """Unlike the supervisor, a child has threads."""
    session = stack.leader("receiver")
    return {pid for pid, (name, _, of, _) in processes().items()
            if of == session and name.startswith("jirasync-receiv") and threads_of(pid) > 1}


def megabytes(pid, name):
    status = pathlib.Path("/proc/%d/status" % pid).read_text()
    return int(re.search(name + r":\s+(\d+) kB", status).group(1)) / 1024


def private_megabytes(pid):
    """Without the shared buffers, which a backend touches page by page."""
    return megabytes(pid, "RssAnon")


def post(stack, body, signature):
    """By curl: wrk sends a large body anew and wrong when an early answer has cut it off."""
    return stack.command(
        "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", stack.jirasync_ca, "-H", "Expect:",
        "-H", "Content-Type: application/json", "-H", "X-Hub-Signature: sha256=" + signature,
        "-H", "X-Atlassian-Webhook-Identifier: " + signature[:32], "--data-binary", "@%s" % body,
        stack.jirasync_url + "/webhooks/jira")


def post_at_once(stack, connections):
    """How often each status was answered."""
    lines = stack.bodies(LARGE_BODIES, LARGE_BYTES, LARGE_BODIES).read_bytes().splitlines()
    signed = []
    for number, line in enumerate(lines):
        path = stack.run_dir / ("large-%d.json" % number)
        path.write_bytes(line[65:])
        signed.append((path, line[:64].decode()))
    with concurrent.futures.ThreadPoolExecutor(connections) as pool:
        answers = pool.map(lambda i: post(stack, *signed[i % len(signed)]), range(ROUNDS * connections))
    return collections.Counter(answers)


def measure(stack, say):
    stack.seed(100, 1000)
    old = children(stack)
    os.kill(stack.leader("receiver"), signal.SIGHUP)  # a generation that has served nothing yet
    stack.wait(lambda: children(stack) and not children(stack) & old, 60)
    fresh = children(stack)
    idle = [megabytes(pid, "VmRSS") for pid in fresh]
    connections = sum(threads_of(pid) for pid in fresh)
    answers = post_at_once(stack, connections)
    # (422: it was not stored in its time, and is kept for a job)
    if not answers["200"] or set(answers) - {"200", "422", "503"}:
        raise RuntimeError("25 MB bodies were answered %s" % dict(answers))
    if children(stack) != fresh:
        raise RuntimeError("a child died under large bodies")
    budget = int(stack.option("JIRASYNC_MAX_INFLIGHT_BYTES")) / MB
    result = {"children": len(fresh), "idle_mb": max(idle), "connections": connections, "answers": dict(answers),
              "budget_mb": budget,
              "peak_mb": sum(megabytes(pid, "VmHWM") for pid in fresh)}
    result["above_idle_mb"] = result["peak_mb"] - sum(idle)
    say("receiver: a child of %.1f MB idle; %d connections with 25 MB bodies took %.0f MB of a budget of %.0f; "
        "%d stored, %d told to come again" % (result["idle_mb"], connections, result["above_idle_mb"], budget,
                                              answers["200"], answers["503"]))
    return result
