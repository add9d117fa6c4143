#!/bin/sh
# `jirasync send` against a local stack: what it sends is taken, its answers, its exit status, and what it keeps to itself.
# shellcheck disable=SC1091,SC2154  # e2e.sh sets work
. "$(dirname "$0")/../support/e2e.sh"
stack_up

send() { # arguments: sets output, errors and code
    code=0
    output=$("$JIRASYNC" send "$@" 2>"$work/errors") || code=$?
    errors=$(cat "$work/errors")
    printf '%s\n%s\n' "$output" "$errors" >>"$work/all-output"
}
outcome() { printf '%s\n' "$output" | sed 's/^[0-9]* //' | jq -r .outcome | paste -sd ' ' -; }
statuses() { printf '%s\n' "$output" | cut -d' ' -f1 | paste -sd ' ' -; }

# --- events
"$JIRASYNC" send --help >"$work/help"
matches 'help names what it takes' '^usage: jirasync send .*EVENT' "$(head -n 1 "$work/help")"
send jira:issue_created
equals 'an event is sent' '200 applied 0' "$(statuses) $(outcome) $code"
equals 'its issue is there' 'DEMO-1 Story f' "$(sql 'SELECT issue_key, issue_type, is_stub FROM jirasync.issues' | tr '|' ' ')"
send jira:issue_updated --issue demo-1
equals 'another event of the issue' '200 applied 0' "$(statuses) $(outcome) $code"
equals 'is about the same issue' '1 indeterminate' "$(sql 'SELECT count(*), min(status_category) FROM jirasync.issues' | tr '|' ' ')"
send jira:issue_created --issue TRY-2
equals 'another issue' '200 applied 2' "$(statuses) $(outcome) $(sql 'SELECT count(DISTINCT project_key) FROM jirasync.issues')"
send jira:moon_landed
equals 'a name without a body of its own is kept' '200 ignored 0' "$(statuses) $(outcome) $code"
equals 'under its name' 1 "$(sql "SELECT count(*) FROM jirasync.deliveries WHERE event = 'jira:moon_landed'")"
sed -n 's/^    {"\([a-z:_]*\)", [a-z_]*, .*/\1/p' "$root/lib/send_event.c" >"$work/events"
check 'there are events' test "$(wc -l <"$work/events")" -gt 30
while read -r event; do
    send "$event" --issue EACH-1
    equals "$event is taken" '200 applied 0' "$(statuses) $(outcome) $code"
done <"$work/events"
equals 'each is in the ledger' "$(sort "$work/events")" "$(sql "SELECT DISTINCT event FROM jirasync.deliveries WHERE event <> 'jira:moon_landed'" | LC_ALL=C sort)"
equals 'and none in quarantine' 0 "$(sql 'SELECT count(*) FROM jirasync.quarantined_deliveries')"

