/* Reports as tables for a terminal, or for a file that people read. */
#include "json_value.h"
#include "report_formats.h"
#include "report_text.h"
#include "report_value.h"
#include "text_table.h"

#include <string.h>

#define BAR_COLUMNS 20 /* at most */
#define SHA_COLUMNS 12
#define STATE_COLUMNS 12 /* of "not expected" */
#define KEY_COLUMNS 24   /* at most */
#define COMMIT_INDENT 6
#define SHARE_COLUMNS 72 /* two shares, and what is between them */
#define JOINED_BYTES 4096

/* One report being printed. */
struct page {
    const cJSON *document;
    FILE *out;
    const struct report_style *style;
    bool is_whole; /* memory sufficed so far */
};

static void print_table(struct page *page, struct text_table *table, size_t indent)
{
    page->is_whole = table && text_table_print(table, page->out, page->style->columns, indent) && page->is_whole;
    text_table_free(table);
}

static struct text_table *new_table(struct page *page, const struct text_table_column *columns, size_t count)
{
    struct text_table *table = text_table_new(columns, count);
    page->is_whole = table && page->is_whole;
    return table;
}

static void print_heading(struct page *page, const char *text)
{
    (void)fputs(page->style->is_terminal ? "\n\033[1m" : "\n", page->out);
    (void)report_text_print(page->out, text, page->style->columns);
    (void)fputs(page->style->is_terminal ? "\033[0m\n" : "\n", page->out);
}

/* Where there is little room, names need it more. */
static size_t bar_columns(const struct report_style *style)
{
    return style->columns >= 120 ? BAR_COLUMNS : style->columns >= 96 ? BAR_COLUMNS / 2
                                                                      : 0;
}

/* A bar of covered stories: "#######.............", or drawn on a terminal. */
static char *draw_bar(const struct report_style *style, const cJSON *coverage, char *text, size_t size)
{
    double stories = report_value_count(coverage, "stories"), covered = report_value_count(coverage, "with_commits");
    size_t columns = bar_columns(style), length = 0;
    size_t filled = stories > 0 ? (size_t)((double)columns * covered / stories) : 0;
    text[0] = '\0';
    for (size_t i = 0; i < columns; i++) {
        const char *part = i < filled ? (style->is_terminal ? "\u2588" : "#") : (style->is_terminal ? "\u2591" : ".");
        int more = snprintf(text + length, size - length, "%s", stories > 0 ? part : " ");
        length += more > 0 ? (size_t)more : 0;
    }
    return text;
}

static const char *const counted[] = {"stories", "with_commits", "missing", "unmerged", "reverted", "not_expected"};

static void add_coverage(struct page *page, struct text_table *table, const char *name, const cJSON *coverage)
{
    char percent[REPORT_PERCENT_BYTES], bar[4 * BAR_COLUMNS + 1];
    text_table_add(table, name);
    text_table_add(table, report_value_percent(coverage, percent));
    text_table_add(table, draw_bar(page->style, coverage, bar, sizeof bar));
    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++)
        text_table_add_count(table, report_value_count(coverage, counted[i]));
}

static void print_coverage(struct page *page)
{
    static const struct text_table_column columns[] = {
        {.title = "VERSION", .gives_way = true},
        {.title = "COVERAGE", .is_right = true},
        {.title = ""},
        {.title = "STORIES", .is_right = true},
        {.title = "COVERED", .is_right = true},
        {.title = "MISSING", .is_right = true},
        {.title = "UNMERGED", .is_right = true},
        {.title = "REVERTED", .is_right = true},
        {.title = "NOT EXP.", .is_right = true}};
    const cJSON *version, *versions = json_value_member(page->document, "versions");
    char name[REPORT_NAME_BYTES];
    struct text_table *table = new_table(page, columns, sizeof columns / sizeof columns[0]);
    if (!table)
        return;
    cJSON_ArrayForEach(version, versions)
    {
        add_coverage(page, table, report_value_version_name(page->document, version, name),
                     json_value_member(version, "coverage"));
    }
    if (cJSON_GetArraySize(versions) > 1)
        add_coverage(page, table, "all", json_value_member(page->document, "summary"));
    print_table(page, table, 0);
}

