/* What a git host tells, as the one JSON document in which it is stored (and shown by normalize_print):
 *
 * {"repository", "default_branch", "changes": [{"ref", "kind": "branch|tag", "before", "after", "peeled", "is_notice",
 * "is_forced", "base_ref", "total", "is_whole", "branch_keys": [], "branch_refused": [], "commits": [{"sha",
 * "parents": []|null, "message", "author", "author_email", "authored_at", "committed_at", "is_known_elsewhere",
 * "is_merge_named", "picked_from", "reverts": []|null, "keys": [], "handed_keys": []|null,
 * "refused": [{"text", "reason"}]}]}], "pull_request": null|{"number", "title", "source_branch", "target_branch", "state",
 * "head_sha", "merge_sha", "commit_count", "merged_at", "updated_at", "author", "keys": [], "refused": []}}
 *
 * Every member is there, null where the host does not tell; instants are UTC with a Z. Members are only ever added.
 */
#ifndef JIRASYNC_NORMALIZE_GIT_JSON_H
#define JIRASYNC_NORMALIZE_GIT_JSON_H

#include "arena.h"
#include "json_print.h"
#include "normalize.h"

/* The document on one line, NUL-terminated, in arena; NULL when the arena refuses. */
const char *normalize_git_json(const struct normal_git *git, struct arena *arena, size_t *length) MUST_CHECK;
/* The same as a part of what printer writes. */
void normalize_git_json_print(struct json_printer *printer, const struct normal_git *git);
/* One commit, as it stands in "commits". */
void normalize_git_json_print_commit(struct json_printer *printer, const struct normal_commit *commit);

#endif
