/* A secret and where it came from. The bytes live in guarded memory and are never logged; the reference may be. */
#ifndef JIRASYNC_SECRET_H
#define JIRASYNC_SECRET_H

#include "error.h"

#include <stddef.h>

struct secret;

/* Reads reference "env:NAME" or "file:PATH" (one trailing newline, LF or CR LF, is dropped). Always gives a secret when the
 * reference is well-formed: one that could not be read has no bytes and keeps why. ERROR_CONFIG for a malformed
 * reference or an empty value. Free with secret_free, which wipes. */
enum error_code secret_read(const char *reference, struct secret **secret, struct error *error) MUST_CHECK;
/* A secret whose value came with the configuration; reference is what is shown. Copies value; ERROR_CONFIG when empty. */
enum error_code secret_of_value(const char *reference, const char *value, size_t length, struct secret **secret,
                                struct error *error) MUST_CHECK;
void secret_free(struct secret *secret);
const char *secret_reference(const struct secret *secret);
/* False when the value could not be read (yet); then secret_problem says why. */
bool secret_is_available(const struct secret *secret);
const char *secret_problem(const struct secret *secret);
const unsigned char *secret_bytes(const struct secret *secret);
size_t secret_length(const struct secret *secret);

#endif
