#!/bin/bash
# `jirasync report`: each format of a release with all in it, against tests/expected/report*; and what becomes of odd
# texts, empty answers, bad arguments and outputs that fail. UPDATE=1 writes the expected files anew.
set -u
build=${BUILD:-build}
tests/support/build jirasync || exit 1
command=$PWD/$build/jirasync
work=$(mktemp -d "${TEST_TMP:-/tmp}/report.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

check() { # what, expected, got
    if [ "$2" = "$3" ]; then echo "ok $1"; else printf 'not ok %s\n  expected: %s\n  got:      %s\n' "$1" "$2" "$3"; fi
}
sql() { psql -XAtq -v ON_ERROR_STOP=1 -d "$PGURI" "$@"; }
report() { # sets output, status and errors
    status=0
    output=$("$command" report "$@" 2>"$work/errors") || status=$?
    errors=$(paste -sd '|' "$work/errors")
}
read_back() { # words: each format of such a report as its readers read it
    for format in json html csv markdown table; do
        "$command" report "$@" --format "$format" >"$work/read.$format" || echo "not ok report $* --format $format"
        python3 tests/support/read_report.py "$format" "$work/read.$format" "$work/read.json" | sed "s|^\(not \)\{0,1\}ok|& report $* as $format:|"
    done
}
golden() { # name, words: what is printed, but for the time of now, is tests/expected/NAME
    name=$1
    shift
    "$command" report "$@" >"$work/$name.raw" 2>"$work/errors"
    case $name in *.json) python3 -m json.tool --no-ensure-ascii "$work/$name.raw" ;; *) cat "$work/$name.raw" ;; esac |
        sed -E 's/("generated_at": )"[^"]*"/\1"NOW"/; s/[0-9]{4}-[0-9-]{5} [0-9:]{5}, America/NOW, America/' >"$work/$name"
    [ -z "${UPDATE:-}" ] || cp "$work/$name" "tests/expected/$name"
    if diff -u "tests/expected/$name" "$work/$name" >"$work/diff" 2>&1; then echo "ok $name"; else
        echo "not ok $name"; head -n 40 "$work/diff"; fi
}

cat >"$work/sources.conf" <<'CONF'
[source git]
kind = git
[source evil]
kind = jira
tenant = hostile
[source evilgit]
kind = git
tenant = hostile
CONF
printf 'JIRASYNC_WORKER_DATABASE=%s\nJIRASYNC_SOURCES=%s\nJIRA_WEBHOOK_SECRET=not-empty\n' "$PGURI" "$work/sources.conf" >"$work/jirasync.conf"
export JIRASYNC_CONFIG=$work/jirasync.conf

# --- of nothing
report
check 'of an empty mirror the report says so' '0 No version is known.' "$status $output"
read_back
read_back --since 2026-03-01
report --compat
check 'and as a plain matcher has it nothing is matched' \
    '{"matched": [], "missing": [], "orphans": [], "summary": {"total_issues": 0, "total_stories": 0, "total_commits": 0, "stories_with_commits": 0, "stories_without_commits": 0, "orphan_commits": 0, "matched_commits": 0}}' \
    "$(python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)))' <<<"$output")"

# --- a release with all in it
sql -f tests/support/facts.sql -f tests/support/places.sql -f tests/support/release.sql >/dev/null
whole=(--fix-version 1.0 --project APP --since run-2 --range org/app:v1.0-rc1..v1.0 --range git/org/web:main..main)
golden report.txt "${whole[@]}"
golden report.json "${whole[@]}" --format json
golden report.csv "${whole[@]}" --format csv
golden report.markdown "${whole[@]}" --format markdown
golden report.html "${whole[@]}" --format html
golden report_all.txt --since 2026-03-05T11:00:00-07:00 --range org/app:v1.0-rc1..main
golden report_compat.json --compat --project APP
read_back "${whole[@]}"
read_back --since run-1
read_back --range org/app:v1.0-rc1..main

