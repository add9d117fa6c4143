/* Configuration: one table of options drives jirasync.conf (KEY=value), the environment, the command line, --help, the
 * man page and the sample. Precedence: command line, environment, file, default. Immutable after config_load.
 */
#ifndef JIRASYNC_CONFIG_H
#define JIRASYNC_CONFIG_H

#include "error.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum config_type { CONFIG_TEXT,
                   CONFIG_NUMBER };
enum config_scope { CONFIG_RECEIVER = 1,
                    CONFIG_WORKER = 2,
                    CONFIG_COMMAND = 4,
                    CONFIG_ALL = 7 };

/* One row of the table: option JIRASYNC_THREADS is --threads on the command line. */
struct config_option {
    const char *name; /* "JIRASYNC_THREADS" */
    enum config_type type;
    unsigned scope;       /* which programs read it */
    size_t offset;        /* of the member in struct config */
    const char *fallback; /* documented default; numbers are checked against min..max */
    int64_t min, max;
    const char *unit;    /* "ms", "bytes", "" */
    const char *help;    /* one sentence */
    const char *choices; /* the words a text may be, "debug info"; NULL: any text */
    bool is_secret;      /* never on the command line (ps shows it), never printed, never empty */
};

struct config {
    char *receiver_database;       /* JIRASYNC_RECEIVER_DATABASE: libpq conninfo or URI of role jirasync_receiver */
    char *worker_database;         /* JIRASYNC_WORKER_DATABASE: of role jirasync_worker; also the commands' */
    char *sources_file;            /* JIRASYNC_SOURCES: path of the sources file; "" means the default source alone */
    char *webhook_secret;          /* JIRA_WEBHOOK_SECRET: secret of the source `default` */
    char *webhook_secret_file;     /* JIRA_WEBHOOK_SECRET_FILE */
    char *log_file;                /* JIRASYNC_LOG_FILE: "", a path or "syslog" */
    char *log_level;               /* JIRASYNC_LOG_LEVEL */
    char *artifacts_dir;           /* JIRASYNC_ARTIFACTS: root below which artifacts/... is written */
    int64_t processes;             /* JIRASYNC_PROCESSES: 0 = cores / 4, 1 to 4 */
    int64_t threads;               /* JIRASYNC_THREADS: 64 */
    int64_t max_body_bytes;        /* JIRASYNC_MAX_BODY_BYTES: 26214400 */
    int64_t max_inflight_bytes;    /* JIRASYNC_MAX_INFLIGHT_BYTES: 536870912, over all children */
    int64_t max_parse_bytes;       /* JIRASYNC_MAX_PARSE_BYTES: 134217728, arena of one request */
    int64_t signature_tolerance_s; /* JIRASYNC_SIGNATURE_TOLERANCE_S: 300, of a signature that bears its time */
    int64_t store_timeout_ms;      /* JIRASYNC_STORE_TIMEOUT_MS: 5000 */
    int64_t io_timeout_ms;         /* JIRASYNC_IO_TIMEOUT_MS: 10000, FastCGI socket */
    int64_t batch_rows;            /* JIRASYNC_BATCH_ROWS: 64 */
    int64_t batch_bytes;           /* JIRASYNC_BATCH_BYTES: 8388608 */
    int64_t retry_after_s;         /* JIRASYNC_RETRY_AFTER_S: 30 */
    int64_t reconnect_cap_ms;      /* JIRASYNC_RECONNECT_CAP_MS: 5000 */
    int64_t drain_timeout_ms;      /* JIRASYNC_DRAIN_TIMEOUT_MS: 15000 */
    int64_t claim_batch;           /* JIRASYNC_CLAIM_BATCH: 500 */
    int64_t claim_interval_ms;     /* JIRASYNC_CLAIM_INTERVAL_MS: 20 */
    int64_t lease_ms;              /* JIRASYNC_LEASE_MS: 20000 */
    int64_t poll_ms;               /* JIRASYNC_POLL_MS: 1000 */
    int64_t run_interval_ms;       /* JIRASYNC_RUN_INTERVAL_MS: 10000; 0 = a run each batch */
    char *ca_file;                 /* JIRASYNC_CA_FILE: "", or authorities that fetches trust */
    int64_t http_connect_ms;       /* JIRASYNC_HTTP_CONNECT_TIMEOUT_MS: 10000 */
    int64_t http_timeout_ms;       /* JIRASYNC_HTTP_TIMEOUT_MS: 60000 */
    int64_t http_max_bytes;        /* JIRASYNC_HTTP_MAX_BYTES: 67108864, of one answer */
    int64_t fetch_patience_s;      /* JIRASYNC_FETCH_PATIENCE_S: 900 */
    int64_t fetch_commits_max;     /* JIRASYNC_FETCH_COMMITS_MAX: 5000, for one push */
    int64_t import_chunk;          /* JIRASYNC_IMPORT_CHUNK: 5000 commits a recomputation job */
};

/* The table, ended by a row whose name is NULL. */
extern const struct config_option config_options[];

/* Reads options for one program. argv is consumed up to the first word that is no option (commands); *rest is its
 * index. Options: -c FILE / --config FILE, --NAME=VALUE or --NAME VALUE with NAME as in the table, lower case, dashes.
 * The file is -c's, else $JIRASYNC_CONFIG, else none. An unknown KEY in the file or a bad value is ERROR_CONFIG naming
 * file, line and what is allowed. Free with config_free, also after failure. */
enum error_code config_load(struct config *config, unsigned scope, int argc, char **argv, int *rest,
                            struct error *error) MUST_CHECK;
void config_free(struct config *config);
/* Prints the options of scope for --help. */
void config_print_options(FILE *out, unsigned scope);
/* What an option takes, in words ("whole number, 10 to 60000 ms, default 1000"), as --help and the man page say it. */
void config_describe(const struct config_option *option, char *text, size_t size);

#endif
