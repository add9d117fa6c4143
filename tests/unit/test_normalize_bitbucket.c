/* Bitbucket Cloud's deliveries: the expected normal forms, and bodies that are refused. */
#include "support/git_host.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define REPOSITORY "\"repository\":{\"full_name\":\"org/app\"}"
#define SIDE(hash) "{\"type\":\"branch\",\"name\":\"main\",\"target\":{\"hash\":\"" hash "\"}}"
#define PUSH(changes) "{\"push\":{\"changes\":" changes "}," REPOSITORY "}"
#define CHANGE(more) PUSH("[{\"old\":" SIDE(SHA_A) ",\"new\":" SIDE(SHA_B) more "}]")
#define PULL(more) "{\"pullrequest\":{\"id\":4" more "}," REPOSITORY "}"

static void deliveries_have_the_expected_normal_forms(void **state)
{
    (void)state;
    git_host_has_the_expected_forms(SOURCE_BITBUCKET, 13);
}

static void refuses_what_tells_nothing_of_use(void **state)
{
    static const struct git_host_refusal rows[] = {
        {"repo:push", "{}", ERROR_NO_IDENTITY, "names no repository"},
        {"repo:push", "{\"repository\":{\"name\":\"app\"}}", ERROR_NO_IDENTITY, "names no repository"},
        {"repo:push", "{\"repository\":{\"slug\":\"app\",\"project\":{\"key\":\"\"}}}", ERROR_NO_IDENTITY, "names no"},
        {"repo:push", PUSH("{}"), ERROR_WRONG_TYPE, "push.changes is not an array"},
        {"repo:push", PUSH("[null]"), ERROR_WRONG_TYPE, "push.changes[0] is not an object"},
        {"repo:push", PUSH("[{}]"), ERROR_WRONG_TYPE, "push.changes[0].new is not an object, nor is old"},
        {"repo:push", PUSH("[{\"old\":null,\"new\":{\"type\":\"branch\"}}]"), ERROR_WRONG_TYPE, "push.changes[0].name is not"},
        {"repo:push", PUSH("[{\"new\":{\"type\":\"branch\",\"name\":\"a\"}}]"), ERROR_WRONG_TYPE, "[0].new.target.hash is not the"},
        {"repo:push", PUSH("[{\"new\":" SIDE("SECRET") "}]"), ERROR_WRONG_TYPE, "push.changes[0].new.target.hash is not a hash"},
        {"repo:push", PUSH("[{\"old\":" SIDE("bbbbbbbbbbbb") "}]"), ERROR_WRONG_TYPE, "push.changes[0].old.target.hash is not a hash"},
        {"repo:push", CHANGE(",\"commits\":5"), ERROR_WRONG_TYPE, "push.changes[0].commits is not an array"},
        {"repo:push", CHANGE(",\"commits\":[{\"hash\":5}]"), ERROR_WRONG_TYPE, "push.changes[0].commits[0].hash is not a hash"},
        {"pullrequest:created", "{" REPOSITORY "}", ERROR_WRONG_TYPE, "pullrequest.id is not a positive whole number"},
        {"pullrequest:created", "{\"pullrequest\":{\"id\":4}}", ERROR_NO_IDENTITY, "names no repository"},
        {"pullrequest:created", PULL(",\"source\":{\"commit\":{\"hash\":\"abc\"}}"), ERROR_WRONG_TYPE, "source.commit.hash is not a"},
        {"pullrequest:fulfilled", PULL(",\"merge_commit\":{\"hash\":\"xyz1234\"}"), ERROR_WRONG_TYPE, "merge_commit.hash is not a"},
    };

    (void)state;
    git_host_refuses(SOURCE_BITBUCKET, rows, sizeof rows / sizeof *rows);
}

static void commits_are_whole_as_far_as_can_be_known(void **state)
{
    static const struct {
        const char *more;
        bool is_whole;
    } rows[] = {
        {",\"commits\":[],\"truncated\":false", true},
        {",\"commits\":[]", true},
        {",\"commits\":[],\"truncated\":true", false},
        {",\"commits\":null,\"truncated\":false", false},
        {"", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct normal_form *form = git_host_form(SOURCE_BITBUCKET, "repo:push",
                                                       git_host_body(CHANGE("%s"), rows[i].more));

        assert_int_equal(form->git->changes[0].is_whole, rows[i].is_whole);
    }
}

static void parents_are_told_whole_or_not_at_all(void **state)
{
    static const struct {
        const char *parents;
        int count; /* -1: not told */
    } rows[] = {
        {"[]", 0},
        {"[{\"hash\":\"" SHA_A "\"},{\"hash\":\"" SHA_B "\"}]", 2},
        {"[{\"hash\":\"" SHA_A "\"},{\"hash\":\"bbbbbbbbbbbb\"}]", -1},
        {"[{\"hash\":\"0000000000000000000000000000000000000000\"}]", -1},
        {"[7]", -1},
        {"null", -1},
        {"{}", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *body = git_host_body(CHANGE(",\"commits\":[{\"hash\":\"" SHA_B "\",\"parents\":%s}]"), rows[i].parents);
        const struct normal_commit *commit =
            git_host_form(SOURCE_BITBUCKET, "repo:push", body)->git->changes[0].commits;

        assert_int_equal(commit->parents == NULL ? -1 : (int)commit->parent_count, rows[i].count);
    }
}

static void all_events_of_a_pull_request_show_it(void **state)
{
    static const char *const events[] = {"pullrequest:created", "pullrequest:changes_request_removed",
                                         "pullrequest:comment_created", "pullrequest:event_of_tomorrow"};

    (void)state;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        const struct normal_form *form = git_host_form(SOURCE_BITBUCKET, events[i], PULL(",\"state\":\"OPEN\""));

        assert_int_equal(form->kind, NORMAL_GIT);
        assert_string_equal(form->git->pull_request->state, "open");
    }
    assert_int_equal(git_host_form(SOURCE_BITBUCKET, "pullrequest", PULL(""))->kind, NORMAL_IGNORED);
    assert_int_equal(git_host_form(SOURCE_BITBUCKET, NULL, PULL(""))->kind, NORMAL_IGNORED);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(deliveries_have_the_expected_normal_forms, git_host_reset),
        cmocka_unit_test_setup(refuses_what_tells_nothing_of_use, git_host_reset),
        cmocka_unit_test_setup(commits_are_whole_as_far_as_can_be_known, git_host_reset),
        cmocka_unit_test_setup(parents_are_told_whole_or_not_at_all, git_host_reset),
        cmocka_unit_test_setup(all_events_of_a_pull_request_show_it, git_host_reset),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, git_host_open, git_host_close);
}
