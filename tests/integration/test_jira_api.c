/* Jira's REST client against the mock: dialects, credentials, every fault that is known, lists that change, flat memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "jira_issue.h"
#include "jira_list.h"
#include "jql.h"
#include "json_value.h"
#include "normalize.h"
#include "support/mock_jira.h"

#include <inttypes.h>
#include <pthread.h>
#include <sys/resource.h>

#define SEARCH_CLOUD "POST /rest/api/3/search/jql 200"
#define FLAT_SLACK_KIB 4096 /* buffers that grow to the largest page */

static struct error error;
static struct jira_problem problem;
static struct mock_jira cloud, server;

static const struct config config = {.ca_file = (char *)"", .http_connect_ms = 20000, .http_timeout_ms = 20000, .http_max_bytes = 64 << 20};

/* A source of Cloud's dialect by version 3, of Data Center's by 2; all text borrowed. */
static struct source site(const struct mock_jira *mock, const char *version)
{
    return (struct source){.name = (char *)"site",
                           .kind = SOURCE_JIRA,
                           .base_url = (char *)(uintptr_t)mock->url,
                           .api_version = (char *)(uintptr_t)version,
                           .api_user = (char *)"bot@example.com",
                           .api_token = (char *)"env:TEST_TOKEN"};
}

static struct jira_api *api_with(const struct source *source, const struct config *limits, int64_t patience_ms, const atomic_bool *cancelled)
{
    const struct jira_api_options options = {.source = source, .config = limits, .patience_ms = patience_ms, .cancelled = cancelled};
    struct jira_api *api;
    if (jira_api_new(&options, &api, &error) != ERROR_NONE)
        fail_msg("%s", error.message);
    return api;
}

static struct jira_api *api_of(const struct source *source)
{
    return api_with(source, &config, 60000, NULL);
}

static int start_mocks(void **state)
{
    (void)state;
    normalize_init();
    (void)setenv("TEST_TOKEN", "t0ken", 1);
    mock_jira_start(&cloud, "--count", "450", "--user", "bot@example.com", "--token", "t0ken", "--gzip", NULL);
    mock_jira_start(&server, "--count", "450", "--user", "bot@example.com", "--token", "t0ken", "--dialect", "datacenter", "--context", "/jira",
                    NULL);
    strcat(server.url, "/jira");
    return 0;
}

static int stop_mocks(void **state)
{
    (void)state;
    mock_jira_stop(&cloud);
    mock_jira_stop(&server);
    return 0;
}

/* Its control paths stand at the top, whatever its context. */
static struct mock_jira top_of(const struct mock_jira *mock)
{
    struct mock_jira top = *mock;
    char *context = strstr(top.url, "/jira");
    if (context != NULL)
        *context = '\0';
    return top;
}

static void add_fault(struct mock_jira *mock, const char *json)
{
    struct mock_jira top = top_of(mock);
    mock_jira_fault(&top, "faults", json);
    mock->body = top.body;
}

static int no_faults(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct mock_jira *mock = i == 0 ? &cloud : &server, top = top_of(mock);
        mock_jira_control(&top, "DELETE", "faults", NULL);
        mock_jira_control(&top, "DELETE", "requests", NULL);
        mock->body = top.body;
    }
    return 0;
}

static struct jira_list *list_of(struct jira_api *api, enum jira_list_kind kind, const char *subject, const char *cursor)
{
    static const char *const all[] = {"*all", NULL};
    const struct jira_list_options options = {.kind = kind, .subject = subject, .fields = kind == JIRA_ISSUES ? all : NULL, .cursor = cursor};
    struct jira_list *list;
    if (jira_list_new(api, &options, &list, &error) != ERROR_NONE)
        fail_msg("%s", error.message);
    return list;
}

static int64_t id_of(const struct jira_item *item)
{
    char text[64];
    const char *at = memmem(item->bytes, item->length, "\"id\":", 5);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s", 40, at + 5 + strspn(at + 5, " \""));
    return strtoll(text, NULL, 10);
}

/* Reads a list to its end; how many distinct ids came, counted among those from first on. */
static size_t drain(struct jira_list *list, int64_t first, size_t room)
{
    const struct jira_page *page;
    size_t distinct = 0;
    bool *seen = calloc(room, 1);
    assert_non_null(seen);
    for (;;) {
        if (jira_list_next(list, &page, &problem, &error) != ERROR_NONE)
            fail_msg("%s: %s", jira_fault_name(problem.fault), error.message);
        if (page == NULL)
            break;
        for (size_t i = 0; i < page->count; i++) {
            int64_t id = id_of(&page->items[i]) - first;
            assert_in_range(id, 0, room - 1);
            distinct += !seen[id];
            seen[id] = true;
        }
    }
    free(seen);
    return distinct;
}

