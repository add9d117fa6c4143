/* Answers of Jira's REST API, made deliveries of our own and stored. */
#include "fetched.h"

#include "json_text.h"
#include "normalize.h"
#include "pgarray.h"
#include "signature.h"
#include "store_range.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STORE_TIMEOUT_MS 60000
#define ID_PREFIX "fetch:"

struct fetched {
    struct db *db;
    const struct config *config;
    const struct source *source;
    struct arena *arena;            /* normal forms of the batch */
    struct store_item *items;       /* bodies and delivery ids are owned */
    struct store_refusal *refusals; /* one for each item */
    size_t count, bytes, listed;
    struct pgarray bodies; /* of fetched issues, for their children */
    int64_t outcomes[STORE_OUTCOMES];
};

struct fetched *fetched_new(struct db *db, const struct config *config, const struct source *source)
{
    struct fetched *fetched = calloc(1, sizeof *fetched);
    if (!fetched)
        return NULL;
    size_t rows = (size_t)config->batch_rows;
    *fetched = (struct fetched){.db = db, .config = config, .source = source};
    fetched->arena = arena_new((size_t)config->max_parse_bytes);
    fetched->items = calloc(rows, sizeof *fetched->items);
    fetched->refusals = calloc(rows, sizeof *fetched->refusals);
    if (fetched->arena && fetched->items && fetched->refusals)
        return fetched;
    fetched_free(fetched);
    return NULL;
}

static void clear_batch(struct fetched *fetched)
{
    for (size_t i = 0; i < fetched->count; i++) {
        free((void *)(uintptr_t)fetched->items[i].body);
        free((void *)(uintptr_t)fetched->items[i].delivery_id);
    }
    fetched->count = fetched->bytes = 0;
    arena_reset(fetched->arena);
}

void fetched_free(struct fetched *fetched)
{
    if (!fetched)
        return;
    clear_batch(fetched);
    arena_free(fetched->arena);
    pgarray_free(&fetched->bodies);
    free(fetched->items);
    free(fetched->refusals);
    free(fetched);
}

static enum error_code store_batch(struct fetched *fetched, struct error *error)
{
    enum store_outcome outcomes[fetched->count + 1];
    enum error_code code = fetched->count == 0 ? ERROR_NONE
                                               : store_range(fetched->db, fetched->items, fetched->refusals, fetched->count,
                                                             STORE_TIMEOUT_MS, outcomes, error);
    for (size_t i = 0; code == ERROR_NONE && i < fetched->count; i++)
        fetched->outcomes[outcomes[i]]++;
    clear_batch(fetched);
    return code;
}

static char *delivery_id(const char *body, size_t length)
{
    char body_id[SIGNATURE_BODY_ID_BYTES], *id;
    const char *text = signature_body_id((const unsigned char *)body, length, body_id);
    return asprintf(&id, ID_PREFIX "%s", text) < 0 ? NULL : id;
}

/* Normalizes into the batch's arena; a full arena is emptied by storing what waits, once. */
static enum error_code normalize(struct fetched *fetched, const char *body, size_t length, struct normal_form **form,
                                 struct error *error)
{
    const struct normalize_options options = {.epic_link_field = fetched->source->epic_link_field};
    enum error_code code = normalize_jira(body, length, &options, fetched->arena, form, error);
    if (code != ERROR_TOO_COMPLEX || fetched->count == 0)
        return code;
    code = store_batch(fetched, error);
    return code == ERROR_NONE ? normalize_jira(body, length, &options, fetched->arena, form, error) : code;
}

/* Adds one body, which it takes over, to the batch; a full one is stored. *storable is the body as PostgreSQL can hold it,
 * good until the batch is stored; NULL where it is no issue. */
static enum error_code add_body(struct fetched *fetched, char *body, size_t length, instant at, const char **storable,
                                struct error *error)
{
    struct normal_form *form = NULL;
    enum error_code code = normalize(fetched, body, length, &form, error);
    struct store_item *item = &fetched->items[fetched->count];
    *storable = NULL;
    if (code != ERROR_NONE && !error_is_quarantined(code)) {
        free(body);
        return code;
    }
    *item = (struct store_item){.source = fetched->source, .received_at = at, .quarantine = code};
    item->content_type = "application/json";
    item->body = (const unsigned char *)body;
    item->body_length = length;
    item->form = code == ERROR_NONE ? form : NULL;
    item->delivery_id = delivery_id(body, length);
    if (!item->delivery_id) {
        free(body);
        return error_set(error, ERROR_NO_MEMORY, "out of memory");
    }
    if (code != ERROR_NONE)
        store_range_refuse(item, &fetched->refusals[fetched->count], error);
    else
        *storable = form->storable ? form->storable : body;
    fetched->count++;
    fetched->bytes += length;
    return ERROR_NONE;
}

