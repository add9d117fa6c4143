/* What no honest sender sends: bombs, cut bodies, and every fixture with one member dropped or changed at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <cjson/cJSON.h>

#include "normalize.h"
#include "support/fixture.h"

#define ARENA_BYTES ((size_t)128 << 20) /* JIRASYNC_MAX_PARSE_BYTES */
#define BODY_BYTES ((size_t)25 << 20)   /* Jira's own limit */

static const struct normalize_options options = {.epic_link_field = "customfield_10008"};
static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    normalize_init();
    arena = arena_new(ARENA_BYTES);
    return arena == NULL ? -1 : 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static enum error_code code_of(const char *body, size_t length)
{
    struct normal_form *form;
    struct error error = {0};
    enum error_code code = normalize_jira(body, length, &options, arena, &form, &error);

    arena_reset(arena);
    return code;
}

/* unit, repeated to about BODY_BYTES between start and end. malloc'ed. */
static char *repeated(const char *start, const char *unit, const char *end, size_t *length)
{
    char *body = fixture_memory(BODY_BYTES + 256);
    size_t used = strlen(start), step = strlen(unit);

    memcpy(body, start, used);
    for (; used + step <= BODY_BYTES; used += step)
        memcpy(body + used, unit, step);
    memcpy(body + used, end, strlen(end));
    *length = used + strlen(end);
    return body;
}

static void many_values_stop_at_the_arena_cap(void **state)
{
    static const char *const rows[][3] = {
        {"{\"webhookEvent\": \"x\", \"a\": [0", ",0", "]}"},
        {"{\"webhookEvent\": \"x\", \"a\": [[]", ",[]", "]}"},
        {"{\"webhookEvent\": \"x\"", ",\"\":\"\"", "}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t length = 0;
        char *body = repeated(rows[i][0], rows[i][1], rows[i][2], &length);

        assert_int_equal(code_of(body, length), ERROR_TOO_COMPLEX);
        free(body);
    }
    assert_int_equal(code_of("{\"webhookEvent\": \"x\"}", 21), ERROR_NONE);
}

static void long_texts_fit(void **state)
{
    size_t length = 0;
    char *body = repeated("{\"webhookEvent\": \"x\", \"a\": \"", "\\u0000", "\"}", &length);

    (void)state;
    assert_int_equal(code_of(body, length), ERROR_NONE);
    free(body);
}

static void many_fix_versions_need_room_too(void **state)
{
    struct arena *small = arena_new(300 * 1024);
    char *body = fixture_memory(1 << 20);
    struct normal_form *form;
    struct error error;
    int needed_more = 0, fitted = 0;

    (void)state;
    assert_non_null(small);
    for (int count = 500; count <= 2500; count += 40) {
        size_t used = (size_t)sprintf(body, "{\"issue\": {\"id\": 1, \"fields\": {\"labels\": [], "
                                            "\"fixVersions\": [{}");
        enum error_code code;

        for (int i = 0; i < count; i++)
            used += (size_t)sprintf(body + used, ",{\"id\":1}");
        used += (size_t)sprintf(body + used, "]}}}");
        code = normalize_jira(body, used, &options, small, &form, &error);
        fitted += code == ERROR_NONE;
        needed_more += code == ERROR_TOO_COMPLEX;
        arena_reset(small);
    }
    assert_int_equal(fitted + needed_more, 51);
    assert_true(fitted > 0 && needed_more > 0);
    free(body);
    arena_free(small);
}

static void deep_nesting_is_too_complex(void **state)
{
    static const char *const units[][2] = {{"[", "]"}, {"{\"a\":", "}"}};

    (void)state;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        for (size_t depth = 900; depth <= 100000; depth *= 10) {
            char *body = fixture_memory(depth * 6 + 64);
            size_t used = (size_t)sprintf(body, "{\"webhookEvent\": \"x\", \"a\": ");

            for (size_t n = 0; n < depth; n++)
                used += (size_t)sprintf(body + used, "%s", units[i][0]);
            body[used++] = '0';
            for (size_t n = 0; n < depth; n++)
                used += (size_t)sprintf(body + used, "%s", units[i][1]);
            body[used++] = '}';
            assert_int_equal(code_of(body, used), depth == 900 ? ERROR_NONE : ERROR_TOO_COMPLEX);
            assert_int_equal(code_of(body, used / 2), depth == 900 ? ERROR_INVALID_JSON : ERROR_TOO_COMPLEX);
            free(body);
        }
}

static void cut_bodies_are_not_well_formed(void **state)
{
    static const char *const names[] = {"cloud_moved", "lone_surrogates", "duplicate_names", "long_numbers"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[256];
        size_t length = 0;
        char *body;

        snprintf(path, sizeof path, DELIVERIES "%s.json", names[i]);
        body = fixture_read(path, &length);
        assert_non_null(body);
        while (body[length - 1] == '\n')
            length--;
        for (size_t cut = 1; cut < length; cut++) {
            char *exact = fixture_memory(cut); /* so that reading past the end shows under ASan */

            memcpy(exact, body, cut);
            if (code_of(exact, cut) != ERROR_INVALID_JSON)
                fail_msg("%s cut to %zu bytes", path, cut);
            free(exact);
        }
        free(body);
    }
}

/* What stands in a member's place. A dropped member is one that got another name. */
static const cJSON changes[] = {
    {.type = cJSON_NULL},
    {.type = cJSON_True},
    {.type = cJSON_Number, .valuedouble = 0},
    {.type = cJSON_Number, .valuedouble = -7.5},
    {.type = cJSON_Number, .valuedouble = 9223372036854775808.0},
    {.type = cJSON_String, .valuestring = (char *)(uintptr_t) ""},
    {.type = cJSON_String, .valuestring = (char *)(uintptr_t) "Ticket \xF0\x9F\x8E\x89"},
    {.type = cJSON_Array},
    {.type = cJSON_Object},
};
#define CHANGES (sizeof changes / sizeof *changes)
#define DROP CHANGES

static void check_mutant(cJSON *root, const char *path, const char *name)
{
    static const bool allowed[ERROR_CODES] = {
        [ERROR_NONE] = true,
        [ERROR_NOT_AN_OBJECT] = true,
        [ERROR_NO_IDENTITY] = true,
        [ERROR_WRONG_TYPE] = true,
    };
    char *body, *printed;
    struct normal_form *form = NULL;
    struct error error = {0};
    enum error_code code;

    cJSON_InitHooks(NULL);
    body = cJSON_PrintUnformatted(root);
    normalize_init();
    assert_non_null(body);
    code = normalize_jira(body, strlen(body), &options, arena, &form, &error);
    if (!allowed[code] || (code != ERROR_NONE && error.message[0] == '\0'))
        fail_msg("%s with another %s: %s: %s", path, name, error_name(code), error.message);
    if (code == ERROR_NONE) {
        assert_non_null(form->event);
        assert_true(form->kind != NORMAL_ISSUE || form->issue.issue_id > 0);
        assert_true(form->kind == NORMAL_ISSUE || (form->kind == NORMAL_ENTITY) == (form->entity_count > 0));
        for (size_t i = 0; i < form->entity_count; i++)
            assert_true(form->entities[i].id[0] != '\0' && form->entities[i].kind[0] != '\0');
        printed = normalize_print(form);
        assert_non_null(printed);
        free(printed);
    }
    arena_reset(arena);
    free(body);
}

static void mutate(cJSON *root, cJSON *value, const char *path, int depth)
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
        check_mutant(root, path, name);
        *value = original;
    }
    for (cJSON *child = value->child; child != NULL && depth > 0; child = child->next)
        mutate(root, child, path, depth - 1);
}

