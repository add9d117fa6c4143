/* What is in the document of a report. */
#include "report_value.h"
#include "json_value.h"

#include <stdio.h>
#include <string.h>

#define REST " ..."

const char *report_value_member(const cJSON *object, const char *name)
{
    const char *text = json_value_member_text(object, name);
    return text ? text : "";
}

double report_value_count(const cJSON *object, const char *name)
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

char *report_value_joined(const cJSON *array, const char *separator, char *text, size_t size)
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

char *report_value_time(const cJSON *object, const char *name, char text[REPORT_TIME_BYTES])
{
    (void)snprintf(text, REPORT_TIME_BYTES, "%s", report_value_member(object, name));
    if (strlen(text) > 10)
        text[10] = ' ';
    return text;
}

char *report_value_percent(const cJSON *coverage, char text[REPORT_PERCENT_BYTES])
{
    const cJSON *percent = json_value_member(coverage, "percent");
    if (cJSON_IsNumber(percent))
        (void)snprintf(text, REPORT_PERCENT_BYTES, "%.1f %%", percent->valuedouble);
    else
        (void)snprintf(text, REPORT_PERCENT_BYTES, "-");
    return text;
}

char *report_value_version_name(const cJSON *document, const cJSON *version, char text[REPORT_NAME_BYTES])
{
    bool is_site_told = cJSON_GetArraySize(json_value_member(document, "sites")) > 1;
    (void)snprintf(text, REPORT_NAME_BYTES, "%s%s%s%s%s", is_site_told ? report_value_member(version, "source") : "",
                   is_site_told ? " / " : "", report_value_member(version, "project_key"),
                   report_value_member(version, "project_key")[0] ? " " : "", report_value_member(version, "fix_version"));
    return text;
}

char *report_value_why(const cJSON *finding, const char *reason_member, char text[REPORT_WHY_BYTES])
{
    char versions[REPORT_WHY_BYTES / 2];
    const char *code = report_value_member(finding, reason_member), *note = report_value_member(finding, "note");
    if (strcmp(code, "taken_back") == 0 && note[0]) {
        code = note;
        note = "";
    }
    if (strcmp(code, "only_in_code") == 0)
        code = cJSON_GetArraySize(json_value_member(finding, "fix_versions")) > 0 ? "other_version" : "no_version";
    if (strcmp(code, "no_key") == 0 && report_value_member(finding, "reason")[0])
        code = report_value_member(finding, "reason");
    versions[0] = '\0';
    if (strcmp(code, "other_version") == 0 || strcmp(code, "in_version") == 0)
        report_value_joined(json_value_member(finding, "fix_versions"), ", ", versions, sizeof versions);
    (void)snprintf(text, REPORT_WHY_BYTES, "%s%s%s%s%s", report_value_meaning(code), versions[0] ? ": " : "", versions,
                   note[0] ? ", " : "", note);
    return text;
}

bool report_value_is_unchanged(const cJSON *changes)
{
    return cJSON_GetArraySize(json_value_member(changes, "versions")) == 0 &&
           cJSON_GetArraySize(json_value_member(changes, "stories")) == 0 &&
           cJSON_GetArraySize(json_value_member(changes, "scope")) == 0;
}

const char *report_value_meaning(const char *code)
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
        {"taken_back", "taken back"},
        {"not_landed", "not landed"},
        {"landed_elsewhere", "landed, but not in the range"},
        {"not_expected", "not expected"},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(code, words[i][0]) == 0)
            return words[i][1];
    return code;
}
