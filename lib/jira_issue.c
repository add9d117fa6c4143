/* Single issues of Jira's REST, and many by their ids. */
#include "jira_issue.h"

#include "jql.h"
#include "json_print.h"
#include "json_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_BYTES 24
#define COUNT_FRAME_BYTES ((size_t)1 << 20)
#define BODY_BYTES ((size_t)JIRA_ISSUE_BULK_MAX * (ID_BYTES + 4) + 256)

enum error_code jira_issue_get(struct rest *api, const char *id_or_key, bool with_changelog, struct rest_page *page,
                               struct rest_problem *problem, struct error *error)
{
    char *name = rest_escape(id_or_key), *path = NULL;
    struct rest_call call = {.endpoint = "issue", .query = with_changelog ? "fields=*all&expand=changelog" : "fields=*all"};
    enum error_code code = ERROR_NO_MEMORY;
    *problem = (struct rest_problem){.fault = REST_FINE};
    if (name == NULL || asprintf(&path, "/rest/api/%d/issue/%s", rest_version(api), name) < 0) {
        error_set(error, code, "no memory for a request");
    } else {
        call.path = path;
        code = rest_call(api, &call, page, problem, error);
        free(path);
    }
    free(name);
    return code;
}

static const char *const all_fields[] = {"*all"};

static void print_bulk(char *body, const int64_t *ids, size_t count)
{
    char texts[JIRA_ISSUE_BULK_MAX][ID_BYTES];
    const char *words[JIRA_ISSUE_BULK_MAX];
    struct json_printer json;
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(texts[i], ID_BYTES, "%" PRId64, ids[i]);
        words[i] = texts[i];
    }
    json_print_init(&json, body, BODY_BYTES, JSON_PRINT_COMPACT);
    json_print_open(&json, "{");
    json_print_texts(&json, "issueIdsOrKeys", words, count);
    json_print_texts(&json, "fields", all_fields, 1);
    json_print_close(&json, "}");
}

/* Data Center has no bulk request: a search that is not checked, since it would refuse an id that is not there. */
static void print_search(char *body, const char *jql)
{
    struct json_printer json;
    json_print_init(&json, body, BODY_BYTES, JSON_PRINT_COMPACT);
    json_print_open(&json, "{");
    json_print_text(&json, "jql", jql);
    json_print_number(&json, "maxResults", JIRA_ISSUE_BULK_MAX);
    json_print_bool(&json, "validateQuery", false);
    json_print_texts(&json, "fields", all_fields, 1);
    json_print_close(&json, "}");
}

static enum error_code print_body(const struct rest *api, char *body, const int64_t *ids, size_t count, struct error *error)
{
    const char *text;
    struct jql *jql;
    enum error_code code;
    if (rest_dialect(api) == JIRA_CLOUD) {
        print_bulk(body, ids, count);
        return ERROR_NONE;
    }
    if ((jql = jql_new()) == NULL)
        return error_set(error, ERROR_NO_MEMORY, "no memory for a search");
    jql_ids_in(jql, ids, count);
    code = jql_text(jql, &text, error);
    if (code == ERROR_NONE)
        print_search(body, text);
    jql_free(jql);
    return code;
}

enum error_code jira_issue_bulk(struct rest *api, const int64_t *ids, size_t count, struct rest_page *page,
                                struct rest_problem *problem, struct error *error)
{
    char body[BODY_BYTES], path[64];
    const struct rest_call call = {.endpoint = "bulkfetch", .path = path, .body = body, .member = "issues"};
    *problem = (struct rest_problem){.fault = REST_FINE};
    if (count == 0 || count > JIRA_ISSUE_BULK_MAX)
        return error_set(error, ERROR_INPUT, "1 to %d issues are fetched at once, not %zu", JIRA_ISSUE_BULK_MAX, count);
    (void)snprintf(path, sizeof path, "/rest/api/%d/%s", rest_version(api),
                   rest_dialect(api) == JIRA_CLOUD ? "issue/bulkfetch" : "search");
    enum error_code code = print_body(api, body, ids, count, error);
    return code == ERROR_NONE ? rest_call(api, &call, page, problem, error) : code;
}

static void print_count(struct json_printer *json, const char *jql, bool is_cloud)
{
    json_print_open(json, "{");
    json_print_text(json, "jql", jql);
    if (!is_cloud)
        json_print_number(json, "maxResults", 0);
    json_print_close(json, "}");
}

/* The body of a count; malloc'ed. */
static char *count_body(const char *jql, bool is_cloud)
{
    struct json_printer json;
    json_print_init(&json, NULL, 0, JSON_PRINT_COMPACT);
    print_count(&json, jql, is_cloud);
    size_t size = json.writer.length + 1;
    char *body = malloc(size);
    if (body != NULL) {
        json_print_init(&json, body, size, JSON_PRINT_COMPACT);
        print_count(&json, jql, is_cloud);
    }
    return body;
}

enum error_code jira_issue_count(struct rest *api, const char *jql, int64_t *count, struct rest_problem *problem,
                                 struct error *error)
{
    bool is_cloud = rest_dialect(api) == JIRA_CLOUD;
    char path[64], *body = count_body(jql, is_cloud);
    struct rest_page page = {0};
    const struct rest_call call = {.endpoint = "search", .path = path, .body = body};
    enum error_code code = ERROR_NO_MEMORY;
    *count = -1;
    *problem = (struct rest_problem){.fault = REST_FINE};
    (void)snprintf(path, sizeof path, "/rest/api/%d/search%s", rest_version(api), is_cloud ? "/approximate-count" : "");
    if (body == NULL || !rest_page_init(&page, COUNT_FRAME_BYTES))
        error_set(error, code, "no memory for a search");
    else if ((code = rest_call(api, &call, &page, problem, error)) == ERROR_NONE) {
        const cJSON *told = json_value_member(page.frame, is_cloud ? "count" : "total");
        *count = cJSON_IsNumber(told) && told->valuedouble >= 0 ? (int64_t)told->valuedouble : -1;
    }
    rest_page_free(&page);
    free(body);
    return code;
}
