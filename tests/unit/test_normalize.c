/* Deliveries against their expected normal forms, and the bodies that have none. UPDATE=1 writes the expected files. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "normalize.h"
#include "support/fixture.h"

static const struct normalize_options options = {.epic_link_field = "customfield_10008"};
static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    normalize_init();
    arena = arena_new(8 << 20);
    return arena == NULL ? -1 : 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static int reset_arena(void **state)
{
    (void)state;
    arena_reset(arena);
    return 0;
}

static struct normal_form *normalized(const char *body)
{
    struct normal_form *form = NULL;
    struct error error = {0};

    if (normalize_jira(body, strlen(body), &options, arena, &form, &error) != ERROR_NONE)
        fail_msg("%s: %s: %s", body, error_name(error.code), error.message);
    return form;
}

static void write_expected(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

/* Says on which line two texts part. */
static void show_difference(const char *path, const char *expected, const char *got)
{
    int line = 1;

    while (*expected == *got && *expected != '\0')
        line += *expected++ == *got++ && expected[-1] == '\n';
    print_error("%s, line %d: expected \"%.60s\", got \"%.60s\"\n", path, line, expected, got);
}

static bool fixture_differs(const char *path)
{
    char expected_path[PATH_MAX];
    size_t length = 0;
    char *body = fixture_read(path, &length), *expected, *printed;
    struct normal_form *form;
    struct error error = {0};
    bool differs = true;

    if (normalize_jira(body, length, &options, arena, &form, &error) != ERROR_NONE) {
        print_error("%s: %s: %s\n", path, error_name(error.code), error.message);
        free(body);
        return true;
    }
    printed = normalize_print(form);
    assert_non_null(printed);
    fixture_expected_path(path, expected_path, sizeof expected_path);
    if (getenv("UPDATE") != NULL)
        write_expected(expected_path, printed);
    expected = fixture_read(expected_path, NULL);
    if (expected == NULL)
        print_error("%s is missing\n", expected_path);
    else if (strcmp(expected, printed) != 0)
        show_difference(expected_path, expected, printed);
    else
        differs = false;
    free(expected);
    free(printed);
    free(body);
    arena_reset(arena);
    return differs;
}

static void deliveries_have_the_expected_normal_forms(void **state)
{
    glob_t deliveries = fixture_deliveries();
    int different = 0;

    (void)state;
    for (size_t i = 0; i < deliveries.gl_pathc; i++)
        different += fixture_differs(deliveries.gl_pathv[i]);
    assert_true(deliveries.gl_pathc >= 90);
    globfree(&deliveries);
    assert_int_equal(different, 0);
}

