/* Reports as one static HTML page: no script, readable printed, light and dark. */
#include "json_value.h"
#include "report_chart.h"
#include "report_formats.h"
#include "report_text.h"
#include "report_value.h"

#include <string.h>

#define TEXT_CHARACTERS 400
#define SHA_COLUMNS 12

/* In parts, since C promises string constants of 4095 bytes. */
static const char *const style[] = {
    ":root{color-scheme:light dark;--page:#fff;--text:#1d2433;--quiet:#5b6475;--line:#dde1e8;--card:#f6f7f9;--link:#0b57b7;"
    "--covered:#2e8b57;--unmerged:#d08a00;--reverted:#a2489c;--missing:#c8372d;--not_expected:#8b93a3}\n"
    "@media (prefers-color-scheme:dark){:root{--page:#14171d;--text:#e3e6ec;--quiet:#9aa3b2;--line:#303643;--card:#1c2028;"
    "--link:#7db3ff;--covered:#4fb57c;--unmerged:#e0a83a;--reverted:#c77fc2;--missing:#ef6b60;--not_expected:#737c8d}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:2rem 1.5rem 4rem;max-width:76rem;background:var(--page);color:var(--text);"
    "font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',sans-serif}\n"
    "h1{margin:0;font-size:1.7rem}h2{margin:2.6rem 0 .6rem;font-size:1.3rem;padding-top:.6rem;border-top:1px solid var(--line)}"
    "h3{margin:1.6rem 0 .4rem;font-size:1rem}\n"
    "p{margin:.3rem 0}.quiet{color:var(--quiet)}a{color:var(--link)}\n"
    "nav{margin:1.2rem 0}nav ul{margin:.3rem 0;padding:0;list-style:none;columns:16rem}nav li{break-inside:avoid}\n",
    ".tiles{display:flex;flex-wrap:wrap;gap:.7rem;margin:1.2rem 0}\n"
    ".tile{flex:1 1 8rem;padding:.6rem .9rem;background:var(--card);border:1px solid var(--line);border-radius:.5rem}\n"
    ".tile b{display:block;font-size:1.5rem;font-variant-numeric:tabular-nums;line-height:1.3}.tile span{color:var(--quiet)}\n"
    "table{width:100%;border-collapse:collapse;margin:.4rem 0}\n"
    "th,td{padding:.35rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);overflow-wrap:anywhere}\n"
    "th{font-weight:600;color:var(--quiet);font-size:.85rem;white-space:nowrap}\n"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td.k{white-space:nowrap;font-weight:600}\n"
    "td{min-width:6.5rem}td.n,td.k{min-width:0}td:last-child{min-width:9rem}"
    "td.bar{min-width:11rem;width:26%}td.t{white-space:nowrap;font-variant-numeric:tabular-nums}\n"
    "code{font:13px/1.4 ui-monospace,'Liberation Mono',monospace;white-space:nowrap}\n"
    ".scroll{overflow-x:auto}.commits{margin:.2rem 0 0;padding:0;list-style:none;font-size:.87rem;color:var(--quiet)}\n"
    ".mark{display:inline-block;padding:0 .5rem;border-radius:1rem;font-size:.82rem;white-space:nowrap;border:1px solid;"
    "font-weight:600}\n"
    ".hidden{padding:0 .2rem;border:1px dashed var(--missing);border-radius:.2rem;font:12px ui-monospace,monospace;"
    "color:var(--missing)}\n",
    ".covered{color:var(--covered)}.unmerged{color:var(--unmerged)}.reverted{color:var(--reverted)}.missing{color:var(--missing)}"
    ".not_expected{color:var(--not_expected)}\n"
    "svg{display:block;max-width:100%}svg .covered{fill:var(--covered)}svg .unmerged{fill:var(--unmerged)}"
    "svg .reverted{fill:var(--reverted)}svg .missing{fill:var(--missing)}svg .none{fill:var(--line)}\n"
    "svg .all-line{fill:none;stroke:var(--quiet);stroke-width:1.5;stroke-dasharray:4 3}"
    "svg .covered-line{fill:none;stroke:var(--covered);stroke-width:2.5}svg .covered-area{fill:var(--covered);opacity:.15}\n"
    "svg text{fill:var(--quiet);font:11px system-ui,sans-serif}svg .axis{stroke:var(--line)}\n"
    ".legend{display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.85rem}.legend span::before{content:'\\25A0\\00A0'}\n"
    "@media print{:root{--page:#fff;--text:#000;--quiet:#444;--line:#bbb;--card:#fff}body{max-width:none;padding:0;font-size:10pt}"
    "svg,.mark{print-color-adjust:exact;-webkit-print-color-adjust:exact}tr,svg,.tile{break-inside:avoid}h2,h3{break-after:avoid}"
    "thead{display:table-header-group}a{color:inherit;text-decoration:none}}\n"};

