/* Commits of one repository as a git host lists them, page by page, put into an order that their parents give.
 *
 * Each commit is kept once, as its hash, its parents and the JSON that is stored of it. Memory grows with what is added: the
 * caller bounds how many that are. Errors are ERROR_NO_MEMORY.
 */
#ifndef JIRASYNC_COMMIT_SET_H
#define JIRASYNC_COMMIT_SET_H

#include "error.h"
#include "normalize.h"

#include <stddef.h>

struct commit_set;

/* NULL when memory is short. Free with commit_set_free. */
struct commit_set *commit_set_new(void) MUST_CHECK;
void commit_set_free(struct commit_set *set);
/* Forgets all. */
void commit_set_clear(struct commit_set *set);
/* Adds a commit whose parents are told; all is copied. One that is there already is left as it is, and *is_new false. */
enum error_code commit_set_add(struct commit_set *set, const struct normal_commit *commit, bool *is_new,
                               struct error *error) MUST_CHECK;
/* How many commits were added. */
size_t commit_set_count(const struct commit_set *set);
/* The hashes of commits and parents that have been named, in that order; NULL past the last one. */
const char *commit_set_named(const struct commit_set *set, size_t index);
/* Says that a commit that was named was there before: neither it nor what it descends from belongs to the order. */
void commit_set_hold(struct commit_set *set, const char *sha);
/* Orders what head descends from, each commit after all of its parents. *open is how many commits it descends from that were
 * neither added nor are held. */
enum error_code commit_set_order(struct commit_set *set, const char *head, size_t *open, struct error *error) MUST_CHECK;
/* How many commits the order has. */
size_t commit_set_ordered(const struct commit_set *set);
/* The ordered commits as a JSON array; malloc'ed, the caller frees. NULL when memory is short. */
char *commit_set_json(const struct commit_set *set) MUST_CHECK;

#endif
