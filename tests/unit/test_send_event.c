/* Made-up bodies: each is read as what it claims to be, at its time, and about its issue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "arena.h"
#include "normalize.h"
#include "send_event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT INT64_C(1795514400123000) /* whole milliseconds, as bodies tell them */
#define ARENA_BYTES (1 << 20)

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

static char *body_of(const char *name, const char *key, instant at)
{
    struct error error = {0};
    char *body;

    if (send_event_body(name, key, at, &body, &error) != ERROR_NONE)
        fail_msg("%s: %s", name, error.message);
    return body;
}

static const struct normal_form *form_of(const char *name, const char *key, instant at)
{
    const struct normalize_options options = {NULL};
    char *body = body_of(name, key, at);
    struct normal_form *form;
    struct error error = {0};

    if (normalize_jira(body, strlen(body), &options, arena, &form, &error) != ERROR_NONE)
        fail_msg("%s: %s in %s", name, error.message, body);
    free(body);
    return form;
}

static void each_body_is_read_as_its_event(void **state)
{
    const char *name;
    size_t count = 0;

    (void)state;
    while ((name = send_event_name(count)) != NULL) {
        const struct normal_form *form = form_of(name, "DEMO-1", AT);

        assert_string_equal(form->event, name);
        assert_true(form->event_at == AT);
        assert_int_equal(form->altered, 0);
        count++;
    }
    assert_true(count > 0);
}

static void issue_events_show_a_whole_issue(void **state)
{
    static const char *const names[] = {"jira:issue_created", "jira:issue_updated", "jira:issue_deleted"};
    int64_t issue_id = 0;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct normal_form *form = form_of(names[i], "TRY-12", AT);

        assert_int_equal(form->kind, NORMAL_ISSUE);
        assert_true(form->issue.is_whole);
        assert_string_equal(form->issue.issue_key, "TRY-12");
        assert_string_equal(form->issue.project_key, "TRY");
        assert_true(form->issue.updated_at == AT);
        assert_int_equal(form->issue.is_delete, i == 2);
        assert_true(i == 0 || form->issue.issue_id == issue_id);
        issue_id = form->issue.issue_id;
    }
}

static void another_key_is_another_issue_of_the_same_project(void **state)
{
    const struct normal_form *one = form_of("jira:issue_created", "TRY-1", AT), *two;

    (void)state;
    two = form_of("jira:issue_created", "TRY-2", AT);
    assert_true(one->issue.issue_id != two->issue.issue_id);
    assert_true(one->issue.project_id == two->issue.project_id);
    assert_true(form_of("jira:issue_created", "OTHER-1", AT)->issue.project_id != one->issue.project_id);
}

static void body_changes_with_its_time_alone(void **state)
{
    char *one = body_of("sprint_started", "DEMO-1", AT), *same = body_of("sprint_started", "DEMO-1", AT);
    char *later = body_of("sprint_started", "DEMO-1", AT + 1000);

    (void)state;
    assert_string_equal(one, same);
    assert_string_not_equal(one, later);
    free(one);
    free(same);
    free(later);
}

static void unknown_event_tells_its_time_and_name(void **state)
{
    char *body = body_of("jira:moon_landed", "DEMO-1", AT);

    (void)state;
    assert_string_equal(body, "{\"timestamp\":1795514400123,\"webhookEvent\":\"jira:moon_landed\"}");
    free(body);
}

static void refuses(const char *name, const char *key, const char *expected)
{
    struct error error = {0};
    char *body;

    assert_int_equal(send_event_body(name, key, AT, &body, &error), ERROR_INPUT);
    assert_null(body);
    assert_non_null(strstr(error.message, expected));
}

static void refuses_what_names_no_event_or_issue(void **state)
{
    (void)state;
    refuses("bodies/missing.json", "DEMO-1", "neither a file nor the name of an event");
    refuses("missing.json", "DEMO-1", "neither a file");
    refuses("", "DEMO-1", "neither a file");
    refuses("a\"b", "DEMO-1", "neither a file");
    refuses("comment_created", "", "no issue key");
    refuses("comment_created", "DEMO", "no issue key");
    refuses("comment_created", "DEMO-1 ", "no issue key");
    refuses("comment_created", "DEMO-1,DEMO-2", "no issue key");
    refuses("comment_created", "DEMO-01", "no issue key");
}

static void key_is_taken_in_either_case(void **state)
{
    (void)state;
    assert_string_equal(form_of("jira:issue_created", "try-7", AT)->issue.issue_key, "TRY-7");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_body_is_read_as_its_event),
        cmocka_unit_test(issue_events_show_a_whole_issue),
        cmocka_unit_test(another_key_is_another_issue_of_the_same_project),
        cmocka_unit_test(body_changes_with_its_time_alone),
        cmocka_unit_test(unknown_event_tells_its_time_and_name),
        cmocka_unit_test(refuses_what_names_no_event_or_issue),
        cmocka_unit_test(key_is_taken_in_either_case),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
