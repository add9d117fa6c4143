/* The one way of reading a body, whoever sent it: checks of its bytes, what is storable of it, its tree. */
#ifndef JIRASYNC_NORMALIZE_BODY_H
#define JIRASYNC_NORMALIZE_BODY_H

#include "normalize.h"

#include <cjson/cJSON.h>

/* Lets cJSON allocate from the arena of the body that the calling thread reads; once a process, before threads start. */
void normalize_body_init(void);
/* An ignored form without an event, with its storable text, and the parsed object; all of it lives in arena.
 * ERROR_EMPTY_BODY, _INVALID_JSON, _NOT_AN_OBJECT, _TOO_COMPLEX or _NO_MEMORY. */
enum error_code normalize_body_read(const char *body, size_t length, struct arena *arena, struct normal_form **form,
                                    const cJSON **tree, struct error *error) MUST_CHECK;
/* An event's name, cut to the 255 bytes that are kept, at the start of a character. NULL when the arena refuses. */
const char *normalize_body_event(struct arena *arena, const char *name) MUST_CHECK;
/* The error of an arena that refused: ERROR_TOO_COMPLEX at its limit, else ERROR_NO_MEMORY. */
enum error_code normalize_body_out_of_room(const struct arena *arena, struct error *error) MUST_CHECK;

#endif
