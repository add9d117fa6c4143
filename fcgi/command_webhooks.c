/* jirasync webhooks: what a Jira site sends, what it should send, and a webhook for it. */
#include "command.h"
#include "jira_webhook.h"
#include "normalize.h"
#include "send.h"
#include "site.h"
#include "text_table.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TABLE_WIDTH 160

static const char help[] =
    "usage: jirasync webhooks --source SLUG [--register URL] [--name NAME]\n"
    "\n"
    "Lists the webhooks that the site's administrators have set up, and says what is wrong with the one that sends to this\n"
    "source: events that the mirror needs and it does not send, no secret, no body, switched off, twice there. Asked, it is\n"
    "added or put right. The account that asks has to be an administrator's.\n"
    "\n"
    "  --source SLUG            the Jira site; the sources file says how it is asked (api_user, api_token, ...)\n"
    "  --register URL           make sure that one sends all needed events to URL, signed with the source's first secret;\n"
    "                           https://HOST alone stands for https://HOST/webhooks/jira/SLUG\n"
    "  --name NAME              what a new one is called in Jira; default: jirasync\n"
    "\n"
    "Exits with 0 when one webhook sends all that is needed, 1 when none does or Jira does not answer, 78 when Jira refuses the\n"
    "account or the sources file lacks something.\n";

struct webhooks_words {
    const char *source, *url, *name;
};

/* A look at the site. */
struct survey {
    struct rest *api;
    const struct source *source;
    const char *url; /* that is to be registered; NULL: whatever sends to the source */
    struct jira_webhook_list *list;
    struct rest_problem problem;
};

static const char *read_words(int argc, char **argv, struct webhooks_words *words)
{
    static const struct option options[] = {
        {"source", required_argument, NULL, 's'}, {"register", required_argument, NULL, 'r'}, {"name", required_argument, NULL, 'n'}, {NULL, 0, NULL, 0}};
    int letter;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (letter == 's')
            words->source = optarg;
        else if (letter == 'r')
            words->url = optarg;
        else if (letter == 'n')
            words->name = optarg;
        else
            return "webhooks takes --source, --register and --name";
    }
    if (optind < argc)
        return "webhooks takes no arguments but options";
    return words->source && *words->name ? NULL : "webhooks needs --source";
}

/* The webhook's whole URL; malloc'ed. NULL when it is none. */
static char *whole_url(const char *given, const char *source, struct error *error)
{
    const char *host = strncasecmp(given, "https://", 8) == 0 ? given + 8 : strncasecmp(given, "http://", 7) == 0 ? given + 7
                                                                                                                  : "";
    const char *path = host + strcspn(host, "/");
    if (*host == '\0' || *host == '/' || strpbrk(host, "@\\ \t\r\n?#") != NULL) {
        error_set(error, ERROR_INPUT, "--register takes the URL that Jira sends to, such as https://jirasync.example.com");
        return NULL;
    }
    char *url = path[strspn(path, "/")] == '\0' ? send_webhook_url(given, SOURCE_JIRA, source) : strdup(given);
    if (!url)
        error_set(error, ERROR_NO_MEMORY, "out of memory");
    return url;
}

/* True for a URL whose path is that of the source at any host. */
static bool sends_to_source(const char *url, const char *source)
{
    char *path = send_webhook_url("", SOURCE_JIRA, source);
    const char *host = strstr(url, "://");
    const char *given = host ? strchr(host + 3, '/') : NULL;
    size_t length = path ? strlen(path) : 0;
    bool is = given && path && strncmp(given, path, length) == 0 && strspn(given + length, "/") == strcspn(given + length, "?#");
    free(path);
    return is;
}

static bool is_ours(const struct survey *survey, const struct jira_webhook *webhook)
{
    if (!webhook->url)
        return false;
    return survey->url ? strcmp(webhook->url, survey->url) == 0 : sends_to_source(webhook->url, survey->source->name);
}

/* The first one that sends to the source; *count is how many do. */
static const struct jira_webhook *find_ours(const struct survey *survey, size_t *count)
{
    const struct jira_webhook *found = NULL;
    *count = 0;
    for (size_t i = 0; i < jira_webhook_list_count(survey->list); i++) {
        const struct jira_webhook *webhook = jira_webhook_list_at(survey->list, i);
        if (!is_ours(survey, webhook))
            continue;
        found = found ? found : webhook;
        ++*count;
    }
    return found;
}

static size_t count_missing(const struct survey *survey, const struct jira_webhook *webhook)
{
    size_t at = 0, count = 0;
    while (jira_webhook_missing(survey->api, webhook, &at))
        count++;
    return count;
}

/* True when nothing is wrong that Jira can be told to put right. */
static bool is_whole(const struct survey *survey, const struct jira_webhook *webhook)
{
    return webhook->is_active && !webhook->is_without_body && webhook->signing != JIRA_WEBHOOK_UNSIGNED &&
           count_missing(survey, webhook) == 0;
}

static bool print_table(const struct survey *survey)
{
    static const struct text_table_column columns[] = {
        {"id", true, 0, false},
        {"name", false, 30, true},
        {"sends to", false, 0, true},
        {"active", false, 0, false},
        {"signed", false, 0, false},
        {"events", true, 0, false},
        {"missing", true, 0, false},
    };
    static const char *const signings[] = {[JIRA_WEBHOOK_UNTOLD] = "not told", [JIRA_WEBHOOK_SIGNED] = "yes", [JIRA_WEBHOOK_UNSIGNED] = "no"};
    struct text_table *table = text_table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; table && i < jira_webhook_list_count(survey->list); i++) {
        const struct jira_webhook *webhook = jira_webhook_list_at(survey->list, i);
        text_table_add(table, webhook->id);
        text_table_add(table, webhook->name);
        text_table_add(table, webhook->url);
        text_table_add(table, webhook->is_active ? "yes" : "no");
        text_table_add(table, signings[webhook->signing]);
        text_table_add_count(table, (double)webhook->event_count);
        text_table_add_count(table, (double)count_missing(survey, webhook));
    }
    bool is_printed = table && text_table_print(table, stdout, TABLE_WIDTH, 0);
    text_table_free(table);
    return is_printed;
}

