/* Sources: the sources file, and the default source of JIRA_WEBHOOK_SECRET*. */
#include "source.h"

#include "instant.h"
#include "json_write.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 63
#define DEFAULT_SOURCE "default"
#define DEFAULT_SECRET "env:JIRA_WEBHOOK_SECRET"
#define SEPARATORS ", \t"

struct source_list {
    struct source *sources;
    size_t count;
};

static const char *const kind_names[SOURCE_KINDS] = {
    [SOURCE_JIRA] = "jira",
    [SOURCE_GITHUB] = "github",
    [SOURCE_BITBUCKET] = "bitbucket",
    [SOURCE_BITBUCKET_SERVER] = "bitbucket-server",
    [SOURCE_GITLAB] = "gitlab",
    [SOURCE_GIT] = "git",
};

const char *source_kind_name(enum source_kind kind)
{
    return kind_names[kind];
}

bool source_kind_parse(const char *name, size_t length, enum source_kind *kind)
{
    for (size_t i = 0; i < SOURCE_KINDS; i++) {
        if (strlen(kind_names[i]) == length && strncmp(kind_names[i], name, length) == 0) {
            *kind = (enum source_kind)i;
            return true;
        }
    }
    return false;
}

static void free_words(char **words)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        free(words[i]);
    free(words);
}

static void source_clear(struct source *source)
{
    free(source->name);
    free(source->tenant);
    free(source->base_url);
    free(source->epic_link_field);
    free(source->api_url);
    free(source->api_version);
    free(source->api_user);
    free(source->api_token);
    free(source->api_token_expires);
    free(source->oauth_client_id);
    free(source->oauth_client_secret);
    free(source->oauth_refresh_token);
    free(source->oauth_token_url);
    free_words(source->projects);
    free_words(source->counted_refs);
    for (size_t i = 0; i < source->secret_count; i++)
        secret_free(source->secrets[i]);
    free(source->secrets);
}

void source_list_free(struct source_list *list)
{
    if (list == NULL)
        return;
    for (size_t i = 0; i < list->count; i++)
        source_clear(&list->sources[i]);
    free(list->sources);
    free(list);
}

static struct source *find(const struct source_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->sources[i].name, name) == 0)
            return &list->sources[i];
    return NULL;
}

static bool is_name(const char *name)
{
    size_t length = strlen(name);

    if (length == 0 || length > NAME_MAX_BYTES || !(islower((unsigned char)*name) || isdigit((unsigned char)*name)))
        return false;
    return strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == length;
}

static enum error_code add_source(struct source_list *list, const char *name, struct error *error)
{
    struct source *grown;

    if (!is_name(name))
        return error_set(error, ERROR_CONFIG, "source name \"%.80s\" is not made of a-z, 0-9, _ and -", name);
    if (find(list, name) != NULL)
        return error_set(error, ERROR_CONFIG, "source %s stands twice", name);
    grown = realloc(list->sources, (list->count + 1) * sizeof *grown);
    if (grown == NULL)
        return error_set(error, ERROR_NO_MEMORY, "no memory for source %s", name);
    list->sources = grown;
    grown[list->count] = (struct source){.name = strdup(name), .kind = SOURCE_JIRA};
    if (grown[list->count++].name == NULL)
        return error_set(error, ERROR_NO_MEMORY, "no memory for source %s", name);
    return ERROR_NONE;
}

static bool has_secret(const struct source *source, const char *reference)
{
    for (size_t i = 0; i < source->secret_count; i++)
        if (strcmp(secret_reference(source->secrets[i]), reference) == 0)
            return true;
    return false;
}

/* JIRA_WEBHOOK_SECRET may stand in jirasync.conf alone: its reference means the configured value everywhere. */
static enum error_code read_secret(const struct config *config, const char *reference, struct secret **secret,
                                   struct error *error)
{
    if (strcmp(reference, DEFAULT_SECRET) == 0 && *config->webhook_secret != '\0')
        return secret_of_value(reference, config->webhook_secret, strlen(config->webhook_secret), secret, error);
    return secret_read(reference, secret, error);
}

static enum error_code add_secret(struct source *source, const struct config *config, const char *reference,
                                  struct error *error)
{
    struct secret *secret, **grown;
    enum error_code code = read_secret(config, reference, &secret, error);

    if (code != ERROR_NONE)
        return code;
    grown = realloc(source->secrets, (source->secret_count + 1) * sizeof(struct secret *));
    if (grown == NULL) {
        secret_free(secret);
        return error_set(error, ERROR_NO_MEMORY, "no memory for the secrets of %s", source->name);
    }
    source->secrets = grown;
    source->secrets[source->secret_count++] = secret;
    return ERROR_NONE;
}