static size_t drain_search(struct jira_api *api)
{
    struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\" ORDER BY id ASC", NULL);
    size_t count = drain(list, 10001, 450);
    jira_list_free(list);
    return count;
}

static void each_dialect_lists_all_issues(void **state)
{
    struct source sources[] = {site(&cloud, "3"), site(&server, "2")};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct jira_api *api = api_of(&sources[i]);
        assert_int_equal(jira_api_dialect(api), i == 0 ? JIRA_CLOUD : JIRA_DATA_CENTER);
        assert_int_equal(drain_search(api), 450);
        assert_int_equal(jira_api_requests(api), 5);
        jira_api_free(api);
    }
}

static void an_issue_keeps_every_digit(void **state)
{
    struct source sources[] = {site(&cloud, "3"), site(&server, "2")};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct jira_api *api = api_of(&sources[i]);
        struct jira_page page;
        const int64_t ids[] = {10003, 10001, 99999, 10002};
        assert_true(jira_page_init(&page, 1 << 20));
        assert_int_equal(jira_issue_get(api, "APP-1", false, &page, &problem, &error), ERROR_NONE);
        assert_int_equal(page.count, 1);
        assert_int_equal(id_of(&page.items[0]), 10001);
        assert_non_null(memmem(page.items[0].bytes, page.items[0].length, "9223372036854775807", 19));
        assert_int_equal(jira_issue_bulk(api, ids, 4, &page, &problem, &error), ERROR_NONE);
        assert_int_equal(page.count, 3); /* the one that is not there is missing, and no error */
        assert_non_null(memmem(page.items[2].bytes, page.items[2].length, "9223372036854775807", 19));
        assert_int_equal(jira_issue_get(api, "APP-99999", false, &page, &problem, &error), ERROR_INPUT);
        assert_int_equal(problem.fault, JIRA_ABSENT);
        assert_int_equal(problem.status, 404);
        jira_page_free(&page);
        jira_api_free(api);
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
        struct jira_api *api = api_of(&sources[i]);
        for (size_t j = 0; j < sizeof rows / sizeof *rows - i; j++) { /* the last one is Cloud's alone */
            struct jira_list *list = list_of(api, rows[j].kind, rows[j].subject, NULL);
            assert_int_equal(drain(list, rows[j].first, rows[j].count + 1), rows[j].count);
            jira_list_free(list);
        }
        jira_api_free(api);
    }
}

static void data_center_has_no_list_of_changelogs(void **state)
{
    struct source source = site(&server, "2");
    struct jira_api *api = api_of(&source);
    const struct jira_list_options options = {.kind = JIRA_CHANGELOGS, .subject = "APP-1"};
    struct jira_list *list;
    (void)state;
    assert_int_equal(jira_list_new(api, &options, &list, &error), ERROR_INPUT);
    assert_null(list);
    jira_api_free(api);
}

static void a_list_goes_on_from_its_cursor(void **state)
{
    struct source sources[] = {site(&cloud, "3"), site(&server, "2")};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct jira_api *api = api_of(&sources[i]);
        struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\" ORDER BY id ASC", NULL);
        const struct jira_page *page;
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
        jira_api_free(api);
    }
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
        struct jira_api *api = api_of(&source);
        no_faults(NULL);
        add_fault(&cloud, faults[i]);
        if (drain_search(api) != 450)
            fail_msg("%s", faults[i]);
        if (jira_api_requests(api) != (strstr(faults[i], "slow") != NULL ? 5 : 6))
            fail_msg("%s: %" PRId64 " requests", faults[i], jira_api_requests(api));
        jira_api_free(api);
    }
}

