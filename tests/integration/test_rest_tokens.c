/* Who asks Jira's REST: personal tokens, OAuth tokens that rotate, and those that several share. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/rest_client.h"

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

/* A budget that makes every third call wait, and keeps tokens as a database would. */
struct ledger {
    int takes, notes, waits, holds, writes, status;
    struct rest_tokens tokens;
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

static enum error_code hold(void *context, const char *first, struct rest_tokens *tokens, struct error *problems)
{
    struct ledger *ledger = context;
    (void)problems;
    if (ledger->holds++ == 0)
        snprintf(ledger->tokens.refresh, sizeof ledger->tokens.refresh, "%s", first);
    *tokens = ledger->tokens;
    return ERROR_NONE;
}

static enum error_code write_tokens(void *context, const struct rest_tokens *tokens, int64_t expires_s, struct error *problems)
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

static void a_personal_token_is_a_bearer(void **state)
{
    struct mock_jira mock;
    mock_jira_start(&mock, "--count", "3", "--dialect", "datacenter", "--bearer", "t0ken", NULL);
    struct source source = site(&mock, "2");
    source.api_user = NULL;
    struct rest *api = api_of(&source);
    struct rest_page page;
    (void)state;
    assert_true(rest_page_init(&page, 1 << 20));
    assert_int_equal(jira_issue_get(api, "APP-1", true, &page, &problem, &error), ERROR_NONE);
    mock_jira_control(&mock, "POST", "revoke", "{\"what\": \"token\"}");
    assert_int_equal(jira_issue_get(api, "APP-1", true, &page, &problem, &error), ERROR_CONFIG);
    assert_int_equal(problem.fault, REST_REFUSED);
    rest_page_free(&page);
    rest_free(api);
    mock_jira_stop(&mock);
}

static void oauth_renews_its_tokens_and_says_when_it_is_over(void **state)
{
    struct mock_jira mock;
    char url[96];
    mock_jira_start(&mock, "--count", "3", "--oauth", "client 1:c+s/=&:first-refresh&", NULL);
    struct source source = oauth_site(&mock, url);
    struct rest *api = api_of(&source);
    struct rest_page page;
    (void)state;
    assert_true(rest_page_init(&page, 1 << 20));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(jira_issue_get(api, "APP-1", false, &page, &problem, &error), ERROR_NONE);
        assert_int_equal(jira_issue_get(api, "APP-2", false, &page, &problem, &error), ERROR_NONE);
        mock_jira_control(&mock, "POST", "revoke", "{\"what\": \"access\"}");
    }
    assert_int_equal(mock_jira_count(&mock, "POST /oauth/token 200"), 3);
    mock_jira_control(&mock, "POST", "revoke", "{\"what\": \"refresh\"}");
    assert_int_equal(jira_issue_get(api, "APP-1", false, &page, &problem, &error), ERROR_CONFIG);
    assert_int_equal(problem.fault, REST_REFUSED);
    assert_non_null(strstr(error.message, "oauth_refresh_token"));
    assert_null(strstr(error.message, "refresh-"));
    rest_page_free(&page);
    rest_free(api);
    mock_jira_stop(&mock);
}

static void oauth_waits_while_the_tokens_url_is_away(void **state)
{
    struct mock_jira mock;
    char url[96];
    mock_jira_start(&mock, "--count", "3", "--oauth", "client 1:c+s/=&:first-refresh&", NULL);
    mock_jira_fault(&mock, "faults", "[{'path': 'oauth/token', 'status': 503, 'headers': {'Retry-After': '1'}}]");
    struct source source = oauth_site(&mock, url);
    struct rest *api = api_of(&source);
    struct rest_page page;
    (void)state;
    assert_true(rest_page_init(&page, 1 << 20));
    assert_int_equal(jira_issue_get(api, "APP-1", false, &page, &problem, &error), ERROR_NONE);
    rest_page_free(&page);
    rest_free(api);
    mock_jira_stop(&mock);
}

static void calls_take_turns_and_share_tokens(void **state)
{
    struct mock_jira mock;
    char url[96];
    static struct ledger ledger;
    mock_jira_start(&mock, "--count", "3", "--oauth", "client 1:c+s/=&:first-refresh&", NULL);
    struct source source = oauth_site(&mock, url);
    const struct rest_options options = {.source = &source,
                                         .config = &config,
                                         .patience_ms = 60000,
                                         .budget = {&ledger, take, note, hold, write_tokens}};
    struct rest *apis[2];
    struct rest_page page;
    (void)state;
    assert_true(rest_page_init(&page, 1 << 20));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(rest_new(&options, &apis[i], &error), ERROR_NONE);
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
    rest_page_free(&page);
    rest_free(apis[0]);
    rest_free(apis[1]);
    mock_jira_stop(&mock);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        EACH(a_personal_token_is_a_bearer),
        EACH(oauth_renews_its_tokens_and_says_when_it_is_over),
        EACH(oauth_waits_while_the_tokens_url_is_away),
        EACH(calls_take_turns_and_share_tokens),
    };
    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, start_mocks, stop_mocks);
}
