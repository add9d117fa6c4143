/* GitHub's deliveries: the expected normal forms, and bodies that are refused. */
#include "support/git_host.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define NONE "0000000000000000000000000000000000000000"
#define REPOSITORY "\"repository\":{\"full_name\":\"org/app\"}"
#define PUSH_OF(before, after, more) \
    "{\"ref\":\"refs/heads/main\",\"before\":" before ",\"after\":" after "," REPOSITORY more "}"
#define PUSH(more) PUSH_OF("\"" SHA_A "\"", "\"" SHA_B "\"", more)
#define PULL(more) "{\"pull_request\":{\"number\":4" more "}," REPOSITORY "}"

static void deliveries_have_the_expected_normal_forms(void **state)
{
    (void)state;
    git_host_has_the_expected_forms(SOURCE_GITHUB, 19);
}

static void refuses_what_tells_nothing_of_use(void **state)
{
    static const struct git_host_refusal rows[] = {
        {"push", "", ERROR_EMPTY_BODY, "the body is empty"},
        {"push", "payload=%7B%7D", ERROR_INVALID_JSON, "near byte 0"},
        {"push", "[]", ERROR_NOT_AN_OBJECT, "not an object"},
        {"star", "{", ERROR_INVALID_JSON, "near byte"},
        {"push", "{}", ERROR_NO_IDENTITY, "names no repository"},
        {"push", "{\"ref\":\"refs/heads/main\",\"repository\":null}", ERROR_NO_IDENTITY, "names no repository"},
        {"push", "{\"repository\":{\"full_name\":\"\"}}", ERROR_NO_IDENTITY, "names no repository"},
        {"push", "{\"repository\":{\"full_name\":5,\"name\":\"app\"}}", ERROR_NO_IDENTITY, "names no repository"},
        {"push", "{\"repository\":\"org/app\"}", ERROR_NO_IDENTITY, "names no repository"},
        {"push", "{" REPOSITORY "}", ERROR_WRONG_TYPE, "ref is not the full name of a ref"},
        {"push", "{\"ref\":\"main\"," REPOSITORY "}", ERROR_WRONG_TYPE, "ref is not the full name of a ref"},
        {"push", "{\"ref\":\"refs/heads/\"," REPOSITORY "}", ERROR_WRONG_TYPE, "ref is not the full name of a ref"},
        {"push", "{\"ref\":[]," REPOSITORY "}", ERROR_WRONG_TYPE, "ref is not the full name of a ref"},
        {"push", PUSH_OF("null", "\"" SHA_B "\"", ""), ERROR_WRONG_TYPE, "before is not a hash"},
        {"push", PUSH_OF("\"" SHA_A "\"", "null", ""), ERROR_WRONG_TYPE, "after is not a hash"},
        {"push", PUSH_OF("\"" NONE "\"", "\"" NONE "\"", ""), ERROR_WRONG_TYPE, "after is not a hash"},
        {"push", PUSH_OF("\"abc\"", "\"" SHA_B "\"", ""), ERROR_WRONG_TYPE, "before is not a hash of 40 or 64 hex digits"},
        {"push", PUSH_OF("\"" SHA_A "a\"", "\"" SHA_B "\"", ""), ERROR_WRONG_TYPE, "before is not a hash of 40 or 64"},
        {"push", PUSH_OF("7", "\"" SHA_B "\"", ""), ERROR_WRONG_TYPE, "before is not a hash"},
        {"push", PUSH(",\"commits\":{}"), ERROR_WRONG_TYPE, "commits is not an array"},
        {"push", PUSH(",\"commits\":[7]"), ERROR_WRONG_TYPE, "commits[0] is not an object"},
        {"push", PUSH(",\"commits\":[{\"id\":\"" SHA_B "\"},{}]"), ERROR_WRONG_TYPE, "commits[1].id is not the hash"},
        {"push", PUSH(",\"commits\":[{\"id\":\"" NONE "\"}]"), ERROR_WRONG_TYPE, "commits[0].id is not the hash"},
        {"pull_request", "{" REPOSITORY "}", ERROR_WRONG_TYPE, "pull_request.number is not a positive whole number"},
        {"pull_request", "{\"pull_request\":[]," REPOSITORY "}", ERROR_WRONG_TYPE, "pull_request.number"},
        {"pull_request", "{\"pull_request\":{\"number\":1.5}," REPOSITORY "}", ERROR_WRONG_TYPE, "pull_request.number"},
        {"pull_request", PULL(",\"head\":{\"sha\":\"main\"}"), ERROR_WRONG_TYPE, "pull_request.head.sha is not a hash"},
        {"pull_request", PULL(",\"merged\":true,\"merge_commit_sha\":[]"), ERROR_WRONG_TYPE, "merge_commit_sha is not a hash"},
        {"create", "{\"ref_type\":\"branch\"," REPOSITORY "}", ERROR_WRONG_TYPE, "ref is not the name"},
        {"delete", "{\"ref_type\":\"tag\",\"ref\":\"\"," REPOSITORY "}", ERROR_WRONG_TYPE, "ref is not the name"},
        {"create", "{\"ref_type\":\"branch\",\"ref\":\"main\"}", ERROR_NO_IDENTITY, "names no repository"},
    };

    (void)state;
    git_host_refuses(SOURCE_GITHUB, rows, sizeof rows / sizeof *rows);
}

