/* jirasync waive: says of an issue that it needs no commit, or of a commit that it needs no issue. */
#include "command.h"
#include "instant.h"

#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TIMEOUT_MS 60000

static const char help[] =
    "usage: jirasync waive KEY|REPOSITORY@SHA --reason TEXT [--by NAME] [--until TIME] [--source SLUG] [--tenant NAME]\n"
    "       jirasync waive KEY|REPOSITORY@SHA --remove [--source SLUG] [--tenant NAME]\n"
    "       jirasync waive --list [--source SLUG] [--tenant NAME]\n"
    "\n"
    "Says of an issue that it needs no commit, or of a commit that it needs no issue: coverage and reports then expect\n"
    "none, and show the reason. A waiver that is there already is replaced.\n"
    "\n"
    "  KEY                      an issue, by a present or former key\n"
    "  REPOSITORY@SHA           a commit; its hash may be cut short\n"
    "  --reason TEXT            why\n"
    "  --by NAME                who says so; default: the user that runs the command\n"
    "  --until TIME             when the waiver ends (2026-12-24, 2026-12-24T09:30:00-07:00; without a zone: UTC);\n"
    "                           default: never\n"
    "  --remove                 take the waiver back\n"
    "  --list                   print the waivers that there are, those that have ended too\n"
    "  --source SLUG            the Jira site or git host, where several have what is named\n"
    "  --tenant NAME            default: the source's, else main\n";

struct words {
    const char *subject; /* KEY or REPOSITORY@SHA; NULL: none */
    const char *reason, *by, *until, *source, *tenant;
    bool is_remove, is_list;
};

static const struct option options[] = {
    {"reason", required_argument, NULL, 'm'},
    {"by", required_argument, NULL, 'b'},
    {"until", required_argument, NULL, 'u'},
    {"remove", no_argument, NULL, 'r'},
    {"list", no_argument, NULL, 'l'},
    {"source", required_argument, NULL, 's'},
    {"tenant", required_argument, NULL, 't'},
    {NULL, 0, NULL, 0},
};

static bool take_word(int letter, struct words *words)
{
    switch (letter) {
    case 'm':
        words->reason = optarg;
        return true;
    case 'b':
        words->by = optarg;
        return true;
    case 'u':
        words->until = optarg;
        return true;
    case 's':
        words->source = optarg;
        return true;
    case 't':
        words->tenant = optarg;
        return true;
    case 'r':
        words->is_remove = true;
        return true;
    case 'l':
        words->is_list = true;
        return true;
    default:
        return false;
    }
}

/* What is wrong with the words; NULL when they are good. */
static const char *check_words(const struct words *words)
{
    instant until;
    bool is_said = words->reason || words->by || words->until;
    if (words->is_list && (words->subject || words->is_remove || is_said))
        return "waive --list takes --source and --tenant alone";
    if (words->is_list)
        return NULL;
    if (!words->subject)
        return "waive takes an issue's key, or a commit as REPOSITORY@SHA";
    if (words->is_remove)
        return is_said ? "waive --remove takes no reason, name or time" : NULL;
    if (!words->reason)
        return "waive needs a --reason";
    if (words->until && !instant_parse(words->until, strlen(words->until), &until))
        return "waive takes times such as 2026-12-24 or 2026-12-24T09:30:00-07:00";
    return NULL;
}

static const char *read_words(int argc, char **argv, struct words *words)
{
    int letter;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!take_word(letter, words))
            return "waive has no such option";
    if (optind < argc)
        words->subject = argv[optind];
    return argc - optind > 1 ? "waive takes one issue or commit" : check_words(words);
}

/* The statement's first column, a line for each row. */
static enum error_code print_rows(struct db *db, const char *sql, int count, const char *const *values,
                                  struct error *error)
{
    const struct db_params params = {.count = count, .values = values};
    PGresult *answer;
    enum error_code code = db_query(db, sql, &params, 0, TIMEOUT_MS, &answer, error);
    for (int row = 0; code == ERROR_NONE && row < PQntuples(answer); row++)
        puts(PQgetvalue(answer, row, 0));
    PQclear(answer);
    return code;
}

