/* A libpq connection with deadlines: non-blocking send, poll, cancel, drop. One thread a connection. */
#ifndef JIRASYNC_DB_H
#define JIRASYNC_DB_H

#include "error.h"

#include <libpq-fe.h>
#include <stdint.h>

struct db;

/* Parameters of a statement; values in text or binary format as libpq has them. */
struct db_params {
    int count;
    const Oid *types; /* NULL: inferred */
    const char *const *values;
    const int *lengths; /* for binary ones */
    const int *formats; /* NULL: all text */
};

/* Remembers where to connect; connects at the first use. application_name becomes "jirasync-ROLE[pid]".
 * Free with db_close. */
struct db *db_new(const char *conninfo, const char *role) MUST_CHECK;
void db_close(struct db *db);
/* Connects when there is no live connection; within timeout_ms. ERROR_DATABASE_AWAY or _MISUSE. */
enum error_code db_connect(struct db *db, int64_t timeout_ms, struct error *error) MUST_CHECK;
bool db_is_connected(const struct db *db);
/* Increases with every new connection, so that callers know when to prepare again. */
uint64_t db_generation(const struct db *db);
/* Drops the connection (the next use connects anew). */
void db_drop(struct db *db);
/* Runs one statement within timeout_ms (then it is cancelled, or the connection dropped). *result is PQclear'ed by the
 * caller and is set only on ERROR_NONE. params may be NULL. result_format 0 text, 1 binary. */
enum error_code db_query(struct db *db, const char *sql, const struct db_params *params, int result_format,
                         int64_t timeout_ms, PGresult **result, struct error *error) MUST_CHECK;
/* The same through a statement prepared on first use of the connection; name must be constant for its sql. */
enum error_code db_query_prepared(struct db *db, const char *name, const char *sql, const struct db_params *params,
                                  int result_format, int64_t timeout_ms, PGresult **result, struct error *error) MUST_CHECK;
/* Runs statements without results. */
enum error_code db_execute(struct db *db, const char *sql, int64_t timeout_ms, struct error *error) MUST_CHECK;
/* The libpq connection, for COPY, LISTEN and PQsocket; NULL while there is none. Borrowed. */
PGconn *db_connection(struct db *db);
/* What one module keeps as long as db lives (buffers that are used again); release is called by db_close. */
void db_set_workspace(struct db *db, void *workspace, void (*release)(void *));
void *db_workspace(const struct db *db);
/* Waits until a notification arrived, stop_fd is readable, or timeout_ms passed; true for a notification. */
bool db_wait_notification(struct db *db, int stop_fd, int64_t timeout_ms);

#endif
