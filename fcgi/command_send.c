/* jirasync send: signs and sends a delivery as Jira or a git host does. */
#include "command.h"
#include "send.h"
#include "send_event.h"

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

#define SENDS_MAX 1000000
#define DEMO_ISSUE "DEMO-1"

static const char help[] =
    "usage: jirasync send [OPTION]... EVENT|FILE|-\n"
    "\n"
    "Signs a delivery, sends it as Jira or a git host does, and prints status and answer: for trying a set-up out. FILE\n"
    "is sent as it is (- is standard input). For the name of an event of Jira's (jira:issue_created, comment_created,\n"
    "jira:version_released, ...) a small body is made up. What is sent is stored like anything from Jira or the host.\n"
    "\n"
    "  --source SLUG            the Jira site or git host it is sent for; default: default\n"
    "  --event NAME             of a git host: what the header says that it is (push, repo:push, \"Push Hook\", ...)\n"
    "  --secret-ref REF         env:NAME or file:PATH of the secret; default: the source's, as in the sources file\n"
    "  --url URL                of the webhook; default: $JIRASYNC_URL/webhooks/jira, or /webhooks/KIND/SLUG for another source\n"
    "  --ca FILE                authority that the server's certificate is checked with; default: $JIRASYNC_CA, else\n"
    "                           the system's\n"
    "  --repeat N               send it N times; each is a delivery of its own, unless --id is there\n"
    "  --id ID                  delivery id; default: a new one each time\n"
    "  --issue KEY              issue that made-up bodies are about; default: " DEMO_ISSUE "\n";

struct send_words {
    const char *source, *secret_ref, *url, *ca_file, *id, *issue_key, *event, *what;
    long repeat;
};

static const struct option send_word_options[] = {
    {"source", required_argument, NULL, 's'},
    {"secret-ref", required_argument, NULL, 'r'},
    {"url", required_argument, NULL, 'u'},
    {"ca", required_argument, NULL, 'c'},
    {"repeat", required_argument, NULL, 'n'},
    {"id", required_argument, NULL, 'i'},
    {"issue", required_argument, NULL, 'k'},
    {"event", required_argument, NULL, 'e'},
    {NULL, 0, NULL, 0},
};

static bool read_repeat(const char *word, long *repeat)
{
    char *end;
    errno = 0;
    *repeat = strtol(word, &end, 10);
    return errno == 0 && end != word && *end == '\0' && *repeat >= 1 && *repeat <= SENDS_MAX;
}

static bool read_send_words(int argc, char **argv, struct send_words *words)
{
    int letter;
    while ((letter = getopt_long(argc, argv, "", send_word_options, NULL)) != -1) {
        const char **word = letter == 's'   ? &words->source
                            : letter == 'r' ? &words->secret_ref
                            : letter == 'u' ? &words->url
                            : letter == 'c' ? &words->ca_file
                            : letter == 'i' ? &words->id
                            : letter == 'k' ? &words->issue_key
                            : letter == 'e' ? &words->event
                                            : NULL;
        if (word)
            *word = optarg;
        else if (letter != 'n' || !read_repeat(optarg, &words->repeat))
            return false;
    }
    words->what = optind + 1 == argc ? argv[optind] : NULL;
    return words->what != NULL;
}

/* The kind of what is sent: the source's; a Jira site where there is no such source but --secret-ref. */
static bool find_kind(const struct command_context *context, const struct send_words *words, enum source_kind *kind,
                      struct error *error)
{
    const struct source *source = command_find_source(context, words->source, error);
    if (!source && !words->secret_ref)
        return false;
    *kind = source ? source->kind : SOURCE_JIRA;
    if (*kind != SOURCE_GIT)
        return true;
    error_set(error, ERROR_INPUT, "source '%s' is of kind git, which sends nothing", words->source);
    return false;
}

