/* The projects and versions of a Jira site, compared with the mirror and put right. */
#ifndef JIRASYNC_SITE_PROJECT_H
#define JIRASYNC_SITE_PROJECT_H

#include "site.h"

struct site_project;

/* db and site are borrowed. NULL when memory is short. Free with site_project_free. */
struct site_project *site_project_new(struct db *db, struct site *site) MUST_CHECK;
void site_project_free(struct site_project *project);
/* Stores what the site's list of projects shows otherwise than the mirror. *listed has id and key of each that is mirrored, by
 * id; PQclear it. Errors as of rest_call, and the database's. */
enum error_code site_project_compare_all(struct site_project *project, PGresult **listed, struct rest_problem *problem,
                                         struct error *error) MUST_CHECK;
/* The same of a project's versions; one that went meanwhile is no error. */
enum error_code site_project_compare_versions(struct site_project *project, const char *project_id, const char *key,
                                              struct rest_problem *problem, struct error *error) MUST_CHECK;

#endif
