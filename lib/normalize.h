/* From a verified body to the normal form that is stored. Pure and deterministic: no clock, no I/O, no globals but the
 * calling thread's arena. cJSON gives routing scalars only; PostgreSQL judges the JSON and keeps the digits.
 * The JSON view of a normal form is docs/schemas/normalized.schema.json (normalize_print).
 *
 * Ids (issue, project, parent, fix version) are strings of digits or whole numbers, issue and fields are objects, event
 * and keys are strings: else ERROR_WRONG_TYPE names the path. A member that is only shown and has an odd type (a status
 * that is a string, a fix version without an id) counts as absent, so that it can't freeze an issue.
 */
#ifndef JIRASYNC_NORMALIZE_H
#define JIRASYNC_NORMALIZE_H

#include "arena.h"
#include "error.h"
#include "instant.h"
#include "issue_key.h"

#include <stddef.h>
#include <stdint.h>

#define NORMALIZE_NO_ID INT64_MIN

struct normal_version {
    int64_t id;
    const char *name; /* NULL where an item has none */
};

/* An issue as one event shows it. NULL, NORMALIZE_NO_ID and INSTANT_NONE mean absent or null. */
struct normal_issue {
    int64_t issue_id;
    const char *issue_key;
    int64_t project_id;
    const char *project_key, *project_name;
    const char *summary, *issue_type;
    int hierarchy_level; /* issuetype.hierarchyLevel, else -1 sub-task, 1 epic, 0; INT_MIN: no issuetype */
    int64_t parent_id;
    const char *parent_key; /* Cloud fields.parent; Data Center: the source's epic_link_field holds a key */
    const char *status, *resolution, *priority;
    const char *status_category; /* "new", "indeterminate", "done" */
    const char *assignee;        /* accountId, else name, else key */
    const char *assignee_name;   /* displayName */
    instant resolved_at, created_at, updated_at;
    const struct normal_version *fix_versions;
    size_t fix_version_count;
    const char *const *labels, *const *components; /* NULL: absent or null; of an empty array not NULL */
    size_t label_count, component_count;
    const char *const *old_keys; /* from a move's changelog */
    size_t old_key_count;
    const struct normal_version *added, *removed; /* from the changelog: fieldId fixVersions */
    size_t added_count, removed_count;
    bool has_fix_versions; /* the member was there (an array, or null) */
    bool is_whole;         /* fields hold summary, status, issuetype and project; beside an entity also updated */
    bool is_delete;
};

/* What an event says of its entity's being, besides what the entity looks like. */
enum normal_mark {
    NORMAL_SHOWN, /* nothing: it is there */
    NORMAL_DELETED,
    NORMAL_RESTORED, /* of projects alone, as are the two below */
    NORMAL_ARCHIVED,
    NORMAL_UNARCHIVED,
};

/* Anything but an issue. NULL, NORMALIZE_NO_ID, INSTANT_NONE mean absent, null, or no member of this kind. */
struct normal_entity {
    const char *kind;   /* "comment", "worklog", "issue_link", "attachment", "version", "project", ...: normalize_entity.c */
    const char *id;     /* digits, or what names one of its kind: an account id, "10001/some.property" */
    const char *member; /* the body's member that holds it; "" where the body itself is all there is */
    enum normal_mark mark;
    int64_t issue_id; /* the issue it belongs to */
    instant created_at, updated_at;
    instant started_at;                 /* worklog */
    const char *author;                 /* accountId, else name, else key */
    const char *text;                   /* comment: its body, of a document the plain text; issue_link: the type's name */
    int64_t seconds_spent;              /* worklog */
    int64_t from_issue_id, to_issue_id; /* issue_link: source and destination */
    int64_t project_id;                 /* version */
    int64_t merged_into;                /* version: the one that took its issues over */
};

/* A text that looked like an issue key and is none, whatever projects there are (lib/issue_key.h says why). */
struct normal_refused_key {
    const char *text; /* as it was written, cut to what the ledger keeps of a key */
    enum issue_key_verdict verdict;
};

/* A commit as a push lists it. Hashes are lower-case hex. NULL and INSTANT_NONE mean that the host does not tell. */
struct normal_commit {
    const char *sha;
    const char *const *parents; /* the first one first; NULL: not told */
    size_t parent_count;
    const char *message; /* "" where there is none */
    const char *author, *author_email;
    instant authored_at, committed_at;
    bool is_known_elsewhere; /* GitHub's distinct: false: an earlier push brought it */
    /* What the message says (lib/commit_message.h). */
    bool is_merge_named;     /* its subject is that of a merge */
    const char *picked_from; /* NULL: none */
    const char *const *reverts;
    size_t revert_count;
    const char *const *keys; /* candidates, upper-cased, each once, in order */
    size_t key_count;
    const char *const *handed_keys; /* of a merge: what it hands down to what it brings in; NULL for no merge */
    size_t handed_key_count;
    const struct normal_refused_key *refused;
    size_t refused_count;
};

