#!/bin/bash
# A real git repository through `jirasync import-commits`: what becomes of it, twice, after a rewrite, in other shapes.
set -u
tests/support/build jirasync || exit 1
root=$PWD
command=$root/${BUILD:-build}/jirasync
work=$(mktemp -d "${TEST_TMP:-/tmp}/import.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME='Ada Miller' GIT_COMMITTER_NAME='Ada Miller'
export GIT_AUTHOR_EMAIL=ada@example.com GIT_COMMITTER_EMAIL=ada@example.com

check() { # what, expected, got
    if [ "$2" = "$3" ]; then echo "ok $1"; else printf 'not ok %s\n  expected: %s\n  got:      %s\n' "$1" "$2" "$3"; fi
}
ask() { psql -XAtq -d "$PGURI" -c "$1" | paste -sd ' '; }
import() { "$command" import-commits --source git --repository org/app "$@" 2>"$work/errors"; }
echo 0 >"$work/hour"
at() { # the next hour of March 2026; commits are made in subshells, so a file counts
    hour=$(($(cat "$work/hour") + 1))
    echo "$hour" >"$work/hour"
    date -u -d "2026-03-01 00:00 UTC + $hour hours" +%FT%TZ
}
commit() { # message [file]: prints the sha
    at=$(at)
    echo "$at" >"${2:-file}"
    git add "${2:-file}"
    printf '%b' "$1" | GIT_AUTHOR_DATE=$at GIT_COMMITTER_DATE=$at \
        git -c i18n.commitEncoding="${encoding:-UTF-8}" commit -q -F - --cleanup=verbatim
    git rev-parse HEAD
}
merge() { # branch [options]: prints the sha
    at=$(at)
    GIT_AUTHOR_DATE=$at GIT_COMMITTER_DATE=$at git merge -q --no-ff --no-edit "$@" >/dev/null
    git rev-parse HEAD
}

printf '[source git]\nkind = git\n' >"$work/sources.conf"
printf 'JIRASYNC_WORKER_DATABASE=%s\nJIRASYNC_SOURCES=%s\nJIRA_WEBHOOK_SECRET=not-empty\nJIRASYNC_IMPORT_CHUNK=4\n' \
    "$PGURI?options=-c%20role%3Djirasync_worker" "$work/sources.conf" >"$work/jirasync.conf"
export JIRASYNC_CONFIG=$work/jirasync.conf

git init -q -b main "$work/app"
cd "$work/app" || exit 1
first=$(commit 'Begin\n')
wrong=$(commit 'APP-1 Add the cart\n\nNames UTF-8 too.\n')
git checkout -q -b feature/APP-2-receipt
inner=$(commit 'Print the receipt\n' receipt)
inner_named=$(commit 'APP-3 Cut the paper\n' receipt)
git checkout -q main
beside=$(commit 'Beside it, as APP-007 and xAPP-1y had it: APP-007\n')
merged=$(merge feature/APP-2-receipt)
git checkout -q -b release/1.0
fixed=$(commit 'APP-4 Fix rounding\n' fix)
git checkout -q main
picked=$(commit "APP-4 Fix rounding\n\n(cherry picked from commit $fixed)\n" fix)
reverted=$(commit "Revert \"APP-1 Add the cart\"\n\nThis reverts commit $wrong.\n" revert)
short=$(commit "Revert the merge\n\nThis reverts commit ${merged:0:12}, reversing\nchanges made to $beside.\n" revert)
encoding=ISO-8859-1 latin=$(encoding=ISO-8859-1 commit 'APP-5 Gr\xfc\xdfe\n' latin)
raw=$(commit 'APP-6 Gr\xfc\xdfe\n' raw)
git checkout -q -b feature/APP-7-open
open=$(commit 'APP-7 Begin something\n' open)
git checkout -q --orphan orphan
alone=$(commit 'APP-8 Another root\n' other)
git checkout -q main
git tag -a -m 'version one' v1.0 "$fixed"
git tag light "$first"
git branch side "$first"

output=$(import "$work/app"); status=$?
check 'an import succeeds' 0 "$status"
check 'it says how many commits are new' 'org/app: 14 commits read, 14 new, 0 changed' "${output%%;*}"
check 'all commits are there' 14 "$(ask 'SELECT count(*) FROM jirasync.commits')"
check 'the merge has both parents' "{$beside,$inner_named}" "$(ask "SELECT parents FROM jirasync.commits WHERE sha = '$merged'")"
check 'the first commit has none' '{}' "$(ask "SELECT parents FROM jirasync.commits WHERE sha = '$first'")"
check 'a message keeps no newline at its end' Begin "$(ask "SELECT message FROM jirasync.commits WHERE sha = '$first'")"
check 'positions follow the first parents of main' \
    "$first:1 $wrong:2 $beside:3 $merged:4 $inner:4 $inner_named:4 $picked:5" \
    "$(ask "SELECT c.sha || ':' || position FROM jirasync.commit_refs r JOIN jirasync.commits c USING (sha) WHERE ref = 'main' AND position < 6 ORDER BY position, array_position('{$merged,$inner,$inner_named}', c.sha)")"
check 'the release holds only what came after' "$fixed:5" "$(ask "SELECT sha || ':' || position FROM jirasync.commit_refs WHERE ref = 'release/1.0'")"
check 'the release forks at the merge' 'main|4' "$(ask "SELECT parent_ref, fork_position FROM jirasync.refs WHERE ref = 'release/1.0'")"
check 'main and the release count' 'main release/1.0' "$(ask 'SELECT ref FROM jirasync.refs WHERE counted ORDER BY ref')"
check 'main is the default branch' main "$(ask 'SELECT ref FROM jirasync.refs WHERE is_default')"
check 'tags name their commits' "light:$first v1.0:$fixed" "$(ask "SELECT ref || ':' || sha FROM jirasync.refs WHERE kind = 'tag' ORDER BY ref")"
check 'merged work landed with the merge' "$(git log -1 --format=%ct "$merged")|main" \
    "$(ask "SELECT extract(epoch FROM landed_at)::bigint, landed_by FROM jirasync.commits WHERE sha = '$inner'")"
check 'what is on no counted branch has not landed' "$open $alone" \
    "$(ask "SELECT sha FROM jirasync.commits WHERE landed_at IS NULL ORDER BY sha <> '$open'")"
check 'a message gives its keys' 'APP-1 UTF-8' "$(ask "SELECT key FROM jirasync.commit_keys WHERE sha = '$wrong' ORDER BY key")"
check 'a merge hands its keys to what it brought in' "APP-2|merge|$merged" \
    "$(ask "SELECT key, evidence, via FROM jirasync.commit_keys WHERE sha = '$inner' AND evidence = 'merge'")"
check "a branch's name speaks for what was made on it" "$inner APP-2 feature/APP-2-receipt $inner_named APP-2 feature/APP-2-receipt $open APP-7 feature/APP-7-open" \
    "$(ask "SELECT sha || ' ' || key || ' ' || via FROM jirasync.commit_keys WHERE evidence = 'branch' ORDER BY array_position('{$inner,$inner_named,$open}', sha)")"
check 'a merge keeps its own keys as a message' 'APP-2|message' "$(ask "SELECT key, evidence FROM jirasync.commit_keys WHERE sha = '$merged'")"
check 'a revert names what it takes back' "{$wrong}" "$(ask "SELECT reverts FROM jirasync.commits WHERE sha = '$reverted'")"
check 'a short name is made full' "{$merged}" "$(ask "SELECT reverts FROM jirasync.commits WHERE sha = '$short'")"
check 'a pick names its origin' "$fixed" "$(ask "SELECT picked_from FROM jirasync.commits WHERE sha = '$picked'")"
check 'a declared encoding is read' 'APP-5 Grüße' "$(ask "SELECT message FROM jirasync.commits WHERE sha = '$latin'")"
check 'an undeclared one as well' 'APP-6 Grüße' "$(ask "SELECT message FROM jirasync.commits WHERE sha = '$raw'")"
check 'what looks like a key and is none is kept once, with the reason' 'APP-007 leading_zero xAPP-1 touches_right' \
    "$(ask "SELECT candidate || ' ' || reason FROM jirasync.refused_keys WHERE sha = '$beside' ORDER BY candidate COLLATE \"C\"")"
