/* Reports: the document, and what its formats share. */
#include "report.h"
#include "json_value.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define REPORT_TIMEOUT_MS (30 * 60 * 1000)
#define REST " ..."

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

const char *report_member(const cJSON *object, const char *name)
{
    const char *text = json_value_member_text(object, name);
    return text ? text : "";
}

double report_count(const cJSON *object, const char *name)
{
    const cJSON *value = json_value_member(object, name);
    return cJSON_IsNumber(value) ? value->valuedouble : 0;
}

/* Whether more, behind a separator, fits and leaves room for what stands for the rest. */
static bool joins(char *text, size_t *length, size_t size, const char *separator, const char *more)
{
    size_t needed = (*length ? strlen(separator) : 0) + strlen(more);
    if (*length + needed + sizeof REST > size)
        return false;
    *length += (size_t)snprintf(text + *length, size - *length, "%s%s", *length ? separator : "", more);
    return true;
}

char *report_joined(const cJSON *array, const char *separator, char *text, size_t size)
{
    size_t length = 0;
    const cJSON *element;
    text[0] = '\0';
    cJSON_ArrayForEach(element, array)
    {
        if (!cJSON_IsString(element) || joins(text, &length, size, separator, element->valuestring))
            continue;
        (void)snprintf(text + length, size - length, "%s", REST);
        break;
    }
    return text;
}

char *report_time(const cJSON *object, const char *name, char text[REPORT_TIME_BYTES])
{
    (void)snprintf(text, REPORT_TIME_BYTES, "%s", report_member(object, name));
    if (strlen(text) > 10)
        text[10] = ' ';
    return text;
}

char *report_percent(const cJSON *coverage, char text[REPORT_PERCENT_BYTES])
{
    const cJSON *percent = json_value_member(coverage, "percent");
    if (cJSON_IsNumber(percent))
        (void)snprintf(text, REPORT_PERCENT_BYTES, "%.1f %%", percent->valuedouble);
    else
        (void)snprintf(text, REPORT_PERCENT_BYTES, "-");
    return text;
}

char *report_version_name(const cJSON *document, const cJSON *version, char text[REPORT_NAME_BYTES])
{
    bool is_site_told = cJSON_GetArraySize(json_value_member(document, "sites")) > 1;
    (void)snprintf(text, REPORT_NAME_BYTES, "%s%s%s%s%s", is_site_told ? report_member(version, "source") : "",
                   is_site_told ? " / " : "", report_member(version, "project_key"),
                   report_member(version, "project_key")[0] ? " " : "", report_member(version, "fix_version"));
    return text;
}

char *report_why(const cJSON *finding, const char *reason_member, char text[REPORT_WHY_BYTES])
{
    char versions[REPORT_WHY_BYTES / 2];
    const char *code = report_member(finding, reason_member);
    if (strcmp(code, "only_in_code") == 0)
        code = cJSON_GetArraySize(json_value_member(finding, "fix_versions")) > 0 ? "other_version" : "no_version";
    if (strcmp(code, "no_key") == 0 && report_member(finding, "reason")[0])
        code = report_member(finding, "reason");
    versions[0] = '\0';
    if (strcmp(code, "other_version") == 0 || strcmp(code, "in_version") == 0)
        report_joined(json_value_member(finding, "fix_versions"), ", ", versions, sizeof versions);
    (void)snprintf(text, REPORT_WHY_BYTES, "%s%s%s", report_meaning(code), versions[0] ? ": " : "", versions);
    return text;
}

bool report_is_unchanged(const cJSON *changes)
{
    return cJSON_GetArraySize(json_value_member(changes, "versions")) == 0 &&
           cJSON_GetArraySize(json_value_member(changes, "stories")) == 0 &&
           cJSON_GetArraySize(json_value_member(changes, "scope")) == 0;
}

const char *report_meaning(const char *code)
{
    static const char *const words[][2] = {
        {"no_key", "no key"},
        {"unknown_project", "unknown project"},
        {"unknown_key", "unknown key"},
        {"deleted_issue", "deleted issue"},
        {"other_version", "in another version"},
        {"no_version", "in no version"},
        {"in_version", "in a version"},
        {"in_both", "in both"},
        {"after_freeze", "after the freeze"},
        {"not_landed", "not landed"},
        {"landed_elsewhere", "landed, but not in the range"},
        {"not_expected", "not expected"},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(code, words[i][0]) == 0)
            return words[i][1];
    return code;
}
