/* Requests to the REST of one Jira site or git host: turns, waiting, tokens, what an answer means. */
#include "rest.h"

#include "json_value.h"
#include "rest_account.h"
#include "retry.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define USER_AGENT "jirasync"
#define PAUSE_BASE_MS 2000 /* of the backoff where neither the site nor a budget says how long: Atlassian's advice ... */
#define PAUSE_CAP_MS 30000 /* ... doubled up to this, with full jitter */
#define GARBLED_TRIES 4    /* of a call whose answers are no JSON */
#define NAP_MS 100         /* how soon a cancellation is seen */
#define TOKEN_MARGIN_S 60  /* an access token is renewed so long before its end */
#define TOKEN_ANSWER_BYTES 65536
#define EXCERPT_SHOWN 160 /* bytes of an answer in a message */

struct rest {
    const struct source *source;
    struct rest_account site;
    struct http *http;
    struct rest_budget budget;
    int64_t patience_ms;
    size_t max_bytes;
    const atomic_bool *cancelled;
    struct rest_tokens tokens;
    int64_t requests;
    struct http_answer answer; /* of the call under way */
};

/* What a call has behind it. */
struct effort {
    const struct rest_call *call;
    struct rest_problem *problem;
    int64_t waited_ms;
    int tries, garbled; /* answers that made it try again, and those of them that were no JSON */
    struct error last;  /* what the last of them came to */
    bool has_refreshed;
};

static const char *const fault_names[REST_FAULTS] = {
    [REST_FINE] = "fine",
    [REST_WAIT] = "wait",
    [REST_REFUSED] = "refused",
    [REST_ABSENT] = "absent",
    [REST_STALE] = "stale",
    [REST_WRONG] = "wrong",
    [REST_BROKEN] = "broken",
    [REST_CANCELLED] = "cancelled",
};

const char *rest_fault_name(enum rest_fault fault)
{
    return fault_names[fault];
}

static const enum error_code fault_codes[REST_FAULTS] = {
    [REST_FINE] = ERROR_NONE,
    [REST_WAIT] = ERROR_BUSY,
    [REST_REFUSED] = ERROR_CONFIG,
    [REST_ABSENT] = ERROR_INPUT,
    [REST_STALE] = ERROR_INPUT,
    [REST_WRONG] = ERROR_INPUT,
    [REST_BROKEN] = ERROR_IO,
    [REST_CANCELLED] = ERROR_IO,
};

static enum error_code fault_set(struct rest_problem *problem, enum rest_fault fault)
{
    problem->fault = fault;
    return fault_codes[fault];
}

/* Making and ending. */

enum error_code rest_new(const struct rest_options *options, struct rest **api, struct error *error)
{
    struct rest *made = calloc(1, sizeof *made);
    const struct http_options http = {.user_agent = USER_AGENT,
                                      .ca_file = options->config->ca_file,
                                      .connect_timeout_ms = options->config->http_connect_ms,
                                      .total_timeout_ms = options->config->http_timeout_ms,
                                      .at_once = 1,
                                      .cancelled = options->cancelled};
    *api = NULL;
    if (made == NULL)
        return error_set(error, ERROR_NO_MEMORY, "no memory for source %s", options->source->name);
    made->source = options->source;
    made->budget = options->budget;
    made->patience_ms = options->patience_ms;
    made->max_bytes = (size_t)options->config->http_max_bytes;
    made->cancelled = options->cancelled;
    enum error_code code = rest_account_read(options->source, options->root, &made->site, error);
    if (code == ERROR_NONE)
        code = http_new(&http, &made->http, error);
    if (code == ERROR_NONE)
        *api = made;
    else
        rest_free(made);
    return code;
}

void rest_free(struct rest *api)
{
    if (api == NULL)
        return;
    http_free(api->http);
    rest_account_clear(&api->site);
    sodium_memzero(&api->tokens, sizeof api->tokens);
    free(api);
}

enum jira_dialect rest_dialect(const struct rest *api)
{
    return api->site.dialect;
}

int rest_version(const struct rest *api)
{
    return api->site.version;
}

int64_t rest_requests(const struct rest *api)
{
    return api->requests;
}

/* What an answer means. */

