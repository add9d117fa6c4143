/* Reports as CSV after RFC 4180: a row for each story of each version, and for each thing that was found.
 *
 * The first column says what a row is: story, sneaked_in, after_freeze, range, range_doubt, not_in_ranges, orphan,
 * changed_version, changed_story or changed_scope. A cell that says nothing for its row is empty; lists are parted by spaces.
 */
#include "json_value.h"
#include "report_formats.h"
#include "report_text.h"
#include "report_value.h"

#include <string.h>

#define REPLACEMENT 0xfffd

enum column { RECORD,
              SOURCE,
              PROJECT_KEY,
              FIX_VERSION,
              ISSUE_KEY,
              PARENT_KEY,
              SUMMARY,
              ISSUE_TYPE,
              STATUS,
              RESOLUTION,
              STATE,
              REASON,
              ADDED_AT,
              IS_AFTER_FREEZE,
              COMMITS,
              FIRST_LANDED_AT,
              LAST_LANDED_AT,
              REPOSITORIES,
              BRANCHES,
              FIRST_TAG,
              EVIDENCE,
              SHAS,
              RANGE,
              BEFORE,
              COLUMNS };

static const char *const titles[COLUMNS] = {
    "record", "source", "project_key", "fix_version", "issue_key", "parent_key", "summary", "issue_type", "status",
    "resolution", "state", "reason", "added_at", "is_after_freeze", "commits", "first_landed_at", "last_landed_at",
    "repositories", "branches", "first_tag", "evidence", "shas", "range", "before"};

/* A text, or the strings of a list; of a list of objects those that stand in a member. */
struct cell {
    const char *text;
    const cJSON *list;
    const char *member;
};

struct row {
    struct cell cells[COLUMNS];
};

/* A spreadsheet takes a cell that begins so for a formula, some of them with the full-width signs too: an apostrophe before it
 * makes it text again. */
static bool is_formula(const char *text)
{
    uint32_t first = report_text_next(&text);
    return first == '=' || first == '+' || first == '-' || first == '@' || first == '\t' || first == '\r' ||
           first == '\n' || first == 0xff1d || first == 0xff0b || first == 0xff0d || first == 0xff20;
}

/* Controls would do something to a terminal, and are no text. */
static void put_text(FILE *out, const char *text)
{
    for (uint32_t c; (c = report_text_next(&text)) != 0;) {
        if (c == '"')
            (void)fputc('"', out);
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7f && c <= 0x9f))
            c = REPLACEMENT;
        report_text_put(out, c);
    }
}

static const char *element_text(const struct cell *cell, const cJSON *element)
{
    if (cell->member)
        return report_value_member(element, cell->member);
    return cJSON_IsString(element) ? element->valuestring : "";
}

static void put_list(FILE *out, const struct cell *cell)
{
    const cJSON *element;
    if (!cell->list || !cell->list->child)
        return;
    (void)fputs(is_formula(element_text(cell, cell->list->child)) ? "\"'" : "\"", out);
    cJSON_ArrayForEach(element, cell->list)
    {
        if (element != cell->list->child)
            (void)fputc(' ', out);
        put_text(out, element_text(cell, element));
    }
    (void)fputc('"', out);
}

static void put_cell(FILE *out, const struct cell *cell)
{
    const char *text = cell->text ? cell->text : "";
    bool is_quoted = is_formula(text) || strpbrk(text, "\",\r\n") || text[0] == ' ';
    if (cell->list) {
        put_list(out, cell);
        return;
    }
    (void)fputs(is_formula(text) ? "\"'" : is_quoted ? "\""
                                                     : "",
                out);
    put_text(out, text);
    if (is_quoted)
        (void)fputc('"', out);
}

static void put_row(FILE *out, const struct row *row)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        put_cell(out, &row->cells[i]);
        (void)fputs(i + 1 < COLUMNS ? "," : "\r\n", out);
    }
}

/* Fills those columns of a row that an object has members for. */
static void take_members(struct row *row, const cJSON *object, const enum column *columns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        row->cells[columns[i]].text = report_value_member(object, titles[columns[i]]);
}

