/* The webhooks that a Jira site's administrators have set up, through its REST: what they send, and how one is added.
 *
 * Cloud and Data Center up to 9 have them at /rest/webhooks/1.0/webhook, Data Center 10 at /rest/jira-webhook/1.0/webhooks: the
 * first is tried, and where it is not there the second. A webhook's secret can be set and never be read.
 */
#ifndef JIRASYNC_JIRA_WEBHOOK_H
#define JIRASYNC_JIRA_WEBHOOK_H

#include "rest.h"
#include "secret.h"

enum jira_webhook_signing { JIRA_WEBHOOK_UNTOLD, /* Data Center does not say */
                            JIRA_WEBHOOK_SIGNED,
                            JIRA_WEBHOOK_UNSIGNED };

struct jira_webhook {
    const char *id; /* what names it in paths; NULL where Jira does not tell */
    const char *name, *url;
    const char *const *events;
    size_t event_count;
    bool is_active, is_without_body;
    enum jira_webhook_signing signing;
    const char *filter; /* JQL that narrows what it sends; NULL: none */
    const cJSON *seen;  /* as Jira shows it */
};

struct jira_webhook_list; /* owns what its webhooks point to */

/* Reads them all. Errors as of rest_call: an administrator has to ask, others get REST_REFUSED. Free with
 * jira_webhook_list_free. */
enum error_code jira_webhook_list_read(struct rest *api, struct jira_webhook_list **list, struct rest_problem *problem,
                                       struct error *error) MUST_CHECK;
void jira_webhook_list_free(struct jira_webhook_list *list);
size_t jira_webhook_list_count(const struct jira_webhook_list *list);
const struct jira_webhook *jira_webhook_list_at(const struct jira_webhook_list *list, size_t index);
/* Index of the next event, from *at on, that the mirror needs and webhook does not send; its name, or NULL. */
const char *jira_webhook_missing(const struct rest *api, const struct jira_webhook *webhook, size_t *at);
/* Adds one that sends all needed events to url, signed with secret; or, with old (of list), makes that one so: it keeps its
 * name, its filter and its other events. A secret that is no text is ERROR_CONFIG. Not tried again when no answer came: read
 * the list first. */
enum error_code jira_webhook_put(struct rest *api, const struct jira_webhook_list *list, const struct jira_webhook *old,
                                 const char *name, const char *url, const struct secret *secret, struct rest_problem *problem,
                                 struct error *error) MUST_CHECK;

#endif
