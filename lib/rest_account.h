/* Where the REST of a Jira site or git host is and how an account proves itself: what the sources file says, read and checked. */
#ifndef JIRASYNC_REST_ACCOUNT_H
#define JIRASYNC_REST_ACCOUNT_H

#include "rest.h"

enum rest_auth { REST_BASIC,
                 REST_BEARER,
                 REST_OAUTH };

struct rest_account {
    enum jira_dialect dialect;
    int version;
    char *root; /* of REST: no slash at its end */
    enum rest_auth auth;
    char *authorization; /* header of REST_BASIC and _BEARER */
    char *token_url;     /* of REST_OAUTH, as are the next ones */
    const char *client_id;
    struct secret *client_secret, *first_refresh_token;
};

/* Fills *site; source is borrowed for its life, root as of rest_options. Errors as of rest_new. Clear with
 * rest_account_clear, which wipes. */
enum error_code rest_account_read(const struct source *source, const char *root, struct rest_account *site,
                                  struct error *error) MUST_CHECK;
void rest_account_clear(struct rest_account *site);
/* The form that asks the token's URL for a new access token; malloc'ed, the caller wipes and frees. */
char *rest_account_token_form(const struct rest_account *site, const char *refresh_token) MUST_CHECK;
/* "Authorization: SCHEME TOKEN"; malloc'ed, the caller wipes and frees. NULL when memory is short. */
char *rest_account_header(const char *scheme, const char *token) MUST_CHECK;
/* Wipes and frees; NULL does nothing. */
void rest_account_forget(char *text);

#endif
