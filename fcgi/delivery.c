/* The stages of a delivery: route, method, length, admission, read, verify, normalize, store, answer. */
#include "delivery.h"

#include "log.h"
#include "metrics.h"
#include "normalize_delivery.h"
#include "request.h"
#include "response.h"
#include "signature.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WEBHOOKS "/webhooks/"
#define EVENT_MAX_BYTES 255
#define ADMISSION_FACTOR 4 /* body, normal form, copies for libpq */

/* What the stages know of the request so far. */
struct delivery {
    const struct responder_context *context;
    FCGX_Request *fcgi;
    struct request request;
    struct request_headers headers; /* those of the source's kind */
    const struct source *source;
    struct batcher_item *item;
    instant received_at;
    const char *event_id;                       /* NULL until the signature holds */
    const char *secret_ref, *event, *issue_key; /* for the log; the texts lie in the item's arena */
    struct error error;
    enum store_outcome outcome;
};

/* ---- route ---- */

/* "/webhooks/KIND/SLUG", or "/webhooks/jira" for the source `default`. */
static enum error_code route(struct delivery *delivery)
{
    const char *kind_name = delivery->request.path + strlen(WEBHOOKS), *slug = strchr(kind_name, '/');
    size_t length = slug == NULL ? strlen(kind_name) : (size_t)(slug - kind_name);
    enum source_kind kind;

    if (source_kind_parse(kind_name, length, &kind) && kind != SOURCE_GIT && (slug != NULL || kind == SOURCE_JIRA))
        delivery->source = source_list_find(delivery->context->sources, kind, slug == NULL ? "default" : slug + 1);
    if (delivery->source != NULL && delivery->source->secret_count > 0) {
        request_headers(&delivery->request, delivery->source->kind, &delivery->headers);
        return ERROR_NONE;
    }
    delivery->source = NULL;
    return error_set(&delivery->error, ERROR_UNKNOWN_SOURCE, "no such source");
}

static enum error_code check_method(struct delivery *delivery)
{
    if (strcmp(delivery->request.method, "POST") == 0)
        return ERROR_NONE;
    return error_set(&delivery->error, ERROR_METHOD_NOT_ALLOWED, "a webhook is sent with POST");
}

static enum error_code check_length(struct delivery *delivery)
{
    int64_t limit = delivery->context->config->max_body_bytes;

    if (!delivery->request.has_length)
        return error_set(&delivery->error, ERROR_LENGTH_REQUIRED, "the request has no Content-Length");
    if (delivery->request.length > (size_t)limit)
        return error_set(&delivery->error, ERROR_BODY_TOO_LARGE, "more than %" PRId64 " bytes", limit);
    return ERROR_NONE;
}

static enum error_code admit(struct delivery *delivery)
{
    const struct responder_context *context = delivery->context;
    int64_t bytes = (int64_t)delivery->request.length * ADMISSION_FACTOR;

    if (!counters_admit(context->counters, context->slot, bytes, context->config->max_inflight_bytes))
        return error_set(&delivery->error, ERROR_BUSY, "too many bytes in flight");
    delivery->item->counters = context->counters;
    delivery->item->slot = context->slot;
    delivery->item->admitted = bytes;
    return ERROR_NONE;
}

static enum error_code read_body(struct delivery *delivery)
{
    struct batcher_item *item = delivery->item;
    enum error_code code = request_read(&delivery->request, delivery->fcgi->in, &item->body, &delivery->error);

    if (code != ERROR_NONE)
        return code;
    item->store.body = item->body;
    item->store.body_length = delivery->request.length;
    atomic_fetch_add(&delivery->context->counters->body_bytes, delivery->request.length);
    return ERROR_NONE;
}

/* ---- verify ---- */

/* A token or a signature, whichever GitLab was given; of a signed delivery the id that is signed counts, so that it can't be
 * sent again under another one. */
static enum error_code verify_gitlab(struct delivery *delivery, const char *token, size_t *matched)
{
    const struct source *source = delivery->source;
    const struct batcher_item *item = delivery->item;
    enum error_code code = signature_verify_claim(
        &delivery->headers.claim, delivery->received_at / 1000000, delivery->context->config->signature_tolerance_s,
        item->body, item->store.body_length, source->secrets, source->secret_count, matched);

    if (code == ERROR_NONE)
        delivery->headers.delivery_id = delivery->headers.claim.id;
    else
        code = signature_verify_token(token, source->secrets, source->secret_count, matched);
    return code;
}

static void count_secret(const struct delivery *delivery)
{
    struct counters_secret *secret =
        counters_secret(delivery->context->counters, delivery->source->name, delivery->secret_ref);

    if (secret != NULL)
        atomic_fetch_add(&secret->matches, 1);
}

static enum error_code verify(struct delivery *delivery)
{
    const struct source *source = delivery->source;
    const struct batcher_item *item = delivery->item;
    const char *header = delivery->headers.several_signatures ? NULL : delivery->headers.signature;
    enum error_code code;
    size_t matched = 0;

