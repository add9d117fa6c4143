/* From a verified delivery to its normal form: by media type, then by the kind of its source. */
#include "normalize_delivery.h"

#include <string.h>
#include <strings.h>

static enum error_code check_media(const char *type, struct error *error)
{
    if (type == NULL || (strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0 &&
                         strncasecmp(type, "multipart/", 10) != 0))
        return ERROR_NONE;
    return error_set(error, ERROR_UNSUPPORTED_MEDIA, "set the webhook's content type to application/json at the sender");
}

/* A git host's delivery: kept whole, its meaning comes with the host's normal form. */
static enum error_code keep_unread(const char *event, struct arena *arena, struct normal_form **form,
                                   struct error *error)
{
    struct normal_form *made = arena_alloc(arena, sizeof *made);

    if (made == NULL)
        return error_set(error, ERROR_NO_MEMORY, "no memory for a delivery");
    *made = (struct normal_form){.kind = NORMAL_IGNORED, .event_at = INSTANT_NONE};
    made->event = event == NULL ? "unknown" : event;
    *form = made;
    return ERROR_NONE;
}

enum error_code normalize_delivery(const struct store_item *item, const char *event, struct arena *arena,
                                   struct normal_form **form, struct error *error)
{
    const struct normalize_options options = {.epic_link_field = item->source->epic_link_field};
    enum error_code code = check_media(item->content_type, error);

    if (code != ERROR_NONE)
        return code;
    if (item->source->kind != SOURCE_JIRA)
        return keep_unread(event, arena, form, error);
    return normalize_jira((const char *)item->body, item->body_length, &options, arena, form, error);
}
