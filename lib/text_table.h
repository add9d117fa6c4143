/* A table for a terminal: columns as wide as what is in them, the flexible ones cut so that a row fits. */
#ifndef JIRASYNC_TEXT_TABLE_H
#define JIRASYNC_TEXT_TABLE_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TEXT_TABLE_COLUMNS_MAX 12

struct text_table_column {
    const char *title;
    bool is_right;  /* numbers */
    size_t at_most; /* columns it takes at most; 0: no bound */
    bool gives_way; /* is cut where a row would not fit */
};

struct text_table;

/* An empty table; columns are borrowed. NULL when memory is short. Free with text_table_free. */
struct text_table *text_table_new(const struct text_table_column *columns, size_t count) MUST_CHECK;
void text_table_free(struct text_table *table);
/* Adds the next cell of the row that is being filled; text is copied, NULL is an empty cell. */
void text_table_add(struct text_table *table, const char *text);
void text_table_add_count(struct text_table *table, double count);
/* Prints titles and rows within width columns, after indent spaces; false when memory was short meanwhile. */
bool text_table_print(const struct text_table *table, FILE *out, size_t width, size_t indent) MUST_CHECK;

#endif