/* Faults that a waiting caller can't help: told at once, with what they mean. */
static void lasting_faults_are_told_apart(void **state)
{
    static const struct {
        const char *fault;
        enum jira_fault meaning;
        enum error_code code;
        const char *message;
    } rows[] = {
        {"[{'path': 'search', 'status': 400, 'body': '{\\'errorMessages\\':[\\'bad JQL\\']}'}]", JIRA_WRONG, ERROR_INPUT, "bad JQL"},
        {"[{'path': 'search', 'status': 401}]", JIRA_REFUSED, ERROR_CONFIG, "api_token"},
        {"[{'path': 'search', 'status': 403}]", JIRA_REFUSED, ERROR_CONFIG, "permission"},
        {"[{'path': 'search', 'status': 410, 'body': 'gone: CHANGE-2046'}]", JIRA_ABSENT, ERROR_INPUT, "CHANGE-2046"},
        {"[{'path': 'search', 'times': -1, 'body': '<html>log in</html>'}]", JIRA_BROKEN, ERROR_IO, "login page"},
        {"[{'path': 'search', 'status': 302, 'headers': {'Location': 'https://sso.example.com/'}}]", JIRA_BROKEN, ERROR_IO, "302"},
        {"[{'path': 'search', 'body': '{\\'total\\': 3}', 'times': -1}]", JIRA_BROKEN, ERROR_IO, "no \"issues\""},
    };
    struct source source = site(&cloud, "3");
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct jira_api *api = api_of(&source);
        struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\"", NULL);
        const struct jira_page *page;
        no_faults(NULL);
        add_fault(&cloud, rows[i].fault);
        assert_int_equal(jira_list_next(list, &page, &problem, &error), rows[i].code);
        if (problem.fault != rows[i].meaning || strstr(error.message, rows[i].message) == NULL)
            fail_msg("%s: %s, %s", rows[i].fault, jira_fault_name(problem.fault), error.message);
        assert_null(strstr(error.message, "t0ken"));
        assert_null(page);
        jira_list_free(list);
        jira_api_free(api);
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
        struct jira_api *api = api_with(&source, &config, 0, NULL);
        struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\"", NULL);
        const struct jira_page *page;
        no_faults(NULL);
        add_fault(&cloud, rows[i].fault);
        assert_int_equal(jira_list_next(list, &page, &problem, &error), ERROR_BUSY);
        assert_int_equal(problem.fault, JIRA_WAIT);
        assert_in_range(problem.wait_ms, rows[i].least_ms, rows[i].most_ms);
        no_faults(NULL);
        assert_int_equal(jira_list_next(list, &page, &problem, &error), ERROR_NONE); /* the same page again */
        assert_int_equal(page->count, 100);
        jira_list_free(list);
        jira_api_free(api);
    }
}

static void *cancel_soon(void *context)
{
    usleep(200000);
    atomic_store((atomic_bool *)context, true);
    return NULL;
}

static void a_cancelled_call_stops_waiting(void **state)
{
    atomic_bool cancelled = false;
    pthread_t thread;
    struct source source = site(&cloud, "3");
    struct jira_api *api = api_with(&source, &config, INT64_C(3600000), &cancelled);
    struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\"", NULL);
    const struct jira_page *page;
    (void)state;
    add_fault(&cloud, "[{'path': 'search', 'times': -1, 'status': 429, 'headers': {'Retry-After': '1800'}}]");
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &cancelled), 0);
    assert_int_equal(jira_list_next(list, &page, &problem, &error), ERROR_IO);
    assert_int_equal(problem.fault, JIRA_CANCELLED);
    pthread_join(thread, NULL);
    jira_list_free(list);
    jira_api_free(api);
}

static void a_token_of_a_page_that_ended_is_stale(void **state)
{
    struct source source = site(&cloud, "3");
    struct jira_api *api = api_of(&source);
    struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\"", NULL);
    const struct jira_page *page;
    (void)state;
    assert_int_equal(jira_list_next(list, &page, &problem, &error), ERROR_NONE);
    mock_jira_control(&cloud, "POST", "revoke", "{\"what\": \"pages\"}");
    assert_int_equal(jira_list_next(list, &page, &problem, &error), ERROR_INPUT);
    assert_int_equal(problem.fault, JIRA_STALE);
    jira_list_free(list);
    jira_api_free(api);
}

