/* Sources: the file's grammar, the source default of JIRA_WEBHOOK_SECRET, secrets that come later, the list as JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "source.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/jirasync-sources-XXXXXX";
static char nothing[] = "";
static struct config config;
static struct error error;
static struct source_list *list;

static int make_file(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static int clear(void **state)
{
    (void)state;
    config = (struct config){.sources_file = path, .webhook_secret = nothing, .webhook_secret_file = nothing};
    error = (struct error){0};
    (void)unsetenv("JIRA_WEBHOOK_SECRET");
    return setenv("TEST_SECRET", "s1", 1) || setenv("TEST_SECRET_OLD", "s0", 1);
}

static int forget(void **state)
{
    (void)state;
    source_list_free(list);
    list = NULL;
    return 0;
}

static enum error_code load(const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    source_list_free(list);
    return source_list_load(&config, &list, &error);
}

static void loads(const char *text)
{
    if (load(text) != ERROR_NONE)
        fail_msg("%s", error.message);
}

static void refuses(const char *text, int line, const char *expected)
{
    char where[64];

    (void)snprintf(where, sizeof where, "%s:%d: ", path, line);
    if (load(text) != ERROR_CONFIG)
        fail_msg("taken: %s", text);
    assert_null(list);
    if (strncmp(error.message, where, strlen(where)) != 0 || strstr(error.message, expected) == NULL)
        fail_msg("\"%s\" does not begin with \"%s\" and say \"%s\"", error.message, where, expected);
}

static void source_file_gives_each_key(void **state)
{
    const struct source *source;

    (void)state;
    loads("# Jira\n[source cloud]\n kind = jira \ntenant=acme\nbase_url = https://acme.example.net\nsecret = env:TEST_SECRET\n"
          "secret = env:TEST_SECRET_OLD\nprojects = APP, LIB  OPS\ncounted_refs = main,release/*\n"
          "epic_link_field = customfield_10008\napi_user = bot\napi_token = env:TEST_SECRET\napi_token_expires = 2027-06-30\n"
          "; hosts\n[source hub]\nkind = github\n[source  git]\nkind = git\n");
    assert_int_equal(source_list_count(list), 3);
    source = source_list_find(list, SOURCE_JIRA, "cloud");
    assert_ptr_equal(source, source_list_at(list, 0));
    assert_string_equal(source->name, "cloud");
    assert_string_equal(source->tenant, "acme");
    assert_string_equal(source->base_url, "https://acme.example.net");
    assert_string_equal(source->epic_link_field, "customfield_10008");
    assert_string_equal(source->api_user, "bot");
    assert_string_equal(source->api_token, "env:TEST_SECRET");
    assert_string_equal(source->api_token_expires, "2027-06-30");
    assert_string_equal(source->projects[0], "APP");
    assert_string_equal(source->projects[1], "LIB");
    assert_string_equal(source->projects[2], "OPS");
    assert_null(source->projects[3]);
    assert_string_equal(source->counted_refs[1], "release/*");
    assert_null(source->counted_refs[2]);
    assert_int_equal(source->secret_count, 2);
    assert_string_equal(secret_reference(source->secrets[1]), "env:TEST_SECRET_OLD");
    assert_memory_equal(secret_bytes(source->secrets[0]), "s1", 2);
    source = source_list_named(list, "hub");
    assert_int_equal(source->kind, SOURCE_GITHUB);
    assert_string_equal(source->tenant, "main");
    assert_null(source->base_url);
    assert_null(source->projects);
    assert_int_equal(source->secret_count, 0); /* its webhooks are answered 404 */
    assert_int_equal(source_list_named(list, "git")->kind, SOURCE_GIT);
}

static void source_is_found_by_kind_and_name(void **state)
{
    (void)state;
    loads("[source a]\nkind = jira\n[source b]\nkind = gitlab\n");
    assert_non_null(source_list_find(list, SOURCE_JIRA, "a"));
    assert_null(source_list_find(list, SOURCE_GITHUB, "a"));
    assert_null(source_list_find(list, SOURCE_JIRA, "b"));
    assert_null(source_list_find(list, SOURCE_JIRA, "A"));
    assert_null(source_list_find(list, SOURCE_JIRA, ""));
    assert_null(source_list_named(list, "c"));
}

