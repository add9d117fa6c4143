/* Reports from a document: what each format makes of texts that could harm. */
#include "report.h"
#include "support/printed.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* A report on one version with one story; each %s is its summary, as JSON has it. */
#define ONE_STORY \
    "{\"generated_at\":\"2026-03-16T09:30:00.000-07:00\",\"project\":null,\"fix_version\":null,\"sites\":[\"jira\"]," \
    "\"summary\":{\"stories\":1,\"with_commits\":1,\"percent\":100},\"orphan_commits\":0,\"changes\":null,\"versions\":" \
    "[{\"source\":\"jira\",\"project_key\":\"APP\",\"fix_version\":\"1.0\",\"coverage\":{\"stories\":1," \
    "\"with_commits\":1,\"percent\":100},\"branches\":[],\"stories\":[{\"issue_key\":\"APP-1\",\"summary\":\"%s\"," \
    "\"state\":\"covered\",\"reason\":\"1 commit landed\",\"repositories\":[\"org/app\"],\"branches\":[\"main\"]," \
    "\"commits\":[{\"repository\":\"org/app\",\"sha\":\"0123456789abcdef0123456789abcdef01234567\",\"subject\":\"s\"," \
    "\"evidence\":[\"message\",\"branch\"],\"landed_at\":\"2026-03-02T02:00:00.000-07:00\",\"counts\":true," \
    "\"branches\":[\"main\"]}]}],\"sneaked_in\":[],\"after_freeze\":[],\"history\":[]}],\"ranges\":[]," \
    "\"not_in_ranges\":[],\"orphans\":[]}"

/* A document printed in a format; free the text. */
static char *print(const char *document, enum report_format format, const struct report_style *style)
{
    struct report *report;
    struct error error = {0};
    struct printed printed;
    assert_int_equal(report_parse(document, &report, &error), ERROR_NONE);
    printed_begin(&printed);
    assert_int_equal(report_print(report, format, printed.out, style, &error), ERROR_NONE);
    (void)printed_end(&printed);
    report_free(report);
    return printed.text;
}

static char *print_summary(const char *summary, enum report_format format)
{
    static const struct report_style style = {.columns = 100};
    char document[8192];
    assert_true((size_t)snprintf(document, sizeof document, ONE_STORY, summary) < sizeof document);
    return print(document, format, &style);
}

struct text_case {
    const char *summary, *shown;
};

static void assert_shown(const struct text_case *cases, size_t count, enum report_format format)
{
    for (size_t i = 0; i < count; i++) {
        char *text = print_summary(cases[i].summary, format);
        if (!strstr(text, cases[i].shown))
            fail_msg("%s is not in %s", cases[i].shown, text);
        free(text);
    }
}

static void formats_have_names(void **state)
{
    (void)state;
    static const char *const names[REPORT_FORMATS] = {"table", "json", "csv", "markdown", "html"};
    enum report_format format;
    for (size_t i = 0; i < REPORT_FORMATS; i++) {
        assert_true(report_format_named(names[i], &format));
        assert_int_equal(format, i);
    }
    assert_false(report_format_named("HTML", &format));
    assert_false(report_format_named("", &format));
}

static void json_is_the_document_as_it_is(void **state)
{
    (void)state;
    char *text = print("{\"n\": 1.50}", REPORT_JSON, NULL);
    assert_string_equal(text, "{\"n\": 1.50}\n");
    free(text);
}

static void html_escapes_what_is_markup(void **state)
{
    (void)state;
    static const struct text_case cases[] = {
        {"<script>alert(1)</script>", "<bdi>&#60;script&#62;alert(1)&#60;/script&#62;</bdi>"},
        {"\\\" onload='x' &amp;", "<bdi>&#34; onload=&#39;x&#39; &#38;amp;</bdi>"},
        {"a\\u001b[m\\u202eb", "<bdi>a<span class=\"hidden\">U+001B</span>[m<span class=\"hidden\">U+202E</span>b</bdi>"},
        {"a\\nb", "<bdi>a b</bdi>"},
        {"\\u0645\\u06cc\\u200c\\u0646", "<bdi>\xd9\x85\xdb\x8c\xe2\x80\x8c\xd9\x86</bdi>"},
    };
    assert_shown(cases, sizeof cases / sizeof cases[0], REPORT_HTML);
}

static void markdown_escapes_what_is_markup(void **state)
{
    (void)state;
    static const struct text_case cases[] = {
        {"a|b", "| a\\|b |"},
        {"a\\\\|b", "| a\\\\\\|b |"}, /* a backslash does not undo the next one */
        {"`c` *d* _e_ [f](g) ~h~ $i$ !j {k}", "| \\`c\\` \\*d\\* \\_e\\_ \\[f\\](g) \\~h\\~ \\$i\\$ \\!j \\{k\\} |"},
        {"<b>&amp;", "| &lt;b&gt;&amp;amp; |"},
        {"@all #12", "| @<!-- -->all #<!-- -->12 |"},
        {"two\\r\\nlines", "| two  lines |"},
        {"\\u001b", "| \\[U+001B\\] |"},
    };
    assert_shown(cases, sizeof cases / sizeof cases[0], REPORT_MARKDOWN);
}

