/* jirasync: the command. A table of subcommands, each with options of its own. */
#include "command.h"
#include "import_commits.h"
#include "import_issues.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef JIRASYNC_GIT_SHA
#define JIRASYNC_GIT_SHA "unknown"
#endif

#define REF_GLOBS_MAX 256

static const char commits_help[] =
    "usage: jirasync import-commits --source SLUG --repository FULL_NAME [--ref GLOB]... [--since REV] [--quiet] PATH\n"
    "\n"
    "Takes the history of the git repository at PATH (a clone, a bare repository or a worktree) over: branches, tags,\n"
    "commits, where they are, and the issue keys they name. May be run again at any\n"
    "time: only what differs is written.\n"
    "\n"
    "  --source SLUG            source that the repository belongs to, as in the sources file\n"
    "  --repository FULL_NAME   its full name there, as the host says it (\"org/app\")\n"
    "  --ref GLOB               read only branches that fit (and the default branch); may be repeated\n"
    "  --since REV              send only commits that REV does not reach\n"
    "  --quiet                  no progress and no summary\n";

static const char issues_help[] =
    "usage: jirasync import-issues [--source SLUG] [--quiet] FILE|-\n"
    "\n"
    "Stores issues from answers of Jira's search (pages as JSON, one after another; - is standard input). Issues that\n"
    "are known in a newer state stay as they are.\n"
    "\n"
    "  --source SLUG            the Jira site, as in the sources file; default: default\n"
    "  --quiet                  no progress and no summary\n";

/* import-commits */

static void print_unknown(const struct import_result *result)
{
    if (result->unknown_total == 0)
        return;
    printf("Commits name keys that no issue of the mirror bears:\n");
    for (size_t i = 0; i < result->unknown_count; i++)
        printf("  %-12s in %lld commits: %s\n", result->unknown[i].prefix, (long long)result->unknown[i].commits,
               result->unknown[i].is_known ? "the project is known, these issues are not"
                                           : "no such project is known (or it is none)");
    if (result->unknown_total > result->unknown_count)
        printf("  and %zu more prefixes (view refused_issue_keys)\n", result->unknown_total - result->unknown_count);
    printf("Get issues with `jirasync import-issues FILE`: pages of Jira's search for project = KEY.\n");
}

/* Even a quiet import says so: with the wrong default branch the wrong commits have landed. */
static void warn_of_guess(const struct import_options *options, const struct import_result *result)
{
    if (result->is_default_guessed)
        fprintf(stderr,
                "jirasync import-commits: warning: %s does not say which branch is the default one at its host "
                "(refs/remotes/origin/HEAD is missing); %s was taken for it. If that is wrong, run "
                "`git remote set-head origin --auto` there, and import again\n",
                options->path, result->default_branch);
}

static void print_commits(const struct import_options *options, const struct import_result *result)
{
    printf("%s: %lld commits read, %lld new, %lld changed; %lld branches (%lld counted%s%s), %lld tags; "
           "%lld rows of refs, %lld of places, %lld of keys changed; %lld jobs\n",
           options->repository, (long long)result->commits, (long long)result->inserted, (long long)result->updated,
           (long long)result->branches, (long long)result->counted, result->default_branch[0] ? ", default " : "",
           result->default_branch, (long long)result->tags, (long long)result->refs, (long long)result->places,
           (long long)result->keys, (long long)result->jobs);
    if (result->inserted + result->updated + result->refs + result->places + result->keys == 0)
        printf("Nothing changed: 0 rows written.\n");
    if (result->counted == 0)
        printf("No branch counts, so nothing has landed: set counted_refs of the source.\n");
    if (result->missing_parents > 0)
        printf("The history is cut off: %lld parents are missing.\n", (long long)result->missing_parents);
    print_unknown(result);
}

static const struct option commits_options[] = {
    {"source", required_argument, NULL, 's'},
    {"repository", required_argument, NULL, 'r'},
    {"ref", required_argument, NULL, 'f'},
    {"since", required_argument, NULL, 'i'},
    {"quiet", no_argument, NULL, 'q'},
    {NULL, 0, NULL, 0},
};

/* Reads the words of import-commits; false when they are not good. */
static bool read_commits_words(int argc, char **argv, struct import_options *options, const char **source,
                               const char **globs)
{
    int letter;
    while ((letter = getopt_long(argc, argv, "", commits_options, NULL)) != -1) {
        switch (letter) {
        case 's':
            *source = optarg;
            break;
        case 'r':
            options->repository = optarg;
            break;
        case 'f':
            if (options->glob_count == REF_GLOBS_MAX)
                return false;
            globs[options->glob_count++] = optarg;
            break;
        case 'i':
            options->since = optarg;
            break;
        case 'q':
            options->is_quiet = true;
            break;
        default:
            return false;
        }
    }
    options->path = optind + 1 == argc ? argv[optind] : NULL;
    return *source && options->repository && options->repository[0] && options->path;
}

static int run_import_commits(struct command_context *context, int argc, char **argv)
{
    const char *globs[REF_GLOBS_MAX], *source = NULL;
    struct import_options options = {.globs = globs, .chunk = context->config.import_chunk};
    struct import_result result;
    struct error error = {0};
    if (!read_commits_words(argc, argv, &options, &source, globs))
        return command_misuse(commits_help, "import-commits takes a source, a repository's full name and a path");
    options.source = command_find_source(context, source, &error);
    if (!options.source)
        return command_complain("import-commits", &error);
    if (!command_open_database(context, &error) || import_commits(context->db, &options, &result, &error) != ERROR_NONE)
        return command_complain("import-commits", &error);
    warn_of_guess(&options, &result);
    if (!options.is_quiet)
        print_commits(&options, &result);
    return EXIT_SUCCESS;
}

