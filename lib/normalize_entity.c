/* The table of Jira's events, and entity objects to struct normal_entity. */
#include "normalize_entity.h"

#include "json_value.h"
#include "normalize_body.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define EXACT_LIMIT 9007199254740992.0 /* 2^53 */
#define DIGITS 20u                     /* of an id */

enum member {
    MEMBER_ID,
    MEMBER_SELF,
    MEMBER_KEY,
    MEMBER_NAME,
    MEMBER_ACCOUNT_ID,
    MEMBER_AUTHOR,
    MEMBER_CREATED,
    MEMBER_UPDATED,
    MEMBER_ISSUE_ID,
    MEMBER_BODY,
    MEMBER_STARTED,
    MEMBER_TIME_SPENT,
    MEMBER_SOURCE,
    MEMBER_DESTINATION,
    MEMBER_LINK_TYPE,
    MEMBER_PROJECT_ID,
    MEMBERS
};

static const char *const member_names[MEMBERS] = {
    [MEMBER_ID] = "id",
    [MEMBER_SELF] = "self",
    [MEMBER_KEY] = "key",
    [MEMBER_NAME] = "name",
    [MEMBER_ACCOUNT_ID] = "accountId",
    [MEMBER_AUTHOR] = "author",
    [MEMBER_CREATED] = "created",
    [MEMBER_UPDATED] = "updated",
    [MEMBER_ISSUE_ID] = "issueId",
    [MEMBER_BODY] = "body",
    [MEMBER_STARTED] = "started",
    [MEMBER_TIME_SPENT] = "timeSpentSeconds",
    [MEMBER_SOURCE] = "sourceIssueId",
    [MEMBER_DESTINATION] = "destinationIssueId",
    [MEMBER_LINK_TYPE] = "issueLinkType",
    [MEMBER_PROJECT_ID] = "projectId",
};

/* One entity while it is read. */
struct reader {
    const struct normalize_context *context;
    const struct normalize_event *event;
    const cJSON *value;               /* the body's member that holds it; NULL: there is none */
    const cJSON *found[MEMBERS];      /* value's members */
    const cJSON *comment, *merged_to; /* members of the body beside it */
    struct normal_entity *entity;
};

struct normalize_kind {
    const char *name;
    const char *member, *other_member;                   /* of the body; the second is another spelling of the first */
    enum error_code (*read_id)(struct reader *reader);   /* leaves the entity's id NULL where there is none */
    enum error_code (*read_rest)(struct reader *reader); /* what only this kind has; NULL: nothing */
    bool is_required;                                    /* the shape is known: the entity has to be there */
    bool is_of_issue;
};

/* ---- values ---- */

static enum error_code not_an_id(const struct normalize_context *context, const char *member, const char *name)
{
    return error_set(context->error, ERROR_WRONG_TYPE, "%s%s%s is not a positive whole number or a string of digits", member,
                     *name == '\0' ? "" : ".", name);
}

/* An id that may be absent or null, but nothing else than an id. */
static enum error_code read_number(const struct reader *reader, enum member member, int64_t *number)
{
    const cJSON *value = reader->found[member];

    *number = NORMALIZE_NO_ID;
    if (!json_value_is_set(value) || json_value_id(value, number))
        return ERROR_NONE;
    *number = NORMALIZE_NO_ID;
    return not_an_id(reader->context, reader->entity->member, member_names[member]);
}

/* Sets the entity's id: "10001", or with a key "10001/some.property". */
static enum error_code set_id(struct reader *reader, int64_t number, const char *key)
{
    size_t size = DIGITS + 2 + (key == NULL ? 0 : strlen(key));
    char *id;

    if (number == NORMALIZE_NO_ID)
        return ERROR_NONE;
    id = arena_alloc(reader->context->arena, size);
    if (id == NULL)
        return normalize_body_out_of_room(reader->context->arena, reader->context->error);
    (void)snprintf(id, size, "%" PRId64 "%s%s", number, key == NULL ? "" : "/", key == NULL ? "" : key);
    reader->entity->id = id;
    return ERROR_NONE;
}