# --- what else tells the same
check 'the counts are those of coverage_by_fix_version' \
    "$(sql -c "SELECT concat_ws(' ', project_key, fix_version, stories, with_commits, without_commits, unmerged, reverted, not_expected, percent)
               FROM jirasync.coverage_by_fix_version WHERE tenant = 'main' ORDER BY project_key, fix_version")" \
    "$(sql -c "SELECT concat_ws(' ', v ->> 'project_key', v ->> 'fix_version', c ->> 'stories', c ->> 'with_commits', c ->> 'without_commits',
                                c ->> 'unmerged', c ->> 'reverted', c ->> 'not_expected', c ->> 'percent')
               FROM json_array_elements(jirasync.report() -> 'versions') v CROSS JOIN LATERAL (SELECT v -> 'coverage' AS c) x
               ORDER BY v ->> 'project_key', v ->> 'fix_version'")"
check 'the stories are those of version_stories' \
    "$(sql -c "SELECT concat_ws(' ', project_key, fix_version, issue_key, state, reason, added_after_freeze)
               FROM jirasync.version_stories WHERE tenant = 'main' ORDER BY 1")" \
    "$(sql -c "SELECT concat_ws(' ', v ->> 'project_key', v ->> 'fix_version', s ->> 'issue_key', s ->> 'state', s ->> 'reason',
                                (s ->> 'is_after_freeze')::boolean)
               FROM json_array_elements(jirasync.report() -> 'versions') v CROSS JOIN json_array_elements(v -> 'stories') s ORDER BY 1")"
check 'the orphans are those of commits_without_story' \
    "$(sql -c "SELECT repository || ' ' || sha || ' ' || reason FROM jirasync.commits_without_story WHERE tenant = 'main' ORDER BY 1")" \
    "$(sql -c "SELECT concat_ws(' ', o ->> 'repository', o ->> 'sha', o ->> 'reason') FROM json_array_elements(jirasync.report() -> 'orphans') o ORDER BY 1")"
check 'tags and branches are those of first_tag and commit_branches' '12 0 0' \
    "$(sql -F ' ' -c "SELECT count(*), count(*) FILTER (WHERE c.tag IS DISTINCT FROM jirasync.first_tag(c.source, c.repository, c.sha)),
                      count(*) FILTER (WHERE c.branches IS DISTINCT FROM (
                          SELECT array_to_string(coalesce(array_agg(b.branch ORDER BY b.branch) FILTER (WHERE b.counted),
                                                          array_agg(b.branch ORDER BY b.branch)), ' ')
                          FROM jirasync.commit_branches(c.source, c.repository, c.sha) b))
               FROM (SELECT DISTINCT c ->> 'source' AS source, c ->> 'repository' AS repository, c ->> 'sha' AS sha, c ->> 'first_tag' AS tag,
                            (SELECT string_agg(b, ' ') FROM jsonb_array_elements_text(c -> 'branches') b) AS branches
                     FROM jsonb_path_query(jirasync.report()::jsonb, '\$.versions[*].stories[*].commits[*]') c) c")"

# --- what strangers write
read_back --tenant hostile
report --tenant hostile --compat
check 'hostile texts do not break the plain form either' 24 \
    "$(python3 -c 'import json, sys; print(json.load(sys.stdin)["summary"]["stories_with_commits"])' <<<"$output")"

check 'a subject is the first line that says something' 'One|Two|none||300' \
    "$(sql -F '|' -c "SELECT jirasync.report_subject(E'One\r\n\r\nmore'), jirasync.report_subject(E'\n\r\n  Two \nmore'),
                      coalesce(jirasync.report_subject(NULL), 'none'), jirasync.report_subject(E'\n \n'), length(jirasync.report_subject(repeat('x', 999)))")"

