/* Reports: what is in the versions, what is missing, sneaked in or came late, and why.
 *
 * The whole content is one JSON document made by the SQL function report(), described by
 * docs/schemas/report.schema.json; every format but JSON is written from it. Memory: the document, and for the other
 * formats its tree, about 12 times as large.
 */
#ifndef JIRASYNC_REPORT_H
#define JIRASYNC_REPORT_H

#include "db.h"
#include "error.h"
#include "instant.h"
#include "report_formats.h"

#include <cjson/cJSON.h>
#include <stdio.h>

enum report_format { REPORT_TABLE,
                     REPORT_JSON,
                     REPORT_CSV,
                     REPORT_MARKDOWN,
                     REPORT_HTML,
                     REPORT_FORMATS };

/* What the report is about. Everything is borrowed; NULL is no restriction. */
struct report_options {
    const char *tenant, *project, *fix_version;
    const char *ranges; /* JSON: [{"repository", "from", "to"}, ...] */
    instant since;      /* INSTANT_NONE: since nothing */
    const char *since_run;
    bool is_compat; /* the document of report_compat(): for JSON alone */
};

struct report;

/* "table", "json", "csv", "markdown", "html"; false for anything else. */
bool report_format_named(const char *name, enum report_format *format) MUST_CHECK;
/* Has the document made. ERROR_INPUT where the options name what is not there. Free with report_free. */
enum error_code report_read(struct db *db, const struct report_options *options, struct report **report,
                            struct error *error) MUST_CHECK;
/* The same from a document's text, which is copied. */
enum error_code report_parse(const char *text, struct report **report, struct error *error) MUST_CHECK;
void report_free(struct report *report);
/* The document's tree, read on first use; NULL when memory is short. Borrowed. */
const cJSON *report_document(struct report *report) MUST_CHECK;
/* Prints it; errors of out are the caller's to ask for. style is for tables alone. */
enum error_code report_print(struct report *report, enum report_format format, FILE *out,
                             const struct report_style *style, struct error *error) MUST_CHECK;

#endif
