/* Any bytes as a body, through both entrances. What holds for each: a form or a documented refusal with a message; a form's
 * parts are as its kind says; a storable text is as long as the body and changes nothing when it is normalized again. A
 * leading '!' picks the entrance for issues of a search page, so that tests/fixtures/deliveries is a corpus as it is.
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

static void check_parts(const struct normal_form *form)
{
    require(form->event != NULL && form->event[0] != '\0');
    require(form->kind != NORMAL_ISSUE || form->issue.issue_id > 0);
    require(form->kind == NORMAL_ISSUE || (form->kind == NORMAL_ENTITY) == (form->entity_count > 0));
    for (size_t i = 0; i < form->entity_count; i++) {
        const struct normal_entity *entity = &form->entities[i];

        require(entity->kind[0] != '\0' && entity->id[0] != '\0' && entity->member != NULL);
        require(entity->issue_id == NORMALIZE_NO_ID || entity->issue_id == form->issue.issue_id);
        require(entity->seconds_spent == NORMALIZE_NO_ID || entity->seconds_spent >= 0);
    }
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
    if (code == ERROR_NONE) {
        check_parts(*form);
        return normalize_print(*form);
    }
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
    is_issue = data[0] == '!';
    data += is_issue;
    size -= is_issue;
    outcome = outcome_of((const char *)data, size, is_issue, arena, &form);
    require(outcome != NULL);
    if (form != NULL && form->altered > 0) {
        require(form->storable_length == size && form->storable[size] == '\0');
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
