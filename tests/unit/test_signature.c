/* Signatures: the vectors of tests/fixtures/signatures.tsv, several live secrets, secrets that can't be had. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signature.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VECTORS "tests/fixtures/signatures.tsv"
#define COLUMNS 5
#define BODY "Hello World!"
#define SIGNED_WITH_THE_KEY "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9"
#define THE_KEY "It's a Secret to Everybody"

struct bytes {
    unsigned char bytes[1024];
    size_t length;
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

static enum error_code verify(const char *header, struct secret *const *secrets, size_t count, size_t *matched)
{
    return signature_verify(header, (const unsigned char *)BODY, strlen(BODY), secrets, count, matched);
}

static struct bytes from_hex(const char *hex)
{
    struct bytes value;
    int bad = sodium_hex2bin(value.bytes, sizeof value.bytes, hex, strlen(hex), NULL, &value.length, NULL);

    assert_int_equal(bad, 0);
    assert_int_equal(value.length * 2, strlen(hex));
    return value;
}

/* Undoes \t \n \r \xHH in place. */
static void unescape(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        if (*from != '\\') {
            *to++ = *from;
            continue;
        }
        switch (*++from) {
        case 't':
            *to++ = '\t';
            break;
        case 'n':
            *to++ = '\n';
            break;
        case 'r':
            *to++ = '\r';
            break;
        case 'x':
            *to++ = (char)strtol((char[]){from[1], from[2], '\0'}, NULL, 16);
            from += 2;
            break;
        default:
            fail_msg("unknown escape \\%c", *from);
        }
    }
    *to = '\0';
}

/* One line: false when the answer is not the expected one. */
static bool holds(char *const column[COLUMNS])
{
    struct bytes key = from_hex(column[1]), body = from_hex(column[2]);
    struct secret *secret = secret_of("env:KEY", key.bytes, key.length);
    enum error_code wanted = strcmp(column[4], "valid") == 0 ? ERROR_NONE : ERROR_INVALID_SIGNATURE, code;
    const char *header = strcmp(column[3], "-") == 0 ? NULL : column[3];
    size_t matched = 99;

    if (wanted != ERROR_NONE)
        assert_string_equal(column[4], "invalid");
    unescape(column[3]);
    code = signature_verify(header, body.bytes, body.length, &secret, 1, &matched);
    secret_free(secret);
    return code == wanted && matched == (wanted == ERROR_NONE ? 0 : 99);
}

static void signature_agrees_with_the_vectors(void **state)
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
            print_error(VECTORS ":%d: %s is not %s\n", number, column[0], column[4]);
            bad++;
        }
    }
    free(line);
    (void)fclose(file);
    assert_int_equal(bad, 0);
    assert_true(vectors >= 60);
}

static void assert_rejected(const char *header)
{
    struct secret *secret = secret_of("env:KEY", THE_KEY, strlen(THE_KEY));
    size_t matched = 99;

    assert_int_equal(verify(header, &secret, 1, &matched), ERROR_INVALID_SIGNATURE);
    assert_int_equal(matched, 99);
    secret_free(secret);
}

static void rejects_a_truncated_digest(void **state)
{
    char header[] = SIGNED_WITH_THE_KEY;

    (void)state;
    header[strlen(header) - 1] = '\0';
    assert_rejected(header);
}

static void rejects_another_method(void **state)
{
    char header[] = SIGNED_WITH_THE_KEY;

    (void)state;
    header[strlen("sha25")] = '7';
    assert_rejected(header);
}

static void rejects_two_signatures_in_one_header(void **state)
{
    (void)state;
    assert_rejected(SIGNED_WITH_THE_KEY "," SIGNED_WITH_THE_KEY);
}

static void signature_tells_which_secret_matched(void **state)
{
    struct secret *secrets[] = {secret_of("env:NEW", "new", 3), secret_of("env:OLD", THE_KEY, strlen(THE_KEY)),
                                secret_of("env:OLDER", "older", 5)};
    size_t matched = 99;

    (void)state;
    assert_int_equal(verify(SIGNED_WITH_THE_KEY, secrets, 3, &matched), ERROR_NONE);
    assert_int_equal(matched, 1);
    assert_int_equal(verify(SIGNED_WITH_THE_KEY, secrets, 1, &matched), ERROR_INVALID_SIGNATURE);
    for (size_t i = 0; i < 3; i++)
        secret_free(secrets[i]);
}