static void refuses_with_a_code_and_the_place(void **state)
{
    static const struct {
        const char *body;
        enum error_code code;
        const char *message; /* a part of it */
    } rows[] = {
        {"", ERROR_EMPTY_BODY, "Exclude body"},
        {" \r\n\t", ERROR_EMPTY_BODY, "Exclude body"},
        {"\xEF\xBB\xBF{\"webhookEvent\": \"x\"}", ERROR_INVALID_JSON, "byte order mark"},
        {"{\"webhookEvent\": \"x\"", ERROR_INVALID_JSON, "not well-formed"},
        {"{\"webhookEvent\": \"x\", \"a\": {}", ERROR_INVALID_JSON, "not well-formed"},
        {"{\"a\": [[1], []]", ERROR_INVALID_JSON, "not well-formed"},
        {"{\"webhookEvent\": \"x\"}}", ERROR_INVALID_JSON, "goes on after its JSON value, at byte 21"},
        {"{\"webhookEvent\": \"x\"} {}", ERROR_INVALID_JSON, "goes on after"},
        {"{'webhookEvent': 'x'}", ERROR_INVALID_JSON, "near byte"},
        {"payload=%7B%7D", ERROR_INVALID_JSON, "near byte 0"},
        {"[]", ERROR_NOT_AN_OBJECT, "not an object"},
        {"\"text\"", ERROR_NOT_AN_OBJECT, "not an object"},
        {"null", ERROR_NOT_AN_OBJECT, "not an object"},
        {"{}", ERROR_NO_IDENTITY, "the body is {}: a test body"},
        {" { } ", ERROR_NO_IDENTITY, "the body is {}: a test body"},
        {"{\"test\": true}", ERROR_NO_IDENTITY, "neither webhookEvent nor issue"},
        {"{\"comment\": \"\", \"transition\": {}}", ERROR_NO_IDENTITY, "neither webhookEvent nor issue"},
        {"{\"timestamp\": 1, \"issue\": null}", ERROR_NO_IDENTITY, "neither"},
        {"{\"webhookEvent\": null}", ERROR_NO_IDENTITY, "neither"},
        {"{\"webhookEvent\": \"\"}", ERROR_NO_IDENTITY, "neither"},
        {"{\"webhookEvent\": 5}", ERROR_WRONG_TYPE, "webhookEvent is not a string"},
        {"{\"webhookEvent\": {\"issue\": {}}, \"issue\": {\"id\": 1}}", ERROR_WRONG_TYPE, "webhookEvent"},
        {"{\"webhookEvent\": \"jira:issue_updated\"}", ERROR_NO_IDENTITY, "issue is missing"},
        {"{\"webhookEvent\": \"jira:issue_deleted\", "
         "\"issue\": null}",
         ERROR_NO_IDENTITY, "issue is missing"},
        {"{\"webhookEvent\": \"jira:issue_created\", "
         "\"issue\": {\"key\": \"A-1\"}}",
         ERROR_NO_IDENTITY, "issue.id"},
        {"{\"issue\": {\"id\": null}}", ERROR_NO_IDENTITY, "issue.id is missing"},
        {"{\"issue\": []}", ERROR_WRONG_TYPE, "issue is not an object"},
        {"{\"issue\": \"A-1\"}", ERROR_WRONG_TYPE, "issue is not an object"},
        {"{\"issue\": {\"id\": \"A-1\"}}", ERROR_WRONG_TYPE, "issue.id is not"},
        {"{\"issue\": {\"id\": \"\"}}", ERROR_WRONG_TYPE, "issue.id is not"},
        {"{\"issue\": {\"id\": 9007199254740993}}", ERROR_WRONG_TYPE, "issue.id is not"},
        {"{\"issue\": {\"id\": 1.5}}", ERROR_WRONG_TYPE, "issue.id is not"},
        {"{\"issue\": {\"id\": 0}}", ERROR_WRONG_TYPE, "issue.id is not"},
        {"{\"issue\": {\"id\": \"9223372036854775808\"}}", ERROR_WRONG_TYPE, "issue.id is not"},
        {"{\"issue\": {\"id\": 1, \"key\": 1}}", ERROR_WRONG_TYPE, "issue.key is not a string"},
        {"{\"issue\": {\"id\": 1, \"fields\": []}}", ERROR_WRONG_TYPE, "issue.fields is not an object"},
        {"{\"issue\": {\"id\": 1, \"fields\": {\"project\": {\"id\": \"x\"}}}}", ERROR_WRONG_TYPE,
         "issue.fields.project.id is not"},
        {"{\"issue\": {\"id\": 1, \"fields\": {\"project\": {\"key\": []}}}}", ERROR_WRONG_TYPE,
         "issue.fields.project.key is not"},
        {"{\"issue\": {\"id\": 1, \"fields\": {\"parent\": {\"id\": {}}}}}", ERROR_WRONG_TYPE,
         "issue.fields.parent.id is not"},
        {"{\"issue\": {\"id\": 1, \"fields\": {\"parent\": {\"key\": 7}}}}", ERROR_WRONG_TYPE,
         "issue.fields.parent.key is not"},
        {"{\"issue\": {\"id\": 1, \"fields\": {\"fixVersions\": [{\"id\": 1}, "
         "{\"id\": -1}]}}}",
         ERROR_WRONG_TYPE,
         "issue.fields.fixVersions[].id is not"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct normal_form *form = NULL;
        struct error error = {0};
        enum error_code code = normalize_jira(rows[i].body, strlen(rows[i].body), &options, arena, &form, &error);

        if (code != rows[i].code || error.code != code || strstr(error.message, rows[i].message) == NULL)
            fail_msg("%s: %s: %s", rows[i].body, error_name(code), error.message);
        assert_null(form);
        assert_true(error_is_quarantined(code));
    }
}

static void refuses_a_raw_nul_byte(void **state)
{
    static const char body[] = "{\"webhookEvent\": \"x\0y\"}", after[] = "{\"webhookEvent\": \"x\"}\0";
    struct normal_form *form;
    struct error error;

    (void)state;
    assert_int_equal(normalize_jira(body, sizeof body - 1, NULL, arena, &form, &error), ERROR_INVALID_JSON);
    assert_int_equal(normalize_jira(after, sizeof after - 1, NULL, arena, &form, &error), ERROR_INVALID_JSON);
    assert_non_null(strstr(error.message, "NUL"));
}

static void names_of_other_events_are_kept_up_to_255_bytes(void **state)
{
    char body[1024] = "{\"webhookEvent\": \"", name[600] = "";

    (void)state;
    assert_string_equal(normalized("{\"webhookEvent\": \"jira:issue_archived\", \"issue\": 5}")->event,
                        "jira:issue_archived");
    assert_int_equal(normalized("{\"webhookEvent\": \"JIRA:ISSUE_UPDATED\"}")->kind, NORMAL_IGNORED);
    for (int i = 0; i < 200; i++)
        strcat(name, "\xC3\xA9"); /* 2 bytes each: the 255th is the first half of one */
    strcat(strcat(body, name), "\"}");
    assert_int_equal(strlen(normalized(body)->event), 254);
    assert_memory_equal(normalized(body)->event, name, 254);
    body[0] = '\0';
    name[255] = '\0';
    name[253] = name[254] = 'x';
    name[252] = 'x';
    strcat(strcat(strcat(body, "{\"webhookEvent\": \""), name), "\"}");
    assert_string_equal(normalized(body)->event, name);
}

static void white_space_around_the_body_is_no_matter(void **state)
{
    (void)state;
    assert_string_equal(normalized("\r\n {\"webhookEvent\": \"x\", \"a\": [ { } ] } \n\t ")->event, "x");
    assert_string_equal(normalized("{\"webhookEvent\":\"x\",\"a\":{\"b\":[[],[1,\"]}\"]]}}")->event, "x");
}

static void storable_is_the_body_with_as_many_bytes(void **state)
{
    const char *body = "{\"webhookEvent\": \"a\\u0000\", \"\\uD800\": \"\\\\u0000\"}";
    struct normal_form *form = normalized(body);

    (void)state;
    assert_int_equal(form->altered, 2);
    assert_int_equal(form->storable_length, strlen(body));
    assert_string_equal(form->storable, "{\"webhookEvent\": \"a\\ufffd\", \"\\ufffd\": \"\\\\u0000\"}");
    assert_string_equal(form->event, "a\xEF\xBF\xBD");
    form = normalized("{\"webhookEvent\": \"x\", \"a\": \"\\\\u0000\"}");
    assert_int_equal(form->altered, 0);
    assert_null(form->storable);
}

static void epic_links_need_the_field_to_be_named(void **state)
{
    const char *body = "{\"issue\": {\"id\": 1, \"fields\": {\"customfield_10008\": \"CORE-2\"}}}";
    struct normal_form *form;
    struct error error;

    (void)state;
    assert_string_equal(normalized(body)->issue.parent_key, "CORE-2");
    assert_int_equal(normalize_jira(body, strlen(body), &(struct normalize_options){0}, arena, &form, &error), 0);
    assert_null(form->issue.parent_key);
    assert_int_equal(normalize_jira(body, strlen(body), NULL, arena, &form, &error), 0);
    assert_null(form->issue.parent_key);
}

static void whole_needs_summary_status_type_and_project(void **state)
{
    static const struct {
        const char *fields;
        bool is_whole;
    } rows[] = {
        {"\"summary\": \"\", \"status\": {}, \"issuetype\": {}, \"project\": {}", true},
        {"\"status\": {}, \"issuetype\": {}, \"project\": {}", false},
        {"\"summary\": \"s\", \"issuetype\": {}, \"project\": {}", false},
        {"\"summary\": \"s\", \"status\": {}, \"project\": {}", false},
        {"\"summary\": \"s\", \"status\": {}, \"issuetype\": {}", false},
        {"\"summary\": null, \"status\": {}, \"issuetype\": {}, \"project\": {}", false},
        {"\"summary\": \"s\", \"status\": {}, \"issuetype\": {}, \"project\": null", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char body[256];

        snprintf(body, sizeof body, "{\"issue\": {\"id\": 1, \"fields\": {%s}}}", rows[i].fields);
        if (normalized(body)->issue.is_whole != rows[i].is_whole)
            fail_msg("%s", body);
    }
}

static void parents_are_not_mixed_with_epic_links(void **state)
{
    const struct normal_issue *issue =
        &normalized("{\"issue\": {\"id\": 1, \"fields\": {\"parent\": {\"id\": 2}, "
                    "\"customfield_10008\": \"E-1\"}}}")
             ->issue;

    (void)state;
    assert_int_equal(issue->parent_id, 2);
    assert_null(issue->parent_key);
    issue = &normalized("{\"issue\": {\"id\": 1, \"fields\": {\"parent\": {}, "
                        "\"customfield_10008\": \"E-1\"}}}")
                 ->issue;
    assert_true(issue->parent_id == NORMALIZE_NO_ID);
    assert_string_equal(issue->parent_key, "E-1");
}

static void changelog_items_are_told_by_field_id_then_by_name(void **state)
{
    static const struct {
        const char *item, *old_key;
        int64_t added, removed; /* 0: none */
    } rows[] = {
        {"\"field\": \"Key\", \"fieldtype\": \"jira\", \"fromString\": \"A-1\", "
         "\"toString\": \"B-1\"",
         "A-1", 0, 0},
        {"\"field\": \"key\", \"fieldtype\": \"JIRA\", \"fromString\": \"A-1\"", "A-1", 0, 0},
        {"\"field\": \"Key\", \"fieldtype\": \"custom\", \"fromString\": \"A-1\", "
         "\"toString\": \"B-1\"",
         NULL, 0, 0},
        {"\"field\": \"Key\", \"fromString\": \"A-1\", \"toString\": \"B-1\"", NULL, 0, 0},
        {"\"field\": \"Key\", \"fieldtype\": \"jira\", \"fromString\": null", NULL, 0, 0},
        {"\"field\": \"Cl\u00e9\", \"fieldtype\": \"jira\", \"fromString\": \"A-1\", "
         "\"toString\": \"B-1\"",
         "A-1", 0, 0},
        {"\"field\": \"Cl\u00e9\", \"fieldtype\": \"jira\", \"fromString\": \"A-1\", "
         "\"toString\": \"B-2\"",
         NULL, 0, 0},
        {"\"field\": \"Summary\", \"fieldtype\": \"jira\", \"fieldId\": \"summary\", "
         "\"fromString\": \"A-1\", \"toString\": \"B-1\"",
         NULL, 0, 0},
        {"\"field\": \"x\", \"fieldtype\": \"jira\", \"fieldId\": \"fixVersions\", \"from\": \"8\", "
         "\"to\": \"9\"",
         NULL, 9, 8},
        {"\"field\": \"Fix Version\", \"fieldtype\": \"jira\", \"fieldId\": \"versions\", "
         "\"to\": \"9\"",
         NULL, 0, 0},
        {"\"field\": \"fix version\", \"fieldtype\": \"jira\", \"from\": 8", NULL, 0, 8},
        {"\"field\": \"Fix Version\", \"fieldtype\": \"custom\", \"to\": \"9\"", NULL, 0, 0},
        {"\"field\": \"Version\", \"fieldtype\": \"jira\", \"to\": \"9\"", NULL, 0, 0},
        {"\"fieldId\": \"fixVersions\", \"from\": \"\", \"to\": \"8, 9\"", NULL, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char body[512];
        const struct normal_issue *issue;

        snprintf(body, sizeof body, "{\"issue\": {\"id\": 1, \"key\": \"B-1\"}, "
                                    "\"changelog\": {\"items\": [{%s}]}}",
                 rows[i].item);
        issue = &normalized(body)->issue;
        if (issue->old_key_count != (rows[i].old_key != NULL) || issue->added_count != (rows[i].added != 0) ||
            issue->removed_count != (rows[i].removed != 0))
            fail_msg("%s", body);
        if (rows[i].old_key != NULL)
            assert_string_equal(issue->old_keys[0], rows[i].old_key);
        if (rows[i].added != 0)
            assert_int_equal(issue->added[0].id, rows[i].added);
        if (rows[i].removed != 0)
            assert_int_equal(issue->removed[0].id, rows[i].removed);
    }
}

static void issues_of_a_search_page_are_imports(void **state)
{
    const char *body =
        "{\"expand\": \"names\", \"id\": \"20451\", \"key\": \"BILL-7\", "
        "\"fields\": {\"summary\": \"s\", \"status\": {},"
        " \"issuetype\": {\"name\": \"EPIC\"}, \"project\": {\"id\": \"10021\"}, \"fixVersions\": null},"
        " \"changelog\": {\"histories\": [{\"id\": \"1\", \"items\": [{\"field\": \"Key\", "
        "\"fieldtype\": \"jira\","
        " \"fromString\": \"PAY-1\", \"toString\": \"OLD-1\"}]}, {\"items\": {}}, 5, "
        "{\"items\": [{\"field\": \"Ключ\","
        " \"fieldtype\": \"jira\", \"fromString\": \"OLD-1\", \"toString\": \"BILL-7\"}, "
        "{\"field\": \"Fix Version\","
        " \"fieldId\": \"fixVersions\", \"to\": \"1\"}]}]}}";
    struct normal_form *form;
    struct error error;

    (void)state;
    assert_int_equal(normalize_jira_issue(body, strlen(body), &options, arena, &form, &error), ERROR_NONE);
    assert_int_equal(form->kind, NORMAL_ISSUE);
    assert_string_equal(form->event, "import");
    assert_true(form->event_at == INSTANT_NONE);
    assert_int_equal(form->issue.issue_id, 20451);
    assert_int_equal(form->issue.hierarchy_level, 1);
    assert_true(form->issue.is_whole);
    assert_true(form->issue.has_fix_versions);
    assert_false(form->issue.is_delete);
    assert_int_equal(form->issue.old_key_count, 2);
    assert_string_equal(form->issue.old_keys[0], "PAY-1");
    assert_string_equal(form->issue.old_keys[1], "OLD-1");
    assert_int_equal(form->issue.added_count, 0);
    assert_int_equal(normalize_jira_issue("{}", 2, &options, arena, &form, &error), ERROR_NO_IDENTITY);
    assert_string_equal(error.message, "id is missing");
}

static void same_body_has_the_same_form_in_any_arena(void **state)
{
    glob_t deliveries = fixture_deliveries();
    struct arena *other = arena_new(8 << 20);

    (void)state;
    assert_non_null(other);
    for (size_t i = 0; i < deliveries.gl_pathc; i++) {
        size_t length = 0;
        char *body = fixture_read(deliveries.gl_pathv[i], &length), *once, *again;
        struct normal_form *first, *second;
        struct error error;

        assert_int_equal(normalize_jira(body, length, &options, arena, &first, &error), ERROR_NONE);
        assert_int_equal(normalize_jira(body, length, &options, other, &second, &error), ERROR_NONE);
        once = normalize_print(first);
        again = normalize_print(second);
        assert_string_equal(once, again);
        free(once);
        free(again);
        free(body);
        arena_reset(arena);
    }
    arena_free(other);
    globfree(&deliveries);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(deliveries_have_the_expected_normal_forms, reset_arena),
        cmocka_unit_test_teardown(refuses_with_a_code_and_the_place, reset_arena),
        cmocka_unit_test_teardown(refuses_a_raw_nul_byte, reset_arena),
        cmocka_unit_test_teardown(names_of_other_events_are_kept_up_to_255_bytes, reset_arena),
        cmocka_unit_test_teardown(white_space_around_the_body_is_no_matter, reset_arena),
        cmocka_unit_test_teardown(storable_is_the_body_with_as_many_bytes, reset_arena),
        cmocka_unit_test_teardown(epic_links_need_the_field_to_be_named, reset_arena),
        cmocka_unit_test_teardown(whole_needs_summary_status_type_and_project, reset_arena),
        cmocka_unit_test_teardown(parents_are_not_mixed_with_epic_links, reset_arena),
        cmocka_unit_test_teardown(changelog_items_are_told_by_field_id_then_by_name, reset_arena),
        cmocka_unit_test_teardown(issues_of_a_search_page_are_imports, reset_arena),
        cmocka_unit_test_teardown(same_body_has_the_same_form_in_any_arena, reset_arena),
    };

    if (argc > 1 && *argv[1] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
