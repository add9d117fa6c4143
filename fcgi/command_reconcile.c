/* jirasync reconcile: compares a Jira site with its mirror, and mends what differs. */
#include "command.h"
#include "normalize.h"
#include "reconcile.h"
#include "site.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
    "usage: jirasync reconcile --source SLUG [--quiet]\n"
    "\n"
    "Compares a Jira site with its mirror and mends what differs: issues that are missing, were changed, moved or deleted\n"
    "while no webhook told of it, with their comments, worklogs, links and attachments, and versions and projects. Runs\n"
    "beside live webhooks, and may be run again at any time; a worker does the same every night (reconcile_schedule).\n"
    "\n"
    "  --source SLUG            the Jira site; the sources file says how it is asked\n"
    "  --quiet                  no summary\n";

struct reconcile_words {
    const char *source;
    bool is_quiet;
};

static const char *read_words(int argc, char **argv, struct reconcile_words *words)
{
    static const struct option options[] = {
        {"source", required_argument, NULL, 's'}, {"quiet", no_argument, NULL, 'q'}, {NULL, 0, NULL, 0}};
    int letter;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (letter == '?')
            return "";
        if (letter == 's')
            words->source = optarg;
        words->is_quiet = words->is_quiet || letter == 'q';
    }
    if (optind < argc)
        return "reconcile takes no arguments but options";
    return words->source ? NULL : "reconcile needs --source";
}

static void print_summary(const struct reconcile_result *result)
{
    printf("%" PRId64 " issues compared in %.1f s with %" PRId64 " requests: %" PRId64 " missing, %" PRId64 " changed, %" PRId64
           " moved, %" PRId64 " deleted\n",
           result->compared, (double)result->duration_ms / 1000, result->requests, result->missing, result->changed,
           result->moved, result->deletes);
}

static enum error_code reconcile(struct command_context *context, const struct reconcile_words *words, struct error *error)
{
    const struct site_options options = {.db = context->db,
                                         .config = &context->config,
                                         .sources = context->sources,
                                         .patience_ms = context->config.fetch_patience_s * 1000};
    struct reconcile_result result;
    struct rest_problem problem;
    struct site *site = NULL;
    struct site_list *sites = site_list_new(&options);
    if (!sites)
        return error_set(error, ERROR_NO_MEMORY, "no memory for the site");
    enum error_code code = site_list_find(sites, words->source, &site, error);
    if (code == ERROR_NONE)
        code = reconcile_site(context->db, site, &result, &problem, error);
    if (code == ERROR_NONE && !words->is_quiet)
        print_summary(&result);
    site_list_free(sites);
    return code;
}

static int run(struct command_context *context, int argc, char **argv)
{
    struct reconcile_words words = {.source = NULL};
    struct error error = {.code = ERROR_NONE};
    const char *problem = read_words(argc, argv, &words);
    if (problem)
        return command_misuse(help, problem);
    normalize_init();
    if (!command_find_source(context, words.source, &error) || !command_open_database(context, &error) ||
        reconcile(context, &words, &error) != ERROR_NONE)
        return command_complain("reconcile", &error);
    return 0;
}

const struct command command_reconcile = {"reconcile", "compare a Jira site with its mirror, and mend what differs", help, run};
