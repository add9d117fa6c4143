/* Reports as Markdown, with tables as GitHub and GitLab read them. */
#include "json_value.h"
#include "report_formats.h"
#include "report_text.h"
#include "report_value.h"

#include <string.h>

#define CELL_CHARACTERS 300
#define SHA_COLUMNS 12
#define JOINED_BYTES 4096

/* One report being printed. */
struct page {
    const cJSON *document;
    FILE *out;
};

/* Text of strangers: nothing in it is Markdown or HTML, and it stays on its line and in its cell. */
static void put_text(FILE *out, const char *text)
{
    size_t characters = 0;
    for (uint32_t c; (c = report_text_next(&text)) != 0;) {
        if (++characters > CELL_CHARACTERS) {
            (void)fputs("...", out);
            return;
        }
        if (c == '\n' || c == '\r' || c == '\t')
            (void)fputc(' ', out);
        else if (report_text_is_hidden(c))
            (void)fprintf(out, "\\[U+%04X\\]", (unsigned)c);
        else if (c == '<' || c == '>' || c == '&')
            (void)fputs(c == '<' ? "&lt;" : c == '>' ? "&gt;"
                                                     : "&amp;",
                        out);
        else if (c == '@' || c == '#') /* neither calls a person nor names a request where the report is pasted */
            (void)fprintf(out, "%c<!-- -->", (char)c);
        else if (c < 0x80 && strchr("\\`*_{}[]|~!$", (int)c))
            (void)fprintf(out, "\\%c", (char)c);
        else
            report_text_put(out, c);
    }
}

static void put_cell(FILE *out, const char *text)
{
    (void)fputc(' ', out);
    put_text(out, text);
    (void)fputs(" |", out);
}

static void put_count(FILE *out, double count)
{
    (void)fprintf(out, " %.0f |", count);
}

static void put_header(FILE *out, const char *titles, const char *rule)
{
    (void)fprintf(out, "\n%s\n%s\n", titles, rule);
}

static void put_sha(FILE *out, const cJSON *commit)
{
    (void)fprintf(out, "%.*s", SHA_COLUMNS, report_value_member(commit, "sha"));
}

static void put_coverage(FILE *out, const char *name, const cJSON *coverage)
{
    static const char *const counted[] = {"stories", "with_commits", "missing", "unmerged", "reverted", "not_expected"};
    char percent[REPORT_PERCENT_BYTES];
    (void)fputc('|', out);
    put_cell(out, name);
    put_cell(out, report_value_percent(coverage, percent));
    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++)
        put_count(out, report_value_count(coverage, counted[i]));
    (void)fputc('\n', out);
}

static void put_versions(const struct page *page, const cJSON *versions)
{
    char name[REPORT_NAME_BYTES];
    const cJSON *version;
    if (cJSON_GetArraySize(versions) == 0) {
        (void)fputs("\nNo version is known.\n", page->out);
        return;
    }
    put_header(page->out, "| Version | Coverage | Stories | Covered | Missing | Unmerged | Reverted | Not expected |",
               "|---|--:|--:|--:|--:|--:|--:|--:|");
    cJSON_ArrayForEach(version, versions)
    {
        put_coverage(page->out, report_value_version_name(page->document, version, name),
                     json_value_member(version, "coverage"));
    }
    if (cJSON_GetArraySize(versions) > 1)
        put_coverage(page->out, "all", json_value_member(page->document, "summary"));
}

static void put_commit(FILE *out, const cJSON *commit)
{
    char joined[JOINED_BYTES];
    const char *tag = report_value_member(commit, "first_tag"), *revert = report_value_member(commit, "reverted_by");
    put_sha(out, commit);
    (void)fputc(' ', out);
    put_text(out, report_value_member(commit, "repository"));
    (void)fputs(" by ", out);
    put_text(out, report_value_joined(json_value_member(commit, "evidence"), ", ", joined, sizeof joined));
    (void)fputs(" on ", out);
    report_value_joined(json_value_member(commit, "branches"), ", ", joined, sizeof joined);
    put_text(out, joined[0] ? joined : "no branch");
    if (tag[0]) {
        (void)fputs(", first in ", out);
        put_text(out, tag);
    }
    if (revert[0])
        (void)fprintf(out, ", taken back by %.*s", SHA_COLUMNS, revert);
    report_value_joined(json_value_member(commit, "reverted_on"), ", ", joined, sizeof joined);
    if (joined[0] && !revert[0]) {
        (void)fputs(", taken back on ", out);
        put_text(out, joined);
    }
    if (cJSON_IsTrue(json_value_member(commit, "is_revert")))
        (void)fputs(", a revert", out);
}