check 'and shown with what names no project' \
    "APP|leading_zero|1|$beside UTF|unknown_project|1|$wrong XAPP|touches_right|1|$beside" \
    "$(ask "SELECT prefix, reason, commits, example_sha FROM jirasync.refused_issue_keys
            WHERE NOT (prefix = 'APP' AND reason = 'unknown_project') ORDER BY 1, 2")"
check 'a job stands for each chunk' 4 "$(ask "SELECT count(*) FROM jirasync.jobs WHERE kind = 'correlate_commit' AND source = 'git'")"
check 'the jobs cover all commits' 14 "$(ask "SELECT count(*) FROM jirasync.commits c JOIN (SELECT regexp_match(key, '^org/app#(\d+)-(\d+)\$') m FROM jirasync.jobs) j ON c.changed_seq BETWEEN m[1]::bigint AND m[2]::bigint")"
check 'projects that the mirror has not got are named' 1 "$(grep -c '^  APP  .*no such project' <<<"$output")"

# (when a ref was last read is what changes)
state() { ask "SELECT md5(string_agg(t, '' ORDER BY t)) FROM (SELECT c::text FROM jirasync.commits c UNION ALL SELECT (to_jsonb(r) - '{seen_at,imported_at}'::text[])::text FROM jirasync.refs r UNION ALL SELECT r::text FROM jirasync.commit_refs r UNION ALL SELECT k::text FROM jirasync.commit_keys k) s (t)"; }
before=$(state)
output=$(import "$work/app")
check 'a second import says that nothing changed' 'Nothing changed: 0 rows written.' "$(sed -n 2p <<<"$output")"
check 'and changes nothing' "$before" "$(state)"
ask "UPDATE jirasync.refused_keys SET candidate = 'APP-08' WHERE candidate = 'APP-007'" >/dev/null
output=$(import "$work/app")
check 'a refused one that is wrong is replaced' '2 of keys changed; 0 jobs' "$(grep -o '2 of keys.*' <<<"$output")"
check 'by what the message has' "$before" "$(state)"
git clone -q --bare "$work/app" "$work/bare.git"
import --quiet "$work/bare.git"
check 'a bare repository says the same' "$before" "$(state)"
git worktree add -q "$work/tree" release/1.0
import --quiet "$work/tree"
check 'a worktree whose HEAD is another branch names that as the default' release/1.0 "$(ask 'SELECT ref FROM jirasync.refs WHERE is_default')"
check 'without a warning: it is no clone' '' "$(cat "$work/errors")"
import --quiet "$work/app"
import --quiet --since main "$work/app"
check 'an import of nothing new changes no place; what was merged stands on its own branch, too' \
    "$(($(git rev-list --count --all) + 2))" "$(ask 'SELECT count(*) FROM jirasync.commit_refs')"