/* The property's key, or NULL. */
static const char *key_of(const struct reader *reader)
{
    const char *key = json_value_text(reader->found[MEMBER_KEY]);

    return key == NULL || *key == '\0' ? NULL : key;
}

/* accountId (Cloud), else name, else key (Data Center). */
static const char *account_of(const cJSON *user)
{
    static const char *const names[] = {"accountId", "name", "key"};
    const cJSON *found[3];
    const char *account = NULL;

    json_value_members(user, names, 3, found);
    for (size_t i = 0; i < 3 && account == NULL; i++)
        account = json_value_text(found[i]);
    return account;
}

/* The number after "/issue/" in an entity's own address: the only word of Data Center's on which issue a comment is. */
static int64_t issue_of_address(const char *self)
{
    static const char before[] = "/issue/";
    int64_t id = 0;

    self = self == NULL ? NULL : strstr(self, before);
    if (self == NULL)
        return NORMALIZE_NO_ID;
    for (self += sizeof before - 1; *self >= '0' && *self <= '9'; self++)
        if (__builtin_mul_overflow(id, 10, &id) || __builtin_add_overflow(id, *self - '0', &id))
            return NORMALIZE_NO_ID;
    return *self == '/' && id > 0 ? id : NORMALIZE_NO_ID;
}

/* ---- ids ---- */

static enum error_code read_numeric_id(struct reader *reader)
{
    int64_t number;
    enum error_code code = read_number(reader, MEMBER_ID, &number);

    return code == ERROR_NONE ? set_id(reader, number, NULL) : code;
}

static enum error_code read_account_id(struct reader *reader)
{
    static const enum member members[] = {MEMBER_ACCOUNT_ID, MEMBER_NAME, MEMBER_KEY};

    for (size_t i = 0; i < sizeof members / sizeof *members && reader->entity->id == NULL; i++) {
        const cJSON *value = reader->found[members[i]];
        const char *text = json_value_text(value);

        if (json_value_is_set(value) && text == NULL)
            return error_set(reader->context->error, ERROR_WRONG_TYPE, "%s.%s is not a string", reader->entity->member,
                             member_names[members[i]]);
        if (text != NULL && *text != '\0')
            reader->entity->id = text;
    }
    return ERROR_NONE;
}

static enum error_code read_issue_property_id(struct reader *reader)
{
    const char *key = key_of(reader);

    return key == NULL ? ERROR_NONE : set_id(reader, reader->entity->issue_id, key);
}

static enum error_code read_comment_property_id(struct reader *reader)
{
    const char *key = key_of(reader);
    int64_t comment;

    if (key == NULL || !json_value_id(json_value_member(reader->comment, "id"), &comment))
        return ERROR_NONE;
    return set_id(reader, comment, key);
}

/* A setting of Jira's own; its events differ by name alone. */
static enum error_code read_option_id(struct reader *reader)
{
    const char *key = key_of(reader);

    if (!json_value_is_set(reader->value))
        reader->entity->member = "";
    reader->entity->id = key == NULL ? reader->event->name : key;
    return ERROR_NONE;
}

/* ---- the rest ---- */

/* A comment of REST version 3 is an object; that stays in the body. */
static enum error_code read_comment(struct reader *reader)
{
    reader->entity->text = json_value_text(reader->found[MEMBER_BODY]);
    return ERROR_NONE;
}

static enum error_code read_worklog(struct reader *reader)
{
    const cJSON *spent = reader->found[MEMBER_TIME_SPENT];
    double seconds = cJSON_IsNumber(spent) ? spent->valuedouble : -1;

    reader->entity->started_at = json_value_instant(reader->found[MEMBER_STARTED]);
    if (seconds >= 0 && seconds <= EXACT_LIMIT && seconds == (double)(int64_t)seconds)
        reader->entity->seconds_spent = (int64_t)seconds;
    return ERROR_NONE;
}

static enum error_code read_issue_link(struct reader *reader)
{
    enum error_code code = read_number(reader, MEMBER_SOURCE, &reader->entity->from_issue_id);

