/* What a delivery costs before it is stored: verify and normalize; and the libraries' own work, to compare with.
 *
 * reading deliver|reference BYTES COUNT: does it COUNT times in measured(), after once before it. Run it under
 * callgrind with --toggle-collect=measured: then start-up does not count.
 */
#include "arena.h"
#include "body.h"
#include "normalize.h"
#include "secret.h"
#include "signature.h"

#include <cjson/cJSON.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char key[] = "a secret of thirty-two characters";
static struct secret *secret;
static struct arena *arena;
static char header[7 + 2 * crypto_auth_hmacsha256_BYTES + 1] = "sha256=";
static char *body;
static size_t length;

static void sign(unsigned char mac[crypto_auth_hmacsha256_BYTES])
{
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, (const unsigned char *)key, strlen(key));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, length);
    crypto_auth_hmacsha256_final(&state, mac);
}

static bool deliver(void)
{
    const struct normalize_options options = {0};
    struct normal_form *form = NULL;
    struct error error = {0};
    size_t matched = 1;

    arena_reset(arena);
    if (signature_verify(header, (const unsigned char *)body, length, &secret, 1, &matched) != ERROR_NONE)
        return false;
    return normalize_jira(body, length, &options, arena, &form, &error) == ERROR_NONE && form->issue.is_whole;
}

/* One HMAC and one parse with malloc: less than this no program does that checks and reads a body by these libraries. */
static bool reference(void)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    cJSON *tree;

    sign(mac);
    tree = cJSON_ParseWithLength(body, length);
    cJSON_Delete(tree);
    return tree != NULL;
}

__attribute__((noinline)) static bool measured(bool (*once)(void), long count)
{
    bool good = true;

    for (long i = 0; i < count; i++)
        good = once() && good;
    return good;
}

static bool prepare(const char *bytes, bool delivers)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    struct error error = {0};

    if (sodium_init() < 0 || secret_of_value("budget", key, strlen(key), &secret, &error) != ERROR_NONE)
        return false;
    body = body_new(1, 1, strtoul(bytes, NULL, 10), &length);
    sign(mac);
    (void)sodium_bin2hex(header + 7, sizeof header - 7, mac, sizeof mac);
    arena = arena_new((size_t)1 << 26);
    if (delivers)
        normalize_init();
    return arena != NULL;
}

int main(int argc, char **argv)
{
    bool delivers = argc == 4 && strcmp(argv[1], "deliver") == 0, good;

    if (argc != 4 || !prepare(argv[2], delivers)) {
        (void)fprintf(stderr, "usage: reading deliver|reference BYTES COUNT\n");
        return 2;
    }
    good = (delivers ? deliver : reference)() && measured(delivers ? deliver : reference, strtol(argv[3], NULL, 10));
    (void)printf("%zu\n", length);
    arena_free(arena);
    secret_free(secret);
    free(body);
    return good ? 0 : 1;
}
