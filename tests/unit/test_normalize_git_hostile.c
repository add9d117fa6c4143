/* What no git host sends: every delivery with one member dropped or changed at a time, cut bodies, endless lists. */
#include "support/git_form.h"
#include "support/git_host.h"

#include <cjson/cJSON.h>

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define BODY_BYTES ((size_t)25 << 20)
/* The sanitizer's memmem looks at the whole rest of a text each time, which a message of many half-finished words does not bear. */
#ifdef __SANITIZE_ADDRESS__
#define MESSAGE_BYTES ((size_t)256 << 10)
#else
#define MESSAGE_BYTES BODY_BYTES
#endif
#define MANY ((size_t)128 << 20)
#define OPENING "{\"repository\":{\"full_name\":\"o/a\"},\"ref\":\"refs/heads/main\",\"before\":\"" SHA_A "\",\"after\":\"" SHA_B "\",\"commits\":["
#define COMMIT "{\"id\":\"" SHA_B "\",\"message\":\""

static void check_outcome(const char *what, enum error_code code, const struct normal_form *form, const struct error *error)
{
    const char *problem = form == NULL ? NULL : git_form_problem(form);

    if ((code == ERROR_NONE) != (form != NULL) ||
        (code != ERROR_NONE && (!error_is_quarantined(code) || error->message[0] == '\0')))
        fail_msg("%s: %s: %s", what, error_name(code), error->message);
    if (problem != NULL)
        fail_msg("%s: %s", what, problem);
}

/* The document is JSON that a strict reader takes, as far as cJSON can tell. */
static void check_document(const struct normal_form *form)
{
    cJSON *document;

    if (form == NULL || form->git_json == NULL)
        return;
    cJSON_InitHooks(NULL);
    document = cJSON_ParseWithLength(form->git_json, form->git_json_length);
    assert_true(cJSON_IsObject(document));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(document, "changes")), form->git->change_count);
    cJSON_Delete(document);
    normalize_init();
}

/* ---- one member at a time ---- */

/* What stands in a member's place. A dropped member is one that got another name. */
static const cJSON changes[] = {
    {.type = cJSON_NULL},
    {.type = cJSON_True},
    {.type = cJSON_Number, .valuedouble = 0},
    {.type = cJSON_Number, .valuedouble = -7.5},
    {.type = cJSON_Number, .valuedouble = 9223372036854775808.0},
    {.type = cJSON_String, .valuestring = (char *)(uintptr_t) ""},
    {.type = cJSON_String, .valuestring = (char *)(uintptr_t) "\x01\n\"\\ APP-1 \xF0\x9F\x8E\x89 \xC2\x85"},
    {.type = cJSON_String, .valuestring = (char *)(uintptr_t) "0000000000000000000000000000000000000000"},
    {.type = cJSON_Array},
    {.type = cJSON_Object},
};
#define CHANGES (sizeof changes / sizeof *changes)
#define DROP CHANGES

struct mutant {
    enum source_kind kind;
    const char *path, *event;
    cJSON *root;
};

static void check_mutant(const struct mutant *mutant, const char *name)
{
    char *body, what[PATH_MAX];
    struct normal_form *form;
    struct error error = {0};
    enum error_code code;

    cJSON_InitHooks(NULL);
    body = cJSON_PrintUnformatted(mutant->root);
    normalize_init();
    assert_non_null(body);
    code = git_host_read(mutant->kind, mutant->event, body, strlen(body), &form, &error);
    (void)snprintf(what, sizeof what, "%.200s with another %.100s", mutant->path, name);
    check_outcome(what, code, form, &error);
    check_document(form);
    arena_reset(git_host_arena);
    free(body);
}

static void mutate(const struct mutant *mutant, cJSON *value)
{
    static char renamed[] = "dropped";
    const cJSON original = *value;
    const char *name = original.string == NULL ? "entry" : original.string;

    for (size_t i = 0; i <= CHANGES; i++) {
        if (i == DROP) {
            if (original.string == NULL)
                continue;
            value->string = renamed;
        } else {
            value->type = changes[i].type;
            value->valuestring = changes[i].valuestring;
            value->valuedouble = changes[i].valuedouble;
            value->child = NULL;
        }
        check_mutant(mutant, name);
        *value = original;
    }
    for (cJSON *child = value->child; child != NULL; child = child->next)
        mutate(mutant, child);
}

