/* Normal forms as JSON text, one member a line: docs/schemas/normalized.schema.json. */
#include "normalize.h"

#include "json_write.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_BYTES 8192u

struct printer {
    struct json_writer writer;
    int depth;
    bool has_members; /* in the object or array that is open */
};

/* Starts a member of an object, or, with name NULL, an entry of an array. */
static void print_name(struct printer *printer, const char *name)
{
    json_write_raw(&printer->writer, printer->has_members ? ",\n" : "\n");
    for (int i = 0; i < printer->depth; i++)
        json_write_raw(&printer->writer, "    ");
    printer->has_members = true;
    if (name == NULL)
        return;
    json_write_string(&printer->writer, name, SIZE_MAX);
    json_write_raw(&printer->writer, ": ");
}

static void print_open(struct printer *printer, const char *bracket)
{
    json_write_raw(&printer->writer, bracket);
    printer->depth++;
    printer->has_members = false;
}

static void print_close(struct printer *printer, const char *bracket)
{
    printer->depth--;
    if (printer->has_members) {
        json_write_raw(&printer->writer, "\n");
        for (int i = 0; i < printer->depth; i++)
            json_write_raw(&printer->writer, "    ");
    }
    json_write_raw(&printer->writer, bracket);
    printer->has_members = true;
}

static void print_text(struct printer *printer, const char *name, const char *text)
{
    print_name(printer, name);
    json_write_string(&printer->writer, text, SIZE_MAX);
}

static void print_number(struct printer *printer, const char *name, int64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%" PRId64, number);
    print_name(printer, name);
    json_write_raw(&printer->writer, text);
}

static void print_id(struct printer *printer, const char *name, int64_t id)
{
    if (id == NORMALIZE_NO_ID)
        print_text(printer, name, NULL);
    else
        print_number(printer, name, id);
}

static void print_bool(struct printer *printer, const char *name, bool value)
{
    print_name(printer, name);
    json_write_raw(&printer->writer, value ? "true" : "false");
}

static void print_instant(struct printer *printer, const char *name, instant at)
{
    char text[INSTANT_TEXT_BYTES];

    print_text(printer, name, at == INSTANT_NONE ? NULL : instant_format(at, 6, text));
}

static void print_texts(struct printer *printer, const char *name, const char *const *texts, size_t count)
{
    print_name(printer, name);
    print_open(printer, "[");
    for (size_t i = 0; i < count; i++)
        print_text(printer, NULL, texts[i]);
    print_close(printer, "]");
}

static void print_texts_or_null(struct printer *printer, const char *name, const char *const *texts, size_t count)
{
    if (texts == NULL)
        print_text(printer, name, NULL);
    else
        print_texts(printer, name, texts, count);
}

static void print_versions(struct printer *printer, const char *name, const struct normal_version *versions,
                           size_t count)
{
    print_name(printer, name);
    print_open(printer, "[");
    for (size_t i = 0; i < count; i++) {
        print_name(printer, NULL);
        print_open(printer, "{");
        print_number(printer, "id", versions[i].id);
        print_text(printer, "name", versions[i].name);
        print_close(printer, "}");
    }
    print_close(printer, "]");
}

