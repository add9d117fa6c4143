/* jirasync report: what is in a version, what is missing, what sneaked in, and why. */
#include "command.h"
#include "json_value.h"
#include "report.h"
#include "report_value.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXIT_GATE 3 /* --fail-under or --fail-on-orphans found what it looks for */
#define PIPED_COLUMNS 100
#define LEAST_COLUMNS 80
#define RANGES_MAX 64

static const char help[] =
    "usage: jirasync report [OPTION]...\n"
    "\n"
    "Tells of each version which stories have commits, which have none and why, what sneaked in and what came after\n"
    "the freeze; and which commits have no story.\n"
    "\n"
    "  --fix-version NAME       only versions of this name\n"
    "  --project KEY            only versions of this project\n"
    "  --tenant NAME            default: main\n"
    "  --range REPO:FROM..TO    also what TO holds and FROM does not (branches, tags or hashes), held against the version\n"
    "                           where --fix-version names one; may be repeated\n"
    "  --since RUN|TIME         also what changed since the end of a run, or since then (2026-11-24,\n"
    "                           2026-11-24T09:30:00-07:00; without a zone: UTC)\n"
    "  --format FORMAT          table (default), json, csv, markdown or html\n"
    "  --output FILE            write it there, not to standard output\n"
    "  --compat                 matched, missing, orphans and summary as a plain matcher of keys has them; JSON\n"
    "  --fail-under PERCENT     exit with 3 when a version that is shown has a smaller share of covered stories\n"
    "  --fail-on-orphans        exit with 3 when a commit without a story is shown\n";

struct report_words {
    struct report_options options;
    const char *ranges[RANGES_MAX];
    size_t range_count;
    const char *since, *format_name, *output, *fail_under;
    enum report_format format;
    double least; /* of --fail-under */
    bool fails_on_orphans;
};

static const struct option word_options[] = {
    {"fix-version", required_argument, NULL, 'v'},
    {"project", required_argument, NULL, 'p'},
    {"tenant", required_argument, NULL, 't'},
    {"range", required_argument, NULL, 'r'},
    {"since", required_argument, NULL, 's'},
    {"format", required_argument, NULL, 'f'},
    {"output", required_argument, NULL, 'o'},
    {"compat", no_argument, NULL, 'c'},
    {"fail-under", required_argument, NULL, 'u'},
    {"fail-on-orphans", no_argument, NULL, 'O'},
    {NULL, 0, NULL, 0},
};

/* Sets *from and *to to the revisions of "REPO:FROM..TO" in range, which is cut into its three words. */
static bool split_range(char *range, const char **from, const char **to)
{
    char *colon = strrchr(range, ':'), *dots = colon ? strstr(colon, "..") : NULL;
    if (!dots || colon == range || dots == colon + 1 || dots[2] == '\0' || dots[2] == '.' || strstr(dots + 2, ".."))
        return false;
    *colon = *dots = '\0';
    *from = colon + 1;
    *to = dots + 2;
    return true;
}

/* The ranges as JSON, to be freed with cJSON_free; NULL where one is not good. */
static char *make_ranges(const struct report_words *words)
{
    cJSON *array = cJSON_CreateArray();
    char *text = NULL;
    bool is_good = array != NULL;
    for (size_t i = 0; is_good && i < words->range_count; i++) {
        const char *from, *to;
        char *range = strdup(words->ranges[i]);
        cJSON *object = cJSON_CreateObject();
        is_good = range && object && split_range(range, &from, &to) &&
                  cJSON_AddStringToObject(object, "repository", range) &&
                  cJSON_AddStringToObject(object, "from", from) && cJSON_AddStringToObject(object, "to", to);
        if (object && !cJSON_AddItemToArray(array, object))
            cJSON_Delete(object);
        free(range);
    }
    if (is_good)
        text = cJSON_PrintUnformatted(array);
    cJSON_Delete(array);
    return text;
}

static bool read_percent(const char *word, double *percent)
{
    char *end;
    errno = 0;
    *percent = strtod(word, &end);
    return errno == 0 && end != word && *end == '\0' && *percent >= 0 && *percent <= 100;
}

/* What is wrong with the words; NULL when they are good. */
static const char *check_words(struct report_words *words)
{
    struct report_options *options = &words->options;
    options->since = INSTANT_NONE;
    if (words->since && !instant_parse(words->since, strlen(words->since), &options->since))
        options->since_run = words->since;
    words->format = options->is_compat ? REPORT_JSON : REPORT_TABLE;
    if (words->format_name && !report_format_named(words->format_name, &words->format))
        return "report takes --format table, json, csv, markdown or html";
    if (words->fail_under && !read_percent(words->fail_under, &words->least))
        return "report takes --fail-under with a number from 0 to 100";
    if (options->is_compat && (words->format != REPORT_JSON || words->range_count > 0 || words->since ||
                               words->fail_under || words->fails_on_orphans))
        return "report --compat goes with --fix-version, --project, --tenant, --output and --format json alone";
    return NULL;
}

static bool read_word(struct report_words *words, int letter)
{
    const char **texts[128] = {
        ['v'] = &words->options.fix_version,
        ['p'] = &words->options.project,
        ['t'] = &words->options.tenant,
        ['s'] = &words->since,
        ['f'] = &words->format_name,
        ['o'] = &words->output,
        ['u'] = &words->fail_under,
    };
    if (letter > 0 && letter < 128 && texts[letter])
        *texts[letter] = optarg;
    else if (letter == 'r' && words->range_count < RANGES_MAX)
        words->ranges[words->range_count++] = optarg;
    else if (letter == 'c')
        words->options.is_compat = true;
    else if (letter == 'O')
        words->fails_on_orphans = true;
    else
        return false;
    return true;
}