static void mutate_delivery(const struct mutant *delivery, const char *body)
{
    struct mutant mutant = *delivery;

    cJSON_InitHooks(NULL);
    mutant.root = cJSON_Parse(body);
    assert_non_null(mutant.root);
    mutate(&mutant, mutant.root);
    cJSON_InitHooks(NULL);
    cJSON_Delete(mutant.root);
    normalize_init();
}

static void cut_delivery(const struct mutant *delivery, const char *body)
{
    size_t length = strlen(body);

    while (length > 0 && body[length - 1] == '\n')
        length--;
    for (size_t cut = 1; cut < length; cut += 1 + length / 400) {
        char *exact = fixture_memory(cut); /* so that reading past the end shows under ASan */
        struct normal_form *form;
        struct error error = {0};

        memcpy(exact, body, cut);
        if (git_host_read(delivery->kind, delivery->event, exact, cut, &form, &error) != ERROR_INVALID_JSON)
            fail_msg("%s cut to %zu bytes", delivery->path, cut);
        arena_reset(git_host_arena);
        free(exact);
    }
}

/* Calls once for each delivery of events.tsv; returns how many there are. */
static int each_delivery(void (*call)(const struct mutant *delivery, const char *body))
{
    char *list = fixture_read(GIT_DELIVERIES "events.tsv", NULL), *rest = list, *line;
    int count = 0;

    assert_non_null(list);
    while ((line = strsep(&rest, "\n")) != NULL) {
        char *name = strsep(&line, "\t"), path[PATH_MAX], *body;
        struct mutant delivery = {.path = path};

        if (*name == '#' || line == NULL)
            continue;
        (void)snprintf(path, sizeof path, GIT_DELIVERIES "%s", name);
        body = fixture_read(path, NULL);
        assert_non_null(body);
        assert_true(source_kind_parse(name, strcspn(name, "/"), &delivery.kind));
        delivery.event = strcmp(line, "-") == 0 ? NULL : line;
        call(&delivery, body);
        free(body);
        count++;
    }
    free(list);
    return count;
}

static void no_member_of_any_type_does_harm(void **state)
{
    (void)state;
    assert_true(each_delivery(mutate_delivery) >= 60);
}

static void cut_bodies_are_not_well_formed(void **state)
{
    (void)state;
    assert_true(each_delivery(cut_delivery) >= 60);
}

/* ---- bytes at random ---- */

static uint64_t seed;

static void scramble_delivery(const struct mutant *delivery, const char *body)
{
    static const char bytes[] = "{}[]\",:\\0a-A1Z \n\x80\xFF\xC3u";
    size_t length = strlen(body);
    char *scrambled = fixture_memory(length + 1);

    for (int round = 0; round < 60; round++) {
        struct normal_form *form;
        struct error error = {0};
        enum error_code code;

        memcpy(scrambled, body, length + 1);
        for (uint32_t i = 0, count = 1 + fixture_random(&seed, 6); i < count; i++)
            scrambled[fixture_random(&seed, (uint32_t)length)] = bytes[fixture_random(&seed, sizeof bytes - 1)];
        code = git_host_read(delivery->kind, delivery->event, scrambled, length, &form, &error);
        check_outcome(delivery->path, code, form, &error);
        check_document(form);
        arena_reset(git_host_arena);
    }
    free(scrambled);
}

static void scrambled_bodies_do_no_harm(void **state)
{
    (void)state;
    seed = fixture_seed();
    assert_true(each_delivery(scramble_delivery) >= 60);
}

/* ---- size ---- */

/* unit, repeated to about size bytes between start and end, read as a push of GitHub. */
static enum error_code push_of(const char *start, const char *unit, const char *end, size_t size, size_t *commits, size_t *keys)
{
    struct arena *large = arena_new(MANY), *usual = git_host_arena;
    size_t used = strlen(start), step = strlen(unit);
    char *body = fixture_memory(size + 256);
    struct normal_form *form;
    struct error error = {0};
    enum error_code code;