ask "DELETE FROM jirasync.jobs" >/dev/null
git checkout -q main
later=$(commit 'APP-9 Later\n' later)
output=$(import --since "$latin" "$work/app")
check '--since sends what is new, and branches beside it' "org/app: 5 commits read, 1 new, 0 changed" "${output%%;*}"
check 'with the right position' "$(git rev-list --count --first-parent main)" "$(ask "SELECT position FROM jirasync.commit_refs WHERE sha = '$later'")"
check 'and one job' 1 "$(ask 'SELECT count(*) FROM jirasync.jobs')"

git checkout -q main
git reset -q --hard "$raw"
git branch -q -D orphan
import --quiet "$work/app"
check 'a commit that left its branch loses its landing' '|' "$(ask "SELECT landed_at, landed_by FROM jirasync.commits WHERE sha = '$later'")"
check 'and is on nothing any more' "$later $alone" "$(ask "SELECT sha FROM jirasync.commits WHERE is_unreachable ORDER BY sha <> '$later'")"
check 'and has no place' 0 "$(ask "SELECT count(*) FROM jirasync.commit_refs WHERE sha = '$later'")"
check 'a branch that is gone is marked' orphan "$(ask 'SELECT ref FROM jirasync.refs WHERE deleted_at IS NOT NULL')"
import --quiet --ref 'release/*' "$work/app"
check '--ref judges no other branch' orphan "$(ask 'SELECT ref FROM jirasync.refs WHERE deleted_at IS NOT NULL')"