static enum error_code list_waivers(struct db *db, const struct words *words, struct error *error)
{
    static const char sql[] =
        "SELECT format('%s %s%s by %s: %s', l.subject, jirasync.until_words(l.expires_at),"
        " CASE WHEN l.expires_at <= now() THEN ' (ended)' ELSE '' END, l.waived_by, l.reason) FROM ("
        "SELECT 1 AS kind, w.tenant, w.source, coalesce(i.issue_key, w.issue_id::text) AS subject, w.expires_at,"
        " w.waived_by, w.reason FROM jirasync.issue_waivers w LEFT JOIN jirasync.issues i"
        " ON i.tenant = w.tenant AND i.source = w.source AND i.issue_id = w.issue_id"
        " UNION ALL "
        "SELECT 2, w.tenant, w.source, w.repository || '@' || left(w.sha, 12), w.expires_at, w.waived_by, w.reason"
        " FROM jirasync.commit_waivers w"
        ") l WHERE l.tenant = $1 AND ($2::text IS NULL OR l.source = $2) ORDER BY l.kind, l.source, l.subject";
    const char *values[] = {words->tenant, words->source};
    return print_rows(db, sql, 2, values, error);
}

static enum error_code waive_issue(struct db *db, const struct words *words, struct error *error)
{
    const char *values[] = {words->subject, words->tenant, words->source, words->reason, words->by, words->until};
    if (words->is_remove)
        return print_rows(db, "SELECT jirasync.unwaive_issue(key => $1, tenant => $2, source => $3)", 3, values, error);
    return print_rows(db,
                      "SELECT jirasync.waive_issue(key => $1, tenant => $2, source => $3, reason => $4, waived_by => $5,"
                      " expires_at => $6::timestamptz)",
                      6, values, error);
}

/* at is where the hash begins in the subject. */
static enum error_code waive_commit(struct db *db, const struct words *words, const char *at, struct error *error)
{
    char *repository = strndup(words->subject, (size_t)(at - words->subject));
    if (!repository)
        return error_set(error, ERROR_NO_MEMORY, "out of memory");
    const char *values[] = {repository, at + 1, words->tenant, words->source, words->reason, words->by, words->until};
    enum error_code code =
        words->is_remove
            ? print_rows(db, "SELECT jirasync.unwaive_commit(repository => $1, sha => $2, tenant => $3, source => $4)", 4,
                         values, error)
            : print_rows(db,
                         "SELECT jirasync.waive_commit(repository => $1, sha => $2, tenant => $3, source => $4,"
                         " reason => $5, waived_by => $6, expires_at => $7::timestamptz)",
                         7, values, error);
    free(repository);
    return code;
}

static enum error_code do_words(struct db *db, const struct words *words, struct error *error)
{
    const char *at = words->subject ? strrchr(words->subject, '@') : NULL;
    if (words->is_list)
        return list_waivers(db, words, error);
    return at ? waive_commit(db, words, at, error) : waive_issue(db, words, error);
}

/* Who, which tenant, and when as PostgreSQL reads it, where the words leave it open. */
static void complete(struct words *words, const struct source *source, char until[INSTANT_TEXT_BYTES])
{
    const struct passwd *user = words->by ? NULL : getpwuid(geteuid());
    instant time;
    if (user)
        words->by = user->pw_name;
    if (!words->tenant)
        words->tenant = source ? source->tenant : "main";
    if (words->until && instant_parse(words->until, strlen(words->until), &time)) {
        instant_format(time, 6, until);
        words->until = until;
    }
}

static int run_waive(struct command_context *context, int argc, char **argv)
{
    struct words words = {0};
    struct error error = {0};
    char until[INSTANT_TEXT_BYTES];
    const struct source *source = NULL;
    const char *problem = read_words(argc, argv, &words);
    if (problem)
        return command_misuse(help, problem);
    if (words.source && !(source = command_find_source(context, words.source, &error)))
        return command_complain("waive", &error);
    complete(&words, source, until);
    if (!command_open_database(context, &error) || do_words(context->db, &words, &error) != ERROR_NONE)
        return command_complain("waive", &error);
    return EXIT_SUCCESS;
}

const struct command command_waive = {"waive", "say that an issue needs no commit, or a commit no issue", help, run_waive};