static void source_kinds_have_names(void **state)
{
    (void)state;
    for (int i = 0; i < SOURCE_KINDS; i++) {
        const char *name = source_kind_name((enum source_kind)i);
        enum source_kind kind = SOURCE_KINDS;

        assert_true(source_kind_parse(name, strlen(name), &kind));
        assert_int_equal(kind, i);
        assert_false(source_kind_parse(name, strlen(name) - 1, &kind));
    }
    assert_false(source_kind_parse("JIRA", 4, &(enum source_kind){0}));
    assert_false(source_kind_parse("", 0, &(enum source_kind){0}));
}

static void source_file_errors_name_the_line(void **state)
{
    (void)state;
    refuses("[source a]\n\nsecrets = env:X\n", 3, "unknown key secrets");
    refuses("[source a]\n[source b]\n[source a]\n", 3, "source a stands twice");
    refuses("kind = jira\n", 1, "section");
    refuses("[source a]\nkind jira\n", 2, "key = value");
    refuses("[source a]\nkind = Jira\n", 2, "bitbucket-server");
    refuses("[sources a]\n", 1, "[source NAME]");
    refuses("[source a] # x\n", 1, "[source NAME]");
    refuses("[source a\n", 1, "[source NAME]");
    refuses("[source ]\n", 1, "name");
    refuses("[source A]\n", 1, "name");
    refuses("[source -a]\n", 1, "name");
    refuses("[source a/b]\n", 1, "name");
    refuses("[source a b]\n", 1, "name");
    refuses("[source aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]\n", 1, "name");
    refuses("[source a]\nprojects =\n", 2, "projects has no value");
    refuses("[source a]\nprojects = APP\nprojects = LIB\n", 3, "projects stands twice");
    refuses("[source a]\nprojects = app\n", 2, "project keys");
    refuses("[source a]\nprojects = APP, 1X\n", 2, "project keys");
    refuses("[source a]\ntenant = Main\n", 2, "tenant takes");
    refuses("[source a]\napi_token_expires = 2027-02-30\n", 2, "YYYY-MM-DD");
    refuses("[source a]\nbase_url = example.net\n", 2, "https://HOST");
    refuses("[source a]\nbase_url = https://u:hunter2@example.net\n", 2, "password");
    assert_null(strstr(error.message, "hunter2"));
    refuses("[source a]\nprojects = ,\n", 2, "project keys");
    refuses("[source a]\ncounted_refs = , ,\n", 2, "globs");
    refuses("[source a]\nepic_link_field = cf[10008]\n", 2, "field id");
}

static void source_file_says_how_rest_is_asked(void **state)
{
    const struct source *source;

    (void)state;
    loads("[source cloud]\napi_url = https://api.atlassian.com/ex/jira/1\napi_version = 2\noauth_client_id = c\n"
          "oauth_client_secret = env:TEST_SECRET\noauth_refresh_token = env:NONE\noauth_token_url = https://auth/oauth/token\n");
    source = source_list_named(list, "cloud");
    assert_string_equal(source->api_url, "https://api.atlassian.com/ex/jira/1");
    assert_string_equal(source->api_version, "2");
    assert_string_equal(source->oauth_client_id, "c");
    assert_string_equal(source->oauth_client_secret, "env:TEST_SECRET");
    assert_string_equal(source->oauth_refresh_token, "env:NONE");
    assert_string_equal(source->oauth_token_url, "https://auth/oauth/token");
    assert_null(source->api_token);
    refuses("[source a]\napi_version = 4\n", 2, "2 or 3");
    refuses("[source a]\napi_url = api.atlassian.com\n", 2, "https://HOST");
    refuses("[source a]\napi_token = env:TEST_SECRET\napi_token = env:TEST_SECRET\n", 3, "stands twice");
}

