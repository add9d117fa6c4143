/* A site's OAuth tokens in PostgreSQL. */
#include "site_tokens.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As long as another worker's refresh may take. */
enum { TIMEOUT_MS = 60000 };

struct site_tokens {
    struct db *db;
    char *tenant, *source;
    bool has_renewed;
};

struct site_tokens *site_tokens_new(struct db *db, const char *tenant, const char *source)
{
    struct site_tokens *tokens = calloc(1, sizeof *tokens);
    if (!tokens)
        return NULL;
    *tokens = (struct site_tokens){.db = db, .tenant = strdup(tenant), .source = strdup(source)};
    if (tokens->tenant && tokens->source)
        return tokens;
    site_tokens_free(tokens);
    return NULL;
}

void site_tokens_free(struct site_tokens *tokens)
{
    if (!tokens)
        return;
    free(tokens->tenant);
    free(tokens->source);
    free(tokens);
}

/* Wiped where libpq keeps it. */
static void take_text(PGresult *result, int column, char text[REST_TOKEN_BYTES])
{
    char *value = PQgetvalue(result, 0, column);
    snprintf(text, REST_TOKEN_BYTES, "%s", value);
    sodium_memzero(value, (size_t)PQgetlength(result, 0, column));
}

enum error_code site_tokens_hold(struct site_tokens *tokens, const char *first, struct rest_tokens *held, struct error *error)
{
    const char *values[] = {tokens->tenant, tokens->source, first && *first ? first : NULL};
    const struct db_params params = {.count = 3, .values = values};
    PGresult *result = NULL;
    tokens->has_renewed = true;
    enum error_code code = db_execute(tokens->db, "BEGIN", TIMEOUT_MS, error);
    if (code == ERROR_NONE)
        code = db_query_prepared(tokens->db, "hold_oauth_tokens",
                                 "SELECT access_token, refresh_token, generation,"
                                 " floor(extract(epoch FROM access_expires_at) * 1000000)::bigint"
                                 " FROM jirasync.hold_oauth_tokens($1, $2, $3)",
                                 &params, 0, TIMEOUT_MS, &result, error);
    if (code != ERROR_NONE) {
        struct error ignored;
        if (db_is_connected(tokens->db) && db_execute(tokens->db, "ROLLBACK", TIMEOUT_MS, &ignored) != ERROR_NONE)
            db_drop(tokens->db);
        return code;
    }
    *held = (struct rest_tokens){.generation = strtoll(PQgetvalue(result, 0, 2), NULL, 10),
                                 .access_until = strtoll(PQgetvalue(result, 0, 3), NULL, 10)};
    take_text(result, 0, held->access);
    take_text(result, 1, held->refresh);
    PQclear(result);
    return ERROR_NONE;
}

enum error_code site_tokens_write(struct site_tokens *tokens, const struct rest_tokens *written, int64_t expires_s,
                                  struct error *error)
{
    enum error_code code = ERROR_NONE;
    if (written) {
        char expires[24];
        snprintf(expires, sizeof expires, "%" PRId64, expires_s);
        const char *values[] = {tokens->tenant, tokens->source, written->access, *written->refresh ? written->refresh : NULL,
                                expires};
        const struct db_params params = {.count = 5, .values = values};
        PGresult *result = NULL;
        code = db_query_prepared(tokens->db, "write_oauth_tokens",
                                 "SELECT jirasync.write_oauth_tokens($1, $2, $3, $4, $5::bigint)", &params, 0, TIMEOUT_MS,
                                 &result, error);
        PQclear(result);
    }
    struct error ended = {0};
    enum error_code end = db_execute(tokens->db, code == ERROR_NONE ? "COMMIT" : "ROLLBACK", TIMEOUT_MS, &ended);
    if (end != ERROR_NONE)
        db_drop(tokens->db);
    if (code == ERROR_NONE && end != ERROR_NONE)
        *error = ended;
    return code == ERROR_NONE ? end : code;
}

bool site_tokens_may_renew(const struct site_tokens *tokens)
{
    return !tokens->has_renewed;
}

void site_tokens_settle(struct site_tokens *tokens)
{
    tokens->has_renewed = false;
}
