/* Calls of Jira's REST: every fault that is known, waiting and giving up, where a site is and who asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/rest_client.h"

#include <pthread.h>

/* A budget that gives no turn for a minute after an error. */
static enum error_code take_after_error(void *context, const char *endpoint, int64_t *wait_ms, const char **why, struct error *problems)
{
    const int *status = context;
    (void)endpoint;
    (void)problems;
    *why = "paused";
    *wait_ms = *status >= 500 ? 60000 : 0;
    return ERROR_NONE;
}

static enum error_code note_status(void *context, const char *endpoint, const struct http_answer *answer, struct error *problems)
{
    int *status = context;
    (void)endpoint;
    (void)problems;
    *status = answer->status;
    return ERROR_NONE;
}

static void an_error_is_told_though_the_next_turn_is_far(void **state)
{
    int status = 0;
    struct source source = site(&cloud, "3");
    const struct rest_options options = {
        .source = &source, .config = &config, .patience_ms = 1000, .budget = {.context = &status, .take = take_after_error, .note = note_status}};
    struct rest *api;
    struct rest_page page;
    (void)state;
    assert_true(rest_page_init(&page, 1 << 20));
    assert_int_equal(rest_new(&options, &api, &error), ERROR_NONE);
    add_fault(&cloud, "[{'path': 'issue', 'status': 500, 'body': 'out of order'}]");
    assert_int_equal(jira_issue_get(api, "APP-1", false, &page, &problem, &error), ERROR_BUSY);
    assert_int_equal(problem.fault, REST_WAIT);
    assert_int_equal(problem.status, 500);
    assert_int_equal(problem.wait_ms, 60000);
    assert_non_null(strstr(error.message, "is answered 500: out of order"));
    /* A turn that is far before anything was sent is no error of the site's. */
    assert_int_equal(jira_issue_get(api, "APP-1", false, &page, &problem, &error), ERROR_BUSY);
    assert_int_equal(problem.status, 0);
    assert_non_null(strstr(error.message, "paused"));
    rest_page_free(&page);
    rest_free(api);
}

static void *cancel_soon(void *context)
{
    usleep(200000);
    atomic_store((atomic_bool *)context, true);
    return NULL;
}

/* Faults after which the same call goes well: once each, in the middle of a list. */
static void passing_faults_cost_nothing_but_time(void **state)
{
    static const char *const faults[] = {
        "[{'path': 'search', 'after': 2, 'status': 429, 'headers': {'Retry-After': '0'}}]",
        "[{'path': 'search', 'after': 2, 'status': 429, 'headers': {'Retry-After': '1'}}]",
        "[{'path': 'search', 'after': 2, 'status': 429, 'headers': {'Retry-After': 'Wed, 21 Oct 2026 07:28:01 GMT',"
        " 'Date': 'Wed, 21 Oct 2026 07:28:00 GMT'}}]",
        "[{'path': 'search', 'after': 2, 'status': 500, 'body': 'oh', 'headers': {'Retry-After': '1'}}]",
        "[{'path': 'search', 'after': 2, 'status': 503, 'headers': {'Retry-After': '1'}}]",
        "[{'path': 'search', 'after': 2, 'slow_ms': 1}]",
        "[{'path': 'search', 'after': 2, 'cut': 100}]",
        "[{'path': 'search', 'after': 2, 'cut': 1500}]",
        "[{'path': 'search', 'after': 2, 'truncate': 5000}]",
        "[{'path': 'search', 'after': 2, 'body': '{\\'issues\\': [{\\'id\\': \\'1\\'}]]'}]",
        "[{'path': 'search', 'after': 2, 'body': '<html>Jira is starting</html>', 'headers': {'Content-Type': 'text/html'}}]",
        "[{'path': 'search', 'after': 2, 'body': ''}]",
    };
    struct source source = site(&cloud, "3");
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct rest *api = api_of(&source);
        no_faults(NULL);
        add_fault(&cloud, faults[i]);
        if (drain_search(api) != 450)
            fail_msg("%s", faults[i]);
        if (rest_requests(api) != (strstr(faults[i], "slow") != NULL ? 5 : 6))
            fail_msg("%s: %" PRId64 " requests", faults[i], rest_requests(api));
        rest_free(api);
    }
}

/* Faults that a waiting caller can't help: told at once, with what they mean. */
static void lasting_faults_are_told_apart(void **state)
{
    static const struct {
        const char *fault;
        enum rest_fault meaning;
        enum error_code code;
        const char *message;
    } rows[] = {
        {"[{'path': 'search', 'status': 400, 'body': '{\\'errorMessages\\':[\\'bad JQL\\']}'}]", REST_WRONG, ERROR_INPUT, "bad JQL"},
        {"[{'path': 'search', 'status': 401}]", REST_REFUSED, ERROR_CONFIG, "api_token"},
        {"[{'path': 'search', 'status': 403}]", REST_REFUSED, ERROR_CONFIG, "permission"},
        {"[{'path': 'search', 'status': 410, 'body': 'gone: CHANGE-2046'}]", REST_ABSENT, ERROR_INPUT, "CHANGE-2046"},
        {"[{'path': 'search', 'times': -1, 'body': '<html>log in</html>'}]", REST_BROKEN, ERROR_IO, "login page"},
        {"[{'path': 'search', 'status': 302, 'headers': {'Location': 'https://sso.example.com/'}}]", REST_BROKEN, ERROR_IO, "302"},
        {"[{'path': 'search', 'body': '{\\'total\\': 3}', 'times': -1}]", REST_BROKEN, ERROR_IO, "no \"issues\""},
    };
    struct source source = site(&cloud, "3");
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rest *api = api_of(&source);
        struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\"", NULL);
        const struct rest_page *page;
        no_faults(NULL);
        add_fault(&cloud, rows[i].fault);
        assert_int_equal(jira_list_next(list, &page, &problem, &error), rows[i].code);
        if (problem.fault != rows[i].meaning || strstr(error.message, rows[i].message) == NULL)
            fail_msg("%s: %s, %s", rows[i].fault, rest_fault_name(problem.fault), error.message);
        assert_null(strstr(error.message, "t0ken"));
        assert_null(page);
        jira_list_free(list);
        rest_free(api);
    }
}