    if (code == ERROR_NONE)
        code = read_number(reader, MEMBER_DESTINATION, &reader->entity->to_issue_id);
    reader->entity->text = json_value_member_text(reader->found[MEMBER_LINK_TYPE], "name");
    return code;
}

/* mergedTo is a version, or the id of one. */
static enum error_code read_version(struct reader *reader)
{
    bool is_version = cJSON_IsObject(reader->merged_to);
    const cJSON *into = is_version ? json_value_member(reader->merged_to, "id") : reader->merged_to;
    enum error_code code = read_number(reader, MEMBER_PROJECT_ID, &reader->entity->project_id);

    if (code != ERROR_NONE || !json_value_is_set(into) || json_value_id(into, &reader->entity->merged_into))
        return code;
    return not_an_id(reader->context, "mergedTo", is_version ? "id" : "");
}

/* ---- kinds and events ---- */

static const struct normalize_kind
    comment_kind = {"comment", "comment", NULL, read_numeric_id, read_comment, true, true},
    worklog_kind = {"worklog", "worklog", NULL, read_numeric_id, read_worklog, true, true},
    old_worklog_kind = {"worklog", "worklog", NULL, read_numeric_id, read_worklog, false, true},
    attachment_kind = {"attachment", "attachment", NULL, read_numeric_id, NULL, true, true},
    issue_link_kind = {"issue_link", "issueLink", NULL, read_numeric_id, read_issue_link, true, false},
    version_kind = {"version", "version", NULL, read_numeric_id, read_version, true, false},
    project_kind = {"project", "project", NULL, read_numeric_id, NULL, true, false},
    sprint_kind = {"sprint", "sprint", NULL, read_numeric_id, NULL, true, false},
    board_kind = {"board", "board", NULL, read_numeric_id, NULL, true, false},
    board_configuration_kind = {"board_configuration", "configuration", NULL, read_numeric_id, NULL, true, false},
    user_kind = {"user", "user", NULL, read_account_id, NULL, true, false},
    issue_property_kind = {"issue_property", "property", NULL, read_issue_property_id, NULL, false, true},
    comment_property_kind = {"comment_property", "property", NULL, read_comment_property_id, NULL, false, true},
    issue_type_kind = {"issue_type", "issuetype", "issueType", read_numeric_id, NULL, false, false},
    filter_kind = {"filter", "filter", NULL, read_numeric_id, NULL, false, false},
    option_kind = {"option", "property", NULL, read_option_id, NULL, false, false};

/* Where a new event goes; the most frequent ones stand first. Names follow no rule, so none is derived from another. An event
 * that is not here is kept as ignored: jira_expression_evaluation_failed and app_access_* too, which tell of no entity. */
