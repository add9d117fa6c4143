/* A site's OAuth tokens in PostgreSQL: a refresh token dies with its use, so the row is locked from the look at it until what
 * came for it is committed, and two workers never refresh at once. Tokens are never logged, and stand in no message. */
#ifndef JIRASYNC_SITE_TOKENS_H
#define JIRASYNC_SITE_TOKENS_H

#include "db.h"
#include "rest.h"

struct site_tokens;

/* db is borrowed, the names are copied. NULL when memory is short. Free with site_tokens_free. */
struct site_tokens *site_tokens_new(struct db *db, const char *tenant, const char *source) MUST_CHECK;
void site_tokens_free(struct site_tokens *tokens);
/* Begins a transaction, locks the tokens and gives them; first is the configured refresh token, for a site without. */
enum error_code site_tokens_hold(struct site_tokens *tokens, const char *first, struct rest_tokens *held,
                                 struct error *error) MUST_CHECK;
/* Keeps written, whose access token ends expires_s from now (NULL: nothing is kept), and commits. */
enum error_code site_tokens_write(struct site_tokens *tokens, const struct rest_tokens *written, int64_t expires_s,
                                  struct error *error) MUST_CHECK;
/* True when a refused token may be one that was revoked: none was renewed since the last answer that settled it. */
bool site_tokens_may_renew(const struct site_tokens *tokens);
void site_tokens_settle(struct site_tokens *tokens);

#endif