/* Reads a reference whose secret is not kept, so that a bad one shows at start; fetches read it when they need it. */
static enum error_code check_reference(const char *reference, struct error *error)
{
    struct secret *secret;
    enum error_code code = secret_read(reference, &secret, error);

    if (code == ERROR_NONE)
        secret_free(secret);
    return code;
}

static enum error_code set_text(char **text, const char *value, struct error *error)
{
    char *copy = strdup(value);

    if (copy == NULL)
        return error_set(error, ERROR_NO_MEMORY, "no memory for the sources");
    free(*text);
    *text = copy;
    return ERROR_NONE;
}

/* Splits at commas and white space into a NULL-terminated list. */
static enum error_code set_words(char ***words, const char *value, struct error *error)
{
    size_t count = 0;
    char **list = calloc(strlen(value) / 2 + 2, sizeof(char *));

    if (list == NULL)
        return error_set(error, ERROR_NO_MEMORY, "no memory for the sources");
    for (const char *at = value + strspn(value, SEPARATORS); *at != '\0'; at += strspn(at, SEPARATORS)) {
        size_t length = strcspn(at, SEPARATORS);

        list[count] = strndup(at, length);
        if (list[count++] == NULL) {
            free_words(list);
            return error_set(error, ERROR_NO_MEMORY, "no memory for the sources");
        }
        at += length;
    }
    free_words(*words);
    *words = list;
    return ERROR_NONE;
}

static enum error_code set_kind(struct source *source, const char *value, struct error *error)
{
    if (source_kind_parse(value, strlen(value), &source->kind))
        return ERROR_NONE;
    return error_set(error, ERROR_CONFIG,
                     "kind \"%.40s\" is none of jira, github, bitbucket, bitbucket-server, gitlab, git", value);
}

/* A base URL is shown in views: a password in it would be, too. */
static bool is_base_url(const char *value)
{
    const char *host = "";

    if (strncmp(value, "https://", 8) == 0)
        host = value + 8;
    else if (strncmp(value, "http://", 7) == 0)
        host = value + 7;
    return *host != '\0' && strcspn(host, "@ \t\\") == strlen(host);
}

static bool is_api_version(const char *value)
{
    return strcmp(value, "2") == 0 || strcmp(value, "3") == 0;
}

static bool is_date(const char *value)
{
    instant day;

    return strlen(value) == 10 && instant_parse(value, 10, &day);
}

static bool is_field_id(const char *value)
{
    return strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(value);
}

static bool is_project_key(const char *word)
{
    return isupper((unsigned char)*word) && strlen(word) >= 2 &&
           strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(word);
}

static const struct source_key {
    const char *key;
    size_t offset; /* of the text or list in struct source */
    bool is_list;
    bool (*is_valid)(const char *); /* of the value, or of each word; NULL: anything */
    const char *expected;
    bool is_reference;
} source_keys[] = {
    {"tenant", offsetof(struct source, tenant), false, is_name, "a-z, 0-9, _ and -", false},
    {"base_url", offsetof(struct source, base_url), false, is_base_url, "https://HOST without user or password", false},
    {"epic_link_field", offsetof(struct source, epic_link_field), false, is_field_id,
     "a field id like customfield_10008", false},
    {"api_url", offsetof(struct source, api_url), false, is_base_url, "https://HOST without user or password", false},
    {"api_version", offsetof(struct source, api_version), false, is_api_version, "2 or 3", false},
    {"api_user", offsetof(struct source, api_user), false, NULL, "", false},
    {"api_token", offsetof(struct source, api_token), false, NULL, "", true},
    {"api_token_expires", offsetof(struct source, api_token_expires), false, is_date, "YYYY-MM-DD", false},
    {"oauth_client_id", offsetof(struct source, oauth_client_id), false, NULL, "", false},
    {"oauth_client_secret", offsetof(struct source, oauth_client_secret), false, NULL, "", true},
    {"oauth_refresh_token", offsetof(struct source, oauth_refresh_token), false, NULL, "", true},
    {"oauth_token_url", offsetof(struct source, oauth_token_url), false, is_base_url,
     "https://HOST/PATH without user or password", false},
    {"projects", offsetof(struct source, projects), true, is_project_key, "project keys in upper case", false},
    {"counted_refs", offsetof(struct source, counted_refs), true, NULL, "branch names or globs", false},
};

/* True for one word or more that are all valid. */
static bool all_valid(char *const *words, bool (*is_valid)(const char *))
{
    if (*words == NULL)
        return false;
    for (; is_valid != NULL && *words != NULL; words++)
        if (!is_valid(*words))
            return false;
    return true;
}