# --- a story with very many commits
sql >/dev/null <<'SQL'
SELECT facts.issue(500, 'BIG-1', '2026-03-01 00:00Z', '{50}', source => 'evil', tenant => 'hostile');
INSERT INTO jirasync.commits (tenant, source, repository, sha, message, committed_at, landed_at)
SELECT 'hostile', 'evilgit', 'evil/big', lpad(to_hex(n), 40, '0'), 'BIG-1', '2026-03-02', '2026-03-02' FROM generate_series(1, 3000) n;
INSERT INTO jirasync.commit_keys (tenant, source, repository, sha, key, evidence)
SELECT 'hostile', 'evilgit', 'evil/big', lpad(to_hex(n), 40, '0'), 'BIG-1', 'message' FROM generate_series(1, 3000) n;
SELECT jirasync.correlation_rebuild('hostile');
SQL
read_back --tenant hostile --project BIG

# --- on a terminal
on_terminal() { # columns: the widest line without its colours, and how many headings are drawn
    python3 - "$1" "$command" <<'PYTHON'
import fcntl, os, pty, re, struct, sys, termios
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
    os.execv(sys.argv[2], [sys.argv[2], "report", "--fix-version", "1.0", "--project", "APP"])
text = b""
try:
    while part := os.read(terminal, 65536):
        text += part
except OSError:
    pass  # a terminal that is left says so
lines = re.sub(r"\x1b\[[0-9;]*m", "", text.decode()).splitlines()
print(max(map(len, lines)), text.count(b"\x1b[1m"))
PYTHON
}
check 'a table is no wider than a terminal' '80 4' "$(on_terminal 80)"
check 'and not squeezed into a very narrow one' '80 4' "$(on_terminal 40)"
check 'a wide one is used' '146 4' "$(on_terminal 200)"

# --- to a file
report --fix-version 1.1 --format html --output "$work/page.html"
check 'a report goes to a file, and nothing to standard output' '0 </html>' "$status $output$(tail -n 1 "$work/page.html")"
echo before >"$work/kept"
report --fix-version 9 --output "$work/kept"
check 'one that fails leaves the file as it was' '1 before' "$status $(cat "$work/kept")"
chmod 640 "$work/kept" && ln -s kept "$work/kept.link"
report --fix-version 1.1 --format markdown --output "$work/kept.link"
check 'a link leads to the new report, whose rights are those of the old one' '0 640 # Release report' \
    "$status $([ -L "$work/kept.link" ] && stat -c %a "$work/kept") $(head -n 1 "$work/kept")"
report --output "$work/nowhere/page"
check 'a folder that is not there is told' "1 jirasync report: $work/nowhere/page.new: No such file or directory" "$status $errors"
report --fix-version 1.1 --output /dev/stdout
check 'what is no file is written to as it is' '0 VERSION' "$status ${output%% *}"
check 'nothing else is left behind' 'kept kept.link page.html' "$(cd "$work" && echo kept* page*)"
"$command" report >/dev/full 2>"$work/errors"
check 'a full disk is told' '1 jirasync report: standard output: No space left on device' "$? $(cat "$work/errors")"
"$command" report --tenant hostile --format csv 2>"$work/errors" | head -n 1 >/dev/null
check 'a reader that leaves early ends it without a word' '' "$(cat "$work/errors")"
(trap '' PIPE; "$command" report --tenant hostile --format csv 2>"$work/errors"; echo $? >"$work/status") | true
check 'or, where it must not die of that, with an error' '1 jirasync report: standard output: Broken pipe' "$(cat "$work/status") $(cat "$work/errors")"

# --- verdicts for a CI job
report --fix-version 1.1 --fail-under 100
check 'enough coverage passes' 0 "$status"
report --fix-version 1.0 --project APP --fail-under 50.1
check 'too little is told apart, and the report is there' '3 jirasync report: APP 1.0 has 50.0 % covered, less than 50.1 %' \
    "$([ -n "$output" ] && echo "$status") $errors"
report --project APP --fix-version 1.2 --fail-under 100
check 'a version without stories has no share, and passes' 0 "$status"
report --fail-on-orphans --format json
check 'orphans fail where they must not be' '3 jirasync report: 5 commits have no story' "$status $errors"
report --project OPS --fail-on-orphans
check 'those of other projects do not' 0 "$status"

