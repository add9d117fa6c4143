#!/bin/sh
# Runs what the documents tell people to type, against a local stack with the sample:
#
# * each fenced block marked `sh` of every Markdown file, and each example of the manual pages;
# * each `make` line; a target that runs tests runs one of them here, since all of them run this one, and another than a
#   budget, which two at a time would build in the same place;
# * each SQL statement in running text, in a transaction that is rolled back, with ID for a number.
#
# And nothing that looks like a command stands outside of these.
# shellcheck disable=SC1091,SC2154,SC2016,SC2015  # e2e.sh sets work and root
. "$(dirname "$0")/../support/e2e.sh"
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL TEST CASE BUILD
stack_up
check 'the sample' "$support/sample" "$RUN_DIR"
PATH=$(dirname "$JIRASYNC"):$PATH
documents=$(cd "$root" && git ls-files -- '*.md')

# --- shell blocks
blocks() { # FILE: writes each sh block to a file of its own, named after its line
    awk -v work="$work" '
        /^ *```sh$/ { open = 1; name = sprintf("%s/block-%05d", work, FNR); next }
        /^ *```$/ { open = 0; next }
        open { sub(/^   /, ""); print > name }' "$1"
}

run_block() { # file: fails also when the answer to a request is an error
    (cd "${2:-$root}" && sh -eu "$1") >"$work/output" 2>&1 && ! grep -q '"error"' "$work/output" || { cat "$work/output"; return 1; }
}

ran=0
for document in $documents; do
    rm -f "$work"/block-*
    blocks "$root/$document"
    for block in "$work"/block-*; do
        [ -e "$block" ] || continue
        check "$document:$(basename "$block" | sed 's/^block-0*//')" run_block "$block"
        ran=$((ran + 1))
    done
done
check 'there are shell blocks' test "$ran" -gt 15

# --- examples of the manual pages: the sample stands for the repository and the page that they name
ran=0
for page in "$root"/docs/man/*.[1-8]; do
    awk '/^\.Sh /{ examples = $2 == "EXAMPLES" } examples && /^\.Ed/{ open = 0 } open { print } examples && /^\.Bd/{ open = 1 }' "$page" |
        sed "s|https://git.example.com/org/app.git|'$RUN_DIR/sample'|; s|page1.json|'$root/docs/examples/search-page.json'|" >"$work/examples"
    [ -s "$work/examples" ] || continue
    check "examples of $(basename "$page")" run_block "$work/examples" "$work"
    ran=$((ran + 1))
done
check 'there are examples' test "$ran" -ge 2

# --- make lines, alone on a line or in running text
make_lines() {
    for document in $documents; do
        case $document in docs/implementation-plan.md | docs/CHANGELOG.md) continue ;; esac # what is planned or was
        sed -nE 's/^ {4,}(make [a-z].*)/\1/p' "$root/$document" | sed -E 's/ +#.*//; s/  +.*//'
        grep -oE '`make [a-z][^`]*`' "$root/$document" | tr -d '`'
    done | sort -u
}

run_make() { # words of a make line
    shift
    case $1 in
        run | up | down) set -- "$@" RUN_DIR="$work/second" ;;
        test | asan | tsan | valgrind | coverage)
            named=$(printf '%s\n' "$@" | sed -n 's/^TEST=//p')
            if [ -z "$named" ] || [ -e "$root/tests/budget/$named.sh" ]; then set -- "$@" TEST=retry; fi ;;
        bench) set -- bench PARTS=memory ;; # the part whose budgets go by no clock
        soak) python3 "$root/tests/bench/soak.py" --help || return 1
            set -- -n soak ;; # its verdict goes by the clock
    esac
    RUN_ONCE=1 make -s -C "$root" "$@"
}

make_lines >"$work/make-lines"
check 'there are make lines' test "$(wc -l <"$work/make-lines")" -ge 8
while read -r line; do
    eval "set -- $line"
    check "$line" run_make "$@" </dev/null
done <"$work/make-lines"
check 'the second stack is down' run_make make down
check 'README opens with what make needs' sh -c 'head -n 1 "$1" | sed "s/apt install/apt-get install --simulate/" | sh' - "$root/README.md"

# --- SQL in running text and in indented blocks
statements() {
    for document in $documents; do
        grep -oE '`(SELECT|UPDATE|TABLE|DELETE|ALTER ROLE|CREATE ROLE) [^`]*`' "$root/$document" | tr -d '`'
        sed -nE 's/^ {4,}((SELECT|UPDATE|TABLE|DELETE|ALTER ROLE|CREATE ROLE) .*)/\1/p' "$root/$document"
    done | sed 's/;$//; s/(ID)/(0)/' | sort -u
}

run_sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" -c "BEGIN; $1; ROLLBACK"; }

statements >"$work/statements"
check 'there are statements' test "$(wc -l <"$work/statements")" -ge 4
while read -r statement; do
    check "$statement" run_sql "$statement" </dev/null
done <"$work/statements"

# --- nothing else looks like a command
stray() {
    for document in $documents; do
        awk -v name="$document" '
            /^ *```sh$/ { shell = 1 } /^ *```$/ { shell = 0 }
            !shell && /^ {3,}("\$JIRASYNC"|psql|curl|git|openssl|sql\/migrate|jirasync [a-z]+|kill|systemctl) / { print name ":" FNR ": " $0 }' "$root/$document"
    done
}
equals 'no command stands outside of what is run' '' "$(stray)"
