/* The shared counters in Prometheus' text format. */
#include "metrics.h"

#include <stdarg.h>
#include <stdio.h>

struct page {
    char *text;
    size_t size, length;
};

static void PRINTF_LIKE(2, 3) add(struct page *page, const char *format, ...)
{
    va_list arguments;
    int wrote;

    va_start(arguments, format);
    wrote = vsnprintf(page->text + page->length, page->size - page->length, format, arguments);
    va_end(arguments);
    if (wrote > 0 && (size_t)wrote < page->size - page->length)
        page->length += (size_t)wrote;
    else
        page->text[page->length] = '\0';
}

static void add_head(struct page *page, const char *name, const char *type, const char *help)
{
    add(page, "# HELP jirasync_%s %s\n# TYPE jirasync_%s %s\n", name, help, name, type);
}

static void add_total(struct page *page, const char *name, const char *help, const _Atomic uint64_t *value)
{
    add_head(page, name, "counter", help);
    add(page, "jirasync_%s %llu\n", name, (unsigned long long)atomic_load(value));
}

static void add_outcomes(struct page *page, const struct counters *counters)
{
    add_head(page, "deliveries_total", "counter", "Verified deliveries by outcome.");
    for (size_t i = 0; i < STORE_OUTCOMES; i++)
        add(page, "jirasync_deliveries_total{outcome=\"%s\"} %llu\n",
            i == STORE_ID_CONFLICT ? "id_conflict" : store_outcome_name((enum store_outcome)i),
            (unsigned long long)atomic_load(&counters->outcomes[i]));
}

static void add_errors(struct page *page, const struct counters *counters)
{
    add_head(page, "errors_total", "counter", "Requests that were not answered 200, by error.");
    for (size_t i = 1; i < ERROR_CODES; i++)
        add(page, "jirasync_errors_total{error=\"%s\"} %llu\n", error_name((enum error_code)i),
            (unsigned long long)atomic_load(&counters->errors[i]));
}

static void add_secrets(struct page *page, const struct counters *counters)
{
    add_head(page, "secret_matches_total", "counter", "Deliveries verified with each secret.");
    for (size_t i = 0; i < COUNTERS_SECRETS; i++)
        if (atomic_load(&counters->secrets[i].taken) == 2)
            add(page, "jirasync_secret_matches_total{%s} %llu\n", counters->secrets[i].label,
                (unsigned long long)atomic_load(&counters->secrets[i].matches));
}

static void add_children(struct page *page, const struct counters *counters)
{
    long long inflight = 0;
    int ready = 0;

    for (size_t i = 0; i < COUNTERS_SLOTS; i++) {
        inflight += (long long)atomic_load(&counters->slots[i].inflight_bytes);
        ready += atomic_load(&counters->slots[i].ready);
    }
    add_head(page, "inflight_bytes", "gauge", "Bytes admitted for bodies in flight, over all children.");
    add(page, "jirasync_inflight_bytes %lld\n", inflight);
    add_head(page, "children_ready", "gauge", "Children that take requests.");
    add(page, "jirasync_children_ready %d\n", ready);
}

void metrics_write(const struct counters *counters, char *text, size_t size)
{
    struct page page = {text, size, 0};

    text[0] = '\0';
    add_total(&page, "requests_total", "Requests that reached the receiver.", &counters->requests);
    add_total(&page, "body_bytes_total", "Body bytes read.", &counters->body_bytes);
    add_total(&page, "batches_total", "Transactions of the store.", &counters->batches);
    add_total(&page, "batched_total", "Deliveries in those transactions.", &counters->batched);
    add_total(&page, "notifications_total", "Wake-ups sent to the worker.", &counters->notifications);
    add_total(&page, "child_restarts_total", "Children replaced after a death.", &counters->restarts);
    add_outcomes(&page, counters);
    add_errors(&page, counters);
    add_secrets(&page, counters);
    add_children(&page, counters);
}
