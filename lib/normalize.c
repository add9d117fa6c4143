/* Verified bodies to normal forms: checks, parsing, and what kind of event it is. */
#include "normalize.h"

#include "json_text.h"
#include "json_value.h"
#include "normalize_changelog.h"
#include "normalize_entity.h"

#include <string.h>

#define DEPTH_LIMIT CJSON_NESTING_LIMIT
#define NUMBER_LIMIT 63u /* characters of a number that cJSON takes */
#define EVENT_BYTES 255u /* of an event's name that are kept */

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

/* What the hooks of cJSON allocate from, set while this thread parses. */
static _Thread_local struct arena *parsing_arena;
static _Thread_local bool parsing_was_refused;

static void *parsing_alloc(size_t size)
{
    void *bytes = parsing_arena == NULL ? NULL : arena_alloc(parsing_arena, size);

    parsing_was_refused |= bytes == NULL;
    return bytes;
}

static void parsing_free(void *bytes)
{
    (void)bytes; /* arena_reset gives all back */
}

void normalize_init(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = parsing_alloc, .free_fn = parsing_free});
}

/* Parses one value; *end is where it ended or what could not be read. */
static cJSON *parse(struct arena *arena, const char *text, size_t length, const char **end)
{
    cJSON *root;

    parsing_arena = arena;
    parsing_was_refused = false;
    *end = text;
    root = cJSON_ParseWithLengthOpts(text, length, end, false);
    parsing_arena = NULL;
    return root;
}

static enum error_code parse_failed(struct arena *arena, const char *text, const char *end,
                                    struct error *error)
{
    size_t offset = (size_t)(end - text);

    if (parsing_was_refused)
        return normalize_issue_out_of_room(arena, error);
    if (json_text_depth(text, offset) >= DEPTH_LIMIT)
        return error_set(error, ERROR_TOO_COMPLEX, "the body is nested more than %d deep", DEPTH_LIMIT);
    return error_set(error, ERROR_INVALID_JSON, "the body is not well-formed JSON near byte %zu", offset);
}

/* Parses text. Numbers longer than cJSON takes are legal JSON, so a text that fails is tried again with short
 * ones; PostgreSQL keeps all digits, since it reads the text itself. */
static enum error_code read_tree(struct arena *arena, const char *text, size_t length, const cJSON **tree,
                                 struct error *error)
{
    const char *end;
    char *shortened = NULL;
    size_t shortened_length = 0;

    *tree = parse(arena, text, length, &end);
    if (*tree == NULL && !parsing_was_refused) {
        if (!json_text_shorten_numbers(arena, text, length, NUMBER_LIMIT, &shortened, &shortened_length))
            return normalize_issue_out_of_room(arena, error);
        if (shortened != NULL) {
            text = shortened;
            length = shortened_length;
            *tree = parse(arena, text, length, &end);
        }
    }
    if (*tree == NULL)
        return parse_failed(arena, text, end, error);
    if (!json_text_is_blank(end, length - (size_t)(end - text)))
        return error_set(error, ERROR_INVALID_JSON, "the body goes on after its JSON value, at byte %zu",
                         (size_t)(end - text));
    return ERROR_NONE;
}

/* What PostgreSQL would refuse and cJSON would not, as far as it is cheap to see. */
static enum error_code check_bytes(const char *body, size_t length, struct error *error)
{
    if (json_text_is_blank(body, length))
        return error_set(error, ERROR_EMPTY_BODY,
                         "the body is empty: clear \"Exclude body\" in the webhook's settings in Jira");
    if (length >= 3 && memcmp(body, "\xEF\xBB\xBF", 3) == 0)
        return error_set(error, ERROR_INVALID_JSON,
                         "the body starts with a byte order mark, which JSON does not allow");
    if (memchr(body, '\0', length) != NULL)
        return error_set(error, ERROR_INVALID_JSON, "the body holds a raw NUL byte");
    return ERROR_NONE;
}

/* The steps that all bodies share: an empty form with its storable text, and the parsed object. */
static enum error_code read_body(const char *body, size_t length, struct arena *arena,
                                 struct normal_form **form, const cJSON **tree, struct error *error)
{
    enum error_code code = check_bytes(body, length, error);
    const char *text = body;
    struct normal_form *made;

    if (code != ERROR_NONE)
        return code;
    made = arena_alloc(arena, sizeof *made);
    if (made == NULL)
        return normalize_issue_out_of_room(arena, error);
    *made = (struct normal_form){.kind = NORMAL_IGNORED, .event_at = INSTANT_NONE};
    if (!json_text_storable(arena, body, length, &text, &made->altered))
        return normalize_issue_out_of_room(arena, error);
    if (made->altered > 0) {
        made->storable = text;
        made->storable_length = length;
    }
    code = read_tree(arena, text, length, tree, error);
    if (code != ERROR_NONE)
        return code;
    if (!cJSON_IsObject(*tree))
        return error_set(error, ERROR_NOT_AN_OBJECT, "the body is JSON, but not an object");
    *form = made;
    return ERROR_NONE;
}

/* The name, cut to EVENT_BYTES at the start of a character. */
static const char *bounded_event(struct arena *arena, const char *name)
{
    size_t length = strnlen(name, EVENT_BYTES + 1);

    if (length <= EVENT_BYTES)
        return name;
    length = EVENT_BYTES;
    while (length > 0 && ((unsigned char)name[length] & 0xC0) == 0x80)
        length--;
    return arena_copy(arena, name, length);
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
    form->event = bounded_event(arena, text);
    return form->event == NULL ? normalize_issue_out_of_room(arena, error) : ERROR_NONE;
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

enum error_code normalize_jira(const char *body, size_t length, const struct normalize_options *options,
                               struct arena *arena, struct normal_form **form, struct error *error)
{
    const struct normalize_context context = {.arena = arena, .options = options, .error = error, .path = "issue."};
    struct normal_form *made;
    const cJSON *tree;
    enum error_code code = read_body(body, length, arena, &made, &tree, error);

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
    enum error_code code = read_body(body, length, arena, &made, &tree, error);

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
