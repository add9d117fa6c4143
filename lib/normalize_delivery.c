/* From a verified delivery to its normal form: by media type, then by the kind of its source. */
#include "normalize_delivery.h"

#include "normalize_bitbucket.h"
#include "normalize_bitbucket_server.h"
#include "normalize_body.h"
#include "normalize_git_json.h"
#include "normalize_github.h"
#include "normalize_gitlab.h"
#include "normalize_issue.h"

#include <string.h>
#include <strings.h>

static enum error_code check_media(const char *type, struct error *error)
{
    if (type == NULL || (strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0 &&
                         strncasecmp(type, "multipart/", 10) != 0))
        return ERROR_NONE;
    return error_set(error, ERROR_UNSUPPORTED_MEDIA, "set the webhook's content type to application/json at the sender");
}

/* How each git host's tree is read into a form whose event is what a header named it. */
static enum error_code (*const readers[SOURCE_KINDS])(const struct normalize_context *context, const cJSON *tree,
                                                      struct normal_form *form) = {
    [SOURCE_GITHUB] = normalize_github_read,
    [SOURCE_BITBUCKET] = normalize_bitbucket_read,
    [SOURCE_BITBUCKET_SERVER] = normalize_bitbucket_server_read,
    [SOURCE_GITLAB] = normalize_gitlab_read,
};

static enum error_code write_git(struct arena *arena, struct normal_form *form, struct error *error)
{
    if (form->kind != NORMAL_GIT)
        return ERROR_NONE;
    form->git_json = normalize_git_json(form->git, arena, &form->git_json_length);
    return form->git_json == NULL ? normalize_body_out_of_room(arena, error) : ERROR_NONE;
}

static enum error_code normalize_git_host(const struct store_item *item, const char *event, struct arena *arena,
                                          struct normal_form **form, struct error *error)
{
    const struct normalize_context context = {.arena = arena, .error = error, .path = ""};
    struct normal_form *made;
    const cJSON *tree;
    enum error_code code = normalize_body_read((const char *)item->body, item->body_length, arena, &made, &tree, error);

    if (code != ERROR_NONE)
        return code;
    made->event = event == NULL || *event == '\0' ? NULL : event;
    if (readers[item->source->kind] != NULL)
        code = readers[item->source->kind](&context, tree, made);
    if (made->event == NULL)
        made->event = "unknown";
    if (code == ERROR_NONE)
        code = write_git(arena, made, error);
    if (code == ERROR_NONE)
        *form = made;
    return code;
}

enum error_code normalize_delivery(const struct store_item *item, const char *event, struct arena *arena,
                                   struct normal_form **form, struct error *error)
{
    const struct normalize_options options = {.epic_link_field = item->source->epic_link_field};
    enum error_code code = check_media(item->content_type, error);

    if (code != ERROR_NONE)
        return code;
    if (item->source->kind != SOURCE_JIRA)
        return normalize_git_host(item, event, arena, form, error);
    return normalize_jira((const char *)item->body, item->body_length, &options, arena, form, error);
}
