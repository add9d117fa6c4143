/* Sources: the configured senders, read from the sources file ([source NAME] sections) and JIRA_WEBHOOK_SECRET*.
 *
 * Secrets live in sodium_malloc memory (lib/secret.h) and are read once, at source_list_load; SIGHUP loads anew.
 * A secret that can't be read does not fail the load: the source then answers 503 until a reload finds it.
 */
#ifndef JIRASYNC_SOURCE_H
#define JIRASYNC_SOURCE_H

#include "config.h"
#include "error.h"
#include "secret.h"

enum source_kind {
    SOURCE_JIRA,
    SOURCE_GITHUB,
    SOURCE_BITBUCKET,
    SOURCE_BITBUCKET_SERVER,
    SOURCE_GITLAB,
    SOURCE_GIT,
    SOURCE_KINDS
};

struct source {
    char *name;   /* slug: [a-z0-9][a-z0-9_-]{0,62} */
    char *tenant; /* "main" unless configured */
    enum source_kind kind;
    char *base_url; /* NULL when not configured; so are the next ones */
    char *epic_link_field;
    char *api_url;     /* where REST is, when not below base_url */
    char *api_version; /* "2" or "3": of Jira's REST */
    char *api_user;
    char *api_token;         /* a reference, read by who needs it; so are the two of OAuth below */
    char *api_token_expires; /* "YYYY-MM-DD" */
    char *oauth_client_id;
    char *oauth_client_secret;
    char *oauth_refresh_token; /* the first one; those that follow it are the database's */
    char *oauth_token_url;
    char **projects;         /* NULL-terminated, or NULL: all */
    char **counted_refs;     /* NULL-terminated globs, or NULL: the default */
    struct secret **secrets; /* secret_count live secrets */
    size_t secret_count;
};

struct source_list;

/* Loads sources; free with source_list_free. ERROR_CONFIG names file and line. An empty secret is ERROR_CONFIG. */
enum error_code source_list_load(const struct config *config, struct source_list **list, struct error *error) MUST_CHECK;
void source_list_free(struct source_list *list);
size_t source_list_count(const struct source_list *list);
const struct source *source_list_at(const struct source_list *list, size_t index);
/* By kind and slug (the path of a webhook); NULL when there is none. */
const struct source *source_list_find(const struct source_list *list, enum source_kind kind, const char *name);
/* By slug alone (commands). */
const struct source *source_list_named(const struct source_list *list, const char *name);
/* True when the file says where the source's REST API is, and has credentials for it. */
bool source_is_askable(const struct source *source) MUST_CHECK;
/* "jira", "github", "bitbucket", "bitbucket-server", "gitlab", "git". */
const char *source_kind_name(enum source_kind kind);
bool source_kind_parse(const char *name, size_t length, enum source_kind *kind) MUST_CHECK;
/* The list as the JSON text that receiver_hello and register_sources take: [{"source","tenant","kind","base_url",
 * "projects","counted_refs","epic_link_field","api_token_expires","has_credentials"}]. malloc'ed; the caller frees. */
char *source_list_json(const struct source_list *list) MUST_CHECK;

#endif
