/* A libpq connection with deadlines. */
#include "db.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PREPARED_MAX 32 /* statements prepared on one connection */
#define CANCELLED "57014"
#define CANCEL_GRACE_MS 500 /* for a cancelled statement to end; then the connection is dropped */

struct db {
    char *conninfo;
    char application_name[64];
    PGconn *connection;
    uint64_t generation;
    const char *prepared[PREPARED_MAX];
    size_t prepared_count;
    void *workspace;
    void (*release_workspace)(void *);
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct db *db_new(const char *conninfo, const char *role)
{
    struct db *db = calloc(1, sizeof *db);

    if (db == NULL)
        return NULL;
    db->conninfo = strdup(conninfo);
    (void)snprintf(db->application_name, sizeof db->application_name, "jirasync-%.32s[%d]", role, (int)getpid());
    if (db->conninfo != NULL)
        return db;
    free(db);
    return NULL;
}

void db_drop(struct db *db)
{
    PQfinish(db->connection);
    db->connection = NULL;
    db->prepared_count = 0;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    db_drop(db);
    if (db->release_workspace != NULL)
        db->release_workspace(db->workspace);
    explicit_bzero(db->conninfo, strlen(db->conninfo));
    free(db->conninfo);
    free(db);
}

bool db_is_connected(const struct db *db)
{
    return db->connection != NULL && PQstatus(db->connection) == CONNECTION_OK;
}

uint64_t db_generation(const struct db *db)
{
    return db->generation;
}

PGconn *db_connection(struct db *db)
{
    return db->connection;
}

void db_set_workspace(struct db *db, void *workspace, void (*release)(void *))
{
    db->workspace = workspace;
    db->release_workspace = release;
}

void *db_workspace(const struct db *db)
{
    return db->workspace;
}

/* ---- waiting ---- */

/* Waits for events on the connection's socket until deadline; false when it passed. */
static bool wait_socket(const PGconn *connection, short events, int64_t deadline_ms)
{
    struct pollfd socket = {.fd = PQsocket(connection), .events = events};

    for (;;) {
        int64_t left = deadline_ms - now_ms();
        int count = poll(&socket, 1, left < 0 ? 0 : left > INT32_MAX ? INT32_MAX
                                                                     : (int)left);

        if (count > 0)
            return true;
        if (count == 0 || errno != EINTR)
            return false;
    }
}

/* The first line of a message of libpq, which may hold several, without its end. */
static void copy_line(char *to, size_t size, const char *message)
{
    if (strncmp(message, "ERROR:  ", 8) == 0 || strncmp(message, "FATAL:  ", 8) == 0)
        message += 8;
    (void)snprintf(to, size, "%.*s", (int)strcspn(message, "\n"), message);
}

static enum error_code lost(struct db *db, const char *what, struct error *error)
{
    char line[300] = "";

    if (db->connection != NULL)
        copy_line(line, sizeof line, PQerrorMessage(db->connection));
    db_drop(db);
    return error_set(error, ERROR_DATABASE_AWAY, "%s%s%s", what, line[0] == '\0' ? "" : ": ", line);
}

/* ---- connecting ---- */

/* A refused password or role (class 28), a missing database (3D): the operator's to mend, but it may be mended any
 * moment, and the server that starts up says 57P03. */
static enum error_code refused(struct db *db, struct error *error)
{
    const char *message = PQerrorMessage(db->connection);
    bool misuse = strstr(message, "authentication failed") != NULL || strstr(message, "does not exist") != NULL ||
                  strstr(message, "no pg_hba.conf entry") != NULL || strstr(message, "permission denied") != NULL;
    enum error_code code = lost(db, "no connection to PostgreSQL", error);

    return misuse && error != NULL ? (error->code = ERROR_DATABASE_MISUSE) : code;
}

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

/* A conninfo that can't be parsed is reported without libpq's message, which would quote parts of it. */
static bool is_readable(const char *conninfo)
{
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);

    PQconninfoFree(options);
    return options != NULL || conninfo[0] == '\0';
}

enum error_code db_connect(struct db *db, int64_t timeout_ms, struct error *error)
{
    /* A dead peer is found in seconds, by a cancel request too. What stands before dbname may be overridden by it. */
    const char *const keywords[] = {"tcp_user_timeout", "dbname", "application_name", "client_encoding", NULL};
    const char *const values[] = {"3000", db->conninfo, db->application_name, "UTF8", NULL};
    int64_t deadline = now_ms() + timeout_ms;
    PostgresPollingStatusType status = PGRES_POLLING_WRITING;

