/* Normal forms as JSON text, one member a line: docs/schemas/normalized.schema.json. */
#include "normalize.h"

#include "json_print.h"
#include "normalize_git_json.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_BYTES 8192u

static void print_id(struct json_printer *printer, const char *name, int64_t id)
{
    if (id == NORMALIZE_NO_ID)
        json_print_text(printer, name, NULL);
    else
        json_print_number(printer, name, id);
}

static void print_instant(struct json_printer *printer, const char *name, instant at)
{
    char text[INSTANT_TEXT_BYTES];

    json_print_text(printer, name, at == INSTANT_NONE ? NULL : instant_format(at, 6, text));
}

static void print_versions(struct json_printer *printer, const char *name, const struct normal_version *versions,
                           size_t count)
{
    json_print_name(printer, name);
    json_print_open(printer, "[");
    for (size_t i = 0; i < count; i++) {
        json_print_name(printer, NULL);
        json_print_open(printer, "{");
        json_print_number(printer, "id", versions[i].id);
        json_print_text(printer, "name", versions[i].name);
        json_print_close(printer, "}");
    }
    json_print_close(printer, "]");
}

static void print_issue(struct json_printer *printer, const struct normal_issue *issue)
{
    json_print_open(printer, "{");
    json_print_number(printer, "issue_id", issue->issue_id);
    json_print_text(printer, "issue_key", issue->issue_key);
    print_id(printer, "project_id", issue->project_id);
    json_print_text(printer, "project_key", issue->project_key);
    json_print_text(printer, "project_name", issue->project_name);
    json_print_text(printer, "summary", issue->summary);
    json_print_text(printer, "issue_type", issue->issue_type);
    if (issue->hierarchy_level == INT_MIN)
        json_print_text(printer, "hierarchy_level", NULL);
    else
        json_print_number(printer, "hierarchy_level", issue->hierarchy_level);
    print_id(printer, "parent_id", issue->parent_id);
    json_print_text(printer, "parent_key", issue->parent_key);
    json_print_text(printer, "status", issue->status);
    json_print_text(printer, "status_category", issue->status_category);
    json_print_text(printer, "resolution", issue->resolution);
    json_print_text(printer, "priority", issue->priority);
    json_print_text(printer, "assignee", issue->assignee);
    json_print_text(printer, "assignee_name", issue->assignee_name);
    print_instant(printer, "resolved_at", issue->resolved_at);
    print_instant(printer, "created_at", issue->created_at);
    print_instant(printer, "updated_at", issue->updated_at);
    print_versions(printer, "fix_versions", issue->fix_versions, issue->fix_version_count);
    json_print_texts_or_null(printer, "labels", issue->labels, issue->label_count);
    json_print_texts_or_null(printer, "components", issue->components, issue->component_count);
    json_print_texts(printer, "old_keys", issue->old_keys, issue->old_key_count);
    print_versions(printer, "added", issue->added, issue->added_count);
    print_versions(printer, "removed", issue->removed, issue->removed_count);
    json_print_bool(printer, "has_fix_versions", issue->has_fix_versions);
    json_print_bool(printer, "is_whole", issue->is_whole);
    json_print_bool(printer, "is_delete", issue->is_delete);
    json_print_close(printer, "}");
}

static void print_entity(struct json_printer *printer, const struct normal_entity *entity)
{
    static const char *const marks[] = {
        [NORMAL_SHOWN] = "shown",
        [NORMAL_DELETED] = "deleted",
        [NORMAL_RESTORED] = "restored",
        [NORMAL_ARCHIVED] = "archived",
        [NORMAL_UNARCHIVED] = "unarchived",
    };

    json_print_open(printer, "{");
    json_print_text(printer, "kind", entity->kind);
    json_print_text(printer, "id", entity->id);
    json_print_text(printer, "member", entity->member);
    json_print_text(printer, "mark", marks[entity->mark]);
    print_id(printer, "issue_id", entity->issue_id);
    print_instant(printer, "created_at", entity->created_at);
    print_instant(printer, "updated_at", entity->updated_at);
    print_instant(printer, "started_at", entity->started_at);
    json_print_text(printer, "author", entity->author);
    json_print_text(printer, "text", entity->text);
    print_id(printer, "seconds_spent", entity->seconds_spent);
    print_id(printer, "from_issue_id", entity->from_issue_id);
    print_id(printer, "to_issue_id", entity->to_issue_id);
    print_id(printer, "project_id", entity->project_id);
    print_id(printer, "merged_into", entity->merged_into);
    json_print_close(printer, "}");
}

static void print_entities(struct json_printer *printer, const struct normal_form *form)
{
    json_print_name(printer, "entities");
    json_print_open(printer, "[");
    for (size_t i = 0; i < form->entity_count; i++) {
        json_print_name(printer, NULL);
        print_entity(printer, &form->entities[i]);
    }
    json_print_close(printer, "]");
}

static void print_form(struct json_printer *printer, const struct normal_form *form)
{
    static const char *const kinds[] = {
        [NORMAL_ISSUE] = "issue",
        [NORMAL_ENTITY] = "entity",
        [NORMAL_GIT] = "git",
        [NORMAL_IGNORED] = "ignored",
    };

    json_print_open(printer, "{");
    json_print_text(printer, "kind", kinds[form->kind]);
    json_print_text(printer, "event", form->event);
    print_instant(printer, "event_at", form->event_at);
    json_print_number(printer, "altered", form->altered);
    if (form->kind == NORMAL_ISSUE) {
        json_print_name(printer, "issue");
        print_issue(printer, &form->issue);
    }
    if (form->entity_count > 0)
        print_entities(printer, form);
    if (form->kind == NORMAL_GIT) {
        json_print_name(printer, "git");
        normalize_git_json_print(printer, form->git);
    }
    json_print_close(printer, "}");
    json_write_raw(&printer->writer, "\n");
}

char *normalize_print(const struct normal_form *form)
{
    for (size_t size = FIRST_BYTES; size <= SIZE_MAX / 2; size *= 2) {
        struct json_printer printer;
        char *text = malloc(size);

        if (text == NULL)
            return NULL;
        json_print_init(&printer, text, size, JSON_PRINT_LINES);
        print_form(&printer, form);
        if (!printer.writer.cut)
            return text;
        free(text);
    }
    return NULL;
}
