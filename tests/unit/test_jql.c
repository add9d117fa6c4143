/* JQL from parts: the text that is made, literals of every kind, what is refused; hostile literals stay literals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "jql.h"
#include "support/fixture.h"

static struct error error;

static void expect(const struct jql *jql, const char *expected)
{
    const char *text;
    if (jql_text(jql, &text, &error) != ERROR_NONE)
        fail_msg("%s", error.message);
    assert_string_equal(text, expected);
}

static void expect_problem(const struct jql *jql, const char *problem)
{
    const char *text;
    assert_int_equal(jql_text(jql, &text, &error), ERROR_INPUT);
    if (strstr(error.message, problem) == NULL)
        fail_msg("%s, not %s", error.message, problem);
    assert_null(text);
}

static void conditions_hold_together(void **state)
{
    static const char *const projects[] = {"APP", "LIB"};
    const int64_t ids[] = {10001, INT64_MAX};
    struct jql *jql = jql_new();
    (void)state;
    expect(jql, "");
    jql_equals(jql, JQL_PROJECT, "APP");
    expect(jql, "project = \"APP\"");
    jql_in(jql, JQL_PROJECT, projects, 2);
    jql_ids_in(jql, ids, 2);
    jql_order(jql, JQL_UPDATED, false);
    expect(jql, "project = \"APP\" AND project in (\"APP\", \"LIB\") AND id in (10001, 9223372036854775807) "
                "ORDER BY updated ASC");
    jql_free(jql);
}

static void an_order_may_stand_alone(void **state)
{
    struct jql *jql = jql_new();
    (void)state;
    jql_order(jql, JQL_ID, true);
    expect(jql, "ORDER BY id DESC");
    jql_free(jql);
}

static void a_time_is_a_minute_of_the_askers_zone(void **state)
{
    static const struct {
        const char *at;
        int zone_minutes;
        const char *expected;
    } rows[] = {
        {"2026-11-24T04:12:59.999Z", 0, "updated >= \"2026-11-24 04:12\""},
        {"2026-11-24T04:12:00.000Z", -420, "updated >= \"2026-11-23 21:12\""},
        {"2026-12-31T23:59:00.000Z", 345, "updated >= \"2027-01-01 05:44\""},
        {"1970-01-01T00:00:00.000Z", -1, "updated >= \"1969-12-31 23:59\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        instant at;
        struct jql *jql = jql_new();
        assert_true(instant_parse(rows[i].at, strlen(rows[i].at), &at));
        jql_since(jql, JQL_UPDATED, at, rows[i].zone_minutes);
        expect(jql, rows[i].expected);
        jql_free(jql);
    }
}

static void literals_are_quoted_by_jiras_rules(void **state)
{
    static const char *const rows[][2] = {
        {"APP", "\"APP\""},
        {"and", "\"and\""},
        {"a b", "\"a b\""},
        {"x\" OR project != \"x", "\"x\\\" OR project != \\\"x\""},
        {"x\\", "\"x\\\\\""},
        {"\\\"", "\"\\\\\\\"\""},
        {"a'b", "\"a'b\""},
        {"a\nb\r\tc", "\"a\\u000ab\\u000d\\u0009c\""},
        {"\x01\x7f", "\"\\u0001\\u007f\""},
        {"\xc2\x85", "\"\\u0085\""},
        {"\xef\xbf\xbe\xef\xb7\x90", "\"\\ufffe\\ufdd0\""},
        {"\xe4\xbf\xae\xf0\x9f\x98\x80", "\"\xe4\xbf\xae\xf0\x9f\x98\x80\""},
        {"%", "\"%\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct jql *jql = jql_new();
        char expected[256];
        snprintf(expected, sizeof expected, "project = %s", rows[i][1]);
        jql_equals(jql, JQL_PROJECT, rows[i][0]);
        expect(jql, expected);
        jql_free(jql);
    }
}

static void what_is_no_literal_is_refused(void **state)
{
    static const char *const literals[] = {"", "\xff", "a\xc3", "\xed\xa0\x80"};
    (void)state;
    for (size_t i = 0; i < sizeof literals / sizeof *literals; i++) {
        struct jql *jql = jql_new();
        jql_equals(jql, JQL_PROJECT, literals[i]);
        jql_equals(jql, JQL_PROJECT, "APP"); /* a fault stays */
        expect_problem(jql, "a literal is");
        jql_free(jql);
    }
}

static void lists_and_ids_have_to_make_sense(void **state)
{
    const int64_t ids[] = {1, 0};
    struct jql *jql = jql_new();
    (void)state;
    jql_ids_in(jql, ids, 0);
    expect_problem(jql, "empty");
    jql_free(jql);
    jql = jql_new();
    jql_in(jql, JQL_PROJECT, NULL, 0);
    expect_problem(jql, "empty");
    jql_free(jql);
    jql = jql_new();
    jql_ids_in(jql, ids, 2);
    expect_problem(jql, "below 1");
    jql_free(jql);
}

