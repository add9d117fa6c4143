/* The webhooks that a Jira site's administrators have set up. */
#include "jira_webhook.h"

#include "json_print.h"
#include "json_value.h"
#include "normalize_body.h"
#include "normalize_entity.h"
#include "utf8.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define OLD_PATH "/rest/webhooks/1.0/webhook"
#define NEW_PATH "/rest/jira-webhook/1.0/webhooks"
#define FRAME_BYTES ((size_t)16 << 20)
#define ID_BYTES 24
#define FILTER "issue-related-events-section" /* where the old resource has its JQL */

struct jira_webhook_list {
    struct rest_page page;
    struct arena *arena; /* of what the webhooks point to */
    bool is_new;         /* the resource of Data Center 10 */
    struct jira_webhook *webhooks;
    size_t count;
};

void jira_webhook_list_free(struct jira_webhook_list *list)
{
    if (list == NULL)
        return;
    rest_page_free(&list->page);
    arena_free(list->arena);
    free(list->webhooks);
    free(list);
}

size_t jira_webhook_list_count(const struct jira_webhook_list *list)
{
    return list->count;
}

const struct jira_webhook *jira_webhook_list_at(const struct jira_webhook_list *list, size_t index)
{
    return &list->webhooks[index];
}

/* Reading. */

static const char *const *read_events(struct arena *arena, const cJSON *events, size_t *count)
{
    const cJSON *event;
    int size = cJSON_IsArray(events) ? cJSON_GetArraySize(events) : 0;
    const char **names = arena_alloc(arena, ((size_t)size + 1) * sizeof *names);
    *count = 0;
    if (size == 0 || names == NULL)
        return names;
    cJSON_ArrayForEach(event, events)
    {
        if (cJSON_IsString(event))
            names[(*count)++] = event->valuestring;
    }
    return names;
}

/* The number at the end of its own address, or its id. */
static const char *read_id(struct arena *arena, const cJSON *id, const char *self)
{
    int64_t number;
    const char *slash = self == NULL ? NULL : strrchr(self, '/');
    if (json_value_id(id, &number)) {
        char text[ID_BYTES];
        (void)snprintf(text, sizeof text, "%" PRId64, number);
        return arena_copy(arena, text, strlen(text));
    }
    return slash != NULL && slash[1] != '\0' && strspn(slash + 1, "0123456789") == strlen(slash + 1) ? slash + 1 : NULL;
}

static bool is_yes(const cJSON *value)
{
    const char *text = json_value_text(value);
    return cJSON_IsTrue(value) || (text != NULL && strcasecmp(text, "true") == 0);
}

static bool is_no(const cJSON *value)
{
    const char *text = json_value_text(value);
    return cJSON_IsFalse(value) || (text != NULL && strcasecmp(text, "false") == 0);
}

static const char *text_or_null(const char *text)
{
    return text == NULL || *text == '\0' ? NULL : text;
}

static enum error_code read_webhook(struct jira_webhook_list *list, const cJSON *seen, struct jira_webhook *webhook,
                                    struct error *error)
{
    enum { ID,
           SELF,
           NAME,
           URL,
           EVENTS,
           ENABLED,
           ACTIVE,
           EXCLUDES,
           SIGNED,
           FILTERS,
           CONFIGURATION,
           MEMBERS };
    static const char *const names[MEMBERS] = {"id", "self", "name", "url", "events", "enabled", "active", "excludeBody", "isSigned",
                                               "filters", "configuration"};
    const cJSON *found[MEMBERS];
    json_value_members(seen, names, MEMBERS, found);
    *webhook = (struct jira_webhook){.seen = seen,
                                     .id = read_id(list->arena, found[ID], json_value_text(found[SELF])),
                                     .name = json_value_text(found[NAME]),
                                     .url = json_value_text(found[URL]),
                                     .is_active = !is_no(found[ENABLED]) && !is_no(found[ACTIVE])};
    webhook->events = read_events(list->arena, found[EVENTS], &webhook->event_count);
    webhook->is_without_body = is_yes(found[EXCLUDES]) || is_yes(json_value_member(found[CONFIGURATION], "EXCLUDE_BODY"));
    webhook->signing = is_yes(found[SIGNED]) ? JIRA_WEBHOOK_SIGNED : is_no(found[SIGNED]) ? JIRA_WEBHOOK_UNSIGNED
                                                                                          : JIRA_WEBHOOK_UNTOLD;
    webhook->filter = text_or_null(json_value_member_text(list->is_new ? found[CONFIGURATION] : found[FILTERS],
                                                          list->is_new ? "FILTERS" : FILTER));
    return webhook->events == NULL ? normalize_body_out_of_room(list->arena, error) : ERROR_NONE;
}

