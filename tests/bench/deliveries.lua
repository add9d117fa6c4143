-- wrk script: posts the signed bodies of the file named in JIRASYNC_BODIES, each once, shared out among wrk's threads.
local threads = 0

function setup(thread)
    thread:set("first", threads)
    threads = threads + 1
    thread:set("stride", tonumber(os.getenv("WRK_THREADS") or "2"))
end

function init()
    bodies, at = {}, 1
    local number = 0
    for line in io.lines(os.getenv("JIRASYNC_BODIES")) do
        if number % stride == first then
            local signature, body = line:match("^(%x+) (.*)$")
            bodies[#bodies + 1] = wrk.format("POST", "/webhooks/jira", {
                ["Host"] = "localhost", ["Content-Type"] = "application/json",
                ["X-Hub-Signature"] = "sha256=" .. signature,
                ["X-Atlassian-Webhook-Identifier"] = signature:sub(1, 32),
            }, body)
        end
        number = number + 1
    end
end

function request()
    local body = bodies[at]
    at = at % #bodies + 1
    return body
end
