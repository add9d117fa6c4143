/* Lists and single issues of Jira's REST, in both dialects: every digit, cursors, lists that change while they are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/rest_client.h"

static void each_dialect_lists_all_issues(void **state)
{
    struct source sources[] = {site(&cloud, "3"), site(&server, "2")};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct rest *api = api_of(&sources[i]);
        assert_int_equal(rest_dialect(api), i == 0 ? JIRA_CLOUD : JIRA_DATA_CENTER);
        assert_int_equal(drain_search(api), 450);
        assert_int_equal(rest_requests(api), 5);
        rest_free(api);
    }
}

static void an_issue_keeps_every_digit(void **state)
{
    struct source sources[] = {site(&cloud, "3"), site(&server, "2")};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct rest *api = api_of(&sources[i]);
        struct rest_page page;
        const int64_t ids[] = {10003, 10001, 99999, 10002};
        assert_true(rest_page_init(&page, 1 << 20));
        assert_int_equal(jira_issue_get(api, "APP-1", false, &page, &problem, &error), ERROR_NONE);
        assert_int_equal(page.count, 1);
        assert_int_equal(id_of(&page.items[0]), 10001);
        assert_non_null(memmem(page.items[0].bytes, page.items[0].length, "9223372036854775807", 19));
        assert_int_equal(jira_issue_bulk(api, ids, 4, &page, &problem, &error), ERROR_NONE);
        assert_int_equal(page.count, 3); /* the one that is not there is missing, and no error */
        assert_non_null(memmem(page.items[2].bytes, page.items[2].length, "9223372036854775807", 19));
        assert_int_equal(jira_issue_get(api, "APP-99999", false, &page, &problem, &error), ERROR_INPUT);
        assert_int_equal(problem.fault, REST_ABSENT);
        assert_int_equal(problem.status, 404);
        rest_page_free(&page);
        rest_free(api);
    }
}

static void what_belongs_to_issues_and_projects_is_listed(void **state)
{
    static const struct {
        enum jira_list_kind kind;
        const char *subject;
        int64_t first;
        size_t count;
    } rows[] = {
        {JIRA_PROJECTS, NULL, 10000, 1},
        {JIRA_VERSIONS, "APP", 1000001, 5},
        {JIRA_COMMENTS, "10051", 1005100, 25},
        {JIRA_WORKLOGS, "10061", 1006100, 30},
        {JIRA_COMMENTS, "APP-2", 0, 0},
        {JIRA_CHANGELOGS, "10051", 100510, 3},
    };
    struct source sources[] = {site(&cloud, "3"), site(&server, "2")};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct rest *api = api_of(&sources[i]);
        for (size_t j = 0; j < sizeof rows / sizeof *rows - i; j++) { /* the last one is Cloud's alone */
            struct jira_list *list = list_of(api, rows[j].kind, rows[j].subject, NULL);
            assert_int_equal(drain(list, rows[j].first, rows[j].count + 1), rows[j].count);
            jira_list_free(list);
        }
        rest_free(api);
    }
}

static void data_center_has_no_list_of_changelogs(void **state)
{
    struct source source = site(&server, "2");
    struct rest *api = api_of(&source);
    const struct jira_list_options options = {.kind = JIRA_CHANGELOGS, .subject = "APP-1"};
    struct jira_list *list;
    (void)state;
    assert_int_equal(jira_list_new(api, &options, &list, &error), ERROR_INPUT);
    assert_null(list);
    rest_free(api);
}

static void a_list_goes_on_from_its_cursor(void **state)
{
    struct source sources[] = {site(&cloud, "3"), site(&server, "2")};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct rest *api = api_of(&sources[i]);
        struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\" ORDER BY id ASC", NULL);
        const struct rest_page *page;
        char cursor[4096];
        assert_int_equal(jira_list_next(list, &page, &problem, &error), ERROR_NONE);
        assert_int_equal(page->count, 100);
        snprintf(cursor, sizeof cursor, "%s", jira_list_cursor(list));
        assert_string_not_equal(cursor, "");
        jira_list_free(list);
        list = list_of(api, JIRA_ISSUES, "project = \"APP\" ORDER BY id ASC", cursor);
        assert_int_equal(drain(list, 10101, 350), 350);
        assert_string_equal(jira_list_cursor(list), "");
        jira_list_free(list);
        rest_free(api);
    }
}

