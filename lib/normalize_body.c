/* The one way of reading a body: checks of its bytes, what is storable of it, its tree. */
#include "normalize_body.h"

#include "json_text.h"

#include <string.h>

#define DEPTH_LIMIT CJSON_NESTING_LIMIT
#define NUMBER_LIMIT 63u /* characters of a number that cJSON takes */
#define EVENT_BYTES 255u /* of an event's name that are kept */

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

void normalize_body_init(void)
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
        return normalize_body_out_of_room(arena, error);
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
            return normalize_body_out_of_room(arena, error);
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
        return error_set(error, ERROR_EMPTY_BODY, "the body is empty");
    if (length >= 3 && memcmp(body, "\xEF\xBB\xBF", 3) == 0)
        return error_set(error, ERROR_INVALID_JSON,
                         "the body starts with a byte order mark, which JSON does not allow");
    if (memchr(body, '\0', length) != NULL)
        return error_set(error, ERROR_INVALID_JSON, "the body holds a raw NUL byte");
    return ERROR_NONE;
}

enum error_code normalize_body_read(const char *body, size_t length, struct arena *arena, struct normal_form **form,
                                    const cJSON **tree, struct error *error)
{
    enum error_code code = check_bytes(body, length, error);
    const char *text = body;
    struct normal_form *made;

    if (code != ERROR_NONE)
        return code;
    made = arena_alloc(arena, sizeof *made);
    if (made == NULL)
        return normalize_body_out_of_room(arena, error);
    *made = (struct normal_form){.kind = NORMAL_IGNORED, .event_at = INSTANT_NONE};
    if (!json_text_storable(arena, body, length, &text, &made->altered))
        return normalize_body_out_of_room(arena, error);
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

enum error_code normalize_body_out_of_room(const struct arena *arena, struct error *error)
{
    if (arena_is_exhausted(arena))
        return error_set(error, ERROR_TOO_COMPLEX,
                         "the body needs more memory to read than JIRASYNC_MAX_PARSE_BYTES allows");
    return error_set(error, ERROR_NO_MEMORY, "no memory to read the body");
}

const char *normalize_body_event(struct arena *arena, const char *name)
{
    size_t length = strnlen(name, EVENT_BYTES + 1);

    if (length <= EVENT_BYTES)
        return name;
    length = EVENT_BYTES;
    while (length > 0 && ((unsigned char)name[length] & 0xC0) == 0x80)
        length--;
    return arena_copy(arena, name, length);
}