static void an_impatient_call_says_how_long_to_wait(void **state)
{
    static const struct {
        const char *fault;
        int64_t least_ms, most_ms;
    } rows[] = {
        {"[{'path': 'search', 'times': -1, 'status': 429, 'headers': {'Retry-After': '1847'}}]", 1847000, 1847000},
        {"[{'path': 'search', 'times': -1, 'status': 503, 'headers': {'Retry-After': 'Wed, 21 Oct 2026 07:30:00 GMT',"
         " 'Date': 'Wed, 21 Oct 2026 07:28:00 GMT'}}]",
         120000, 120000},
        {"[{'path': 'search', 'times': -1, 'status': 429, 'body': '<html>', 'headers': {'Content-Type': 'text/html'}}]", 0, 30000},
        {"[{'path': 'search', 'times': -1, 'cut': 20}]", 0, 30000},
    };
    struct source source = site(&cloud, "3");
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rest *api = api_with(&source, &config, 0, NULL);
        struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\"", NULL);
        const struct rest_page *page;
        no_faults(NULL);
        add_fault(&cloud, rows[i].fault);
        assert_int_equal(jira_list_next(list, &page, &problem, &error), ERROR_BUSY);
        assert_int_equal(problem.fault, REST_WAIT);
        assert_in_range(problem.wait_ms, rows[i].least_ms, rows[i].most_ms);
        no_faults(NULL);
        assert_int_equal(jira_list_next(list, &page, &problem, &error), ERROR_NONE); /* the same page again */
        assert_int_equal(page->count, 100);
        jira_list_free(list);
        rest_free(api);
    }
}

static void a_cancelled_call_stops_waiting(void **state)
{
    atomic_bool cancelled = false;
    pthread_t thread;
    struct source source = site(&cloud, "3");
    struct rest *api = api_with(&source, &config, INT64_C(3600000), &cancelled);
    struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\"", NULL);
    const struct rest_page *page;
    (void)state;
    add_fault(&cloud, "[{'path': 'search', 'times': -1, 'status': 429, 'headers': {'Retry-After': '1800'}}]");
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancelled), 0);
    assert_int_equal(jira_list_next(list, &page, &problem, &error), ERROR_IO);
    assert_int_equal(problem.fault, REST_CANCELLED);
    pthread_join(thread, NULL);
    jira_list_free(list);
    rest_free(api);
}

static void a_source_has_to_say_where_and_who(void **state)
{
    struct source source = site(&cloud, "3");
    const struct rest_options options = {.source = &source, .config = &config};
    struct rest *api;
    (void)state;
    source.api_token = NULL;
    assert_int_equal(rest_new(&options, &api, &error), ERROR_CONFIG);
    assert_non_null(strstr(error.message, "api_token"));
    source.api_token = (char *)"env:NOT_SET";
    assert_int_equal(rest_new(&options, &api, &error), ERROR_SECRET_UNAVAILABLE);
    assert_non_null(strstr(error.message, "NOT_SET"));
    source.oauth_client_id = (char *)"c";
    assert_int_equal(rest_new(&options, &api, &error), ERROR_CONFIG);
    assert_non_null(strstr(error.message, "oauth_client_secret"));
    (void)setenv("TEST_BROKEN", "a\r\nX-B: c", 1);
    source.oauth_client_id = NULL;
    source.api_token = (char *)"env:TEST_BROKEN";
    assert_int_equal(rest_new(&options, &api, &error), ERROR_CONFIG);
    assert_null(strstr(error.message, "X-B"));
    source.base_url = NULL;
    assert_int_equal(rest_new(&options, &api, &error), ERROR_CONFIG);
    assert_non_null(strstr(error.message, "base_url"));
}

static void hosts_of_atlassian_are_cloud(void **state)
{
    static const struct {
        const char *url;
        enum jira_dialect dialect;
        int version;
    } rows[] = {
        {"https://example.atlassian.net", JIRA_CLOUD, 3},
        {"https://EXAMPLE.Atlassian.net:443/", JIRA_CLOUD, 3},
        {"https://api.atlassian.com/ex/jira/1", JIRA_CLOUD, 3},
        {"https://jira.example.com/jira", JIRA_DATA_CENTER, 2},
        {"https://example.atlassian.net.example.com", JIRA_DATA_CENTER, 2},
        {"https://fake-api.atlassian.com", JIRA_DATA_CENTER, 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct source source = site(&cloud, NULL);
        source.base_url = (char *)(uintptr_t)rows[i].url;
        struct rest *api = api_of(&source);
        assert_int_equal(rest_dialect(api), rows[i].dialect);
        assert_int_equal(rest_version(api), rows[i].version);
        rest_free(api);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        EACH(passing_faults_cost_nothing_but_time),
        EACH(lasting_faults_are_told_apart),
        EACH(an_impatient_call_says_how_long_to_wait),
        EACH(an_error_is_told_though_the_next_turn_is_far),
        EACH(a_cancelled_call_stops_waiting),
        EACH(a_source_has_to_say_where_and_who),
        EACH(hosts_of_atlassian_are_cloud),
    };
    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, start_mocks, stop_mocks);
}
