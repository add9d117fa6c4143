/* What a commit's message says beside prose: which commits it reverts, which one it was picked from, which part of a
 * merge's subject names the target. Pure, no allocation; lib/key_list.h has the issue keys.
 */
#ifndef JIRASYNC_COMMIT_MESSAGE_H
#define JIRASYNC_COMMIT_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#define COMMIT_ID_MIN 7       /* shortest name of a commit that is believed */
#define COMMIT_ID_MAX 64      /* SHA-256 in hex */
#define COMMIT_REVERT_MAX 255 /* longest name of what a revert takes back: a pull request with its repository */

/* Part of a text, borrowed. */
struct text_slice {
    const char *bytes;
    size_t length;
};

/* A merge's subject as git and the hosts write it. Slices are empty where the subject does not say. */
struct merge_subject {
    struct text_slice source; /* "feature/APP-12", without the quotes; of several the first */
    size_t uncounted;         /* offset in the message from which the subject names the other repository and the target ... */
    size_t uncounted_end;     /* ... up to here; equal when it names none */
};

/* Part of a message, by offsets. */
struct message_part {
    size_t start, end;
};

/* Reads the subject of a message: "Merge branch 'x' [of URL] [into y]", "Merge remote-tracking branch", "Merge tag",
 * "Merge commit", "Merge pull request #1 from x", "Merge pull request #1 in P/r from x to y", "Merged in x (pull
 * request #1)". False for any other subject. */
bool commit_message_merge(const char *message, size_t length, struct merge_subject *merge);

/* The next name of what the message says it reverts, from *at on. False at the end.
 *
 * A commit, in lower-case hex of 7 to 64 digits: "This reverts commit X" ("..., reversing changes made to P" names X
 * alone), "This reverts commits X, Y and Z". A pull request, as written, "#12", "org/repo#12" or "!12": "Reverts
 * org/repo#12" at the start of a line, "Reverts #12" there if the subject begins with "Revert", "This reverts merge
 * request !12", "This reverts pull request #12". Where there is none of these, the title
 * 'Revert "title (#12)"' or 'Revert "title (pull request #12)"' names #12, and any other 'Revert "title"' gives its
 * first word, "Revert": by its words it is a revert, and names nothing. A merge names nothing either, whatever its body
 * says: what takes work back is the commit that it brings. It gives "Revert" where its title, below the subject, is
 * 'Revert "..."', or where it has none and brings GitHub's branch "revert-12-x".
 *
 * A squash that lists reverts ('Revert "..."', 'Reapply "..."') and other commits takes back among other work: "Squash" is
 * its first word then, and the names in its list follow. The list is "* title" of each (GitHub, GitLab), or "commit ID" as
 * git merge --squash has it, each after an empty line. One that is titled as a revert, or lists nothing else, is one: where
 * it names nothing, "Revert" again. */
bool commit_message_next_revert(const char *message, size_t length, size_t *at, char name[COMMIT_REVERT_MAX + 1]);

/* The next part of the message whose issue keys are no evidence, from *at on: what a merge's subject says of the other
 * repository and the target, or a revert in the list of a squash that has other work, too. False at the end, where part stays as
 * it is. */
bool commit_message_next_uncounted(const char *message, size_t length, size_t *at, struct message_part *part);

/* The commit of the first "(cherry picked from commit X)": of a pick of a pick the original. False, too, where that is said of
 * one of the commits that a squash lists, so that others follow. */
bool commit_message_picked_from(const char *message, size_t length, char id[COMMIT_ID_MAX + 1]);

/* How many bytes of a merge's message speak of what it brings in as a whole: a list of merged commits (git merge --log,
 * Bitbucket Cloud's "Merged in") or of conflicting files at its end is left out. */
size_t commit_message_own_length(const char *message, size_t length);

#endif
