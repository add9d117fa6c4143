/* Fuzz target: literals and written conditions of any bytes; neither may end what encloses it. */
#include "jql.h"
#include "utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* The quoted literal ends at the text's end and nowhere before it. */
static void require_quoted(const char *text)
{
    require(*text == '"');
    for (text++; *text != '"'; text++) {
        require((unsigned char)*text >= ' ');
        if (*text == '\\') {
            text++;
            require(*text == '"' || *text == '\\' || *text == 'u');
        }
    }
    require(text[1] == '\0');
}

static void try_literal(const char *text)
{
    struct jql *jql = jql_new();
    const char *made;
    if (jql) {
        jql_equals(jql, JQL_PROJECT, text);
        enum error_code code = jql_text(jql, &made, NULL);
        require((code == ERROR_NONE) == (*text != '\0' && utf8_is_valid(text, strlen(text))));
        if (code == ERROR_NONE) {
            require_quoted(made + strlen("project = "));
        }
    }
    jql_free(jql);
}

static void try_condition(const char *text)
{
    struct jql *jql = jql_new();
    const char *made;
    if (jql) {
        jql_condition(jql, text);
        if (jql_text(jql, &made, NULL) == ERROR_NONE) {
            require(made[0] == '(' && made[strlen(made) - 1] == ')' && strlen(made) == strlen(text) + 2);
        }
    }
    jql_free(jql);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (text) {
        if (size > 0) {
            memcpy(text, data, size);
        }
        text[size] = '\0';
        try_literal(text);
        try_condition(text);
    }
    free(text);
    return 0;
}