static void a_search_that_turns_in_circles_ends(void **state)
{
    struct source source = site(&cloud, "3");
    struct jira_api *api = api_of(&source);
    struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\"", NULL);
    const struct jira_page *page;
    (void)state;
    add_fault(&cloud, "[{'path': 'search', 'times': -1, 'status': 200, 'body': '{\\'issues\\':[],\\'nextPageToken\\':\\'again\\',\\'isLast\\':false}'}]");
    assert_int_equal(jira_list_next(list, &page, &problem, &error), ERROR_NONE);
    assert_int_equal(jira_list_next(list, &page, &problem, &error), ERROR_IO);
    assert_int_equal(problem.fault, JIRA_BROKEN);
    jira_list_free(list);
    jira_api_free(api);
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
        struct jira_api *api = api_of(&source);
        mock_jira_fault(&mock, "faults", "[{'path': 'search', 'changes': [{'delete': 10001}, {'delete': 10002}, {'delete': 10050}]},"
                                         " {'path': 'search', 'changes': [{'delete': 10003}]}]");
        struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\" ORDER BY id ASC", NULL);
        assert_int_equal(drain(list, 10001, 450), 450); /* all came before they went, or after */
        jira_list_free(list);
        jira_api_free(api);
        mock_jira_stop(&mock);
    }
}

static void pages_past_the_limit_are_asked_for_in_halves(void **state)
{
    struct config small = config;
    struct source source = site(&cloud, "3");
    (void)state;
    small.http_max_bytes = 40000;
    struct jira_api *api = api_with(&source, &small, 60000, NULL);
    assert_int_equal(drain_search(api), 450);
    assert_true(jira_api_requests(api) > 5);
    jira_api_free(api);
    small.http_max_bytes = 1024;
    api = api_with(&source, &small, 60000, NULL);
    struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\"", NULL);
    const struct jira_page *page;
    assert_int_equal(jira_list_next(list, &page, &problem, &error), ERROR_BODY_TOO_LARGE);
    assert_int_equal(problem.fault, JIRA_BROKEN);
    jira_list_free(list);
    jira_api_free(api);
}

static void a_personal_token_is_a_bearer(void **state)
{
    struct mock_jira mock;
    mock_jira_start(&mock, "--count", "3", "--dialect", "datacenter", "--bearer", "t0ken", NULL);
    struct source source = site(&mock, "2");
    source.api_user = NULL;
    struct jira_api *api = api_of(&source);
    struct jira_page page;
    (void)state;
    assert_true(jira_page_init(&page, 1 << 20));
    assert_int_equal(jira_issue_get(api, "APP-1", true, &page, &problem, &error), ERROR_NONE);
    mock_jira_control(&mock, "POST", "revoke", "{\"what\": \"token\"}");
    assert_int_equal(jira_issue_get(api, "APP-1", true, &page, &problem, &error), ERROR_CONFIG);
    assert_int_equal(problem.fault, JIRA_REFUSED);
    jira_page_free(&page);
    jira_api_free(api);
    mock_jira_stop(&mock);
}

/* A site with OAuth; its URL for tokens in url. */
static struct source oauth_site(const struct mock_jira *mock, char url[96])
{
    struct source source = site(mock, "3");
    snprintf(url, 96, "%s/oauth/token", mock->url);
    (void)setenv("TEST_CLIENT_SECRET", "c+s/=&", 1);
    (void)setenv("TEST_REFRESH", "first-refresh&", 1);
    source.api_user = source.api_token = NULL;
    source.oauth_client_id = (char *)"client 1";
    source.oauth_client_secret = (char *)"env:TEST_CLIENT_SECRET";
    source.oauth_refresh_token = (char *)"env:TEST_REFRESH";
    source.oauth_token_url = url;
    return source;
}

static void oauth_renews_its_tokens_and_says_when_it_is_over(void **state)
{
    struct mock_jira mock;
    char url[96];
    mock_jira_start(&mock, "--count", "3", "--oauth", "client 1:c+s/=&:first-refresh&", NULL);
    struct source source = oauth_site(&mock, url);
    struct jira_api *api = api_of(&source);
    struct jira_page page;
    (void)state;
    assert_true(jira_page_init(&page, 1 << 20));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(jira_issue_get(api, "APP-1", false, &page, &problem, &error), ERROR_NONE);
        assert_int_equal(jira_issue_get(api, "APP-2", false, &page, &problem, &error), ERROR_NONE);
        mock_jira_control(&mock, "POST", "revoke", "{\"what\": \"access\"}");
    }
    assert_int_equal(mock_jira_count(&mock, "POST /oauth/token 200"), 3);
    mock_jira_control(&mock, "POST", "revoke", "{\"what\": \"refresh\"}");
    assert_int_equal(jira_issue_get(api, "APP-1", false, &page, &problem, &error), ERROR_CONFIG);
    assert_int_equal(problem.fault, JIRA_REFUSED);
    assert_non_null(strstr(error.message, "oauth_refresh_token"));
    assert_null(strstr(error.message, "refresh-"));
    jira_page_free(&page);
    jira_api_free(api);
    mock_jira_stop(&mock);
}

