#!/bin/sh
# Runs the commands of the documents: each fenced block marked `sh`, in order, against a local stack.
#
# Expects what .run/env defines (PGURI, JIRASYNC_URL, JIRASYNC_CA, JIRASYNC, JIRA_WEBHOOK_SECRET) in the environment.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
: "${PGURI:?source the env file of a running stack first}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

blocks() { # FILE: writes each sh block to a file of its own, named after its line
    awk -v work="$work" '
        /^ *```sh$/ { open = 1; name = sprintf("%s/%05d", work, FNR); next }
        /^ *```$/ { open = 0; next }
        open { sub(/^   /, ""); print > name }' "$1"
}

for document in docs/runbooks/jira-webhooks.md; do
    rm -f "$work"/[0-9]*
    blocks "$root/$document"
    for block in "$work"/[0-9]*; do
        line=$(basename "$block" | sed 's/^0*//')
        if (cd "$root" && sh -eu "$block") >"$work/output" 2>&1 && ! grep -q '"error"' "$work/output"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            printf '%s:%s fails:\n' "$document" "$line" >&2
            sed 's/^/    /' "$work/output" >&2
        fi
    done
done
[ "$passed" -gt 0 ] || { echo 'documents: no command was found' >&2; exit 1; }
printf 'documents: %d commands passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