static enum rest_fault fault_of_http(enum http_fault fault)
{
    if (fault == HTTP_CANCELLED)
        return REST_CANCELLED;
    return http_fault_is_retryable(fault) ? REST_WAIT : REST_BROKEN;
}

static enum rest_fault fault_of_status(int status)
{
    if (status >= 200 && status <= 299)
        return REST_FINE;
    if (status == 401 || status == 403)
        return REST_REFUSED;
    if (status == 404 || status == 410)
        return REST_ABSENT;
    if (status == 408 || status == 425 || status == 429 || status >= 500)
        return REST_WAIT;
    return status >= 400 ? REST_WRONG : REST_BROKEN;
}

/* GitHub says 403 where others say 429; Jira's 403 is always a refusal. */
static void read_limit(const struct rest *api, struct http_answer *answer)
{
    const char *left = http_header(answer, HTTP_LIMIT_REMAINING);
    bool is_spent = left != NULL && strcmp(left, "0") == 0;
    if (api->source->kind != SOURCE_JIRA && answer->fault == HTTP_ANSWERED && answer->status == 403 &&
        (is_spent || http_retry_after_ms(answer, instant_now()) > 0))
        answer->status = 429;
}

/* Says what came instead of what was asked for. */
static enum error_code describe(const struct rest *api, const struct rest_call *call, enum rest_fault fault, struct error *error)
{
    enum error_code code = api->answer.fault == HTTP_TOO_LARGE ? ERROR_BODY_TOO_LARGE : fault_codes[fault];
    const struct http_answer *answer = &api->answer;
    const char *hint = answer->status == 401   ? " (are api_user and api_token right, and has the token not ended?)"
                       : answer->status == 403 ? " (has this user the permission?)"
                                               : "";
    if (answer->fault != HTTP_ANSWERED)
        return error_set(error, code, "%s: %s: %s", api->source->name, call->endpoint, answer->problem);
    return error_set(error, code, "%s: %s is answered %d%s: %.*s", api->source->name, call->endpoint, answer->status, hint,
                     EXCERPT_SHOWN, answer->excerpt);
}

/* Waiting. */

static bool is_cancelled(const struct rest *api)
{
    return api->cancelled != NULL && atomic_load(api->cancelled);
}

/* Waits, or says that it would take longer than patience lasts. */
static enum error_code wait_for(struct rest *api, struct effort *effort, int64_t wait_ms, const char *why, struct error *error)
{
    if (wait_ms > api->patience_ms - effort->waited_ms) {
        effort->problem->wait_ms = wait_ms;
        return error_set(error, fault_set(effort->problem, REST_WAIT), "%s can't be asked for the next %.1f s: %s", api->source->name,
                         (double)wait_ms / 1000, why);
    }
    for (int64_t left = wait_ms; left > 0 && !is_cancelled(api); left -= NAP_MS) {
        int64_t nap = left < NAP_MS ? left : NAP_MS;
        nanosleep(&(struct timespec){.tv_sec = nap / 1000, .tv_nsec = nap % 1000 * 1000000}, NULL);
    }
    effort->waited_ms += wait_ms;
    return is_cancelled(api) ? error_set(error, fault_set(effort->problem, REST_CANCELLED), "cancelled") : ERROR_NONE;
}

static enum error_code take_turn(struct rest *api, struct effort *effort, struct error *error)
{
    for (;;) {
        int64_t wait_ms = 0;
        const char *why = "";
        enum error_code code = api->budget.take == NULL ? ERROR_NONE
                                                        : api->budget.take(api->budget.context, effort->call->endpoint, &wait_ms, &why, error);
        if (code != ERROR_NONE || wait_ms <= 0)
            return code;
        code = wait_for(api, effort, wait_ms, effort->tries > 0 ? effort->last.message : why, error);
        if (code != ERROR_NONE)
            return code;
    }
}

/* How long after a refusal; where a budget heard of it, take_turn says that. */
static int64_t pause_after(const struct rest *api, const struct effort *effort)
{
    int64_t told = http_retry_after_ms(&api->answer, instant_now());
    bool is_heard = api->budget.note != NULL && api->budget.take != NULL;
    if (is_heard && (api->answer.fault != HTTP_ANSWERED || fault_of_status(api->answer.status) != REST_FINE))
        return 0;
    return told > 0 ? told : retry_delay_ms(effort->tries, PAUSE_BASE_MS, PAUSE_CAP_MS, randombytes_random());
}