static void oauth_waits_while_the_tokens_url_is_away(void **state)
{
    struct mock_jira mock;
    char url[96];
    mock_jira_start(&mock, "--count", "3", "--oauth", "client 1:c+s/=&:first-refresh&", NULL);
    mock_jira_fault(&mock, "faults", "[{'path': 'oauth/token', 'status': 503, 'headers': {'Retry-After': '1'}}]");
    struct source source = oauth_site(&mock, url);
    struct jira_api *api = api_of(&source);
    struct jira_page page;
    (void)state;
    assert_true(jira_page_init(&page, 1 << 20));
    assert_int_equal(jira_issue_get(api, "APP-1", false, &page, &problem, &error), ERROR_NONE);
    jira_page_free(&page);
    jira_api_free(api);
    mock_jira_stop(&mock);
}

/* A budget that makes every third call wait, and keeps tokens as a database would. */
struct ledger {
    int takes, notes, waits, holds, writes, status;
    struct jira_tokens tokens;
};

static enum error_code take(void *context, const char *endpoint, int64_t *wait_ms, const char **why, struct error *problems)
{
    struct ledger *ledger = context;
    (void)problems;
    assert_string_equal(endpoint, "issue");
    *why = "rate";
    *wait_ms = ++ledger->takes % 3 == 0 ? 1 : 0;
    ledger->waits += *wait_ms > 0;
    return ERROR_NONE;
}

static enum error_code note(void *context, const char *endpoint, const struct http_answer *answer, struct error *problems)
{
    struct ledger *ledger = context;
    (void)problems;
    assert_string_equal(endpoint, "issue");
    ledger->notes++;
    ledger->status = answer->status;
    return ERROR_NONE;
}

static enum error_code hold(void *context, const char *first, struct jira_tokens *tokens, struct error *problems)
{
    struct ledger *ledger = context;
    (void)problems;
    if (ledger->holds++ == 0)
        snprintf(ledger->tokens.refresh, sizeof ledger->tokens.refresh, "%s", first);
    *tokens = ledger->tokens;
    return ERROR_NONE;
}

static enum error_code write_tokens(void *context, const struct jira_tokens *tokens, int64_t expires_s, struct error *problems)
{
    struct ledger *ledger = context;
    (void)problems;
    if (tokens == NULL)
        return ERROR_NONE;
    assert_int_equal(expires_s, 3600);
    ledger->writes++;
    ledger->tokens = *tokens;
    return ERROR_NONE;
}

static void calls_take_turns_and_share_tokens(void **state)
{
    struct mock_jira mock;
    char url[96];
    static struct ledger ledger;
    mock_jira_start(&mock, "--count", "3", "--oauth", "client 1:c+s/=&:first-refresh&", NULL);
    struct source source = oauth_site(&mock, url);
    const struct jira_api_options options = {.source = &source,
                                             .config = &config,
                                             .patience_ms = 60000,
                                             .budget = {&ledger, take, note, hold, write_tokens}};
    struct jira_api *apis[2];
    struct jira_page page;
    (void)state;
    assert_true(jira_page_init(&page, 1 << 20));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(jira_api_new(&options, &apis[i], &error), ERROR_NONE);
        assert_int_equal(jira_issue_get(apis[i], "APP-1", false, &page, &problem, &error), ERROR_NONE);
    }
    assert_int_equal(ledger.writes, 1); /* the second one found the first one's */
    mock_jira_control(&mock, "POST", "revoke", "{\"what\": \"access\"}");
    for (int i = 0; i < 2; i++)
        assert_int_equal(jira_issue_get(apis[i], "APP-1", false, &page, &problem, &error), ERROR_NONE);
    assert_int_equal(ledger.writes, 2);
    assert_int_equal(mock_jira_count(&mock, "POST /oauth/token 200"), 2);
    assert_true(ledger.waits > 0);
    assert_int_equal(ledger.notes, ledger.takes - ledger.waits);
    mock_jira_fault(&mock, "faults", "[{'path': 'issue', 'cut': 3}]");
    assert_int_equal(jira_issue_get(apis[0], "APP-1", false, &page, &problem, &error), ERROR_NONE);
    jira_page_free(&page);
    jira_api_free(apis[0]);
    jira_api_free(apis[1]);
    mock_jira_stop(&mock);
}