/* One report being printed. */
struct page {
    const cJSON *document;
    FILE *out;
};

static void put_raw(const struct page *page, const char *html)
{
    (void)fputs(html, page->out);
}

/* Text of strangers: only ever text, and hidden characters are shown by their number. */
static void put_text(const struct page *page, const char *text)
{
    size_t characters = 0;
    for (uint32_t c; (c = report_text_next(&text)) != 0;) {
        if (++characters > TEXT_CHARACTERS) {
            put_raw(page, "\u2026");
            return;
        }
        if (c == '\n' || c == '\t' || c == '\r')
            (void)fputc(' ', page->out);
        else if (report_text_is_hidden(c))
            (void)fprintf(page->out, "<span class=\"hidden\">U+%04X</span>", (unsigned)c);
        else if (c < 0x80 && strchr("<>&\"'", (int)c))
            (void)fprintf(page->out, "&#%u;", (unsigned)c);
        else
            report_text_put(page->out, c);
    }
}

/* In an element of its own, so that its direction is its own too. */
static void put_isolated(const struct page *page, const char *text)
{
    put_raw(page, "<bdi>");
    put_text(page, text);
    put_raw(page, "</bdi>");
}

static void put_cell(const struct page *page, const char *tag, const char *text)
{
    put_raw(page, tag);
    put_isolated(page, text);
    put_raw(page, "</td>");
}

/* Begins a table whose titles are parted by bars. */
static void put_table_head(const struct page *page, const char *titles)
{
    put_raw(page, "<div class=\"scroll\"><table><thead><tr><th>");
    for (; *titles; titles++) {
        if (*titles == '|')
            put_raw(page, "</th><th>");
        else
            (void)fputc(*titles, page->out);
    }
    put_raw(page, "</th></tr></thead><tbody>\n");
}

static void put_count(const struct page *page, double count)
{
    (void)fprintf(page->out, "<td class=\"n\">%.0f</td>", count);
}

static void put_sha(const struct page *page, const char *sha)
{
    put_raw(page, "<code>");
    for (size_t i = 0; i < SHA_COLUMNS && sha[i]; i++)
        put_text(page, (char[]){sha[i], '\0'});
    put_raw(page, "</code>");
}

/* A state of ours in its colour. */
static void put_state(const struct page *page, const char *state)
{
    put_raw(page, "<span class=\"mark ");
    put_text(page, state);
    put_raw(page, "\">");
    put_text(page, report_value_meaning(state));
    put_raw(page, "</span>");
}

static void put_list(const struct page *page, const cJSON *names)
{
    const cJSON *name;
    size_t place = 0;
    cJSON_ArrayForEach(name, names)
    {
        if (place++ > 0)
            put_raw(page, ", ");
        put_isolated(page, cJSON_IsString(name) ? name->valuestring : "");
    }
}

static void put_coverage_row(const struct page *page, const char *name, size_t number, const cJSON *coverage)
{
    static const char *const counted[] = {"stories", "with_commits", "missing", "unmerged", "reverted", "not_expected"};
    char percent[REPORT_PERCENT_BYTES];
    put_raw(page, "<tr><td class=\"k\">");
    if (number > 0)
        (void)fprintf(page->out, "<a href=\"#v%zu\">", number);
    put_isolated(page, name);
    put_raw(page, number > 0 ? "</a></td><td class=\"bar\">" : "</td><td class=\"bar\">");
    report_chart_bar(coverage, page->out);
    (void)fprintf(page->out, "</td><td class=\"n\">%s</td>", report_value_percent(coverage, percent));
    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++)
        put_count(page, report_value_count(coverage, counted[i]));
    put_raw(page, "</tr>\n");
}

