/* GitLab's proofs: the vectors of tests/fixtures/signature_claims.tsv, tokens, and which secret matched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signature.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VECTORS "tests/fixtures/signature_claims.tsv"
#define TOLERANCE_S 300
#define NOW_S 1795514400
#define BODY "{\"object_kind\":\"push\"}"

enum column {
    NAME,
    KEY,
    ID,
    TIMESTAMP,
    BODY_HEX,
    SIGNATURES,
    NOW,
    EXPECTED,
    COLUMNS
};

static struct secret *secret_of(const char *reference, const void *value, size_t length)
{
    struct secret *secret;
    struct error error = {0};

    if (secret_of_value(reference, value, length, &secret, &error) != ERROR_NONE)
        fail_msg("secret %s: %s", reference, error.message);
    return secret;
}

static struct secret *absent_secret(void)
{
    struct secret *secret;
    struct error error = {0};

    assert_int_equal(secret_read("file:/nonexistent/secret", &secret, &error), ERROR_NONE);
    assert_false(secret_is_available(secret));
    return secret;
}

static size_t from_hex(const char *hex, unsigned char *bytes, size_t size)
{
    size_t length;

    assert_int_equal(sodium_hex2bin(bytes, size, hex, strlen(hex), NULL, &length, NULL), 0);
    assert_int_equal(length * 2, strlen(hex));
    return length;
}

static const char *header(char *text)
{
    char *tab = strstr(text, "\\t");

    if (tab != NULL) {
        *tab = '\t';
        memmove(tab + 1, tab + 2, strlen(tab + 2) + 1);
    }
    return strcmp(text, "-") == 0 ? NULL : text;
}

/* One line: false when the answer is not the expected one. */
static bool holds(char *const column[COLUMNS])
{
    unsigned char key[1024], body[1024];
    size_t key_length = from_hex(column[KEY], key, sizeof key), length = from_hex(column[BODY_HEX], body, sizeof body);
    struct secret *secret = secret_of("env:KEY", key, key_length);
    const struct signature_claim claim = {header(column[ID]), header(column[TIMESTAMP]), header(column[SIGNATURES])};
    enum error_code wanted = strcmp(column[EXPECTED], "valid") == 0 ? ERROR_NONE : ERROR_INVALID_SIGNATURE, code;
    size_t matched = 99;

    if (wanted != ERROR_NONE)
        assert_string_equal(column[EXPECTED], "invalid");
    code = signature_verify_claim(&claim, strtoll(column[NOW], NULL, 10), TOLERANCE_S, body, length, &secret, 1, &matched);
    secret_free(secret);
    return code == wanted && matched == (wanted == ERROR_NONE ? 0 : 99);
}

static void claim_agrees_with_the_vectors(void **state)
{
    FILE *file = fopen(VECTORS, "r");
    char *line = NULL;
    size_t size = 0;
    int number = 0, vectors = 0, bad = 0;

    (void)state;
    assert_non_null(file);
    while (getline(&line, &size, file) >= 0) {
        char *column[COLUMNS], *rest = line;

        number++;
        line[strcspn(line, "\n")] = '\0';
        if (*line == '#')
            continue;
        for (int i = 0; i < COLUMNS; i++)
            if ((column[i] = strsep(&rest, "\t")) == NULL)
                fail_msg(VECTORS ":%d: fewer than %d columns", number, COLUMNS);
        vectors++;
        if (!holds(column)) {
            print_error(VECTORS ":%d: %s is not %s\n", number, column[NAME], column[EXPECTED]);
            bad++;
        }
    }
    free(line);
    (void)fclose(file);
    assert_int_equal(bad, 0);
    assert_true(vectors >= 45);
}

/* BODY's claim, signed with secret. */
static struct signature_claim claim_of(const struct secret *secret, char text[SIGNATURE_CLAIM_BYTES])
{
    struct signature_claim claim = {"an-id", "1795514400", NULL};

    claim.signatures = signature_make_claim(secret, &claim, (const unsigned char *)BODY, strlen(BODY), text);
    return claim;
}