static void print_commit(struct page *page, const cJSON *commit)
{
    char evidence[JOINED_BYTES], branches[JOINED_BYTES], reverted_on[JOINED_BYTES], line[4 * JOINED_BYTES];
    const char *tag = report_value_member(commit, "first_tag"), *revert = report_value_member(commit, "reverted_by");
    report_value_joined(json_value_member(commit, "evidence"), ", ", evidence, sizeof evidence);
    report_value_joined(json_value_member(commit, "branches"), ", ", branches, sizeof branches);
    report_value_joined(json_value_member(commit, "reverted_on"), ", ", reverted_on, sizeof reverted_on);
    bool is_partly = !revert[0] && reverted_on[0];
    (void)snprintf(line, sizeof line, "%.*s %s by %s on %s%s%s%s%.*s%s%s%s", SHA_COLUMNS, report_value_member(commit, "sha"),
                   report_value_member(commit, "repository"), evidence, branches[0] ? branches : "no branch",
                   tag[0] ? ", first in " : "", tag, revert[0] ? ", taken back by " : "", SHA_COLUMNS, revert,
                   is_partly ? ", taken back on " : "", is_partly ? reverted_on : "",
                   cJSON_IsTrue(json_value_member(commit, "is_revert")) ? ", a revert" : "");
    (void)fprintf(page->out, "%*s", COMMIT_INDENT, "");
    report_text_wrap(page->out, line, page->style->columns - COMMIT_INDENT, COMMIT_INDENT + 2);
    (void)fputc('\n', page->out);
}

/* Columns of the lines that tell of stories. */
struct story_widths {
    size_t key, summary, reason;
};

static size_t widest(const cJSON *stories, const char *member)
{
    const cJSON *story;
    size_t most = 0;
    cJSON_ArrayForEach(story, stories)
    {
        size_t width = report_text_width(report_value_member(story, member));
        most = width > most ? width : most;
    }
    return most;
}

/* A summary gives way before a reason does, down to a third. */
static struct story_widths widths_of(const struct page *page, const cJSON *stories)
{
    struct story_widths widths = {
        .key = widest(stories, "issue_key"), .summary = widest(stories, "summary"), .reason = widest(stories, "reason")};
    if (widths.key > KEY_COLUMNS)
        widths.key = KEY_COLUMNS;
    size_t room = page->style->columns - 2 - widths.key - 2 - STATE_COLUMNS - 2 - 2;
    if (widths.summary + widths.reason <= room)
        return widths;
    if (widths.reason > room * 2 / 3)
        widths.reason = widths.summary < room / 3 ? room - widths.summary : room * 2 / 3;
    widths.summary = room - widths.reason;
    return widths;
}

/* A line for the story, and one for each of its commits. */
static void print_story(struct page *page, const cJSON *story, const struct story_widths *widths)
{
    const char *state = report_value_meaning(report_value_member(story, "state"));
    const cJSON *commit;
    (void)fputs("  ", page->out);
    size_t taken = report_text_print(page->out, report_value_member(story, "issue_key"), widths->key);
    (void)fprintf(page->out, "%*s  %-*s  ", (int)(widths->key - taken), "", STATE_COLUMNS, state);
    taken = report_text_print(page->out, report_value_member(story, "summary"), widths->summary);
    (void)fprintf(page->out, "%*s  ", (int)(widths->summary - taken), "");
    (void)report_text_print(page->out, report_value_member(story, "reason"), widths->reason);
    (void)fputc('\n', page->out);
    cJSON_ArrayForEach(commit, json_value_member(story, "commits"))
    {
        print_commit(page, commit);
    }
}

/* What lacks something stands first. */
static void print_stories(struct page *page, const cJSON *stories)
{
    static const char *const states[] = {"missing", "unmerged", "reverted", "covered", "not_expected"};
    const struct story_widths widths = widths_of(page, stories);
    const cJSON *story;
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        cJSON_ArrayForEach(story, stories)
        {
            if (strcmp(report_value_member(story, "state"), states[i]) == 0)
                print_story(page, story, &widths);
        }
    }
}

static void add_sha(struct text_table *table, const cJSON *commit)
{
    char sha[SHA_COLUMNS + 1];
    (void)snprintf(sha, sizeof sha, "%s", report_value_member(commit, "sha"));
    text_table_add(table, sha);
}

