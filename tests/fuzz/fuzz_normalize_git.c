/* Any bytes as a git host's body: its first line is KIND and, after a space, the event of the header, the rest the body. What
 * holds for each is tests/support/git_form.h, or a documented refusal with a message; and what is storable of a body is as long
 * as the body and changes nothing when it is read again.
 */
#include "normalize_delivery.h"
#include "support/git_form.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* The document, or the error's message. malloc'ed. */
static char *outcome_of(enum source_kind kind, const char *event, const char *body, size_t length, struct arena *arena,
                        struct normal_form **form)
{
    const struct source source = {.kind = kind};
    const struct store_item item = {.source = &source, .body = (const unsigned char *)body, .body_length = length};
    struct error error = {0};
    enum error_code code;

    *form = NULL;
    code = normalize_delivery(&item, event, arena, form, &error);
    require((code == ERROR_NONE) == (*form != NULL));
    if (code != ERROR_NONE) {
        require(error.code == code && error_is_quarantined(code) && error.message[0] != '\0');
        return strdup(error.message);
    }
    require(git_form_problem(*form) == NULL);
    return strdup((*form)->git_json == NULL ? "" : (*form)->git_json);
}

static void read_twice(enum source_kind kind, const char *event, const char *body, size_t length, struct arena *arena)
{
    struct normal_form *form, *again;
    char *outcome = outcome_of(kind, event, body, length, arena, &form), *repeated;

    require(outcome != NULL);
    if (form != NULL && form->altered > 0) {
        require(form->storable_length == length && form->storable[length] == '\0');
        repeated = outcome_of(kind, event, form->storable, length, arena, &again);
        require(repeated != NULL && again != NULL && again->altered == 0 && strcmp(outcome, repeated) == 0);
        free(repeated);
    }
    free(outcome);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *arena;
    const uint8_t *end = size == 0 ? NULL : memchr(data, '\n', size);
    char line[256], *event;
    enum source_kind kind;

    if (arena == NULL) {
        normalize_init();
        arena = arena_new((size_t)4 << 20);
    }
    if (arena == NULL || end == NULL || (size_t)(end - data) >= sizeof line)
        return 0;
    memcpy(line, data, (size_t)(end - data));
    line[end - data] = '\0';
    event = strchr(line, ' ');
    if (event != NULL)
        *event++ = '\0';
    if (!source_kind_parse(line, strlen(line), &kind) || kind == SOURCE_JIRA || kind == SOURCE_GIT)
        return 0;
    read_twice(kind, event, (const char *)end + 1, size - (size_t)(end + 1 - data), arena);
    arena_reset(arena);
    return 0;
}
