/* GitLab's deliveries: the expected normal forms, and bodies that are refused. */
#include "support/git_host.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define PROJECT "\"project\":{\"path_with_namespace\":\"org/sub/app\"}"
#define PUSH(more) "{\"ref\":\"refs/heads/main\",\"before\":\"" SHA_A "\",\"after\":\"" SHA_B "\"," PROJECT more "}"
#define MERGE(more) "{\"object_attributes\":{\"iid\":4" more "}," PROJECT "}"

static void deliveries_have_the_expected_normal_forms(void **state)
{
    (void)state;
    git_host_has_the_expected_forms(SOURCE_GITLAB, 18);
}

static void refuses_what_tells_nothing_of_use(void **state)
{
    static const struct git_host_refusal rows[] = {
        {"Push Hook", "{}", ERROR_NO_IDENTITY, "names no repository"},
        {"Push Hook", "{\"project\":{\"name\":\"app\"}}", ERROR_NO_IDENTITY, "names no repository"},
        {NULL, "{\"object_kind\":\"push\"}", ERROR_NO_IDENTITY, "names no repository"},
        {"Push Hook", "{" PROJECT "}", ERROR_WRONG_TYPE, "ref is not the full name of a ref"},
        {"Push Hook", "{\"ref\":\"refs/heads/main\"," PROJECT "}", ERROR_WRONG_TYPE, "before is not a hash"},
        {"Tag Push Hook", "{\"ref\":\"refs/tags/a\",\"before\":\"abc123\"," PROJECT "}", ERROR_WRONG_TYPE, "before is not a hash"},
        {"Push Hook", PUSH(",\"commits\":{}"), ERROR_WRONG_TYPE, "commits is not an array"},
        {"Push Hook", PUSH(",\"commits\":[{\"id\":null}]"), ERROR_WRONG_TYPE, "commits[0].id is not the hash of a commit"},
        {"Tag Push Hook",
         "{\"ref\":\"refs/tags/a\",\"before\":\"" SHA_A "\",\"after\":\"" SHA_B "\",\"checkout_sha\":1," PROJECT "}",
         ERROR_WRONG_TYPE, "checkout_sha is not a hash"},
        {"Merge Request Hook", "{" PROJECT "}", ERROR_WRONG_TYPE, "object_attributes.iid is not a positive whole number"},
        {"Merge Request Hook", "{\"object_attributes\":{\"iid\":4}}", ERROR_NO_IDENTITY, "names no repository"},
        {"Merge Request Hook", MERGE(",\"last_commit\":{\"id\":\"${sha}\"}"), ERROR_WRONG_TYPE, "last_commit.id is not a hash"},
        {"Merge Request Hook", MERGE(",\"state\":\"merged\",\"merge_commit_sha\":\"\""), ERROR_WRONG_TYPE, "merge_commit_sha is"},
    };

    (void)state;
    git_host_refuses(SOURCE_GITLAB, rows, sizeof rows / sizeof *rows);
}

static void total_is_what_the_host_counts(void **state)
{
    static const struct {
        const char *total;
        int64_t read;
        bool is_whole;
    } rows[] = {
        {"0", 0, true},
        {"1", 1, true},
        {"2", 2, false},
        {"21", 21, false},
        {"-1", NORMALIZE_NO_ID, true},
        {"1.5", NORMALIZE_NO_ID, true},
        {"1e30", NORMALIZE_NO_ID, true},
        {"null", NORMALIZE_NO_ID, true},
        {"[]", NORMALIZE_NO_ID, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *body = git_host_body(PUSH(",\"commits\":[{\"id\":\"" SHA_B "\"}],\"total_commits_count\":%s"), rows[i].total);
        const struct normal_ref_change *change = git_host_form(SOURCE_GITLAB, "Push Hook", body)->git->changes;

        assert_true(change->total == rows[i].read);
        assert_int_equal(change->is_whole, rows[i].is_whole);
    }
    assert_false(git_host_form(SOURCE_GITLAB, "Push Hook", PUSH(""))->git->changes[0].is_whole);
}

static void body_names_the_event_where_no_header_does(void **state)
{
    static const struct {
        const char *header, *object_kind;
        enum normal_kind kind;
        const char *event;
    } rows[] = {
        {NULL, "\"push\"", NORMAL_GIT, "push"},
        {"System Hook", "\"push\"", NORMAL_GIT, "System Hook"},
        {"Push Hook", "\"note\"", NORMAL_GIT, "Push Hook"},
        {"Note Hook", "\"push\"", NORMAL_IGNORED, "Note Hook"},
        {"System Hook", "\"repository_update\"", NORMAL_IGNORED, "System Hook"},
        {NULL, "7", NORMAL_IGNORED, "unknown"},
        {NULL, "\"\"", NORMAL_IGNORED, "unknown"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *body = git_host_body(PUSH(",\"commits\":[],\"object_kind\":%s"), rows[i].object_kind);
        const struct normal_form *form = git_host_form(SOURCE_GITLAB, rows[i].header, body);

        assert_int_equal(form->kind, rows[i].kind);
        assert_string_equal(form->event, rows[i].event);
    }
}

static void name_of_an_event_in_a_body_is_bounded(void **state)
{
    char name[403], body[440];

    (void)state;
    name[0] = 'a';
    for (int i = 0; i < 200; i++)
        memcpy(name + 1 + 2 * i, "\xC3\xA9", 3);
    (void)snprintf(body, sizeof body, "{\"object_kind\":\"%s\"}", name);
    assert_int_equal(strlen(git_host_form(SOURCE_GITLAB, NULL, body)->event), 255);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(deliveries_have_the_expected_normal_forms, git_host_reset),
        cmocka_unit_test_setup(refuses_what_tells_nothing_of_use, git_host_reset),
        cmocka_unit_test_setup(total_is_what_the_host_counts, git_host_reset),
        cmocka_unit_test_setup(body_names_the_event_where_no_header_does, git_host_reset),
        cmocka_unit_test_setup(name_of_an_event_in_a_body_is_bounded, git_host_reset),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, git_host_open, git_host_close);
}
