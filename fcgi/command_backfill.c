/* jirasync backfill: the first load of a Jira site. */
#include "backfill.h"
#include "command.h"
#include "normalize.h"
#include "site.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static const char help[] =
    "usage: jirasync backfill --source SLUG [--jql JQL] [--anew] [--quiet]\n"
    "\n"
    "Loads a Jira site for the first time: all projects and versions, and all issues with their comments, worklogs, links\n"
    "and attachments. Runs beside live webhooks. When it is broken off, the same command goes on where it was; psql shows\n"
    "how far it is: TABLE jirasync.backfill_progress.\n"
    "\n"
    "  --source SLUG            the Jira site; the sources file says how it is asked\n"
    "  --jql JQL                only issues that meet this condition, without an order\n"
    "  --anew                   from the start, whatever was broken off\n"
    "  --quiet                  no progress and no summary\n";

struct backfill_words {
    const char *source;
    struct backfill_options options;
};

static const char *read_words(int argc, char **argv, struct backfill_words *words)
{
    static const struct option options[] = {{"source", required_argument, NULL, 's'},
                                            {"jql", required_argument, NULL, 'j'},
                                            {"anew", no_argument, NULL, 'a'},
                                            {"quiet", no_argument, NULL, 'q'},
                                            {NULL, 0, NULL, 0}};
    int letter;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (letter == '?')
            return "backfill takes --source, --jql, --anew and --quiet";
        if (letter == 's')
            words->source = optarg;
        if (letter == 'j')
            words->options.jql = optarg;
        words->options.is_anew = words->options.is_anew || letter == 'a';
        words->options.is_quiet = words->options.is_quiet || letter == 'q';
    }
    if (optind < argc)
        return "backfill takes no arguments but options";
    return words->source ? NULL : "backfill needs --source";
}

static void print_summary(const struct backfill_result *result)
{
    double seconds = (double)result->duration_ms / 1000;
    int64_t now = result->issues - result->before;
    printf("%" PRId64 " issues in %.1f s (%.0f/s): %" PRId64 " applied, %" PRId64 " stale, %" PRId64 " quarantined\n", now, seconds,
           seconds > 0 ? (double)now / seconds : 0, result->outcomes[STORE_APPLIED], result->outcomes[STORE_STALE],
           result->outcomes[STORE_QUARANTINED] + result->outcomes[STORE_ID_CONFLICT]);
    printf("all in all %" PRId64 " issues, %" PRId64 " comments, worklogs, links and attachments, %" PRId64 " requests\n",
           result->issues, result->children, result->requests);
}

static enum error_code load(struct command_context *context, const struct backfill_words *words, struct error *error)
{
    const struct site_options options = {.db = context->db,
                                         .config = &context->config,
                                         .sources = context->sources,
                                         .patience_ms = context->config.fetch_patience_s * 1000};
    struct backfill_result result = {0};
    struct rest_problem problem;
    struct site *site = NULL;
    struct site_list *sites = site_list_new(&options);
    if (!sites)
        return error_set(error, ERROR_NO_MEMORY, "no memory for the site");
    enum error_code code = site_list_find(sites, words->source, &site, error);
    if (code == ERROR_NONE)
        code = backfill_site(context->db, site, &words->options, &result, &problem, error);
    if (result.id != 0 && !words->options.is_quiet)
        print_summary(&result);
    site_list_free(sites);
    return code;
}

static int run(struct command_context *context, int argc, char **argv)
{
    struct backfill_words words = {.source = NULL};
    struct error error = {.code = ERROR_NONE};
    const char *problem = read_words(argc, argv, &words);
    if (problem)
        return command_misuse(help, problem);
    normalize_init();
    if (command_find_source(context, words.source, &error) && command_open_database(context, &error) &&
        load(context, &words, &error) == ERROR_NONE)
        return EXIT_SUCCESS;
    return command_complain("backfill", &error);
}

const struct command command_backfill = {"backfill", "load a Jira site for the first time", help, run};
