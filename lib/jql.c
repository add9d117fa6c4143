/* Searches in Jira's query language, built from parts. */
#include "jql.h"

#include "utf8.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define ESCAPE_BYTES 6 /* of \uXXXX, the longest that one byte can become */

struct jql {
    char *text;
    size_t length, size;
    size_t conditions;
    bool is_ordered;
    const char *problem; /* of the first part that had one */
    bool is_out_of_memory;
};

static const char *const field_names[JQL_FIELDS] = {
    [JQL_PROJECT] = "project",
    [JQL_ID] = "id",
    [JQL_CREATED] = "created",
    [JQL_UPDATED] = "updated",
};

struct jql *jql_new(void)
{
    return calloc(1, sizeof(struct jql));
}

void jql_free(struct jql *jql)
{
    if (jql == NULL)
        return;
    free(jql->text);
    free(jql);
}

static void blame(struct jql *jql, const char *problem)
{
    if (jql->problem == NULL)
        jql->problem = problem;
}

/* Room for length bytes more and a NUL. */
static bool make_room(struct jql *jql, size_t length)
{
    if (jql->size - jql->length > length)
        return true;
    size_t wanted = 2 * (jql->length + length) + 64;
    char *larger = realloc(jql->text, wanted);
    if (larger == NULL) {
        jql->is_out_of_memory = true;
        return false;
    }
    jql->text = larger;
    jql->size = wanted;
    return true;
}

static void add(struct jql *jql, const char *text)
{
    size_t length = strlen(text);
    if (!make_room(jql, length))
        return;
    memcpy(jql->text + jql->length, text, length + 1);
    jql->length += length;
}

static void PRINTF_LIKE(2, 3) add_format(struct jql *jql, const char *format, ...)
{
    char text[64];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add(jql, text);
}

/* What the grammar does not take as it stands. */
static bool is_escaped(uint32_t character)
{
    return character < ' ' || (character >= 0x7f && character <= 0x9f) || (character >= 0xfdd0 && character <= 0xfdef) ||
           character == 0xfffe || character == 0xffff;
}

static void add_character(struct jql *jql, uint32_t character, const char *bytes, size_t length)
{
    char text[ESCAPE_BYTES + 1] = "";
    if (is_escaped(character))
        (void)snprintf(text, sizeof text, "\\u%04x", (unsigned)(character & 0xffff));
    else if (character == '"' || character == '\\')
        (void)snprintf(text, sizeof text, "\\%c", (int)character);
    else
        memcpy(text, bytes, length); /* a character has 4 bytes at most */
    add(jql, text);
}

static void add_literal(struct jql *jql, const char *literal)
{
    size_t length = strlen(literal), bytes;
    if (length == 0)
        blame(jql, "a literal is empty");
    add(jql, "\"");
    for (size_t at = 0; at < length; at += bytes) {
        uint32_t character = utf8_decode(literal + at, length - at, &bytes);
        if (character == UTF8_INVALID)
            blame(jql, "a literal is no UTF-8");
        else
            add_character(jql, character, literal + at, bytes);
    }
    add(jql, "\"");
}

static void begin_condition(struct jql *jql)
{
    if (jql->is_ordered)
        blame(jql, "a condition follows the order");
    if (jql->conditions++ > 0)
        add(jql, " AND ");
}

static void begin_field(struct jql *jql, enum jql_field field, const char *operator)
{
    begin_condition(jql);
    add(jql, field_names[field]);
    add(jql, operator);
}

void jql_equals(struct jql *jql, enum jql_field field, const char *literal)
{
    begin_field(jql, field, " = ");
    add_literal(jql, literal);
}

void jql_in(struct jql *jql, enum jql_field field, const char *const *literals, size_t count)
{
    begin_field(jql, field, " in (");
    if (count == 0)
        blame(jql, "a list is empty");
    for (size_t i = 0; i < count; i++) {
        add(jql, i == 0 ? "" : ", ");
        add_literal(jql, literals[i]);
    }
    add(jql, ")");
}