static bool is_full(const struct fetched *fetched)
{
    return fetched->count >= (size_t)fetched->config->batch_rows ||
           fetched->bytes >= (size_t)fetched->config->batch_bytes;
}

/* {"timestamp": ..., "webhookEvent": EVENT, "issue": ISSUE}; NULL when memory is short. */
static char *wrap(const char *event, const char *issue, size_t issue_length, instant at, size_t *length)
{
    char head[128];
    int head_length = snprintf(head, sizeof head, "{\"timestamp\":%" PRId64 ",\"webhookEvent\":\"%s\",\"issue\":", at / 1000, event);
    char *body = malloc((size_t)head_length + issue_length + 2);
    if (!body)
        return NULL;
    memcpy(body, head, (size_t)head_length);
    memcpy(body + head_length, issue, issue_length);
    memcpy(body + (size_t)head_length + issue_length, "}", 2);
    *length = (size_t)head_length + issue_length + 1;
    return body;
}

enum error_code fetched_store_events(struct fetched *fetched, const PGresult *result, int64_t *stored, struct error *error)
{
    enum error_code code = ERROR_NONE;
    for (int row = 0; code == ERROR_NONE && row < PQntuples(result); row++) {
        const char *storable;
        char *body = strdup(PQgetvalue(result, row, 0));
        if (!body)
            return error_set(error, ERROR_NO_MEMORY, "out of memory");
        code = add_body(fetched, body, (size_t)PQgetlength(result, row, 0), instant_now(), &storable, error);
        if (code == ERROR_NONE && is_full(fetched))
            code = store_batch(fetched, error);
        *stored += code == ERROR_NONE;
    }
    return code == ERROR_NONE ? store_batch(fetched, error) : code;
}

/* Stores what the issues whose bodies were gathered show beside themselves. */
static enum error_code store_children(struct fetched *fetched, int64_t *stored, struct error *error)
{
    int lengths[3] = {0}, formats[3] = {0, 0, 1};
    const Oid types[3] = {0, 0, pgarray_oid(PGARRAY_TEXT)};
    const char *bodies = pgarray_finish(&fetched->bodies, &lengths[2]);
    if (!bodies)
        return error_set(error, ERROR_NO_MEMORY, "no memory for the bodies of fetched issues");
    const char *const values[] = {fetched->source->tenant, fetched->source->name, bodies};
    const struct db_params params = {.count = 3, .types = types, .values = values, .lengths = lengths, .formats = formats};
    PGresult *result = NULL;
    enum error_code code = db_query_prepared(fetched->db, "fetched_children", "SELECT jirasync.fetched_children($1, $2, $3)",
                                             &params, 0, STORE_TIMEOUT_MS, &result, error);
    if (code == ERROR_NONE)
        code = fetched_store_events(fetched, result, stored, error);
    PQclear(result);
    return code;
}

static enum error_code add_issue(struct fetched *fetched, const struct jira_item *issue, instant at, int64_t *id,
                                 struct error *error)
{
    size_t length = 0;
    const char *storable;
    char *body = wrap("jirasync:issue_fetched", issue->bytes, issue->length, at, &length);
    if (!body)
        return error_set(error, ERROR_NO_MEMORY, "out of memory");
    enum error_code code = add_body(fetched, body, length, at, &storable, error);
    if (code != ERROR_NONE)
        return code;
    *id = storable ? fetched->items[fetched->count - 1].form->issue.issue_id : NORMALIZE_NO_ID;
    if (storable)
        pgarray_add_bytes(&fetched->bodies, storable, strlen(storable));
    return ERROR_NONE;
}

