/* Searches in Jira's query language, built from parts: fields from a table, every literal quoted. Pure.
 *
 * What Jira's grammar says of a quoted literal: a quote and a backslash are escaped, line ends, other control characters and
 * Unicode's non-characters stand as escapes. So no literal can end its quotes, whatever it holds.
 */
#ifndef JIRASYNC_JQL_H
#define JIRASYNC_JQL_H

#include "error.h"
#include "instant.h"

#include <stddef.h>
#include <stdint.h>

enum jql_field { JQL_PROJECT,
                 JQL_ID,
                 JQL_CREATED,
                 JQL_UPDATED,
                 JQL_FIELDS };

struct jql;

/* An empty search. NULL when memory is short. Free with jql_free. */
struct jql *jql_new(void) MUST_CHECK;
void jql_free(struct jql *jql);
/* Each of these adds a condition; all hold together. */
void jql_equals(struct jql *jql, enum jql_field field, const char *literal);
/* One of count literals, or ids; none of them is a fault. */
void jql_in(struct jql *jql, enum jql_field field, const char *const *literals, size_t count);
void jql_ids_in(struct jql *jql, const int64_t *ids, size_t count);
/* Not before the minute of at, which Jira reads in the time zone of the user who asks: zone_minutes east of UTC. */
void jql_since(struct jql *jql, enum jql_field field, instant at, int zone_minutes);
/* A condition that somebody wrote in JQL. It stays one: unclosed quotes or brackets and an ORDER BY are faults. */
void jql_condition(struct jql *jql, const char *text);
/* The order, once and last. */
void jql_order(struct jql *jql, enum jql_field field, bool is_descending);
/* The search; borrowed until the next call. ERROR_INPUT says what a part had wrong: invalid UTF-8 or empty text in a
 * literal, an empty list, an id below 1, a condition that is none; ERROR_NO_MEMORY. */
enum error_code jql_text(const struct jql *jql, const char **text, struct error *error) MUST_CHECK;

#endif
