/* What the subcommands of jirasync share: a context, complaints, sources, the database. */
#ifndef JIRASYNC_COMMAND_H
#define JIRASYNC_COMMAND_H

#include "config.h"
#include "db.h"
#include "error.h"
#include "source.h"

#define EXIT_MISUSED 2 /* usage */
#define EXIT_CONFIG 78 /* unusable configuration */

/* What every subcommand gets. */
struct command_context {
    struct config config;
    struct source_list *sources;
    struct db *db;
};

struct command {
    const char *name, *summary, *help;
    int (*run)(struct command_context *context, int argc, char **argv);
};

extern const struct command command_artifact, command_reconcile, command_rekey, command_replay,
    command_report, command_send, command_waive, command_webhooks;

/* Says what went wrong and returns the exit status. command "" is jirasync itself. */
int command_complain(const char *command, const struct error *error);
/* Says how the command is used, by its help's first line, and returns the exit status. */
int command_misuse(const char *help, const char *problem);
/* Connects, and makes the sources of the configuration known to the database. */
bool command_open_database(struct command_context *context, struct error *error) MUST_CHECK;
/* A source of the configuration; NULL with *error when there is none. */
const struct source *command_find_source(const struct command_context *context, const char *name, struct error *error);

#endif