static void put_overview(const struct page *page, const cJSON *versions)
{
    char name[REPORT_NAME_BYTES];
    const cJSON *version;
    size_t number = 0;
    put_raw(page, "<div class=\"scroll\"><table><thead><tr><th>Version</th><th>Coverage</th><th class=\"n\"></th>"
                  "<th class=\"n\">Stories</th><th class=\"n\">Covered</th><th class=\"n\">Missing</th>"
                  "<th class=\"n\">Unmerged</th>"
                  "<th class=\"n\">Reverted</th><th class=\"n\">Not expected</th></tr></thead><tbody>\n");
    cJSON_ArrayForEach(version, versions)
    {
        put_coverage_row(page, report_value_version_name(page->document, version, name), ++number,
                         json_value_member(version, "coverage"));
    }
    if (number > 1)
        put_coverage_row(page, "All, each story once", 0, json_value_member(page->document, "summary"));
    put_raw(page, "</tbody></table></div>\n<p class=\"legend\"><span class=\"covered\">covered</span>"
                  "<span class=\"unmerged\">unmerged</span>"
                  "<span class=\"reverted\">reverted</span><span class=\"missing\">missing</span></p>\n");
}

static void put_tile(const struct page *page, const char *state, double count, const char *what)
{
    (void)fprintf(page->out, "<div class=\"tile\"><b class=\"%s\">%.0f</b><span>%s</span></div>\n", state, count, what);
}

static void put_tiles(const struct page *page)
{
    char percent[REPORT_PERCENT_BYTES];
    const cJSON *summary = json_value_member(page->document, "summary");
    (void)fprintf(page->out, "<div class=\"tiles\"><div class=\"tile\"><b>%s</b>"
                             "<span>of stories covered</span></div>\n",
                  report_value_percent(summary, percent));
    put_tile(page, "", report_value_count(summary, "stories"), "stories");
    put_tile(page, "covered", report_value_count(summary, "with_commits"), "covered");
    put_tile(page, "missing", report_value_count(summary, "missing"), "missing");
    put_tile(page, "unmerged", report_value_count(summary, "unmerged"), "unmerged");
    put_tile(page, "reverted", report_value_count(summary, "reverted"), "reverted");
    put_tile(page, "", report_value_count(page->document, "orphan_commits"), "commits without a story");
    put_raw(page, "</div>\n");
}

static void put_contents(const struct page *page, const cJSON *versions)
{
    char name[REPORT_NAME_BYTES];
    const cJSON *part;
    size_t number = 0;
    put_raw(page, "<nav aria-label=\"Contents\"><ul>\n");
    if (json_value_is_set(json_value_member(page->document, "changes")))
        put_raw(page, "<li><a href=\"#changes\">Changes</a></li>\n");
    cJSON_ArrayForEach(part, versions)
    {
        (void)fprintf(page->out, "<li><a href=\"#v%zu\">", ++number);
        put_isolated(page, report_value_version_name(page->document, part, name));
        put_raw(page, "</a></li>\n");
    }
    number = 0;
    cJSON_ArrayForEach(part, json_value_member(page->document, "ranges"))
    {
        (void)fprintf(page->out, "<li><a href=\"#r%zu\">", ++number);
        put_isolated(page, report_value_member(part, "repository"));
        put_raw(page, "</a></li>\n");
    }
    if (cJSON_GetArraySize(json_value_member(page->document, "not_in_ranges")) > 0)
        put_raw(page, "<li><a href=\"#absent\">In the version, and in no range</a></li>\n");
    put_raw(page, "<li><a href=\"#orphans\">Commits without a story</a></li>\n</ul></nav>\n");
}

static void put_commit(const struct page *page, const cJSON *commit)
{
    const cJSON *branches = json_value_member(commit, "branches"), *reverted_on = json_value_member(commit, "reverted_on");
    const char *tag = report_value_member(commit, "first_tag"), *revert = report_value_member(commit, "reverted_by");
    put_raw(page, "<li>");
    put_sha(page, report_value_member(commit, "sha"));
    put_raw(page, " ");
    put_isolated(page, report_value_member(commit, "subject"));
    put_raw(page, " \u00b7 ");
    put_isolated(page, report_value_member(commit, "repository"));
    put_raw(page, " \u00b7 by ");
    put_list(page, json_value_member(commit, "evidence"));
    put_raw(page, cJSON_GetArraySize(branches) > 0 ? " \u00b7 on " : " \u00b7 on no branch");
    put_list(page, branches);
    if (tag[0]) {
        put_raw(page, " \u00b7 first in ");
        put_isolated(page, tag);
    }
    if (revert[0]) {
        put_raw(page, " \u00b7 taken back by ");
        put_sha(page, revert);
    } else if (cJSON_GetArraySize(reverted_on) > 0) {
        put_raw(page, " \u00b7 taken back on ");
        put_list(page, reverted_on);
    }
    if (cJSON_IsTrue(json_value_member(commit, "is_revert")))
        put_raw(page, " \u00b7 a revert");
    put_raw(page, "</li>");
}