static void signature_names_the_first_of_two_equal_secrets(void **state)
{
    struct secret *secrets[] = {secret_of("env:A", THE_KEY, strlen(THE_KEY)), secret_of("env:B", THE_KEY, strlen(THE_KEY))};
    size_t matched = 99;

    (void)state;
    assert_int_equal(verify(SIGNED_WITH_THE_KEY, secrets, 2, &matched), ERROR_NONE);
    assert_int_equal(matched, 0);
    secret_free(secrets[0]);
    secret_free(secrets[1]);
}

static void signature_holds_although_another_secret_is_unavailable(void **state)
{
    struct secret *secrets[] = {absent_secret(), secret_of("env:KEY", THE_KEY, strlen(THE_KEY))};
    size_t matched = 99;

    (void)state;
    assert_int_equal(verify(SIGNED_WITH_THE_KEY, secrets, 2, &matched), ERROR_NONE);
    assert_int_equal(matched, 1);
    secret_free(secrets[0]);
    secret_free(secrets[1]);
}

static void signature_is_undecided_while_a_secret_is_unavailable(void **state)
{
    struct secret *secrets[] = {secret_of("env:KEY", "other", 5), absent_secret()};
    size_t matched = 99;

    (void)state;
    assert_int_equal(verify(SIGNED_WITH_THE_KEY, secrets, 2, &matched), ERROR_SECRET_UNAVAILABLE);
    assert_int_equal(verify(NULL, secrets, 2, &matched), ERROR_SECRET_UNAVAILABLE);
    assert_int_equal(matched, 99);
    secret_free(secrets[0]);
    secret_free(secrets[1]);
}

static void signature_never_holds_without_secrets(void **state)
{
    size_t matched = 99;

    (void)state;
    assert_int_equal(verify(SIGNED_WITH_THE_KEY, NULL, 0, &matched), ERROR_SECRET_UNAVAILABLE);
    assert_int_equal(matched, 99);
}

/* FIPS 180-2, appendix B, and the empty message. */
static void body_hash_is_sha256(void **state)
{
    unsigned char hash[32];
    char hex[65];

    (void)state;
    signature_body_hash((const unsigned char *)"abc", 3, hash);
    assert_string_equal(sodium_bin2hex(hex, sizeof hex, hash, sizeof hash),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    signature_body_hash((const unsigned char *)"", 0, hash);
    assert_string_equal(sodium_bin2hex(hex, sizeof hex, hash, sizeof hash),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void signature_made_is_the_one_that_holds(void **state)
{
    struct secret *secret = secret_of("value", THE_KEY, strlen(THE_KEY));
    char text[SIGNATURE_HEADER_BYTES];
    size_t matched;

    (void)state;
    assert_string_equal(signature_make(secret, (const unsigned char *)BODY, strlen(BODY), text), SIGNED_WITH_THE_KEY);
    assert_int_equal(verify(text, &secret, 1, &matched), ERROR_NONE);
    (void)signature_make(secret, (const unsigned char *)BODY, strlen(BODY) - 1, text);
    assert_int_equal(verify(text, &secret, 1, &matched), ERROR_INVALID_SIGNATURE);
    secret_free(secret);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signature_agrees_with_the_vectors),
        cmocka_unit_test(rejects_a_truncated_digest),
        cmocka_unit_test(rejects_another_method),
        cmocka_unit_test(rejects_two_signatures_in_one_header),
        cmocka_unit_test(signature_tells_which_secret_matched),
        cmocka_unit_test(signature_names_the_first_of_two_equal_secrets),
        cmocka_unit_test(signature_holds_although_another_secret_is_unavailable),
        cmocka_unit_test(signature_is_undecided_while_a_secret_is_unavailable),
        cmocka_unit_test(signature_never_holds_without_secrets),
        cmocka_unit_test(body_hash_is_sha256),
        cmocka_unit_test(signature_made_is_the_one_that_holds),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
