/* What is in the document of a report, as its formats show it; each function takes whatever part is not there as empty. */
#ifndef JIRASYNC_REPORT_VALUE_H
#define JIRASYNC_REPORT_VALUE_H

#include "error.h"

#include <cjson/cJSON.h>

const char *report_value_member(const cJSON *object, const char *name);
double report_value_count(const cJSON *object, const char *name);
/* An array's elements that are strings, joined; " ..." stands for those that text has no room for. Returns text, whose
 * size is at least 8. */
char *report_value_joined(const cJSON *array, const char *separator, char *text, size_t size);
/* "2026-11-24 04:12" of an instant of the document; "" for none. */
#define REPORT_TIME_BYTES 17
char *report_value_time(const cJSON *object, const char *name, char text[REPORT_TIME_BYTES]);
/* "75.0 %", or "-" where there is nothing to cover. */
#define REPORT_PERCENT_BYTES 16
char *report_value_percent(const cJSON *coverage, char text[REPORT_PERCENT_BYTES]);
/* How a version is called: its project and name, with its site where the report has several. */
#define REPORT_NAME_BYTES 2048 /* two names of 255 characters, and the site's */
char *report_value_version_name(const cJSON *document, const cJSON *version, char text[REPORT_NAME_BYTES]);
/* Why a finding is shown: its member's meaning, with the versions that its issue is in where these are other ones, and its note. */
#define REPORT_WHY_BYTES 4096
char *report_value_why(const cJSON *finding, const char *reason_member, char text[REPORT_WHY_BYTES]);
/* Whether the part that tells of changes has none. */
bool report_value_is_unchanged(const cJSON *changes) MUST_CHECK;
/* A state, a reason or a finding as people say it ("not expected"); itself where it is none of ours. */
const char *report_value_meaning(const char *code);

#endif
