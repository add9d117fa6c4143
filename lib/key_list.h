/* The issue keys of a text as they are kept: candidates upper-cased, each once, in their order, and beside them what
 * looked like a key and can be none. One rule for imports, for deliveries and for `jirasync rekey`.
 *
 * Pure; takes time in proportion to the text. What is listed lives in the caller's arena. False: memory is short.
 */
#ifndef JIRASYNC_KEY_LIST_H
#define JIRASYNC_KEY_LIST_H

#include "arena.h"
#include "normalize.h"

#include <stdbool.h>
#include <stddef.h>

#define KEY_LIST_REFUSED_BYTES 255 /* kept of the text of each */

struct key_list {
    const char *const *keys;
    size_t key_count;
    const struct normal_refused_key *refused; /* each text and reason once */
    size_t refused_count;
};

/* Of a commit's message. The target that a merge's subject names ("... into feature/APP-12") and the
 * reverts that a squash lists beside other work are left out. */
bool key_list_of_message(const char *message, size_t length, struct arena *arena, struct key_list *list) MUST_CHECK;
/* What a merge hands down to the commits that it brings in: without the list of those at the end of its message. */
bool key_list_of_merge(const char *message, size_t length, struct arena *arena, struct key_list *list) MUST_CHECK;
/* Of a branch's name. */
bool key_list_of_branch(const char *name, struct arena *arena, struct key_list *list) MUST_CHECK;
/* Of a pull request: its title, read as a message, then its source branch. Either may be NULL. */
bool key_list_of_pull_request(const char *title, const char *source_branch, struct arena *arena,
                              struct key_list *list) MUST_CHECK;

#endif
