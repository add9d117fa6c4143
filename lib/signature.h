/* What proves a sender: HMAC-SHA256 over the raw body, GitLab's token, Standard Webhooks. Constant-time comparison; one
 * answer for missing, malformed, wrong and old. All available secrets are tried whatever matched.
 */
#ifndef JIRASYNC_SIGNATURE_H
#define JIRASYNC_SIGNATURE_H

#include "error.h"
#include "secret.h"

#include <stddef.h>
#include <stdint.h>

/* Verifies header ("sha256=<64 hex digits of either case>"; another method, padding, spaces, a comma or a NULL is
 * invalid) over body with each of the live secrets. ERROR_NONE and *matched = index of the secret, or
 * ERROR_INVALID_SIGNATURE, or ERROR_SECRET_UNAVAILABLE when none matched and at least one secret can't be had (or
 * there is none). */
enum error_code signature_verify(const char *header, const unsigned char *body, size_t length,
                                 struct secret *const *secrets, size_t secret_count, size_t *matched) MUST_CHECK;

/* The same of a token, the secret itself as GitLab sends it in X-Gitlab-Token. NULL is invalid. */
enum error_code signature_verify_token(const char *token, struct secret *const *secrets, size_t secret_count,
                                       size_t *matched) MUST_CHECK;

/* The headers of Standard Webhooks; NULL where there is none. */
struct signature_claim {
    const char *id, *timestamp; /* webhook-id; webhook-timestamp, seconds since 1970 in digits */
    const char *signatures;     /* webhook-signature: parted by spaces, those that are no "v1,<base64>" don't count */
};

/* The same of a claim: one of its signatures is HMAC-SHA256 over "id.timestamp.body", and its timestamp is no further than
 * tolerance_s from now_s, either way. The key is what follows "whsec_" in a secret, base64-decoded, else the secret as it
 * is. */
enum error_code signature_verify_claim(const struct signature_claim *claim, int64_t now_s, int64_t tolerance_s,
                                       const unsigned char *body, size_t length, struct secret *const *secrets,
                                       size_t secret_count, size_t *matched) MUST_CHECK;

#define SIGNATURE_HEADER_BYTES 72 /* "sha256=", 64 hex digits, NUL */
/* Writes the header's value as a sender who knows the secret (which must be available) sends it. Returns text. */
const char *signature_make(const struct secret *secret, const unsigned char *body, size_t length,
                           char text[SIGNATURE_HEADER_BYTES]);
#define SIGNATURE_CLAIM_BYTES 48 /* "v1,", 44 characters of base64, NUL */
/* Writes the webhook-signature that a sender who knows the secret sends with claim's id and timestamp. Returns text. */
const char *signature_make_claim(const struct secret *secret, const struct signature_claim *claim,
                                 const unsigned char *body, size_t length, char text[SIGNATURE_CLAIM_BYTES]);
/* SHA-256 of the body. */
void signature_body_hash(const unsigned char *body, size_t length, unsigned char hash[32]);

#define SIGNATURE_BODY_ID_BYTES 72 /* "sha256:", 64 hex digits, NUL */
/* Writes the delivery id of a body that came without one: "sha256:" and the hash in hex. Returns text. */
const char *signature_body_id(const unsigned char *body, size_t length, char text[SIGNATURE_BODY_ID_BYTES]);

#endif
