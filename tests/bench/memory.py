"""The receiver's memory: a fresh idle child, and the most it took under bodies of 25 MB on every thread."""
import os
import pathlib
import re
import signal

from stack import processes

LARGE_BYTES = 25_000_000
LARGE_BODIES = 8  # repeated: what counts is that they come at once
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


def measure(stack, seconds, say):
    stack.seed(100, 1000)
    old = children(stack)
    os.kill(stack.leader("receiver"), signal.SIGHUP)  # a generation that has served nothing yet
    stack.wait(lambda: children(stack) and not children(stack) & old, 60)
    fresh = children(stack)
    idle = [megabytes(pid, "VmRSS") for pid in fresh]
    connections = sum(threads_of(pid) for pid in fresh)
    load = stack.load("/webhooks/jira", connections, seconds, stack.bodies(LARGE_BODIES, LARGE_BYTES, LARGE_BODIES),
                      refusable=True)
    if children(stack) != fresh:
        raise RuntimeError("a child died under large bodies")
    budget = int(stack.option("JIRASYNC_MAX_INFLIGHT_BYTES")) / MB
    result = {"children": len(fresh), "idle_mb": max(idle), "connections": connections, "answers": load["requests"],
              "refused": load["refused"], "budget_mb": budget,
              "peak_mb": sum(megabytes(pid, "VmHWM") for pid in fresh)}
    result["above_idle_mb"] = result["peak_mb"] - sum(idle)
    say("receiver: a child of %.1f MB idle; %d connections with 25 MB bodies took %.0f MB of a budget of %.0f" % (
        result["idle_mb"], connections, result["above_idle_mb"], budget))
    return result
