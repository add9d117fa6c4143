#!/bin/sh
# Runs the commands of the documents: each fenced block marked `sh`, in order, against a local stack with the sample.
# shellcheck disable=SC1091,SC2154,SC2016,SC2015,SC2013  # e2e.sh sets work and root
. "$(dirname "$0")/../support/e2e.sh"
stack_up
check 'the sample' "$support/sample" "$RUN_DIR"

blocks() { # FILE: writes each sh block to a file of its own, named after its line
    awk -v work="$work" '
        /^ *```sh$/ { open = 1; name = sprintf("%s/block-%05d", work, FNR); next }
        /^ *```$/ { open = 0; next }
        open { sub(/^   /, ""); print > name }' "$1"
}

run_block() { # file: fails also when the answer to a request is an error
    (cd "$root" && sh -eu "$1") >"$work/output" 2>&1 && ! grep -q '"error"' "$work/output" || { cat "$work/output"; return 1; }
}

for document in README.md docs/runbooks/jira-webhooks.md; do
    rm -f "$work"/block-*
    blocks "$root/$document"
    for block in "$work"/block-*; do
        check "$document:$(basename "$block" | sed 's/^block-0*//')" run_block "$block"
    done
done

# The make targets that documents name exist; each is what the tests themselves run, or is listed by make help.
for target in $(grep -ohE '(`|^ *)make [a-z]+' "$root/README.md" "$root/docs/architecture.md" "$root"/docs/runbooks/*.md | sed 's/.*make //' | sort -u); do
    check "make $target" sh -c 'make -s -C "$1" help | grep -q "^$2 "' - "$root" "$target"
done
