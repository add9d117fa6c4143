/* Issue keys in text: the cases of tests/fixtures/issue_keys.tsv, and any bytes at all. */
#include "issue_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static size_t unescape(char *text)
{
    size_t length = 0;
    for (const char *from = text; *from; from++) {
        unsigned byte;
        if (sscanf(from, "\\x%2x", &byte) == 1) {
            text[length++] = (char)byte;
            from += 3;
        } else if (*from == '\\') {
            from++;
            text[length++] = *from == 'n' ? '\n' : *from == 't' ? '\t'
                                                                : *from;
        } else {
            text[length++] = *from;
        }
    }
    return length;
}

static void list_keys(const char *text, size_t length, char *list, size_t size)
{
    struct issue_key key;
    size_t at = 0, used = 0;
    list[0] = '\0';
    while (issue_key_next(text, length, &at, &key)) {
        bool taken = key.verdict == ISSUE_KEY_CANDIDATE;
        used += (size_t)snprintf(list + used, size - used, "%s%s%s", used ? " " : "", taken ? "" : "!",
                                 taken ? key.text : issue_key_verdict_name(key.verdict));
    }
    if (used == 0) {
        snprintf(list, size, "-");
    }
}

static void finds_the_keys_of_the_fixture(void **state)
{
    (void)state;
    FILE *file = fopen("tests/fixtures/issue_keys.tsv", "r");
    assert_non_null(file);
    char line[1024];
    int cases = 0, failures = 0, number = 0;
    while (fgets(line, sizeof line, file)) {
        char *tab = strchr(line, '\t'), list[1024];
        number++;
        if (line[0] == '#') {
            continue;
        }
        assert_non_null(tab);
        *tab = '\0';
        tab[strcspn(tab + 1, "\n") + 1] = '\0';
        /* An allocation of the exact size lets a sanitizer see a read past the end. */
        size_t length = unescape(line);
        char *text = malloc(length + 1);
        assert_non_null(text);
        memcpy(text, line, length);
        char *exact = realloc(text, length ? length : 1);
        list_keys(exact, length, list, sizeof list);
        if (strcmp(list, tab + 1) != 0) {
            print_error("tests/fixtures/issue_keys.tsv:%d: %s, not %s\n", number, list, tab + 1);
            failures++;
        }
        free(exact);
        cases++;
    }
    fclose(file);
    assert_int_equal(failures, 0);
    assert_true(cases > 100);
}

static void goes_on_after_each_key(void **state)
{
    (void)state;
    struct issue_key key;
    size_t at = 0;
    const char *text = "see app-1, OPS-22";
    assert_true(issue_key_next(text, strlen(text), &at, &key));
    assert_int_equal(key.start, 4);
    assert_int_equal(key.length, 5);
    assert_int_equal(at, 9);
    assert_true(issue_key_next(text, strlen(text), &at, &key));
    assert_string_equal(key.text, "OPS-22");
    assert_false(issue_key_next(text, strlen(text), &at, &key));
    assert_int_equal(at, strlen(text));
    assert_false(issue_key_next(text, strlen(text), &at, &key));
}

static void refuses_prefixes_past_the_limit(void **state)
{
    (void)state;
    char text[ISSUE_KEY_PREFIX_MAX + 8];
    struct issue_key key;
    size_t at = 0;
    memset(text, 'A', sizeof text);
    memcpy(text + ISSUE_KEY_PREFIX_MAX, "-1", 2);
    assert_true(issue_key_next(text, ISSUE_KEY_PREFIX_MAX + 2, &at, &key));
    assert_int_equal(key.verdict, ISSUE_KEY_CANDIDATE);
    assert_int_equal(strlen(key.text), ISSUE_KEY_PREFIX_MAX + 2);
    memcpy(text + ISSUE_KEY_PREFIX_MAX, "A-1", 3);
    at = 0;
    assert_true(issue_key_next(text, ISSUE_KEY_PREFIX_MAX + 3, &at, &key));
    assert_int_equal(key.verdict, ISSUE_KEY_TOO_LONG);
}

/* Any text: found keys lie in it in order, spell what stands there, and a key between spaces is always found. */
static void holds_for_any_bytes(void **state)
{
    (void)state;
    const char *given = getenv("SEED");
    unsigned seed = given ? (unsigned)strtoul(given, NULL, 10) : (unsigned)time(NULL);
    print_message("SEED=%u\n", seed);
    static const char alphabet[] = "AbZ09_--  \n\xc3\xa9\xe4\xbf\xae\xff.";
    for (int round = 0; round < 20000; round++) {
        char text[64];
        size_t length = (size_t)rand_r(&seed) % 48, at = 0, last = 0;
        for (size_t i = 0; i < length; i++) {
            text[i] = alphabet[(size_t)rand_r(&seed) % (sizeof alphabet - 1)];
        }
        memcpy(text + length, " QA-7 ", 6);
        length += 6;
        struct issue_key key;
        bool found_last = false;
        while (issue_key_next(text, length, &at, &key)) {
            assert_true(key.start >= last && key.start + key.length <= length && at == key.start + key.length);
            last = at;
            if (key.verdict == ISSUE_KEY_CANDIDATE) {
                assert_int_equal(strncasecmp(key.text, text + key.start, key.length), 0);
            }
            found_last = key.verdict == ISSUE_KEY_CANDIDATE && strcmp(key.text, "QA-7") == 0;
        }
        assert_true(found_last);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_keys_of_the_fixture),
        cmocka_unit_test(goes_on_after_each_key),
        cmocka_unit_test(refuses_prefixes_past_the_limit),
        cmocka_unit_test(holds_for_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