static void source_secrets_are_references(void **state)
{
    (void)state;
    refuses("[source a]\noauth_client_secret = hunter2\n", 2, "never by its value");
    refuses("[source a]\noauth_refresh_token = hunter2\n", 2, "never by its value");
    assert_null(strstr(error.message, "hunter2"));
    refuses("[source a]\nsecret = hunter2\n", 2, "never by its value");
    assert_null(strstr(error.message, "hunter2"));
    refuses("[source a]\napi_token = hunter2\n", 2, "never by its value");
    assert_null(strstr(error.message, "hunter2"));
    refuses("[source a]\nsecret = env:TEST_SECRET\nsecret = env:TEST_SECRET\n", 3, "stands twice");
    assert_int_equal(setenv("TEST_SECRET", "", 1), 0);
    refuses("[source a]\nsecret = env:TEST_SECRET\n", 2, "empty");
}

static void source_waits_for_a_secret_that_is_not_there_yet(void **state)
{
    const struct source *source;

    (void)state;
    loads("[source a]\nsecret = file:/nonexistent/secret\nsecret = env:TEST_SECRET_UNSET\n");
    source = source_list_named(list, "a");
    assert_int_equal(source->secret_count, 2);
    assert_false(secret_is_available(source->secrets[0]));
    assert_false(secret_is_available(source->secrets[1]));
}

static void source_default_comes_from_the_options(void **state)
{
    char secret[] = "from the configuration", file[] = "/nonexistent/secret";
    const struct source *source;

    (void)state;
    config.sources_file = nothing;
    assert_int_equal(source_list_load(&config, &list, &error), ERROR_NONE);
    assert_int_equal(source_list_count(list), 0);
    source_list_free(list);
    config.webhook_secret = secret;
    config.webhook_secret_file = file;
    assert_int_equal(source_list_load(&config, &list, &error), ERROR_NONE);
    assert_int_equal(source_list_count(list), 1);
    source = source_list_find(list, SOURCE_JIRA, "default");
    assert_string_equal(source->tenant, "main");
    assert_int_equal(source->secret_count, 2);
    assert_string_equal(secret_reference(source->secrets[0]), "env:JIRA_WEBHOOK_SECRET");
    assert_memory_equal(secret_bytes(source->secrets[0]), secret, strlen(secret));
    assert_string_equal(secret_reference(source->secrets[1]), "file:/nonexistent/secret");
    assert_false(secret_is_available(source->secrets[1]));
    assert_null(getenv("JIRA_WEBHOOK_SECRET")); /* programs that are started later don't inherit it */
}

static void source_default_merges_with_its_section(void **state)
{
    char secret[] = "from the configuration";
    const struct source *source;

    (void)state;
    config.webhook_secret = secret;
    loads("[source default]\ntenant = acme\nsecret = env:TEST_SECRET\n[source other]\n");
    assert_int_equal(source_list_count(list), 2);
    source = source_list_named(list, "default");
    assert_string_equal(source->tenant, "acme");
    assert_int_equal(source->secret_count, 2);
    assert_string_equal(secret_reference(source->secrets[1]), "env:JIRA_WEBHOOK_SECRET");
    loads("[source default]\nsecret = env:JIRA_WEBHOOK_SECRET\n"); /* named there too: once, with the configured value */
    source = source_list_named(list, "default");
    assert_int_equal(source->secret_count, 1);
    assert_true(secret_is_available(source->secrets[0]));
    assert_int_equal(load("[source default]\nkind = github\n"), ERROR_CONFIG);
    assert_non_null(strstr(error.message, "github"));
}

static void source_file_must_be_there(void **state)
{
    char absent[] = "/nonexistent/sources.conf";

    (void)state;
    config.sources_file = absent;
    assert_int_equal(source_list_load(&config, &list, &error), ERROR_CONFIG);
    assert_non_null(strstr(error.message, absent));
}

