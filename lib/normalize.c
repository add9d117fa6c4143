/* Verified bodies of Jira to normal forms: what kind of event it is. */
#include "normalize.h"

#include "json_value.h"
#include "normalize_body.h"
#include "normalize_changelog.h"
#include "normalize_entity.h"

#include <string.h>

/* What is looked for in every body; an event of an entity is looked through once more for what its kind names. */
enum member {
    MEMBER_EVENT,
    MEMBER_TIMESTAMP,
    MEMBER_ISSUE,
    MEMBER_CHANGELOG,
    MEMBER_COMMENT,
    MEMBER_EVENT_TYPE,
    MEMBERS
};

static const char *const member_names[MEMBERS] = {
    [MEMBER_EVENT] = "webhookEvent",
    [MEMBER_TIMESTAMP] = "timestamp",
    [MEMBER_ISSUE] = "issue",
    [MEMBER_CHANGELOG] = "changelog",
    [MEMBER_COMMENT] = "comment",
    [MEMBER_EVENT_TYPE] = "issue_event_type_name",
};

void normalize_init(void)
{
    normalize_body_init();
}

static const char workflow_post_function[] = "workflow_post_function";

/* What comes without an event's name: of a workflow's post-function, with an issue; else there is nothing to tell what it is
 * about. */
static enum error_code read_unnamed(const cJSON *tree, const cJSON *issue, struct normal_form *form, struct error *error)
{
    if (tree->child == NULL)
        return error_set(error, ERROR_NO_IDENTITY, "the body is {}: a test body, which tells of nothing");
    if (!json_value_is_set(issue))
        return error_set(error, ERROR_NO_IDENTITY,
                         "the body has neither webhookEvent nor issue: it is no event that Jira sends");
    form->event = workflow_post_function;
    return ERROR_NONE;
}

/* Names the event; *event is its row in the table, NULL for none. */
static enum error_code read_event(const cJSON *name, struct arena *arena, struct normal_form *form,
                                  const struct normalize_event **event, struct error *error)
{
    const char *text = json_value_text(name);

    *event = NULL;
    if (json_value_is_set(name) && text == NULL)
        return error_set(error, ERROR_WRONG_TYPE, "webhookEvent is not a string");
    if (text == NULL || *text == '\0')
        return ERROR_NONE;
    *event = normalize_entity_event(text);
    form->event = normalize_body_event(arena, text);
    return form->event == NULL ? normalize_body_out_of_room(arena, error) : ERROR_NONE;
}

/* Data Center's events of an issue may carry the comment that made them. */
static enum error_code read_comment(const struct normalize_context *context, const cJSON *const found[MEMBERS],
                                    struct normal_form *form)
{
    const char *type = json_value_text(found[MEMBER_EVENT_TYPE]);
    bool is_deleted = type != NULL && strcmp(type, "issue_comment_deleted") == 0;

    if (!cJSON_IsObject(found[MEMBER_COMMENT]))
        return ERROR_NONE;
    return normalize_entity_add_comment(context, found[MEMBER_COMMENT], is_deleted ? NORMAL_DELETED : NORMAL_SHOWN, form);
}

/* An issue's own event, or, with event NULL, a post-function's body. */
static enum error_code read_issue_event(const struct normalize_context *context, const struct normalize_event *event,
                                        const cJSON *const found[MEMBERS], struct normal_form *form)
{
    const cJSON *issue = found[MEMBER_ISSUE];
    enum error_code code;

    form->kind = NORMAL_ISSUE;
    if (!json_value_is_set(issue))
        return error_set(context->error, ERROR_NO_IDENTITY, "issue is missing");
    if (!cJSON_IsObject(issue))
        return error_set(context->error, ERROR_WRONG_TYPE, "issue is not an object");
    code = normalize_issue_read(context, issue, &form->issue);
    if (code != ERROR_NONE || event == NULL)
        return code;
    form->issue.is_delete = event->mark == NORMAL_DELETED;
    return read_comment(context, found, form);
}

static enum error_code read_members(const struct normalize_context *context, const cJSON *tree, struct normal_form *form)
{
    const cJSON *found[MEMBERS];
    const struct normalize_event *event;
    enum error_code code;

    json_value_members(tree, member_names, MEMBERS, found);
    code = read_event(found[MEMBER_EVENT], context->arena, form, &event, context->error);
    if (code == ERROR_NONE && form->event == NULL)
        code = read_unnamed(tree, found[MEMBER_ISSUE], form, context->error);
    if (code != ERROR_NONE)
        return code;
    form->event_at = json_value_instant(found[MEMBER_TIMESTAMP]);
    if (event != NULL && event->kind != NULL)
        code = normalize_entity_read(context, event, tree, found[MEMBER_ISSUE], form);
    else if (event != NULL || form->event == workflow_post_function)
        code = read_issue_event(context, event, found, form);
    if (code == ERROR_NONE && form->kind == NORMAL_ISSUE)
        code = normalize_changelog_read(context, found[MEMBER_CHANGELOG], &form->issue);
    return code;
}

static enum error_code read_jira_body(const char *body, size_t length, struct arena *arena, struct normal_form **form,
                                      const cJSON **tree, struct error *error)
{
    enum error_code code = normalize_body_read(body, length, arena, form, tree, error);

    if (code == ERROR_EMPTY_BODY)
        return error_set(error, code, "the body is empty: clear \"Exclude body\" in the webhook's settings in Jira");
    return code;
}

enum error_code normalize_jira(const char *body, size_t length, const struct normalize_options *options,
                               struct arena *arena, struct normal_form **form, struct error *error)
{
    const struct normalize_context context = {.arena = arena, .options = options, .error = error, .path = "issue."};
    struct normal_form *made;
    const cJSON *tree;
    enum error_code code = read_jira_body(body, length, arena, &made, &tree, error);

    if (code == ERROR_NONE)
        code = read_members(&context, tree, made);
    if (code == ERROR_NONE)
        *form = made;
    return code;
}

enum error_code normalize_jira_issue(const char *body, size_t length, const struct normalize_options *options,
                                     struct arena *arena, struct normal_form **form, struct error *error)
{
    struct normalize_context context = {.arena = arena, .options = options, .error = error, .path = ""};
    struct normal_form *made;
    const cJSON *tree;
    enum error_code code = read_jira_body(body, length, arena, &made, &tree, error);

    if (code != ERROR_NONE)
        return code;
    made->kind = NORMAL_ISSUE;
    made->event = "import";
    code = normalize_issue_read(&context, tree, &made->issue);
    if (code == ERROR_NONE)
        code =
            normalize_changelog_read_histories(&context, json_value_member(tree, "changelog"), &made->issue);
    if (code == ERROR_NONE)
        *form = made;
    return code;
}
