/* The formats of a report that are written from its document's tree, one a file. */
#ifndef JIRASYNC_REPORT_FORMATS_H
#define JIRASYNC_REPORT_FORMATS_H

#include "error.h"

#include <cjson/cJSON.h>
#include <stdio.h>

/* Where a table is printed. */
struct report_style {
    size_t columns;
    bool is_terminal; /* colours and drawn bars */
};

/* False when memory was short. */
bool report_table(const cJSON *document, FILE *out, const struct report_style *style) MUST_CHECK;
void report_csv(const cJSON *document, FILE *out);
void report_markdown(const cJSON *document, FILE *out);
void report_html(const cJSON *document, FILE *out);

#endif
