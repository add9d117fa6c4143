/* Issue objects to struct normal_issue. */
#include "normalize_issue.h"

#include "json_value.h"
#include "normalize_body.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

enum field {
    FIELD_SUMMARY,
    FIELD_STATUS,
    FIELD_ISSUETYPE,
    FIELD_PROJECT,
    FIELD_PARENT,
    FIELD_RESOLUTION,
    FIELD_RESOLUTIONDATE,
    FIELD_PRIORITY,
    FIELD_ASSIGNEE,
    FIELD_CREATED,
    FIELD_UPDATED,
    FIELD_FIX_VERSIONS,
    FIELD_LABELS,
    FIELD_COMPONENTS,
    FIELD_EPIC_LINK,
    FIELDS
};

static const char *const field_names[FIELDS] = {
    [FIELD_SUMMARY] = "summary",
    [FIELD_STATUS] = "status",
    [FIELD_ISSUETYPE] = "issuetype",
    [FIELD_PROJECT] = "project",
    [FIELD_PARENT] = "parent",
    [FIELD_RESOLUTION] = "resolution",
    [FIELD_RESOLUTIONDATE] = "resolutiondate",
    [FIELD_PRIORITY] = "priority",
    [FIELD_ASSIGNEE] = "assignee",
    [FIELD_CREATED] = "created",
    [FIELD_UPDATED] = "updated",
    [FIELD_FIX_VERSIONS] = "fixVersions",
    [FIELD_LABELS] = "labels",
    [FIELD_COMPONENTS] = "components",
    [FIELD_EPIC_LINK] = NULL, /* the source's epic_link_field */
};

static enum error_code wrong_type(const struct normalize_context *context, const char *member,
                                  const char *wanted)
{
    return error_set(context->error, ERROR_WRONG_TYPE, "%s%s is not %s", context->path, member, wanted);
}

/* An id that may be absent or null, but nothing else than an id. */
static enum error_code read_id(const struct normalize_context *context, const cJSON *value,
                               const char *member, int64_t *id)
{
    *id = NORMALIZE_NO_ID;
    if (!json_value_is_set(value) || json_value_id(value, id))
        return ERROR_NONE;
    *id = NORMALIZE_NO_ID;
    return wrong_type(context, member, "a positive whole number or a string of digits");
}

/* A key that may be absent, null or empty, but nothing else than a string. */
static enum error_code read_key(const struct normalize_context *context, const cJSON *value,
                                const char *member, const char **key)
{
    *key = json_value_text(value);
    if (*key != NULL && **key == '\0')
        *key = NULL;
    else if (*key == NULL && json_value_is_set(value))
        return wrong_type(context, member, "a string");
    return ERROR_NONE;
}

static enum error_code read_project(const struct normalize_context *context, const cJSON *project,
                                    struct normal_issue *normal)
{
    static const char *const names[] = {"id", "key", "name"};
    const cJSON *found[3];
    enum error_code code;

    json_value_members(project, names, 3, found);
    code = read_id(context, found[0], "fields.project.id", &normal->project_id);
    if (code == ERROR_NONE)
        code = read_key(context, found[1], "fields.project.key", &normal->project_key);
    normal->project_name = json_value_text(found[2]);
    return code;
}

static enum error_code read_parent(const struct normalize_context *context, const cJSON *parent,
                                   const cJSON *epic_link, struct normal_issue *normal)
{
    static const char *const names[] = {"id", "key"};
    const cJSON *found[2];
    enum error_code code;

    json_value_members(parent, names, 2, found);
    code = read_id(context, found[0], "fields.parent.id", &normal->parent_id);
    if (code == ERROR_NONE)
        code = read_key(context, found[1], "fields.parent.key", &normal->parent_key);
    if (code != ERROR_NONE || normal->parent_id != NORMALIZE_NO_ID || normal->parent_key != NULL)
        return code;
    normal->parent_key = json_value_text(epic_link);
    if (normal->parent_key != NULL && *normal->parent_key == '\0')
        normal->parent_key = NULL;
    return ERROR_NONE;
}

static void read_issue_type(const cJSON *type, struct normal_issue *normal)
{
    static const char *const names[] = {"name", "subtask", "hierarchyLevel"};
    const cJSON *found[3];

    normal->hierarchy_level = INT_MIN;
    if (!cJSON_IsObject(type))
        return;
    json_value_members(type, names, 3, found);
    normal->issue_type = json_value_text(found[0]);
    if (cJSON_IsNumber(found[2]) && found[2]->valuedouble >= SHRT_MIN && found[2]->valuedouble <= SHRT_MAX)
        normal->hierarchy_level = (int)found[2]->valuedouble;
    else if (cJSON_IsTrue(found[1]))
        normal->hierarchy_level = -1;
    else
        normal->hierarchy_level = normal->issue_type != NULL && strcasecmp(normal->issue_type, "epic") == 0;
}

static void read_status(const cJSON *status, struct normal_issue *normal)
{
    static const char *const categories[] = {"new", "indeterminate", "done"};
    const char *key = json_value_member_text(json_value_member(status, "statusCategory"), "key");

    normal->status = json_value_member_text(status, "name");
    for (size_t i = 0; key != NULL && i < sizeof categories / sizeof *categories; i++)
        if (strcmp(key, categories[i]) == 0)
            normal->status_category = categories[i];
}

static void read_assignee(const cJSON *assignee, struct normal_issue *normal)
{
    static const char *const names[] = {"accountId", "name", "key", "displayName"};
    const cJSON *found[4];

    json_value_members(assignee, names, 4, found);
    for (size_t i = 0; i < 3 && normal->assignee == NULL; i++)
        normal->assignee = json_value_text(found[i]);
    normal->assignee_name = json_value_text(found[3]);
}