/* import-issues */

static void print_issues(const struct import_issues_result *result)
{
    printf("%lld issues: %lld applied, %lld stale, %lld duplicate, %lld quarantined\n", (long long)result->issues,
           (long long)result->outcomes[STORE_APPLIED], (long long)result->outcomes[STORE_STALE],
           (long long)result->outcomes[STORE_DUPLICATE],
           (long long)(result->outcomes[STORE_QUARANTINED] + result->outcomes[STORE_ID_CONFLICT]));
    if (result->outcomes[STORE_QUARANTINED] + result->outcomes[STORE_ID_CONFLICT] > 0)
        printf("Why: SELECT reason, detail FROM quarantined_deliveries WHERE delivery_id LIKE 'import:%%'\n");
}

static int store_issues(struct command_context *context, const char *source_name, const char *path, bool is_quiet)
{
    struct import_issues_result result = {0};
    struct error error = {0};
    const struct source *source = command_find_source(context, source_name, &error);
    if (!source)
        return command_complain("import-issues", &error);
    if (source->kind != SOURCE_JIRA) {
        error_set(&error, ERROR_INPUT, "source '%s' is no Jira site but of kind %s", source->name,
                  source_kind_name(source->kind));
        return command_complain("import-issues", &error);
    }
    int file = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        error_set(&error, ERROR_IO, "%s: %s", path, strerror(errno));
        return command_complain("import-issues", &error);
    }
    bool stored = command_open_database(context, &error) &&
                  import_issues(context->db, &context->config, source, file, is_quiet, &result, &error) == ERROR_NONE;
    if (file != STDIN_FILENO)
        close(file);
    if (!is_quiet)
        print_issues(&result);
    return stored ? EXIT_SUCCESS : command_complain("import-issues", &error);
}

static int run_import_issues(struct command_context *context, int argc, char **argv)
{
    static const struct option options[] = {
        {"source", required_argument, NULL, 's'}, {"quiet", no_argument, NULL, 'q'}, {NULL, 0, NULL, 0}};
    const char *source = "default";
    bool is_quiet = false;
    int letter;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (letter == 's')
            source = optarg;
        else if (letter == 'q')
            is_quiet = true;
        else
            return command_misuse(issues_help, "import-issues takes --source and --quiet");
    }
    if (optind + 1 != argc)
        return command_misuse(issues_help, "import-issues takes one file, or -");
    return store_issues(context, source, argv[optind], is_quiet);
}

/* The command itself */

static const struct command import_commits_command = {
    "import-commits", "take the history of a local git repository over", commits_help, run_import_commits};
static const struct command import_issues_command = {"import-issues", "store issues from pages of Jira's search",
                                                     issues_help, run_import_issues};
static const struct command *const commands[] = {&import_commits_command, &import_issues_command, &command_replay,
                                                 &command_backfill, &command_reconcile, &command_rekey, &command_report, &command_waive,
                                                 &command_artifact, &command_send, &command_webhooks};
#define COMMANDS (sizeof commands / sizeof commands[0])

static void print_help(FILE *out)
{
    fprintf(out, "usage: jirasync [-c FILE] [OPTION]... COMMAND [ARGUMENT]...\n"
                 "       jirasync COMMAND --help | --version | -n (check the configuration and leave)\n\ncommands:\n");
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-16s %s\n", commands[i]->name, commands[i]->summary);
    fprintf(out, "\noptions:\n  -c FILE, --config FILE\n      Configuration file; default: $JIRASYNC_CONFIG\n");
    config_print_options(out, CONFIG_COMMAND);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

/* Looks for a word among those up to the first that is no option, or after it; takes it out of argv. */
static bool take_word(int *argc, char **argv, const char *word)
{
    for (int i = 1; i < *argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], word) == 0) {
            memmove(&argv[i], &argv[i + 1], (size_t)(*argc - i) * sizeof *argv);
            (*argc)--;
            return true;
        }
    }
    return false;
}

static const struct command *first_command(int argc, char **argv)
{
    const struct command *command = NULL;
    for (int i = 1; i < argc && !command; i++)
        command = find_command(argv[i]);
    return command;
}

static int run_command(struct command_context *context, int argc, char **argv, bool is_check)
{
    struct error error = {0};
    int rest = 0;
    if (config_load(&context->config, CONFIG_COMMAND, argc, argv, &rest, &error) != ERROR_NONE ||
        source_list_load(&context->config, &context->sources, &error) != ERROR_NONE) {
        command_complain("", &error);
        return error.code == ERROR_USAGE ? EXIT_MISUSED : EXIT_CONFIG;
    }
    if (is_check)
        return EXIT_SUCCESS;
    const struct command *command = rest < argc ? find_command(argv[rest]) : NULL;
    if (!command) {
        if (rest < argc)
            fprintf(stderr, "jirasync: no command is named '%s'\n\n", argv[rest]);
        print_help(stderr);
        return EXIT_MISUSED;
    }
    return command->run(context, argc - rest, argv + rest);
}

int main(int argc, char **argv)
{
    struct command_context context = {0};
    if (take_word(&argc, argv, "--help") || take_word(&argc, argv, "-h")) {
        const struct command *command = first_command(argc, argv);
        if (command)
            fputs(command->help, stdout);
        else
            print_help(stdout);
        return EXIT_SUCCESS;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("jirasync %s\n", JIRASYNC_GIT_SHA);
        return EXIT_SUCCESS;
    }
    bool is_check = take_word(&argc, argv, "-n");
    int status = run_command(&context, argc, argv, is_check);
    db_close(context.db);
    source_list_free(context.sources);
    config_free(&context.config);
    return status;
}