static void add_id(struct jql *jql, int64_t id)
{
    if (id < 1)
        blame(jql, "an id is below 1");
    add_format(jql, "%" PRId64, id);
}

void jql_ids_in(struct jql *jql, const int64_t *ids, size_t count)
{
    begin_field(jql, JQL_ID, " in (");
    if (count == 0)
        blame(jql, "a list is empty");
    for (size_t i = 0; i < count; i++) {
        add(jql, i == 0 ? "" : ", ");
        add_id(jql, ids[i]);
    }
    add(jql, ")");
}

void jql_since(struct jql *jql, enum jql_field field, instant at, int zone_minutes)
{
    int64_t minutes = at / 60000000 - (at % 60000000 < 0 ? 1 : 0) + zone_minutes;
    time_t seconds = (time_t)(minutes * 60);
    struct tm shown;
    begin_field(jql, field, " >= ");
    if (gmtime_r(&seconds, &shown) == NULL || shown.tm_year < 0 || shown.tm_year > 8099)
        blame(jql, "a time is out of range");
    else
        add_format(jql, "\"%04d-%02d-%02d %02d:%02d\"", shown.tm_year + 1900, shown.tm_mon + 1, shown.tm_mday, shown.tm_hour,
                   shown.tm_min);
}

/* What stands at text: the end of a quoted string that begins there; NULL when it has none. */
static const char *quote_end(const char *text)
{
    char quote = *text;
    for (text++; *text != '\0' && *text != quote; text++)
        if (*text == '\\' && text[1] != '\0')
            text++;
    return *text == quote ? text : NULL;
}

static bool is_word_byte(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_' || (unsigned char)byte >= 0x80;
}

/* What keeps text from being one condition; NULL: nothing. */
static const char *condition_problem(const char *text)
{
    int depth = 0;
    bool in_word = false;
    if (!utf8_is_valid(text, strlen(text)))
        return "the condition is no UTF-8";
    if (text[strspn(text, " \t\r\n")] == '\0')
        return "the condition is empty";
    for (const char *at = text; *at != '\0'; at++) {
        if ((*at == '"' || *at == '\'') && (at = quote_end(at)) == NULL)
            return "the condition has a quote that is not closed";
        depth += *at == '(' ? 1 : *at == ')' ? -1
                                             : 0;
        if (depth < 0)
            return "the condition closes a bracket that is not open";
        if (!in_word && strncasecmp(at, "order", 5) == 0 && !is_word_byte(at[5]))
            return "the condition holds ORDER: the order is not its part (quote the word where it is a name)";
        if (*at == '\\' && *++at == '\0')
            return "the condition ends in a backslash";
        in_word = is_word_byte(*at);
    }
    return depth > 0 ? "the condition has a bracket that is not closed" : NULL;
}

void jql_condition(struct jql *jql, const char *text)
{
    const char *problem = condition_problem(text);
    begin_condition(jql);
    if (problem != NULL)
        blame(jql, problem);
    add(jql, "(");
    add(jql, text);
    add(jql, ")");
}

void jql_order(struct jql *jql, enum jql_field field, bool is_descending)
{
    if (jql->is_ordered)
        blame(jql, "the order stands twice");
    jql->is_ordered = true;
    add(jql, jql->conditions > 0 ? " ORDER BY " : "ORDER BY ");
    add(jql, field_names[field]);
    add(jql, is_descending ? " DESC" : " ASC");
}

enum error_code jql_text(const struct jql *jql, const char **text, struct error *error)
{
    *text = NULL;
    if (jql->is_out_of_memory)
        return error_set(error, ERROR_NO_MEMORY, "no memory for a search");
    if (jql->problem != NULL)
        return error_set(error, ERROR_INPUT, "JQL: %s", jql->problem);
    *text = jql->text == NULL ? "" : jql->text;
    return ERROR_NONE;
}
