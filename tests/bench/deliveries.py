"""Deliveries: the product through nginx and TLS beside the floor it stands on, interleaved in one run."""
import statistics

ISSUES = 2000
BODY_BYTES = 9000
SIZES = {"1 KB": 1000, "50 KB": 50000, "1 MB": 1000000}


def floor(stack, uri, bodies, connections, batch, seconds):
    stack.seed(ISSUES, BODY_BYTES, "floor")
    return stack.store_floor(uri, bodies, connections, batch, seconds)


def product(stack, bodies, connections, seconds):
    stack.seed(ISSUES, BODY_BYTES)
    return stack.deliver(connections, seconds, bodies)


def measure_rates(stack, seconds, repeat, say):
    """Each figure `repeat` times, in turn, so that what disturbs one disturbs its neighbours."""
    count = max(20000, 6000 * seconds)
    bodies, uri = stack.bodies(count, BODY_BYTES, ISSUES), stack.database("floor")
    turns = []
    for turn in range(repeat):
        result = {}
        for connections in (20, 64):
            result["floor %d" % connections] = floor(stack, uri, bodies, connections, 1, seconds)
            result["jirasync %d" % connections] = product(stack, bodies, connections, seconds)
        result["floor in batches"] = floor(stack, uri, bodies, 1, 64, seconds)
        result["jirasync 1"] = product(stack, bodies, 1, seconds)
        for page in ("nginx", "null", "plain"):
            result[page] = stack.load("/bench/" + page, 20, seconds, bodies)
        turns.append(result)
        say("turn %d of %d: floor %.0f and %.0f/s, jirasync %.0f and %.0f/s at 20 and 64 connections" % (
            turn + 1, repeat, result["floor 20"], result["floor 64"],
            result["jirasync 20"]["rate"], result["jirasync 64"]["rate"]))
    return turns


def measure_sizes(stack, seconds, say):
    result = {}
    for name, size in SIZES.items():
        count = {"1 KB": 8000 * seconds, "50 KB": 2000 * seconds, "1 MB": 150 * seconds}[name]
        stack.seed(ISSUES, BODY_BYTES)
        result[name] = stack.deliver(20, seconds, stack.bodies(count, size, ISSUES))
        say("%s bodies: %.0f/s" % (name, result[name]["rate"]))
    return result


def measure_latency(stack, seconds, peak, say):
    """How long an answer takes at half the peak rate, against a delivery that comes alone."""
    bodies = stack.bodies(max(20000, 6000 * seconds), BODY_BYTES, ISSUES)
    lone, half = [], []
    for _ in range(3):
        stack.seed(ISSUES, BODY_BYTES)
        lone.append(stack.deliver(1, seconds, bodies, rate=50))
        stack.seed(ISSUES, BODY_BYTES)
        half.append(stack.deliver(20, seconds, bodies, rate=int(peak / 2)))
    result = {
        "lone_p50_ms": statistics.median(r["p50_ms"] for r in lone),
        "half_peak_rate": statistics.median(r["rate"] for r in half),
        "half_peak_p50_ms": statistics.median(r["p50_ms"] for r in half),
        "half_peak_p99_ms": statistics.median(r["p99_ms"] for r in half),
        "ratios": [h["p99_ms"] / l["p50_ms"] for h, l in zip(half, lone)],
    }
    say("answer: p50 %.1f ms alone, p99 %.1f ms at %.0f/s" % (
        result["lone_p50_ms"], result["half_peak_p99_ms"], result["half_peak_rate"]))
    return result