static void what_is_only_shown_may_have_any_type(void **state)
{
    const struct normal_form *form = git_host_form(SOURCE_GITHUB, "push",
                                                   PUSH(",\"forced\":\"yes\",\"base_ref\":[],\"head_commit\":7,\"commits\":[{\"id\":\"" SHA_B "\",\"message\":null,"
                                                        "\"timestamp\":{},\"author\":\"Dana\",\"committer\":[],\"distinct\":null}]"));
    const struct normal_commit *commit = form->git->changes[0].commits;

    (void)state;
    assert_int_equal(form->git->changes[0].commit_count, 1);
    assert_false(form->git->changes[0].is_forced);
    assert_null(form->git->changes[0].base_ref);
    assert_string_equal(commit->message, "");
    assert_null(commit->author);
    assert_true(commit->committed_at == INSTANT_NONE);
    assert_false(commit->is_known_elsewhere);
}

static void pull_request_of_odd_parts_keeps_its_number(void **state)
{
    const struct normal_form *form = git_host_form(SOURCE_GITHUB, "pull_request",
                                                   PULL(",\"title\":5,\"state\":\"parked\",\"user\":null,\"head\":[],\"base\":\"main\",\"updated_at\":\"soon\""));
    const struct normal_pull_request *request = form->git->pull_request;

    (void)state;
    assert_true(request->number == 4);
    assert_null(request->title);
    assert_null(request->state);
    assert_null(request->author);
    assert_null(request->head_sha);
    assert_null(request->source_branch);
    assert_int_equal(request->key_count, 0);
    assert_true(request->updated_at == INSTANT_NONE);
}

/* A push of so many commits. */
static const char *push_of_commits(int count)
{
    size_t size = 200 + (size_t)count * 60, length = 0;
    char *list = arena_alloc(git_host_arena, size);

    assert_non_null(list);
    list[0] = '\0';
    for (int i = 0; i < count; i++)
        length += (size_t)snprintf(list + length, size - length, "%s{\"id\":\"%040x\"}", i == 0 ? "" : ",", i + 1);
    return git_host_body(PUSH(",\"commits\":[%s]"), list);
}

static void push_of_the_most_commits_may_lack_some(void **state)
{
    (void)state;
    assert_true(git_host_form(SOURCE_GITHUB, "push", push_of_commits(2047))->git->changes[0].is_whole);
    assert_false(git_host_form(SOURCE_GITHUB, "push", push_of_commits(2048))->git->changes[0].is_whole);
    assert_false(git_host_form(SOURCE_GITHUB, "push", PUSH(""))->git->changes[0].is_whole);
    assert_true(git_host_form(SOURCE_GITHUB, "push", PUSH(",\"commits\":[]"))->git->changes[0].is_whole);
}

/* What it is on came with an earlier push; where that is missing, so is more than this commit: it stays a gap. */
static void branch_on_a_commit_of_old_lists_nothing(void **state)
{
    const struct normal_form *form = git_host_form(SOURCE_GITHUB, "push",
                                                   PUSH_OF("\"" NONE "\"", "\"" SHA_B "\"",
                                                           ",\"created\":true,\"commits\":[],\"head_commit\":{\"id\":\"" SHA_B "\",\"distinct\":true,"
                                                           "\"message\":\"APP-1 Add the cart\"}"));

    (void)state;
    assert_string_equal(form->git->changes[0].after, SHA_B);
    assert_int_equal(form->git->changes[0].commit_count, 0);
    assert_true(form->git->changes[0].is_whole);
}

static void only_the_event_decides(void **state)
{
    static const char *const others[] = {"pull_request_review", "PUSH", "push ", "check_run", "", NULL};

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const struct normal_form *form = git_host_form(SOURCE_GITHUB, others[i], PUSH(",\"commits\":[]"));

        assert_int_equal(form->kind, NORMAL_IGNORED);
        assert_string_equal(form->event, others[i] == NULL || *others[i] == '\0' ? "unknown" : others[i]);
        assert_null(form->git);
        assert_null(form->git_json);
    }
    assert_int_equal(git_host_form(SOURCE_GITHUB, "create", "{\"ref_type\":\"repository\"}")->kind, NORMAL_IGNORED);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(deliveries_have_the_expected_normal_forms, git_host_reset),
        cmocka_unit_test_setup(refuses_what_tells_nothing_of_use, git_host_reset),
        cmocka_unit_test_setup(what_is_only_shown_may_have_any_type, git_host_reset),
        cmocka_unit_test_setup(pull_request_of_odd_parts_keeps_its_number, git_host_reset),
        cmocka_unit_test_setup(push_of_the_most_commits_may_lack_some, git_host_reset),
        cmocka_unit_test_setup(branch_on_a_commit_of_old_lists_nothing, git_host_reset),
        cmocka_unit_test_setup(only_the_event_decides, git_host_reset),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, git_host_open, git_host_close);
}
