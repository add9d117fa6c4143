/* What receiver and replay read a delivery as: by media type, then by the kind of its source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "normalize_delivery.h"

#include <string.h>

#define ARENA_BYTES (1 << 20)
#define BODY "{\"timestamp\":1795514400000,\"webhookEvent\":\"jira:issue_updated\"," \
             "\"issue\":{\"id\":\"7\",\"key\":\"APP-7\",\"fields\":{\"customfield_1\":\"APP-1\"}}}"

static struct arena *arena;

static int make_arena(void **state)
{
    (void)state;
    normalize_init();
    arena = arena_new(ARENA_BYTES);
    return arena == NULL ? -1 : 0;
}

static int free_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static enum error_code reading_of(enum source_kind kind, const char *content_type, const char *event, const char *body,
                                  struct normal_form **form)
{
    struct source source = {.kind = kind, .epic_link_field = (char *)"customfield_1"};
    const struct store_item item = {.source = &source,
                                    .content_type = content_type,
                                    .body = (const unsigned char *)body,
                                    .body_length = strlen(body)};
    struct error error = {0};

    *form = NULL;
    return normalize_delivery(&item, event, arena, form, &error);
}

static enum error_code reading(enum source_kind kind, const char *content_type, const char *event,
                               struct normal_form **form)
{
    return reading_of(kind, content_type, event, BODY, form);
}

static void jira_is_read_with_the_options_of_its_source(void **state)
{
    static const char *const types[] = {NULL, "application/json", "text/plain; charset=UTF-8", ""};
    struct normal_form *form;

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        assert_int_equal(reading(SOURCE_JIRA, types[i], NULL, &form), ERROR_NONE);
        assert_int_equal(form->kind, NORMAL_ISSUE);
        assert_string_equal(form->issue.parent_key, "APP-1");
    }
}

#define PUSH "{\"ref\":\"refs/heads/dev-APP-12\",\"before\":\"0000000000000000000000000000000000000000\"," \
             "\"after\":\"ABCDEF7890abcdef7890abcdef7890abcdef7890\",\"commits\":[]," \
             "\"repository\":{\"full_name\":\"org/app\",\"default_branch\":\"main\"}}"

static void git_host_is_read_with_its_document_made(void **state)
{
    struct normal_form *form;

    (void)state;
    assert_int_equal(reading_of(SOURCE_GITHUB, "application/json", "push", PUSH, &form), ERROR_NONE);
    assert_int_equal(form->kind, NORMAL_GIT);
    assert_string_equal(form->event, "push");
    assert_string_equal(form->git->repository, "org/app");
    assert_string_equal(form->git_json,
                        "{\"repository\":\"org/app\",\"default_branch\":\"main\",\"changes\":[{\"ref\":\"dev-APP-12\","
                        "\"kind\":\"branch\",\"before\":null,\"after\":\"abcdef7890abcdef7890abcdef7890abcdef7890\","
                        "\"peeled\":null,\"is_notice\":false,\"is_forced\":false,\"base_ref\":null,\"total\":null,"
                        "\"is_whole\":true,\"branch_keys\":[\"APP-12\"],\"branch_refused\":[],\"commits\":[]}],\"pull_request\":null}");
    assert_int_equal(form->git_json_length, strlen(form->git_json));
}

static void unread_event_keeps_its_name_and_has_no_document(void **state)
{
    struct normal_form *form;

    (void)state;
    assert_int_equal(reading(SOURCE_GITHUB, "application/json", "star", &form), ERROR_NONE);
    assert_int_equal(form->kind, NORMAL_IGNORED);
    assert_string_equal(form->event, "star");
    assert_true(form->event_at == INSTANT_NONE);
    assert_null(form->git_json);
    assert_int_equal(reading(SOURCE_GITHUB, NULL, NULL, &form), ERROR_NONE);
    assert_string_equal(form->event, "unknown");
}

static void no_body_of_a_git_host_passes_unread(void **state)
{
    static const struct {
        const char *body;
        enum error_code code;
    } rows[] = {
        {"", ERROR_EMPTY_BODY},
        {"push", ERROR_INVALID_JSON},
        {"[]", ERROR_NOT_AN_OBJECT},
        {"{}", ERROR_NO_IDENTITY},
    };
    struct normal_form *form;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(reading_of(SOURCE_GITHUB, "application/json", "push", rows[i].body, &form), rows[i].code);
        assert_null(form);
    }
}

static void forms_are_refused_whoever_sent_them(void **state)
{
    static const char *const types[] = {"application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; a=b",
                                        "multipart/form-data; boundary=x"};
    struct normal_form *form;

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        assert_int_equal(reading(SOURCE_JIRA, types[i], NULL, &form), ERROR_UNSUPPORTED_MEDIA);
        assert_int_equal(reading(SOURCE_GITHUB, types[i], "push", &form), ERROR_UNSUPPORTED_MEDIA);
        assert_null(form);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jira_is_read_with_the_options_of_its_source),
        cmocka_unit_test(git_host_is_read_with_its_document_made),
        cmocka_unit_test(unread_event_keeps_its_name_and_has_no_document),
        cmocka_unit_test(no_body_of_a_git_host_passes_unread),
        cmocka_unit_test(forms_are_refused_whoever_sent_them),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
