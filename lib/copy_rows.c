/* Sends rows by COPY in its text format, buffered. */
#include "copy_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLUSH_BYTES 65536

struct copy_rows {
    PGconn *connection;
    char *buffer;
    size_t length, size;
    bool in_row, in_array, has_failed;
};

enum error_code copy_rows_failure(PGconn *connection, const PGresult *result, struct error *error)
{
    const char *sqlstate = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *message = result ? PQresultErrorMessage(result) : "";
    if (message[0] == '\0') {
        message = PQerrorMessage(connection);
    }
    enum error_code code = error_set(error, error_code_of_sqlstate(sqlstate), "%.*s", (int)strcspn(message, "\n"), message);
    if (sqlstate && error) {
        snprintf(error->sqlstate, sizeof error->sqlstate, "%s", sqlstate);
    }
    return code;
}

enum error_code copy_rows_start(PGconn *connection, const char *sql, struct copy_rows **rows, struct error *error)
{
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_COPY_IN) {
        enum error_code code = copy_rows_failure(connection, result, error);
        PQclear(result);
        return code;
    }
    PQclear(result);
    struct copy_rows *started = calloc(1, sizeof *started);
    if (started) {
        started->connection = connection;
        started->size = 2 * FLUSH_BYTES;
        started->buffer = malloc(started->size);
    }
    if (!started || !started->buffer) {
        free(started);
        PQputCopyEnd(connection, "out of memory");
        PQclear(PQgetResult(connection));
        return error_set(error, ERROR_NO_MEMORY, "out of memory");
    }
    *rows = started;
    return ERROR_NONE;
}

static void append(struct copy_rows *rows, const char *bytes, size_t length)
{
    if (rows->length + length > rows->size) {
        size_t size = 2 * rows->size + length;
        char *larger = realloc(rows->buffer, size);
        if (!larger) {
            rows->has_failed = true;
            return;
        }
        rows->buffer = larger;
        rows->size = size;
    }
    memcpy(rows->buffer + rows->length, bytes, length);
    rows->length += length;
}

static void start_field(struct copy_rows *rows)
{
    if (rows->in_row) {
        append(rows, "\t", 1);
    }
    rows->in_row = true;
}

static const char *escaped(char byte)
{
    switch (byte) {
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return NULL;
    }
}

void copy_rows_text(struct copy_rows *rows, const char *text, size_t length)
{
    start_field(rows);
    size_t from = 0;
    for (size_t i = 0; i < length; i++) {
        const char *escape = escaped(text[i]);
        if (escape) {
            append(rows, text + from, i - from);
            append(rows, escape, 2);
            from = i + 1;
        }
    }
    append(rows, text + from, length - from);
}

void copy_rows_number(struct copy_rows *rows, int64_t number)
{
    char text[24];
    int length = snprintf(text, sizeof text, "%lld", (long long)number);
    start_field(rows);
    append(rows, text, (size_t)length);
}

void copy_rows_bool(struct copy_rows *rows, bool value)
{
    start_field(rows);
    append(rows, value ? "t" : "f", 1);
}

void copy_rows_null(struct copy_rows *rows)
{
    start_field(rows);
    append(rows, "\\N", 2);
}

void copy_rows_open_array(struct copy_rows *rows)
{
    start_field(rows);
    append(rows, "{", 1);
    rows->in_array = false;
}

void copy_rows_add_word(struct copy_rows *rows, const char *word, size_t length)
{
    if (rows->in_array) {
        append(rows, ",", 1);
    }
    rows->in_array = true;
    append(rows, word, length);
}

void copy_rows_close_array(struct copy_rows *rows)
{
    append(rows, "}", 1);
}

static enum error_code flush(struct copy_rows *rows, struct error *error)
{
    if (rows->length > 0 && PQputCopyData(rows->connection, rows->buffer, (int)rows->length) != 1) {
        return copy_rows_failure(rows->connection, NULL, error);
    }
    rows->length = 0;
    return ERROR_NONE;
}

enum error_code copy_rows_end_row(struct copy_rows *rows, struct error *error)
{
    append(rows, "\n", 1);
    rows->in_row = false;
    if (rows->has_failed) {
        return error_set(error, ERROR_NO_MEMORY, "out of memory");
    }
    return rows->length >= FLUSH_BYTES ? flush(rows, error) : ERROR_NONE;
}

static void free_rows(struct copy_rows *rows)
{
    free(rows->buffer);
    free(rows);
}

/* Takes all results of the copy; the first failure is the one that tells. */
static enum error_code take_results(PGconn *connection, struct error *error)
{
    enum error_code code = ERROR_NONE;
    for (PGresult *result = PQgetResult(connection); result; result = PQgetResult(connection)) {
        if (code == ERROR_NONE && PQresultStatus(result) != PGRES_COMMAND_OK) {
            code = copy_rows_failure(connection, result, error);
        }
        PQclear(result);
    }
    return code;
}

enum error_code copy_rows_finish(struct copy_rows *rows, struct error *error)
{
    PGconn *connection = rows->connection;
    enum error_code code = flush(rows, error);
    free_rows(rows);
    if (PQputCopyEnd(connection, code == ERROR_NONE ? NULL : "sending failed") != 1 && code == ERROR_NONE) {
        code = copy_rows_failure(connection, NULL, error);
    }
    struct error later;
    enum error_code ended = take_results(connection, &later);
    if (code == ERROR_NONE && ended != ERROR_NONE) {
        code = ended;
        *error = later;
    }
    return code;
}

void copy_rows_abandon(struct copy_rows *rows)
{
    if (rows) {
        struct error ignored;
        PQputCopyEnd(rows->connection, "the import was given up");
        (void)(take_results(rows->connection, &ignored) == ERROR_NONE);
        free_rows(rows);
    }
}
