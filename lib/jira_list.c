/* Lists of Jira's REST, a page at a time. */
#include "jira_list.h"

#include "json_print.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CURSOR_BYTES 4096
#define FRAME_BYTES ((size_t)64 << 20) /* of an answer without its items: lists of errors, expansions */

enum paging { BY_TOKEN,
              BY_START,
              AT_ONCE };

/* How one dialect has a list; path NULL: it has it not. */
struct list_form {
    const char *path, *rest; /* what stands before and after the subject, below /rest/api/VERSION */
    const char *member;      /* where the items stand */
    enum paging paging;
    int page_size;
};

static const struct {
    const char *endpoint;
    struct list_form forms[2];
} kinds[JIRA_LIST_KINDS] = {
    [JIRA_ISSUES] = {"search", {{"/search/jql", "", "issues", BY_TOKEN, 100}, {"/search", "", "issues", BY_START, 100}}},
    [JIRA_PROJECTS] = {"project", {{"/project/search", "", "values", BY_START, 100}, {"/project", "", "values", AT_ONCE, 0}}},
    [JIRA_VERSIONS] = {"version", {{"/project/", "/version", "values", BY_START, 100}, {"/project/", "/versions", "values", AT_ONCE, 0}}},
    [JIRA_COMMENTS] = {"comment", {{"/issue/", "/comment", "comments", BY_START, 100}, {"/issue/", "/comment", "comments", BY_START, 100}}},
    [JIRA_WORKLOGS] = {"worklog", {{"/issue/", "/worklog", "worklogs", BY_START, 1000}, {"/issue/", "/worklog", "worklogs", BY_START, 1000}}},
    [JIRA_CHANGELOGS] = {"changelog", {{"/issue/", "/changelog", "values", BY_START, 100}, {NULL, NULL, NULL, AT_ONCE, 0}}},
};

struct jira_list {
    struct rest *api;
    enum jira_list_kind kind;
    const struct list_form *form;
    char *path;    /* with the subject in it */
    char *jql;     /* of issues */
    char **fields; /* of issues, ended by NULL; NULL: ids and keys */
    int page_size;
    int64_t start; /* BY_START: of the next page */
    int64_t total;
    char cursor[CURSOR_BYTES]; /* BY_TOKEN: of the next page */
    bool is_over;
    struct rest_page page;
};

static char **copy_fields(const char *const *fields)
{
    size_t count = 0;
    while (fields[count] != NULL)
        count++;
    char **copy = calloc(count + 1, sizeof *copy);
    for (size_t i = 0; copy != NULL && i < count; i++)
        copy[i] = strdup(fields[i]);
    return copy;
}

static char *make_path(const struct jira_list *list, const char *subject)
{
    char *path = NULL, *escaped = rest_escape(subject);
    if (escaped != NULL && asprintf(&path, "/rest/api/%d%s%s%s", rest_version(list->api), list->form->path, escaped, list->form->rest) < 0)
        path = NULL;
    free(escaped);
    return path;
}

static enum error_code take_cursor(struct jira_list *list, const char *cursor, struct error *error)
{
    char *end = NULL;
    if (cursor == NULL || *cursor == '\0')
        return ERROR_NONE;
    if (list->form->paging == BY_START)
        list->start = strtoll(cursor, &end, 10);
    if (end != NULL && *end == '/')
        list->total = strtoll(end + 1, &end, 10); /* of then: so it is seen when the list shrank meanwhile */
    if (strlen(cursor) >= sizeof list->cursor || (end != NULL && (*end != '\0' || list->start < 0)))
        return error_set(error, ERROR_INPUT, "this is no place in a list: %.80s", cursor);
    (void)snprintf(list->cursor, sizeof list->cursor, "%s", cursor);
    return ERROR_NONE;
}

enum error_code jira_list_new(struct rest *api, const struct jira_list_options *options, struct jira_list **list,
                              struct error *error)
{
    struct jira_list *made = calloc(1, sizeof *made);
    *list = NULL;
    if (made == NULL)
        return error_set(error, ERROR_NO_MEMORY, "no memory for a list");
    made->api = api;
    made->kind = options->kind;
    made->form = &kinds[options->kind].forms[rest_dialect(api)];
    made->page_size = options->page_size > 0 ? options->page_size : made->form->page_size;
    made->total = -1;
    enum error_code code = made->form->path == NULL ? error_set(error, ERROR_INPUT, "Jira Data Center has no list of %ss", kinds[options->kind].endpoint)
                                                    : take_cursor(made, options->cursor, error);
    if (code == ERROR_NONE) {
        bool is_search = options->kind == JIRA_ISSUES;
        made->path = make_path(made, is_search || options->subject == NULL ? "" : options->subject);
        made->jql = is_search ? strdup(options->subject) : NULL;
        made->fields = is_search && options->fields != NULL ? copy_fields(options->fields) : NULL;
        if (made->path == NULL || (is_search && made->jql == NULL) || (options->fields != NULL && made->fields == NULL) ||
            !rest_page_init(&made->page, FRAME_BYTES))
            code = error_set(error, ERROR_NO_MEMORY, "no memory for a list");
    }
    if (code == ERROR_NONE)
        *list = made;
    else
        jira_list_free(made);
    return code;
}