# --- usage
while read -r words; do
    eval "report $words"
    check "report $words is a fault of usage" '2 ' "$status $output"
done <<'WORDS'
1.0
--format xml
--format
--bogus
--range org/app
--range org/app:main
--range org/app:main...v1.0
--range :main..v1.0
--range org/app:..v1.0
--range org/app:main..
--fail-under many
--fail-under 101
--fail-under nan
--compat --format csv
--compat --since run-1
--compat --range org/app:v1.0-rc1..v1.0
--compat --fail-on-orphans
WORDS
while IFS='#' read -r words reason; do
    eval "report $words"
    check "report $words fails, and says why" "1  jirasync report: $reason" "$status $output $errors"
done <<'WORDS'
--fix-version 9#no version is named '9'; near ones: 1.0, 1.1, 1.2
--fix-version 1.1 --project OPS#no version is named '1.1' in project OPS; near ones: 1.0
--fix-version ''#no version is named ''; near ones: 1.0, 1.1, 1.2
--project app#no project has the key 'app'; near ones: APP, OPS
--tenant nobody#no source belongs to a tenant 'nobody'; there are: hostile, main
--since yesterday#'yesterday' is neither an instant nor a finished run
--since run-9#'run-9' is neither an instant nor a finished run
--range org/ap:main..v1.0#no repository is named 'org/ap'; near ones: org/app, org/web
--range org/app:main..v9#org/app has no branch, tag or commit v9 (SQLSTATE P0002)|hint: Near it: v1.0, v1.0-rc1, feature/APP-4, main, release/1.0.
--compat --project app#no project has the key 'app'; near ones: APP, OPS
WORDS
report --fix-version "'; DROP TABLE jirasync.runs; --"
check 'a version is never SQL' "1 3" "$status $(sql -c "SELECT count(*) FROM jirasync.runs WHERE tenant = 'main'")"
report --help
check 'help tells of each option' '0 10' "$status $(grep -cE '^  --(fix-version|project|tenant|range|since|format|output|compat|fail-under|fail-on-orphans) ' <<<"$output")"
sql -c "INSERT INTO jirasync.repositories (tenant, source, repository, knows_branches) VALUES ('main', 'mirror', 'org/app', false)"
report --range org/app:v1.0-rc1..v1.0
check 'a repository that two sources have is asked for' "1 jirasync report: several sources have a repository 'org/app': say which, git/org/app or mirror/org/app" "$status $errors"
report --range git/org/app:v1.0-rc1..v1.0 --format csv
check 'and taken with its source' 4 "$(grep -c ^range, <<<"$output")"
held_against() { # project: of which projects the range's stories are that are said to be in its version
    "$command" report --fix-version 1.0 --project "$1" --range git/org/app:v1.0-rc1..v1.0 --format json | python3 -c 'import json, sys
print(*sorted({f["issue_key"].split("-")[0] for f in json.load(sys.stdin)["ranges"][0]["findings"] if f["finding"] in ("in_both", "after_freeze")}))'
}
check 'it is held against the version of the project that is asked for' 'APP|' "$(held_against APP)|$(held_against OPS)"

# --- a range that may not be exact says so, in each format
sql -c "INSERT INTO jirasync.pushes (tenant, source, repository, ref, kind, delivery_id, change, before, after, listed, total, is_whole, received_at)
        VALUES ('main', 'git', 'org/app', 'main', 'branch', 'cut', 1, facts.sha('before'), facts.sha('cut'), 5, 9, false, now() + interval '1 hour')"
