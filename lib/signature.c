/* What proves a sender, compared in constant time. */
#include "signature.h"

#include <sodium.h>
#include <string.h>

#define METHOD "sha256="
#define METHOD_LENGTH (sizeof METHOD - 1)
#define MAC_BYTES crypto_auth_hmacsha256_BYTES
#define KEY_PREFIX "whsec_"
#define KEY_PREFIX_LENGTH (sizeof KEY_PREFIX - 1)
#define KEY_BYTES 256 /* a longer one is no key of Standard Webhooks */
#define VERSION "v1,"
#define VERSION_LENGTH (sizeof VERSION - 1)
#define TIMESTAMP_DIGITS 12

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

/* Compared by a hash, so that the time tells no length. */
enum error_code signature_verify_token(const char *token, struct secret *const *secrets, size_t secret_count,
                                       size_t *matched)
{
    unsigned char claimed[32], held[32];
    bool found = false, unavailable = secret_count == 0;

    if (token == NULL)
        token = ""; /* no secret is empty */
    signature_body_hash((const unsigned char *)token, strlen(token), claimed);
    for (size_t i = 0; i < secret_count; i++) {
        if (!secret_is_available(secrets[i])) {
            unavailable = true;
            continue;
        }
        signature_body_hash(secret_bytes(secrets[i]), secret_length(secrets[i]), held);
        if (sodium_memcmp(claimed, held, sizeof held) == 0 && !found) {
            found = true;
            *matched = i;
        }
    }
    sodium_memzero(held, sizeof held);
    if (found)
        return ERROR_NONE;
    return unavailable ? ERROR_SECRET_UNAVAILABLE : ERROR_INVALID_SIGNATURE;
}

/* ---- Standard Webhooks ---- */

static bool base64_decode(const char *text, size_t length, unsigned char *bytes, size_t size, size_t *decoded)
{
    static const int variants[] = {sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING};

    for (size_t i = 0; i < 2; i++) {
        const char *end;

        if (sodium_base642bin(bytes, size, text, length, NULL, decoded, &end, variants[i]) == 0 && end == text + length)
            return true;
    }
    return false;
}

static void authenticate_claim(const struct secret *secret, const struct signature_claim *claim,
                               const unsigned char *body, size_t length, unsigned char mac[MAC_BYTES])
{
    crypto_auth_hmacsha256_state state;
    unsigned char decoded[KEY_BYTES];
    const unsigned char *key = secret_bytes(secret);
    size_t key_length = secret_length(secret);

    if (key_length > KEY_PREFIX_LENGTH && memcmp(key, KEY_PREFIX, KEY_PREFIX_LENGTH) == 0 &&
        base64_decode((const char *)key + KEY_PREFIX_LENGTH, key_length - KEY_PREFIX_LENGTH, decoded, sizeof decoded,
                      &key_length))
        key = decoded;
    else
        key_length = secret_length(secret);
    crypto_auth_hmacsha256_init(&state, key, key_length);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)claim->id, strlen(claim->id));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)claim->timestamp, strlen(claim->timestamp));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
    crypto_auth_hmacsha256_update(&state, body, length);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_memzero(&state, sizeof state);
    sodium_memzero(decoded, sizeof decoded);
}

/* True when one of the signatures, which spaces part, is mac. */
static bool lists(const char *signatures, const unsigned char mac[MAC_BYTES])
{
    bool found = false;

    for (const char *at = signatures; *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, " "), decoded = 0;
        unsigned char claimed[MAC_BYTES];

        if (length > VERSION_LENGTH && strncmp(at, VERSION, VERSION_LENGTH) == 0 &&
            base64_decode(at + VERSION_LENGTH, length - VERSION_LENGTH, claimed, sizeof claimed, &decoded) &&
            decoded == MAC_BYTES)
            found |= sodium_memcmp(mac, claimed, sizeof claimed) == 0;
        at += length;
    }
    return found;
}

static bool is_recent(const char *timestamp, int64_t now_s, int64_t tolerance_s)
{
    size_t digits = strspn(timestamp, "0123456789");
    int64_t claimed = 0;

    if (digits == 0 || digits > TIMESTAMP_DIGITS || timestamp[digits] != '\0')
        return false;
    for (size_t i = 0; i < digits; i++)
        claimed = claimed * 10 + (timestamp[i] - '0');
    return claimed >= now_s - tolerance_s && claimed <= now_s + tolerance_s;
}

enum error_code signature_verify_claim(const struct signature_claim *claim, int64_t now_s, int64_t tolerance_s,
                                       const unsigned char *body, size_t length, struct secret *const *secrets,
                                       size_t secret_count, size_t *matched)
{
    bool well_formed = claim->id != NULL && *claim->id != '\0' && claim->timestamp != NULL && claim->signatures != NULL &&
                       is_recent(claim->timestamp, now_s, tolerance_s);
    bool found = false, unavailable = secret_count == 0;

    for (size_t i = 0; i < secret_count; i++) {
        unsigned char mac[MAC_BYTES];

        if (!secret_is_available(secrets[i])) {
            unavailable = true;
            continue;
        }
        if (!well_formed)
            continue;
        authenticate_claim(secrets[i], claim, body, length, mac);
        if (lists(claim->signatures, mac) && !found) {
            found = true;
            *matched = i;
        }
        sodium_memzero(mac, sizeof mac);
    }
    if (found)
        return ERROR_NONE;
    return unavailable ? ERROR_SECRET_UNAVAILABLE : ERROR_INVALID_SIGNATURE;
}

const char *signature_make_claim(const struct secret *secret, const struct signature_claim *claim,
                                 const unsigned char *body, size_t length, char text[SIGNATURE_CLAIM_BYTES])
{
    unsigned char mac[MAC_BYTES];

    authenticate_claim(secret, claim, body, length, mac);
    memcpy(text, VERSION, VERSION_LENGTH);
    (void)sodium_bin2base64(text + VERSION_LENGTH, SIGNATURE_CLAIM_BYTES - VERSION_LENGTH, mac, sizeof mac,
                            sodium_base64_VARIANT_ORIGINAL);
    return text;
}

/* ---- what senders send ---- */

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
