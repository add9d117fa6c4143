/* What commit messages say: reverts, picks, merges' subjects. */
#include "commit_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define UNDO_A "Revert \"APP-1 a\"\n\nThis reverts commit " A "."
#define A256 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void names_what_is_reverted(void **state)
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
        {"This reverts merge request", ""},
        {"Revert \"x (#12)\" (#34)\n\nReverts org/repo#12", "org/repo#12 "},
        {"Back x out (#34)\n\nReverts my-org/my.repo#12.\n", "my-org/my.repo#12 "},
        {"Revert \"x\"\n\n  Reverts #12\r\n", "#12 "},
        {"Back x out\n\nReverts #12", ""},
        {"Back x out\n\nReverts repo#12", ""},
        {"Back x out\n\nIt Reverts org/repo#12", ""},
        {"Back x out\n\nreverts org/repo#12", ""},
        {"Back x out\n\nReverts org/repo#012", ""},
        {"Back x out\n\nReverts org/repo#12a", ""},
        {"Back x out\n\nReverts org/repo#1234567890123456789", ""},
        {"Revert \"Merge branch 'x'\"\n\nThis reverts merge request !12\n\nSee merge request g/p!13", "!12 "},
        {"Revert \"x\"\n\nThis reverts merge request\ng/sub/p!12", "g/sub/p!12 "},
        {"Merge branch 'revert-x' into 'main'\n\nRevert \"x\"\n\nSee merge request g/p!13", "Revert "},
        {"Merge pull request #2 from org/revert-1-fix\n\nRevert \"APP-1 x (#1)\"", "Revert "},
        {"Merge pull request #2 from org/revert-1-fix\n\nRevert \"x\"\n\nReverts org/repo#1", "Revert "},
        {"Merge pull request #2 from org/tmp\n\nAPP-1 New\n\nThis reverts commit " A " and does it properly.", ""},
        {"Merge pull request #2 from org/revert-1-feature/APP-1", "Revert "},
        {"Merge pull request #2 from org/revert-1-fix\n\nAPP-1 Fix", ""},
        {"Merge pull request #2 from org/revert-button", ""},
        {"Merge pull request #2 from org/revert-1", ""},
        {"Merge pull request #2 from revert-1-x", ""},
        {"Merge branch 'fix/revert-30-day-limit'", ""},
        {"Merge branch 'x'\n\n* x:\n  Revert \"y\"", ""},
        {"Merged in back (pull request #3)\n\nRevert \"APP-1 x\"\n\nApproved-by: Ada", "Revert "},
        {"Pull request #3: Revert \"x\"\n\nMerge in APP/r from back to main\n\n* commit 'aa':\n  y", "Revert "},
        {"Pull request #3: Revert \"x (#2)\"\n\nMerge in APP/r from back to main\n\n"
         "Squashed commit of the following:\n\ncommit aa",
         "#2 "},
        {"Pull request #3", ""},
        {"Revert \"x (pull request #12)\"\n\nThis reverts pull request #12.\n\n> x", "#12 "},
        {"Revert \"x (#12)\" (#34)\n\nThis reverts commit " A ".\n\nReverts org/repo#12", A " org/repo#12 "},
        {"Revert \"x (#12)\" (#34)", "#12 "},
        {"Revert \"Revert \"x (#12)\" (#34)\" (#35)\n\nbroken (#1)", "#34 "},
        {"Revert \"x (pull request #12)\"", "#12 "},
        {"Revert \"x (APP-1)\"", "Revert "},
        {"Revert \"x (a/b#12)\"", "Revert "},
        {"Revert \"x (#12) y\"", "Revert "},
        {"Revert \"APP-1 x\"\n\nIt was wrong", "Revert "},
        {"Revert \"APP-1 x, which is too lo...", "Revert "},
        {"Revert \"", "Revert "},
        {"Reapply \"x\"\n\nThis reverts commit " A ".", A " "},
        {"Reapply \"x\"", ""},
        {"Revert the APP-1 flag", ""},
        {"x\n\nRevert \"y\"", ""},
        {"his reverts commit " A, ""},
        {"APP-1 Title (#5)\n\n* APP-1 a\n\n* " UNDO_A "\n\n* APP-1 b", "Squash " A " "},
        {"APP-1 Title (#5)\r\n\r\n* APP-1 a\r\n\r\n* " UNDO_A "\r\n", "Squash " A " "},
        {"APP-1 Title (#5)\n\n* " UNDO_A "\n\n* Reapply \"c\"\n\nThis reverts commits " B ", abcdef0.\n\n* APP-1 b\n",
         "Squash " A " " B " abcdef0 "},
        {"APP-1 Title\n\n* APP-1 a\n\nThis reverts commit " B ".\n\n* Revert \"b\"", "Squash " B " "},
        {"Squashed commit of the following:\n\ncommit " A "\nAuthor: Ada <a@example.com>\nDate:   Sun Mar 1 10:00:00 2026 +0000\n\n"
         "    Revert \"APP-2 old\"\n    \n    This reverts commit " B ".\n\ncommit abcdef0\nAuthor: Ada <a@example.com>\n\n    APP-1 b\n",
         "Squash " B " "},
        {"Pull request #3: APP-1\n\nMerge in APP/r from x to y\n\nSquashed commit of the following:\n\ncommit " A "\n\n    APP-1 a\n\n"
         "commit " B "\n\n    Reapply \"b\"\n\n    This reverts commit abcdef0.",
         "Squash abcdef0 "},
        {"Back out (#5)\n\n* " UNDO_A "\n\n* Revert \"b\"\n\nThis reverts commit " B ".", A " " B " "},
        {"Back out (#5)\n\n* Revert \"a\"\n\n* Reapply \"b\"", "Revert "},
        {"Back out (#5)\n\n* Revert \"a\"\n\n* tidy up", ""},
        {"Revert \"x\" (#5)\n\n* " UNDO_A "\n\n* tidy up", A " "},
        {"Reapply \"x\" (#5)\n\n* " UNDO_A "\n\n* tidy up", A " "},
        {"Back out (#5)\n\nThis reverts commit " B ".\n\n* " UNDO_A "\n\n* tidy up", B " " A " "},
        {"APP-1 Title (#5)\n\n* APP-1 a\n\n* Revert \"b\"", ""},
        {"x\n\n* This reverts commit " A "\n\n* and more", A " "},
        {"x\n\n* Revert \"y\" is what it does:\n* This reverts commit " A ".\n* and more", A " "},
        {"x\n\n* APP-1 a\n\n  * " UNDO_A, A " "},
        {"x\n\ncommit abcdef0 was wrong\n\n* " UNDO_A, A " "},
        {"Merged in x (pull request #5)\n\nAPP-1 Title\n\n* APP-1 a\n\n* " UNDO_A, ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char ids[1024] = "", id[COMMIT_REVERT_MAX + 1];
        size_t at = 0;
        while (commit_message_next_revert(cases[i].message, strlen(cases[i].message), &at, id)) {
            strcat(strcat(ids, id), " ");
        }
        assert_string_equal(ids, cases[i].ids);
    }
}