static void print_problems(const struct survey *survey, const struct jira_webhook *webhook, size_t count)
{
    const char *event, *separator = "";
    size_t at = 0;
    printf("\n%s\n", webhook->url);
    if (count > 1)
        printf("  %zu webhooks send there: each event comes %zu times; delete all but one in Jira\n", count, count);
    if (!webhook->is_active)
        printf("  it is switched off\n");
    if (webhook->signing == JIRA_WEBHOOK_UNSIGNED)
        printf("  it has no secret: every delivery is answered 401, and Jira never sends it again\n");
    if (webhook->is_without_body)
        printf("  it sends no bodies (\"Exclude body\")\n");
    if (webhook->filter)
        printf("  it sends only what this JQL lets pass: %s\n", webhook->filter);
    while ((event = jira_webhook_missing(survey->api, webhook, &at))) {
        printf("%s%s", *separator ? separator : "  events that are missing: ", event);
        separator = ", ";
    }
    printf("%s", *separator ? "\n" : "");
    if (is_whole(survey, webhook) && count == 1)
        printf("  it sends all that is needed\n");
}

/* Prints what there is; true when the source gets all it needs. */
static bool report(const struct survey *survey, struct error *error)
{
    size_t count;
    const struct jira_webhook *ours = find_ours(survey, &count);
    if (!print_table(survey)) {
        error_set(error, ERROR_NO_MEMORY, "out of memory");
        return false;
    }
    if (ours) {
        print_problems(survey, ours, count);
        error_set(error, ERROR_INPUT, "the webhook of source '%s' is not as it should be%s", survey->source->name,
                  survey->url ? "" : ": --register URL puts it right");
        return count == 1 && is_whole(survey, ours);
    }
    error_set(error, ERROR_INPUT, "no webhook sends to source '%s': --register URL adds one", survey->source->name);
    return false;
}

static const struct secret *first_secret(const struct source *source, struct error *error)
{
    for (size_t i = 0; i < source->secret_count; i++)
        if (secret_is_available(source->secrets[i]))
            return source->secrets[i];
    error_set(error, ERROR_CONFIG, "source '%s' has no secret that can be read: a webhook without one would be answered 401",
              source->name);
    return NULL;
}

static enum error_code read_list(struct survey *survey, struct error *error)
{
    jira_webhook_list_free(survey->list);
    return jira_webhook_list_read(survey->api, &survey->list, &survey->problem, error);
}

/* Adds a webhook or puts the one that is there right; what is right already is left alone. */
static enum error_code make_right(struct survey *survey, const char *name, struct error *error)
{
    size_t count;
    const struct jira_webhook *ours = find_ours(survey, &count);
    if (ours && is_whole(survey, ours))
        return ERROR_NONE;
    const struct secret *secret = first_secret(survey->source, error);
    if (!secret)
        return ERROR_CONFIG;
    enum error_code code = jira_webhook_put(survey->api, survey->list, ours, name, survey->url, secret, &survey->problem, error);
    if (code == ERROR_NONE)
        printf("%s: %s\n\n", ours ? "put right" : "registered", survey->url);
    return code == ERROR_NONE ? read_list(survey, error) : code;
}

static bool survey_site(struct survey *survey, const struct webhooks_words *words, struct error *error)
{
    enum error_code code = read_list(survey, error);
    if (code == ERROR_NONE && survey->url)
        code = make_right(survey, words->name, error);
    return code == ERROR_NONE && report(survey, error);
}

static bool look(struct command_context *context, const struct webhooks_words *words, const char *url, struct error *error)
{
    const struct site_options options = {.db = context->db,
                                         .config = &context->config,
                                         .sources = context->sources,
                                         .patience_ms = context->config.fetch_patience_s * 1000};
    struct site_list *sites = site_list_new(&options);
    struct site *site = NULL;
    if (!sites) {
        error_set(error, ERROR_NO_MEMORY, "out of memory");
        return false;
    }
    bool is_good = site_list_find(sites, words->source, &site, error) == ERROR_NONE;
    if (is_good) {
        struct survey survey = {.api = site_api(site), .source = site_source(site), .url = url};
        is_good = survey_site(&survey, words, error);
        jira_webhook_list_free(survey.list);
    }
    site_list_free(sites);
    return is_good;
}

static int run(struct command_context *context, int argc, char **argv)
{
    struct webhooks_words words = {.name = "jirasync"};
    struct error error = {0};
    const char *problem = read_words(argc, argv, &words);
    if (problem)
        return command_misuse(help, problem);
    const struct source *source = command_find_source(context, words.source, &error);
    char *url = source && words.url ? whole_url(words.url, words.source, &error) : NULL;
    if (!source || (words.url && !url))
        return command_complain("webhooks", &error);
    normalize_init();
    bool is_good = command_open_database(context, &error) && look(context, &words, url, &error);
    free(url);
    return is_good ? EXIT_SUCCESS : command_complain("webhooks", &error);
}

const struct command command_webhooks = {"webhooks", "say which webhooks a Jira site has, and register one", help, run};