static enum error_code read_all(struct jira_webhook_list *list, struct error *error)
{
    enum error_code code = ERROR_NONE;
    list->webhooks = calloc(list->page.count + 1, sizeof *list->webhooks);
    if (list->webhooks == NULL)
        return error_set(error, ERROR_NO_MEMORY, "no memory for webhooks");
    for (size_t i = 0; code == ERROR_NONE && i < list->page.count; i++) {
        const struct jira_item *item = &list->page.items[i];
        struct normal_form *form;
        const cJSON *seen;
        code = normalize_body_read(item->bytes, item->length, list->arena, &form, &seen, error);
        if (code == ERROR_NONE)
            code = read_webhook(list, seen, &list->webhooks[list->count++], error);
    }
    return code;
}

static enum error_code ask(struct rest *api, struct jira_webhook_list *list, struct rest_problem *problem, struct error *error)
{
    struct rest_call call = {.endpoint = "webhook", .path = OLD_PATH, .member = "webhooks"};
    enum error_code code = rest_call(api, &call, &list->page, problem, error);
    if (problem->fault == REST_ABSENT && rest_dialect(api) == JIRA_DATA_CENTER) {
        list->is_new = true;
        call.path = NEW_PATH;
        code = rest_call(api, &call, &list->page, problem, error);
    }
    return code;
}

enum error_code jira_webhook_list_read(struct rest *api, struct jira_webhook_list **list, struct rest_problem *problem,
                                       struct error *error)
{
    struct jira_webhook_list *made = calloc(1, sizeof *made);
    enum error_code code = ERROR_NO_MEMORY;
    *list = NULL;
    *problem = (struct rest_problem){.fault = REST_FINE};
    if (made != NULL && rest_page_init(&made->page, FRAME_BYTES) && (made->arena = arena_new(FRAME_BYTES)) != NULL)
        code = ask(api, made, problem, error);
    else
        error_set(error, code, "no memory for webhooks");
    if (code == ERROR_NONE)
        code = read_all(made, error);
    if (code == ERROR_NONE)
        *list = made;
    else
        jira_webhook_list_free(made);
    return code;
}

static bool sends(const struct jira_webhook *webhook, const char *event)
{
    for (size_t i = 0; i < webhook->event_count; i++)
        if (strcmp(webhook->events[i], event) == 0)
            return true;
    return false;
}

const char *jira_webhook_missing(const struct rest *api, const struct jira_webhook *webhook, size_t *at)
{
    const char *event;
    while ((event = normalize_entity_needed(rest_dialect(api) == JIRA_CLOUD, (*at)++)) != NULL)
        if (!sends(webhook, event))
            return event;
    return NULL;
}

/* Writing. */

/* What stands in an object of texts stays, but for what is set anew. */
static void print_kept_texts(struct json_printer *json, const cJSON *object, const char *const *but, size_t count)
{
    const cJSON *member;
    cJSON_ArrayForEach(member, object)
    {
        bool is_kept = cJSON_IsString(member);
        for (size_t i = 0; i < count; i++)
            is_kept = is_kept && strcmp(member->string, but[i]) != 0;
        if (is_kept)
            json_print_text(json, member->string, member->valuestring);
    }
}

static void print_events(struct json_printer *json, const struct rest *api, const struct jira_webhook *old)
{
    static const struct jira_webhook none;
    const char *event;
    size_t at = 0;
    json_print_name(json, "events");
    json_print_open(json, "[");
    for (size_t i = 0; old != NULL && i < old->event_count; i++)
        json_print_text(json, NULL, old->events[i]);
    while ((event = jira_webhook_missing(api, old == NULL ? &none : old, &at)) != NULL)
        json_print_text(json, NULL, event);
    json_print_close(json, "]");
}