/* Sending. */

/* One request to url within origin; its answer is in api->answer. */
static enum error_code send_request(struct rest *api, const struct http_request *request, struct error *error)
{
    enum error_code code = http_run(api->http, request, &api->answer, 1, error);
    if (code == ERROR_NONE)
        api->requests++;
    return code;
}

/* Cloud may take credentials that it does not know for nobody's, and answer as it answers anybody: with empty lists and 404. */
static void see_refusal(struct rest *api)
{
    const char *reason = http_header(&api->answer, HTTP_LOGIN_REASON);
    if (reason != NULL && api->answer.status < 500 && (strstr(reason, "FAILED") != NULL || strstr(reason, "DENIED") != NULL))
        api->answer.status = 401;
}

static char *url_of(const struct rest *api, const struct rest_call *call)
{
    char *url;
    return asprintf(&url, "%s%s%s%s", api->site.root, call->path, call->query == NULL ? "" : "?",
                    call->query == NULL ? "" : call->query) < 0
               ? NULL
               : url;
}

static enum error_code send_call(struct rest *api, const struct rest_call *call, const char *authorization,
                                 struct rest_page *page, struct error *error)
{
    const char *headers[] = {authorization, "Accept: application/json", "Content-Type: application/json", NULL};
    char *url = url_of(api, call);
    const struct http_request request = {.origin = api->site.root,
                                         .url = url,
                                         .method = call->method,
                                         .headers = headers,
                                         .body = call->body,
                                         .body_length = call->body == NULL ? 0 : strlen(call->body),
                                         .limit = api->max_bytes,
                                         .take = http_body_take,
                                         .context = &page->body};
    if (call->body == NULL)
        headers[2] = NULL;
    http_body_clear(&page->body);
    enum error_code code = url == NULL ? error_set(error, ERROR_NO_MEMORY, "no memory for a URL") : send_request(api, &request, error);
    if (code == ERROR_NONE && api->answer.fault == HTTP_ANSWERED)
        see_refusal(api);
    free(url);
    return code;
}

static enum error_code note_answer(struct rest *api, const char *endpoint, struct error *error)
{
    return api->budget.note == NULL ? ERROR_NONE : api->budget.note(api->budget.context, endpoint, &api->answer, error);
}

/* OAuth. */

/* What the token's URL said of a refresh, in *tokens and *expires_s. */
static enum error_code read_tokens(struct rest_page *page, struct rest_tokens *tokens, int64_t *expires_s, struct error *error)
{
    enum error_code code = rest_page_read(page, NULL, error);
    const char *access = code == ERROR_NONE ? json_value_member_text(page->frame, "access_token") : NULL;
    const char *refresh = code == ERROR_NONE ? json_value_member_text(page->frame, "refresh_token") : NULL;
    const cJSON *expires = code == ERROR_NONE ? json_value_member(page->frame, "expires_in") : NULL;
    if (access == NULL || *access == '\0' || strlen(access) >= sizeof tokens->access ||
        (refresh != NULL && strlen(refresh) >= sizeof tokens->refresh))
        return error_set(error, ERROR_INVALID_JSON, "the token's URL gave no tokens");
    (void)snprintf(tokens->access, sizeof tokens->access, "%s", access);
    if (refresh != NULL && *refresh != '\0')
        (void)snprintf(tokens->refresh, sizeof tokens->refresh, "%s", refresh);
    *expires_s = cJSON_IsNumber(expires) && expires->valuedouble > 0 && expires->valuedouble < 1e9 ? (int64_t)expires->valuedouble : 3600;
    tokens->access_until = instant_now() + *expires_s * 1000000;
    tokens->generation++;
    return ERROR_NONE;
}