static void a_token_of_a_page_that_ended_is_stale(void **state)
{
    struct source source = site(&cloud, "3");
    struct rest *api = api_of(&source);
    struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\"", NULL);
    const struct rest_page *page;
    (void)state;
    assert_int_equal(jira_list_next(list, &page, &problem, &error), ERROR_NONE);
    mock_jira_control(&cloud, "POST", "revoke", "{\"what\": \"pages\"}");
    assert_int_equal(jira_list_next(list, &page, &problem, &error), ERROR_INPUT);
    assert_int_equal(problem.fault, REST_STALE);
    jira_list_free(list);
    rest_free(api);
}

static void a_search_that_turns_in_circles_ends(void **state)
{
    struct source source = site(&cloud, "3");
    struct rest *api = api_of(&source);
    struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\"", NULL);
    const struct rest_page *page;
    (void)state;
    add_fault(&cloud, "[{'path': 'search', 'times': -1, 'status': 200, 'body': '{\\'issues\\':[],\\'nextPageToken\\':\\'again\\',\\'isLast\\':false}'}]");
    assert_int_equal(jira_list_next(list, &page, &problem, &error), ERROR_NONE);
    assert_int_equal(jira_list_next(list, &page, &problem, &error), ERROR_IO);
    assert_int_equal(problem.fault, REST_BROKEN);
    jira_list_free(list);
    rest_free(api);
}

/* Issues of the first page go while the list is read: what moves up is not missed. */
static void nothing_falls_between_pages_that_shift(void **state)
{
    struct mock_jira mock;
    static const char *const dialects[][2] = {{"cloud", "3"}, {"datacenter", "2"}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        mock_jira_start(&mock, "--count", "450", "--dialect", dialects[i][0], NULL);
        struct source source = site(&mock, dialects[i][1]);
        struct rest *api = api_of(&source);
        mock_jira_fault(&mock, "faults", "[{'path': 'search', 'changes': [{'delete': 10001}, {'delete': 10002}, {'delete': 10050}]},"
                                         " {'path': 'search', 'changes': [{'delete': 10003}]}]");
        struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\" ORDER BY id ASC", NULL);
        assert_int_equal(drain(list, 10001, 450), 450); /* all came before they went, or after */
        jira_list_free(list);
        rest_free(api);
        mock_jira_stop(&mock);
    }
}

static void pages_past_the_limit_are_asked_for_in_halves(void **state)
{
    struct config small = config;
    struct source source = site(&cloud, "3");
    (void)state;
    small.http_max_bytes = 40000;
    struct rest *api = api_with(&source, &small, 60000, NULL);
    assert_int_equal(drain_search(api), 450);
    assert_true(rest_requests(api) > 5);
    rest_free(api);
    small.http_max_bytes = 1024;
    api = api_with(&source, &small, 60000, NULL);
    struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\"", NULL);
    const struct rest_page *page;
    assert_int_equal(jira_list_next(list, &page, &problem, &error), ERROR_BODY_TOO_LARGE);
    assert_int_equal(problem.fault, REST_BROKEN);
    jira_list_free(list);
    rest_free(api);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        EACH(each_dialect_lists_all_issues),
        EACH(an_issue_keeps_every_digit),
        EACH(what_belongs_to_issues_and_projects_is_listed),
        EACH(data_center_has_no_list_of_changelogs),
        EACH(a_list_goes_on_from_its_cursor),
        EACH(a_token_of_a_page_that_ended_is_stale),
        EACH(a_search_that_turns_in_circles_ends),
        EACH(nothing_falls_between_pages_that_shift),
        EACH(pages_past_the_limit_are_asked_for_in_halves),
    };
    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, start_mocks, stop_mocks);
}
