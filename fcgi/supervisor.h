/* The supervisor: forks children that re-execute the program, replaces the dead ones, drains and reloads.
 *
 * A child is the same program with JIRASYNC_CHILD=SLOT:FD in its environment. SIGTERM drains all; SIGHUP starts a new
 * generation from the binary on disk, and drains the old one once the new one is ready.
 */
#ifndef JIRASYNC_SUPERVISOR_H
#define JIRASYNC_SUPERVISOR_H

#include "config.h"
#include "counters.h"

/* True in a child: its slot and the descriptor of the counters. */
bool supervisor_is_child(int *slot, int *counters_fd) MUST_CHECK;
/* In a child, first of all: dies with the supervisor. False when the supervisor has gone already. */
bool supervisor_bind_child(void) MUST_CHECK;
/* In a child: tells the supervisor that it takes requests. By signal, since a child of another version may not share
 * the page of counters. */
void supervisor_tell_ready(int slot);
/* Runs until SIGTERM or until children can't be had. Returns the exit code. reload reads the configuration anew at
 * SIGHUP (and reopens the log); false leaves all as it is. */
int supervisor_run(struct config *config, char **argv, bool (*reload)(struct config *config, char **argv));

#endif
