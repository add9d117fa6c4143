/* What a changelog tells of an issue: former keys, fix versions added and removed. */
#include "normalize_changelog.h"

#include "json_value.h"
#include "normalize_body.h"

#include <string.h>
#include <strings.h>

enum member {
    MEMBER_FIELD,
    MEMBER_FIELD_ID,
    MEMBER_FIELD_TYPE,
    MEMBER_FROM,
    MEMBER_FROM_STRING,
    MEMBER_TO,
    MEMBER_TO_STRING,
    MEMBERS
};

static const char *const member_names[MEMBERS] = {
    [MEMBER_FIELD] = "field",
    [MEMBER_FIELD_ID] = "fieldId",
    [MEMBER_FIELD_TYPE] = "fieldtype",
    [MEMBER_FROM] = "from",
    [MEMBER_FROM_STRING] = "fromString",
    [MEMBER_TO] = "to",
    [MEMBER_TO_STRING] = "toString",
};

/* One change of one field; NULL where a member is absent, null or no string. */
struct item {
    const cJSON *from, *to;
    const char *field, *field_id, *field_type, *from_string, *to_string;
};

/* Room for what is collected: as many entries as there are items. */
struct collected {
    const char **old_keys;
    struct normal_version *added, *removed;
    size_t old_key_count, added_count, removed_count;
};

static struct item item_read(const cJSON *value)
{
    const cJSON *found[MEMBERS];

    json_value_members(value, member_names, MEMBERS, found);
    return (struct item){
        .from = found[MEMBER_FROM],
        .to = found[MEMBER_TO],
        .field = json_value_text(found[MEMBER_FIELD]),
        .field_id = json_value_text(found[MEMBER_FIELD_ID]),
        .field_type = json_value_text(found[MEMBER_FIELD_TYPE]),
        .from_string = json_value_text(found[MEMBER_FROM_STRING]),
        .to_string = json_value_text(found[MEMBER_TO_STRING]),
    };
}

static bool is_system_field(const struct item *item)
{
    return item->field_type != NULL && strcasecmp(item->field_type, "jira") == 0;
}

/* Field names are localised, so fieldId decides where there is one; the item of a changed key has none. In
 * another language its name is unknown here, but then its new value is the issue's own key, which no other
 * field can hold. */
static bool is_key_change(const struct item *item, const char *issue_key)
{
    if (!is_system_field(item) || item->from_string == NULL || *item->from_string == '\0')
        return false;
    if (item->field != NULL && strcasecmp(item->field, "Key") == 0)
        return true;
    return item->field_id == NULL && issue_key != NULL && item->to_string != NULL &&
           strcmp(item->to_string, issue_key) == 0;
}

static bool is_fix_version_change(const struct item *item)
{
    if (item->field_id != NULL)
        return strcmp(item->field_id, "fixVersions") == 0;
    return is_system_field(item) && item->field != NULL && strcasecmp(item->field, "Fix Version") == 0;
}

/* One side of a fix version's change; an empty or odd value is no version. */
static void collect_version(const cJSON *id, const char *name, struct normal_version *versions, size_t *count)
{
    if (json_value_id(id, &versions[*count].id))
        versions[(*count)++].name = name;
}

static void collect(const struct item *item, const char *issue_key, struct collected *collected)
{
    if (is_key_change(item, issue_key)) {
        collected->old_keys[collected->old_key_count++] = item->from_string;
    } else if (is_fix_version_change(item)) {
        collect_version(item->from, item->from_string, collected->removed, &collected->removed_count);
        collect_version(item->to, item->to_string, collected->added, &collected->added_count);
    }
}

static bool collected_init(struct collected *collected, struct arena *arena, size_t count)
{
    *collected = (struct collected){
        .old_keys = arena_alloc(arena, count * sizeof *collected->old_keys),
        .added = arena_alloc(arena, count * sizeof *collected->added),
        .removed = arena_alloc(arena, count * sizeof *collected->removed),
    };
    return collected->old_keys != NULL && collected->added != NULL && collected->removed != NULL;
}

enum error_code normalize_changelog_read(const struct normalize_context *context, const cJSON *changelog,
                                         struct normal_issue *normal)
{
    const cJSON *items = json_value_member(changelog, "items");
    struct collected collected;

    if (!cJSON_IsArray(items) || items->child == NULL)
        return ERROR_NONE;
    if (!collected_init(&collected, context->arena, (size_t)cJSON_GetArraySize(items)))
        return normalize_body_out_of_room(context->arena, context->error);
    for (const cJSON *value = items->child; value != NULL; value = value->next) {
        struct item item = item_read(value);

        collect(&item, normal->issue_key, &collected);
    }
    normal->old_keys = collected.old_keys;
    normal->old_key_count = collected.old_key_count;
    normal->added = collected.added;
    normal->added_count = collected.added_count;
    normal->removed = collected.removed;
    normal->removed_count = collected.removed_count;
    return ERROR_NONE;
}

enum error_code normalize_changelog_read_histories(const struct normalize_context *context,
                                                   const cJSON *changelog, struct normal_issue *normal)
{
    const cJSON *histories = json_value_member(changelog, "histories");
    size_t room = 0;
    const char **old_keys;

    if (!cJSON_IsArray(histories))
        return ERROR_NONE;
    for (const cJSON *history = histories->child; history != NULL; history = history->next)
        room += (size_t)cJSON_GetArraySize(json_value_member(history, "items"));
    old_keys = arena_alloc(context->arena, room * sizeof *old_keys);
    if (old_keys == NULL)
        return normalize_body_out_of_room(context->arena, context->error);
    for (const cJSON *history = histories->child; history != NULL; history = history->next) {
        const cJSON *items = json_value_member(history, "items");

        for (const cJSON *value = cJSON_IsArray(items) ? items->child : NULL; value != NULL;
             value = value->next) {
            struct item item = item_read(value);

            if (is_key_change(&item, normal->issue_key))
                old_keys[normal->old_key_count++] = item.from_string;
        }
    }
    normal->old_keys = old_keys;
    return ERROR_NONE;
}
