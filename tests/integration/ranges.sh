#!/bin/sh
# What branches, tags and commits hold, and what reverts took back in them, against git: tangled repositories, made at
# random, through import-commits.
#
# SEED=N repeats a history, SEEDS=N says how many there are, COMMITS=N and PAIRS=N how large and how often asked.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
tests/support/build jirasync || { echo 'not ok jirasync is built'; exit 1; }
work=$(mktemp -d "${TEST_TMP:-/tmp}/ranges.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
printf '[source git]\nkind = git\n' >"$work/sources.conf"
printf 'JIRASYNC_WORKER_DATABASE=%s\nJIRASYNC_SOURCES=%s\nJIRA_WEBHOOK_SECRET=not-empty\n' \
    "$PGURI" "$work/sources.conf" >"$work/jirasync.conf"

first=${SEED:-${FIRST_SEED:-$(date +%s)}}
last=$((first + ${SEEDS:-$([ -n "${SEED:-}" ] && echo 1 || echo 3)} - 1))
psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" -f tests/support/facts.sql \
    -c "SELECT facts.issue(n, 'APP-' || n, '2026-03-01 00:00Z') FROM generate_series(1, 40) n" -c 'SELECT facts.settle()' -c ANALYZE >/dev/null
for seed in $(seq "$first" "$last"); do
    echo "seed $seed (SEED=$seed make test TEST=ranges)"
    "$root/tests/support/random-repository" "$work/$seed.git" "${COMMITS:-300}" "$seed"
    JIRASYNC_CONFIG=$work/jirasync.conf "${BUILD:-build}/jirasync" import-commits --quiet --source git \
        --repository "org/$seed" "$work/$seed.git"
    psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" -c 'SELECT facts.settle()' -c ANALYZE >/dev/null
    "$root/tests/support/compare-ranges" "$work/$seed.git" "org/$seed" "${PAIRS:-200}" "$seed"
done