static enum error_code read_fix_version(const struct normalize_context *context, const cJSON *item,
                                        struct normal_version *version)
{
    static const char *const names[] = {"id", "name"};
    const cJSON *found[2];

    json_value_members(item, names, 2, found);
    version->name = json_value_text(found[1]);
    return read_id(context, found[0], "fields.fixVersions[].id", &version->id);
}

static enum error_code read_fix_versions(const struct normalize_context *context, const cJSON *list,
                                         struct normal_issue *normal)
{
    struct normal_version *versions;
    size_t count = 0;

    normal->has_fix_versions = cJSON_IsArray(list) || cJSON_IsNull(list);
    if (!cJSON_IsArray(list) || list->child == NULL)
        return ERROR_NONE;
    versions = arena_alloc(context->arena, (size_t)cJSON_GetArraySize(list) * sizeof *versions);
    if (versions == NULL)
        return normalize_body_out_of_room(context->arena, context->error);
    for (const cJSON *item = list->child; item != NULL; item = item->next) {
        enum error_code code = read_fix_version(context, item, &versions[count]);

        if (code != ERROR_NONE)
            return code;
        count += versions[count].id != NORMALIZE_NO_ID;
    }
    normal->fix_versions = versions;
    normal->fix_version_count = count;
    return ERROR_NONE;
}

/* The strings of a list, or, with a member, the strings that the list's objects have under that name. Of an empty list
 * *texts points to none, so that it differs from an absent one. */
static enum error_code read_texts(const struct normalize_context *context, const cJSON *list,
                                  const char *member, const char *const **texts, size_t *count)
{
    const char **read;

    if (!cJSON_IsArray(list))
        return ERROR_NONE;
    read = arena_alloc(context->arena, (size_t)cJSON_GetArraySize(list) * sizeof *read);
    if (read == NULL)
        return normalize_body_out_of_room(context->arena, context->error);
    for (const cJSON *item = list->child; item != NULL; item = item->next) {
        const char *text = member == NULL ? json_value_text(item) : json_value_member_text(item, member);

        if (text != NULL)
            read[(*count)++] = text;
    }
    *texts = read;
    return ERROR_NONE;
}

/* Members that are one value each and are shown only. */
static void read_shown(const cJSON *const found[FIELDS], struct normal_issue *normal)
{
    normal->summary = json_value_text(found[FIELD_SUMMARY]);
    read_issue_type(found[FIELD_ISSUETYPE], normal);
    read_status(found[FIELD_STATUS], normal);
    read_assignee(found[FIELD_ASSIGNEE], normal);
    normal->resolution = json_value_member_text(found[FIELD_RESOLUTION], "name");
    normal->priority = json_value_member_text(found[FIELD_PRIORITY], "name");
    normal->resolved_at = json_value_instant(found[FIELD_RESOLUTIONDATE]);
    normal->created_at = json_value_instant(found[FIELD_CREATED]);
    normal->updated_at = json_value_instant(found[FIELD_UPDATED]);
}

static enum error_code read_fields(const struct normalize_context *context, const cJSON *fields,
                                   struct normal_issue *normal)
{
    const char *names[FIELDS];
    const cJSON *found[FIELDS];
    enum error_code code;

    memcpy(names, field_names, sizeof names);
    names[FIELD_EPIC_LINK] = context->options == NULL ? NULL : context->options->epic_link_field;
    json_value_members(fields, names, FIELDS, found);
    read_shown(found, normal);
    normal->is_whole = cJSON_IsString(found[FIELD_SUMMARY]) && cJSON_IsObject(found[FIELD_STATUS]) &&
                       cJSON_IsObject(found[FIELD_ISSUETYPE]) && cJSON_IsObject(found[FIELD_PROJECT]);
    code = read_project(context, found[FIELD_PROJECT], normal);
    if (code == ERROR_NONE)
        code = read_parent(context, found[FIELD_PARENT], found[FIELD_EPIC_LINK], normal);
    if (code == ERROR_NONE)
        code = read_fix_versions(context, found[FIELD_FIX_VERSIONS], normal);
    if (code == ERROR_NONE)
        code = read_texts(context, found[FIELD_LABELS], NULL, &normal->labels, &normal->label_count);
    if (code == ERROR_NONE)
        code = read_texts(context, found[FIELD_COMPONENTS], "name", &normal->components,
                          &normal->component_count);
    return code;
}

void normalize_issue_clear(struct normal_issue *normal)
{
    *normal = (struct normal_issue){
        .issue_id = NORMALIZE_NO_ID,
        .project_id = NORMALIZE_NO_ID,
        .parent_id = NORMALIZE_NO_ID,
        .hierarchy_level = INT_MIN,
        .resolved_at = INSTANT_NONE,
        .created_at = INSTANT_NONE,
        .updated_at = INSTANT_NONE,
    };
}

enum error_code normalize_issue_read(const struct normalize_context *context, const cJSON *issue,
                                     struct normal_issue *normal)
{
    static const char *const names[] = {"id", "key", "fields"};
    const cJSON *found[3];
    enum error_code code;

    normalize_issue_clear(normal);
    json_value_members(issue, names, 3, found);
    if (!json_value_is_set(found[0]))
        return error_set(context->error, ERROR_NO_IDENTITY, "%sid is missing", context->path);
    code = read_id(context, found[0], "id", &normal->issue_id);
    if (code == ERROR_NONE)
        code = read_key(context, found[1], "key", &normal->issue_key);
    if (code != ERROR_NONE || !json_value_is_set(found[2]))
        return code;
    if (!cJSON_IsObject(found[2]))
        return wrong_type(context, "fields", "an object");
    return read_fields(context, found[2], normal);
}