static void put_story(FILE *out, const cJSON *story)
{
    const cJSON *commit, *commits = json_value_member(story, "commits");
    (void)fputc('|', out);
    put_cell(out, report_value_member(story, "issue_key"));
    put_cell(out, report_value_member(story, "summary"));
    put_cell(out, report_value_meaning(report_value_member(story, "state")));
    put_cell(out, report_value_member(story, "reason"));
    (void)fputc(' ', out);
    cJSON_ArrayForEach(commit, commits)
    {
        if (commit != commits->child)
            (void)fputs("<br>", out);
        put_commit(out, commit);
    }
    (void)fputs(" |\n", out);
}

static void put_findings(FILE *out, const char *heading, const cJSON *findings, const char *reason_member)
{
    char when[REPORT_TIME_BYTES], why[REPORT_WHY_BYTES];
    const cJSON *finding;
    if (cJSON_GetArraySize(findings) == 0)
        return;
    if (heading)
        (void)fprintf(out, "\n%s\n", heading);
    put_header(out, "| When | Commit | Repository | Issue | What | Why |", "|---|---|---|---|---|---|");
    cJSON_ArrayForEach(finding, findings)
    {
        const char *subject = report_value_member(finding, "subject");
        (void)fputc('|', out);
        put_cell(out, report_value_time(finding, "landed_at", when));
        (void)fputc(' ', out);
        put_sha(out, finding);
        (void)fputs(" |", out);
        put_cell(out, report_value_member(finding, "repository"));
        put_cell(out, report_value_member(finding, "issue_key"));
        put_cell(out, subject[0] ? subject : report_value_member(finding, "summary"));
        put_cell(out, report_value_why(finding, reason_member, why));
        (void)fputc('\n', out);
    }
}

static void put_late(FILE *out, const cJSON *version)
{
    char when[REPORT_TIME_BYTES];
    const cJSON *entry, *late = json_value_member(version, "after_freeze");
    if (cJSON_GetArraySize(late) == 0)
        return;
    (void)fprintf(out, "\n### After the freeze of %s\n", report_value_time(version, "freeze_at", when));
    put_header(out, "| When | Issue | Late | Repository | What |", "|---|---|---|---|---|");
    cJSON_ArrayForEach(entry, late)
    {
        (void)fputc('|', out);
        put_cell(out, report_value_time(entry, "at", when));
        put_cell(out, report_value_member(entry, "issue_key"));
        (void)fputs(strcmp(report_value_member(entry, "what"), "scope") == 0 ? " added" : " commit ", out);
        put_sha(out, entry);
        (void)fputs(" |", out);
        put_cell(out, report_value_member(entry, "repository"));
        put_cell(out, report_value_member(entry, "summary"));
        (void)fputc('\n', out);
    }
}

static void put_version(const struct page *page, const cJSON *version)
{
    char name[REPORT_NAME_BYTES];
    const cJSON *story, *stories = json_value_member(version, "stories");
    (void)fputs("\n## ", page->out);
    put_text(page->out, report_value_version_name(page->document, version, name));
    (void)fputc('\n', page->out);
    if (cJSON_GetArraySize(stories) == 0)
        (void)fputs("\nNo issue has this version.\n", page->out);
    else
        put_header(page->out, "| Issue | Summary | State | Why | Commits |", "|---|---|---|---|---|");
    cJSON_ArrayForEach(story, stories)
    {
        put_story(page->out, story);
    }
    put_findings(page->out, "### Sneaked in", json_value_member(version, "sneaked_in"), "reason");
    put_late(page->out, version);
}

static void put_changed_stories(FILE *out, const cJSON *stories)
{
    const cJSON *story;
    if (cJSON_GetArraySize(stories) > 0)
        put_header(out, "| Issue | Summary | Before | Now | Why |", "|---|---|---|---|---|");
    cJSON_ArrayForEach(story, stories)
    {
        const char *before = report_value_member(story, "before"), *after = report_value_member(story, "after");
        (void)fputc('|', out);
        put_cell(out, report_value_member(story, "issue_key"));
        put_cell(out, report_value_member(story, "summary"));
        put_cell(out, before[0] ? report_value_meaning(before) : "-");
        put_cell(out, after[0] ? report_value_meaning(after) : "gone");
        put_cell(out, report_value_member(story, "reason"));
        (void)fputc('\n', out);
    }
}

