/* Where the REST of a Jira site or git host is and how an account proves itself. */
#include "rest_account.h"

#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CLOUD_TOKEN_URL "https://auth.atlassian.com/oauth/token"
#define SERVER_TOKEN_PATH "/rest/oauth2/latest/token"

void rest_account_forget(char *text)
{
    if (text != NULL)
        sodium_memzero(text, strlen(text));
    free(text);
}

void rest_account_clear(struct rest_account *site)
{
    free(site->root);
    rest_account_forget(site->authorization);
    free(site->token_url);
    secret_free(site->client_secret);
    secret_free(site->first_refresh_token);
    *site = (struct rest_account){0};
}

char *rest_account_header(const char *scheme, const char *token)
{
    char *header;
    return asprintf(&header, "Authorization: %s %s", scheme, token) < 0 ? NULL : header;
}

/* True for Atlassian's own hosts, whatever port and path follow. */
static bool is_cloud_host(const char *url)
{
    static const char *const ends[] = {".atlassian.net", ".jira.com", ".atlassian-us-gov-mod.net", "/api.atlassian.com"};
    const char *host = strstr(url, "://") + 2; /* with the slash before it */
    size_t length = 1 + strcspn(host + 1, ":/?#");
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t end = strlen(ends[i]);
        if (length >= end && strncasecmp(host + length - end, ends[i], end) == 0)
            return true;
    }
    return false;
}

static enum error_code read_place(const struct source *source, const char *root, struct rest_account *site, struct error *error)
{
    const char *url = root != NULL ? root : source->api_url != NULL ? source->api_url
                                                                    : source->base_url;
    if (url == NULL)
        return error_set(error, ERROR_CONFIG, "source %s has no base_url: the sources file has to say where its site is",
                         source->name);
    size_t length = strlen(url);
    while (length > 0 && url[length - 1] == '/')
        length--;
    site->root = strndup(url, length);
    site->version = source->api_version != NULL ? *source->api_version - '0' : is_cloud_host(url) ? 3
                                                                                                  : 2;
    site->dialect = site->version == 3 || is_cloud_host(url) ? JIRA_CLOUD : JIRA_DATA_CENTER;
    return site->root == NULL ? error_set(error, ERROR_NO_MEMORY, "no memory for source %s", source->name) : ERROR_NONE;
}

/* Reads a secret that has to be had now, and that fits into a header. */
static enum error_code read_secret(const struct source *source, const char *reference, struct secret **secret,
                                   struct error *error)
{
    enum error_code code = secret_read(reference, secret, error);
    if (code != ERROR_NONE)
        return code;
    if (!secret_is_available(*secret))
        return error_set(error, ERROR_SECRET_UNAVAILABLE, "source %s: %s", source->name, secret_problem(*secret));
    for (size_t i = 0; i < secret_length(*secret); i++)
        if (secret_bytes(*secret)[i] <= ' ' || secret_bytes(*secret)[i] >= 0x7f)
            return error_set(error, ERROR_CONFIG, "source %s: what %s names is no token: it holds spaces, line ends or letters past ASCII",
                             source->name, reference);
    return ERROR_NONE;
}

/* A copy as text; wiped and freed by the caller. */
static char *secret_text(const struct secret *secret)
{
    return strndup((const char *)secret_bytes(secret), secret_length(secret));
}

static char *basic_header(const char *user, const struct secret *token)
{
    char *pair = NULL, *encoded = NULL, *header = NULL;
    if (asprintf(&pair, "%s:%.*s", user, (int)secret_length(token), (const char *)secret_bytes(token)) < 0)
        return NULL;
    size_t room = sodium_base64_encoded_len(strlen(pair), sodium_base64_VARIANT_ORIGINAL);
    encoded = malloc(room);
    if (encoded != NULL) {
        sodium_bin2base64(encoded, room, (const unsigned char *)pair, strlen(pair), sodium_base64_VARIANT_ORIGINAL);
        header = rest_account_header("Basic", encoded);
    }
    rest_account_forget(pair);
    rest_account_forget(encoded);
    return header;
}

