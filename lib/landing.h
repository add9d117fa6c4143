/* Where commits are: the graph of a repository in memory, and each commit's position on the branches where it is new.
 *
 * A branch's first-parent line is numbered from its root commit (1) to its tip. The first branch given is the trunk;
 * each further one forks from the line that its own first-parent line meets first, going down from its tip: it contains
 * what that branch holds up to fork_position, and has rows for the rest alone. Position of a commit on a branch = that
 * of the smallest first-parent commit that reaches it. Pure, iterative, about 90 bytes a commit.
 *
 * Branches are placed in the order given, twigs in the order in which they seem to have grown: what the lines of several
 * twigs share belongs to the one that is told to be made first; else to one whose tip is in it, the lowest such; else to
 * the one whose next commit landed first on a branch placed before; else to the one given first.
 */
#ifndef JIRASYNC_LANDING_H
#define JIRASYNC_LANDING_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>

#define LANDING_NONE UINT32_MAX

struct landing;

struct landing_branch {
    uint32_t tip;           /* in: a commit's index */
    bool is_twig;           /* in: one of a run of those that are placed by how they grew */
    uint32_t made;          /* in, of a twig: a lower one is told to be made first; rises along the run */
    uint32_t parent;        /* out: index of the branch that it forks from, or LANDING_NONE */
    uint32_t fork_position; /* out: 0 without a parent */
};

/* A commit's place on one branch. */
struct landing_place {
    uint32_t commit, branch;
    uint32_t line_commit; /* the first-parent commit that brought it; the commit itself on the line */
    uint32_t position;
};

/* An empty graph of commits whose ids have id_bytes (20 or 32). NULL when memory is short. */
struct landing *landing_new(size_t id_bytes) MUST_CHECK;
void landing_free(struct landing *landing);
/* Adds a commit with its parents' ids one after another; the first call for an id counts. False: memory is short. */
bool landing_add(struct landing *landing, const unsigned char *id, const unsigned char *parents, size_t parent_count,
                 int64_t committed) MUST_CHECK;
/* Number of indexes in use: commits, and parents that were named and never added. */
uint32_t landing_count(const struct landing *landing);
/* How many parents were named and never added (a cut-off history). */
uint32_t landing_missing(const struct landing *landing);
/* Index by id; LANDING_NONE for an unknown one. */
uint32_t landing_find(const struct landing *landing, const unsigned char *id);
/* Index of the one commit whose id begins with digits of lower-case hex; LANDING_NONE for none or several. The first
 * call after an addition sorts. */
uint32_t landing_find_prefix(struct landing *landing, const char *hex, size_t digits);
const unsigned char *landing_id(const struct landing *landing, uint32_t commit);
int64_t landing_committed(const struct landing *landing, uint32_t commit);
bool landing_is_known(const struct landing *landing, uint32_t commit);
/* Places all commits on the branches. Call once, after all additions. False: memory is short. */
bool landing_place_all(struct landing *landing, struct landing_branch *branches, uint32_t count) MUST_CHECK;
/* Goes through the places; start with *cursor = 0. Places of one commit come together. */
bool landing_next_place(const struct landing *landing, uint64_t *cursor, struct landing_place *place);
/* Where a commit landed first on one of the branches before `end`, as a number that rises along each line; UINT64_MAX where
 * none of these holds it. */
uint64_t landing_first(const struct landing *landing, uint32_t commit, uint32_t end);
/* True when the commit is on the first-parent line of some placed branch. */
bool landing_is_on_a_line(const struct landing *landing, uint32_t commit);

#endif
