/* Made-up bodies of Jira's events, to try a set-up with: each names one invented issue and what belongs to it.
 *
 * Ids are made of the issue's key, so that the events of one key are about one issue, one comment, one version.
 */
#ifndef JIRASYNC_SEND_EVENT_H
#define JIRASYNC_SEND_EVENT_H

#include "error.h"
#include "instant.h"

#include <stddef.h>

/* The name of the index-th event that has a body of its own; NULL past the last. */
const char *send_event_name(size_t index);
/* True for what may be an event's name: letters, digits, '_' and ':'. */
bool send_event_is_name(const char *text) MUST_CHECK;
/* The body of an event at an instant, malloc'ed; the caller frees. A name without a body of its own gives the time and the
 * name alone, as an event does that Jira may yet invent. ERROR_INPUT for a name or a key that is none. */
enum error_code send_event_body(const char *name, const char *issue_key, instant at, char **body,
                                struct error *error) MUST_CHECK;

#endif
