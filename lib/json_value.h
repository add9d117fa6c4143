/* Reads members of parsed JSON with jsonb's meaning: names are case-sensitive and of doubled names the last
 * one wins. Every function takes NULL for a value that is not there. What is returned lives as long as the
 * tree.
 */
#ifndef JIRASYNC_JSON_VALUE_H
#define JIRASYNC_JSON_VALUE_H

#include "error.h"
#include "instant.h"

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

/* Looks all names up in one walk: found[i] is the value of names[i], or NULL. A NULL name is not looked for;
 * a value that is no object has no members. */
void json_value_members(const cJSON *object, const char *const *names, size_t count, const cJSON **found);
const cJSON *json_value_member(const cJSON *object, const char *name) MUST_CHECK;
/* True when there is a value and it is not null. */
bool json_value_is_set(const cJSON *value) MUST_CHECK;
/* The string, or NULL for any other type. */
const char *json_value_text(const cJSON *value) MUST_CHECK;
/* The same of object's member name. */
const char *json_value_member_text(const cJSON *object, const char *name) MUST_CHECK;
/* A positive id: a string of digits that fits int64, or an integral number below 2^53 (a double is exact up
 * to there). */
bool json_value_id(const cJSON *value, int64_t *id) MUST_CHECK;
/* A string in one of instant_parse's formats or of digits, or a number (both: epoch milliseconds); else
 * INSTANT_NONE. */
instant json_value_instant(const cJSON *value) MUST_CHECK;

#endif