static enum error_code read_token(const struct source *source, struct rest_account *site, struct error *error)
{
    struct secret *token = NULL;
    enum error_code code = read_secret(source, source->api_token, &token, error);
    if (code == ERROR_NONE && source->api_user != NULL) {
        site->auth = REST_BASIC;
        site->authorization = basic_header(source->api_user, token);
    } else if (code == ERROR_NONE) {
        char *text = secret_text(token);
        site->auth = REST_BEARER;
        site->authorization = text == NULL ? NULL : rest_account_header("Bearer", text);
        rest_account_forget(text);
    }
    secret_free(token);
    if (code == ERROR_NONE && site->authorization == NULL)
        return error_set(error, ERROR_NO_MEMORY, "no memory for source %s", source->name);
    return code;
}

static enum error_code read_oauth(const struct source *source, struct rest_account *site, struct error *error)
{
    if (source->oauth_client_secret == NULL || source->oauth_refresh_token == NULL)
        return error_set(error, ERROR_CONFIG, "source %s has an oauth_client_id and lacks %s", source->name,
                         source->oauth_client_secret == NULL ? "oauth_client_secret" : "oauth_refresh_token");
    site->auth = REST_OAUTH;
    site->client_id = source->oauth_client_id;
    if (source->oauth_token_url != NULL)
        site->token_url = strdup(source->oauth_token_url);
    else if (site->dialect == JIRA_CLOUD)
        site->token_url = strdup(CLOUD_TOKEN_URL);
    else if (asprintf(&site->token_url, "%s" SERVER_TOKEN_PATH, site->root) < 0)
        site->token_url = NULL;
    if (site->token_url == NULL)
        return error_set(error, ERROR_NO_MEMORY, "no memory for source %s", source->name);
    enum error_code code = read_secret(source, source->oauth_client_secret, &site->client_secret, error);
    return code == ERROR_NONE ? read_secret(source, source->oauth_refresh_token, &site->first_refresh_token, error) : code;
}

enum error_code rest_account_read(const struct source *source, const char *root, struct rest_account *site, struct error *error)
{
    *site = (struct rest_account){0};
    enum error_code code = read_place(source, root, site, error);
    if (code == ERROR_NONE && source->oauth_client_id != NULL)
        code = read_oauth(source, site, error);
    else if (code == ERROR_NONE && source->api_token != NULL)
        code = read_token(source, site, error);
    else if (code == ERROR_NONE)
        code = error_set(error, ERROR_CONFIG, "source %s has neither api_token nor oauth_client_id: its REST wants one of them",
                         source->name);
    if (code != ERROR_NONE)
        rest_account_clear(site);
    return code;
}

static char *escape_bytes(const char *text, size_t length)
{
    char *escaped = curl_easy_escape(NULL, text, (int)length), *copy = escaped == NULL ? NULL : strdup(escaped);
    if (escaped != NULL)
        sodium_memzero(escaped, strlen(escaped));
    curl_free(escaped);
    return copy;
}

char *rest_escape(const char *text)
{
    return escape_bytes(text, strlen(text));
}

char *rest_account_token_form(const struct rest_account *site, const char *refresh_token)
{
    char *id = rest_escape(site->client_id), *token = rest_escape(refresh_token), *form = NULL;
    char *secret = escape_bytes((const char *)secret_bytes(site->client_secret), secret_length(site->client_secret));
    if (id == NULL || token == NULL || secret == NULL ||
        asprintf(&form, "grant_type=refresh_token&client_id=%s&client_secret=%s&refresh_token=%s", id, secret, token) < 0)
        form = NULL;
    free(id);
    rest_account_forget(token);
    rest_account_forget(secret);
    return form;
}