doubted=(--range git/org/app:v1.0-rc1..main)
read_back "${doubted[@]}"
for format in table:'  Approximate: ' markdown:'Approximate: ' html:'<p>Approximate: ' 'csv:range_doubt,' json:; do
    check "as ${format%%:*}" 1 "$("$command" report "${doubted[@]}" --format "${format%%:*}" | grep -c "${format#*:}.*a push to main listed only 5 of its 9 commits")"
done
sql -c "DELETE FROM jirasync.pushes WHERE delivery_id = 'cut'"

# --- what a run did not see yet, though it was received before its end, has changed since
rescoped() {
    sql -c "SELECT string_agg(concat_ws(' ', s ->> 'issue_key', s ->> 'change'), ', ')
            FROM json_array_elements(jirasync.report(p_since_run => '$1') -> 'changes' -> 'scope') s"
}
sql >/dev/null <<'SQL'
SELECT facts.run('before', '2026-03-16 00:00:05Z');
SELECT facts.issue(15, 'APP-15', '2026-03-16 00:00Z', '{12}', '{1.2}', added => '{12}');
UPDATE jirasync.deliveries SET received_at = '2026-03-16 00:00:01Z' WHERE tenant = 'main' AND issue_id = 15 AND received_at > '2026-04-01';
SELECT facts.run('after', '2026-03-16 00:00:09Z');
SQL
check 'scope that waited for its run' 'APP-15 added|' "$(rescoped before)|$(rescoped after)"
sql >/dev/null <<'SQL'
SELECT facts.issue(15, 'APP-15', '2026-03-16 12:00Z', removed => '{12}');
UPDATE jirasync.deliveries SET received_at = '2026-03-16 12:00:01Z' WHERE tenant = 'main' AND issue_id = 15 AND received_at > '2026-04-01';
SELECT facts.run('removed', '2026-03-16 12:00:09Z');
SQL
check 'is told once' 'APP-15 added, APP-15 removed|APP-15 removed|' "$(rescoped before)|$(rescoped after)|$(rescoped removed)"

# --- a sub-task whose parent comes later, or is deleted, is in another state then, and so is its version
kept() { # what story_states and the newest coverage_history of version 1.2 say otherwise than the views
    sql -c "SELECT concat_ws(' ', (SELECT string_agg(concat_ws(' ', i.issue_key, s.state, c.state), ', ' ORDER BY i.issue_key)
                                   FROM jirasync.story_states s JOIN jirasync.issues i USING (tenant, source, issue_id)
                                   LEFT JOIN jirasync.issue_coverage c USING (tenant, source, issue_id)
                                   WHERE s.tenant = 'main' AND s.state IS DISTINCT FROM c.state),
                            (SELECT concat_ws(' ', h.stories, c.stories) FROM jirasync.coverage_by_fix_version c
                             CROSS JOIN LATERAL (SELECT r.stories FROM jirasync.run_coverage r WHERE r.tenant = 'main'
                                                 AND r.fix_version = '1.2' AND r.project_key = 'APP' ORDER BY r.at DESC LIMIT 1) h
                             WHERE c.tenant = 'main' AND c.fix_version = '1.2' AND c.project_key = 'APP' AND h.stories <> c.stories))"
}
sql >/dev/null <<'SQL'
SELECT facts.issue(61, 'APP-61', '2026-03-17 00:00Z', '{12}', type => 'Sub-task', level => -1, parent => 60, parent_key => 'APP-60');
SELECT facts.run('child', '2026-03-17 01:00Z');
SELECT facts.issue(60, 'APP-60', '2026-03-17 02:00Z', '{12}');
SELECT facts.run('parent', '2026-03-17 03:00Z');
SQL
check 'a parent that comes later is kept with its sub-task' '' "$(kept)"
sql -c "SELECT facts.issue_deleted(60, '2026-03-17 04:00Z')" -c "SELECT facts.run('orphaned', '2026-03-17 05:00Z')" >/dev/null
check 'so is one that is deleted' '' "$(kept)"
check 'whose sub-task is missing itself' missing "$(sql -c "SELECT state FROM jirasync.story_states WHERE issue_id = 61")"
sql -c "SELECT facts.issue_deleted(61, '2026-03-17 06:00Z')" -c "SELECT facts.run('none', '2026-03-17 07:00Z')" >/dev/null

