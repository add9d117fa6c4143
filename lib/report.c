/* Reports: the document, and the choice of its format. */
#include "report.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define REPORT_TIMEOUT_MS (30 * 60 * 1000)

struct report {
    char *text;
    PGresult *result; /* holds text, or NULL */
    cJSON *document;  /* NULL until it is asked for */
};

bool report_format_named(const char *name, enum report_format *format)
{
    static const char *const names[REPORT_FORMATS] = {
        [REPORT_TABLE] = "table",
        [REPORT_JSON] = "json",
        [REPORT_CSV] = "csv",
        [REPORT_MARKDOWN] = "markdown",
        [REPORT_HTML] = "html",
    };
    for (size_t i = 0; i < REPORT_FORMATS; i++) {
        if (strcmp(name, names[i]) == 0) {
            *format = (enum report_format)i;
            return true;
        }
    }
    return false;
}

/* The problem that SQL sees with the options, as an error. */
static enum error_code check_options(struct db *db, const struct report_options *options, struct error *error)
{
    const char *values[] = {options->tenant, options->project, options->fix_version, options->ranges,
                            options->since_run};
    const struct db_params params = {.count = 5, .values = values};
    PGresult *result;
    enum error_code code = db_query(db, "SELECT jirasync.report_problem($1, $2, $3, $4, $5)", &params, 0,
                                    REPORT_TIMEOUT_MS, &result, error);
    if (code != ERROR_NONE)
        return code;
    if (!PQgetisnull(result, 0, 0))
        code = error_set(error, ERROR_INPUT, "%s", PQgetvalue(result, 0, 0));
    PQclear(result);
    return code;
}

static enum error_code query_document(struct db *db, const struct report_options *options, PGresult **result,
                                      struct error *error)
{
    char since[INSTANT_TEXT_BYTES];
    const char *values[] = {options->tenant, options->project, options->fix_version, options->ranges,
                            options->since == INSTANT_NONE ? NULL : instant_format(options->since, 6, since),
                            options->since_run};
    const struct db_params params = {.count = options->is_compat ? 3 : 6, .values = values};
    return db_query(db,
                    options->is_compat ? "SELECT jirasync.report_compat($1, $2, $3)"
                                       : "SELECT jirasync.report($1, $2, $3, $4, $5, $6)",
                    &params, 0, REPORT_TIMEOUT_MS, result, error);
}

enum error_code report_read(struct db *db, const struct report_options *options, struct report **report,
                            struct error *error)
{
    PGresult *result;
    enum error_code code = check_options(db, options, error);
    if (code == ERROR_NONE)
        code = query_document(db, options, &result, error);
    if (code != ERROR_NONE)
        return code;
    *report = calloc(1, sizeof **report);
    if (!*report) {
        PQclear(result);
        return error_set(error, ERROR_NO_MEMORY, "out of memory");
    }
    (*report)->result = result;
    (*report)->text = PQgetvalue(result, 0, 0);
    return ERROR_NONE;
}

enum error_code report_parse(const char *text, struct report **report, struct error *error)
{
    *report = calloc(1, sizeof **report);
    if (*report && ((*report)->text = strdup(text)))
        return ERROR_NONE;
    free(*report);
    *report = NULL;
    return error_set(error, ERROR_NO_MEMORY, "out of memory");
}

void report_free(struct report *report)
{
    if (!report)
        return;
    cJSON_Delete(report->document);
    if (report->result)
        PQclear(report->result);
    else
        free(report->text);
    free(report);
}

const cJSON *report_document(struct report *report)
{
    if (!report->document)
        report->document = cJSON_Parse(report->text);
    return report->document;
}

/* A terminal's columns are those of UTF-8, whatever the caller's locale is. */
static bool print_table(const cJSON *document, FILE *out, const struct report_style *style)
{
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t former = utf8 ? uselocale(utf8) : (locale_t)0;
    bool is_whole = report_table(document, out, style);
    if (utf8) {
        (void)uselocale(former);
        freelocale(utf8);
    }
    return is_whole;
}

enum error_code report_print(struct report *report, enum report_format format, FILE *out,
                             const struct report_style *style, struct error *error)
{
    if (format == REPORT_JSON) {
        (void)fprintf(out, "%s\n", report->text);
        return ERROR_NONE;
    }
    const cJSON *document = report_document(report);
    bool is_whole = document != NULL;
    if (document && format == REPORT_TABLE)
        is_whole = print_table(document, out, style);
    else if (document && format == REPORT_CSV)
        report_csv(document, out);
    else if (document && format == REPORT_MARKDOWN)
        report_markdown(document, out);
    else if (document)
        report_html(document, out);
    return is_whole ? ERROR_NONE
                    : error_set(error, ERROR_NO_MEMORY, "out of memory: take --format json, or one version");
}