static void csv_quotes_and_makes_no_formula(void **state)
{
    (void)state;
    static const struct text_case cases[] = {
        {"plain", ",plain,"},
        {"a,b", ",\"a,b\","},
        {"say \\\"a\\\"", ",\"say \"\"a\"\"\","},
        {"a\\nb", ",\"a\nb\","},
        {" a", ",\" a\","},
        {"=1+1", ",\"'=1+1\","},
        {"+1", ",\"'+1\","},
        {"-1", ",\"'-1\","},
        {"@a", ",\"'@a\","},
        {"\\t=1", ",\"'\t=1\","},
        {"\\uff1d1", ",\"'\xef\xbc\x9d"
                     "1\","},
        {"1=1", ",1=1,"},
        {"a\\u001bb\\u009b", ",a\xef\xbf\xbd"
                             "b\xef\xbf\xbd,"},
    };
    assert_shown(cases, sizeof cases / sizeof cases[0], REPORT_CSV);
}

static void csv_has_a_row_for_each_thing(void **state)
{
    (void)state;
    char *text = print_summary("x", REPORT_CSV);
    const char *row = strstr(text, "\r\n");
    assert_non_null(row);
    assert_string_equal(row, "\r\nstory,jira,APP,1.0,APP-1,,x,,,,covered,1 commit landed,,false,1,"
                             "2026-03-02T02:00:00.000-07:00,2026-03-02T02:00:00.000-07:00,\"org/app\",\"main\",,"
                             "message branch,\"0123456789abcdef0123456789abcdef01234567\",,\r\n");
    free(text);
}

static void a_table_fits_the_terminal(void **state)
{
    (void)state;
    static const struct report_style narrow = {.columns = 80}, wide = {.columns = 160, .is_terminal = true};
    char document[4096];
    (void)snprintf(document, sizeof document, ONE_STORY, "a summary that is so long that nobody would ever want to read it to its end");
    char *text = print(document, REPORT_TABLE, &narrow);
    for (const char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
        assert_true(end - line <= 80);
    assert_non_null(strstr(text, "nobody...  1 commit landed\n"));
    assert_null(strstr(text, "\033"));
    free(text);
    text = print(document, REPORT_TABLE, &wide);
    assert_non_null(strstr(text, "to read it to its end  1 commit landed\n"));
    assert_non_null(strstr(text, "\033[1mAPP 1.0: 1 of 1 stories are covered, 100.0 %\033[0m\n"));
    assert_non_null(strstr(text, "\xe2\x96\x88")); /* a drawn bar */
    free(text);
}

static void an_odd_document_does_no_harm(void **state)
{
    (void)state;
    static const struct report_style style = {.columns = 100};
    static const char *const documents[] = {
        "{}", "[]", "null", "{\"versions\":[{}],\"ranges\":[{}],\"orphans\":[{}],\"changes\":{},\"not_in_ranges\":[{}]}",
        "{\"versions\":[{\"stories\":[{\"commits\":[{}],\"state\":\"covered\"}],\"history\":[{},{}],\"sneaked_in\":[1],"
        "\"after_freeze\":[null],\"branches\":[{}]}],\"sites\":5,\"changes\":{\"versions\":[{}],\"stories\":[{}],\"scope\":[{}]}}",
        "{\"versions\":{\"a\":1},\"summary\":[],\"orphans\":\"x\"}"};
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++)
        for (enum report_format format = REPORT_TABLE; format < REPORT_FORMATS; format++)
            free(print(documents[i], format, &style));
}

static void what_is_no_document_is_an_error(void **state)
{
    (void)state;
    static const struct report_style style = {.columns = 100};
    struct report *report;
    struct error error = {0};
    assert_int_equal(report_parse("{", &report, &error), ERROR_NONE);
    for (enum report_format format = REPORT_TABLE; format < REPORT_FORMATS; format++)
        if (format != REPORT_JSON)
            assert_int_equal(report_print(report, format, stdout, &style, &error), ERROR_NO_MEMORY);
    report_free(report);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_have_names),
        cmocka_unit_test(json_is_the_document_as_it_is),
        cmocka_unit_test(html_escapes_what_is_markup),
        cmocka_unit_test(markdown_escapes_what_is_markup),
        cmocka_unit_test(csv_quotes_and_makes_no_formula),
        cmocka_unit_test(csv_has_a_row_for_each_thing),
        cmocka_unit_test(a_table_fits_the_terminal),
        cmocka_unit_test(an_odd_document_does_no_harm),
        cmocka_unit_test(what_is_no_document_is_an_error),
    };
    if (argc > 1 && argv[1][0])
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