/* Data Center 10 takes the secret as a part of the configuration, and overlooks it elsewhere. */
static void print_new(struct json_printer *json, const struct jira_webhook *old, const char *secret)
{
    static const char *const set[] = {"SECRET", "EXCLUDE_BODY"};
    json_print_bool(json, "active", true);
    json_print_text(json, "scopeType", "global");
    json_print_name(json, "configuration");
    json_print_open(json, "{");
    print_kept_texts(json, old == NULL ? NULL : json_value_member(old->seen, "configuration"), set, 2);
    json_print_text(json, "EXCLUDE_BODY", "false");
    json_print_text(json, "SECRET", secret);
    json_print_close(json, "}");
}

static void print_old(struct json_printer *json, const struct jira_webhook *old, const char *secret)
{
    json_print_bool(json, "enabled", true);
    json_print_bool(json, "excludeBody", false);
    json_print_name(json, "filters");
    json_print_open(json, "{");
    print_kept_texts(json, old == NULL ? NULL : json_value_member(old->seen, "filters"), NULL, 0);
    json_print_close(json, "}");
    json_print_text(json, "secret", secret);
}

struct wanted {
    const struct rest *api;
    const struct jira_webhook *old;
    const char *name, *url, *secret;
    bool is_new;
};

static size_t print_wanted(const struct wanted *wanted, char *text, size_t size)
{
    struct json_printer json;
    json_print_init(&json, text, size, JSON_PRINT_COMPACT);
    json_print_open(&json, "{");
    json_print_text(&json, "name", wanted->old != NULL && wanted->old->name != NULL ? wanted->old->name : wanted->name);
    json_print_text(&json, "url", wanted->url);
    print_events(&json, wanted->api, wanted->old);
    if (wanted->is_new)
        print_new(&json, wanted->old, wanted->secret);
    else
        print_old(&json, wanted->old, wanted->secret);
    json_print_close(&json, "}");
    return json.writer.length + 1;
}

static enum error_code send_wanted(struct rest *api, const struct wanted *wanted, struct rest_page *page,
                                   struct rest_problem *problem, struct error *error)
{
    size_t size = print_wanted(wanted, NULL, 0);
    char *body = malloc(size), *path = NULL;
    bool is_change = wanted->old != NULL && wanted->old->id != NULL;
    struct rest_call call = {.endpoint = "webhook", .body = body, .method = is_change ? "PUT" : "POST", .is_once = true};
    enum error_code code = ERROR_NO_MEMORY;
    if (asprintf(&path, "%s%s%s", wanted->is_new ? NEW_PATH : OLD_PATH, is_change ? "/" : "", is_change ? wanted->old->id : "") < 0)
        path = NULL;
    if (body != NULL && path != NULL) {
        (void)print_wanted(wanted, body, size);
        call.path = path;
        code = rest_call(api, &call, page, problem, error);
    } else {
        error_set(error, code, "no memory for a webhook");
    }
    if (body != NULL)
        sodium_memzero(body, size);
    free(body);
    free(path);
    return code;
}

enum error_code jira_webhook_put(struct rest *api, const struct jira_webhook_list *list, const struct jira_webhook *old,
                                 const char *name, const char *url, const struct secret *secret, struct rest_problem *problem,
                                 struct error *error)
{
    const char *bytes = (const char *)secret_bytes(secret);
    size_t length = secret_length(secret);
    struct rest_page page;
    *problem = (struct rest_problem){.fault = REST_FINE};
    if (memchr(bytes, '\0', length) != NULL || !utf8_is_valid(bytes, length))
        return error_set(error, ERROR_CONFIG, "the secret %s is no text: Jira takes none but UTF-8", secret_reference(secret));
    char *text = strndup(bytes, length);
    if (!rest_page_init(&page, FRAME_BYTES) || text == NULL) {
        free(text);
        return error_set(error, ERROR_NO_MEMORY, "no memory for a webhook");
    }
    const struct wanted wanted = {.api = api, .old = old, .name = name, .url = url, .secret = text, .is_new = list->is_new};
    enum error_code code = send_wanted(api, &wanted, &page, problem, error);
    sodium_memzero(text, length);
    free(text);
    rest_page_free(&page);
    return code;
}
