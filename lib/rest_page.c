/* One answer of a REST in memory: cut into items by a scan, its frame parsed. */
#include "rest_page.h"

#include "json_slice.h"
#include "json_value.h"
#include "normalize_body.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_MIN 64

bool rest_page_init(struct rest_page *page, size_t limit)
{
    *page = (struct rest_page){.arena = arena_new(limit)};
    return page->arena != NULL;
}

void rest_page_free(struct rest_page *page)
{
    arena_free(page->arena);
    http_body_free(&page->body);
    free(page->items);
    *page = (struct rest_page){0};
}

static bool add_item(struct rest_page *page, const char *bytes, size_t length)
{
    if (page->count == page->room) {
        size_t room = page->room == 0 ? ROOM_MIN : 2 * page->room;
        struct jira_item *larger = realloc(page->items, room * sizeof *larger);
        if (larger == NULL)
            return false;
        page->items = larger;
        page->room = room;
    }
    page->items[page->count++] = (struct jira_item){.bytes = bytes, .length = length};
    return true;
}

/* Finds the items: each ends where the scan says so. */
static enum error_code cut(struct rest_page *page, const char *member, struct error *error)
{
    struct json_slice *slice = json_slice_new(member, page->body.length + 1);
    enum json_slice_step step = JSON_SLICE_ISSUE;
    enum error_code code = slice == NULL ? ERROR_NO_MEMORY : ERROR_NONE;
    for (size_t at = 0, used; code == ERROR_NONE && step == JSON_SLICE_ISSUE;) {
        size_t length;
        step = json_slice_feed(slice, page->body.bytes + at, page->body.length - at, &used);
        at += used;
        (void)json_slice_issue(slice, &length);
        if (step == JSON_SLICE_ISSUE && !add_item(page, page->body.bytes + at - length, length))
            code = ERROR_NO_MEMORY;
    }
    if (code == ERROR_NONE && (step == JSON_SLICE_BAD || json_slice_end(slice) == JSON_SLICE_BAD)) {
        uint64_t offset;
        const char *problem = json_slice_problem(slice, &offset);
        code = error_set(error, ERROR_INVALID_JSON, "the answer is no JSON as Jira sends it, at byte %llu: %s",
                         (unsigned long long)offset, problem);
    } else if (code != ERROR_NONE) {
        error_set(error, code, "no memory for an answer");
    }
    json_slice_free(slice);
    return code;
}

/* What stands around the items, with 0 for each of them. NULL when the arena refuses. */
static char *frame_text(struct rest_page *page, size_t *length)
{
    size_t bytes = page->body.length + page->count;
    for (size_t i = 0; i < page->count; i++)
        bytes -= page->items[i].length;
    char *text = arena_alloc(page->arena, bytes + 1), *to = text;
    const char *from = page->body.bytes;
    for (size_t i = 0; text != NULL && i < page->count; i++) {
        size_t before = (size_t)(page->items[i].bytes - from);
        memcpy(to, from, before);
        to += before;
        *to++ = '0';
        from = page->items[i].bytes + page->items[i].length;
    }
    if (text != NULL) {
        memcpy(to, from, (size_t)(page->body.bytes + page->body.length - from));
        text[bytes] = '\0';
    }
    *length = bytes;
    return text;
}

static int64_t whole_number(const cJSON *value)
{
    double number = cJSON_IsNumber(value) ? value->valuedouble : -1;
    return number >= 0 && number < 9007199254740992.0 ? (int64_t)number : -1; /* 2^53 */
}

static enum error_code read_frame(struct rest_page *page, const char *member, struct error *error)
{
    enum { TOKEN,
           IS_LAST,
           TOTAL,
           START_AT,
           ITEMS,
           NAMES };
    const char *const names[NAMES] = {"nextPageToken", "isLast", "total", "startAt", member};
    const cJSON *found[NAMES];
    struct normal_form *form;
    size_t length;
    char *text = frame_text(page, &length);
    if (text == NULL)
        return normalize_body_out_of_room(page->arena, error);
    enum error_code code = normalize_body_read(text, length, page->arena, &form, &page->frame, error);
    if (code == ERROR_NO_MEMORY || code == ERROR_TOO_COMPLEX)
        return code;
    if (code != ERROR_NONE) /* an object without the member is cut as if it were an item */
        return error_set(error, ERROR_INVALID_JSON, "the answer has no \"%s\"", member);
    json_value_members(page->frame, names, NAMES, found);
    page->next_token = json_value_text(found[TOKEN]);
    page->is_last = cJSON_IsTrue(found[IS_LAST]);
    page->total = whole_number(found[TOTAL]);
    page->start_at = whole_number(found[START_AT]);
    page->has_items = cJSON_IsArray(found[ITEMS]);
    return ERROR_NONE;
}

static const char *first_mark(const struct http_body *body)
{
    return body->bytes == NULL ? "" : body->bytes + strspn(body->bytes, " \t\r\n");
}

static enum error_code read_whole(struct rest_page *page, struct error *error)
{
    struct normal_form *form;
    enum error_code code = normalize_body_read(page->body.bytes, page->body.length, page->arena, &form, &page->frame, error);
    if (code != ERROR_NONE)
        return code == ERROR_NO_MEMORY ? code : error_set(error, ERROR_INVALID_JSON, "the answer is no JSON object");
    return add_item(page, page->body.bytes, page->body.length) ? ERROR_NONE
                                                               : error_set(error, ERROR_NO_MEMORY, "no memory for an answer");
}

enum error_code rest_page_read(struct rest_page *page, const char *member, struct error *error)
{
    char mark = *first_mark(&page->body);
    arena_reset(page->arena);
    page->count = 0;
    page->frame = NULL;
    page->next_token = NULL;
    page->total = page->start_at = -1;
    page->is_last = page->has_items = false;
    if (mark != '{' && (mark != '[' || member == NULL))
        return error_set(error, ERROR_INVALID_JSON, "the answer is no JSON");
    if (member == NULL)
        return read_whole(page, error);
    enum error_code code = cut(page, member, error);
    if (code != ERROR_NONE || mark == '[') {
        page->has_items = page->is_last = code == ERROR_NONE;
        return code;
    }
    code = read_frame(page, member, error);
    if (code == ERROR_NONE && !page->has_items)
        return error_set(error, ERROR_INVALID_JSON, "the answer has no \"%s\"", member);
    return code;
}
