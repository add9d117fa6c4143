/* What the git hosts' normal forms share: hashes, refs, commits from their parts, keys.
 *
 * What decides where a thing goes (repository, ref, hash, number) must be what it is documented to be: otherwise
 * ERROR_WRONG_TYPE names the path. What is only shown counts as absent when its type is odd. What a host does not tell is
 * not made up. All results live in the context's arena; work grows with the length of the body, and n log n with its lists.
 */
#ifndef JIRASYNC_NORMALIZE_GIT_H
#define JIRASYNC_NORMALIZE_GIT_H

#include "normalize.h"
#include "normalize_issue.h"

#include <cjson/cJSON.h>

/* How a host writes one commit of a list into *commit: sha and whatever else it tells; message and keys are read by
 * normalize_git_message. */
typedef enum error_code normalize_git_commit_reader(const struct normalize_context *context, const cJSON *value,
                                                    struct normal_commit *commit);

/* How a host writes one change of a list; *is_kept is false for a ref that is neither branch nor tag. */
typedef enum error_code normalize_git_change_reader(const struct normalize_context *context, const cJSON *value,
                                                    struct normal_ref_change *change, bool *is_kept);

/* Takes the event's name from the body, cut to what is kept of one, where no header has told it. */
enum error_code normalize_git_name_event(const struct normalize_context *context, const cJSON *name,
                                         struct normal_form *form) MUST_CHECK;
/* Makes form one that tells of a repository. ERROR_NO_IDENTITY when name is NULL or empty. */
enum error_code normalize_git_start(const struct normalize_context *context, const char *name, struct normal_form *form,
                                    struct normal_git **git) MUST_CHECK;
/* Makes form one that is ignored after all. */
void normalize_git_forget(struct normal_form *form);
/* Room for changes of which nothing is known; git has them, and none of them counts before git->change_count says so. */
enum error_code normalize_git_changes(const struct normalize_context *context, struct normal_git *git, size_t room,
                                      struct normal_ref_change **changes) MUST_CHECK;
/* Reads an array of changes into git, and *changes, if it is not NULL, points to them; none for null or no value. */
enum error_code normalize_git_change_list(const struct normalize_context *context, struct normal_git *git,
                                          const cJSON *list, const char *member, normalize_git_change_reader *read,
                                          struct normal_ref_change **changes) MUST_CHECK;
/* Gives git a pull request of that number, of which nothing else is known. */
enum error_code normalize_git_pull_request(const struct normalize_context *context, struct normal_git *git,
                                           const cJSON *number, const char *member,
                                           struct normal_pull_request **request) MUST_CHECK;
/* "first/second" in the arena; *joined is NULL where a part is NULL or empty. */
enum error_code normalize_git_join(const struct normalize_context *context, const char *first, const char *second,
                                   const char **joined) MUST_CHECK;
/* A hash of 40 or 64 hex digits, lower-cased; NULL for one of zeros, for null and for nothing. */
enum error_code normalize_git_sha(const struct normalize_context *context, const cJSON *value, const char *member,
                                  const char **sha) MUST_CHECK;
/* The same of a value that must be a hash. */
enum error_code normalize_git_needed_sha(const struct normalize_context *context, const cJSON *value, const char *member,
                                         const char **sha) MUST_CHECK;
/* A hash of which a host may show the first digits alone: 7 to 64 of them; else as normalize_git_sha. */
enum error_code normalize_git_short_sha(const struct normalize_context *context, const cJSON *value, const char *member,
                                        const char **sha) MUST_CHECK;
/* The tips that a change moves a ref between: both must be there, and one of them a hash that is not of zeros. */
enum error_code normalize_git_tips(const struct normalize_context *context, const cJSON *before, const char *before_member,
                                   const cJSON *after, const char *after_member,
                                   struct normal_ref_change *change) MUST_CHECK;
/* Reads "refs/heads/X" or "refs/tags/X" into *change, and the keys in a branch's name. *is_kept is false for a ref that is
 * neither (refs/notes/...). */
enum error_code normalize_git_full_ref(const struct normalize_context *context, const cJSON *value, const char *member,
                                       struct normal_ref_change *change, bool *is_kept) MUST_CHECK;
/* The same of a name as it is; change->is_tag is set. */
enum error_code normalize_git_ref_name(const struct normalize_context *context, const char *name,
                                       struct normal_ref_change *change) MUST_CHECK;
/* Without "refs/heads/" or "refs/tags/", if it begins so. */
const char *normalize_git_short_ref(const char *name) MUST_CHECK;
/* Reads an array of commits; each hash is kept once. Nothing for null or no value. */
enum error_code normalize_git_commits(const struct normalize_context *context, const cJSON *list, const char *member,
                                      normalize_git_commit_reader *read, bool newest_first,
                                      struct normal_ref_change *change) MUST_CHECK;
/* Reads an array of objects whose member `member` is a parent's hash, or, member NULL, of hashes; not told where it is none. */
enum error_code normalize_git_parents(const struct normalize_context *context, const cJSON *list, const char *member,
                                      struct normal_commit *commit) MUST_CHECK;
/* Sets the message and all that it says; after the parents. */
enum error_code normalize_git_message(const struct normalize_context *context, const cJSON *value,
                                      struct normal_commit *commit) MUST_CHECK;
/* Parts "Name <mail>"; without a mail in it all is the name. */
enum error_code normalize_git_author(const struct normalize_context *context, const char *raw,
                                     struct normal_commit *commit) MUST_CHECK;
/* Sets the candidates in the title and source branch of a pull request. */
enum error_code normalize_git_pull_request_keys(const struct normalize_context *context,
                                                struct normal_pull_request *request) MUST_CHECK;

#endif