static enum error_code describe_grant(const struct rest *api, struct effort *effort, struct error *error)
{
    const struct http_answer *answer = &api->answer;
    enum rest_fault fault = answer->fault != HTTP_ANSWERED ? fault_of_http(answer->fault) : fault_of_status(answer->status);
    effort->problem->status = answer->status;
    if (fault == REST_WAIT || fault == REST_BROKEN || fault == REST_CANCELLED)
        return error_set(error, fault_set(effort->problem, fault), "%s: the OAuth token's URL: %s", api->source->name,
                         answer->fault != HTTP_ANSWERED ? answer->problem : "it is not there now");
    return error_set(error, fault_set(effort->problem, REST_REFUSED),
                     "%s: OAuth grants no access (%d%s): authorize again and configure a new oauth_refresh_token", api->source->name,
                     answer->status, strstr(answer->excerpt, "invalid_grant") != NULL ? ", invalid_grant" : "");
}

/* Asks for new tokens with those that are held. */
static enum error_code ask_for_tokens(struct rest *api, struct effort *effort, struct rest_tokens *tokens, int64_t *expires_s,
                                      struct error *error)
{
    static const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded", "Accept: application/json", NULL};
    struct rest_page page;
    char *form = rest_account_token_form(&api->site, tokens->refresh);
    if (!rest_page_init(&page, TOKEN_ANSWER_BYTES * 16) || form == NULL) {
        rest_page_free(&page);
        rest_account_forget(form);
        return error_set(error, ERROR_NO_MEMORY, "no memory for tokens");
    }
    const struct http_request request = {.origin = api->site.token_url,
                                         .url = api->site.token_url,
                                         .headers = headers,
                                         .body = form,
                                         .body_length = strlen(form),
                                         .limit = TOKEN_ANSWER_BYTES,
                                         .take = http_body_take,
                                         .context = &page.body};
    enum error_code code = send_request(api, &request, error);
    if (code == ERROR_NONE && (api->answer.fault != HTTP_ANSWERED || fault_of_status(api->answer.status) != REST_FINE))
        code = describe_grant(api, effort, error);
    else if (code == ERROR_NONE && read_tokens(&page, tokens, expires_s, error) != ERROR_NONE)
        code = error_set(error, fault_set(effort->problem, REST_BROKEN), "%s: the OAuth token's URL gave no tokens", api->source->name);
    if (page.body.bytes != NULL)
        sodium_memzero(page.body.bytes, page.body.size);
    rest_page_free(&page);
    rest_account_forget(form);
    return code;
}

static bool is_good(const struct rest_tokens *tokens)
{
    return tokens->access[0] != '\0' && tokens->access_until > instant_now() + TOKEN_MARGIN_S * 1000000;
}

static enum error_code hold_tokens(struct rest *api, struct rest_tokens *tokens, struct error *error)
{
    const struct secret *first = api->site.first_refresh_token;
    char text[REST_TOKEN_BYTES];
    enum error_code code = ERROR_NONE;
    (void)snprintf(text, sizeof text, "%.*s", (int)secret_length(first), (const char *)secret_bytes(first));
    if (api->budget.hold_tokens != NULL) {
        code = api->budget.hold_tokens(api->budget.context, text, tokens, error);
    } else {
        *tokens = api->tokens;
        if (tokens->refresh[0] == '\0')
            memcpy(tokens->refresh, text, sizeof text);
    }
    sodium_memzero(text, sizeof text);
    return code;
}

static enum error_code let_tokens_go(struct rest *api, const struct rest_tokens *written, int64_t expires_s, struct error *error)
{
    return api->budget.write_tokens == NULL ? ERROR_NONE : api->budget.write_tokens(api->budget.context, written, expires_s, error);
}

/* Gets an access token that is another than the one at hand: somebody else's newer one, or a new one. */
static enum error_code renew_tokens(struct rest *api, struct effort *effort, struct error *error)
{
    struct rest_tokens held = {0};
    struct error ignored;
    int64_t expires_s = 0;
    enum error_code code = hold_tokens(api, &held, error);
    if (code != ERROR_NONE)
        return code;
    if (is_good(&held) && (held.generation != api->tokens.generation || api->tokens.access[0] == '\0')) {
        code = let_tokens_go(api, NULL, 0, error);
    } else {
        code = ask_for_tokens(api, effort, &held, &expires_s, error);
        if (code == ERROR_NONE)
            code = let_tokens_go(api, &held, expires_s, error);
        else
            (void)let_tokens_go(api, NULL, 0, &ignored);
    }
    if (code == ERROR_NONE)
        api->tokens = held;
    sodium_memzero(&held, sizeof held);
    return code;
}