    if (db_is_connected(db))
        return ERROR_NONE;
    db_drop(db);
    if (!is_readable(db->conninfo))
        return error_set(error, ERROR_DATABASE_MISUSE, "the connection string is malformed");
    db->connection = PQconnectStartParams(keywords, values, 1);
    if (db->connection == NULL)
        return error_set(error, ERROR_NO_MEMORY, "no memory for a connection");
    while (PQstatus(db->connection) != CONNECTION_BAD && status != PGRES_POLLING_OK && status != PGRES_POLLING_FAILED) {
        if (!wait_socket(db->connection, status == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline))
            return lost(db, "no connection to PostgreSQL in time", error);
        status = PQconnectPoll(db->connection);
    }
    if (status != PGRES_POLLING_OK)
        return refused(db, error);
    if (PQsetnonblocking(db->connection, 1) != 0)
        return lost(db, "no non-blocking connection", error);
    (void)PQsetNoticeReceiver(db->connection, ignore_notice, NULL);
    db->generation++;
    return ERROR_NONE;
}

/* ---- statements ---- */

static enum error_code flush(struct db *db, int64_t deadline_ms, struct error *error)
{
    int left;

    while ((left = PQflush(db->connection)) > 0) {
        if (!wait_socket(db->connection, POLLIN | POLLOUT, deadline_ms))
            return lost(db, "statement not sent in time", error);
        if (PQconsumeInput(db->connection) == 0)
            return lost(db, "connection lost", error);
    }
    return left == 0 ? ERROR_NONE : lost(db, "connection lost", error);
}

/* True when a result can be had without blocking before deadline_ms. */
static enum error_code await_result(struct db *db, int64_t deadline_ms, bool *in_time, struct error *error)
{
    *in_time = true;
    while (PQisBusy(db->connection)) {
        if (!wait_socket(db->connection, POLLIN, deadline_ms)) {
            *in_time = false;
            return ERROR_NONE;
        }
        if (PQconsumeInput(db->connection) == 0)
            return lost(db, "connection lost", error);
    }
    return ERROR_NONE;
}

/* Asks the server to stop the statement. Its result, or the drop of the connection, follows. */
static void cancel(struct db *db)
{
    char message[256];
    PGcancel *request = PQgetCancel(db->connection);

    if (request != NULL)
        (void)PQcancel(request, message, sizeof message);
    PQfreeCancel(request);
}

/* The last result of the statement; any earlier ones are dropped. */
static enum error_code collect(struct db *db, int64_t deadline_ms, PGresult **last, struct error *error)
{
    bool in_time, cancelled = false;
    PGresult *result;

    *last = NULL;
    for (;;) {
        enum error_code code = await_result(db, deadline_ms, &in_time, error);

        if (code == ERROR_NONE && !in_time && !cancelled) {
            cancel(db);
            cancelled = true;
            deadline_ms = now_ms() + CANCEL_GRACE_MS;
            continue;
        }
        if (code == ERROR_NONE && !in_time) {
            code = lost(db, "statement did not end in time", error);
            if (error != NULL)
                memcpy(error->sqlstate, CANCELLED, sizeof CANCELLED); /* it was asked to */
        }
        if (code != ERROR_NONE) {
            PQclear(*last);
            *last = NULL;
            return code;
        }
        result = PQgetResult(db->connection);
        if (result == NULL)
            return *last != NULL ? ERROR_NONE : lost(db, "connection lost", error);
        PQclear(*last);
        *last = result;
        if (PQresultStatus(result) == PGRES_COPY_IN || PQresultStatus(result) == PGRES_COPY_OUT)
            return ERROR_NONE; /* the caller goes on with COPY */
    }
}

static enum error_code judge(struct db *db, PGresult *result, struct error *error)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
    ExecStatusType status = PQresultStatus(result);
    enum error_code code;
    char line[400];

    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_COPY_IN || status == PGRES_COPY_OUT)
        return ERROR_NONE;
    copy_line(line, sizeof line, PQresultErrorMessage(result));
    code = error_set(error, error_code_of_sqlstate(sqlstate), "%s", line);
    if (error != NULL && sqlstate != NULL)
        (void)snprintf(error->sqlstate, sizeof error->sqlstate, "%s", sqlstate);
    if (error != NULL && hint != NULL)
        (void)snprintf(error->hint, sizeof error->hint, "%s", hint);
    if (PQstatus(db->connection) != CONNECTION_OK || (sqlstate != NULL && strncmp(sqlstate, "57P", 3) == 0))
        db_drop(db);
    return code;
}