# --- a deleted project takes its versions along
gone() { # mark, day: what is said of OPS then
    sql -c "SELECT facts.entity('project', facts.project('OPS')::text, '$2 00:00Z', '{\"key\": \"OPS\"}', p_mark => $1)" -c 'SELECT facts.settle()' >/dev/null
    report --project OPS
}
gone 1 2026-03-18
check 'the report of a deleted project is none' "1 jirasync report: no project has the key 'OPS'; near ones: APP" "$status $errors"
check 'nor are its versions shown' 'APP APP APP' \
    "$(sql -c "SELECT string_agg(v ->> 'project_key', ' ') FROM json_array_elements(jirasync.report() -> 'versions') v")"
check 'in psql neither' 0 "$(sql -c "SELECT count(*) FROM jirasync.coverage_by_fix_version WHERE project_key = 'OPS'")"
gone 2 2026-03-19
check 'a restored one is back' '0 VERSION' "$status ${output%% *}"

# --- a waiver that ends is a change, whether a run has seen it or not
ended() { # stories that changed in the last hour
    sql -c "SELECT string_agg(concat_ws(' ', s ->> 'issue_key', s ->> 'before', s ->> 'after'), ', ')
            FROM json_array_elements(jirasync.report(p_since => now() - interval '1 hour') -> 'changes' -> 'stories') s"
}
check 'nothing has changed in an hour' '' "$(ended)"
sql -c "UPDATE jirasync.issue_waivers SET expires_at = now() - interval '1 minute' WHERE tenant = 'main' AND issue_id = 11"
check 'then a waiver ended' 'APP-11 not_expected missing' "$(ended)"
sql -c "SELECT jirasync.recompute_issue('APP-11')" -c "SELECT facts.run('ended', now() - interval '10 seconds')" >/dev/null
check 'and a run has seen it' '1 APP-11 not_expected missing' "$(sql -c "SELECT count(*) FROM jirasync.run_states WHERE run_id = 'ended'") $(ended)"
sql -c "UPDATE jirasync.issue_waivers SET expires_at = NULL WHERE tenant = 'main' AND issue_id = 11" \
    -c "SELECT jirasync.recompute_issue('APP-11')" -c "SELECT facts.run('renewed', now())" >/dev/null
check 'and it was renewed' '' "$(ended)"

# --- a day is one of America/Phoenix
sql -c "INSERT INTO jirasync.run_coverage (tenant, run_id, source, project_key, fix_version, at, stories, with_commits, without_commits,
                                           unmerged, reverted, not_expected)
        SELECT 'main', 'day-' || at, 'default', 'APP', 'days', at, n, 0, n, 0, 0, 0
        FROM unnest('{2026-04-02 06:59:58Z,2026-04-02 06:59:59.999999Z,2026-04-02 07:00Z,2026-11-02 06:59Z}'::timestamptz[]) WITH ORDINALITY d (at, n)"
check 'it begins at seven UTC, the year round, and ends with its last run' '2026-04-01 2, 2026-04-02 3, 2026-11-01 4' \
    "$(sql -c "SELECT string_agg(day || ' ' || stories, ', ' ORDER BY day) FROM jirasync.coverage_burn_up WHERE fix_version = 'days'")"

