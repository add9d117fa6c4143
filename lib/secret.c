/* Secrets from env: and file: references, kept in guarded memory. */
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET_MAX_BYTES 65536 /* far above any webhook secret; a larger file is a mistake */

struct secret {
    char *reference;
    unsigned char *bytes; /* sodium_malloc; NULL while it can't be had */
    size_t length;
    char problem[256];
};

/* Takes the value into guarded memory; an empty one is refused. */
static enum error_code keep(struct secret *secret, const char *value, size_t length, struct error *error)
{
    if (length == 0)
        return error_set(error, ERROR_CONFIG, "secret %s is empty: anybody could sign with it", secret->reference);
    secret->bytes = sodium_malloc(length);
    if (secret->bytes == NULL)
        return error_set(error, ERROR_NO_MEMORY, "no guarded memory for secret %s", secret->reference);
    memcpy(secret->bytes, value, length);
    (void)sodium_mprotect_readonly(secret->bytes);
    secret->length = length;
    return ERROR_NONE;
}

static struct secret *make(const char *reference)
{
    struct secret *made = sodium_init() < 0 ? NULL : calloc(1, sizeof *made);

    if (made == NULL || (made->reference = strdup(reference)) != NULL)
        return made;
    free(made);
    return NULL;
}

enum error_code secret_of_value(const char *reference, const char *value, size_t length, struct secret **secret,
                                struct error *error)
{
    struct secret *made = make(reference);
    enum error_code code;

    *secret = NULL;
    if (made == NULL)
        return error_set(error, ERROR_NO_MEMORY, "no memory for secret %s", reference);
    code = keep(made, value, length, error);
    if (code == ERROR_NONE)
        *secret = made;
    else
        secret_free(made);
    return code;
}

static enum error_code read_environment(struct secret *secret, const char *name, struct error *error)
{
    const char *value = getenv(name);

    if (value != NULL)
        return keep(secret, value, strlen(value), error);
    (void)snprintf(secret->problem, sizeof secret->problem, "environment variable %s is not set", name);
    return ERROR_NONE;
}

/* Reads at most size bytes; -1 with errno. */
static ssize_t read_all(int fd, unsigned char *bytes, size_t size)
{
    size_t length = 0;

    while (length < size) {
        ssize_t got = read(fd, bytes + length, size - length);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    return (ssize_t)length;
}

static enum error_code read_file(struct secret *secret, const char *path, struct error *error)
{
    enum error_code code = ERROR_NONE;
    unsigned char *bytes = sodium_malloc(SECRET_MAX_BYTES + 1);
    ssize_t length = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (bytes == NULL) {
        code = error_set(error, ERROR_NO_MEMORY, "no guarded memory for secret %s", secret->reference);
        goto out;
    }
    if (fd >= 0)
        length = read_all(fd, bytes, SECRET_MAX_BYTES + 1);
    if (length < 0) {
        (void)snprintf(secret->problem, sizeof secret->problem, "%s: %s", path, strerror(errno));
        goto out;
    }
    if (length > SECRET_MAX_BYTES) {
        code = error_set(error, ERROR_CONFIG, "secret %s is larger than %d bytes", secret->reference, SECRET_MAX_BYTES);
        goto out;
    }
    length -= length > 0 && bytes[length - 1] == '\n' ? length > 1 && bytes[length - 2] == '\r' ? 2 : 1 : 0;
    code = keep(secret, (const char *)bytes, (size_t)length, error);
out:
    if (fd >= 0)
        (void)close(fd);
    sodium_free(bytes);
    return code;
}

enum error_code secret_read(const char *reference, struct secret **secret, struct error *error)
{
    enum error_code code;
    struct secret *made = make(reference);

    if (made == NULL)
        code = error_set(error, ERROR_NO_MEMORY, "no memory for secret %s", reference);
    else if (strncmp(reference, "env:", 4) == 0 && reference[4] != '\0')
        code = read_environment(made, reference + 4, error);
    else if (strncmp(reference, "file:", 5) == 0 && reference[5] != '\0')
        code = read_file(made, reference + 5, error);
    else
        code = error_set(error, ERROR_CONFIG, "a secret is named env:NAME or file:PATH, never by its value");
    if (code != ERROR_NONE) {
        secret_free(made);
        made = NULL;
    }
    *secret = made;
    return code;
}

void secret_free(struct secret *secret)
{
    if (secret == NULL)
        return;
    sodium_free(secret->bytes); /* wipes */
    free(secret->reference);
    free(secret);
}

const char *secret_reference(const struct secret *secret)
{
    return secret->reference;
}

bool secret_is_available(const struct secret *secret)
{
    return secret->bytes != NULL;
}

const char *secret_problem(const struct secret *secret)
{
    return secret->problem;
}

const unsigned char *secret_bytes(const struct secret *secret)
{
    return secret->bytes;
}

size_t secret_length(const struct secret *secret)
{
    return secret->length;
}