static const char *read_words(int argc, char **argv, struct report_words *words)
{
    int letter;
    while ((letter = getopt_long(argc, argv, "", word_options, NULL)) != -1)
        if (!read_word(words, letter))
            return "report has no such option, or too many ranges";
    return optind < argc ? "report takes options alone" : check_words(words);
}

static struct report_style style_of(FILE *out)
{
    struct report_style style = {.columns = PIPED_COLUMNS, .is_terminal = isatty(fileno(out)) == 1};
    struct winsize window;
    if (style.is_terminal && ioctl(fileno(out), TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
        style.columns = window.ws_col < LEAST_COLUMNS ? LEAST_COLUMNS : window.ws_col;
    return style;
}

static bool fails_on(const char *path, struct error *error)
{
    error_set(error, ERROR_IO, "%s: %s", path, strerror(errno));
    return false;
}

/* mode is that of the file whose place it takes, or 0. */
static bool write_file(struct report *report, const struct report_words *words, const char *path, mode_t mode,
                       struct error *error)
{
    FILE *out = fopen(path, "we");
    if (!out)
        return fails_on(path, error);
    struct report_style style = style_of(out);
    bool is_written = mode == 0 || fchmod(fileno(out), mode) == 0 || fails_on(path, error);
    is_written = is_written && report_print(report, words->format, out, &style, error) == ERROR_NONE;
    if ((fflush(out) != 0 || ferror(out)) && is_written)
        is_written = fails_on(path, error);
    if (fclose(out) != 0 && is_written)
        is_written = fails_on(path, error);
    return is_written;
}

/* Puts the file in place whole, or leaves what is there. */
static bool replace_file(struct report *report, const struct report_words *words, const char *target, mode_t mode,
                         struct error *error)
{
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s.new", target) >= sizeof path) {
        error_set(error, ERROR_INPUT, "the name of the output is too long");
        return false;
    }
    bool is_replaced = write_file(report, words, path, mode, error) &&
                       (rename(path, target) == 0 || fails_on(target, error));
    if (!is_replaced)
        (void)unlink(path);
    return is_replaced;
}

/* A link stays one, and what it leads to is replaced; what is no regular file (a pipe, a device) is written to. */
static bool write_output(struct report *report, const struct report_words *words, struct error *error)
{
    struct stat status;
    bool is_there = stat(words->output, &status) == 0;
    if (is_there && !S_ISREG(status.st_mode))
        return write_file(report, words, words->output, 0, error);
    char *real = is_there ? realpath(words->output, NULL) : NULL;
    bool is_written =
        replace_file(report, words, real ? real : words->output, is_there ? status.st_mode & 07777 : 0, error);
    free(real);
    return is_written;
}

static bool print_output(struct report *report, const struct report_words *words, struct error *error)
{
    struct report_style style = style_of(stdout);
    if (words->output)
        return write_output(report, words, error);
    if (report_print(report, words->format, stdout, &style, error) != ERROR_NONE)
        return false;
    if (fflush(stdout) != 0 || ferror(stdout))
        return fails_on("standard output", error);
    return true;
}

/* Versions without stories have no share, and pass. */
static bool is_above_least(const cJSON *document, double least)
{
    bool is_above = true;
    const cJSON *version;
    char name[REPORT_NAME_BYTES];
    cJSON_ArrayForEach(version, json_value_member(document, "versions"))
    {
        const cJSON *percent = json_value_member(json_value_member(version, "coverage"), "percent");
        if (!cJSON_IsNumber(percent) || percent->valuedouble >= least)
            continue;
        fprintf(stderr, "jirasync report: %s has %.1f %% covered, less than %g %%\n",
                report_value_version_name(document, version, name), percent->valuedouble, least);
        is_above = false;
    }
    return is_above;
}

/* What a CI job is told. */
static int judge(struct report *report, const struct report_words *words, struct error *error)
{
    int status = EXIT_SUCCESS;
    if (!words->fail_under && !words->fails_on_orphans)
        return status;
    const cJSON *document = report_document(report);
    if (!document) {
        error_set(error, ERROR_NO_MEMORY, "out of memory");
        return command_complain("report", error);
    }
    if (words->fail_under && !is_above_least(document, words->least))
        status = EXIT_GATE;
    double orphans = report_value_count(document, "orphan_commits");
    if (words->fails_on_orphans && orphans > 0) {
        fprintf(stderr, "jirasync report: %.0f commits have no story\n", orphans);
        status = EXIT_GATE;
    }
    return status;
}

static int run_report(struct command_context *context, int argc, char **argv)
{
    struct report_words words = {.options = {.tenant = "main"}};
    struct report *report = NULL;
    struct error error = {0};
    const char *problem = read_words(argc, argv, &words);
    char *ranges = problem ? NULL : make_ranges(&words);
    int status;
    if (!problem && !ranges)
        problem = "report takes --range as REPO:FROM..TO";
    if (problem)
        return command_misuse(help, problem);
    words.options.ranges = ranges;
    if (command_open_database(context, &error) &&
        report_read(context->db, &words.options, &report, &error) == ERROR_NONE && print_output(report, &words, &error))
        status = judge(report, &words, &error);
    else
        status = command_complain("report", &error);
    report_free(report);
    cJSON_free(ranges);
    return status;
}

const struct command command_report = {"report", "tell what is in the versions, what is missing, and why", help,
                                       run_report};