static void put_changed_scope(const struct page *page, const cJSON *scope)
{
    char when[REPORT_TIME_BYTES], name[REPORT_NAME_BYTES];
    const cJSON *entry;
    if (cJSON_GetArraySize(scope) > 0)
        put_header(page->out, "| When | Issue | Summary | Scope | Version |", "|---|---|---|---|---|");
    cJSON_ArrayForEach(entry, scope)
    {
        (void)fputc('|', page->out);
        put_cell(page->out, report_value_time(entry, "at", when));
        put_cell(page->out, report_value_member(entry, "issue_key"));
        put_cell(page->out, report_value_member(entry, "summary"));
        put_cell(page->out, report_value_member(entry, "change"));
        put_cell(page->out, report_value_version_name(page->document, entry, name));
        (void)fputc('\n', page->out);
    }
}

static void put_share(FILE *out, const cJSON *coverage)
{
    char percent[REPORT_PERCENT_BYTES];
    if (json_value_is_set(coverage))
        (void)fprintf(out, " %.0f of %.0f, %s |", report_value_count(coverage, "with_commits"),
                      report_value_count(coverage, "stories"), report_value_percent(coverage, percent));
    else
        (void)fputs(" no story |", out);
}

static void put_changed_versions(const struct page *page, const cJSON *versions)
{
    char name[REPORT_NAME_BYTES];
    const cJSON *version;
    if (cJSON_GetArraySize(versions) > 0)
        put_header(page->out, "| Version | Covered before | Now |", "|---|--:|--:|");
    cJSON_ArrayForEach(version, versions)
    {
        (void)fputc('|', page->out);
        put_cell(page->out, report_value_version_name(page->document, version, name));
        put_share(page->out, json_value_member(version, "before"));
        put_share(page->out, json_value_member(version, "after"));
        (void)fputc('\n', page->out);
    }
}

static void put_changes(const struct page *page, const cJSON *changes)
{
    char since[REPORT_TIME_BYTES];
    if (!json_value_is_set(changes))
        return;
    (void)fprintf(page->out, "\n## Changed since %s\n", report_value_time(changes, "since", since));
    if (report_value_is_unchanged(changes))
        (void)fputs("\nNothing.\n", page->out);
    put_changed_versions(page, json_value_member(changes, "versions"));
    put_changed_stories(page->out, json_value_member(changes, "stories"));
    put_changed_scope(page, json_value_member(changes, "scope"));
}

static void put_range(FILE *out, const cJSON *range)
{
    const cJSON *doubt;
    (void)fputs("\n## ", out);
    put_text(out, report_value_member(range, "repository"));
    (void)fputs(": ", out);
    put_text(out, report_value_member(range, "from"));
    (void)fputs("..", out);
    put_text(out, report_value_member(range, "to"));
    (void)fputc('\n', out);
    put_findings(out, NULL, json_value_member(range, "findings"), "finding");
    if (cJSON_GetArraySize(json_value_member(range, "findings")) == 0)
        (void)fputs("\nNo commit of the range is work.\n", out);
    cJSON_ArrayForEach(doubt, json_value_member(range, "doubts"))
    {
        (void)fputs("\nApproximate: ", out);
        put_text(out, doubt->valuestring);
        (void)fputc('\n', out);
    }
}

void report_markdown(const cJSON *document, FILE *out)
{
    const struct page page = {.document = document, .out = out};
    const cJSON *part;
    char made[REPORT_TIME_BYTES];
    (void)fprintf(out, "# Release report\n\n%s, America/Phoenix\n", report_value_time(document, "generated_at", made));
    put_versions(&page, json_value_member(document, "versions"));
    put_changes(&page, json_value_member(document, "changes"));
    cJSON_ArrayForEach(part, json_value_member(document, "versions"))
    {
        put_version(&page, part);
    }
    cJSON_ArrayForEach(part, json_value_member(document, "ranges"))
    {
        put_range(out, part);
    }
    put_findings(out, "## In the version, and in no range", json_value_member(document, "not_in_ranges"), "reason");
    put_findings(out, "## Commits without a story", json_value_member(document, "orphans"), "reason");
}