    assert_non_null(large);
    git_host_arena = large;
    memcpy(body, start, used);
    for (; used + step <= size; used += step)
        memcpy(body + used, unit, step);
    memcpy(body + used, end, strlen(end));
    code = git_host_read(SOURCE_GITHUB, "push", body, used + strlen(end), &form, &error);
    check_outcome(start, code, form, &error);
    *commits = form == NULL ? 0 : form->git->changes[0].commit_count;
    *keys = *commits == 0 ? 0 : form->git->changes[0].commits[0].key_count;
    git_host_arena = usual;
    arena_free(large);
    free(body);
    return code;
}

static void a_large_message_is_gone_through_once(void **state)
{
    static const char *const units[] = {"APP-1 ", "-", "A-", "APP-12,", "This reverts commit " SHA_A ". ", "his ", "this reverts ",
                                        "(cherry picked from commit ", "\\n", "\\n\\n* ", "\\n\\ncommit abcdef0",
                                        "\\n\\n* Revert \\\"x", "\\n\\n* Reverts org/r#1", "\\u0000",
                                        "Merge branch 'x' into 'y' ", "a"};
    size_t commits, keys;

    (void)state;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        enum error_code code = push_of(OPENING COMMIT, units[i], "\"}]}", MESSAGE_BYTES, &commits, &keys);

        assert_true(code == ERROR_NONE || code == ERROR_TOO_COMPLEX);
        assert_true(keys <= 1);
    }
    assert_int_equal(push_of(OPENING COMMIT "Merge branch 'x' ", "APP-1 ", "\"}]}", MESSAGE_BYTES, &commits, &keys), ERROR_NONE);
    assert_int_equal(keys, 1);
}

static void one_commit_in_all_places_is_one(void **state)
{
    size_t commits, keys;
    enum error_code code = push_of(OPENING COMMIT "\"}", "," COMMIT "\"}", "]}", BODY_BYTES, &commits, &keys);

    (void)state;
    assert_true(code == ERROR_TOO_COMPLEX || (code == ERROR_NONE && commits == 1));
}

static void endless_lists_stop_at_the_arenas_cap(void **state)
{
    size_t commits, keys;

    (void)state;
    assert_int_equal(push_of(OPENING "{}", ",{}", "]}", BODY_BYTES, &commits, &keys), ERROR_TOO_COMPLEX);
    assert_int_equal(push_of(OPENING COMMIT "\",\"added\":[0", ",0", "]}]}", BODY_BYTES, &commits, &keys), ERROR_TOO_COMPLEX);
}

/* Distinct keys: each of some thousands is listed once, in order. */
static void many_keys_are_listed_once_each(void **state)
{
    size_t length = 0, size = 4 << 20;
    char *list = fixture_memory(size), *body;
    const struct normal_commit *commit;

    (void)state;
    for (int round = 0; round < 2; round++)
        for (int i = 1; i <= 20000; i++)
            length += (size_t)snprintf(list + length, size - length, "APP-%d ", i);
    body = fixture_memory(length + 512);
    length = (size_t)snprintf(body, length + 512, OPENING COMMIT "%s\"}]}", list);
    commit = git_host_form(SOURCE_GITHUB, "push", body)->git->changes[0].commits;
    assert_int_equal(commit->key_count, 20000);
    assert_string_equal(commit->keys[0], "APP-1");
    assert_string_equal(commit->keys[19999], "APP-20000");
    free(body);
    free(list);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(no_member_of_any_type_does_harm, git_host_reset),
        cmocka_unit_test_setup(cut_bodies_are_not_well_formed, git_host_reset),
        cmocka_unit_test_setup(scrambled_bodies_do_no_harm, git_host_reset),
        cmocka_unit_test_setup(a_large_message_is_gone_through_once, git_host_reset),
        cmocka_unit_test_setup(one_commit_in_all_places_is_one, git_host_reset),
        cmocka_unit_test_setup(endless_lists_stop_at_the_arenas_cap, git_host_reset),
        cmocka_unit_test_setup(many_keys_are_listed_once_each, git_host_reset),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, git_host_open, git_host_close);
}