static enum error_code set_member(struct source *source, const struct source_key *row, const char *value,
                                  struct error *error)
{
    void *member = (char *)source + row->offset;
    bool valid = row->is_valid == NULL || row->is_list || row->is_valid(value);
    enum error_code code = ERROR_NONE;

    if (*(void **)member != NULL)
        return error_set(error, ERROR_CONFIG, "%s stands twice", row->key);
    if (row->is_reference)
        code = check_reference(value, error);
    if (code != ERROR_NONE)
        return code;
    if (row->is_list)
        code = set_words(member, value, error);
    else if (valid)
        code = set_text(member, value, error);
    if (row->is_list && code == ERROR_NONE)
        valid = all_valid(*(char ***)member, row->is_valid);
    if (valid)
        return code;
    return error_set(error, ERROR_CONFIG, "%s takes %s", row->key, row->expected); /* a value may be a secret */
}

static enum error_code set_key(struct source *source, const struct config *config, const char *key, const char *value,
                               struct error *error)
{
    if (*value == '\0')
        return error_set(error, ERROR_CONFIG, "%.60s has no value", key);
    if (strcmp(key, "kind") == 0)
        return set_kind(source, value, error);
    if (strcmp(key, "secret") == 0 && has_secret(source, value))
        return error_set(error, ERROR_CONFIG, "secret %.80s stands twice", value);
    if (strcmp(key, "secret") == 0)
        return add_secret(source, config, value, error);
    for (size_t i = 0; i < sizeof source_keys / sizeof *source_keys; i++)
        if (strcmp(source_keys[i].key, key) == 0)
            return set_member(source, &source_keys[i], value, error);
    return error_set(error, ERROR_CONFIG, "unknown key %.60s", key);
}

static char *trimmed(char *text)
{
    size_t length;

    while (isspace((unsigned char)*text))
        text++;
    for (length = strlen(text); length > 0 && isspace((unsigned char)text[length - 1]); length--)
        text[length - 1] = '\0';
    return text;
}

static enum error_code read_line(struct source_list *list, const struct config *config, char *line,
                                 struct error *error)
{
    char *text = trimmed(line), *equals = strchr(text, '='), *end;

    if (*text == '\0' || *text == '#' || *text == ';')
        return ERROR_NONE;
    if (*text == '[') {
        end = strchr(text, ']');
        if (strncmp(text, "[source ", 8) != 0 || end == NULL || end[1] != '\0')
            return error_set(error, ERROR_CONFIG, "expected [source NAME]");
        *end = '\0';
        return add_source(list, trimmed(text + 8), error);
    }
    if (equals == NULL || list->count == 0)
        return error_set(error, ERROR_CONFIG, "expected key = value in a [source NAME] section");
    *equals = '\0';
    return set_key(&list->sources[list->count - 1], config, trimmed(text), trimmed(equals + 1), error);
}

static enum error_code read_file(struct source_list *list, const struct config *config, struct error *error)
{
    const char *path = config->sources_file;
    enum error_code code = ERROR_NONE;
    struct error detail = {0};
    char *line = NULL;
    size_t size = 0;
    FILE *file = fopen(path, "re");

    if (file == NULL)
        return error_set(error, ERROR_CONFIG, "sources file %s: %s", path, strerror(errno));
    for (int number = 1; code == ERROR_NONE && getline(&line, &size, file) >= 0; number++) {
        code = read_line(list, config, line, &detail);
        if (code != ERROR_NONE)
            error_set(error, code, "%s:%d: %.400s", path, number, detail.message);
    }
    free(line);
    (void)fclose(file);
    return code;
}

/* Adds a secret that the options give to the source default, which is made when the file has none. */
static enum error_code add_default(struct source_list *list, const struct config *config, const char *reference,
                                   struct error *error)
{
    enum error_code code = ERROR_NONE;
    struct source *source = find(list, DEFAULT_SOURCE);

    if (source == NULL) {
        code = add_source(list, DEFAULT_SOURCE, error);
        source = find(list, DEFAULT_SOURCE);
    }
    if (code != ERROR_NONE)
        return code;
    if (source->kind != SOURCE_JIRA)
        return error_set(error, ERROR_CONFIG, "JIRA_WEBHOOK_SECRET belongs to the source default, which is of kind %s",
                         source_kind_name(source->kind));
    return has_secret(source, reference) ? ERROR_NONE : add_secret(source, config, reference, error);
}

