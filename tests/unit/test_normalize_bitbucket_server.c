/* Bitbucket Data Center's deliveries: the expected normal forms, and bodies that are refused. */
#include "support/git_host.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define NONE "0000000000000000000000000000000000000000"
#define REPOSITORY "\"repository\":{\"slug\":\"app\",\"project\":{\"key\":\"ORG\"}}"
#define MOVED(ref, to) "{\"ref\":{\"id\":\"" ref "\"},\"fromHash\":\"" SHA_A "\",\"toHash\":\"" to "\"}"
#define REFS(changes, more) "{\"changes\":" changes "," REPOSITORY more "}"
#define PULL(more) "{\"pullRequest\":{\"id\":4,\"toRef\":{" REPOSITORY "}" more "}}"

static void deliveries_have_the_expected_normal_forms(void **state)
{
    (void)state;
    git_host_has_the_expected_forms(SOURCE_BITBUCKET_SERVER, 13);
}

static void refuses_what_tells_nothing_of_use(void **state)
{
    static const struct git_host_refusal rows[] = {
        {"repo:refs_changed", "{}", ERROR_NO_IDENTITY, "names no repository"},
        {"repo:refs_changed", "{\"repository\":{\"slug\":\"app\"}}", ERROR_NO_IDENTITY, "names no repository"},
        {NULL, "{\"eventKey\":\"repo:refs_changed\"}", ERROR_NO_IDENTITY, "names no repository"},
        {"repo:refs_changed", REFS("{}", ""), ERROR_WRONG_TYPE, "changes is not an array"},
        {"repo:refs_changed", REFS("[5]", ""), ERROR_WRONG_TYPE, "changes[0] is not an object"},
        {"repo:refs_changed", REFS("[{}]", ""), ERROR_WRONG_TYPE, "changes[0].ref.id is not the full name of a ref"},
        {"repo:refs_changed", REFS("[{\"ref\":{\"id\":\"main\"}}]", ""), ERROR_WRONG_TYPE, "changes[0].ref.id is not the full"},
        {"repo:refs_changed", REFS("[{\"refId\":\"refs/heads/a\"}]", ""), ERROR_WRONG_TYPE, "changes[0].fromHash is not a hash"},
        {"repo:refs_changed", REFS("[{\"refId\":\"refs/heads/a\",\"fromHash\":\"" NONE "\",\"toHash\":\"" NONE "\"}]", ""),
         ERROR_WRONG_TYPE, "changes[0].toHash is not a hash"},
        {"repo:refs_changed", REFS("[]", ",\"commits\":[[]]"), ERROR_WRONG_TYPE, "commits[0] is not an object"},
        {"pr:opened", "{}", ERROR_NO_IDENTITY, "names no repository"},
        {"pr:opened", "{\"pullRequest\":{\"toRef\":{" REPOSITORY "}}}", ERROR_WRONG_TYPE, "pullRequest.id is not a positive"},
        {"pr:opened", PULL(",\"fromRef\":{\"latestCommit\":\"bbbbbbbbbbbb\"}"), ERROR_WRONG_TYPE, "fromRef.latestCommit is not"},
        {"pr:merged", PULL(",\"state\":\"MERGED\",\"properties\":{\"mergeCommit\":{\"id\":5}}"), ERROR_WRONG_TYPE,
         "mergeCommit.id is not a hash"},
    };

    (void)state;
    git_host_refuses(SOURCE_BITBUCKET_SERVER, rows, sizeof rows / sizeof *rows);
}

static const struct normal_commit *commit_with_times(const char *time)
{
    const char *body = git_host_body(REFS("[" MOVED("refs/heads/main", SHA_B) "]",
                                          ",\"commits\":[{\"id\":\"" SHA_B "\",\"committerTimestamp\":%s}]"),
                                     time);

    return git_host_form(SOURCE_BITBUCKET_SERVER, "repo:refs_changed", body)->git->changes[0].commits;
}