static void names_the_original_of_a_pick(void **state)
{
    (void)state;
    char id[COMMIT_ID_MAX + 1] = "";
    const char *once = "APP-1 x\n\n(cherry picked from commit " A ")\n";
    assert_true(commit_message_picked_from(once, strlen(once), id));
    assert_string_equal(id, A);
    const char *twice = "x\n\n(cherry picked from commit " A ")\n(cherry picked from commit " B ")\n";
    assert_true(commit_message_picked_from(twice, strlen(twice), id));
    assert_string_equal(id, A);
    const char *open = "x (cherry picked from commit " A;
    assert_false(commit_message_picked_from(open, strlen(open), id));
    assert_false(commit_message_picked_from("x", 1, id));
    const char *squash = "x (#1)\n\n* a\n\n* b\n\n(cherry picked from commit " B ")\n";
    assert_true(commit_message_picked_from(squash, strlen(squash), id));
    assert_string_equal(id, B);
    const char *listed = "x (#1)\n\n* a\n\n(cherry picked from commit " A ")\n\n* b\n\n(cherry picked from commit " B ")\n";
    assert_false(commit_message_picked_from(listed, strlen(listed), id));
}

static void reads_the_subjects_of_merges(void **state)
{
    (void)state;
    static const struct {
        const char *message, *source, *uncounted;
    } cases[] = {
        {"Merge branch 'feature/APP-1'", "feature/APP-1", ""},
        {"Merge branch 'main' into feature/APP-12\n\nbody into x", "main", " into feature/APP-12"},
        {"Merge branch 'x' of ssh://host/r into y", "x", " of ssh://host/r into y"},
        {"Merge branch 'x' of github.com:org/app-1", "x", " of github.com:org/app-1"},
        {"Merge branches 'a' and 'b' of https://host/app-1 into c", "a", " of https://host/app-1 into c"},
        {"Merge branch 'x', the rest of APP-1", "x", ""},
        {"Merge branches 'a', 'b' and 'c' into d", "a", " into d"},
        {"Merge remote-tracking branch 'origin/x' into y", "origin/x", " into y"},
        {"Merge tag 'v1' into y", "v1", " into y"},
        {"Merge branch 'x' into 'APP-3'", "x", " into 'APP-3'"},
        {"Merge pull request #12 from org/APP-1-fix\n\nAPP-1 Fix", "org/APP-1-fix", ""},
        {"Merge pull request #12 in APP/r from feature/APP-1 to release/OPS-2", "feature/APP-1", " to release/OPS-2"},
        {"Merged in feature/APP-1 (pull request #3)", "feature/APP-1", ""},
        {"Pull request #3: APP-1 Cart\n\nMerge in APP/r from feature/APP-1 to release/OPS-2\n\n* commit 'aa':\n  APP-3",
         "feature/APP-1", " to release/OPS-2"},
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
                                        "Merge branch 'x", "Merge pull request #12", "Merged in x", "merge branch 'x'",
                                        "Pull request #3: APP-1", "Pull request #3: APP-1\n\nMerge in APP/r",
                                        "Pull request #3: APP-1\n\nMerge in APP/r from x to y\n\n"
                                        "Squashed commit of the following:\n"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct merge_subject merge;
        assert_false(commit_message_merge(cases[i], strlen(cases[i]), &merge));
    }
}