static enum error_code verify_claim(const struct signature_claim *claim, struct secret *const *secrets, size_t count,
                                    size_t *matched)
{
    return signature_verify_claim(claim, NOW_S, TOLERANCE_S, (const unsigned char *)BODY, strlen(BODY), secrets, count,
                                  matched);
}

static void claim_tells_which_secret_matched(void **state)
{
    struct secret *secrets[] = {secret_of("env:NEW", "new", 3), secret_of("env:OLD", "whsec_b2xk", 10)};
    char text[SIGNATURE_CLAIM_BYTES];
    struct signature_claim claim = claim_of(secrets[1], text);
    size_t matched = 99;

    (void)state;
    assert_int_equal(verify_claim(&claim, secrets, 2, &matched), ERROR_NONE);
    assert_int_equal(matched, 1);
    matched = 99;
    assert_int_equal(verify_claim(&claim, secrets, 1, &matched), ERROR_INVALID_SIGNATURE);
    assert_int_equal(matched, 99);
    secret_free(secrets[0]);
    secret_free(secrets[1]);
}

static void claim_is_undecided_while_a_secret_is_unavailable(void **state)
{
    struct secret *secrets[] = {secret_of("env:KEY", "key", 3), absent_secret()};
    char text[SIGNATURE_CLAIM_BYTES];
    struct signature_claim claim = claim_of(secrets[0], text), none = {0};
    size_t matched = 99;

    (void)state;
    assert_int_equal(verify_claim(&claim, secrets, 2, &matched), ERROR_NONE);
    assert_int_equal(matched, 0);
    assert_int_equal(verify_claim(&none, secrets, 2, &matched), ERROR_SECRET_UNAVAILABLE);
    assert_int_equal(verify_claim(&claim, secrets + 1, 1, &matched), ERROR_SECRET_UNAVAILABLE);
    assert_int_equal(verify_claim(&claim, secrets, 0, &matched), ERROR_SECRET_UNAVAILABLE);
    secret_free(secrets[0]);
    secret_free(secrets[1]);
}

static void token_is_a_secret_itself(void **state)
{
    struct secret *secrets[] = {secret_of("env:NEW", "new", 3), secret_of("env:OLD", "a, b", 4)};
    static const char *const wrong[] = {NULL, "", "ne", "new ", "News", "a", "a,b", "new,a, b"};
    size_t matched = 99;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(signature_verify_token(wrong[i], secrets, 2, &matched), ERROR_INVALID_SIGNATURE);
    assert_int_equal(matched, 99);
    assert_int_equal(signature_verify_token("a, b", secrets, 2, &matched), ERROR_NONE);
    assert_int_equal(matched, 1);
    assert_int_equal(signature_verify_token("new", secrets, 2, &matched), ERROR_NONE);
    assert_int_equal(matched, 0);
    secret_free(secrets[0]);
    secret_free(secrets[1]);
}

static void token_is_undecided_while_a_secret_is_unavailable(void **state)
{
    struct secret *secrets[] = {absent_secret(), secret_of("env:KEY", "key", 3)};
    size_t matched = 99;

    (void)state;
    assert_int_equal(signature_verify_token("key", secrets, 2, &matched), ERROR_NONE);
    assert_int_equal(matched, 1);
    assert_int_equal(signature_verify_token("other", secrets, 2, &matched), ERROR_SECRET_UNAVAILABLE);
    assert_int_equal(signature_verify_token("key", secrets, 0, &matched), ERROR_SECRET_UNAVAILABLE);
    secret_free(secrets[0]);
    secret_free(secrets[1]);
}

static int start_sodium(void **state)
{
    (void)state;
    return sodium_init() < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claim_agrees_with_the_vectors),
        cmocka_unit_test(claim_tells_which_secret_matched),
        cmocka_unit_test(claim_is_undecided_while_a_secret_is_unavailable),
        cmocka_unit_test(token_is_a_secret_itself),
        cmocka_unit_test(token_is_undecided_while_a_secret_is_unavailable),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, start_sodium, NULL);
}