/* The header of this call; *is_owned when the caller forgets it. */
static enum error_code authorize(struct rest *api, struct effort *effort, char **header, struct error *error)
{
    enum error_code code = ERROR_NONE;
    if (api->site.auth != REST_OAUTH) {
        *header = strdup(api->site.authorization);
    } else {
        if (!is_good(&api->tokens))
            code = renew_tokens(api, effort, error);
        *header = code == ERROR_NONE ? rest_account_header("Bearer", api->tokens.access) : NULL;
    }
    return code == ERROR_NONE && *header == NULL ? error_set(error, ERROR_NO_MEMORY, "no memory for a header") : code;
}

/* Calling. */

/* One try. */
static enum error_code try_call(struct rest *api, struct effort *effort, struct rest_page *page, struct error *error)
{
    char *header = NULL;
    enum error_code code = take_turn(api, effort, error);
    if (code == ERROR_NONE)
        code = authorize(api, effort, &header, error);
    if (code == ERROR_NONE)
        code = send_call(api, effort->call, header, page, error);
    rest_account_forget(header);
    if (code == ERROR_NONE)
        read_limit(api, &api->answer);
    if (code == ERROR_NONE)
        code = note_answer(api, effort->call->endpoint, error);
    if (code != ERROR_NONE)
        return code;
    effort->problem->status = api->answer.status;
    if (api->answer.fault != HTTP_ANSWERED)
        effort->problem->fault = fault_of_http(api->answer.fault);
    else
        effort->problem->fault = fault_of_status(api->answer.status);
    return effort->problem->fault == REST_FINE ? ERROR_NONE : describe(api, effort->call, effort->problem->fault, error);
}

/* Reads what came; what is no JSON is asked for again a few times: proxies and restarts answer with pages of their own. */
static enum error_code read_answer(struct rest *api, struct effort *effort, struct rest_page *page, struct error *error)
{
    struct error detail;
    enum error_code code = rest_page_read(page, effort->call->member, &detail);
    const char *type = http_header(&api->answer, HTTP_CONTENT_TYPE);
    if (code == ERROR_NONE)
        return code;
    effort->problem->fault = code == ERROR_INVALID_JSON && ++effort->garbled < GARBLED_TRIES ? REST_WAIT : REST_BROKEN;
    return error_set(error, fault_codes[effort->problem->fault],
                     "%s: %s: %.200s (content type %.60s: is base_url right, and does no login page stand before it?)",
                     api->source->name, effort->call->endpoint, detail.message, type == NULL ? "none" : type);
}

/* True when the access token was refused and another one is at hand now. */
static bool renewed(struct rest *api, struct effort *effort, enum error_code *code, struct error *error)
{
    if (effort->problem->status != 401 || effort->problem->fault != REST_REFUSED || api->site.auth != REST_OAUTH ||
        effort->has_refreshed)
        return false;
    effort->has_refreshed = true;
    *code = renew_tokens(api, effort, error);
    return *code == ERROR_NONE;
}

enum error_code rest_call(struct rest *api, const struct rest_call *call, struct rest_page *page,
                          struct rest_problem *problem, struct error *error)
{
    struct effort effort = {.call = call, .problem = problem};
    *problem = (struct rest_problem){.fault = REST_FINE};
    for (;;) {
        problem->fault = REST_FINE; /* the status stays: a turn that can't be awaited is what that answer came to */
        problem->wait_ms = 0;
        enum error_code code = try_call(api, &effort, page, error);
        if (code == ERROR_NONE)
            code = read_answer(api, &effort, page, error);
        if (code == ERROR_NONE || renewed(api, &effort, &code, error)) {
            if (code == ERROR_NONE && problem->fault == REST_FINE)
                return code;
            continue;
        }
        if (problem->fault != REST_WAIT || problem->wait_ms > 0) /* the latter: patience has ended */
            return code;
        if (call->is_once && problem->status != 429 && problem->status != 503) /* it may have been done */
            return code;
        effort.last = *error;
        effort.tries++;
        code = wait_for(api, &effort, pause_after(api, &effort), effort.last.message, error);
        if (code != ERROR_NONE)
            return code;
    }
}
