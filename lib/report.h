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

/* Where a table is printed. */
struct report_style {
    size_t columns;
    bool is_terminal; /* colours and drawn bars */
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

/* What is in the document; each takes whatever part is not there as empty. */
const char *report_member(const cJSON *object, const char *name);
double report_count(const cJSON *object, const char *name);
/* An array's elements that are strings, joined; " ..." stands for those that text has no room for. Returns text, whose
 * size is at least 8. */
char *report_joined(const cJSON *array, const char *separator, char *text, size_t size);
/* "2026-11-24 04:12" of an instant of the document; "" for none. */
#define REPORT_TIME_BYTES 17
char *report_time(const cJSON *object, const char *name, char text[REPORT_TIME_BYTES]);
/* "75.0 %", or "-" where there is nothing to cover. */
#define REPORT_PERCENT_BYTES 16
char *report_percent(const cJSON *coverage, char text[REPORT_PERCENT_BYTES]);
/* How a version is called: its project and name, with its site where the report has several. */
#define REPORT_NAME_BYTES 2048 /* two names of 255 characters, and the site's */
char *report_version_name(const cJSON *document, const cJSON *version, char text[REPORT_NAME_BYTES]);
/* Why a finding is shown: its member's meaning, with the versions that its issue is in where these are other ones. */
#define REPORT_WHY_BYTES 4096
char *report_why(const cJSON *finding, const char *reason_member, char text[REPORT_WHY_BYTES]);
/* Whether the part that tells of changes has none. */
bool report_is_unchanged(const cJSON *changes) MUST_CHECK;
/* A state, a reason or a finding as people say it ("not expected"); itself where it is none of ours. */
const char *report_meaning(const char *code);

/* The formats, one a file; false when memory was short. */
bool report_table(const cJSON *document, FILE *out, const struct report_style *style) MUST_CHECK;
void report_csv(const cJSON *document, FILE *out);
void report_markdown(const cJSON *document, FILE *out);
void report_html(const cJSON *document, FILE *out);

#endif