void jira_list_free(struct jira_list *list)
{
    if (list == NULL)
        return;
    for (size_t i = 0; list->fields != NULL && list->fields[i] != NULL; i++)
        free(list->fields[i]);
    free(list->fields);
    free(list->jql);
    free(list->path);
    rest_page_free(&list->page);
    free(list);
}

const char *jira_list_cursor(const struct jira_list *list)
{
    return list->cursor;
}

int64_t jira_list_total(const struct jira_list *list)
{
    return list->total;
}

/* Asking. */

static void print_search(const struct jira_list *list, struct json_printer *json)
{
    static const char *const ids_and_keys[] = {"id", "key", NULL};
    const char *const *fields = list->fields == NULL ? ids_and_keys : (const char *const *)list->fields;
    size_t count = 0;
    while (fields[count] != NULL)
        count++;
    json_print_open(json, "{");
    json_print_text(json, "jql", list->jql);
    json_print_number(json, "maxResults", list->page_size);
    json_print_texts(json, "fields", fields, count);
    if (list->form->paging == BY_START)
        json_print_number(json, "startAt", list->start);
    else if (*list->cursor != '\0')
        json_print_text(json, "nextPageToken", list->cursor);
    json_print_close(json, "}");
}

/* The body of a search; malloc'ed. */
static char *search_body(const struct jira_list *list)
{
    struct json_printer json;
    json_print_init(&json, NULL, 0, JSON_PRINT_COMPACT);
    print_search(list, &json);
    size_t size = json.writer.length + 1;
    char *body = malloc(size);
    if (body != NULL) {
        json_print_init(&json, body, size, JSON_PRINT_COMPACT);
        print_search(list, &json);
    }
    return body;
}

static enum error_code ask(struct jira_list *list, struct rest_problem *problem, struct error *error)
{
    char query[96];
    char *body = list->kind == JIRA_ISSUES ? search_body(list) : NULL;
    const bool is_paged = list->kind != JIRA_ISSUES && list->form->paging == BY_START;
    const struct rest_call call = {.endpoint = kinds[list->kind].endpoint,
                                   .path = list->path,
                                   .query = is_paged ? query : NULL,
                                   .body = body,
                                   .member = list->form->member};
    if (list->kind == JIRA_ISSUES && body == NULL)
        return error_set(error, ERROR_NO_MEMORY, "no memory for a search");
    (void)snprintf(query, sizeof query, "startAt=%" PRId64 "&maxResults=%d", list->start, list->page_size);
    enum error_code code = rest_call(list->api, &call, &list->page, problem, error);
    free(body);
    return code;
}

/* Going on. */

static enum error_code follow_token(struct jira_list *list, struct rest_problem *problem, struct error *error)
{
    const char *token = list->page.next_token;
    list->is_over = list->page.is_last || token == NULL || *token == '\0';
    if (!list->is_over && (strcmp(token, list->cursor) == 0 || strlen(token) >= sizeof list->cursor)) {
        problem->fault = REST_BROKEN;
        return error_set(error, ERROR_IO, "the search gives the same page's token again, or one past %d bytes", CURSOR_BYTES);
    }
    (void)snprintf(list->cursor, sizeof list->cursor, "%s", list->is_over ? "" : token);
    return ERROR_NONE;
}

/* A list that shrank has shifted by so much: what fell before this page is read again. */
static void follow_start(struct jira_list *list)
{
    const struct rest_page *page = &list->page;
    int64_t shrunk = list->total > page->total && page->total >= 0 ? list->total - page->total : 0;
    int64_t end = list->start + (int64_t)page->count;
    if (page->total >= 0)
        list->total = page->total;
    list->is_over = shrunk == 0 && (page->count == 0 || page->is_last || (page->total >= 0 && end >= page->total));
    list->start = shrunk == 0 ? end : list->start > shrunk ? list->start - shrunk
                                                           : 0;
    if (list->is_over)
        list->cursor[0] = '\0';
    else
        (void)snprintf(list->cursor, sizeof list->cursor, "%" PRId64 "/%" PRId64, list->start, list->total);
}

static enum error_code go_on(struct jira_list *list, struct rest_problem *problem, struct error *error)
{
    switch (list->form->paging) {
    case BY_TOKEN:
        return follow_token(list, problem, error);
    case BY_START:
        follow_start(list);
        return ERROR_NONE;
    default:
        list->is_over = true;
        return ERROR_NONE;
    }
}

enum error_code jira_list_next(struct jira_list *list, const struct rest_page **page, struct rest_problem *problem,
                               struct error *error)
{
    enum error_code code;
    *page = NULL;
    *problem = (struct rest_problem){.fault = REST_FINE};
    if (list->is_over)
        return ERROR_NONE;
    while ((code = ask(list, problem, error)) == ERROR_BODY_TOO_LARGE && list->page_size > 1)
        list->page_size /= 2;
    if (code == ERROR_NONE)
        code = go_on(list, problem, error);
    else if (problem->fault == REST_WRONG && list->form->paging == BY_TOKEN && *list->cursor != '\0')
        problem->fault = REST_STALE; /* the search itself was good when it began */
    if (code == ERROR_NONE)
        *page = &list->page;
    return code;
}