static const struct normalize_event events[] = {
    {"jira:issue_updated", NULL, NORMAL_SHOWN},
    {"jira:issue_created", NULL, NORMAL_SHOWN},
    {"jira:issue_deleted", NULL, NORMAL_DELETED},
    {"comment_created", &comment_kind, NORMAL_SHOWN},
    {"comment_updated", &comment_kind, NORMAL_SHOWN},
    {"comment_deleted", &comment_kind, NORMAL_DELETED},
    {"worklog_created", &worklog_kind, NORMAL_SHOWN},
    {"worklog_updated", &worklog_kind, NORMAL_SHOWN},
    {"worklog_deleted", &worklog_kind, NORMAL_DELETED},
    {"jira:worklog_updated", &old_worklog_kind, NORMAL_SHOWN}, /* old servers: with the issue, often without the worklog */
    {"attachment_created", &attachment_kind, NORMAL_SHOWN},
    {"attachment_deleted", &attachment_kind, NORMAL_DELETED},
    {"issuelink_created", &issue_link_kind, NORMAL_SHOWN},
    {"issuelink_deleted", &issue_link_kind, NORMAL_DELETED},
    {"jira:version_created", &version_kind, NORMAL_SHOWN},
    {"jira:version_updated", &version_kind, NORMAL_SHOWN},
    {"jira:version_released", &version_kind, NORMAL_SHOWN},
    {"jira:version_unreleased", &version_kind, NORMAL_SHOWN},
    {"jira:version_moved", &version_kind, NORMAL_SHOWN},
    {"jira:version_deleted", &version_kind, NORMAL_DELETED},
    {"jira:version_merged", &version_kind, NORMAL_DELETED},
    {"project_created", &project_kind, NORMAL_SHOWN},
    {"project_updated", &project_kind, NORMAL_SHOWN},
    {"project_deleted", &project_kind, NORMAL_DELETED},
    {"project_soft_deleted", &project_kind, NORMAL_DELETED},
    {"project_restored_deleted", &project_kind, NORMAL_RESTORED},
    {"project_archived", &project_kind, NORMAL_ARCHIVED},
    {"project_restored_archived", &project_kind, NORMAL_UNARCHIVED},
    {"sprint_created", &sprint_kind, NORMAL_SHOWN},
    {"sprint_updated", &sprint_kind, NORMAL_SHOWN},
    {"sprint_started", &sprint_kind, NORMAL_SHOWN},
    {"sprint_closed", &sprint_kind, NORMAL_SHOWN},
    {"sprint_deleted", &sprint_kind, NORMAL_DELETED},
    {"board_created", &board_kind, NORMAL_SHOWN},
    {"board_updated", &board_kind, NORMAL_SHOWN},
    {"board_deleted", &board_kind, NORMAL_DELETED},
    {"board_configuration_changed", &board_configuration_kind, NORMAL_SHOWN},
    {"user_created", &user_kind, NORMAL_SHOWN},
    {"user_updated", &user_kind, NORMAL_SHOWN},
    {"user_deleted", &user_kind, NORMAL_DELETED},
    {"issue_property_set", &issue_property_kind, NORMAL_SHOWN},
    {"issue_property_deleted", &issue_property_kind, NORMAL_DELETED},
    {"comment_property_set", &comment_property_kind, NORMAL_SHOWN},
    {"comment_property_deleted", &comment_property_kind, NORMAL_DELETED},
    {"issuetype_created", &issue_type_kind, NORMAL_SHOWN},
    {"issuetype_updated", &issue_type_kind, NORMAL_SHOWN},
    {"issuetype_deleted", &issue_type_kind, NORMAL_DELETED},
    {"filter_created", &filter_kind, NORMAL_SHOWN},
    {"filter_updated", &filter_kind, NORMAL_SHOWN},
    {"filter_deleted", &filter_kind, NORMAL_DELETED},
    {"option_voting_changed", &option_kind, NORMAL_SHOWN},
    {"option_watching_changed", &option_kind, NORMAL_SHOWN},
    {"option_unassigned_issues_changed", &option_kind, NORMAL_SHOWN},
    {"option_subtasks_changed", &option_kind, NORMAL_SHOWN},
    {"option_attachments_changed", &option_kind, NORMAL_SHOWN},
    {"option_issuelinks_changed", &option_kind, NORMAL_SHOWN},
    {"option_timetracking_changed", &option_kind, NORMAL_SHOWN},
    {"option_timetracking_provider_changed", &option_kind, NORMAL_SHOWN},
    /* Ours, not Jira's: what its REST API answered (lib/fetched.h), put so that it can be read and replayed as the rest. */
    {"jirasync:issue_fetched", NULL, NORMAL_SHOWN},
    {"jirasync:issue_gone", NULL, NORMAL_DELETED},
};

const struct normalize_event *normalize_entity_event(const char *name)
{
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (strcmp(events[i].name, name) == 0)
            return &events[i];
    return NULL;
}

/* Kinds, NULL for issues, of which the mirror misses something without their events. */
static const struct normalize_kind *const needed_kinds[] = {NULL, &comment_kind, &worklog_kind, &attachment_kind,
                                                            &issue_link_kind, &version_kind, &project_kind};

