/* Where a Jira site's REST is and how a user proves who they are: what the sources file says, read and checked. */
#ifndef JIRASYNC_JIRA_SITE_H
#define JIRASYNC_JIRA_SITE_H

#include "jira_api.h"

enum jira_auth { JIRA_BASIC,
                 JIRA_BEARER,
                 JIRA_OAUTH };

struct jira_site {
    enum jira_dialect dialect;
    int version;
    char *root; /* of REST: no slash at its end */
    enum jira_auth auth;
    char *authorization; /* header of JIRA_BASIC and _BEARER */
    char *token_url;     /* of JIRA_OAUTH, as are the next ones */
    const char *client_id;
    struct secret *client_secret, *first_refresh_token;
};

/* Fills *site; source is borrowed for its life, root as of jira_api_options. Errors as of jira_api_new. Clear with
 * jira_site_clear, which wipes. */
enum error_code jira_site_read(const struct source *source, const char *root, struct jira_site *site,
                               struct error *error) MUST_CHECK;
void jira_site_clear(struct jira_site *site);
/* The form that asks the token's URL for a new access token; malloc'ed, the caller wipes and frees. */
char *jira_site_token_form(const struct jira_site *site, const char *refresh_token) MUST_CHECK;
/* "Authorization: SCHEME TOKEN"; malloc'ed, the caller wipes and frees. NULL when memory is short. */
char *jira_site_header(const char *scheme, const char *token) MUST_CHECK;
/* Wipes and frees; NULL does nothing. */
void jira_site_forget(char *text);

#endif
