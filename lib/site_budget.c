/* A site's budget of requests, over its functions in PostgreSQL. */
#include "site_budget.h"

#include "pgarray.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    STEP_MS = 50,        /* between two looks at cancelled */
    LONGEST_MS = 5000,   /* between two questions: an operator may have closed the circuit */
    JITTER_SHARE = 4,    /* a wait grows by up to this part of it ... */
    LEAST_JITTER_MS = 20 /* ... and by up to this in any case */
};

struct site_budget {
    struct site_budget_options options;
    char *tenant, *source;
    struct pgarray names, values; /* of the headers of an answer */
    int64_t wait_ms, retry_after_ms, taken;
    bool is_open;
    char cause[160]; /* of the last request that was refused or not answered; "" once one was answered */
    char why[320];   /* a request may not go now */
};

struct site_budget *site_budget_new(const struct site_budget_options *options)
{
    struct site_budget *budget = calloc(1, sizeof *budget);
    if (!budget)
        return NULL;
    budget->options = *options;
    budget->retry_after_ms = -1;
    budget->tenant = strdup(options->tenant);
    budget->source = strdup(options->source);
    if (budget->tenant && budget->source)
        return budget;
    site_budget_free(budget);
    return NULL;
}

void site_budget_free(struct site_budget *budget)
{
    if (!budget)
        return;
    pgarray_free(&budget->names);
    pgarray_free(&budget->values);
    free(budget->tenant);
    free(budget->source);
    free(budget);
}

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static bool is_cancelled(const struct site_budget *budget)
{
    return budget->options.cancelled && atomic_load(budget->options.cancelled);
}

static void rest(const struct site_budget *budget, int64_t ms)
{
    int64_t until = monotonic_ms() + ms;
    for (int64_t left; !is_cancelled(budget) && (left = until - monotonic_ms()) > 0;) {
        int64_t step = left < STEP_MS ? left : STEP_MS;
        struct timespec pause = {.tv_nsec = 1000000 * (long)step};
        nanosleep(&pause, NULL);
    }
}

static int64_t with_jitter(int64_t ms)
{
    int64_t most = ms / JITTER_SHARE > LEAST_JITTER_MS ? ms / JITTER_SHARE : LEAST_JITTER_MS;
    return ms + (int64_t)randombytes_uniform((uint32_t)(most > LONGEST_MS ? LONGEST_MS : most) + 1);
}

/* A sentence for the word that take_requests gives. */
static const char *words_of(const char *why)
{
    static const struct {
        const char *why, *words;
    } reasons[] = {
        {"rate", "its budget of requests is used up"},
        {"paused", "it asked for a pause, or refused the last request"},
        {"circuit_open", "it refused our credentials (401 or 403): see source_health, and renew them"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(why, reasons[i].why) == 0)
            return reasons[i].words;
    return why;
}

enum error_code site_budget_ask(struct site_budget *budget, const char *endpoint, int wanted, int *granted, struct error *error)
{
    char number[16];
    snprintf(number, sizeof number, "%d", wanted);
    const char *values[] = {budget->tenant, budget->source, number, endpoint};
    const struct db_params params = {.count = 4, .values = values};
    PGresult *result = NULL;
    enum error_code code = db_query_prepared(
        budget->options.db, "take_requests",
        "SELECT granted, coalesce(wait_ms, 0), coalesce(why, '') FROM jirasync.take_requests($1, $2, $3::integer, $4)", &params,
        0, budget->options.timeout_ms, &result, error);
    if (code != ERROR_NONE)
        return code;
    *granted = (int)strtol(PQgetvalue(result, 0, 0), NULL, 10);
    budget->wait_ms = strtoll(PQgetvalue(result, 0, 1), NULL, 10);
    snprintf(budget->why, sizeof budget->why, "%s%s%s", words_of(PQgetvalue(result, 0, 2)), *budget->cause ? ": " : "",
             budget->cause);
    PQclear(result);
    budget->taken += *granted;
    return ERROR_NONE;
}

static enum error_code give_up(const struct site_budget *budget, struct error *error)
{
    return error_set(error, ERROR_BUSY, "source %s can't be asked for the next %" PRId64 " s: %s", budget->source,
                     (budget->wait_ms + 999) / 1000, is_cancelled(budget) ? "a stop was asked for" : budget->why);
}

enum error_code site_budget_take(struct site_budget *budget, const char *endpoint, int wanted, int *granted,
                                 struct error *error)
{
    int64_t started = monotonic_ms(), patience = budget->options.patience_ms;
    *granted = 0;
    for (;;) {
        enum error_code code = site_budget_ask(budget, endpoint, wanted < 1 ? 1 : wanted, granted, error);
        if (code != ERROR_NONE)
            return code;
        if (*granted > 0)
            break;
        bool is_too_long = patience >= 0 && monotonic_ms() - started + budget->wait_ms > patience;
        if (is_too_long || is_cancelled(budget))
            return give_up(budget, error);
        rest(budget, budget->wait_ms > LONGEST_MS ? LONGEST_MS : with_jitter(budget->wait_ms));
    }
    return ERROR_NONE;
}

static void add_text(struct pgarray *array, const char *text)
{
    pgarray_add_bytes(array, text, strlen(text));
}

static void gather_headers(struct site_budget *budget, const struct http_answer *answer)
{
    static const struct {
        enum http_header header;
        const char *name;
    } headers[] = {
        {HTTP_DATE, "date"},
        {HTTP_RETRY_AFTER, "retry-after"},
        {HTTP_LIMIT, "x-ratelimit-limit"},
        {HTTP_LIMIT_REMAINING, "x-ratelimit-remaining"},
        {HTTP_LIMIT_RESET, "x-ratelimit-reset"},
        {HTTP_LIMIT_NEAR, "x-ratelimit-nearlimit"},
        {HTTP_LIMIT_INTERVAL, "x-ratelimit-interval-seconds"},
        {HTTP_LIMIT_FILL_RATE, "x-ratelimit-fillrate"},
        {HTTP_LIMIT_REASON, "ratelimit-reason"},
        {HTTP_POINTS, "ratelimit"},
        {HTTP_POINTS_BETA, "beta-ratelimit"},
    };
    pgarray_begin(&budget->names, PGARRAY_TEXT);
    pgarray_begin(&budget->values, PGARRAY_TEXT);
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        const char *value = http_header(answer, headers[i].header);
        if (!value)
            continue;
        add_text(&budget->names, headers[i].name);
        add_text(&budget->values, value);
    }
}

