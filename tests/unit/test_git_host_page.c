/* Pages of commits of each host: what is read of them, where they go on, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "git_host_api.h"
#include "git_host_page.h"
#include "normalize.h"
#include "support/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGES "tests/fixtures/git_pages/"
#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define SHA_C "cccccccccccccccccccccccccccccccccccccccc"
#define SHA_D "dddddddddddddddddddddddddddddddddddddddd"

static struct error error;
static struct rest_page page;
static struct arena *arena;
static struct commit_set *set;
static struct git_host_next next;
static size_t fresh;

static int open_page(void **state)
{
    (void)state;
    normalize_init();
    arena = arena_new(1 << 20);
    set = commit_set_new();
    return rest_page_init(&page, 1 << 20) && arena && set ? 0 : -1;
}

static int close_page(void **state)
{
    (void)state;
    rest_page_free(&page);
    arena_free(arena);
    commit_set_free(set);
    return 0;
}

static enum error_code take_text(enum source_kind kind, const char *text)
{
    http_body_clear(&page.body);
    assert_true(http_body_take(&page.body, text, strlen(text)));
    assert_int_equal(rest_page_read(&page, git_host_page_member(kind), &error), ERROR_NONE);
    return git_host_page_take(kind, &page, arena, set, &fresh, &error);
}

static void take_file(enum source_kind kind, const char *name)
{
    char path[128];
    size_t length;
    snprintf(path, sizeof path, PAGES "%s", name);
    char *text = fixture_read(path, &length);
    if (take_text(kind, text) != ERROR_NONE)
        fail_msg("%s: %s", name, error.message);
    free(text);
}

/* The commit of that hash, as it is stored; malloc'ed. */
static char *told(const char *sha)
{
    char begin[64];
    size_t open;
    assert_int_equal(commit_set_order(set, sha, &open, &error), ERROR_NONE);
    char *json = commit_set_json(set);
    snprintf(begin, sizeof begin, "{\"sha\":\"%s\"", sha);
    const char *found = strstr(json, begin);
    if (!found)
        fail_msg("%s is not listed", sha);
    char *commit = strdup(found), *other = strstr(commit + 1, "{\"sha\"");
    if (other)
        *other = '\0';
    free(json);
    return commit;
}

static void has(const char *commit, const char *member, const char *expected)
{
    char text[160];
    snprintf(text, sizeof text, ",\"%s\":%s,", member, expected);
    if (!strstr(commit, text))
        fail_msg("not %s, but %s", text, commit);
}

/* What all hosts tell of the two commits of the fixtures, each in its words. */
static void is_told(const char *committed, const char *authored, const char *name, const char *email)
{
    char quoted[64];
    char *commit = told(SHA_A);
    has(commit, "parents", "[\"" SHA_D "\"]");
    has(commit, "message", "\"APP-1 \\\\ one, APP-007 no more\"");
    has(commit, "author", name);
    has(commit, "author_email", email);
    snprintf(quoted, sizeof quoted, "\"%s\"", committed);
    has(commit, "committed_at", quoted);
    has(commit, "authored_at", authored);
    has(commit, "keys", "[\"APP-1\"]");
    assert_non_null(strstr(commit, "\"refused\":[{\"text\":\"APP-007\",\"reason\":\"leading_zero\"}]"));
    has(commit, "handed_keys", "null");
    free(commit);
}

static void merge_is_told(void)
{
    char *commit = told(SHA_C);
    has(commit, "parents", "[\"" SHA_A "\",\"" SHA_B "\"]");
    has(commit, "is_merge_named", "true");
    has(commit, "keys", "[\"APP-12\"]");
    has(commit, "handed_keys", "[\"APP-12\"]");
    free(commit);
}

static enum error_code go_on(enum source_kind kind, bool is_comparison, int64_t start)
{
    return git_host_page_next(kind, is_comparison, &page, start, set, &next, &error);
}

static void github_compares(void **state)
{
    (void)state;
    take_file(SOURCE_GITHUB, "github_compare.json");
    assert_int_equal(fresh, 2);
    is_told("2026-03-01T08:05:00.000000Z", "\"2026-03-01T10:00:00.000000Z\"", "\"Ada Müller\"", "\"ada@example.com\"");
    char *commit = told(SHA_B);
    has(commit, "picked_from", "\"" SHA_D "\"");
    free(commit);
    assert_int_equal(go_on(SOURCE_GITHUB, true, 0), ERROR_NONE);
    assert_false(next.is_last); /* it counts three */
    take_file(SOURCE_GITHUB, "github_commits.json");
    assert_int_equal(fresh, 1);
    merge_is_told();
}

