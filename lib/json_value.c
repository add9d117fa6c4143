/* Typed look at parsed JSON. */
#include "json_value.h"

#include <stdlib.h>
#include <string.h>

#define EXACT_LIMIT 9007199254740992.0 /* 2^53 */

void json_value_members(const cJSON *object, const char *const *names, size_t count, const cJSON **found)
{
    for (size_t i = 0; i < count; i++)
        found[i] = NULL;
    if (!cJSON_IsObject(object))
        return;
    for (const cJSON *child = object->child; child != NULL; child = child->next)
        for (size_t i = 0; i < count; i++)
            if (names[i] != NULL && names[i][0] == child->string[0] && strcmp(names[i], child->string) == 0)
                found[i] = child;
}

const cJSON *json_value_member(const cJSON *object, const char *name)
{
    const cJSON *found;

    json_value_members(object, &name, 1, &found);
    return found;
}

bool json_value_is_set(const cJSON *value)
{
    return value != NULL && !cJSON_IsNull(value);
}

const char *json_value_text(const cJSON *value)
{
    return cJSON_IsString(value) ? value->valuestring : NULL;
}

const char *json_value_member_text(const cJSON *object, const char *name)
{
    return json_value_text(json_value_member(object, name));
}

static bool id_of_digits(const char *digits, int64_t *id)
{
    int64_t value = 0;

    if (*digits == '\0')
        return false;
    for (; *digits >= '0' && *digits <= '9'; digits++)
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, *digits - '0', &value))
            return false;
    *id = value;
    return *digits == '\0' && value > 0;
}

bool json_value_id(const cJSON *value, int64_t *id)
{
    double number;

    if (cJSON_IsString(value))
        return id_of_digits(value->valuestring, id);
    if (!cJSON_IsNumber(value))
        return false;
    number = value->valuedouble;
    if (!(number >= 1 && number < EXACT_LIMIT) || number != (double)(int64_t)number)
        return false;
    *id = (int64_t)number;
    return true;
}

instant json_value_instant(const cJSON *value)
{
    instant at;
    int64_t milliseconds;

    if (cJSON_IsNumber(value) && instant_from_milliseconds(value->valuedouble, &at))
        return at;
    if (!cJSON_IsString(value))
        return INSTANT_NONE;
    if (instant_parse(value->valuestring, strlen(value->valuestring), &at))
        return at;
    if (id_of_digits(value->valuestring, &milliseconds) &&
        instant_from_milliseconds((double)milliseconds, &at))
        return at;
    return INSTANT_NONE;
}
