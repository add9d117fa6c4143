/* A table for a terminal. */
#include "text_table.h"
#include "report_text.h"

#include <stdlib.h>
#include <string.h>

#define GAP 2
#define LEAST_COLUMNS 8

struct text_table {
    const struct text_table_column *columns;
    size_t column_count;
    char **cells;
    size_t cell_count, room;
    bool is_broken; /* memory was short */
};

struct text_table *text_table_new(const struct text_table_column *columns, size_t count)
{
    struct text_table *table = calloc(1, sizeof *table);
    if (table)
        *table = (struct text_table){.columns = columns, .column_count = count};
    return table;
}

void text_table_free(struct text_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->cell_count; i++)
        free(table->cells[i]);
    free(table->cells);
    free(table);
}

void text_table_add(struct text_table *table, const char *text)
{
    if (table->cell_count == table->room) {
        size_t room = table->room ? 2 * table->room : 64;
        char **cells = realloc(table->cells, room * sizeof *cells);
        if (!cells) {
            table->is_broken = true;
            return;
        }
        table->cells = cells;
        table->room = room;
    }
    char *cell = strdup(text ? text : "");
    if (cell)
        table->cells[table->cell_count++] = cell;
    else
        table->is_broken = true;
}

void text_table_add_count(struct text_table *table, double count)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%.0f", count);
    text_table_add(table, text);
}

/* How wide each column would like to be, 0 where none of its cells says anything; returns the width of a row. */
static size_t wish(const struct text_table *table, size_t *widths)
{
    size_t row = 0;
    memset(widths, 0, table->column_count * sizeof *widths);
    for (size_t i = 0; i < table->cell_count; i++) {
        size_t column = i % table->column_count, width = report_text_width(table->cells[i]);
        size_t most = table->columns[column].at_most;
        if (most > 0 && width > most)
            width = most;
        if (width > widths[column])
            widths[column] = width;
    }
    for (size_t i = 0; i < table->column_count; i++) {
        size_t title = widths[i] > 0 ? report_text_width(table->columns[i].title) : 0;
        if (title > widths[i])
            widths[i] = title;
        row += widths[i] > 0 ? widths[i] + GAP : 0;
    }
    return row > 0 ? row - GAP : 0;
}

/* Takes from the widest of those that give way until a row fits. */
static void fit(const struct text_table *table, size_t *widths, size_t row, size_t width)
{
    while (row > width) {
        size_t widest = table->column_count;
        for (size_t i = 0; i < table->column_count; i++)
            if (table->columns[i].gives_way && widths[i] > LEAST_COLUMNS &&
                (widest == table->column_count || widths[i] > widths[widest]))
                widest = i;
        if (widest == table->column_count)
            return;
        widths[widest]--;
        row--;
    }
}

static void print_spaces(FILE *out, size_t count)
{
    (void)fprintf(out, "%*s", (int)count, "");
}

/* No spaces at the end of a line. */
static void print_cell(FILE *out, const char *text, const struct text_table_column *column, size_t width, bool is_last)
{
    size_t own = report_text_width(text), left = own < width ? width - own : 0;
    if (width == 0)
        return;
    if (column->is_right)
        print_spaces(out, left);
    size_t taken = report_text_print(out, text, width);
    if (!column->is_right && !is_last)
        print_spaces(out, width - taken);
    if (!is_last)
        print_spaces(out, GAP);
}

static size_t last_filled(const struct text_table *table, size_t row)
{
    size_t last = table->column_count;
    while (last > 1 && table->cells[row * table->column_count + last - 1][0] == '\0')
        last--;
    return last;
}

/* A column where nothing is said is left out, its title too. */
static size_t last_shown(const struct text_table *table, const size_t *widths)
{
    size_t last = table->column_count;
    while (last > 1 && widths[last - 1] == 0)
        last--;
    return last;
}

bool text_table_print(const struct text_table *table, FILE *out, size_t width, size_t indent)
{
    size_t widths[TEXT_TABLE_COLUMNS_MAX];
    fit(table, widths, indent + wish(table, widths), width);
    size_t shown = last_shown(table, widths);
    print_spaces(out, indent);
    for (size_t i = 0; i < shown; i++)
        print_cell(out, table->columns[i].title, &table->columns[i], widths[i], i + 1 == shown);
    (void)fputc('\n', out);
    for (size_t row = 0; row < table->cell_count / table->column_count; row++) {
        size_t last = last_filled(table, row);
        print_spaces(out, indent);
        for (size_t i = 0; i < last; i++)
            print_cell(out, table->cells[row * table->column_count + i], &table->columns[i], widths[i], i + 1 == last);
        (void)fputc('\n', out);
    }
    return !table->is_broken;
}