static void source_list_is_told_as_json(void **state)
{
    char *text, long_url[6000] = "[source b]\nbase_url = https://";
    cJSON *json;
    const cJSON *source;

    (void)state;
    memset(long_url + strlen(long_url), 'x', 5000);
    loads("[source a]\nprojects = APP LIB\napi_user = \"\\\nsecret = env:TEST_SECRET\napi_token = env:TEST_SECRET\n");
    text = source_list_json(list);
    assert_null(strstr(text, "TEST_SECRET"));
    assert_null(strstr(text, "s1"));
    json = cJSON_Parse(text);
    source = cJSON_GetArrayItem(json, 0);
    assert_int_equal(cJSON_GetArraySize(json), 1);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(source, "source")), "a");
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(source, "tenant")), "main");
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(source, "kind")), "jira");
    assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(source, "base_url")));
    assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(source, "counted_refs")));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(source, "projects")), 2);
    cJSON_Delete(json);
    free(text);
    loads(long_url);
    text = source_list_json(list);
    assert_non_null(strstr(text, long_url + strlen("[source b]\nbase_url = "))); /* never cut */
    free(text);
    loads("");
    text = source_list_json(list);
    assert_string_equal(text, "[]");
    free(text);
}

static void a_source_is_askable_with_credentials_and_a_place(void **state)
{
    static const struct {
        const char *lines;
        bool is_askable;
    } rows[] = {
        {"kind = jira\nbase_url = https://jira.example.com\napi_token = env:TEST_SECRET\n", true},
        {"kind = jira\nbase_url = https://jira.example.com\noauth_client_id = id\n", true},
        {"kind = jira\napi_token = env:TEST_SECRET\n", false},
        {"kind = jira\nbase_url = https://jira.example.com\n", false},
        {"kind = github\napi_token = env:TEST_SECRET\n", true},
        {"kind = github\nbase_url = https://github.com\n", false},
        {"kind = github\noauth_client_id = id\n", false},
        {"kind = bitbucket\napi_user = bot\napi_token = env:TEST_SECRET\n", true},
        {"kind = gitlab\napi_token = env:TEST_SECRET\n", true},
        {"kind = bitbucket-server\napi_token = env:TEST_SECRET\n", false},
        {"kind = bitbucket-server\nbase_url = https://git.example.com\napi_token = env:TEST_SECRET\n", true},
        {"kind = bitbucket-server\napi_url = https://git.example.com\napi_token = env:TEST_SECRET\n", true},
        {"kind = git\nbase_url = https://git.example.com\napi_token = env:TEST_SECRET\n", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text, section[256];

        (void)snprintf(section, sizeof section, "[source a]\n%s", rows[i].lines);
        loads(section);
        assert_int_equal(source_is_askable(source_list_at(list, 0)), rows[i].is_askable);
        text = source_list_json(list);
        assert_non_null(strstr(text, rows[i].is_askable ? "\"has_credentials\":true}" : "\"has_credentials\":false}"));
        free(text);
    }
}

static void source_example_is_good(void **state)
{
    char example[] = "docs/examples/sources.conf";

    (void)state;
    config.sources_file = example;
    if (source_list_load(&config, &list, &error) != ERROR_NONE)
        fail_msg("%s", error.message);
    assert_non_null(source_list_find(list, SOURCE_JIRA, "default"));
    assert_int_equal(source_list_named(list, "datacenter")->secret_count, 2);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, clear, forget)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        EACH(source_file_gives_each_key),
        EACH(source_is_found_by_kind_and_name),
        EACH(source_kinds_have_names),
        EACH(source_file_errors_name_the_line),
        EACH(source_file_says_how_rest_is_asked),
        EACH(source_secrets_are_references),
        EACH(source_waits_for_a_secret_that_is_not_there_yet),
        EACH(source_default_comes_from_the_options),
        EACH(source_default_merges_with_its_section),
        EACH(source_file_must_be_there),
        EACH(source_list_is_told_as_json),
        EACH(a_source_is_askable_with_credentials_and_a_place),
        EACH(source_example_is_good),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
