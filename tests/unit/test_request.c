/* FastCGI parameters: what is taken, from where, and what counts as none. */
#include "request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define PARAMETERS(...) ((char *[]){"REQUEST_METHOD=POST", "DOCUMENT_URI=/webhooks/jira", __VA_ARGS__, NULL})
#define HUB "HTTP_X_HUB_SIGNATURE=sha256=aa"

static struct request parsed(char **parameters)
{
    struct request request;

    assert_true(request_parse(&request, parameters));
    return request;
}

static struct request_headers headers_of(enum source_kind kind, char **parameters)
{
    struct request request = parsed(parameters);
    struct request_headers headers;

    request_headers(&request, kind, &headers);
    return headers;
}

static void a_peer_that_went_away_sends_no_request(void **state)
{
    struct request request;

    (void)state;
    assert_false(request_parse(&request, NULL));
    assert_false(request_parse(&request, (char *[]){NULL}));
    assert_false(request_parse(&request, (char *[]){"DOCUMENT_URI=/healthz", NULL}));
    assert_false(request_parse(&request, (char *[]){"REQUEST_METHOD=GET", NULL}));
}

static void path_is_the_decoded_one(void **state)
{
    (void)state;
    assert_string_equal(parsed(PARAMETERS("SCRIPT_NAME=/other")).path, "/webhooks/jira");
    assert_string_equal(parsed((char *[]){"REQUEST_METHOD=GET", "SCRIPT_NAME=/readyz", NULL}).path, "/readyz");
}

static void length_is_digits_or_none(void **state)
{
    (void)state;
    assert_false(parsed(PARAMETERS("A=b")).has_length);
    assert_false(parsed(PARAMETERS("CONTENT_LENGTH=")).has_length);
    assert_false(parsed(PARAMETERS("CONTENT_LENGTH=-1")).has_length);
    assert_false(parsed(PARAMETERS("CONTENT_LENGTH=12x")).has_length);
    assert_false(parsed(PARAMETERS("CONTENT_LENGTH= 12")).has_length);
    assert_true(parsed(PARAMETERS("CONTENT_LENGTH=0")).has_length);
    assert_int_equal(parsed(PARAMETERS("CONTENT_LENGTH=0")).length, 0);
    assert_int_equal(parsed(PARAMETERS("CONTENT_LENGTH=26214400")).length, 26214400);
}

static void a_length_beyond_numbers_is_too_long(void **state)
{
    struct request request = parsed(PARAMETERS("CONTENT_LENGTH=99999999999999999999999"));

    (void)state;
    assert_true(request.has_length);
    assert_true(request.length == SIZE_MAX);
}

static void jira_signs_in_one_of_three_headers(void **state)
{
    (void)state;
    assert_string_equal(headers_of(SOURCE_JIRA, PARAMETERS(HUB)).signature, "sha256=aa");
    assert_string_equal(headers_of(SOURCE_JIRA, PARAMETERS("HTTP_X_ATLASSIAN_WEBHOOK_SIGNATURE=b")).signature, "b");
    assert_string_equal(headers_of(SOURCE_JIRA, PARAMETERS("HTTP_X_ATLASSIAN_SIGNATURE=c")).signature, "c");
    assert_null(headers_of(SOURCE_JIRA, PARAMETERS("HTTP_X_HUB_SIGNATURE_256=sha256=aa")).signature);
    assert_null(headers_of(SOURCE_JIRA, PARAMETERS("HTTP_X_HUB_SIGNATURE=")).signature);
}

static void two_signatures_are_seen(void **state)
{
    (void)state;
    assert_false(headers_of(SOURCE_JIRA, PARAMETERS(HUB)).several_signatures);
    assert_true(headers_of(SOURCE_JIRA, PARAMETERS(HUB, HUB)).several_signatures);
    assert_true(headers_of(SOURCE_JIRA, PARAMETERS("HTTP_X_HUB_SIGNATURE=sha256=aa, sha256=bb")).several_signatures);
    assert_true(headers_of(SOURCE_JIRA, PARAMETERS(HUB, "HTTP_X_ATLASSIAN_SIGNATURE=sha256=aa")).several_signatures);
    assert_true(headers_of(SOURCE_GITHUB, PARAMETERS("HTTP_X_HUB_SIGNATURE_256=a", "HTTP_X_HUB_SIGNATURE_256=b"))
                    .several_signatures);
    assert_true(headers_of(SOURCE_GITLAB, PARAMETERS("HTTP_X_GITLAB_TOKEN=a", "HTTP_X_GITLAB_TOKEN=b"))
                    .several_signatures);
}

static void other_kinds_headers_do_not_count(void **state)
{
    char **both = PARAMETERS(HUB, "HTTP_X_HUB_SIGNATURE_256=sha256=bb", "HTTP_X_ATLASSIAN_SIGNATURE=sha256=cc");
    struct request_headers github = headers_of(SOURCE_GITHUB, both), bitbucket = headers_of(SOURCE_BITBUCKET, both);

    (void)state;
    assert_string_equal(github.signature, "sha256=bb");
    assert_false(github.several_signatures);
    assert_string_equal(bitbucket.signature, "sha256=aa");
    assert_false(bitbucket.several_signatures);
}

static void a_gitlab_token_may_hold_a_comma(void **state)
{
    (void)state;
    assert_false(headers_of(SOURCE_GITLAB, PARAMETERS("HTTP_X_GITLAB_TOKEN=a,b")).several_signatures);
}