/* Events of theirs that not every Jira's administrators can ask for. */
static const struct {
    const char *name;
    bool of_cloud; /* Cloud's can; else nobody: another spelling */
} rare_events[] = {
    {"attachment_created", true},
    {"attachment_deleted", true},
    {"project_soft_deleted", true},
    {"project_restored_deleted", true},
    {"project_archived", true},
    {"project_restored_archived", true},
    {"jira:version_merged", false},
};

static bool is_asked_for(const struct normalize_event *event, bool of_cloud)
{
    bool is_needed = false;

    for (size_t i = 0; i < sizeof needed_kinds / sizeof *needed_kinds; i++)
        is_needed = is_needed || event->kind == needed_kinds[i];
    for (size_t i = 0; i < sizeof rare_events / sizeof *rare_events; i++)
        if (strcmp(event->name, rare_events[i].name) == 0)
            return is_needed && of_cloud && rare_events[i].of_cloud;
    return is_needed && strncmp(event->name, "jirasync:", strlen("jirasync:")) != 0; /* ours */
}

const char *normalize_entity_needed(bool of_cloud, size_t index)
{
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (is_asked_for(&events[i], of_cloud) && index-- == 0)
            return events[i].name;
    return NULL;
}

/* ---- reading ---- */

static bool is_refusal(enum error_code code)
{
    return code == ERROR_NO_IDENTITY || code == ERROR_WRONG_TYPE;
}

/* What was refused counts as absent: nothing is left of the error. */
static enum error_code forgive(const struct normalize_context *context)
{
    if (context->error != NULL)
        *context->error = (struct error){.code = ERROR_NONE};
    return ERROR_NONE;
}

/* The issue beside an entity. Of an odd one its id is left, if it has one. Cloud shows with a comment the very members that make
 * a whole issue, and no others; what tells it from one is that no real whole issue lacks `updated`. */
static enum error_code read_issue(const struct normalize_context *context, const cJSON *issue, struct normal_issue *normal)
{
    enum error_code code = normalize_issue_read(context, issue, normal);
    int64_t id = normal->issue_id;

    normal->is_whole = normal->is_whole && normal->updated_at != INSTANT_NONE;
    if (!is_refusal(code))
        return code;
    normalize_issue_clear(normal);
    normal->issue_id = id;
    return forgive(context);
}

static void find_value(struct reader *reader, const cJSON *body)
{
    const struct normalize_kind *kind = reader->event->kind;
    const char *const names[] = {kind->member, kind->other_member, "comment", "mergedTo"};
    const cJSON *found[4];

    json_value_members(body, names, 4, found);
    reader->entity->member = found[0] == NULL && found[1] != NULL ? kind->other_member : kind->member;
    reader->value = found[0] == NULL ? found[1] : found[0];
    reader->comment = found[2];
    reader->merged_to = found[3];
}

/* The issue's id, where the body's own issue did not tell it. */
static enum error_code read_issue_id(struct reader *reader)
{
    enum error_code code;

    if (!reader->event->kind->is_of_issue || reader->entity->issue_id != NORMALIZE_NO_ID)
        return ERROR_NONE;
    code = read_number(reader, MEMBER_ISSUE_ID, &reader->entity->issue_id);
    if (code == ERROR_NONE && reader->entity->issue_id == NORMALIZE_NO_ID)
        reader->entity->issue_id = issue_of_address(json_value_text(reader->found[MEMBER_SELF]));
    return code;
}

static enum error_code read_members(struct reader *reader)
{
    const struct normalize_kind *kind = reader->event->kind;
    enum error_code code;

    json_value_members(reader->value, member_names, MEMBERS, reader->found);
    code = read_issue_id(reader);
    if (code == ERROR_NONE)
        code = kind->read_id(reader);
    if (code != ERROR_NONE || reader->entity->id == NULL)
        return code;
    reader->entity->created_at = json_value_instant(reader->found[MEMBER_CREATED]);
    reader->entity->updated_at = json_value_instant(reader->found[MEMBER_UPDATED]);
    reader->entity->author = account_of(reader->found[MEMBER_AUTHOR]);
    return kind->read_rest == NULL ? ERROR_NONE : kind->read_rest(reader);
}