static void put_story(const struct page *page, const cJSON *story)
{
    const cJSON *commit, *commits = json_value_member(story, "commits");
    put_cell(page, "<tr><td class=\"k\">", report_value_member(story, "issue_key"));
    put_raw(page, "<td>");
    put_state(page, report_value_member(story, "state"));
    put_raw(page, "</td><td>");
    put_isolated(page, report_value_member(story, "summary"));
    if (cJSON_IsTrue(json_value_member(story, "is_after_freeze")))
        put_raw(page, " <span class=\"quiet\">(added after the freeze)</span>");
    if (cJSON_GetArraySize(commits) > 0) {
        put_raw(page, "<ul class=\"commits\">");
        cJSON_ArrayForEach(commit, commits)
        {
            put_commit(page, commit);
        }
        put_raw(page, "</ul>");
    }
    put_raw(page, "</td>");
    put_cell(page, "<td>", report_value_member(story, "reason"));
    put_raw(page, "</tr>\n");
}

/* What lacks something stands first. */
static void put_stories(const struct page *page, const cJSON *stories)
{
    static const char *const states[] = {"missing", "unmerged", "reverted", "covered", "not_expected"};
    const cJSON *story;
    if (cJSON_GetArraySize(stories) == 0) {
        put_raw(page, "<p class=\"quiet\">No issue has this version.</p>\n");
        return;
    }
    put_table_head(page, "Issue|State|Summary and commits|Why");
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        cJSON_ArrayForEach(story, stories)
        {
            if (strcmp(report_value_member(story, "state"), states[i]) == 0)
                put_story(page, story);
        }
    }
    put_raw(page, "</tbody></table></div>\n");
}

static void put_findings(const struct page *page, const cJSON *findings, const char *reason_member)
{
    char when[REPORT_TIME_BYTES], why[REPORT_WHY_BYTES];
    const cJSON *finding;
    put_table_head(page, "When|Commit|Repository|Issue|What|Why");
    cJSON_ArrayForEach(finding, findings)
    {
        const char *subject = report_value_member(finding, "subject");
        put_cell(page, "<tr><td class=\"t\">", report_value_time(finding, "landed_at", when));
        put_raw(page, "<td>");
        put_sha(page, report_value_member(finding, "sha"));
        put_raw(page, "</td>");
        put_cell(page, "<td>", report_value_member(finding, "repository"));
        put_cell(page, "<td class=\"k\">", report_value_member(finding, "issue_key"));
        put_cell(page, "<td>", subject[0] ? subject : report_value_member(finding, "summary"));
        put_cell(page, "<td>", report_value_why(finding, reason_member, why));
        put_raw(page, "</tr>\n");
    }
    put_raw(page, "</tbody></table></div>\n");
}

static void put_late(const struct page *page, const cJSON *late)
{
    char when[REPORT_TIME_BYTES];
    const cJSON *entry;
    put_table_head(page, "When|Issue|Late|Repository|What");
    cJSON_ArrayForEach(entry, late)
    {
        put_cell(page, "<tr><td class=\"t\">", report_value_time(entry, "at", when));
        put_cell(page, "<td class=\"k\">", report_value_member(entry, "issue_key"));
        put_raw(page, strcmp(report_value_member(entry, "what"), "scope") == 0 ? "<td>added to the version" : "<td>commit ");
        put_sha(page, report_value_member(entry, "sha"));
        put_raw(page, "</td>");
        put_cell(page, "<td>", report_value_member(entry, "repository"));
        put_cell(page, "<td>", report_value_member(entry, "summary"));
        put_raw(page, "</tr>\n");
    }
    put_raw(page, "</tbody></table></div>\n");
}

