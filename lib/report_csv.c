/* Reports as CSV after RFC 4180: one row for each story and version. */
#include "json_value.h"
#include "report.h"

#include <string.h>

#define JOINED_BYTES 65536

static const char *const titles[] = {
    "source", "project_key", "fix_version", "issue_key", "parent_key", "summary", "issue_type", "status", "resolution",
    "state", "reason", "added_at", "is_after_freeze", "commits", "first_landed_at", "last_landed_at", "repositories",
    "branches", "first_tag", "evidence", "shas"};

/* A spreadsheet takes a cell that begins so for a formula: an apostrophe before it makes it text again. */
static bool is_formula(const char *text)
{
    return text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
}

static void put_cell(FILE *out, const char *text, bool is_last)
{
    bool is_quoted = is_formula(text) || strpbrk(text, "\",\r\n") || text[0] == ' ';
    if (is_quoted)
        (void)fputc('"', out);
    if (is_formula(text))
        (void)fputc('\'', out);
    for (; *text; text++) {
        if (*text == '"')
            (void)fputc('"', out);
        (void)fputc(*text, out);
    }
    if (is_quoted)
        (void)fputc('"', out);
    (void)fputs(is_last ? "\r\n" : ",", out);
}

/* What a row says of a story's commits. */
struct work {
    double counted;
    const char *first, *last; /* landing of those that count */
    char evidence[128];
    char *shas;
};

static void add_evidence(struct work *work, const cJSON *commit)
{
    const cJSON *kind;
    cJSON_ArrayForEach(kind, json_value_member(commit, "evidence"))
    {
        size_t length = strlen(work->evidence);
        if (cJSON_IsString(kind) && !strstr(work->evidence, kind->valuestring))
            (void)snprintf(work->evidence + length, sizeof work->evidence - length, "%s%s", length ? " " : "",
                           kind->valuestring);
    }
}

static void read_work(const cJSON *story, struct work *work)
{
    const cJSON *commit;
    size_t length = 0;
    work->shas[0] = '\0';
    cJSON_ArrayForEach(commit, json_value_member(story, "commits"))
    {
        const char *landed = report_member(commit, "landed_at");
        add_evidence(work, commit);
        if (length < JOINED_BYTES) {
            int more = snprintf(work->shas + length, JOINED_BYTES - length, "%s%s", length ? " " : "",
                                report_member(commit, "sha"));
            length += more > 0 ? (size_t)more : 0;
        }
        if (!cJSON_IsTrue(json_value_member(commit, "counts")))
            continue;
        work->counted++;
        if (landed[0] && (!work->first[0] || strcmp(landed, work->first) < 0))
            work->first = landed;
        if (landed[0] && strcmp(landed, work->last) > 0)
            work->last = landed;
    }
}

static void put_story(FILE *out, const cJSON *version, const cJSON *story)
{
    static const char *const of_story[] = {"issue_key", "parent_key", "summary", "issue_type", "status", "resolution",
                                           "state", "reason", "added_at"};
    char shas[JOINED_BYTES], joined[JOINED_BYTES], count[32];
    struct work work = {.first = "", .last = "", .shas = shas};
    read_work(story, &work);
    put_cell(out, report_member(version, "source"), false);
    put_cell(out, report_member(version, "project_key"), false);
    put_cell(out, report_member(version, "fix_version"), false);
    for (size_t i = 0; i < sizeof of_story / sizeof of_story[0]; i++)
        put_cell(out, report_member(story, of_story[i]), false);
    put_cell(out, cJSON_IsTrue(json_value_member(story, "is_after_freeze")) ? "true" : "false", false);
    (void)snprintf(count, sizeof count, "%.0f", work.counted);
    put_cell(out, count, false);
    put_cell(out, work.first, false);
    put_cell(out, work.last, false);
    put_cell(out, report_joined(json_value_member(story, "repositories"), " ", joined, sizeof joined), false);
    put_cell(out, report_joined(json_value_member(story, "branches"), " ", joined, sizeof joined), false);
    put_cell(out, report_member(story, "first_tag"), false);
    put_cell(out, work.evidence, false);
    put_cell(out, shas, true);
}

void report_csv(const cJSON *document, FILE *out)
{
    const size_t count = sizeof titles / sizeof titles[0];
    const cJSON *version, *story;
    for (size_t i = 0; i < count; i++)
        put_cell(out, titles[i], i + 1 == count);
    cJSON_ArrayForEach(version, json_value_member(document, "versions"))
    {
        cJSON_ArrayForEach(story, json_value_member(version, "stories"))
        {
            put_story(out, version, story);
        }
    }
}
