/* Finds what looks like an issue key in text. Pure, no allocation, independent of the locale.
 *
 * A candidate is [A-Za-z][A-Za-z0-9_]+-[1-9][0-9]{0,17}, upper-cased, that touches no cased letter, digit or `_` on its
 * left, nor a cased letter or digit on its right. Cased letters and digits are those of any script, by their Unicode
 * category (Lu, Ll, Lt, Nd); a letter with combining marks after it is that letter, so that text means the same in any
 * normal form. Whether a project bears that prefix is for the caller to know.
 *
 * The hyphen is '-' alone: U+2010, U+2011, dashes and the minus sign, which word processors put in its place, make no key
 * and no refused one either, since they stand between words and numbers of all kinds. Ranges and lists are not expanded:
 * PROJ-1/2, PROJ-1..5 and PROJ-1-5 name PROJ-1.
 */
#ifndef JIRASYNC_ISSUE_KEY_H
#define JIRASYNC_ISSUE_KEY_H

#include <stdbool.h>
#include <stddef.h>

#define ISSUE_KEY_PREFIX_MAX 255 /* Jira's own limit of a project key */
#define ISSUE_KEY_BYTES (ISSUE_KEY_PREFIX_MAX + 20)

enum issue_key_verdict {
    ISSUE_KEY_CANDIDATE,
    ISSUE_KEY_TOUCHES_LEFT,  /* "éAPP-12", "_APP-12", "7APP-12" */
    ISSUE_KEY_TOUCHES_RIGHT, /* "APP-12abc" */
    ISSUE_KEY_LEADING_ZERO,  /* "APP-007" */
    ISSUE_KEY_TOO_LONG,      /* more than 18 digits, or a prefix of more than ISSUE_KEY_PREFIX_MAX */
    ISSUE_KEY_VERDICTS
};

struct issue_key {
    enum issue_key_verdict verdict;
    size_t start, length;       /* where it stands in the text */
    char text[ISSUE_KEY_BYTES]; /* upper-cased; "" for a refused one */
};

/* Finds the next LETTERS-DIGITS in text from *at on, taken or refused, and moves *at past it. False at the end. */
bool issue_key_next(const char *text, size_t length, size_t *at, struct issue_key *key);
/* "candidate", "touches_left", "touches_right", "leading_zero", "too_long". */
const char *issue_key_verdict_name(enum issue_key_verdict verdict);

#endif