static enum error_code add_defaults(struct source_list *list, const struct config *config, struct error *error)
{
    enum error_code code = ERROR_NONE;
    char *reference = NULL;

    if (*config->webhook_secret != '\0')
        code = add_default(list, config, DEFAULT_SECRET, error);
    if (code != ERROR_NONE || *config->webhook_secret_file == '\0')
        return code;
    if (asprintf(&reference, "file:%s", config->webhook_secret_file) < 0)
        return error_set(error, ERROR_NO_MEMORY, "no memory for the sources");
    code = add_default(list, config, reference, error);
    free(reference);
    return code;
}

/* Gives the tenant main to sources that name none. */
static enum error_code add_tenants(struct source_list *list, struct error *error)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->sources[i].tenant == NULL && (list->sources[i].tenant = strdup("main")) == NULL)
            return error_set(error, ERROR_NO_MEMORY, "no memory for the sources");
    }
    return ERROR_NONE;
}

enum error_code source_list_load(const struct config *config, struct source_list **list, struct error *error)
{
    struct source_list *loaded = calloc(1, sizeof *loaded);
    enum error_code code = ERROR_NONE;

    *list = NULL;
    if (loaded == NULL)
        return error_set(error, ERROR_NO_MEMORY, "no memory for the sources");
    if (*config->sources_file != '\0')
        code = read_file(loaded, config, error);
    if (code == ERROR_NONE)
        code = add_defaults(loaded, config, error);
    if (code == ERROR_NONE)
        code = add_tenants(loaded, error);
    if (code != ERROR_NONE) {
        source_list_free(loaded);
        return code;
    }
    *list = loaded;
    return ERROR_NONE;
}

size_t source_list_count(const struct source_list *list)
{
    return list->count;
}

const struct source *source_list_at(const struct source_list *list, size_t index)
{
    return &list->sources[index];
}

const struct source *source_list_named(const struct source_list *list, const char *name)
{
    return find(list, name);
}

const struct source *source_list_find(const struct source_list *list, enum source_kind kind, const char *name)
{
    const struct source *source = source_list_named(list, name);

    return source != NULL && source->kind == kind ? source : NULL;
}

bool source_is_askable(const struct source *source)
{
    bool has_place = source->base_url != NULL || source->api_url != NULL;

    switch (source->kind) {
    case SOURCE_JIRA:
        return has_place && (source->api_token != NULL || source->oauth_client_id != NULL);
    case SOURCE_BITBUCKET_SERVER:
        return has_place && source->api_token != NULL;
    case SOURCE_GITHUB:
    case SOURCE_BITBUCKET:
    case SOURCE_GITLAB: /* where these are by default is known */
        return source->api_token != NULL;
    default:
        return false;
    }
}

static void write_member(struct json_writer *json, const char *name, const char *value)
{
    json_write_raw(json, ",\"");
    json_write_raw(json, name);
    json_write_raw(json, "\":");
    json_write_string(json, value, SIZE_MAX);
}

static void write_list(struct json_writer *json, const char *name, char *const *words)
{
    json_write_raw(json, ",\"");
    json_write_raw(json, name);
    json_write_raw(json, words == NULL ? "\":null" : "\":[");
    for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
        json_write_raw(json, i == 0 ? "" : ",");
        json_write_string(json, words[i], SIZE_MAX);
    }
    json_write_raw(json, words == NULL ? "" : "]");
}

static void write_source(struct json_writer *json, const struct source *source)
{
    json_write_raw(json, "{\"source\":");
    json_write_string(json, source->name, SIZE_MAX);
    write_member(json, "tenant", source->tenant);
    write_member(json, "kind", source_kind_name(source->kind));
    write_member(json, "base_url", source->base_url);
    write_member(json, "epic_link_field", source->epic_link_field);
    write_member(json, "api_token_expires", source->api_token_expires);
    write_list(json, "projects", source->projects);
    write_list(json, "counted_refs", source->counted_refs);
    json_write_raw(json, source_is_askable(source) ? ",\"has_credentials\":true" : ",\"has_credentials\":false");
    json_write_raw(json, "}");
}

char *source_list_json(const struct source_list *list)
{
    for (size_t size = 4096;; size *= 2) {
        char *text = malloc(size);
        struct json_writer json;

        if (text == NULL)
            return NULL;
        json_write_init(&json, text, size);
        json_write_raw(&json, "[");
        for (size_t i = 0; i < list->count; i++) {
            json_write_raw(&json, i == 0 ? "" : ",");
            write_source(&json, &list->sources[i]);
        }
        json_write_raw(&json, "]");
        if (!json.cut)
            return text;
        free(text);
    }
}