git clone -q "$work/app" "$work/clone" 2>/dev/null
before=$(ask "SELECT string_agg(ref || sha, ' ' ORDER BY ref) FROM jirasync.refs WHERE deleted_at IS NULL")
import --quiet "$work/clone"
check 'branches of a clone go by their name' "$before" "$(ask "SELECT string_agg(ref || sha, ' ' ORDER BY ref) FROM jirasync.refs WHERE deleted_at IS NULL")"
git clone -q --depth 1 "file://$work/app" "$work/shallow" 2>/dev/null
import "$work/shallow"; status=$?
check 'a shallow clone is refused' '1 shallow clone' "$status $(grep -o 'shallow clone' "$work/errors")"
import "$work"; status=$?
check 'a folder that is no repository is refused' 1 "$status"
check 'with what git says' 1 "$(grep -c 'not a git repository' "$work/errors")"
import --since no-such-thing "$work/app"; status=$?
check 'an unknown revision is refused' 1 "$status"
import --since=--output=x "$work/app"; status=$?
check 'an option is no revision' 1 "$status"
import; status=$?
check 'a missing path is a usage error' 2 "$status"
"$command" import-commits --source nobody --repository org/app "$work/app" 2>"$work/errors"; status=$?
check 'an unknown source is refused' '1 1' "$status $(grep -c "no source is named 'nobody'" "$work/errors")"
JIRASYNC_IMPORT_CHUNK=none "$command" import-commits --source git --repository org/app "$work/app" 2>/dev/null; status=$?
check 'a bad option is a configuration error' 78 "$status"

# --- squashes that list reverts: among other work, as git and GitHub write them, they are work; alone they are not
git init -q -b main "$work/squashes"
cd "$work/squashes" || exit 1
commit 'Begin\n' >/dev/null
old=$(commit 'APP-4 Old\n' old)
git checkout -q -b squashed
work_of=$(commit 'APP-5 First\n' first)
git revert --no-edit "$old" >/dev/null
git checkout -q main
git merge -q --squash squashed >/dev/null
squash=$(git commit -q --no-edit && git rev-parse HEAD)
listed=$(commit "APP-5 Title (#30)\n\n* APP-5 a\n\n* Revert \"APP-4 Old\"\n\nThis reverts commit ${old:0:10}.\n\n* Reapply \"APP-6\"\n")
alone=$(commit "Back out (#31)\n\n* Revert \"APP-5 a\"\n\nThis reverts commit $listed.\n\n* Revert \"APP-4 Old\"\n")
"$command" import-commits --source git --repository org/squashes --quiet "$work/squashes" 2>"$work/errors"
told() {
    ask "SELECT reverts, (SELECT is_revert FROM jirasync.commit_landing l WHERE l.sha = c.sha),
                ARRAY(SELECT key FROM jirasync.commit_keys k WHERE k.sha = c.sha AND evidence = 'message' ORDER BY key)
         FROM jirasync.commits c WHERE sha = '$1'"
}
check "git's squash is work that takes work back, of the keys of its work" "{Squash,$old}|f|{APP-5}" "$(told "$squash")"
check "and GitHub's" "{Squash,$old}|f|{APP-5}" "$(told "$listed")"
check 'one that lists reverts alone is a revert' "{$listed}|t|{APP-4,APP-5}" "$(told "$alone")"
check 'what was squashed is a revert by itself' "$work_of t" \
    "$(ask "SELECT parents[1], is_revert FROM jirasync.commits JOIN jirasync.commit_landing l USING (tenant, source, repository, sha, message)
            WHERE repository = 'org/squashes' AND message LIKE 'Revert \"APP-4%'" | tr '|' ' ')"