# --- git hosts
add_sources github bitbucket bitbucket-server gitlab
for sent in 'github github/push_main push' 'bitbucket bitbucket/push_main repo:push' 'bitbucket-server bitbucket-server/refs_changed repo:refs_changed' \
    'gitlab gitlab/push_main Push Hook'; do
    kind=${sent%% *} event=${sent#* } && file=${event%% *} event=${event#* }
    send "$root/tests/fixtures/git_deliveries/$file.json" --source "$kind" --event "$event" --id "sent-$kind"
    equals "a push of $kind is sent with its headers" '200 applied 0' "$(statuses) $(outcome) $code"
    equals "a push of $kind is in the ledger under its event and id" "$event" \
        "$(sql "SELECT event FROM jirasync.deliveries WHERE source = '$kind' AND delivery_id = 'sent-$kind'")"
done
send push --source github --event push
equals 'no body is made up for a git host' '1 ' "$code $output"
matches 'and it says that there is no such file' 'push: No such file' "$errors"

# --- files
printf '{"timestamp":1772380800000,"webhookEvent":"jira:issue_updated","issue":{"id":"2001","key":"FILE-1"},"odd":  "\303\251 %s"}\r\n\n' "it's" >"$work/body.json"
send "$work/body.json" --id file-1
equals 'a file is sent' '200 applied 0' "$(statuses) $(outcome) $code"
equals 'byte for byte' "$(od -An -v -tx1 "$work/body.json" | tr -d ' \n')" "$(sql "SELECT encode(body, 'hex') FROM jirasync.deliveries WHERE delivery_id = 'file-1'")"
equals 'under the id that was said' 'file-1' "$(printf '%s' "$output" | sed 's/^200 //' | jq -r .event_id)"
output=$("$JIRASYNC" send - <"$work/body.json")
equals 'standard input is sent; the same body is a duplicate' '200 duplicate' "$(statuses) $(outcome)"
{
    printf '{"timestamp":1772380800001,"webhookEvent":"jira:issue_updated","issue":{"id":"2002","key":"FILE-2","fields":{"description":"'
    head -c 3000000 /dev/zero | tr '\0' 'x'
    printf '"}}}'
} >"$work/large"
send "$work/large"
equals 'a large file is sent' '200 applied 0' "$(statuses) $(outcome) $code"
send "$work/missing.json"
equals 'a file that is not there is no event' 1 "$code"
matches 'and that is said' 'neither a file nor the name of an event' "$errors"
send "$work"
equals 'a folder is no body' 1 "$code"

# --- repeats and ids
send jira:issue_created --issue RPT-1 --repeat 3
equals 'three times: the first is applied, the same body is a duplicate' '200 200 200 applied duplicate duplicate 0' "$(statuses) $(outcome) $code"
equals 'each is a delivery of its own' 3 "$(printf '%s\n' "$output" | sed 's/^200 //' | jq -r .event_id | sort -u | wc -l)"
send comment_updated --issue RPT-1 --repeat 2 --id rpt-1
equals 'with an id, the same delivery twice' 'rpt-1 rpt-1' "$(printf '%s\n' "$output" | sed 's/^200 //' | jq -r .event_id | paste -sd ' ' -)"
send comment_deleted --issue RPT-1 --id rpt-1
equals 'a known id with another body is 422, and exit 1' '422 quarantined 1' "$(statuses) $(outcome) $code"
printf 'not JSON' >"$work/bad"
send "$work/bad" --repeat 2
equals 'not JSON is 422 each time, and exit 1' '422 422 1' "$(statuses) $code"

# --- secrets, sources, servers
JIRA_TRY_SECRET=wrong
export JIRA_TRY_SECRET
send jira:issue_updated --secret-ref env:JIRA_TRY_SECRET
equals 'a wrong secret is 401, and exit 1' '401 1' "$(statuses) $code"
printf '%s\n' "$JIRA_WEBHOOK_SECRET" >"$work/secret"
send jira:issue_updated --secret-ref "file:$work/secret"
equals 'a secret from a file' '200 0' "$(statuses) $code"
send jira:issue_updated --secret-ref env:NOT_SET_ANYWHERE
equals 'a secret that is not there is a fault of configuration' 78 "$code"
send jira:issue_updated --secret-ref plain
equals 'a secret by value is refused' 78 "$code"
matches 'and not repeated' 'env:NAME or file:PATH' "$errors"
send jira:issue_updated --source nobody
equals 'an unknown source' 1 "$code"
send jira:issue_updated --source git
equals 'a source that is no Jira site' 1 "$code"
matches 'and that is said' 'of kind git' "$errors"
send jira:issue_updated --source nobody --secret-ref "file:$work/secret"
equals 'an unknown source is asked for where the secret is given' '404 1' "$(statuses) $code"
send jira:issue_updated --url "$JIRASYNC_URL/webhooks/jira/"
matches 'a URL is taken as it is' '^(200|404)$' "$(statuses)"
send jira:issue_updated --url 'http://localhost/webhooks/jira'
equals 'no TLS, no delivery' 1 "$code"
send jira:issue_updated --url 'https://127.0.0.1:1/webhooks/jira' --repeat 2
equals 'nobody there' '1 2' "$code $(printf '%s\n' "$errors" | wc -l)"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -keyout "$work/other.key" -out "$work/other.crt" -subj /CN=other 2>/dev/null
send jira:issue_updated --ca "$work/other.crt"
equals 'a server of another authority is not trusted' 1 "$code"
matches 'and that is said' '[Cc]ertificate' "$errors"
(unset JIRASYNC_CA; "$JIRASYNC" send jira:issue_updated >/dev/null 2>&1)
equals 'nor is it without one' 1 $?
(unset JIRASYNC_URL; "$JIRASYNC" send jira:issue_updated >/dev/null 2>&1)
equals 'without a server' 1 $?

# --- usage
send
equals 'nothing to send is a fault of usage' 2 "$code"
send jira:issue_created comment_created
equals 'two things to send' 2 "$code"
for number in 0 -1 x '' 99999999999999999999; do
    send jira:issue_created --repeat "$number"
    equals "--repeat '$number'" 2 "$code"
done
send jira:issue_created --elsewhere
equals 'an unknown option' 2 "$code"
send jira:issue_created --issue nothing
equals 'what is no issue key' 1 "$code"

# --- what Jira sends, and what nobody shall see
cat >"$work/server.py" <<'SCRIPT'
import http.server, json, ssl, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with open(sys.argv[2], "a") as out:
            print(json.dumps({"headers": {k.lower(): v for k, v in self.headers.items()}, "length": len(body), "path": self.path}), file=out)
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "14")
        self.end_headers()
        self.wfile.write(b"a\nb\x1b[31m\tc\x00\r\n\xff")
    def log_message(self, *words): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1] + "/server.crt", sys.argv[1] + "/server.key")
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
SCRIPT
timeout 600 python3 "$work/server.py" "$RUN_DIR/tls" "$work/seen" >"$work/port" 2>"$work/server.log" &
server=$!
await 20 cat "$work/port"
send "$work/body.json" --url "https://127.0.0.1:$(cat "$work/port")/hook" --repeat 2
equals 'the answer is one line, without control characters' 2 "$(printf '%s\n' "$output" | grep -ac '^200 a b \[31m c')"
header() { sed -n "${2:-1}p" "$work/seen" | jq -r --arg name "$1" '.headers[$name]'; }
equals 'Content-Type' 'application/json; charset=UTF-8' "$(header content-type)"
equals 'X-Hub-Signature' "$(sign "$work/body.json")" "$(header x-hub-signature)"
equals 'X-Atlassian-Webhook-Flow' Primary "$(header x-atlassian-webhook-flow)"
matches 'X-Atlassian-Webhook-Identifier' '^[0-9]+$' "$(header x-atlassian-webhook-identifier)"
check 'another one the second time' test "$(header x-atlassian-webhook-identifier)" != "$(header x-atlassian-webhook-identifier 2)"
matches 'User-Agent' '^jirasync/' "$(header user-agent)"
equals 'no Expect' null "$(header expect)"
send "$work/body.json" --url "https://127.0.0.1:$(cat "$work/port")/moved"
equals 'a redirection is not followed' '302 1 0' "$(statuses) $code $(grep -c elsewhere "$work/seen")"
kill "$server"
equals 'no output tells the secret' 0 "$(grep -acF "$JIRA_WEBHOOK_SECRET" "$work/all-output")"
equals 'nor a signature' 0 "$(grep -ac 'sha256=' "$work/all-output")"