# --- a version's history follows its name
changed() { # versions with other figures since run-1
    sql -c "SELECT string_agg(concat_ws(' ', v ->> 'project_key', v ->> 'fix_version', v -> 'before' ->> 'stories', v -> 'after' ->> 'stories'), ', ' ORDER BY v ->> 'fix_version')
            FROM json_array_elements(jirasync.report(p_project => 'APP', p_since_run => 'run-1') -> 'changes' -> 'versions') v"
}
days() { sql -c "SELECT string_agg(concat_ws(' ', project_key, fix_version, day, stories, with_commits), ', ' ORDER BY project_key, day) FROM jirasync.coverage_burn_up WHERE fix_version = '$1'"; }
of_old=$(days 1.1)
check 'there is a history' 'APP 1.0 10 8, APP 1.1 2 2|APP 1.1 2026-03-05 2 0, APP 1.1 2026-03-14 2 2' "$(changed)|$of_old"
told() { sql -c "SELECT facts.entity('version', '$1', '$2', '{\"name\": \"$3\", \"projectId\": 10000}')" -c 'SELECT facts.settle()' >/dev/null; }
told 11 '2026-03-20 00:00Z' '1.1 GA'
check 'a renamed version keeps it' "APP 1.0 10 8, APP 1.1 GA 2 2||${of_old//1.1/1.1 GA}" "$(changed)|$(days 1.1)|$(days '1.1 GA')"
sql -c "SELECT facts.entity('version', '11', '2026-03-21 00:00Z', '{\"name\": \"1.0\", \"projectId\": 10000}'),
               facts.entity('version', '10', '2026-03-21 00:00Z', '{\"name\": \"1.1 GA\", \"projectId\": 10000}')" -c 'SELECT facts.settle()' >/dev/null
check 'two that change their names keep their own' "APP 1.0 2 2, APP 1.1 GA 10 8|${of_old//1.1/1.0}" "$(changed)|$(days 1.0 | sed 's/, OPS.*//')"
check 'and a rebuild finds nothing to do' 0 "$(sql -c 'SELECT jirasync.correlation_rebuild()')"

# --- a cherry-pick and its original are one piece of work, which is out with the first of the two
sql >/dev/null <<'SQL'
SELECT facts.ref('main', 'mend'), facts.ref('release/1.0', 'mended', 'main', 5), facts.ref('v1.0.1', 'mended', 'release/1.0', 11, 'tag');
SELECT facts.placed('mend', 'main', 11, '2026-03-22 09:00Z', '{APP-5}', parents => '{charset}'),
       facts.placed('mended', 'release/1.0', 11, '2026-03-23 09:00Z', '{APP-5}', parents => '{backout}');
SELECT facts.settle();
SQL
first_tags() { # of APP-5: its own, and those of its commits
    sql -c "SELECT concat_ws(' ', coalesce(s ->> 'first_tag', 'none'), (
                SELECT string_agg(concat_ws('-', split_part(c ->> 'subject', ' ', 1), c ->> 'first_tag'), ' ') FROM json_array_elements(s -> 'commits') c))
            FROM json_array_elements(jirasync.report(p_project => 'APP') -> 'versions') v CROSS JOIN json_array_elements(v -> 'stories') s
            WHERE s ->> 'issue_key' = 'APP-5'"
}
check 'two commits are out when both are' 'none mend mended-v1.0.1' "$(first_tags)"
sql -c "UPDATE jirasync.commits SET picked_from = facts.sha('mend') WHERE sha = facts.sha('mended')" \
    -c "SELECT facts.touch('correlate_commit', 'git', 'org/app@' || facts.sha('mended'))" -c 'SELECT facts.settle()' >/dev/null
check 'a pick is out for both' 'v1.0.1 mend mended-v1.0.1' "$(first_tags)"

# --- two projects have a version of one name and its branch in one repository; that branch has taken back what main keeps
# (APP-73), and main what it keeps (APP-74)
sql >/dev/null <<'SQL'
SELECT facts.issue(71, 'APP-71', '2026-03-01 00:00Z', '{70}', '{7.0}'), facts.issue(72, 'OPS-72', '2026-03-01 00:00Z', '{71}', '{7.0}'),
       facts.issue(73, 'APP-73', '2026-03-01 00:00Z'), facts.issue(74, 'APP-74', '2026-03-01 00:00Z'),
       facts.issue(75, 'OPS-75', '2026-03-01 00:00Z', type => 'Sub-task', level => -1, parent => 72, parent_key => 'OPS-72');