/* Commits with what they are about and why they are shown. */
static void print_findings(struct page *page, const char *title, const cJSON *findings, const char *reason_member)
{
    static const struct text_table_column columns[] = {
        {.title = "WHEN"},
        {.title = "COMMIT"},
        {.title = "REPOSITORY", .at_most = 20, .gives_way = true},
        {.title = "ISSUE", .gives_way = true},
        {.title = "WHAT", .gives_way = true},
        {.title = "WHY", .at_most = 34, .gives_way = true}};
    char when[REPORT_TIME_BYTES], why[REPORT_WHY_BYTES];
    const cJSON *finding;
    if (cJSON_GetArraySize(findings) == 0)
        return;
    print_heading(page, title);
    struct text_table *table = new_table(page, columns, sizeof columns / sizeof columns[0]);
    if (!table)
        return;
    cJSON_ArrayForEach(finding, findings)
    {
        const char *subject = report_value_member(finding, "subject");
        text_table_add(table, report_value_time(finding, "landed_at", when));
        add_sha(table, finding);
        text_table_add(table, report_value_member(finding, "repository"));
        text_table_add(table, report_value_member(finding, "issue_key"));
        text_table_add(table, subject[0] ? subject : report_value_member(finding, "summary"));
        text_table_add(table, report_value_why(finding, reason_member, why));
    }
    print_table(page, table, 2);
}

static void print_late(struct page *page, const char *title, const cJSON *late)
{
    static const struct text_table_column columns[] = {
        {.title = "WHEN"},
        {.title = "ISSUE", .gives_way = true},
        {.title = "LATE"},
        {.title = "REPOSITORY", .at_most = 20, .gives_way = true},
        {.title = "WHAT", .gives_way = true}};
    char when[REPORT_TIME_BYTES], what[64];
    const cJSON *entry;
    if (cJSON_GetArraySize(late) == 0)
        return;
    print_heading(page, title);
    struct text_table *table = new_table(page, columns, sizeof columns / sizeof columns[0]);
    if (!table)
        return;
    cJSON_ArrayForEach(entry, late)
    {
        bool is_scope = strcmp(report_value_member(entry, "what"), "scope") == 0;
        (void)snprintf(what, sizeof what, "%s%.*s", is_scope ? "added" : "commit ", SHA_COLUMNS,
                       report_value_member(entry, "sha"));
        text_table_add(table, report_value_time(entry, "at", when));
        text_table_add(table, report_value_member(entry, "issue_key"));
        text_table_add(table, what);
        text_table_add(table, report_value_member(entry, "repository"));
        text_table_add(table, report_value_member(entry, "summary"));
    }
    print_table(page, table, 2);
}

static void print_version(struct page *page, const cJSON *version)
{
    char name[REPORT_NAME_BYTES], title[2 * REPORT_NAME_BYTES];
    char percent[REPORT_PERCENT_BYTES], freeze[REPORT_TIME_BYTES];
    const cJSON *coverage = json_value_member(version, "coverage");
    report_value_version_name(page->document, version, name);
    (void)snprintf(title, sizeof title, "%s: %.0f of %.0f stories are covered, %s", name,
                   report_value_count(coverage, "with_commits"), report_value_count(coverage, "stories"), report_value_percent(coverage, percent));
    print_heading(page, title);
    print_stories(page, json_value_member(version, "stories"));
    (void)snprintf(title, sizeof title, "%s: sneaked in", name);
    print_findings(page, title, json_value_member(version, "sneaked_in"), "reason");
    (void)snprintf(title, sizeof title, "%s: after the freeze of %s", name, report_value_time(version, "freeze_at", freeze));
    print_late(page, title, json_value_member(version, "after_freeze"));
}

static void print_changed_stories(struct page *page, const cJSON *changes)
{
    static const struct text_table_column columns[] = {
        {.title = "ISSUE", .gives_way = true},
        {.title = "BEFORE"},
        {.title = "NOW"},
        {.title = "SUMMARY", .gives_way = true},
        {.title = "WHY", .at_most = 40, .gives_way = true}};
    const cJSON *story, *stories = json_value_member(changes, "stories");
    struct text_table *table = cJSON_GetArraySize(stories) > 0 ? new_table(page, columns, 5) : NULL;
    if (!table)
        return;
    cJSON_ArrayForEach(story, stories)
    {
        const char *before = report_value_member(story, "before"), *after = report_value_member(story, "after");
        text_table_add(table, report_value_member(story, "issue_key"));
        text_table_add(table, before[0] ? report_value_meaning(before) : "-");
        text_table_add(table, after[0] ? report_value_meaning(after) : "gone");
        text_table_add(table, report_value_member(story, "summary"));
        text_table_add(table, report_value_member(story, "reason"));
    }
    print_table(page, table, 2);
}

