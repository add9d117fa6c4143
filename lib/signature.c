/* HMAC-SHA256 over the raw body, compared in constant time. */
#include "signature.h"

#include <sodium.h>
#include <string.h>

#define METHOD "sha256="
#define METHOD_LENGTH (sizeof METHOD - 1)
#define MAC_BYTES crypto_auth_hmacsha256_BYTES

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* "sha256=" and exactly 64 hex digits. */
static bool parse_header(const char *header, unsigned char mac[MAC_BYTES])
{
    if (header == NULL || strncmp(header, METHOD, METHOD_LENGTH) != 0)
        return false;
    header += METHOD_LENGTH;
    if (strnlen(header, 2 * MAC_BYTES + 1) != 2 * MAC_BYTES)
        return false;
    for (size_t i = 0; i < MAC_BYTES; i++) {
        int high = hex_digit(header[2 * i]), low = hex_digit(header[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        mac[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

static void authenticate(const struct secret *secret, const unsigned char *body, size_t length,
                         unsigned char mac[MAC_BYTES])
{
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, secret_bytes(secret), secret_length(secret));
    crypto_auth_hmacsha256_update(&state, body, length);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_memzero(&state, sizeof state);
}

static bool matches(const struct secret *secret, const unsigned char *body, size_t length,
                    const unsigned char claimed[MAC_BYTES])
{
    unsigned char mac[MAC_BYTES];
    bool equal;

    authenticate(secret, body, length, mac);
    equal = sodium_memcmp(mac, claimed, sizeof mac) == 0;
    sodium_memzero(mac, sizeof mac);
    return equal;
}

enum error_code signature_verify(const char *header, const unsigned char *body, size_t length,
                                 struct secret *const *secrets, size_t secret_count, size_t *matched)
{
    unsigned char claimed[MAC_BYTES] = {0};
    bool well_formed = parse_header(header, claimed), found = false, unavailable = secret_count == 0;

    for (size_t i = 0; i < secret_count; i++) {
        if (!secret_is_available(secrets[i])) {
            unavailable = true;
        } else if (well_formed && matches(secrets[i], body, length, claimed) && !found) {
            found = true;
            *matched = i;
        }
    }
    if (found)
        return ERROR_NONE;
    return unavailable ? ERROR_SECRET_UNAVAILABLE : ERROR_INVALID_SIGNATURE;
}

const char *signature_make(const struct secret *secret, const unsigned char *body, size_t length,
                           char text[SIGNATURE_HEADER_BYTES])
{
    unsigned char mac[MAC_BYTES];

    authenticate(secret, body, length, mac);
    memcpy(text, METHOD, METHOD_LENGTH);
    (void)sodium_bin2hex(text + METHOD_LENGTH, SIGNATURE_HEADER_BYTES - METHOD_LENGTH, mac, sizeof mac);
    return text;
}

void signature_body_hash(const unsigned char *body, size_t length, unsigned char hash[32])
{
    crypto_hash_sha256(hash, body, length);
}

const char *signature_body_id(const unsigned char *body, size_t length, char text[SIGNATURE_BODY_ID_BYTES])
{
    static const char prefix[] = "sha256:";
    unsigned char hash[32];

    signature_body_hash(body, length, hash);
    memcpy(text, prefix, sizeof prefix);
    (void)sodium_bin2hex(text + sizeof prefix - 1, SIGNATURE_BODY_ID_BYTES - (sizeof prefix - 1), hash, sizeof hash);
    return text;
}