static void print_issue(struct printer *printer, const struct normal_issue *issue)
{
    print_open(printer, "{");
    print_number(printer, "issue_id", issue->issue_id);
    print_text(printer, "issue_key", issue->issue_key);
    print_id(printer, "project_id", issue->project_id);
    print_text(printer, "project_key", issue->project_key);
    print_text(printer, "project_name", issue->project_name);
    print_text(printer, "summary", issue->summary);
    print_text(printer, "issue_type", issue->issue_type);
    if (issue->hierarchy_level == INT_MIN)
        print_text(printer, "hierarchy_level", NULL);
    else
        print_number(printer, "hierarchy_level", issue->hierarchy_level);
    print_id(printer, "parent_id", issue->parent_id);
    print_text(printer, "parent_key", issue->parent_key);
    print_text(printer, "status", issue->status);
    print_text(printer, "status_category", issue->status_category);
    print_text(printer, "resolution", issue->resolution);
    print_text(printer, "priority", issue->priority);
    print_text(printer, "assignee", issue->assignee);
    print_text(printer, "assignee_name", issue->assignee_name);
    print_instant(printer, "resolved_at", issue->resolved_at);
    print_instant(printer, "created_at", issue->created_at);
    print_instant(printer, "updated_at", issue->updated_at);
    print_versions(printer, "fix_versions", issue->fix_versions, issue->fix_version_count);
    print_texts_or_null(printer, "labels", issue->labels, issue->label_count);
    print_texts_or_null(printer, "components", issue->components, issue->component_count);
    print_texts(printer, "old_keys", issue->old_keys, issue->old_key_count);
    print_versions(printer, "added", issue->added, issue->added_count);
    print_versions(printer, "removed", issue->removed, issue->removed_count);
    print_bool(printer, "has_fix_versions", issue->has_fix_versions);
    print_bool(printer, "is_whole", issue->is_whole);
    print_bool(printer, "is_delete", issue->is_delete);
    print_close(printer, "}");
}

static void print_entity(struct printer *printer, const struct normal_entity *entity)
{
    static const char *const marks[] = {
        [NORMAL_SHOWN] = "shown",
        [NORMAL_DELETED] = "deleted",
        [NORMAL_RESTORED] = "restored",
        [NORMAL_ARCHIVED] = "archived",
        [NORMAL_UNARCHIVED] = "unarchived",
    };

    print_open(printer, "{");
    print_text(printer, "kind", entity->kind);
    print_text(printer, "id", entity->id);
    print_text(printer, "member", entity->member);
    print_text(printer, "mark", marks[entity->mark]);
    print_id(printer, "issue_id", entity->issue_id);
    print_instant(printer, "created_at", entity->created_at);
    print_instant(printer, "updated_at", entity->updated_at);
    print_instant(printer, "started_at", entity->started_at);
    print_text(printer, "author", entity->author);
    print_text(printer, "text", entity->text);
    print_id(printer, "seconds_spent", entity->seconds_spent);
    print_id(printer, "from_issue_id", entity->from_issue_id);
    print_id(printer, "to_issue_id", entity->to_issue_id);
    print_id(printer, "project_id", entity->project_id);
    print_id(printer, "merged_into", entity->merged_into);
    print_close(printer, "}");
}

static void print_entities(struct printer *printer, const struct normal_form *form)
{
    print_name(printer, "entities");
    print_open(printer, "[");
    for (size_t i = 0; i < form->entity_count; i++) {
        print_name(printer, NULL);
        print_entity(printer, &form->entities[i]);
    }
    print_close(printer, "]");
}

static void print_form(struct printer *printer, const struct normal_form *form)
{
    static const char *const kinds[] = {
        [NORMAL_ISSUE] = "issue",
        [NORMAL_ENTITY] = "entity",
        [NORMAL_IGNORED] = "ignored",
    };

    print_open(printer, "{");
    print_text(printer, "kind", kinds[form->kind]);
    print_text(printer, "event", form->event);
    print_instant(printer, "event_at", form->event_at);
    print_number(printer, "altered", form->altered);
    if (form->kind == NORMAL_ISSUE) {
        print_name(printer, "issue");
        print_issue(printer, &form->issue);
    }
    if (form->entity_count > 0)
        print_entities(printer, form);
    print_close(printer, "}");
    json_write_raw(&printer->writer, "\n");
}

char *normalize_print(const struct normal_form *form)
{
    for (size_t size = FIRST_BYTES; size <= SIZE_MAX / 2; size *= 2) {
        struct printer printer = {.depth = 0};
        char *text = malloc(size);

        if (text == NULL)
            return NULL;
        json_write_init(&printer.writer, text, size);
        print_form(&printer, form);
        if (!printer.writer.cut)
            return text;
        free(text);
    }
    return NULL;
}