static struct row new_row(const char *record, const cJSON *version)
{
    static const enum column of_version[] = {SOURCE, PROJECT_KEY, FIX_VERSION};
    struct row row = {.cells[RECORD].text = record};
    take_members(&row, version, of_version, sizeof of_version / sizeof of_version[0]);
    return row;
}

/* What a row says of a story's commits. */
struct work {
    double counted;
    const char *first, *last; /* landing of those that count */
    char evidence[128];
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

static struct work read_work(const cJSON *story)
{
    struct work work = {.first = "", .last = ""};
    const cJSON *commit;
    cJSON_ArrayForEach(commit, json_value_member(story, "commits"))
    {
        const char *landed = report_value_member(commit, "landed_at");
        add_evidence(&work, commit);
        if (!cJSON_IsTrue(json_value_member(commit, "counts")))
            continue;
        work.counted++;
        if (landed[0] && (!work.first[0] || strcmp(landed, work.first) < 0))
            work.first = landed;
        if (landed[0] && strcmp(landed, work.last) > 0)
            work.last = landed;
    }
    return work;
}

static void put_story(FILE *out, const cJSON *version, const cJSON *story)
{
    static const enum column of_story[] = {ISSUE_KEY, PARENT_KEY, SUMMARY, ISSUE_TYPE, STATUS,
                                           RESOLUTION, STATE, REASON, ADDED_AT, FIRST_TAG};
    char count[32];
    struct work work = read_work(story);
    struct row row = new_row("story", version);
    take_members(&row, story, of_story, sizeof of_story / sizeof of_story[0]);
    (void)snprintf(count, sizeof count, "%.0f", work.counted);
    row.cells[IS_AFTER_FREEZE].text = cJSON_IsTrue(json_value_member(story, "is_after_freeze")) ? "true" : "false";
    row.cells[COMMITS].text = count;
    row.cells[FIRST_LANDED_AT].text = work.first;
    row.cells[LAST_LANDED_AT].text = work.last;
    row.cells[REPOSITORIES].list = json_value_member(story, "repositories");
    row.cells[BRANCHES].list = json_value_member(story, "branches");
    row.cells[EVIDENCE].text = work.evidence;
    row.cells[SHAS] = (struct cell){.list = json_value_member(story, "commits"), .member = "sha"};
    put_row(out, &row);
}

/* A commit or issue that was found, in row as far as the part of the report that it stands in says. */
static void put_finding(FILE *out, struct row row, const cJSON *finding, const char *reason_member)
{
    const char *subject = report_value_member(finding, "subject");
    row.cells[ISSUE_KEY].text = report_value_member(finding, "issue_key");
    row.cells[SUMMARY].text = subject[0] ? subject : report_value_member(finding, "summary");
    row.cells[REASON].text = report_value_member(finding, reason_member);
    row.cells[FIRST_LANDED_AT].text = report_value_member(finding, "landed_at");
    row.cells[SHAS].text = report_value_member(finding, "sha");
    if (!row.cells[REPOSITORIES].text)
        row.cells[REPOSITORIES].text = report_value_member(finding, "repository");
    row.cells[BRANCHES].text = report_value_member(finding, "branch");
    row.cells[EVIDENCE].text = report_value_member(finding, "note");
    put_row(out, &row);
}

static void put_late(FILE *out, const cJSON *version, const cJSON *entry)
{
    bool is_scope = strcmp(report_value_member(entry, "what"), "scope") == 0;
    struct row row = new_row("after_freeze", version);
    row.cells[ISSUE_KEY].text = report_value_member(entry, "issue_key");
    row.cells[SUMMARY].text = report_value_member(entry, "summary");
    row.cells[REASON].text = report_value_member(entry, "what");
    row.cells[is_scope ? ADDED_AT : FIRST_LANDED_AT].text = report_value_member(entry, "at");
    row.cells[REPOSITORIES].text = report_value_member(entry, "repository");
    row.cells[SHAS].text = report_value_member(entry, "sha");
    put_row(out, &row);
}

static void put_version(FILE *out, const cJSON *version)
{
    const cJSON *entry;
    cJSON_ArrayForEach(entry, json_value_member(version, "stories"))
    {
        put_story(out, version, entry);
    }
    cJSON_ArrayForEach(entry, json_value_member(version, "sneaked_in"))
    {
        put_finding(out, new_row("sneaked_in", version), entry, "reason");
    }
    cJSON_ArrayForEach(entry, json_value_member(version, "after_freeze"))
    {
        put_late(out, version, entry);
    }
}

static void put_range(FILE *out, const cJSON *range)
{
    char ends[2048];
    const cJSON *entry;
    struct row row = {.cells[SOURCE].text = report_value_member(range, "source"),
                      .cells[REPOSITORIES].text = report_value_member(range, "repository"),
                      .cells[RANGE].text = ends};
    (void)snprintf(ends, sizeof ends, "%s..%s", report_value_member(range, "from"), report_value_member(range, "to"));
    row.cells[RECORD].text = "range";
    cJSON_ArrayForEach(entry, json_value_member(range, "findings"))
    {
        put_finding(out, row, entry, "finding");
    }
    row.cells[RECORD].text = "range_doubt";
    cJSON_ArrayForEach(entry, json_value_member(range, "doubts"))
    {
        row.cells[REASON].text = entry->valuestring;
        put_row(out, &row);
    }
}

/* "3 of 9": covered stories of all. */
static const char *share(const cJSON *coverage, char text[64])
{
    text[0] = '\0';
    if (json_value_is_set(coverage))
        (void)snprintf(text, 64, "%.0f of %.0f", report_value_count(coverage, "with_commits"), report_value_count(coverage, "stories"));
    return text;
}

static void put_changed_version(FILE *out, const cJSON *version)
{
    char before[64], after[64];
    struct row row = new_row("changed_version", version);
    row.cells[BEFORE].text = share(json_value_member(version, "before"), before);
    row.cells[STATE].text = share(json_value_member(version, "after"), after);
    put_row(out, &row);
}

static void put_changed_story(FILE *out, const cJSON *story)
{
    static const enum column columns[] = {SOURCE, ISSUE_KEY, SUMMARY, REASON, BEFORE};
    struct row row = {.cells[RECORD].text = "changed_story"};
    take_members(&row, story, columns, sizeof columns / sizeof columns[0]);
    row.cells[STATE].text = report_value_member(story, "after");
    put_row(out, &row);
}

static void put_changed_scope(FILE *out, const cJSON *entry)
{
    struct row row = new_row("changed_scope", entry);
    row.cells[ISSUE_KEY].text = report_value_member(entry, "issue_key");
    row.cells[SUMMARY].text = report_value_member(entry, "summary");
    row.cells[REASON].text = report_value_member(entry, "change");
    row.cells[ADDED_AT].text = report_value_member(entry, "at");
    put_row(out, &row);
}

static void put_changes(FILE *out, const cJSON *changes)
{
    const cJSON *entry;
    cJSON_ArrayForEach(entry, json_value_member(changes, "versions"))
    {
        put_changed_version(out, entry);
    }
    cJSON_ArrayForEach(entry, json_value_member(changes, "stories"))
    {
        put_changed_story(out, entry);
    }
    cJSON_ArrayForEach(entry, json_value_member(changes, "scope"))
    {
        put_changed_scope(out, entry);
    }
}

void report_csv(const cJSON *document, FILE *out)
{
    struct row header = {0};
    const cJSON *entry;
    for (size_t i = 0; i < COLUMNS; i++)
        header.cells[i].text = titles[i];
    put_row(out, &header);
    put_changes(out, json_value_member(document, "changes"));
    cJSON_ArrayForEach(entry, json_value_member(document, "versions"))
    {
        put_version(out, entry);
    }
    cJSON_ArrayForEach(entry, json_value_member(document, "ranges"))
    {
        put_range(out, entry);
    }
    cJSON_ArrayForEach(entry, json_value_member(document, "not_in_ranges"))
    {
        put_finding(out, (struct row){.cells[RECORD].text = "not_in_ranges"}, entry, "reason");
    }
    cJSON_ArrayForEach(entry, json_value_member(document, "orphans"))
    {
        put_finding(out, (struct row){.cells[RECORD].text = "orphan", .cells[SOURCE].text = report_value_member(entry, "source")},
                    entry, "reason");
    }
}
