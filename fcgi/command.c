/* What the subcommands of jirasync share. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 10000

int command_complain(const char *command, const struct error *error)
{
    fprintf(stderr, "jirasync%s%s: %s%s%s%s\n", *command ? " " : "", command, error->message, error->sqlstate[0] ? " (SQLSTATE " : "",
            error->sqlstate, error->sqlstate[0] ? ")" : "");
    if (error->hint[0])
        fprintf(stderr, "hint: %s\n", error->hint);
    return error->code == ERROR_CONFIG ? EXIT_CONFIG : EXIT_FAILURE;
}

int command_misuse(const char *help, const char *problem)
{
    fprintf(stderr, "%s\n%.*s\n(--help says more)\n", problem, (int)strcspn(help, "\n"), help);
    return EXIT_MISUSED;
}

bool command_open_database(struct command_context *context, struct error *error)
{
    char *sources = source_list_json(context->sources);
    const char *values[] = {sources};
    const struct db_params params = {.count = 1, .values = values};
    PGresult *result;
    context->db = db_new(context->config.worker_database, "command");
    if (!context->db || !sources) {
        free(sources);
        error_set(error, ERROR_NO_MEMORY, "out of memory");
        return false;
    }
    enum error_code code = db_connect(context->db, CONNECT_TIMEOUT_MS, error);
    if (code == ERROR_NONE)
        code = db_query(context->db, "SELECT jirasync.register_sources($1::jsonb)", &params, 0, CONNECT_TIMEOUT_MS,
                        &result, error);
    if (code == ERROR_NONE)
        PQclear(result);
    free(sources);
    return code == ERROR_NONE;
}

const struct source *command_find_source(const struct command_context *context, const char *name, struct error *error)
{
    const struct source *source = source_list_named(context->sources, name);
    if (!source)
        error_set(error, ERROR_INPUT, "no source is named '%.100s': name it in the sources file (%s)", name,
                  context->config.sources_file[0] ? context->config.sources_file : "JIRASYNC_SOURCES is not set");
    return source;
}
