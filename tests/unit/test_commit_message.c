/* What commit messages say: reverts, picks, merges' subjects, keys. */
#include "commit_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define A256 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void names_the_reverted_commits(void **state)
{
    (void)state;
    static const struct {
        const char *message, *ids;
    } cases[] = {
        {"Revert \"x\"\n\nThis reverts commit " A ".\n", A " "},
        {"Revert \"x\"\n\nThis reverts commit " A ", reversing\nchanges made to " B ".\n", A " "},
        {"x\n\nThis reverts commit " A ".\nThis reverts commit " B ".\n", A " " B " "},
        {"x\n\nThis reverts commits " A ", " B " and abcdef0.\n", A " " B " abcdef0 "},
        {"x\n\nThis reverts commits " A ",\n" B ",\nand abcdef0", A " " B " abcdef0 "},
        {"x\n\nThis reverts\ncommit " A "\n", A " "},
        {"x\n\nthis reverts commit ABCDEF0 (APP-1 x, 2026-01-02).", "abcdef0 "},
        {"x\n\nThis reverts commit " A256 ".", A256 " "},
        {"x\n\nThis reverts commit abcdef.", ""},
        {"x\n\nThis reverts commit " A256 "0.", ""},
        {"x\n\nThis reverts commit abcdefgh.", ""},
        {"x\n\nThis reverts committed text", ""},
        {"xthis reverts commit " A, ""},
        {"This reverts commit", ""},
        {"his reverts commit " A, ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char ids[256] = "", id[COMMIT_ID_MAX + 1];
        size_t at = 0;
        while (commit_message_next_revert(cases[i].message, strlen(cases[i].message), &at, id)) {
            strcat(strcat(ids, id), " ");
        }
        assert_string_equal(ids, cases[i].ids);
    }
}

static void names_the_commit_it_was_picked_from(void **state)
{
    (void)state;
    char id[COMMIT_ID_MAX + 1] = "";
    const char *once = "APP-1 x\n\n(cherry picked from commit " A ")\n";
    assert_true(commit_message_picked_from(once, strlen(once), id));
    assert_string_equal(id, A);
    const char *twice = "x\n\n(cherry picked from commit " A ")\n(cherry picked from commit " B ")\n";
    assert_true(commit_message_picked_from(twice, strlen(twice), id));
    assert_string_equal(id, B);
    const char *open = "x (cherry picked from commit " A;
    assert_false(commit_message_picked_from(open, strlen(open), id));
    assert_false(commit_message_picked_from("x", 1, id));
}

static void reads_the_subjects_of_merges(void **state)
{
    (void)state;
    static const struct {
        const char *message, *source, *uncounted;
    } cases[] = {
        {"Merge branch 'feature/APP-1'", "feature/APP-1", ""},
        {"Merge branch 'main' into feature/APP-12\n\nbody into x", "main", " into feature/APP-12"},
        {"Merge branch 'x' of ssh://host/r into y", "x", " into y"},
        {"Merge branches 'a', 'b' and 'c' into d", "a", " into d"},
        {"Merge remote-tracking branch 'origin/x' into y", "origin/x", " into y"},
        {"Merge tag 'v1' into y", "v1", " into y"},
        {"Merge branch 'x' into 'APP-3'", "x", " into 'APP-3'"},
        {"Merge pull request #12 from org/APP-1-fix\n\nAPP-1 Fix", "org/APP-1-fix", ""},
        {"Merge pull request #12 in APP/r from feature/APP-1 to release/OPS-2", "feature/APP-1", " to release/OPS-2"},
        {"Merged in feature/APP-1 (pull request #3)", "feature/APP-1", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct merge_subject merge;
        char text[128];
        assert_true(commit_message_merge(cases[i].message, strlen(cases[i].message), &merge));
        snprintf(text, sizeof text, "%.*s", (int)merge.source.length, merge.source.bytes);
        assert_string_equal(text, cases[i].source);
        snprintf(text, sizeof text, "%.*s", (int)(merge.uncounted_end - merge.uncounted),
                 cases[i].message + merge.uncounted);
        assert_string_equal(text, cases[i].uncounted);
    }
}

static void takes_prose_for_prose(void **state)
{
    (void)state;
    static const char *const cases[] = {"Merge APP-1 into APP-2's page", "Merge branch x into APP-5", "Merge", "",
                                        "Merge branch 'x", "Merge pull request #12", "Merged in x", "merge branch 'x'"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct merge_subject merge;
        assert_false(commit_message_merge(cases[i], strlen(cases[i]), &merge));
    }
}

static void leaves_the_target_of_a_merge_out(void **state)
{
    (void)state;
    static const struct {
        const char *message, *keys;
    } cases[] = {
        {"Merge branch 'main' into feature/APP-12", ""},
        {"Merge branch 'feature/APP-1' into feature/APP-12\n\nAPP-3 too", "APP-1 APP-3 "},
        {"Merge APP-1 into APP-2's page", "APP-1 APP-2 "},
        {"Merge pull request #2 in APP/r from APP-1-x to APP-2-y\n\nOPS-7", "APP-1 OPS-7 "},
        {"Merge branch 'x'\n\n into APP-9", "APP-9 "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char keys[128] = "";
        struct issue_key key;
        size_t at = 0;
        while (commit_message_next_key(cases[i].message, strlen(cases[i].message), &at, &key)) {
            strcat(strcat(keys, key.text), " ");
        }
        assert_string_equal(keys, cases[i].keys);
    }
}

static void leaves_lists_out_of_what_is_handed_down(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        size_t own;
    } cases[] = {
        {"Merge branch 'x'\n\nAPP-1\n", 24},
        {"Merge branch 'x'\n\n* x:\n  APP-1 a\n  APP-2 b\n", 18},
        {"Merge branch 'x'\n\n# Conflicts:\n#\tAPP-1.c\n", 18},
        {"Merge branch 'x'\n\nConflicts:\r\n\tAPP-1.c\n", 18},
        {"Merge branch 'x'\n\n* APP-1 a\n", 28},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(commit_message_own_length(cases[i].message, strlen(cases[i].message)), cases[i].own);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_the_reverted_commits),
        cmocka_unit_test(names_the_commit_it_was_picked_from),
        cmocka_unit_test(reads_the_subjects_of_merges),
        cmocka_unit_test(takes_prose_for_prose),
        cmocka_unit_test(leaves_the_target_of_a_merge_out),
        cmocka_unit_test(leaves_lists_out_of_what_is_handed_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
