/* What the git hosts' normal forms share, seen through GitHub's and Bitbucket's: hashes, refs, authors, messages, order. */
#include "support/git_host.h"

#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define SHA_256 "ABCDEF00112233445566778899aabbccABCDEF00112233445566778899aabbcc"
#define PUSH(after, commits) "{\"repository\":{\"full_name\":\"o/a\"},\"ref\":\"refs/heads/main\"," \
                             "\"before\":\"" SHA_A "\",\"after\":\"" after "\",\"commits\":" commits "}"
#define CLOUD(commits) "{\"repository\":{\"full_name\":\"o/a\"},\"push\":{\"changes\":[{\"new\":{\"type\":\"branch\"," \
                       "\"name\":\"main\",\"target\":{\"hash\":\"" SHA_B "\"}},\"commits\":" commits "}]}}"

static const struct normal_ref_change *pushed(const char *body)
{
    return git_host_form(SOURCE_GITHUB, "push", body)->git->changes;
}

static const struct normal_commit *commit_of_message(const char *message)
{
    return pushed(git_host_body(PUSH(SHA_B, "[{\"id\":\"" SHA_B "\",\"message\":\"%s\"}]"), message))->commits;
}

static void hashes_of_both_lengths_are_lower_cased(void **state)
{
    const struct normal_ref_change *change = pushed(PUSH(SHA_256, "[{\"id\":\"" SHA_256 "\"}]"));

    (void)state;
    assert_string_equal(change->after, "abcdef00112233445566778899aabbccabcdef00112233445566778899aabbcc");
    assert_string_equal(change->commits[0].sha, change->after);
    assert_string_equal(change->before, SHA_A);
}

static void a_commit_stands_once_where_it_stood_first(void **state)
{
    const struct normal_ref_change *change =
        pushed(PUSH(SHA_B, "[{\"id\":\"" SHA_B "\",\"message\":\"first\"},{\"id\":\"" SHA_A "\"},{\"id\":\"" SHA_B "\"}]"));

    (void)state;
    assert_int_equal(change->commit_count, 2);
    assert_string_equal(change->commits[0].message, "first");
    assert_string_equal(change->commits[1].sha, SHA_A);
}

static void a_list_of_the_newest_first_is_turned(void **state)
{
    const struct normal_ref_change *change =
        git_host_form(SOURCE_BITBUCKET, "repo:push", CLOUD("[{\"hash\":\"" SHA_B "\"},{\"hash\":\"" SHA_A "\"}]"))->git->changes;

    (void)state;
    assert_string_equal(change->commits[0].sha, SHA_A);
    assert_string_equal(change->commits[1].sha, SHA_B);
}

static void a_raw_author_is_name_and_mail(void **state)
{
    static const char *const rows[][3] = {
        {"Dana Demo <dana@example.com>", "Dana Demo", "dana@example.com"},
        {"Dana", "Dana", NULL},
        {"<dana@example.com>", "", "dana@example.com"},
        {"Dana <", "Dana <", NULL},
        {"A <b> C <d@e>", "A <b> C", "d@e"},
        {"Dana \\t <>", "Dana", ""},
        {"", "", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *body = git_host_body(CLOUD("[{\"hash\":\"" SHA_B "\",\"author\":{\"raw\":\"%s\"}}]"), rows[i][0]);
        const struct normal_commit *commit = git_host_form(SOURCE_BITBUCKET, "repo:push", body)->git->changes[0].commits;

        assert_string_equal(commit->author, rows[i][1]);
        if (rows[i][2] == NULL)
            assert_null(commit->author_email);
        else
            assert_string_equal(commit->author_email, rows[i][2]);
    }
}

static void newlines_at_a_messages_end_are_left_out(void **state)
{
    (void)state;
    assert_string_equal(commit_of_message("APP-1 One\\n\\n")->message, "APP-1 One");
    assert_string_equal(commit_of_message("\\n")->message, "");
    assert_string_equal(commit_of_message("\\n a\\nb")->message, "\n a\nb");
}

static void a_message_tells_of_keys_merges_reverts_and_picks(void **state)
{
    const struct normal_commit *commit = commit_of_message("APP-2 and app-1, APP-2, APP-007");

    (void)state;
    assert_int_equal(commit->key_count, 2);
    assert_string_equal(commit->keys[0], "APP-2");
    assert_string_equal(commit->keys[1], "APP-1");
    assert_int_equal(commit->refused_count, 1);
    assert_string_equal(commit->refused[0].text, "APP-007");
    assert_null(commit->handed_keys);
    commit = commit_of_message("Merge branch 'APP-3' into APP-4");
    assert_true(commit->is_merge_named);
    assert_int_equal(commit->key_count, 1);
    assert_int_equal(commit->handed_key_count, 1);
    assert_string_equal(commit->handed_keys[0], "APP-3");
    commit = commit_of_message("Undo\\n\\nThis reverts commit " SHA_B ".\\n(cherry picked from commit " SHA_A ")");
    assert_int_equal(commit->revert_count, 1);
    assert_string_equal(commit->reverts[0], SHA_B);
    assert_string_equal(commit->picked_from, SHA_A);
    commit = commit_of_message("APP-1 (#5)\\r\\n\\r\\n* Revert \\\"APP-2 a\\\"\\r\\n\\r\\nThis reverts commit " SHA_B
                               ".\\r\\n\\r\\n* b\\r\\n\\r\\n* Revert \\\"c\\\"\\r\\n\\r\\nThis reverts commit " SHA_B ".");
    assert_int_equal(commit->revert_count, 2);
    assert_string_equal(commit->reverts[0], "Squash");
    assert_string_equal(commit->reverts[1], SHA_B);
    assert_int_equal(commit->key_count, 1);
    assert_string_equal(commit->keys[0], "APP-1");
}

static void odd_characters_are_escaped_in_the_document(void **state)
{
    const struct normal_form *form = git_host_form(
        SOURCE_GITHUB, "push", PUSH(SHA_B, "[{\"id\":\"" SHA_B "\",\"message\":\"a\\\"b\\\\c\\td\\u0000e\\ud800f\"}]"));

    (void)state;
    assert_int_equal(form->altered, 2);
    assert_non_null(strstr(form->git_json, "\"message\":\"a\\\"b\\\\c\\u0009d\xEF\xBF\xBD"
                                           "e\xEF\xBF\xBD"
                                           "f\""));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(hashes_of_both_lengths_are_lower_cased, git_host_reset),
        cmocka_unit_test_setup(a_commit_stands_once_where_it_stood_first, git_host_reset),
        cmocka_unit_test_setup(a_list_of_the_newest_first_is_turned, git_host_reset),
        cmocka_unit_test_setup(a_raw_author_is_name_and_mail, git_host_reset),
        cmocka_unit_test_setup(newlines_at_a_messages_end_are_left_out, git_host_reset),
        cmocka_unit_test_setup(a_message_tells_of_keys_merges_reverts_and_picks, git_host_reset),
        cmocka_unit_test_setup(odd_characters_are_escaped_in_the_document, git_host_reset),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, git_host_open, git_host_close);
}
