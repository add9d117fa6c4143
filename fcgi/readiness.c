/* Database, schema and secrets: ready or not, and which is not. */
#include "readiness.h"

#include "instant.h"
#include "json_write.h"
#include "log.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long a refused delivery counts. A balancer that asks /readyz sends none while it is false, so that none can show
 * that the fault is mended. */
#define MISUSE_US (15 * 1000000)

struct readiness {
    const struct source_list *sources;
    char *sources_json;
    pthread_mutex_t lock;
    char database[256]; /* empty: as it should be */
    char schema[64];    /* version of the schema, for the answer */
    instant misused_at; /* the last delivery was refused for a fault of ours; INSTANT_NONE: it was not */
};

struct readiness *readiness_new(const struct source_list *sources)
{
    struct readiness *readiness = calloc(1, sizeof *readiness);

    if (readiness == NULL)
        return NULL;
    readiness->sources = sources;
    readiness->misused_at = INSTANT_NONE;
    readiness->sources_json = source_list_json(sources);
    (void)pthread_mutex_init(&readiness->lock, NULL);
    (void)snprintf(readiness->database, sizeof readiness->database, "not reached yet");
    if (readiness->sources_json == NULL) {
        readiness_free(readiness);
        return NULL;
    }
    return readiness;
}

void readiness_free(struct readiness *readiness)
{
    if (readiness == NULL)
        return;
    (void)pthread_mutex_destroy(&readiness->lock);
    free(readiness->sources_json);
    free(readiness);
}

/* What the answer of receiver_hello lacks, or "". Columns: schema version, writable, fsync, synchronous_commit. */
static const char *fault_of(const PGresult *hello)
{
    static const char *const faults[] = {
        NULL,
        "the database is read only",
        "fsync is off: an answer would not be durable",
        "synchronous_commit is off: an answer would not be durable",
    };

    if (PQntuples(hello) != 1 || PQnfields(hello) < 4)
        return "receiver_hello answers in another form: run sql/migrate";
    for (int column = 1; column < 4; column++)
        if (strcmp(PQgetvalue(hello, 0, column), "t") != 0)
            return faults[column];
    if (strcmp(PQgetvalue(hello, 0, 0), READINESS_SCHEMA) < 0)
        return "the schema is older than this program: run sql/migrate";
    return "";
}

void readiness_note_store(struct readiness *readiness, bool good)
{
    pthread_mutex_lock(&readiness->lock);
    readiness->misused_at = good ? INSTANT_NONE : instant_now();
    pthread_mutex_unlock(&readiness->lock);
}

void readiness_refresh(struct readiness *readiness, struct db *db, int64_t timeout_ms)
{
    const char *values[] = {readiness->sources_json};
    const struct db_params params = {.count = 1, .values = values};
    struct error error = {0};
    PGresult *hello = NULL;
    enum error_code code = db_query(db, "SELECT * FROM jirasync.receiver_hello($1::jsonb)", &params, 0, timeout_ms,
                                    &hello, &error);

    pthread_mutex_lock(&readiness->lock);
    if (code == ERROR_NONE) {
        (void)snprintf(readiness->database, sizeof readiness->database, "%s", fault_of(hello));
        (void)snprintf(readiness->schema, sizeof readiness->schema, "%s", PQntuples(hello) == 1 ? PQgetvalue(hello, 0, 0) : "");
    } else {
        const char *what = code == ERROR_DATABASE_MISUSE ? "the schema or its privileges are not as they should be: run sql/migrate"
                                                         : "unavailable";

        if (strcmp(readiness->database, what) != 0)
            log_error(NULL, &error);
        (void)snprintf(readiness->database, sizeof readiness->database, "%s", what);
    }
    pthread_mutex_unlock(&readiness->lock);
    PQclear(hello);
}

static bool is_misused(const struct readiness *readiness)
{
    return readiness->misused_at != INSTANT_NONE && instant_now() - readiness->misused_at < MISUSE_US;
}

/* Lists the secrets that can't be had, by source and reference. */
static bool describe_secrets(const struct source_list *sources, struct json_writer *json)
{
    bool all = true;

    json_write_raw(json, ",\"secrets_missing\":[");
    for (size_t i = 0; i < source_list_count(sources); i++) {
        const struct source *source = source_list_at(sources, i);

        for (size_t j = 0; j < source->secret_count; j++) {
            if (secret_is_available(source->secrets[j]))
                continue;
            json_write_raw(json, all ? "" : ",");
            json_write_string(json, secret_reference(source->secrets[j]), 200);
            all = false;
        }
    }
    json_write_raw(json, "]");
    return all;
}

bool readiness_describe(struct readiness *readiness, char *text, size_t size)
{
    char details[3072], database[256], schema[64];
    struct json_writer json, members;
    bool ready;

    pthread_mutex_lock(&readiness->lock);
    memcpy(database, readiness->database, sizeof database);
    if (database[0] == '\0' && is_misused(readiness))
        (void)snprintf(database, sizeof database, "a delivery could not be stored for a fault of ours: see the log");
    memcpy(schema, readiness->schema, sizeof schema);
    pthread_mutex_unlock(&readiness->lock);
    json_write_init(&members, details, sizeof details);
    json_write_raw(&members, ",\"database\":");
    json_write_string(&members, database[0] == '\0' ? "ok" : database, sizeof database);
    json_write_raw(&members, ",\"schema\":");
    json_write_string(&members, schema, sizeof schema);
    ready = describe_secrets(readiness->sources, &members) && database[0] == '\0';
    json_write_init(&json, text, size);
    json_write_raw(&json, ready ? "{\"status\":\"ready\"" : "{\"status\":\"not_ready\"");
    json_write_raw(&json, members.cut ? "" : details);
    json_write_raw(&json, "}\n");
    return ready;
}
