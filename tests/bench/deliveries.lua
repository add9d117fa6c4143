-- wrk script: posts the signed bodies of the file named in JIRASYNC_BODIES, each once, shared out among wrk's threads.
--
-- JIRASYNC_RATE: requests a second of all threads together, sent when they are due and not when an answer comes; 0
-- sends the next request as soon as an answer came. BENCH_PATH: where to post. Prints one line "result {...}".
local ffi = require("ffi")
ffi.cdef [[
    typedef struct { long seconds; long nanoseconds; } moment;
    int clock_gettime(int clock, moment *now);
]]

local threads = {}
local stride = tonumber(os.getenv("WRK_THREADS"))
local rate = tonumber(os.getenv("JIRASYNC_RATE") or "0")
local HANDSHAKES_MS = 500
local moment = ffi.new("moment")

local function milliseconds()
    ffi.C.clock_gettime(1, moment)
    return tonumber(moment.seconds) * 1000 + tonumber(moment.nanoseconds) / 1e6
end

function setup(thread)
    thread:set("first", #threads)
    table.insert(threads, thread)
end

function init()
    bodies, at, ran_out, refused = {}, 0, 0, 0
    local number = 0
    for line in io.lines(os.getenv("JIRASYNC_BODIES")) do
        if number % stride == first then
            local signature, body = line:match("^(%x+) (.*)$")
            bodies[#bodies + 1] = wrk.format("POST", os.getenv("BENCH_PATH") or "/webhooks/jira", {
                ["Host"] = "localhost", ["Content-Type"] = "application/json",
                ["X-Hub-Signature"] = "sha256=" .. signature,
                ["X-Atlassian-Webhook-Identifier"] = signature:sub(1, 32),
            }, body)
        end
        number = number + 1
    end
    if rate > 0 then
        -- Each request of this thread has its moment; delay() is asked before each of them. The first one comes when
        -- the connections have shaken hands, as a sender's open ones have. (The clock starts at the first question:
        -- wrk reads the bodies for one thread after the other.)
        delay = function()
            due = (due or milliseconds() + HANDSHAKES_MS + 1000 * first / rate) + 1000 * stride / rate
            local wait = due - milliseconds()
            if wait < 0 then return 0 end
            return math.floor(wait + 0.5)
        end
    end
end

function request()
    at = at + 1
    if at > #bodies then
        ran_out = ran_out + 1
        at = 1
    end
    return bodies[at]
end

function response(status)
    if status ~= 200 then refused = refused + 1 end
end

function done(summary, latency)
    local ran_out, refused = 0, 0
    for _, thread in ipairs(threads) do
        ran_out = ran_out + thread:get("ran_out")
        refused = refused + thread:get("refused")
    end
    io.write(string.format(
        'result {"requests": %d, "seconds": %.6f, "refused": %d, "ran_out": %d, "socket_errors": %d, ' ..
        '"p50_ms": %.3f, "p99_ms": %.3f}\n',
        summary.requests, summary.duration / 1e6 - (rate > 0 and HANDSHAKES_MS / 1e3 or 0), refused, ran_out,
        summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