/* Sends what send queued, and collects its result. */
static enum error_code finish(struct db *db, int sent, int64_t deadline_ms, PGresult **result, struct error *error)
{
    enum error_code code;

    if (sent != 1)
        return lost(db, "statement not sent", error);
    code = flush(db, deadline_ms, error);
    if (code == ERROR_NONE)
        code = collect(db, deadline_ms, result, error);
    if (code == ERROR_NONE && (code = judge(db, *result, error)) != ERROR_NONE) {
        PQclear(*result);
        *result = NULL;
    }
    return code;
}

static const struct db_params no_params = {0};

enum error_code db_query(struct db *db, const char *sql, const struct db_params *params, int result_format,
                         int64_t timeout_ms, PGresult **result, struct error *error)
{
    int64_t deadline = now_ms() + timeout_ms;
    enum error_code code = db_connect(db, timeout_ms, error);

    *result = NULL;
    if (params == NULL)
        params = &no_params;
    if (code != ERROR_NONE)
        return code;
    return finish(db, PQsendQueryParams(db->connection, sql, params->count, params->types, params->values, params->lengths, params->formats, result_format),
                  deadline, result, error);
}

static bool is_prepared(const struct db *db, const char *name)
{
    for (size_t i = 0; i < db->prepared_count; i++)
        if (strcmp(db->prepared[i], name) == 0)
            return true;
    return false;
}

static enum error_code prepare(struct db *db, const char *name, const char *sql, const struct db_params *params,
                               int64_t deadline_ms, struct error *error)
{
    PGresult *result = NULL;
    enum error_code code;

    if (is_prepared(db, name))
        return ERROR_NONE;
    if (db->prepared_count == PREPARED_MAX)
        return error_set(error, ERROR_DATABASE_MISUSE, "BUG: more than %d statements are prepared", PREPARED_MAX);
    code = finish(db, PQsendPrepare(db->connection, name, sql, params->types == NULL ? 0 : params->count, params->types),
                  deadline_ms, &result, error);
    PQclear(result);
    if (code == ERROR_NONE)
        db->prepared[db->prepared_count++] = name;
    return code;
}

enum error_code db_query_prepared(struct db *db, const char *name, const char *sql, const struct db_params *params,
                                  int result_format, int64_t timeout_ms, PGresult **result, struct error *error)
{
    int64_t deadline = now_ms() + timeout_ms;
    enum error_code code = db_connect(db, timeout_ms, error);

    *result = NULL;
    if (params == NULL)
        params = &no_params;
    if (code == ERROR_NONE)
        code = prepare(db, name, sql, params, deadline, error);
    if (code != ERROR_NONE)
        return code;
    return finish(db, PQsendQueryPrepared(db->connection, name, params->count, params->values, params->lengths, params->formats, result_format),
                  deadline, result, error);
}

enum error_code db_execute(struct db *db, const char *sql, int64_t timeout_ms, struct error *error)
{
    int64_t deadline = now_ms() + timeout_ms;
    PGresult *result = NULL;
    enum error_code code = db_connect(db, timeout_ms, error);

    if (code == ERROR_NONE)
        code = finish(db, PQsendQuery(db->connection, sql), deadline, &result, error);
    PQclear(result);
    return code;
}

/* ---- notifications ---- */

static bool take_notification(struct db *db)
{
    PGnotify *notification;
    bool taken = false;

    while ((notification = PQnotifies(db->connection)) != NULL) {
        taken = true;
        PQfreemem(notification);
    }
    return taken;
}

bool db_wait_notification(struct db *db, int stop_fd, int64_t timeout_ms)
{
    struct pollfd fds[2] = {{.fd = -1, .events = POLLIN}, {.fd = stop_fd, .events = POLLIN}};

    if (db_is_connected(db)) {
        if (PQconsumeInput(db->connection) == 0)
            db_drop(db);
        else if (take_notification(db))
            return true;
        else
            fds[0].fd = PQsocket(db->connection);
    }
    if (poll(fds, 2, timeout_ms > INT32_MAX ? INT32_MAX : (int)timeout_ms) <= 0 || fds[0].revents == 0)
        return false;
    if (PQconsumeInput(db->connection) == 0) {
        db_drop(db);
        return false;
    }
    return take_notification(db);
}
