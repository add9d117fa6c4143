/* For the tests of the git hosts' normal forms: an arena, readings, and the deliveries of tests/fixtures/git_deliveries with the
 * forms that are expected of them. UPDATE=1 writes those.
 */
#ifndef JIRASYNC_TESTS_GIT_HOST_H
#define JIRASYNC_TESTS_GIT_HOST_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "normalize_delivery.h"
#include "support/fixture.h"

#define GIT_DELIVERIES "tests/fixtures/git_deliveries/"

static struct arena *git_host_arena;

static inline int git_host_open(void **state)
{
    (void)state;
    normalize_init();
    git_host_arena = arena_new(8 << 20);
    return git_host_arena == NULL ? -1 : 0;
}

static inline int git_host_close(void **state)
{
    (void)state;
    arena_free(git_host_arena);
    return 0;
}

static inline int git_host_reset(void **state)
{
    (void)state;
    arena_reset(git_host_arena);
    return 0;
}

static inline enum error_code git_host_read(enum source_kind kind, const char *event, const char *body, size_t length,
                                            struct normal_form **form, struct error *error)
{
    const struct source source = {.kind = kind};
    const struct store_item item = {.source = &source, .body = (const unsigned char *)body, .body_length = length};

    *form = NULL;
    return normalize_delivery(&item, event, git_host_arena, form, error);
}

/* The form of a body that must have one. */
static inline struct normal_form *git_host_form(enum source_kind kind, const char *event, const char *body)
{
    struct normal_form *form;
    struct error error = {0};

    if (git_host_read(kind, event, body, strlen(body), &form, &error) != ERROR_NONE)
        fail_msg("%s: %s: %s", body, error_name(error.code), error.message);
    return form;
}

/* A body with its one %s filled in; in the arena. */
static inline const char *git_host_body(const char *pattern, const char *part)
{
    size_t size = strlen(pattern) + strlen(part) + 1;
    char *body = arena_alloc(git_host_arena, size);

    assert_non_null(body);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    (void)snprintf(body, size, pattern, part);
#pragma GCC diagnostic pop
    return body;
}

struct git_host_refusal {
    const char *event, *body;
    enum error_code code;
    const char *message; /* a part of it */
};

static inline void git_host_refuses(enum source_kind kind, const struct git_host_refusal *rows, size_t count)
{
    int bad = 0;

    for (size_t i = 0; i < count; i++) {
        struct normal_form *form;
        struct error error = {0};
        enum error_code code = git_host_read(kind, rows[i].event, rows[i].body, strlen(rows[i].body), &form, &error);

        if (code != rows[i].code || form != NULL || strstr(error.message, rows[i].message) == NULL) {
            print_error("%s: expected %s \"%s\", got %s \"%s\"\n", rows[i].body, error_name(rows[i].code),
                        rows[i].message, error_name(code), error.message);
            bad++;
        }
    }
    assert_int_equal(bad, 0);
}

static inline bool git_host_form_differs(const char *path, const struct normal_form *form)
{
    char expected_path[PATH_MAX], *printed = normalize_print(form), *expected;
    bool differs;

    assert_non_null(printed);
    fixture_expected_path(path, expected_path, sizeof expected_path);
    if (getenv("UPDATE") != NULL) {
        FILE *file = fopen(expected_path, "wb");

        assert_non_null(file);
        assert_true(fputs(printed, file) >= 0);
        assert_int_equal(fclose(file), 0);
    }
    expected = fixture_read(expected_path, NULL);
    differs = expected == NULL || strcmp(expected, printed) != 0;
    if (differs)
        print_error("%s is %s\n", expected_path, expected == NULL ? "missing" : "another form");
    free(expected);
    free(printed);
    return differs;
}

static inline bool git_host_fixture_differs(enum source_kind kind, const char *name, const char *event)
{
    char path[PATH_MAX];
    size_t length = 0;
    struct normal_form *form;
    struct error error = {0};
    char *body;
    bool differs = true;

    (void)snprintf(path, sizeof path, GIT_DELIVERIES "%s", name);
    body = fixture_read(path, &length);
    assert_non_null(body);
    if (git_host_read(kind, strcmp(event, "-") == 0 ? NULL : event, body, length, &form, &error) == ERROR_NONE)
        differs = git_host_form_differs(path, form);
    else
        print_error("%s: %s: %s\n", path, error_name(error.code), error.message);
    free(body);
    arena_reset(git_host_arena);
    return differs;
}

/* Reads all deliveries of a kind as events.tsv lists them; there must be at least so many. */
static inline void git_host_has_the_expected_forms(enum source_kind kind, int at_least)
{
    char *list = fixture_read(GIT_DELIVERIES "events.tsv", NULL), *rest = list, *line;
    const char *folder = source_kind_name(kind);
    int read = 0, different = 0;

    assert_non_null(list);
    while ((line = strsep(&rest, "\n")) != NULL) {
        char *name = strsep(&line, "\t");

        if (*name == '#' || strncmp(name, folder, strlen(folder)) != 0 || name[strlen(folder)] != '/')
            continue;
        assert_non_null(line);
        read++;
        different += git_host_fixture_differs(kind, name, line);
    }
    free(list);
    assert_int_equal(different, 0);
    assert_true(read >= at_least);
}

#endif