/* A branch or tag that was made, moved or deleted. */
struct normal_ref_change {
    const char *ref; /* without refs/heads/ or refs/tags/ */
    bool is_tag;
    const char *before, *after;     /* NULL: there was none, there is none any more */
    const char *peeled;             /* the commit that an annotated tag names: after is the tag's own hash then. NULL: after itself */
    bool is_notice;                 /* only that it was made (after "") or deleted (after NULL) is told: no hash */
    bool is_forced;                 /* the host says that it was moved by force */
    const char *base_ref;           /* what it was made from, where the host tells */
    int64_t total;                  /* commits that the push moved; NORMALIZE_NO_ID: not told */
    bool is_whole;                  /* commits lists all of them, as far as can be known */
    const char *const *branch_keys; /* candidates in a branch's name */
    size_t branch_key_count;
    const struct normal_refused_key *branch_refused;
    size_t branch_refused_count;
    const struct normal_commit *commits; /* oldest first, whatever order the host has */
    size_t commit_count;
};

struct normal_pull_request {
    int64_t number;
    const char *title, *source_branch, *target_branch;
    const char *state; /* "open", "merged", "closed" */
    /* Bitbucket Cloud tells the first twelve digits of these two alone. */
    const char *head_sha;  /* newest commit of the source branch */
    const char *merge_sha; /* of a merged one: merge, squash or last rebased commit */
    int64_t commit_count;  /* how many commits it has; NORMALIZE_NO_ID: not told */
    instant merged_at, updated_at;
    const char *author;
    const char *const *keys; /* candidates in title and source branch */
    size_t key_count;
    const struct normal_refused_key *refused;
    size_t refused_count;
};

/* What a git host tells of one repository. */
struct normal_git {
    const char *repository;     /* full name, as the host has it: "org/repo", "group/sub/repo", "PROJ/slug" */
    const char *default_branch; /* NULL: not told */
    const struct normal_ref_change *changes;
    size_t change_count;
    const struct normal_pull_request *pull_request; /* NULL: none */
};

enum normal_kind {
    NORMAL_ISSUE,   /* an issue is known, and perhaps entities */
    NORMAL_ENTITY,  /* entities alone */
    NORMAL_GIT,     /* a git host's push or pull request */
    NORMAL_IGNORED, /* none of them: the ledger keeps it */
};

struct normal_form {
    enum normal_kind kind;
    const char *event;    /* webhookEvent; without one, for a body that carries an issue, "workflow_post_function" */
    instant event_at;     /* the body's own timestamp */
    int altered;          /* escapes replaced with U+FFFD */
    const char *storable; /* body with those replaced, NUL-terminated; NULL when altered == 0 */
    size_t storable_length;
    struct normal_issue issue; /* only when kind is NORMAL_ISSUE */
    const struct normal_entity *entities;
    size_t entity_count;
    const struct normal_git *git; /* only when kind is NORMAL_GIT */
    const char *git_json;         /* the same as normalize_git_json writes it; set by normalize_delivery */
    size_t git_json_length;
};

struct normalize_options {
    const char *epic_link_field; /* NULL: none */
};

/* Prepares cJSON to allocate from the calling thread's arena; once a process, before threads start. */
void normalize_init(void);
/* Normalizes a Jira webhook's body. The result and all it points to live in arena (until arena_reset).
 * ERROR_EMPTY_BODY, _INVALID_JSON, _NOT_AN_OBJECT, _NO_IDENTITY, _WRONG_TYPE or _TOO_COMPLEX, with a message that says
 * where ("issue.key is not a string"), or _NO_MEMORY; *form is set only on ERROR_NONE. */
enum error_code normalize_jira(const char *body, size_t length, const struct normalize_options *options,
                               struct arena *arena, struct normal_form **form, struct error *error) MUST_CHECK;
/* Normalizes one issue object of a search result page: event "import", event_at INSTANT_NONE, never a delete. */
enum error_code normalize_jira_issue(const char *body, size_t length, const struct normalize_options *options,
                                     struct arena *arena, struct normal_form **form, struct error *error) MUST_CHECK;
/* The normal form as JSON (for tests, --print and docs); malloc'ed, the caller frees. NULL when memory is short. */
char *normalize_print(const struct normal_form *form) MUST_CHECK;

#endif
