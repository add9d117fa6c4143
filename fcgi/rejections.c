/* Rejected requests: a bounded sample on its way to the database. */
#include "rejections.h"

#include "instant.h"
#include "json_write.h"
#include "log.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define QUEUE_ROWS 256 /* more in a second are a flood: counted, not kept */
#define ROW_BYTES 512

struct rejection {
    char tenant[64], source[64];
    enum error_code reason;
    size_t bytes;
    instant at;
};

struct rejections {
    pthread_mutex_t lock;
    size_t count;
    struct rejection rows[QUEUE_ROWS];
};

struct rejections *rejections_new(void)
{
    struct rejections *rejections = calloc(1, sizeof *rejections);

    if (rejections != NULL)
        (void)pthread_mutex_init(&rejections->lock, NULL);
    return rejections;
}

void rejections_free(struct rejections *rejections)
{
    if (rejections == NULL)
        return;
    (void)pthread_mutex_destroy(&rejections->lock);
    free(rejections);
}

void rejections_add(struct rejections *rejections, const struct source *source, enum error_code reason, size_t bytes)
{
    if (pthread_mutex_trylock(&rejections->lock) != 0)
        return; /* a sample: a request never waits for it */
    if (rejections->count < QUEUE_ROWS) {
        struct rejection *row = &rejections->rows[rejections->count++];

        (void)snprintf(row->tenant, sizeof row->tenant, "%s", source == NULL ? "main" : source->tenant);
        (void)snprintf(row->source, sizeof row->source, "%s", source == NULL ? "" : source->name);
        row->reason = reason;
        row->bytes = bytes;
        row->at = instant_now();
    }
    pthread_mutex_unlock(&rejections->lock);
}

/* Takes the waiting rows as a JSON array; NULL when there are none or memory is short. */
static char *take_json(struct rejections *rejections)
{
    char *text = malloc(QUEUE_ROWS * ROW_BYTES), at[INSTANT_TEXT_BYTES], bytes[32];
    struct json_writer json;
    size_t count;

    if (text == NULL)
        return NULL;
    json_write_init(&json, text, QUEUE_ROWS * ROW_BYTES);
    pthread_mutex_lock(&rejections->lock);
    count = rejections->count;
    for (size_t i = 0; i < count; i++) {
        const struct rejection *row = &rejections->rows[i];

        json_write_raw(&json, i == 0 ? "[{\"tenant\":" : ",{\"tenant\":");
        json_write_string(&json, row->tenant, sizeof row->tenant);
        json_write_raw(&json, ",\"source\":");
        json_write_string(&json, row->source, sizeof row->source);
        json_write_raw(&json, ",\"reason\":");
        json_write_string(&json, error_name(row->reason), 64);
        json_write_raw(&json, ",\"rejected_at\":");
        json_write_string(&json, instant_format(row->at, 6, at), sizeof at);
        (void)snprintf(bytes, sizeof bytes, ",\"bytes\":%zu}", row->bytes);
        json_write_raw(&json, bytes);
    }
    rejections->count = 0;
    pthread_mutex_unlock(&rejections->lock);
    json_write_raw(&json, "]");
    if (count > 0)
        return text;
    free(text);
    return NULL;
}

void rejections_flush(struct rejections *rejections, struct db *db, int64_t timeout_ms)
{
    static const char sql[] =
        "SELECT jirasync.store_rejections(array_agg(tenant), array_agg(source), array_agg(rejected_at),"
        " array_agg(reason), array_agg(bytes)) FROM jsonb_to_recordset($1::jsonb)"
        " AS r(tenant text, source text, rejected_at timestamptz, reason text, bytes bigint)";
    struct error error = {0};
    PGresult *result = NULL;
    char *json;

    if (!db_is_connected(db) || (json = take_json(rejections)) == NULL)
        return;
    if (db_query(db, sql, &(struct db_params){.count = 1, .values = (const char *const[]){json}}, 0, timeout_ms,
                 &result, &error) != ERROR_NONE)
        log_error(NULL, &error);
    PQclear(result);
    free(json);
}
