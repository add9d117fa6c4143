/* Text documents of Jira's REST version 3 as plain text. */
#include "rich_text.h"

#include "json_value.h"

#include <string.h>

/* Text that grows; with text NULL only its length does. */
struct plain {
    char *text;
    size_t length;
    bool is_line_open; /* something stands on the last line */
};

static void add(struct plain *plain, const char *text)
{
    size_t length = strlen(text);
    if (plain->text != NULL)
        memcpy(plain->text + plain->length, text, length);
    plain->length += length;
    plain->is_line_open = plain->is_line_open || length > 0;
}

static void end_line(struct plain *plain)
{
    if (plain->is_line_open)
        add(plain, "\n");
    plain->is_line_open = false;
}

/* Where a node without content has its words. */
static const struct {
    const char *type, *attribute;
} named_nodes[] = {
    {"mention", "text"},
    {"status", "text"},
    {"emoji", "text"},
    {"inlineCard", "url"},
    {"blockCard", "url"},
    {"embedCard", "url"},
};

/* Within a line; every other type is a line of its own, one that nobody has heard of too. */
static bool is_inline(const char *type)
{
    return strcmp(type, "text") == 0 || strcmp(type, "mention") == 0 || strcmp(type, "status") == 0 ||
           strcmp(type, "emoji") == 0 || strcmp(type, "inlineCard") == 0 || strcmp(type, "date") == 0;
}

static void add_words(struct plain *plain, const cJSON *node, const char *type)
{
    const char *words = NULL;
    if (strcmp(type, "text") == 0)
        words = json_value_member_text(node, "text");
    for (size_t i = 0; i < sizeof named_nodes / sizeof *named_nodes; i++)
        if (strcmp(type, named_nodes[i].type) == 0)
            words = json_value_member_text(json_value_member(node, "attrs"), named_nodes[i].attribute);
    add(plain, words == NULL ? "" : words);
}

/* As deep as a document is nested, which the parser bounds. */
static void add_node(struct plain *plain, const cJSON *node)
{
    const char *type = json_value_member_text(node, "type");
    const cJSON *content = json_value_member(node, "content"), *child;
    if (type == NULL)
        return;
    if (strcmp(type, "hardBreak") == 0)
        plain->is_line_open = true; /* an empty line stays one */
    if (!is_inline(type))
        end_line(plain);
    add_words(plain, node, type);
    if (cJSON_IsArray(content)) {
        cJSON_ArrayForEach(child, content)
        {
            add_node(plain, child);
        }
    }
    if (!is_inline(type) && strcmp(type, "hardBreak") != 0)
        end_line(plain);
}

const char *rich_text_plain(struct arena *arena, const cJSON *document)
{
    const char *type = json_value_member_text(document, "type");
    struct plain plain = {.text = NULL};
    if (type == NULL || strcmp(type, "doc") != 0)
        return NULL;
    add_node(&plain, document);
    plain = (struct plain){.text = arena_alloc(arena, plain.length + 1)};
    if (plain.text == NULL)
        return NULL;
    add_node(&plain, document);
    while (plain.length > 0 && plain.text[plain.length - 1] == '\n')
        plain.length--;
    plain.text[plain.length] = '\0';
    return plain.text;
}