static void times_are_milliseconds_or_text(void **state)
{
    (void)state;
    assert_true(commit_with_times("1795514400123")->committed_at == INT64_C(1795514400123000));
    assert_true(commit_with_times("\"2026-11-24T10:00:00.123Z\"")->committed_at == INT64_C(1795514400123000));
    assert_true(commit_with_times("\"yesterday\"")->committed_at == INSTANT_NONE);
    assert_true(commit_with_times("[]")->committed_at == INSTANT_NONE);
}

static void commits_belong_to_the_change_that_ends_with_them(void **state)
{
    const char *body = REFS("[" MOVED("refs/heads/main", SHA_A) "," MOVED("refs/tags/v1", SHA_B) "," MOVED("refs/heads/next", SHA_B) "]",
                            ",\"commits\":[{\"id\":\"" SHA_B "\"},{\"id\":\"cccccccccccccccccccccccccccccccccccccccc\"}]");
    const struct normal_git *git = git_host_form(SOURCE_BITBUCKET_SERVER, "repo:refs_changed", body)->git;

    (void)state;
    assert_int_equal(git->change_count, 3);
    assert_int_equal(git->changes[0].commit_count, 0);
    assert_false(git->changes[0].is_whole);
    assert_int_equal(git->changes[1].commit_count, 0);
    assert_true(git->changes[1].is_whole);
    assert_int_equal(git->changes[2].commit_count, 2);
    assert_string_equal(git->changes[2].commits[1].sha, SHA_B);
    assert_true(git->changes[2].is_whole);
}

static void commits_of_no_change_are_nobodys(void **state)
{
    const char *body = REFS("[" MOVED("refs/heads/main", SHA_A) "]", ",\"commits\":[{\"id\":\"" SHA_B "\"}]");
    const struct normal_git *git = git_host_form(SOURCE_BITBUCKET_SERVER, "repo:refs_changed", body)->git;

    (void)state;
    assert_int_equal(git->changes[0].commit_count, 0);
    assert_false(git->changes[0].is_whole);
}

static void event_is_the_headers_and_else_the_bodys(void **state)
{
    (void)state;
    assert_string_equal(git_host_form(SOURCE_BITBUCKET_SERVER, NULL, "{\"eventKey\":\"repo:forked\"}")->event, "repo:forked");
    assert_string_equal(git_host_form(SOURCE_BITBUCKET_SERVER, "diagnostics:ping", "{\"eventKey\":\"pr:opened\"}")->event,
                        "diagnostics:ping");
    assert_string_equal(git_host_form(SOURCE_BITBUCKET_SERVER, NULL, "{\"eventKey\":7}")->event, "unknown");
}

static void refs_that_are_neither_branch_nor_tag_are_ignored(void **state)
{
    (void)state;
    assert_int_equal(git_host_form(SOURCE_BITBUCKET_SERVER, "repo:refs_changed",
                                   REFS("[" MOVED("refs/pull-requests/4/from", SHA_B) "]", ""))
                         ->kind,
                     NORMAL_IGNORED);
    assert_int_equal(git_host_form(SOURCE_BITBUCKET_SERVER, "repo:refs_changed", REFS("[]", ""))->kind, NORMAL_IGNORED);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(deliveries_have_the_expected_normal_forms, git_host_reset),
        cmocka_unit_test_setup(refuses_what_tells_nothing_of_use, git_host_reset),
        cmocka_unit_test_setup(times_are_milliseconds_or_text, git_host_reset),
        cmocka_unit_test_setup(commits_belong_to_the_change_that_ends_with_them, git_host_reset),
        cmocka_unit_test_setup(commits_of_no_change_are_nobodys, git_host_reset),
        cmocka_unit_test_setup(event_is_the_headers_and_else_the_bodys, git_host_reset),
        cmocka_unit_test_setup(refs_that_are_neither_branch_nor_tag_are_ignored, git_host_reset),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, git_host_open, git_host_close);
}