static void github_lists(void **state)
{
    (void)state;
    take_file(SOURCE_GITHUB, "github_commits.json");
    assert_int_equal(fresh, 2);
    is_told("2026-03-01T08:05:00.000000Z", "\"2026-03-01T10:00:00.000000Z\"", "\"Ada Müller\"", "\"ada@example.com\"");
    merge_is_told();
    assert_int_equal(go_on(SOURCE_GITHUB, false, 0), ERROR_NONE);
    assert_true(next.is_last);
}

static void a_comparison_ends_with_what_it_counts(void **state)
{
    (void)state;
    assert_int_equal(take_text(SOURCE_GITHUB, "{\"total_commits\":0,\"commits\":[]}"), ERROR_NONE);
    assert_int_equal(go_on(SOURCE_GITHUB, true, 0), ERROR_NONE);
    assert_true(next.is_last);
    assert_int_equal(take_text(SOURCE_GITHUB, "{\"total_commits\":2,\"commits\":[]}"), ERROR_NONE);
    assert_int_equal(go_on(SOURCE_GITHUB, true, 0), ERROR_WRONG_TYPE);
    assert_non_null(strstr(error.message, "0 of 2 commits"));
    assert_int_equal(take_text(SOURCE_GITHUB, "{\"commits\":[]}"), ERROR_NONE);
    assert_int_equal(go_on(SOURCE_GITHUB, true, 0), ERROR_WRONG_TYPE);
}

static void bitbucket_lists(void **state)
{
    (void)state;
    take_file(SOURCE_BITBUCKET, "bitbucket.json");
    is_told("2026-03-01T10:05:00.000000Z", "null", "\"root\"", "null");
    merge_is_told();
    assert_int_equal(go_on(SOURCE_BITBUCKET, true, 0), ERROR_NONE);
    assert_false(next.is_last);
    assert_string_equal(next.url, "https://api.bitbucket.org/2.0/repositories/org/app/commits/" SHA_C "?exclude=" SHA_D "&page=2&ctx=x");
    assert_int_equal(take_text(SOURCE_BITBUCKET, "{\"values\":[],\"pagelen\":100}"), ERROR_NONE);
    assert_int_equal(go_on(SOURCE_BITBUCKET, true, 0), ERROR_NONE);
    assert_true(next.is_last);
}

static void bitbucket_data_center_lists(void **state)
{
    (void)state;
    take_file(SOURCE_BITBUCKET_SERVER, "bitbucket-server.json");
    is_told("2026-03-01T10:05:00.000000Z", "\"2026-03-01T10:05:00.000000Z\"", "\"Ada Müller\"", "\"ada@example.com\"");
    merge_is_told();
    assert_int_equal(go_on(SOURCE_BITBUCKET_SERVER, true, 4), ERROR_NONE);
    assert_false(next.is_last);
    assert_int_equal(next.start, 6);
    assert_int_equal(go_on(SOURCE_BITBUCKET_SERVER, true, 6), ERROR_WRONG_TYPE); /* it would lead back */
    assert_int_equal(take_text(SOURCE_BITBUCKET_SERVER, "{\"values\":[],\"isLastPage\":true,\"nextPageStart\":null}"), ERROR_NONE);
    assert_int_equal(go_on(SOURCE_BITBUCKET_SERVER, true, 4), ERROR_NONE);
    assert_true(next.is_last);
}

static void gitlab_lists(void **state)
{
    (void)state;
    take_file(SOURCE_GITLAB, "gitlab.json");
    is_told("2026-03-01T10:05:00.000000Z", "\"2026-03-01T10:00:00.000000Z\"", "\"Ada Müller\"", "\"ada@example.com\"");
    merge_is_told();
    assert_int_equal(go_on(SOURCE_GITLAB, true, 0), ERROR_NONE);
    assert_true(next.is_last);
}