# --- reverts that name pull requests, of which no webhook told: the hosts' words tell which commits those were
git init -q -b main "$work/requests"
cd "$work/requests" || exit 1
commit 'Begin\n' >/dev/null
squash=$(commit 'APP-1 Add the cart (#12)\n')
unsquash=$(commit 'Revert "APP-1 Add the cart (#12)" (#13)\n\nReverts org/requests#12\n')
git checkout -q -b work
commit 'APP-2 Print\n' printed >/dev/null
git checkout -q main
merged=$(merge work -m "Merge branch 'work' into 'main'

Print

See merge request org/requests!20")
unmerged=$(commit 'Revert "Merge branch '"'work' into 'main'"'"\n\nThis reverts merge request !20\n')
git checkout -q -b more
commit 'APP-3 More\n' more >/dev/null
git checkout -q main
pulled=$(merge more -m 'Merge pull request #21 from org/more')
unpulled=$(commit 'Back it out\n\nReverts org/requests#21\n')
foreign=$(commit 'Back it out\n\nReverts org/app#12\n')
unknown=$(commit 'Back it out\n\nReverts org/requests#99\n')
import_requests() { "$command" import-commits --source git --repository org/requests "$@" "$work/requests" 2>"$work/errors"; }
reverts() { ask "SELECT reverts FROM jirasync.commits WHERE repository = 'org/requests' AND sha = '$1'"; }
output=$(import_requests)
check 'a squash is found by its pull request' "{org/requests#12,$squash}" "$(reverts "$unsquash")"
check 'a merge of GitLab' "{!20,$merged}" "$(reverts "$unmerged")"
check 'a merge of GitHub' "{org/requests#21,$pulled}" "$(reverts "$unpulled")"
check 'a pull request of another repository is not looked for here' '{org/app#12}' "$(reverts "$foreign")"
check 'and one that nobody speaks of stays a name' '{org/requests#99}' "$(reverts "$unknown")"
check 'all of it again changes nothing' 'Nothing changed: 0 rows written.' "$(import_requests | sed -n 2p)"
twice=$(commit 'Revert "x (#12)"\n')
check 'also what is new finds what is old' 'org/requests: 1 commits read, 1 new, 0 changed' "$(import_requests --since "$unknown" | sed -n '1s/;.*//p')"
check 'by its number' "{#12,$squash}" "$(reverts "$twice")"
ask "INSERT INTO jirasync.pull_requests (tenant, source, repository, number, title, keys, merge_sha)
     VALUES ('main', 'git', 'org/requests', 12, 'x', '{}', '$merged')" >/dev/null
import_requests --quiet
check 'what a webhook told of it goes before' '{org/requests#12}' "$(reverts "$unsquash")"

# --- what the names of branches have that looks like a key and is none: nothing is known of SHOP
git branch late/NAME-07/7NAME-8
git tag NAME-09
git branch -f shop-1
import_requests --quiet
refused() {
    ask "SELECT name, candidate, reason, sha = '$twice' FROM jirasync.refused_names WHERE repository = 'org/requests' ORDER BY candidate"
}
check 'a branch shows it with its newest commit, a tag does not' \
    'late/NAME-07/7NAME-8|NAME-07|leading_zero|t late/NAME-07/7NAME-8|NAME-8|touches_left|t shop-1|SHOP-1|unknown_project|t' "$(refused)"
check 'by prefix, too' "NAME|leading_zero|1|$twice NAME|touches_left|1|$twice" \
    "$(ask "SELECT prefix, reason, commits, example_sha FROM jirasync.refused_issue_keys WHERE prefix = 'NAME' ORDER BY 2")"
ask "UPDATE jirasync.refs SET imported_refused = '{too_long:NAME-1}' WHERE repository = 'org/requests'" >/dev/null
import_requests --quiet
check 'what is wrong is replaced by what the name has' \
    'late/NAME-07/7NAME-8|NAME-07|leading_zero|t late/NAME-07/7NAME-8|NAME-8|touches_left|t shop-1|SHOP-1|unknown_project|t' "$(refused)"
git branch -q -D late/NAME-07/7NAME-8
import_requests --quiet
check 'it goes with the branch' 'shop-1|SHOP-1|unknown_project|t' "$(refused)"

# --- a clone that does not say which branch is its host's default one
import_clone() { "$command" import-commits --source git --repository org/clone --quiet "$work/clone" 2>"$work/errors"; }
clone_default() { ask "SELECT ref FROM jirasync.refs WHERE repository = 'org/clone' AND is_default"; }
git clone -q "$work/app" "$work/clone"
git -C "$work/clone" checkout -q -b my-work
import_clone
check 'a clone says what its host has as default, whatever is checked out' "main " "$(clone_default) $(cat "$work/errors")"
git -C "$work/clone" remote set-head origin --delete
import_clone
check 'without that it is the branch that is checked out' my-work "$(clone_default)"
check 'with a warning that says what to do' 1 "$(grep -c '; my-work was taken for it.*git remote set-head origin --auto' "$work/errors")"
git -C "$work/clone" remote set-head origin --auto >/dev/null
import_clone
check 'which helps' "main " "$(clone_default) $(cat "$work/errors")"

# --- branches that are cut from one another: whose name their commits bear
git init -q -b main "$work/stacked"
cd "$work/stacked" || exit 1
import_stacked() { git checkout -q main && "$command" import-commits --source git --repository org/stacked --quiet "$@" "$work/stacked" 2>"$work/errors"; }
borne() { # subjects of commits
    for subject; do
        ask "SELECT '$subject', k.key FROM jirasync.commit_keys k JOIN jirasync.commits c USING (tenant, source, repository, sha)
             WHERE k.repository = 'org/stacked' AND k.evidence = 'branch' AND c.message = '$subject' ORDER BY 2"
    done | grep . | paste -sd ' '
}
start=$(commit 'Begin\n')
git checkout -q -b feature/APP-2
commit 'Below\n' below >/dev/null
git checkout -q -b feature/APP-1
commit 'Above\n' above >/dev/null
import_stacked
check 'a branch that another one was made on has its own commits' 'Below|APP-2 Above|APP-1' "$(borne Below Above)"
git checkout -q feature/APP-2
commit 'Beyond\n' beyond >/dev/null
import_stacked
check 'when it went on, nobody tells: the first by name has what both share' 'Below|APP-1 Above|APP-1 Beyond|APP-2' "$(borne Below Above Beyond)"
git checkout -q main
merge feature/APP-2 >/dev/null
import_stacked --since "$start"
check 'until one of them has landed' 'Below|APP-2 Above|APP-1 Beyond|APP-2' "$(borne Below Above Beyond)"
git checkout -q feature/APP-1
merge main >/dev/null
import_stacked
check 'also when the other one merges that' 'Below|APP-2 Above|APP-1 Beyond|APP-2' "$(borne Below Above Beyond)"
git branch -q -D feature/APP-2
import_stacked
check 'and when that is gone: what it had bears its name by the merge' 'Above|APP-1' "$(borne Below Above Beyond)"
git checkout -q main
git checkout -q -b release/1.0
commit 'Released\n' released >/dev/null
git checkout -q -b hotfix/APP-3
commit 'Hot\n' hot >/dev/null
git checkout -q release/1.0
commit 'After\n' released >/dev/null
import_stacked
check 'a hotfix is cut from a release' 'Hot|APP-3' "$(borne Released Hot After)"

# --- pushes know more, and no import takes that back
psql -Xqd "$PGURI" -v ON_ERROR_STOP=1 -f "$root/tests/support/facts.sql"
ask 'DELETE FROM jirasync.jobs; SELECT jirasync.correlation_rebuild()' >/dev/null
git checkout -q -b feature/APP-5 main
below=$(commit 'Lower\n' five)
git checkout -q -b feature/APP-4
above=$(commit 'Upper\n' four)
git checkout -q feature/APP-5
beyond=$(commit 'Later\n' five)
push() { # hour, ref, before, commits: told and correlated
    hour=$1 ref=$2 before=$3
    shift 3
    commits=$(for sha; do
        git log -1 --format='{"sha": "%H", "parents": ["%P"], "message": "%s", "author": "Ada", "committed_at": "%cI"}' "$sha"
    done | paste -sd ,)
    ask "SELECT facts.git('{\"repository\": \"org/stacked\", \"default_branch\": \"main\", \"changes\": [{\"ref\": \"$ref\",
             \"before\": $before, \"after\": \"${!#}\", \"branch_keys\": [\"${ref#*/}\"], \"commits\": [$commits]}]}', '$ref $hour',
             '2026-03-20 00:00Z'::timestamptz + $hour * interval '1 hour'), facts.settle() IS NULL" >/dev/null
}
push 1 feature/APP-5 null "$below"
push 2 feature/APP-4 null "$above"
push 3 feature/APP-5 "\"$below\"" "$beyond"
check 'pushes tell which branch was made first' 'Lower|APP-5 Upper|APP-4 Later|APP-5' "$(borne Lower Upper Later)"
import_stacked
check 'an import goes by that, whichever name comes first' 'Lower|APP-5 Upper|APP-4 Later|APP-5' "$(borne Lower Upper Later)"
ask 'SELECT facts.settle()' >/dev/null
check 'and the correlation after it' 'Lower|APP-5 Upper|APP-4 Later|APP-5' "$(borne Lower Upper Later)"
git checkout -q main
merge "$below" -m 'Bring the first of it' >/dev/null
import_stacked
check 'also of what is merged in parts' 'Lower|APP-5 Upper|APP-4 Later|APP-5' "$(borne Lower Upper Later)"
ask 'SELECT facts.settle()' >/dev/null
check 'of which a rebuild changes nothing' 0 "$(ask 'SELECT jirasync.correlation_rebuild()')"
