/* Any bytes as a body, through both entrances. What holds for each: a form or a documented refusal with a message; a
 * storable text is as long as the body and changes nothing when it is normalized again. The first byte picks the entrance.
 */
#include "normalize.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* The form as text, or the error's name and message. malloc'ed. */
static char *outcome_of(const char *body, size_t length, bool is_issue, struct arena *arena, struct normal_form **form)
{
    static const struct normalize_options options = {.epic_link_field = "customfield_10008"};
    struct error error = {0};
    enum error_code code;

    *form = NULL;
    code = is_issue ? normalize_jira_issue(body, length, &options, arena, form, &error)
                    : normalize_jira(body, length, &options, arena, form, &error);
    require((code == ERROR_NONE) == (*form != NULL));
    if (code == ERROR_NONE)
        return normalize_print(*form);
    require(error.code == code && error_is_quarantined(code) && error.message[0] != '\0');
    return strdup(error.message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *arena;
    struct normal_form *form, *again;
    char *outcome, *repeated;
    bool is_issue;

    if (arena == NULL) {
        normalize_init();
        arena = arena_new((size_t)4 << 20);
    }
    if (size == 0 || arena == NULL)
        return 0;
    is_issue = data[0] & 1;
    outcome = outcome_of((const char *)data + 1, size - 1, is_issue, arena, &form);
    require(outcome != NULL);
    if (form != NULL && form->altered > 0) {
        require(form->storable_length == size - 1 && form->storable[size - 1] == '\0');
        repeated = outcome_of(form->storable, form->storable_length, is_issue, arena, &again);
        require(repeated != NULL && again != NULL && again->altered == 0);
        again->altered = form->altered;
        free(repeated);
        repeated = normalize_print(again);
        require(repeated != NULL && strcmp(outcome, repeated) == 0);
        free(repeated);
    }
    free(outcome);
    arena_reset(arena);
    return 0;
}
