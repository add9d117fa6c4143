/* HMAC-SHA256 over the raw body. Constant-time comparison; one answer for missing, malformed and wrong. */
#ifndef JIRASYNC_SIGNATURE_H
#define JIRASYNC_SIGNATURE_H

#include "error.h"
#include "secret.h"

#include <stddef.h>

/* Verifies header ("sha256=<64 hex digits of either case>"; another method, padding, spaces, a comma or a NULL is
 * invalid) over body with each of the live secrets. ERROR_NONE and *matched = index of the secret, or
 * ERROR_INVALID_SIGNATURE, or ERROR_SECRET_UNAVAILABLE when none matched and at least one secret can't be had (or
 * there is none). All available secrets are tried whatever matched. */
enum error_code signature_verify(const char *header, const unsigned char *body, size_t length,
                                 struct secret *const *secrets, size_t secret_count, size_t *matched) MUST_CHECK;

#define SIGNATURE_HEADER_BYTES 72 /* "sha256=", 64 hex digits, NUL */
/* Writes the header's value as a sender who knows the secret (which must be available) sends it. Returns text. */
const char *signature_make(const struct secret *secret, const unsigned char *body, size_t length,
                           char text[SIGNATURE_HEADER_BYTES]);
/* SHA-256 of the body. */
void signature_body_hash(const unsigned char *body, size_t length, unsigned char hash[32]);

#define SIGNATURE_BODY_ID_BYTES 72 /* "sha256:", 64 hex digits, NUL */
/* Writes the delivery id of a body that came without one: "sha256:" and the hash in hex. Returns text. */
const char *signature_body_id(const unsigned char *body, size_t length, char text[SIGNATURE_BODY_ID_BYTES]);

#endif
