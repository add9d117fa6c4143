/* What a receiver can't do without: libfcgi reads the request and answers. With a secret in NULL_RECEIVER_SECRET also
 * the HMAC of the body and cJSON's reading of it, as a plain program would do them.
 *
 * spawn-fcgi -n -s SOCKET -- null_receiver THREADS
 */
#include <cjson/cJSON.h>
#include <fcgiapp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS_MAX = 256 };

static const char *secret;

static bool is_signed(const unsigned char *body, size_t length, const char *header)
{
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES], claimed[crypto_auth_hmacsha256_BYTES];
    size_t read = 0;

    if (header == NULL || strncmp(header, "sha256=", 7) != 0 ||
        sodium_hex2bin(claimed, sizeof claimed, header + 7, strlen(header + 7), NULL, &read, NULL) != 0 ||
        read != sizeof claimed)
        return false;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, body, length);
    crypto_auth_hmacsha256_final(&state, mac);
    return sodium_memcmp(mac, claimed, sizeof mac) == 0;
}

static bool is_json(const unsigned char *body, size_t length)
{
    cJSON *json = cJSON_ParseWithLength((const char *)body, length);
    bool is_object = cJSON_IsObject(json);

    cJSON_Delete(json);
    return is_object;
}

static bool is_good(const FCGX_Request *request, const unsigned char *body, size_t length)
{
    return secret == NULL ||
           (is_signed(body, length, FCGX_GetParam("HTTP_X_HUB_SIGNATURE", request->envp)) && is_json(body, length));
}

static void answer(FCGX_Request *request)
{
    const char *announced = FCGX_GetParam("CONTENT_LENGTH", request->envp);
    size_t length = announced == NULL ? 0 : strtoul(announced, NULL, 10);
    unsigned char *body = malloc(length + 1);
    bool good = body != NULL && (size_t)FCGX_GetStr((char *)body, (int)length, request->in) == length &&
                is_good(request, body, length);

    free(body);
    (void)FCGX_FPrintF(request->out, "Status: %s\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n",
                       good ? "200 OK" : "400 Bad Request");
    (void)FCGX_PutStr("{\"status\":\"ok\"}\n", 16, request->out);
}

static void *serve(void *unused)
{
    FCGX_Request request;

    (void)unused;
    if (FCGX_InitRequest(&request, 0, 0) != 0)
        return NULL;
    while (FCGX_Accept_r(&request) == 0) {
        answer(&request);
        FCGX_Finish_r(&request);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    unsigned long count = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    pthread_t threads[THREADS_MAX];

    secret = getenv("NULL_RECEIVER_SECRET");
    if (count < 1 || count > THREADS_MAX || sodium_init() < 0 || FCGX_Init() != 0) {
        (void)fprintf(stderr, "usage: spawn-fcgi -n -s SOCKET -- null_receiver THREADS\n");
        return 2;
    }
    for (unsigned long i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, serve, NULL) != 0)
            return 1;
    for (unsigned long i = 0; i < count; i++)
        (void)pthread_join(threads[i], NULL);
    return 0;
}