static void put_version_facts(const struct page *page, const cJSON *version)
{
    char freeze[REPORT_TIME_BYTES], percent[REPORT_PERCENT_BYTES];
    const cJSON *coverage = json_value_member(version, "coverage");
    const cJSON *branch, *branches = json_value_member(version, "branches");
    (void)fprintf(page->out, "<p>%.0f of %.0f stories are covered, %s.", report_value_count(coverage, "with_commits"),
                  report_value_count(coverage, "stories"), report_value_percent(coverage, percent));
    if (cJSON_IsTrue(json_value_member(version, "released")))
        put_raw(page, " Released.");
    put_raw(page, " <span class=\"quiet\">");
    if (report_value_member(version, "release_date")[0])
        (void)fprintf(page->out, " Release date %.10s.", report_value_member(version, "release_date"));
    if (report_value_time(version, "freeze_at", freeze)[0])
        (void)fprintf(page->out, " Frozen %s.", freeze);
    cJSON_ArrayForEach(branch, branches)
    {
        put_raw(page, branch == branches->child ? " Branches: " : ", ");
        put_isolated(page, report_value_member(branch, "ref"));
        put_raw(page, " of ");
        put_isolated(page, report_value_member(branch, "repository"));
    }
    put_raw(page, "</span></p>\n");
}

static void put_version(const struct page *page, const cJSON *version, size_t number)
{
    char name[REPORT_NAME_BYTES];
    const cJSON *sneaked = json_value_member(version, "sneaked_in"), *late = json_value_member(version, "after_freeze");
    (void)fprintf(page->out, "<section><h2 id=\"v%zu\">", number);
    put_isolated(page, report_value_version_name(page->document, version, name));
    put_raw(page, "</h2>\n");
    report_chart_bar(json_value_member(version, "coverage"), page->out);
    put_version_facts(page, version);
    report_chart_history(json_value_member(version, "history"), page->out);
    put_stories(page, json_value_member(version, "stories"));
    if (cJSON_GetArraySize(sneaked) > 0) {
        put_raw(page, "<h3>Sneaked in</h3>\n");
        put_findings(page, sneaked, "reason");
    }
    if (cJSON_GetArraySize(late) > 0) {
        put_raw(page, "<h3>After the freeze</h3>\n");
        put_late(page, late);
    }
    put_raw(page, "</section>\n");
}

static void put_share(const struct page *page, const cJSON *coverage)
{
    char percent[REPORT_PERCENT_BYTES];
    put_raw(page, "<td class=\"bar\">");
    report_chart_bar(coverage, page->out);
    if (json_value_is_set(coverage))
        (void)fprintf(page->out, "%.0f of %.0f covered, %s</td>", report_value_count(coverage, "with_commits"),
                      report_value_count(coverage, "stories"), report_value_percent(coverage, percent));
    else
        put_raw(page, "no story</td>");
}

static void put_changed_versions(const struct page *page, const cJSON *versions)
{
    char name[REPORT_NAME_BYTES];
    const cJSON *version;
    if (cJSON_GetArraySize(versions) == 0)
        return;
    put_table_head(page, "Version|Before|Now");
    cJSON_ArrayForEach(version, versions)
    {
        put_cell(page, "<tr><td class=\"k\">", report_value_version_name(page->document, version, name));
        put_share(page, json_value_member(version, "before"));
        put_share(page, json_value_member(version, "after"));
        put_raw(page, "</tr>\n");
    }
    put_raw(page, "</tbody></table></div>\n");
}

static void put_changed_stories(const struct page *page, const cJSON *stories)
{
    const cJSON *story;
    if (cJSON_GetArraySize(stories) == 0)
        return;
    put_table_head(page, "Issue|Before|Now|Summary|Why");
    cJSON_ArrayForEach(story, stories)
    {
        const char *before = report_value_member(story, "before"), *after = report_value_member(story, "after");
        put_cell(page, "<tr><td class=\"k\">", report_value_member(story, "issue_key"));
        put_raw(page, "<td>");
        put_state(page, before[0] ? before : "new");
        put_raw(page, "</td><td>");
        put_state(page, after[0] ? after : "gone");
        put_raw(page, "</td>");
        put_cell(page, "<td>", report_value_member(story, "summary"));
        put_cell(page, "<td>", report_value_member(story, "reason"));
        put_raw(page, "</tr>\n");
    }
    put_raw(page, "</tbody></table></div>\n");
}

static void put_changed_scope(const struct page *page, const cJSON *scope)
{
    char when[REPORT_TIME_BYTES], name[REPORT_NAME_BYTES];
    const cJSON *entry;
    if (cJSON_GetArraySize(scope) == 0)
        return;
    put_table_head(page, "When|Issue|Scope|Version|Summary");
    cJSON_ArrayForEach(entry, scope)
    {
        put_cell(page, "<tr><td class=\"t\">", report_value_time(entry, "at", when));
        put_cell(page, "<td class=\"k\">", report_value_member(entry, "issue_key"));
        put_cell(page, "<td>", report_value_member(entry, "change"));
        put_cell(page, "<td>", report_value_version_name(page->document, entry, name));
        put_cell(page, "<td>", report_value_member(entry, "summary"));
        put_raw(page, "</tr>\n");
    }
    put_raw(page, "</tbody></table></div>\n");
}