static void a_written_condition_stays_one(void **state)
{
    static const char *const good[] = {"project = APP OR labels in (a, b)", "summary ~ \"a ) order by (\"", "text ~ 'it\\'s )'",
                                       "sortOrder = 1", "reorder = 2", "\"order\" = 3", "cf[10] = \"\\\"\""};
    static const char *const bad[][2] = {
        {"", "empty"},
        {"  \n", "empty"},
        {"a = 1) OR (b = 2", "not open"},
        {"(a = 1", "not closed"},
        {"a = \"b", "quote"},
        {"a = 'b\\'", "quote"},
        {"a = 1 order by id", "ORDER"},
        {"a = 1 OrDeR  by id", "ORDER"},
        {"a = (1)order by id", "ORDER"},
        {"a = \\", "backslash"},
        {"a = \xff", "UTF-8"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct jql *jql = jql_new();
        char expected[256];
        jql_equals(jql, JQL_PROJECT, "A");
        jql_condition(jql, good[i]);
        jql_equals(jql, JQL_PROJECT, "B");
        snprintf(expected, sizeof expected, "project = \"A\" AND (%s) AND project = \"B\"", good[i]);
        expect(jql, expected);
        jql_free(jql);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct jql *jql = jql_new();
        jql_condition(jql, bad[i][0]);
        expect_problem(jql, bad[i][1]);
        jql_free(jql);
    }
}

static void the_order_comes_once_and_last(void **state)
{
    struct jql *jql = jql_new();
    (void)state;
    jql_order(jql, JQL_ID, false);
    jql_equals(jql, JQL_PROJECT, "A");
    expect_problem(jql, "order");
    jql_free(jql);
    jql = jql_new();
    jql_order(jql, JQL_ID, false);
    jql_order(jql, JQL_ID, false);
    expect_problem(jql, "twice");
    jql_free(jql);
}

/* Reads a quoted literal as Jira's lexer does: what it stood for, or false when it is none or something follows it. */
static bool unquote(const char *text, char *out)
{
    if (*text++ != '"')
        return false;
    for (; *text != '"'; text++) {
        unsigned code;
        if ((unsigned char)*text < ' ')
            return false; /* the end, too */
        if (*text != '\\') {
            *out++ = *text;
        } else if (*++text == 'u' && sscanf(text + 1, "%4x", &code) == 1) {
            text += 4;
            if (code < 0x80) {
                *out++ = (char)code;
            } else if (code < 0x800) {
                *out++ = (char)(0xc0 | code >> 6);
                *out++ = (char)(0x80 | (code & 0x3f));
            } else {
                *out++ = (char)(0xe0 | code >> 12);
                *out++ = (char)(0x80 | (code >> 6 & 0x3f));
                *out++ = (char)(0x80 | (code & 0x3f));
            }
        } else if (*text == '"' || *text == '\\') {
            *out++ = *text;
        } else {
            return false;
        }
    }
    *out = '\0';
    return text[1] == '\0';
}

static void random_literals_come_out_as_they_went_in(void **state)
{
    static const char *const pieces[] = {"\"", "\\", "\\\"", "\n", ") OR (", "'", "\\u0022", "a", "\xc3\xa9", "\xef\xbf\xbf",
                                         "\xf0\x9f\x98\x80", "\x7f", " order by ", "\xe2\x80\xa8"};
    uint64_t random = fixture_seed();
    (void)state;
    for (int i = 0; i < 20000; i++) {
        char literal[256] = "", back[512];
        struct jql *jql = jql_new();
        const char *text;
        for (uint32_t left = fixture_random(&random, 12) + 1; left > 0; left--)
            strncat(literal, pieces[fixture_random(&random, sizeof pieces / sizeof *pieces)], 20);
        jql_equals(jql, JQL_PROJECT, literal);
        assert_int_equal(jql_text(jql, &text, &error), ERROR_NONE);
        if (!unquote(text + strlen("project = "), back) || strcmp(back, literal) != 0)
            fail_msg("%s became %s", literal, text);
        jql_free(jql);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_hold_together),
        cmocka_unit_test(an_order_may_stand_alone),
        cmocka_unit_test(a_time_is_a_minute_of_the_askers_zone),
        cmocka_unit_test(literals_are_quoted_by_jiras_rules),
        cmocka_unit_test(what_is_no_literal_is_refused),
        cmocka_unit_test(lists_and_ids_have_to_make_sense),
        cmocka_unit_test(a_written_condition_stays_one),
        cmocka_unit_test(the_order_comes_once_and_last),
        cmocka_unit_test(random_literals_come_out_as_they_went_in),
    };
    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