/* Whole issues take long to go through, so that some of them stand for all. */
static bool is_mutated(const char *path, size_t length)
{
    static const char *const whole[] = {"cloud_moved", "cloud_subtask", "data_center_updated", "data_center_issue_comment_deleted"};

    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (strstr(path, whole[i]) != NULL)
            return true;
    return length < 3000;
}

static void mutate_delivery(const char *path)
{
    size_t length = 0;
    char *body = fixture_read(path, &length);
    cJSON *root;

    if (is_mutated(path, length)) {
        cJSON_InitHooks(NULL);
        root = cJSON_Parse(body);
        assert_non_null(root);
        mutate(root, root, path, 7);
        cJSON_InitHooks(NULL);
        cJSON_Delete(root);
        normalize_init();
    }
    free(body);
}

static void changed_members_never_surprise(void **state)
{
    glob_t deliveries = fixture_deliveries();

    (void)state;
    for (size_t i = 0; i < deliveries.gl_pathc; i++)
        mutate_delivery(deliveries.gl_pathv[i]);
    globfree(&deliveries);
}

static void random_bytes_changed_never_crash(void **state)
{
    uint64_t random = fixture_seed();
    glob_t deliveries = fixture_deliveries();

    (void)state;
    for (int round = 0; round < 3000; round++) {
        size_t length = 0;
        char *body = fixture_read(deliveries.gl_pathv[fixture_random(&random, (uint32_t)deliveries.gl_pathc)], &length);

        for (uint32_t changed = 1 + fixture_random(&random, 8); changed > 0; changed--)
            body[fixture_random(&random, (uint32_t)length)] = (char)fixture_random(&random, 256);
        assert_true(code_of(body, length) < ERROR_CODES);
        free(body);
    }
    globfree(&deliveries);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_values_stop_at_the_arena_cap),
        cmocka_unit_test(long_texts_fit),
        cmocka_unit_test(many_fix_versions_need_room_too),
        cmocka_unit_test(deep_nesting_is_too_complex),
        cmocka_unit_test(cut_bodies_are_not_well_formed),
        cmocka_unit_test(changed_members_never_surprise),
        cmocka_unit_test(random_bytes_changed_never_crash),
    };

    if (argc > 1 && *argv[1] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