static void put_changes(const struct page *page, const cJSON *changes)
{
    char since[REPORT_TIME_BYTES];
    if (!json_value_is_set(changes))
        return;
    (void)fprintf(page->out, "<section><h2 id=\"changes\">Changed since %s</h2>\n",
                  report_value_time(changes, "since", since));
    if (report_value_is_unchanged(changes))
        put_raw(page, "<p class=\"quiet\">Nothing.</p>\n");
    put_changed_versions(page, json_value_member(changes, "versions"));
    put_changed_stories(page, json_value_member(changes, "stories"));
    put_changed_scope(page, json_value_member(changes, "scope"));
    put_raw(page, "</section>\n");
}

static void put_range(const struct page *page, const cJSON *range, size_t number)
{
    const cJSON *findings = json_value_member(range, "findings"), *doubt;
    (void)fprintf(page->out, "<section><h2 id=\"r%zu\">", number);
    put_isolated(page, report_value_member(range, "repository"));
    put_raw(page, ": ");
    put_isolated(page, report_value_member(range, "from"));
    put_raw(page, " .. ");
    put_isolated(page, report_value_member(range, "to"));
    put_raw(page, "</h2>\n");
    if (cJSON_GetArraySize(findings) > 0)
        put_findings(page, findings, "finding");
    else
        put_raw(page, "<p class=\"quiet\">No commit of the range is work.</p>\n");
    cJSON_ArrayForEach(doubt, json_value_member(range, "doubts"))
    {
        put_raw(page, "<p>Approximate: ");
        put_text(page, doubt->valuestring);
        put_raw(page, "</p>\n");
    }
    put_raw(page, "</section>\n");
}

static void put_ranges(const struct page *page)
{
    const cJSON *range, *absent = json_value_member(page->document, "not_in_ranges");
    size_t number = 0;
    cJSON_ArrayForEach(range, json_value_member(page->document, "ranges"))
    {
        put_range(page, range, ++number);
    }
    if (cJSON_GetArraySize(absent) == 0)
        return;
    put_raw(page, "<section><h2 id=\"absent\">In the version, and in no range</h2>\n");
    put_findings(page, absent, "reason");
    put_raw(page, "</section>\n");
}

static void put_head(const struct page *page)
{
    char made[REPORT_TIME_BYTES];
    put_raw(page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'unsafe-inline'\">\n"
                  "<title>Release report</title>\n<style>\n");
    for (size_t i = 0; i < sizeof style / sizeof style[0]; i++)
        put_raw(page, style[i]);
    (void)fprintf(page->out, "</style>\n</head>\n<body>\n<header><h1>Release report</h1>\n"
                             "<p class=\"quiet\">%s, America/Phoenix",
                  report_value_time(page->document, "generated_at", made));
    if (report_value_member(page->document, "project")[0]) {
        put_raw(page, "; project ");
        put_isolated(page, report_value_member(page->document, "project"));
    }
    if (report_value_member(page->document, "fix_version")[0]) {
        put_raw(page, "; version ");
        put_isolated(page, report_value_member(page->document, "fix_version"));
    }
    put_raw(page, "</p></header>\n");
}

void report_html(const cJSON *document, FILE *out)
{
    const struct page page = {.document = document, .out = out};
    const cJSON *part, *versions = json_value_member(document, "versions");
    const cJSON *orphans = json_value_member(document, "orphans");
    size_t number = 0;
    put_head(&page);
    put_tiles(&page);
    if (cJSON_GetArraySize(versions) > 0)
        put_overview(&page, versions);
    else
        put_raw(&page, "<p>No version is known.</p>\n");
    put_contents(&page, versions);
    put_changes(&page, json_value_member(document, "changes"));
    cJSON_ArrayForEach(part, versions)
    {
        put_version(&page, part, ++number);
    }
    put_ranges(&page);
    put_raw(&page, "<section><h2 id=\"orphans\">Commits without a story</h2>\n");
    if (cJSON_GetArraySize(orphans) > 0)
        put_findings(&page, orphans, "reason");
    else
        put_raw(&page, "<p class=\"quiet\">Each commit that landed has a story.</p>\n");
    put_raw(&page, "</section>\n</body>\n</html>\n");
}
