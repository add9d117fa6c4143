/* Fuzz target: any header over any body. What holds must be the one right header, and the right header always holds. */
#include "signature.h"

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct secret *key(void)
{
    static struct secret *secret;
    struct error error;

    if (secret == NULL && secret_of_value("env:KEY", "fuzz", 4, &secret, &error) != ERROR_NONE)
        abort();
    return secret;
}

/* "sha256=" and the hex digits of the body's MAC. */
static void sign(const uint8_t *body, size_t length, char header[7 + 65])
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, (const unsigned char *)"fuzz", 4);
    crypto_auth_hmacsha256_update(&state, body, length);
    crypto_auth_hmacsha256_final(&state, mac);
    memcpy(header, "sha256=", 7);
    (void)sodium_bin2hex(header + 7, 65, mac, sizeof mac);
}

/* The first byte is the length of the header, the rest is header and body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct secret *secret = key();
    size_t length = size == 0 ? 0 : data[0] < size - 1 ? data[0]
                                                       : size - 1,
           matched = 0;
    const uint8_t *body = size == 0 ? data : data + 1 + length;
    size_t body_length = size == 0 ? 0 : size - 1 - length;
    char *header = malloc(length + 1), right[7 + 65];

    if (header == NULL)
        abort();
    memcpy(header, size == 0 ? (const uint8_t *)"" : data + 1, length);
    header[length] = '\0';
    sign(body, body_length, right);
    if (signature_verify(right, body, body_length, &secret, 1, &matched) != ERROR_NONE)
        abort();
    if (signature_verify(header, body, body_length, &secret, 1, &matched) == ERROR_NONE && strcasecmp(header, right) != 0)
        abort();
    free(header);
    return 0;
}
