#!/bin/sh
# How a site is reached: nginx before the mock with TLS, HTTP/2 or 1.1, gzip and keep-alive; a proxy; who is trusted.
set -u
support=$(CDPATH='' cd -- "$(dirname -- "$0")/../support" && pwd)
build=${BUILD:-build}
work=$(mktemp -d "$TEST_TMP/transport.XXXXXX") pids=''
tests/support/build jirasync || { echo 'not ok the program builds'; exit 1; }
finish() { for pid in $pids; do kill -9 "$pid" 2>/dev/null; done; }
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@"; }
check() { # what, expected, found
    if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1: $3, not $2"; tail -n 5 "$work/out" "$work/nginx.log" 2>/dev/null; fi
}
port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'; }

"$support/mock_jira" --port-file "$work/port" --count 300 --body-bytes 2000 --bearer t0ken </dev/null >"$work/mock.log" 2>&1 &
pids="$pids $!"
for name in good other; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$name" -addext 'subjectAltName=IP:127.0.0.1' \
        -keyout "$work/$name.key" -out "$work/$name.pem" 2>/dev/null
done
until [ -s "$work/port" ]; do sleep 0.05; done
new=$(port) old=$(port)
cat >"$work/nginx.conf" <<CONF
daemon off;
master_process off;
pid $work/nginx.pid;
error_log $work/nginx.log;
events { }
http {
    log_format way '\$server_port \$server_protocol \$connection \$sent_http_content_encoding \$status';
    access_log $work/access.log way;
    client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
    ssl_certificate $work/good.pem;
    ssl_certificate_key $work/good.key;
    gzip on;
    gzip_min_length 1;
    gzip_types application/json;
    server { listen 127.0.0.1:$new ssl http2; location / { proxy_pass http://127.0.0.1:$(cat "$work/port"); } }
    server { listen 127.0.0.1:$old ssl; location / { proxy_pass http://127.0.0.1:$(cat "$work/port"); } }
}
CONF
nginx -p "$work" -c "$work/nginx.conf" >"$work/nginx.out" 2>&1 &
pids="$pids $!"
until curl -sk -o /dev/null "https://127.0.0.1:$new/" && curl -sk -o /dev/null "https://127.0.0.1:$old/"; do
    kill -0 "$!" || { echo 'not ok nginx starts'; cat "$work/nginx.out" "$work/nginx.log"; exit 1; }
    sleep 0.05
done
# A proxy that does nothing but CONNECT, and notes where to.
cat >"$work/proxy" <<'PYTHON'
import os, socket, sys, threading
def pump(a, b):
    try:
        while data := a.recv(65536):
            b.sendall(data)
        b.shutdown(socket.SHUT_WR)
    except OSError:
        pass
def serve(client):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += client.recv(1)
    with open(sys.argv[2], "ab") as log:
        log.write(head)
    host, port = head.split()[1].split(b":")
    server = socket.create_connection((host, int(port)))
    client.sendall(b"HTTP/1.1 200 connected\r\n\r\n")
    threading.Thread(target=pump, args=(client, server), daemon=True).start()
    pump(server, client)
listener = socket.create_server(("127.0.0.1", 0))
open(sys.argv[1] + ".new", "w").write(str(listener.getsockname()[1]))
os.rename(sys.argv[1] + ".new", sys.argv[1])
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
PYTHON
python3 -B "$work/proxy" "$work/proxy.port" "$work/proxied" </dev/null >"$work/proxy.log" 2>&1 &
pids="$pids $!"
until [ -s "$work/proxy.port" ]; do sleep 0.05; done

sql -c "UPDATE jirasync.settings SET value = '2000' WHERE name IN ('requests_per_second', 'requests_burst')" \
    -c "UPDATE jirasync.settings SET value = '1' WHERE name = 'pause_base_ms'"
for source in new old proxied; do
    printf '[source %s]\nbase_url = https://127.0.0.1:%s\napi_version = 3\napi_token = env:TOKEN\n' "$source" "$([ "$source" = old ] && echo "$old" || echo "$new")"
done >"$work/sources.conf"
configure() { # certificate of the authority
    printf 'JIRASYNC_SOURCES=%s\nJIRASYNC_WORKER_DATABASE=%s\nJIRASYNC_FETCH_PATIENCE_S=3\nJIRASYNC_CA_FILE=%s\n' "$work/sources.conf" "$PGURI" "$work/$1.pem" >"$work/jirasync.conf"
}
load() { # source, [NAME=VALUE of the environment...]
    source=$1
    shift
    cp /dev/null "$work/access.log"
    env -u http_proxy -u https_proxy -u HTTPS_PROXY -u ALL_PROXY -u all_proxy -u no_proxy -u NO_PROXY TOKEN=t0ken "$@" \
        "$build/jirasync" -c "$work/jirasync.conf" backfill --source "$source" --anew --quiet >"$work/out" 2>&1
    status=$?
}
loaded() { sql -c "SELECT count(*) FROM jirasync.issues WHERE source = '$1' AND NOT is_stub"; }
ways() { sort -u "$work/access.log" | cut -d ' ' -f "$1" | sort -u | tr '\n' ' '; } # columns of the log
several() { [ "$(wc -l <"$work/access.log")" -gt 3 ] && echo several; }

configure good
load new
check 'a site that offers HTTP/2 is loaded' '0 300 several' "$status $(loaded new) $(several)"
check 'by HTTP/2, and nothing else' 'HTTP/2.0 ' "$(ways 2)"
check 'over one connection' 1 "$(ways 3 | wc -w | tr -d ' ')"
check 'compressed with gzip' 'gzip ' "$(ways 4)"
load old
check 'one that does not is loaded' '0 300 several' "$status $(loaded old) $(several)"
check 'by HTTP/1.1' 'HTTP/1.1 ' "$(ways 2)"
check 'over one connection, which is kept alive' 1 "$(ways 3 | wc -w | tr -d ' ')"
check 'compressed with gzip, too' 'gzip ' "$(ways 4)"

load proxied "https_proxy=http://127.0.0.1:$(cat "$work/proxy.port")"
check 'a site behind a proxy is loaded' '0 300' "$status $(loaded proxied)"
check 'through it' "CONNECT 127.0.0.1:$new" "$(grep -o '^CONNECT [^ ]*' "$work/proxied" | sort -u)"
check 'which is not told the token' 0 "$(grep -ci 'authorization\|t0ken' "$work/proxied")"
before=$(wc -c <"$work/proxied")
load proxied "https_proxy=http://127.0.0.1:$(cat "$work/proxy.port")" no_proxy=127.0.0.1
check 'no_proxy leads past it' "0 $before" "$status $(wc -c <"$work/proxied")"
load proxied https_proxy=http://127.0.0.1:1
check 'a proxy that is not there is no way round' 1 "$status"
check 'and is named' 1 "$(grep -c '127.0.0.1 port 1' "$work/out")"

configure other
load new
check 'a certificate of another authority is refused' 1 "$status"
check 'with the reason' 1 "$(grep -ci certificate "$work/out" | sed 's/[2-9]/1/')"
check 'before a request is sent' '' "$(cat "$work/access.log")"
