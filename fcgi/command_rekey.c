/* jirasync rekey: applies today's rule of issue keys to what is there. */
#include "command.h"
#include "rekey.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static const char help[] =
    "usage: jirasync rekey [--source SLUG] [--repository FULL_NAME] [--dry-run] [--quiet]\n"
    "\n"
    "Looks for issue keys by the rule of this version in all that the database holds: messages of commits, titles and\n"
    "branches of pull requests, names of branches that were pushed or imported. What differs is written, and the links\n"
    "follow. For after an upgrade that changes the rule; may be run again at any time.\n"
    "\n"
    "  --source SLUG            what came from one source\n"
    "  --repository FULL_NAME   what belongs to one repository\n"
    "  --dry-run                say what would change, and write nothing\n"
    "  --quiet                  no progress and no summary\n";

static const struct option options[] = {
    {"source", required_argument, NULL, 's'},
    {"repository", required_argument, NULL, 'r'},
    {"dry-run", no_argument, NULL, 'n'},
    {"quiet", no_argument, NULL, 'q'},
    {NULL, 0, NULL, 0},
};

/* What is wrong with the words; NULL when they are good. */
static const char *read_words(int argc, char **argv, struct rekey_options *words)
{
    int letter;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (letter) {
        case 's':
            words->source = optarg;
            break;
        case 'r':
            words->repository = optarg;
            break;
        case 'n':
            words->is_dry_run = true;
            break;
        case 'q':
            words->is_quiet = true;
            break;
        default:
            return "rekey takes --source, --repository, --dry-run and --quiet";
        }
    }
    return optind == argc ? NULL : "rekey takes options alone";
}

static void print_count(const char *what, const struct rekey_count *count)
{
    printf("%s: %lld looked at, %lld differ; ", what, (long long)count->seen, (long long)count->changed);
}

static void print_refused(const struct rekey_count *count)
{
    printf("refused +%lld -%lld", (long long)count->refused_added, (long long)count->refused_removed);
}

static void print_result(const struct rekey_options *words, const struct rekey_result *result)
{
    const struct rekey_count *commits = &result->counts[REKEY_COMMITS];
    const struct rekey_count *requests = &result->counts[REKEY_PULL_REQUESTS];
    const struct rekey_count *branches = &result->counts[REKEY_BRANCHES];
    print_count("commits", commits);
    printf("keys +%lld -%lld, ", (long long)commits->keys_added, (long long)commits->keys_removed);
    print_refused(commits);
    printf(", %lld merges hand other keys down\n", (long long)commits->handed);
    print_count("pull requests", requests);
    print_refused(requests);
    print_count("\nbranches", branches);
    print_refused(branches);
    printf("\n%lld jobs\n", (long long)(commits->jobs + requests->jobs + branches->jobs));
    if (words->is_dry_run)
        printf("Nothing was written.\n");
    else if (commits->changed + requests->changed + branches->changed == 0)
        printf("Nothing changed: 0 rows written.\n");
}

static int run_rekey(struct command_context *context, int argc, char **argv)
{
    struct rekey_options words = {.chunk = context->config.import_chunk};
    struct rekey_result result = {0};
    struct error error = {0};
    const char *problem = read_words(argc, argv, &words);
    if (problem)
        return command_misuse(help, problem);
    if (words.source && !command_find_source(context, words.source, &error))
        return command_complain("rekey", &error);
    if (!command_open_database(context, &error))
        return command_complain("rekey", &error);
    bool is_done = rekey(context->db, &words, &result, &error) == ERROR_NONE;
    if (!words.is_quiet)
        print_result(&words, &result);
    return is_done ? EXIT_SUCCESS : command_complain("rekey", &error);
}

const struct command command_rekey = {"rekey", "look for issue keys anew, by the rule of this version", help, run_rekey};