/* So that whoever gives up waiting says what for. */
static void remember_cause(struct site_budget *budget, const struct http_answer *answer)
{
    if (answer->fault != HTTP_ANSWERED)
        snprintf(budget->cause, sizeof budget->cause, "%.150s", answer->problem);
    else if (answer->status == 429 || answer->status >= 500)
        snprintf(budget->cause, sizeof budget->cause, "it answered %d", answer->status);
    else
        budget->cause[0] = '\0';
}

enum error_code site_budget_note(struct site_budget *budget, const char *endpoint, const struct http_answer *answer,
                                 struct error *error)
{
    char status[16];
    int lengths[6] = {0}, formats[6] = {0, 0, 0, 0, 1, 1};
    const Oid types[6] = {0, 0, 0, 0, pgarray_oid(PGARRAY_TEXT), pgarray_oid(PGARRAY_TEXT)};
    PGresult *result = NULL;
    snprintf(status, sizeof status, "%d", answer->fault == HTTP_ANSWERED ? answer->status : 0);
    remember_cause(budget, answer);
    gather_headers(budget, answer);
    const char *names = pgarray_finish(&budget->names, &lengths[4]);
    const char *values = pgarray_finish(&budget->values, &lengths[5]);
    if (!names || !values)
        return error_set(error, ERROR_NO_MEMORY, "no memory for an answer's headers");
    const char *const all[] = {budget->tenant, budget->source, endpoint, status, names, values};
    const struct db_params params = {.count = 6, .types = types, .values = all, .lengths = lengths, .formats = formats};
    enum error_code code = db_query_prepared(
        budget->options.db, "note_response",
        "SELECT coalesce(retry_after_ms, -1), circuit FROM jirasync.note_response($1, $2, $3, $4::integer,"
        " jsonb_object($5, $6))",
        &params, 0, budget->options.timeout_ms, &result, error);
    if (code != ERROR_NONE)
        return code;
    budget->retry_after_ms = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    budget->is_open = strcmp(PQgetvalue(result, 0, 1), "open") == 0;
    PQclear(result);
    return ERROR_NONE;
}

const char *site_budget_why(const struct site_budget *budget)
{
    return budget->why;
}

int64_t site_budget_wait_ms(const struct site_budget *budget)
{
    return budget->wait_ms;
}

int64_t site_budget_retry_after_ms(const struct site_budget *budget)
{
    return budget->retry_after_ms;
}

bool site_budget_is_open(const struct site_budget *budget)
{
    return budget->is_open;
}

int64_t site_budget_taken(const struct site_budget *budget)
{
    return budget->taken;
}