static void print_changed_scope(struct page *page, const cJSON *changes)
{
    static const struct text_table_column columns[] = {
        {.title = "WHEN"},
        {.title = "ISSUE", .gives_way = true},
        {.title = "SCOPE"},
        {.title = "VERSION", .gives_way = true},
        {.title = "SUMMARY", .gives_way = true}};
    char when[REPORT_TIME_BYTES], name[REPORT_NAME_BYTES];
    const cJSON *entry, *scope = json_value_member(changes, "scope");
    struct text_table *table = cJSON_GetArraySize(scope) > 0 ? new_table(page, columns, 5) : NULL;
    if (!table)
        return;
    cJSON_ArrayForEach(entry, scope)
    {
        text_table_add(table, report_value_time(entry, "at", when));
        text_table_add(table, report_value_member(entry, "issue_key"));
        text_table_add(table, report_value_member(entry, "change"));
        text_table_add(table, report_value_version_name(page->document, entry, name));
        text_table_add(table, report_value_member(entry, "summary"));
    }
    print_table(page, table, 2);
}

/* "3 of 9 covered, 33.3 %". */
static void print_share(struct page *page, const cJSON *coverage)
{
    char percent[REPORT_PERCENT_BYTES];
    if (json_value_is_set(coverage))
        (void)fprintf(page->out, "%.0f of %.0f covered, %s", report_value_count(coverage, "with_commits"),
                      report_value_count(coverage, "stories"), report_value_percent(coverage, percent));
    else
        (void)fputs("no story", page->out);
}

static void print_changed_version(struct page *page, const cJSON *version)
{
    char name[REPORT_NAME_BYTES];
    (void)fputs("  ", page->out);
    (void)report_text_print(page->out, report_value_version_name(page->document, version, name),
                            page->style->columns - SHARE_COLUMNS);
    (void)fputs(": ", page->out);
    print_share(page, json_value_member(version, "before"));
    (void)fputs("; now ", page->out);
    print_share(page, json_value_member(version, "after"));
    (void)fputc('\n', page->out);
}

static void print_changes(struct page *page, const cJSON *changes)
{
    char since[REPORT_TIME_BYTES], title[64];
    const cJSON *version;
    if (!json_value_is_set(changes))
        return;
    (void)snprintf(title, sizeof title, "Changed since %s", report_value_time(changes, "since", since));
    print_heading(page, title);
    if (report_value_is_unchanged(changes))
        (void)fputs("  Nothing.\n", page->out);
    cJSON_ArrayForEach(version, json_value_member(changes, "versions"))
    {
        print_changed_version(page, version);
    }
    print_changed_stories(page, changes);
    print_changed_scope(page, changes);
}

static void print_range(struct page *page, const cJSON *range)
{
    char title[1024];
    const cJSON *findings = json_value_member(range, "findings"), *doubt;
    (void)snprintf(title, sizeof title, "%s: %s..%s", report_value_member(range, "repository"), report_value_member(range, "from"),
                   report_value_member(range, "to"));
    print_findings(page, title, findings, "finding");
    if (cJSON_GetArraySize(findings) == 0) {
        print_heading(page, title);
        (void)fputs("  No commit of the range is work.\n", page->out);
    }
    cJSON_ArrayForEach(doubt, json_value_member(range, "doubts"))
    {
        (void)snprintf(title, sizeof title, "Approximate: %s", doubt->valuestring);
        (void)fputs("  ", page->out);
        report_text_wrap(page->out, title, page->style->columns - 2, 4);
        (void)fputc('\n', page->out);
    }
}

bool report_table(const cJSON *document, FILE *out, const struct report_style *style)
{
    struct page page = {.document = document, .out = out, .style = style, .is_whole = true};
    const cJSON *part;
    if (cJSON_GetArraySize(json_value_member(document, "versions")) == 0)
        (void)fputs("No version is known.\n", out);
    else
        print_coverage(&page);
    print_changes(&page, json_value_member(document, "changes"));
    cJSON_ArrayForEach(part, json_value_member(document, "versions"))
    {
        print_version(&page, part);
    }
    cJSON_ArrayForEach(part, json_value_member(document, "ranges"))
    {
        print_range(&page, part);
    }
    print_findings(&page, "In the version, and in no range", json_value_member(document, "not_in_ranges"), "reason");
    print_findings(&page, "Commits without a story", json_value_member(document, "orphans"), "reason");
    return page.is_whole;
}
