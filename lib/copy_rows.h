/* Sends rows by COPY in its text format, buffered. One copy at a time on a connection, which is used blocking. */
#ifndef JIRASYNC_COPY_ROWS_H
#define JIRASYNC_COPY_ROWS_H

#include "error.h"

#include <libpq-fe.h>
#include <stddef.h>
#include <stdint.h>

struct copy_rows;

/* Starts `COPY TABLE (COLUMNS) FROM STDIN`; sql is that statement. */
enum error_code copy_rows_start(PGconn *connection, const char *sql, struct copy_rows **rows,
                                struct error *error) MUST_CHECK;
/* The fields of a row, in order; then copy_rows_end_row. Running out of memory is remembered until then. */
void copy_rows_text(struct copy_rows *rows, const char *text, size_t length);
void copy_rows_number(struct copy_rows *rows, int64_t number);
void copy_rows_bool(struct copy_rows *rows, bool value);
void copy_rows_null(struct copy_rows *rows);
/* An array of words that need no quotes (hex, issue keys): open, add, close. */
void copy_rows_open_array(struct copy_rows *rows);
void copy_rows_add_word(struct copy_rows *rows, const char *word, size_t length);
void copy_rows_close_array(struct copy_rows *rows);
enum error_code copy_rows_end_row(struct copy_rows *rows, struct error *error) MUST_CHECK;
/* Ends the copy and frees. */
enum error_code copy_rows_finish(struct copy_rows *rows, struct error *error) MUST_CHECK;
/* Gives up: the transaction fails. NULL is fine. */
void copy_rows_abandon(struct copy_rows *rows);
/* Fills *error from what PostgreSQL answered. */
enum error_code copy_rows_failure(PGconn *connection, const PGresult *result, struct error *error);

#endif
