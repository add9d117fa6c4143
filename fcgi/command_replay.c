/* jirasync replay: judges kept deliveries anew. */
#include "command.h"
#include "replay.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: jirasync replay [OPTION]... [ID]...\n"
    "\n"
    "Judges kept deliveries anew: their bytes go through today's normal form, and what came of it is stored. May be run\n"
    "again at any time. Something has to say which deliveries; all that is said has to fit.\n"
    "\n"
    "  --quarantined            only those in quarantine\n"
    "  --source SLUG            those of one source\n"
    "  --since TIME             received then or later (2026-11-24, 2026-11-24T09:30:00-07:00; without a zone: UTC)\n"
    "  --until TIME             received before\n"
    "  --dry-run                say what would become of each, and write nothing\n"
    "  --quiet                  no progress and no summary\n"
    "  ID                       delivery id (event_id in answers and logs); not together with the options above, but\n"
    "                           for --source\n";

struct replay_words {
    struct replay_options options;
    const char *since, *until;
};

static const struct option replay_word_options[] = {
    {"quarantined", no_argument, NULL, 'Q'},
    {"source", required_argument, NULL, 's'},
    {"since", required_argument, NULL, 'f'},
    {"until", required_argument, NULL, 't'},
    {"dry-run", no_argument, NULL, 'n'},
    {"quiet", no_argument, NULL, 'q'},
    {NULL, 0, NULL, 0},
};

static bool read_time(const char *word, instant *time)
{
    *time = INSTANT_NONE;
    return word == NULL || instant_parse(word, strlen(word), time);
}

/* What is wrong with the words of replay; NULL when they are good. */
static const char *check_replay_words(struct replay_words *words)
{
    struct replay_options *options = &words->options;
    bool is_range = options->is_quarantine_only || words->since || words->until;
    if (!read_time(words->since, &options->since) || !read_time(words->until, &options->until))
        return "replay takes times such as 2026-11-24 or 2026-11-24T09:30:00-07:00";
    if (words->since && words->until && options->until <= options->since)
        return "nothing was received from --since to --until: the one is not before the other";
    if (options->id_count > 0 && is_range)
        return "replay takes either ids, or --quarantined, --since and --until";
    if (options->id_count == 0 && !is_range && !options->source)
        return "replay needs to be told which deliveries: --quarantined, --source, --since, --until or ids";
    return NULL;
}

static const char *read_replay_words(int argc, char **argv, struct replay_words *words)
{
    int letter;
    while ((letter = getopt_long(argc, argv, "", replay_word_options, NULL)) != -1) {
        switch (letter) {
        case 'Q':
            words->options.is_quarantine_only = true;
            break;
        case 's':
            words->options.source = optarg;
            break;
        case 'f':
            words->since = optarg;
            break;
        case 't':
            words->until = optarg;
            break;
        case 'n':
            words->options.is_dry_run = true;
            break;
        case 'q':
            words->options.is_quiet = true;
            break;
        default:
            return "replay has no such option";
        }
    }
    words->options.ids = (const char *const *)argv + optind;
    words->options.id_count = (size_t)(argc - optind);
    return check_replay_words(words);
}

static void print_reasons(const struct replay_result *result)
{
    for (size_t code = 0; code < ERROR_CODES; code++)
        if (result->reasons[code] > 0)
            printf("  %-24s %lld\n", error_name((enum error_code)code), (long long)result->reasons[code]);
}

/* What a dry run found: for each outcome of before, what it would be read as. */
static void print_forms(const struct replay_result *result)
{
    for (int before = 0; before < REPLAY_BEFORES; before++)
        for (int form = 0; form < REPLAY_FORMS; form++)
            if (result->forms[before][form] > 0)
                printf("%-12s -> %-12s %lld\n", replay_before_name((enum replay_before)before),
                       replay_form_name((enum replay_form)form), (long long)result->forms[before][form]);
}

static void print_replay(const struct replay_options *options, const struct replay_result *result)
{
    const int64_t *outcomes = result->outcomes;
    long long quarantined = (long long)(outcomes[STORE_QUARANTINED] + outcomes[STORE_ID_CONFLICT]);
    if (options->is_dry_run) {
        print_forms(result);
        printf("%lld deliveries looked at, nothing written\n", (long long)result->deliveries);
    } else {
        printf("%lld deliveries: %lld applied, %lld stale, %lld ignored, %lld duplicate, %lld quarantined; "
               "%lld have another outcome than before, %lld left quarantine\n",
               (long long)result->deliveries, (long long)outcomes[STORE_APPLIED], (long long)outcomes[STORE_STALE],
               (long long)outcomes[STORE_IGNORED], (long long)outcomes[STORE_DUPLICATE], quarantined,
               (long long)result->changed, (long long)result->healed);
    }
    print_reasons(result);
    if (result->left > 0)
        printf("%lld of the ledger are not understood today: they stay as they were\n", (long long)result->left);
    if (result->gone > 0)
        printf("%lld deliveries are gone: their bodies were pruned\n", (long long)result->gone);
}

static int run_replay(struct command_context *context, int argc, char **argv)
{
    struct replay_words words = {.options = {.batch_rows = (size_t)context->config.batch_rows,
                                             .batch_bytes = (size_t)context->config.batch_bytes,
                                             .parse_bytes = (size_t)context->config.max_parse_bytes}};
    struct replay_options *options = &words.options;
    struct replay_result result = {0};
    struct error error = {0};
    const char *problem = read_replay_words(argc, argv, &words);
    if (problem)
        return command_misuse(help, problem);
    if (options->source && !command_find_source(context, options->source, &error))
        return command_complain("replay", &error);
    options->lines = options->is_quiet ? NULL : stdout;
    normalize_init();
    if (!command_open_database(context, &error))
        return command_complain("replay", &error);
    bool is_done = replay(context->db, options, &result, &error) == ERROR_NONE;
    if (!options->is_quiet)
        print_replay(options, &result);
    if (is_done && options->id_count > 0 && result.unknown_ids + result.gone > 0) {
        error_set(&error, ERROR_INPUT, "%lld ids have no body to replay", (long long)(result.unknown_ids + result.gone));
        is_done = false;
    }
    return is_done ? EXIT_SUCCESS : command_complain("replay", &error);
}

const struct command command_replay = {"replay", "judge kept deliveries anew, those in quarantine for example", help,
                                       run_replay};