enum error_code fetched_store(struct fetched *fetched, const struct jira_item *issues, size_t count, instant at, int64_t *ids,
                              struct fetched_counts *counts, struct error *error)
{
    enum error_code code = ERROR_NONE;
    memset(fetched->outcomes, 0, sizeof fetched->outcomes);
    pgarray_begin(&fetched->bodies, PGARRAY_TEXT);
    for (size_t i = 0; code == ERROR_NONE && i < count; i++) {
        int64_t id;
        code = add_issue(fetched, &issues[i], at, ids ? &ids[i] : &id, error);
        if (code == ERROR_NONE && is_full(fetched))
            code = store_batch(fetched, error);
    }
    if (code == ERROR_NONE)
        code = store_batch(fetched, error);
    clear_batch(fetched);
    for (size_t i = 0; i < STORE_OUTCOMES; i++)
        counts->outcomes[i] += fetched->outcomes[i];
    /* Compared with what the mirror has by now. */
    return code == ERROR_NONE ? store_children(fetched, &counts->children, error) : code;
}

enum error_code fetched_cut(struct fetched *fetched, PGresult **cut, struct error *error)
{
    int length = 0;
    const Oid types[] = {pgarray_oid(PGARRAY_TEXT)};
    const char *bodies = pgarray_finish(&fetched->bodies, &length);
    if (!bodies)
        return error_set(error, ERROR_NO_MEMORY, "no memory for the bodies of fetched issues");
    const struct db_params params = {
        .count = 1, .types = types, .values = &bodies, .lengths = &length, .formats = (const int[]){1}};
    return db_query_prepared(fetched->db, "cut_children", "SELECT issue_id, kind FROM jirasync.cut_children($1)", &params, 0,
                             STORE_TIMEOUT_MS, cut, error);
}

static void append(struct pgarray *array, const char *text)
{
    pgarray_append(array, text, strlen(text));
}

void fetched_begin_children(struct fetched *fetched, int64_t issue_id, const char *kind, instant at)
{
    char head[192];
    snprintf(head, sizeof head,
             "{\"timestamp\":%" PRId64 ",\"issue\":{\"id\":\"%" PRId64 "\",\"fields\":{\"%s\":{\"%ss\":[", at / 1000, issue_id, kind,
             kind);
    fetched->listed = 0;
    arena_reset(fetched->arena);
    pgarray_begin(&fetched->bodies, PGARRAY_TEXT);
    pgarray_open(&fetched->bodies);
    append(&fetched->bodies, head);
}

void fetched_add_children(struct fetched *fetched, const struct jira_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *storable = items[i].bytes;
        int altered = 0;
        append(&fetched->bodies, fetched->listed++ ? "," : "");
        /* An arena that is full leaves the text as it came: PostgreSQL refuses what it can't hold. */
        if (!json_text_storable(fetched->arena, items[i].bytes, items[i].length, &storable, &altered))
            storable = items[i].bytes;
        pgarray_append(&fetched->bodies, storable, items[i].length);
    }
}

enum error_code fetched_end_children(struct fetched *fetched, int64_t *stored, struct error *error)
{
    append(&fetched->bodies, "]}}}}");
    pgarray_close(&fetched->bodies);
    arena_reset(fetched->arena);
    return store_children(fetched, stored, error);
}

enum error_code fetched_bury(struct fetched *fetched, const int64_t *ids, size_t count, instant at, int64_t *buried,
                             struct error *error)
{
    char when[INSTANT_TEXT_BYTES];
    int lengths[4] = {0}, formats[4] = {0, 0, 1, 0};
    const Oid types[4] = {0, 0, pgarray_oid(PGARRAY_INT8), 0};
    pgarray_begin(&fetched->bodies, PGARRAY_INT8);
    for (size_t i = 0; i < count; i++)
        pgarray_add_int8(&fetched->bodies, ids[i]);
    const char *array = pgarray_finish(&fetched->bodies, &lengths[2]);
    if (!array)
        return error_set(error, ERROR_NO_MEMORY, "no memory for ids");
    const char *const values[] = {fetched->source->tenant, fetched->source->name, array, instant_format_utc(at, when)};
    const struct db_params params = {.count = 4, .types = types, .values = values, .lengths = lengths, .formats = formats};
    PGresult *result = NULL;
    enum error_code code =
        db_query_prepared(fetched->db, "gone_bodies", "SELECT jirasync.gone_bodies($1, $2, $3, $4::timestamptz)", &params, 0,
                          STORE_TIMEOUT_MS, &result, error);
    if (code == ERROR_NONE)
        code = fetched_store_events(fetched, result, buried, error);
    PQclear(result);
    return code;
}