/* The same of an entity that has to be there. */
static enum error_code read_required(struct reader *reader)
{
    struct error *error = reader->context->error;
    const char *member = reader->entity->member;
    enum error_code code;

    if (!json_value_is_set(reader->value))
        return error_set(error, ERROR_NO_IDENTITY, "%s is missing", member);
    if (!cJSON_IsObject(reader->value))
        return error_set(error, ERROR_WRONG_TYPE, "%s is not an object", member);
    code = read_members(reader);
    if (code == ERROR_NONE && reader->entity->id == NULL)
        return error_set(error, ERROR_NO_IDENTITY, "%s.%s is missing", member,
                         reader->event->kind->read_id == read_account_id ? "accountId" : "id");
    return code;
}

/* The same of an entity that may be odd or absent: then its id is NULL. */
static enum error_code read_optional(struct reader *reader)
{
    enum error_code code = read_members(reader);

    if (!is_refusal(code))
        return code;
    reader->entity->id = NULL;
    return forgive(reader->context);
}

/* Room for one entity, of which nothing is known but its kind. */
static struct normal_entity *new_entity(const struct normalize_context *context, const struct normalize_event *event,
                                        int64_t issue_id)
{
    struct normal_entity *entity = arena_alloc(context->arena, sizeof *entity);

    if (entity != NULL)
        *entity = (struct normal_entity){
            .kind = event->kind->name,
            .member = event->kind->member,
            .mark = event->mark,
            .issue_id = issue_id,
            .created_at = INSTANT_NONE,
            .updated_at = INSTANT_NONE,
            .started_at = INSTANT_NONE,
            .seconds_spent = NORMALIZE_NO_ID,
            .from_issue_id = NORMALIZE_NO_ID,
            .to_issue_id = NORMALIZE_NO_ID,
            .project_id = NORMALIZE_NO_ID,
            .merged_into = NORMALIZE_NO_ID,
        };
    return entity;
}

static void add_entity(struct normal_form *form, const struct normal_entity *entity)
{
    if (entity->id == NULL)
        return;
    form->entities = entity;
    form->entity_count = 1;
}

enum error_code normalize_entity_read(const struct normalize_context *context, const struct normalize_event *event,
                                      const cJSON *body, const cJSON *issue, struct normal_form *form)
{
    struct reader reader = {.context = context, .event = event};
    enum error_code code = ERROR_NONE;

    normalize_issue_clear(&form->issue);
    if (event->kind->is_of_issue && cJSON_IsObject(issue))
        code = read_issue(context, issue, &form->issue);
    if (code != ERROR_NONE)
        return code;
    reader.entity = new_entity(context, event, form->issue.issue_id);
    if (reader.entity == NULL)
        return normalize_body_out_of_room(context->arena, context->error);
    find_value(&reader, body);
    code = event->kind->is_required ? read_required(&reader) : read_optional(&reader);
    if (code != ERROR_NONE)
        return code;
    add_entity(form, reader.entity);
    form->issue.issue_id = reader.entity->issue_id;
    form->kind = form->entity_count > 0 ? NORMAL_ENTITY : NORMAL_IGNORED;
    if (form->issue.issue_id != NORMALIZE_NO_ID)
        form->kind = NORMAL_ISSUE;
    return ERROR_NONE;
}

enum error_code normalize_entity_add_comment(const struct normalize_context *context, const cJSON *comment,
                                             enum normal_mark mark, struct normal_form *form)
{
    const struct normalize_event event = {"", &comment_kind, mark};
    struct reader reader = {.context = context, .event = &event, .value = comment};
    enum error_code code;

    reader.entity = new_entity(context, &event, form->issue.issue_id);
    if (reader.entity == NULL)
        return normalize_body_out_of_room(context->arena, context->error);
    code = read_optional(&reader);
    if (code == ERROR_NONE)
        add_entity(form, reader.entity);
    return code;
}
