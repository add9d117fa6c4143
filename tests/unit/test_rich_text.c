/* Documents of REST version 3 as plain text: words, lines, what leaves nothing, what is no document, any depth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "normalize.h"
#include "normalize_body.h"
#include "rich_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena *arena;

static int make_arena(void **state)
{
    (void)state;
    normalize_init();
    arena = arena_new((size_t)64 << 20);
    return arena == NULL ? -1 : 0;
}

static int free_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* The text of a document that is written with ' for ". */
static const char *plain(const char *json)
{
    char *text = strdup(json);
    struct normal_form *form;
    struct error error;
    const cJSON *tree;
    arena_reset(arena);
    for (char *at = text; *at != '\0'; at++)
        *at = *at == '\'' ? '"' : *at;
    char *copy = arena_copy(arena, text, strlen(text));
    free(text);
    assert_int_equal(normalize_body_read(copy, strlen(copy), arena, &form, &tree, &error), ERROR_NONE);
    return rich_text_plain(arena, tree);
}

#define PARAGRAPH(content) "{'type': 'paragraph', 'content': [" content "]}"
#define WORDS(words) "{'type': 'text', 'text': '" words "'}"
#define DOCUMENT(content) "{'type': 'doc', 'version': 1, 'content': [" content "]}"

static void a_paragraph_is_a_line(void **state)
{
    (void)state;
    assert_string_equal(plain(DOCUMENT(PARAGRAPH(WORDS("one ") "," WORDS("line")) "," PARAGRAPH(WORDS("two")))), "one line\ntwo");
    assert_string_equal(plain(DOCUMENT(PARAGRAPH(WORDS("a") ",{'type': 'hardBreak'}," WORDS("b")))), "a\nb");
}

static void lists_and_tables_are_lines(void **state)
{
    (void)state;
    assert_string_equal(plain(DOCUMENT("{'type': 'bulletList', 'content': [{'type': 'listItem', 'content': [" PARAGRAPH(WORDS("a")) "]},"
                                                                                                                                    "{'type': 'listItem', 'content': [" PARAGRAPH(WORDS("b")) "]}]}")),
                        "a\nb");
    assert_string_equal(plain(DOCUMENT("{'type': 'table', 'content': [{'type': 'tableRow', 'content': [{'type': 'tableCell', 'content': [" PARAGRAPH(
                            WORDS("c")) "]},{'type': 'tableCell', 'content': [" PARAGRAPH(WORDS("d")) "]}]}]}")),
                        "c\nd");
}

static void names_and_addresses_are_words(void **state)
{
    (void)state;
    assert_string_equal(plain(DOCUMENT(PARAGRAPH("{'type': 'mention', 'attrs': {'id': '1', 'text': '@Ada'}}," WORDS(" see ") ","
                                                                                                                             "{'type': 'inlineCard', 'attrs': {'url': 'https://host/APP-1'}}"))),
                        "@Ada see https://host/APP-1");
}

static void what_has_no_words_leaves_nothing(void **state)
{
    (void)state;
    assert_string_equal(plain(DOCUMENT("")), "");
    assert_string_equal(plain("{'type': 'doc'}"), "");
    assert_string_equal(plain(DOCUMENT("{'type': 'mediaSingle', 'content': [{'type': 'media', 'attrs': {'id': 'x'}}]}")), "");
    assert_string_equal(plain(DOCUMENT("1, null, [], {'type': 7}, {'type': 'text', 'text': 8}, {'type': 'mention'}, {'content': [1]}")), "");
    assert_string_equal(plain(DOCUMENT("{'type': 'of the future', 'content': [" WORDS("kept") "]}")), "kept");
}

static void other_values_are_no_documents(void **state)
{
    (void)state;
    assert_null(plain("{}"));
    assert_null(plain("{'type': 'paragraph'}"));
    assert_null(plain("{'type': 1}"));
    assert_null(rich_text_plain(arena, NULL));
}

static void depth_is_no_matter(void **state)
{
    enum { DEPTH = 400 };
    char *json = calloc(1, (size_t)DEPTH * 64 + 256);
    (void)state;
    strcat(json, "{'type': 'doc', 'content': [");
    for (int i = 0; i < DEPTH; i++)
        strcat(json, "{'type': 'panel', 'content': [");
    strcat(json, WORDS("deep"));
    for (int i = 0; i < DEPTH; i++)
        strcat(json, "]}");
    strcat(json, "]}");
    assert_string_equal(plain(json), "deep");
    free(json);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_paragraph_is_a_line),
        cmocka_unit_test(lists_and_tables_are_lines),
        cmocka_unit_test(names_and_addresses_are_words),
        cmocka_unit_test(what_has_no_words_leaves_nothing),
        cmocka_unit_test(other_values_are_no_documents),
        cmocka_unit_test(depth_is_no_matter),
    };
    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