#define CLAIM "HTTP_WEBHOOK_ID=a", "HTTP_WEBHOOK_TIMESTAMP=1", "HTTP_WEBHOOK_SIGNATURE=v1,x v1,y"

static void a_claim_is_gitlabs_and_whole_or_none(void **state)
{
    struct request_headers headers = headers_of(SOURCE_GITLAB, PARAMETERS(CLAIM));

    (void)state;
    assert_string_equal(headers.claim.id, "a");
    assert_string_equal(headers.claim.timestamp, "1");
    assert_string_equal(headers.claim.signatures, "v1,x v1,y");
    assert_null(headers_of(SOURCE_GITHUB, PARAMETERS(CLAIM)).claim.id);
    assert_null(headers_of(SOURCE_GITLAB, PARAMETERS(CLAIM, "HTTP_WEBHOOK_ID=b")).claim.id);
    assert_null(headers_of(SOURCE_GITLAB, PARAMETERS(CLAIM, "HTTP_WEBHOOK_TIMESTAMP=2")).claim.timestamp);
    assert_null(headers_of(SOURCE_GITLAB, PARAMETERS(CLAIM, "HTTP_WEBHOOK_SIGNATURE=v1,z")).claim.signatures);
}

static void each_kind_has_its_own_delivery_id(void **state)
{
    char **all = PARAMETERS("HTTP_X_REQUEST_ID=server", "HTTP_X_REQUEST_UUID=cloud", "HTTP_X_GITHUB_DELIVERY=github",
                            "HTTP_X_ATLASSIAN_WEBHOOK_IDENTIFIER=jira", "HTTP_X_GITLAB_EVENT_UUID=shared",
                            "HTTP_WEBHOOK_ID=standard", "HTTP_IDEMPOTENCY_KEY=gitlab");

    (void)state;
    assert_string_equal(headers_of(SOURCE_JIRA, all).delivery_id, "jira");
    assert_string_equal(headers_of(SOURCE_GITHUB, all).delivery_id, "github");
    assert_string_equal(headers_of(SOURCE_BITBUCKET, all).delivery_id, "cloud");
    assert_string_equal(headers_of(SOURCE_BITBUCKET_SERVER, all).delivery_id, "server");
    assert_string_equal(headers_of(SOURCE_GITLAB, all).delivery_id, "gitlab");
    assert_string_equal(
        headers_of(SOURCE_GITLAB, PARAMETERS("HTTP_X_GITLAB_EVENT_UUID=shared", "HTTP_WEBHOOK_ID=standard")).delivery_id,
        "standard");
    assert_null(headers_of(SOURCE_JIRA, PARAMETERS("HTTP_X_REQUEST_ID=of-a-proxy")).delivery_id);
}

static void attempts_are_bounded_numbers(void **state)
{
    (void)state;
    assert_int_equal(headers_of(SOURCE_JIRA, PARAMETERS("A=b")).attempt, 0);
    assert_int_equal(headers_of(SOURCE_JIRA, PARAMETERS("HTTP_X_ATLASSIAN_WEBHOOK_RETRY=3")).attempt, 3);
    assert_int_equal(headers_of(SOURCE_JIRA, PARAMETERS("HTTP_X_ATLASSIAN_WEBHOOK_RETRY=-3")).attempt, 0);
    assert_int_equal(headers_of(SOURCE_JIRA, PARAMETERS("HTTP_X_ATLASSIAN_WEBHOOK_RETRY=99999999999999999999")).attempt, 1000);
    assert_int_equal(headers_of(SOURCE_JIRA, PARAMETERS("HTTP_X_ATLASSIAN_WEBHOOK_RETRY=x")).attempt, 0);
    assert_int_equal(headers_of(SOURCE_BITBUCKET, PARAMETERS("HTTP_X_ATTEMPT_NUMBER=2")).attempt, 2);
}

static void events_come_from_the_hosts_header(void **state)
{
    (void)state;
    assert_string_equal(headers_of(SOURCE_GITHUB, PARAMETERS("HTTP_X_GITHUB_EVENT=push")).event, "push");
    assert_string_equal(headers_of(SOURCE_BITBUCKET, PARAMETERS("HTTP_X_EVENT_KEY=repo:push")).event, "repo:push");
    assert_string_equal(headers_of(SOURCE_GITLAB, PARAMETERS("HTTP_X_GITLAB_EVENT=Push Hook")).event, "Push Hook");
    assert_null(headers_of(SOURCE_JIRA, PARAMETERS("HTTP_X_GITHUB_EVENT=push")).event);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_peer_that_went_away_sends_no_request),
        cmocka_unit_test(path_is_the_decoded_one),
        cmocka_unit_test(length_is_digits_or_none),
        cmocka_unit_test(a_length_beyond_numbers_is_too_long),
        cmocka_unit_test(jira_signs_in_one_of_three_headers),
        cmocka_unit_test(two_signatures_are_seen),
        cmocka_unit_test(other_kinds_headers_do_not_count),
        cmocka_unit_test(a_gitlab_token_may_hold_a_comma),
        cmocka_unit_test(a_claim_is_gitlabs_and_whole_or_none),
        cmocka_unit_test(each_kind_has_its_own_delivery_id),
        cmocka_unit_test(attempts_are_bounded_numbers),
        cmocka_unit_test(events_come_from_the_hosts_header),
    };

    if (argc > 1 && argv[1][0] != '\0')
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