/* The secret that --secret-ref names, which *owned then holds, or the first of the source's that can be had. */
static const struct secret *find_secret(const struct command_context *context, const struct send_words *words,
                                        struct secret **owned, struct error *error)
{
    const struct source *source = words->secret_ref ? NULL : command_find_source(context, words->source, error);
    if (words->secret_ref) {
        if (secret_read(words->secret_ref, owned, error) != ERROR_NONE)
            return NULL;
        if (secret_is_available(*owned))
            return *owned;
        error_set(error, ERROR_CONFIG, "%s", secret_problem(*owned));
        return NULL;
    }
    if (!source)
        return NULL;
    for (size_t i = 0; i < source->secret_count; i++)
        if (secret_is_available(source->secrets[i]))
            return source->secrets[i];
    error_set(error, ERROR_CONFIG, "source '%s' has no secret that can be read%s%s", source->name,
              source->secret_count > 0 ? ": " : "", source->secret_count > 0 ? secret_problem(source->secrets[0]) : "");
    return NULL;
}

/* What is sent: a file as it is, or a made-up body. */
static enum error_code read_sent(const struct send_words *words, enum source_kind kind, unsigned char **body,
                                 size_t *length, struct error *error)
{
    bool is_input = strcmp(words->what, "-") == 0;
    int file = is_input ? STDIN_FILENO : open(words->what, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        enum error_code code = send_read_body(file, body, length, error);
        if (!is_input)
            close(file);
        return code;
    }
    if (errno != ENOENT || kind != SOURCE_JIRA)
        return error_set(error, ERROR_IO, "%s: %s", words->what, strerror(errno));
    char *made;
    enum error_code code = send_event_body(words->what, words->issue_key, instant_now(), &made, error);
    *body = (unsigned char *)made;
    *length = made ? strlen(made) : 0;
    return code;
}

/* Prints a line for each delivery; true when all were answered 200. */
static bool send_repeatedly(struct send *sender, const struct send_words *words, const unsigned char *body,
                            size_t length)
{
    bool are_good = true;
    for (long i = 0; i < words->repeat; i++) {
        char made_id[SEND_ID_BYTES];
        const char *id = words->id ? words->id : send_make_id(made_id);
        struct send_answer answer;
        struct error error = {0};
        if (send_delivery(sender, body, length, id, &answer, &error) == ERROR_NONE) {
            printf("%d %s\n", answer.status, answer.text);
            are_good = are_good && answer.status == 200;
        } else {
            command_complain("send", &error);
            are_good = false;
        }
        fflush(stdout);
    }
    return are_good;
}

/* Where to send to; the caller frees. */
static char *find_url(const struct send_words *words, enum source_kind kind, struct error *error)
{
    const char *server = getenv("JIRASYNC_URL");
    char *url = NULL;
    if (words->url)
        url = strdup(words->url);
    else if (server && *server)
        url = send_webhook_url(server, kind, words->source);
    else
        error_set(error, ERROR_INPUT, "say --url, or set JIRASYNC_URL to the server's URL");
    if (!url && (words->url || (server && *server)))
        error_set(error, ERROR_NO_MEMORY, "out of memory");
    return url;
}

static int run_send(struct command_context *context, int argc, char **argv)
{
    struct send_words words = {.source = "default", .ca_file = getenv("JIRASYNC_CA"), .issue_key = DEMO_ISSUE, .repeat = 1};
    struct secret *owned = NULL;
    struct send *sender = NULL;
    struct error error = {0};
    unsigned char *body = NULL;
    size_t length = 0;
    int status = EXIT_FAILURE;
    enum source_kind kind = SOURCE_JIRA;
    if (!read_send_words(argc, argv, &words))
        return command_misuse(help, "send takes one event, file or -, and --repeat a number from 1");
    char *url = find_kind(context, &words, &kind, &error) ? find_url(&words, kind, &error) : NULL;
    struct send_options options = {.url = url, .user_agent = "jirasync/" JIRASYNC_GIT_SHA, .kind = kind, .event = words.event};
    options.ca_file = words.ca_file && *words.ca_file ? words.ca_file : NULL;
    options.secret = url ? find_secret(context, &words, &owned, &error) : NULL;
    if (options.secret && read_sent(&words, kind, &body, &length, &error) == ERROR_NONE &&
        send_new(&options, &sender, &error) == ERROR_NONE)
        status = send_repeatedly(sender, &words, body, length) ? EXIT_SUCCESS : EXIT_FAILURE;
    else
        status = command_complain("send", &error);
    send_free(sender);
    free(body);
    free(url);
    secret_free(owned);
    return status;
}

const struct command command_send = {"send", "sign and send a delivery as Jira or a git host does, to try a set-up out", help, run_send};