    if (source->kind == SOURCE_GITLAB)
        code = verify_gitlab(delivery, header, &matched);
    else
        code = signature_verify(header, item->body, item->store.body_length, source->secrets, source->secret_count,
                                &matched);
    if (code == ERROR_SECRET_UNAVAILABLE)
        return error_set(&delivery->error, code, "the secret of this source can't be had yet");
    if (code != ERROR_NONE)
        return error_set(&delivery->error, code, "invalid signature");
    delivery->secret_ref = secret_reference(source->secrets[matched]);
    count_secret(delivery);
    return ERROR_NONE;
}

/* ---- identify ---- */

/* A header's text as PostgreSQL takes it in any case: bytes outside printable ASCII become '?'. */
static const char *copy_header(struct arena *arena, const char *text, size_t max_bytes)
{
    char *copy = text == NULL ? NULL : arena_copy(arena, text, strnlen(text, max_bytes));

    for (char *c = copy; c != NULL && *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    return copy;
}

/* The sender's id, or one made of the body. */
static enum error_code identify(struct delivery *delivery)
{
    struct store_item *store = &delivery->item->store;
    char body_id[SIGNATURE_BODY_ID_BYTES];
    const char *id = delivery->headers.delivery_id;

    if (!store_is_delivery_id(id))
        id = signature_body_id(store->body, store->body_length, body_id);
    store->delivery_id = arena_copy(delivery->item->arena, id, strlen(id));
    if (store->delivery_id == NULL)
        return error_set(&delivery->error, ERROR_NO_MEMORY, "no memory for a delivery");
    delivery->event_id = store->delivery_id;
    store->source = delivery->source;
    store->received_at = delivery->received_at;
    store->attempt = delivery->headers.attempt;
    store->matched_secret = delivery->secret_ref;
    store->content_type = copy_header(delivery->item->arena, delivery->request.content_type, STORE_ID_BYTES);
    return ERROR_NONE;
}

/* ---- normalize ---- */

static enum error_code normalize(struct delivery *delivery)
{
    struct arena *arena = delivery->item->arena;
    struct store_item *store = &delivery->item->store;
    const char *event = copy_header(arena, delivery->headers.event, EVENT_MAX_BYTES);
    struct normal_form *form = NULL;
    enum error_code code;

    if (event == NULL && delivery->headers.event != NULL)
        return error_set(&delivery->error, ERROR_NO_MEMORY, "no memory for a delivery");
    store->event = event;
    code = normalize_delivery(store, event, arena, &form, &delivery->error);
    store->form = form;
    if (form != NULL) {
        delivery->event = form->event;
        delivery->issue_key = form->kind == NORMAL_ISSUE ? form->issue.issue_key : NULL;
    }
    return code;
}

/* ---- store ---- */

/* A verified body that could not be understood goes to quarantine; the first error stays the answer. */
static enum error_code store(struct delivery *delivery, enum error_code understood)
{
    struct batcher_item *item = delivery->item;
    struct error error = {0};
    enum error_code code;

    if (understood != ERROR_NONE) {
        if (!error_is_quarantined(understood))
            return understood;
        item->store.form = NULL;
        item->store.quarantine = understood;
        memcpy(item->detail, delivery->error.message, sizeof item->detail);
        item->store.quarantine_detail = item->detail;
    }
    code = batcher_submit(delivery->context->batcher, item, &delivery->outcome, &error);
    if (code != ERROR_NONE)
        delivery->error = error;
    else if (delivery->outcome == STORE_ID_CONFLICT)
        code = error_set(&delivery->error, ERROR_ID_CONFLICT, "this delivery id came before with another body");
    else if (understood != ERROR_NONE)
        code = understood;
    return code;
}

/* ---- the whole way ---- */

static enum error_code pass_stages(struct delivery *delivery)
{
    static enum error_code (*const stages[])(struct delivery *) = {
        route,
        check_method,
        check_length,
        admit,
        read_body,
        verify,
        identify,
    };
    enum error_code code = ERROR_NONE;

    for (size_t i = 0; i < sizeof stages / sizeof *stages; i++)
        if ((code = stages[i](delivery)) != ERROR_NONE)
            return code;
    return store(delivery, normalize(delivery));
}

static void log_delivery(const struct delivery *delivery, enum error_code code)
{
    const struct log_fields *fields = LOG_FIELDS(
            .event_id = delivery->event_id, .source = delivery->source == NULL ? NULL : delivery->source->name,
            .event = delivery->event, .issue_key = delivery->issue_key,
            .outcome = code == ERROR_NONE ? store_outcome_name(delivery->outcome) : NULL,
            .error = code == ERROR_NONE ? NULL : error_name(code), .secret_ref = delivery->secret_ref,
            .sqlstate = delivery->error.sqlstate[0] == '\0' ? NULL : delivery->error.sqlstate,
            .duration_us = instant_now() - delivery->received_at, .bytes = (int64_t)delivery->request.length,
            .attempt = delivery->headers.attempt,
            .status = code == ERROR_SHORT_READ ? -1 : error_http_status(code));

    log_line(code == ERROR_NONE ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, fields, "%s",
             code == ERROR_NONE ? "delivery stored" : "delivery not taken");
}

static void answer(const struct delivery *delivery, enum error_code code)
{
    FCGX_Stream *out = delivery->fcgi->out;

    if (code == ERROR_NONE)
        response_stored(out, delivery->outcome, delivery->event_id, delivery->received_at);
    else if (code != ERROR_SHORT_READ)
        response_error(out, &delivery->error, delivery->event_id, delivery->context->config->retry_after_s,
                       code == ERROR_METHOD_NOT_ALLOWED ? "POST" : NULL);
}

static void count(const struct delivery *delivery, enum error_code code)
{
    struct counters *counters = delivery->context->counters;

    if (code == ERROR_NONE)
        atomic_fetch_add(&counters->outcomes[delivery->outcome], 1);
    else
        atomic_fetch_add(&counters->errors[code], 1);
    if (code == ERROR_INVALID_SIGNATURE)
        rejections_add(delivery->context->rejections, delivery->source, code, delivery->request.length);
}

static bool have_item(struct batcher_item **item, const struct config *config)
{
    if (*item == NULL)
        *item = batcher_item_new((size_t)config->max_parse_bytes);
    return *item != NULL;
}

static void handle_webhook(struct delivery *delivery, struct batcher_item **item)
{
    const struct responder_context *context = delivery->context;
    enum error_code code;

    if (!have_item(item, context->config)) {
        error_set(&delivery->error, ERROR_NO_MEMORY, "no memory for a delivery");
        response_error(delivery->fcgi->out, &delivery->error, NULL, context->config->retry_after_s, NULL);
        return;
    }
    delivery->item = *item;
    code = pass_stages(delivery);
    answer(delivery, code);
    count(delivery, code);
    log_delivery(delivery, code);
    *item = batcher_item_recover(*item); /* the body's memory at once: the next request may be long in coming */
}

/* ---- what operators ask ---- */

static void tell_health(const struct delivery *delivery, bool head_only)
{
    response_text(delivery->fcgi->out, "200 OK", "application/json", "{\"status\":\"alive\"}\n", head_only);
}

static void tell_readiness(const struct delivery *delivery, bool head_only)
{
    char text[4096];
    bool ready = readiness_describe(delivery->context->readiness, text, sizeof text);

    if (!ready)
        (void)FCGX_FPrintF(delivery->fcgi->out, "Retry-After: %d\r\n", (int)delivery->context->config->retry_after_s);
    response_text(delivery->fcgi->out, ready ? "200 OK" : "503 Service Unavailable", "application/json", text,
                  head_only);
}

static void tell_metrics(const struct delivery *delivery, bool head_only)
{
    char *text = malloc(METRICS_BYTES);

    if (text == NULL)
        return;
    metrics_write(delivery->context->counters, text, METRICS_BYTES);
    response_text(delivery->fcgi->out, "200 OK", "text/plain; version=0.0.4", text, head_only);
    free(text);
}

static const struct {
    const char *path;
    void (*tell)(const struct delivery *delivery, bool head_only);
} pages[] = {{"/healthz", tell_health}, {"/readyz", tell_readiness}, {"/metrics", tell_metrics}};

static void handle_page(struct delivery *delivery)
{
    const char *method = delivery->request.method;
    bool is_head = strcmp(method, "HEAD") == 0;
    size_t i = 0;

    while (i < sizeof pages / sizeof *pages && strcmp(pages[i].path, delivery->request.path) != 0)
        i++;
    if (i < sizeof pages / sizeof *pages && (is_head || strcmp(method, "GET") == 0)) {
        pages[i].tell(delivery, is_head);
        return;
    }
    if (i < sizeof pages / sizeof *pages)
        error_set(&delivery->error, ERROR_METHOD_NOT_ALLOWED, "ask with GET or HEAD");
    else
        error_set(&delivery->error, ERROR_UNKNOWN_SOURCE, "no such path");
    atomic_fetch_add(&delivery->context->counters->errors[delivery->error.code], 1);
    response_error(delivery->fcgi->out, &delivery->error, NULL, 0,
                   delivery->error.code == ERROR_METHOD_NOT_ALLOWED ? "GET, HEAD" : NULL);
}

void delivery_handle(const struct responder_context *context, FCGX_Request *request, struct batcher_item **item)
{
    struct delivery delivery = {.context = context, .fcgi = request, .received_at = instant_now()};

    if (!request_parse(&delivery.request, request->envp))
        return;
    atomic_fetch_add(&context->counters->requests, 1);
    if (strncmp(delivery.request.path, WEBHOOKS, strlen(WEBHOOKS)) == 0)
        handle_webhook(&delivery, item);
    else
        handle_page(&delivery);
}