/* The parts in brackets. */
static void tells_which_parts_do_not_count(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "x",
        "Merge branch 'main'[ into feature/APP-12]\n\n* " UNDO_A "\n\n* b",
        "APP-1 Title (#5)\n\n* APP-1 a\n\n[* Revert \"APP-2 old\"\n\nThis reverts commit " A ".\n\n]* APP-1 b\n\n"
        "[* Reapply \"APP-3 c\"\n\n][* Revert \"d\"]",
        "x\n\ncommit abcdef0\n\n    APP-1 a\n\n[commit abcdef1\nAuthor: Ada\n\n    Revert \"APP-2 old\"]",
        "Back out (#5)\n\n* " UNDO_A "\n\n* Revert \"b\"",
        "Revert \"x\" (#5)\n\n* " UNDO_A "\n\n* tidy up",
        "x\n\n* This reverts commit " A ".\n\n* y",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char message[1024] = "", marked[1024] = "";
        struct message_part part;
        size_t at = 0, done = 0;
        for (const char *from = cases[i]; *from; from++) {
            if (*from != '[' && *from != ']') {
                strncat(message, from, 1);
            }
        }
        while (commit_message_next_uncounted(message, strlen(message), &at, &part)) {
            snprintf(marked + strlen(marked), sizeof marked - strlen(marked), "%.*s[%.*s]", (int)(part.start - done), message + done,
                     (int)(part.end - part.start), message + part.start);
            done = part.end;
        }
        strcat(marked, message + done);
        assert_string_equal(marked, cases[i]);
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
        {"Merged in x (pull request #2)\n\nTitle\n\n* APP-1 a\n\n* APP-2 b\n\nApproved-by: Ada", 38},
        {"Merged in x (pull request #2)\n\nTitle\n\nApproved-by: Ada", 54},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(commit_message_own_length(cases[i].message, strlen(cases[i].message)), cases[i].own);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_what_is_reverted),
        cmocka_unit_test(names_the_original_of_a_pick),
        cmocka_unit_test(reads_the_subjects_of_merges),
        cmocka_unit_test(takes_prose_for_prose),
        cmocka_unit_test(tells_which_parts_do_not_count),
        cmocka_unit_test(leaves_lists_out_of_what_is_handed_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
