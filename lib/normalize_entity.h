/* What Jira's events tell: the table of events, and all entities but issues to struct normal_entity.
 *
 * An event whose shape is documented or was seen has to give its entity's id: ERROR_NO_IDENTITY when it is missing,
 * ERROR_WRONG_TYPE names the path of what is no id. Shapes that nobody has seen (properties, issue types, filters, options)
 * are read as far as they go. What is only shown and has an odd type counts as absent, and so does an odd issue beside an
 * entity: it must not cost the entity.
 */
#ifndef JIRASYNC_NORMALIZE_ENTITY_H
#define JIRASYNC_NORMALIZE_ENTITY_H

#include "normalize_issue.h"

struct normalize_kind;

struct normalize_event {
    const char *name;
    const struct normalize_kind *kind; /* of its entity; NULL: an issue's event */
    enum normal_mark mark;
};

/* The event of that name, or NULL for one that the table does not know. */
const struct normalize_event *normalize_entity_event(const char *name) MUST_CHECK;
/* The names of the events that a webhook has to send, or the mirror misses something; NULL past the last one. */
const char *normalize_entity_needed(bool of_cloud, size_t index) MUST_CHECK;
/* Reads the body of an event whose kind is not NULL: form's kind, its entity, and the issue that it belongs to, as far as the
 * body (issue is its member of that name) or the entity itself tells which it is. */
enum error_code normalize_entity_read(const struct normalize_context *context, const struct normalize_event *event,
                                      const cJSON *body, const cJSON *issue, struct normal_form *form) MUST_CHECK;
/* Adds the comment that an issue's event of Data Center carries to form, whose issue is read already. */
enum error_code normalize_entity_add_comment(const struct normalize_context *context, const cJSON *comment,
                                             enum normal_mark mark, struct normal_form *form) MUST_CHECK;

#endif