/* A full page has another one after it. */
static void lists_go_on_after_full_pages(void **state)
{
    char text[GIT_HOST_PAGE_COMMITS * 128] = "[";
    (void)state;
    for (int i = 0; i < GIT_HOST_PAGE_COMMITS; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s{\"id\":\"%040x\",\"parent_ids\":[]}", i ? "," : "", i + 1);
    snprintf(text + strlen(text), sizeof text - strlen(text), "]");
    assert_int_equal(take_text(SOURCE_GITLAB, text), ERROR_NONE);
    assert_int_equal(fresh, GIT_HOST_PAGE_COMMITS);
    assert_int_equal(go_on(SOURCE_GITLAB, true, 0), ERROR_NONE);
    assert_false(next.is_last);
    assert_int_equal(take_text(SOURCE_GITLAB, text), ERROR_NONE);
    assert_int_equal(fresh, 0); /* the same once more */
}

static void what_is_no_commit_is_refused(void **state)
{
    static const struct {
        enum source_kind kind;
        const char *text, *words;
    } rows[] = {
        {SOURCE_GITHUB, "[{\"commit\":{\"message\":\"a\"},\"parents\":[]}]", "commit.sha is not the hash"},
        {SOURCE_GITHUB, "[{\"sha\":\"" SHA_A "\",\"commit\":{}}]", "without its parents"},
        {SOURCE_GITHUB, "[{\"sha\":\"" SHA_A "\",\"parents\":[{\"sha\":\"abc\"}]}]", "without its parents"},
        {SOURCE_BITBUCKET, "{\"values\":[{\"hash\":\"abc1234\",\"parents\":[]}]}", "commit.hash is not a hash"},
        {SOURCE_BITBUCKET_SERVER, "{\"values\":[{\"id\":7,\"parents\":[]}]}", "commit.id is not a hash"},
        {SOURCE_GITLAB, "[{\"id\":\"" SHA_A "\",\"parent_ids\":[7]}]", "without its parents"},
        {SOURCE_GITLAB, "[{\"id\":\"" SHA_A "\",\"parent_ids\":\"" SHA_B "\"}]", "without its parents"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(take_text(rows[i].kind, rows[i].text), ERROR_WRONG_TYPE);
        if (!strstr(error.message, rows[i].words))
            fail_msg("row %zu: %s", i, error.message);
    }
}

static void each_host_has_its_place(void **state)
{
    static const struct {
        enum source_kind kind;
        const char *base_url, *api_url, *root;
    } rows[] = {
        {SOURCE_GITHUB, NULL, NULL, "https://api.github.com"},
        {SOURCE_GITHUB, "https://github.com", NULL, "https://api.github.com"},
        {SOURCE_GITHUB, "https://www.GitHub.com/org", NULL, "https://api.github.com"},
        {SOURCE_GITHUB, "https://git.example.com/", NULL, "https://git.example.com/api/v3"},
        {SOURCE_GITHUB, "https://github.com.example.com", NULL, "https://github.com.example.com/api/v3"},
        {SOURCE_GITHUB, "https://org.ghe.com", "https://api.org.ghe.com/", "https://api.org.ghe.com"},
        {SOURCE_BITBUCKET, "https://bitbucket.org/", NULL, "https://api.bitbucket.org"},
        {SOURCE_BITBUCKET, NULL, NULL, "https://api.bitbucket.org"},
        {SOURCE_BITBUCKET_SERVER, "https://git.example.com/bitbucket//", NULL, "https://git.example.com/bitbucket"},
        {SOURCE_BITBUCKET_SERVER, NULL, NULL, NULL},
        {SOURCE_GITLAB, NULL, NULL, "https://gitlab.com"},
        {SOURCE_GITLAB, "https://git.example.com/gitlab", NULL, "https://git.example.com/gitlab"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct source source = {.name = (char *)"host",
                                      .kind = rows[i].kind,
                                      .base_url = (char *)(uintptr_t)rows[i].base_url,
                                      .api_url = (char *)(uintptr_t)rows[i].api_url};
        char *root = NULL;
        enum error_code code = git_host_api_root(&source, &root, &error);
        assert_int_equal(code, rows[i].root ? ERROR_NONE : ERROR_CONFIG);
        if (rows[i].root)
            assert_string_equal(root, rows[i].root);
        else
            assert_non_null(strstr(error.message, "base_url"));
        free(root);
    }
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, open_page, close_page)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        EACH(github_compares),
        EACH(github_lists),
        EACH(a_comparison_ends_with_what_it_counts),
        EACH(bitbucket_lists),
        EACH(bitbucket_data_center_lists),
        EACH(gitlab_lists),
        EACH(lists_go_on_after_full_pages),
        EACH(what_is_no_commit_is_refused),
        EACH(each_host_has_its_place),
    };
    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
