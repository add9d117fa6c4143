/* What the tests of Jira's REST client share: two mocks, one of each dialect, and a client of either. */
#ifndef JIRASYNC_TESTS_JIRA_CLIENT_H
#define JIRASYNC_TESTS_JIRA_CLIENT_H

#include "jira_issue.h"
#include "jira_list.h"
#include "normalize.h"
#include "support/mock_jira.h"

#include <inttypes.h>

static struct error error;
static struct rest_problem problem;
static struct mock_jira cloud, server;

static const struct config config = {.ca_file = (char *)"", .http_connect_ms = 20000, .http_timeout_ms = 20000, .http_max_bytes = 64 << 20};

/* A source of Cloud's dialect by version 3, of Data Center's by 2; all text borrowed. */
static inline struct source site(const struct mock_jira *mock, const char *version)
{
    return (struct source){.name = (char *)"site",
                           .kind = SOURCE_JIRA,
                           .base_url = (char *)(uintptr_t)mock->url,
                           .api_version = (char *)(uintptr_t)version,
                           .api_user = (char *)"bot@example.com",
                           .api_token = (char *)"env:TEST_TOKEN"};
}

static inline struct rest *api_with(const struct source *source, const struct config *limits, int64_t patience_ms, const atomic_bool *cancelled)
{
    const struct rest_options options = {.source = source, .config = limits, .patience_ms = patience_ms, .cancelled = cancelled};
    struct rest *api;
    if (rest_new(&options, &api, &error) != ERROR_NONE)
        fail_msg("%s", error.message);
    return api;
}

static inline struct rest *api_of(const struct source *source)
{
    return api_with(source, &config, 60000, NULL);
}

static inline int start_mocks(void **state)
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

static inline int stop_mocks(void **state)
{
    (void)state;
    mock_jira_stop(&cloud);
    mock_jira_stop(&server);
    return 0;
}

/* Its control paths stand at the top, whatever its context. */
static inline struct mock_jira top_of(const struct mock_jira *mock)
{
    struct mock_jira top = *mock;
    char *context = strstr(top.url, "/jira");
    if (context != NULL)
        *context = '\0';
    return top;
}

static inline void add_fault(struct mock_jira *mock, const char *json)
{
    struct mock_jira top = top_of(mock);
    mock_jira_fault(&top, "faults", json);
    mock->body = top.body;
}

static inline int no_faults(void **state)
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

static inline struct jira_list *list_of(struct rest *api, enum jira_list_kind kind, const char *subject, const char *cursor)
{
    static const char *const all[] = {"*all", NULL};
    const struct jira_list_options options = {.kind = kind, .subject = subject, .fields = kind == JIRA_ISSUES ? all : NULL, .cursor = cursor};
    struct jira_list *list;
    if (jira_list_new(api, &options, &list, &error) != ERROR_NONE)
        fail_msg("%s", error.message);
    return list;
}

static inline int64_t id_of(const struct jira_item *item)
{
    char text[64];
    const char *at = memmem(item->bytes, item->length, "\"id\":", 5);
    assert_non_null(at);
    snprintf(text, sizeof text, "%.*s", 40, at + 5 + strspn(at + 5, " \""));
    return strtoll(text, NULL, 10);
}

/* Reads a list to its end; how many distinct ids came, counted among those from first on. */
static inline size_t drain(struct jira_list *list, int64_t first, size_t room)
{
    const struct rest_page *page;
    size_t distinct = 0;
    bool *seen = calloc(room, 1);
    assert_non_null(seen);
    for (;;) {
        if (jira_list_next(list, &page, &problem, &error) != ERROR_NONE)
            fail_msg("%s: %s", rest_fault_name(problem.fault), error.message);
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

static inline size_t drain_search(struct rest *api)
{
    struct jira_list *list = list_of(api, JIRA_ISSUES, "project = \"APP\" ORDER BY id ASC", NULL);
    size_t count = drain(list, 10001, 450);
    jira_list_free(list);
    return count;
}

#define EACH(test) cmocka_unit_test_setup(test, no_faults)

#endif