static void a_source_has_to_say_where_and_who(void **state)
{
    struct source source = site(&cloud, "3");
    const struct jira_api_options options = {.source = &source, .config = &config};
    struct jira_api *api;
    (void)state;
    source.api_token = NULL;
    assert_int_equal(jira_api_new(&options, &api, &error), ERROR_CONFIG);
    assert_non_null(strstr(error.message, "api_token"));
    source.api_token = (char *)"env:NOT_SET";
    assert_int_equal(jira_api_new(&options, &api, &error), ERROR_SECRET_UNAVAILABLE);
    assert_non_null(strstr(error.message, "NOT_SET"));
    source.oauth_client_id = (char *)"c";
    assert_int_equal(jira_api_new(&options, &api, &error), ERROR_CONFIG);
    assert_non_null(strstr(error.message, "oauth_client_secret"));
    (void)setenv("TEST_BROKEN", "a\r\nX-B: c", 1);
    source.oauth_client_id = NULL;
    source.api_token = (char *)"env:TEST_BROKEN";
    assert_int_equal(jira_api_new(&options, &api, &error), ERROR_CONFIG);
    assert_null(strstr(error.message, "X-B"));
    source.base_url = NULL;
    assert_int_equal(jira_api_new(&options, &api, &error), ERROR_CONFIG);
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
        struct jira_api *api = api_of(&source);
        assert_int_equal(jira_api_dialect(api), rows[i].dialect);
        assert_int_equal(jira_api_version(api), rows[i].version);
        jira_api_free(api);
    }
}

/* The address sanitizer keeps freed memory for a while; here that would count as growth. It calls this by its name. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "quarantine_size_mb=1:thread_local_quarantine_size_kb=64";
}

/* Peak memory in KiB of a process that lists count issues. */
static long peak_of(const char *count)
{
    struct mock_jira mock;
    int ends[2];
    long peak = 0;
    assert_int_equal(pipe(ends), 0);
    mock_jira_start(&mock, "--count", count, "--body-bytes", "6000", NULL);
    pid_t child = fork();
    if (child == 0) {
        struct rusage usage;
        struct source source = site(&mock, "3");
        struct jira_api *api = api_of(&source);
        struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\" ORDER BY id ASC", NULL);
        size_t all = strtoul(count, NULL, 10), listed = drain(list, 10001, 200000);
        getrusage(RUSAGE_SELF, &usage);
        if (listed != all || write(ends[1], &usage.ru_maxrss, sizeof usage.ru_maxrss) < 0)
            _exit(1);
        _exit(0);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &peak, sizeof peak), sizeof peak);
    close(ends[0]);
    waitpid(child, NULL, 0);
    mock_jira_stop(&mock);
    return peak;
}

static void memory_stays_flat_from_10_k_to_100_k_issues(void **state)
{
    long small = peak_of("10000"), large = peak_of("100000");
    (void)state;
    printf("note: peak %ld KiB for 10,000 issues, %ld KiB for 100,000\n", small, large);
    assert_true(large <= small + FLAT_SLACK_KIB);
}

#define EACH(test) cmocka_unit_test_setup(test, no_faults)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        EACH(each_dialect_lists_all_issues),
        EACH(an_issue_keeps_every_digit),
        EACH(what_belongs_to_issues_and_projects_is_listed),
        EACH(data_center_has_no_list_of_changelogs),
        EACH(a_list_goes_on_from_its_cursor),
        EACH(passing_faults_cost_nothing_but_time),
        EACH(lasting_faults_are_told_apart),
        EACH(an_impatient_call_says_how_long_to_wait),
        EACH(a_cancelled_call_stops_waiting),
        EACH(a_token_of_a_page_that_ended_is_stale),
        EACH(a_search_that_turns_in_circles_ends),
        EACH(nothing_falls_between_pages_that_shift),
        EACH(pages_past_the_limit_are_asked_for_in_halves),
        EACH(a_personal_token_is_a_bearer),
        EACH(oauth_renews_its_tokens_and_says_when_it_is_over),
        EACH(oauth_waits_while_the_tokens_url_is_away),
        EACH(calls_take_turns_and_share_tokens),
        EACH(a_source_has_to_say_where_and_who),
        EACH(hosts_of_atlassian_are_cloud),
        EACH(memory_stays_flat_from_10_k_to_100_k_issues),
    };
    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, start_mocks, stop_mocks);
}