SELECT facts.ref('main', 's-main', p_repository => 'org/shared'), facts.ref('release/7.0', 's-release', 'main', 1, p_repository => 'org/shared');
SELECT facts.placed('s1', 'main', 1, '2026-03-20 08:00Z', p_repository => 'org/shared');
SELECT facts.placed(n, 'release/7.0', place, at, keys, ARRAY[parent], p_repository => 'org/shared')
FROM (VALUES ('s71', 2, '2026-03-20 09:00Z', '{APP-71}'::text[], 's1'), ('s72', 3, '2026-03-20 10:00Z', '{OPS-72}', 's71'),
             ('s73', 4, '2026-03-20 11:00Z', '{APP-73}', 's72'), ('s74', 5, '2026-03-20 12:00Z', '{APP-74}', 's73'),
             ('s75', 6, '2026-03-20 12:30Z', '{OPS-75}', 's74'), ('snone', 7, '2026-03-20 12:45Z', '{}', 's75')) p (n, place, at, keys, parent);
SELECT facts.placed(n, 'main', 2, '2026-03-20 13:00Z', on_line => false, p_repository => 'org/shared')
FROM unnest('{s71,s72,s73,s74,s75,snone}'::text[]) n;
SELECT facts.placed('s-merge', 'main', 2, '2026-03-20 13:00Z', parents => '{s1,snone}', p_repository => 'org/shared'),
       facts.placed('s-release', 'release/7.0', 8, '2026-03-20 14:00Z', '{APP-73}', parents => '{snone}', p_repository => 'org/shared',
                    reverts => ARRAY[facts.sha('s73'), facts.sha('snone')]),
       facts.placed('s-main', 'main', 3, '2026-03-20 15:00Z', '{APP-74}', parents => '{s-merge}', p_repository => 'org/shared',
                    reverts => ARRAY[facts.sha('s74')]);
SELECT facts.settle();
SQL
check 'neither that has sneaked in, nor a story of the other version' 'APP APP-74, OPS APP-74' \
    "$(sql -c "SELECT string_agg(concat_ws(' ', v ->> 'project_key', coalesce(s ->> 'issue_key', 'none')), ', ' ORDER BY v ->> 'project_key', s ->> 'issue_key')
               FROM json_array_elements(jirasync.report(p_fix_version => '7.0') -> 'versions') v
               CROSS JOIN json_array_elements(v -> 'sneaked_in') s")"
shared=(--fix-version 7.0 --project APP --range org/shared:main..release/7.0)
check 'a range says what its end has taken back, and holds where its beginning has' \
    "only_in_code APP-74 taken back in main alone|taken_back APP-73 taken back by $(sql -c "SELECT left(facts.sha('s-release'), 12)")" \
    "$("$command" report "${shared[@]}" --format json | python3 -c 'import json, sys
print("|".join(sorted("%(finding)s %(issue_key)s %(note)s" % f for f in json.load(sys.stdin)["ranges"][0]["findings"])))')"
for format in html csv markdown; do
    check "it is there as $format" '1 1' "$("$command" report "${shared[@]}" --format "$format" >"$work/shared"
        echo "$(grep -c 'taken back in main alone' "$work/shared") $(grep -c 'taken back by' "$work/shared")")"
done
read_back "${shared[@]}"
read_back --range org/shared:release/7.0..main
held() { # words: the range's findings, with all that the branch has
    "$command" report --fix-version 7.0 "$@" --range "org/shared:$(sql -c "SELECT facts.sha('s1')")..release/7.0" --format json |
        python3 -c 'import json, sys
print(*sorted("%(finding)s-%(issue_key)s" % f for f in json.load(sys.stdin)["ranges"][0]["findings"]))'
}
check 'a range is held against the version of one project' 'in_both-APP-71 only_in_code-APP-74' "$(held --project APP)"
check 'or of all that have one of the name' 'in_both-APP-71 in_both-OPS-72 in_both-OPS-72 only_in_code-APP-74' "$(held)"

sed -i 's|^JIRASYNC_WORKER_DATABASE=.*|JIRASYNC_WORKER_DATABASE=host=/nonexistent|' "$work/jirasync.conf"
report
check 'without a database it fails' '1 ' "$status $output"
