/* Text documents of Jira's REST version 3 (Atlassian Document Format) as plain text. */
#ifndef JIRASYNC_RICH_TEXT_H
#define JIRASYNC_RICH_TEXT_H

#include "arena.h"

#include <cjson/cJSON.h>

/* The text of a document: its words, with names of people, addresses of links and a line for each paragraph, item or cell; marks
 * and media leave nothing. "" for a document without text; NULL for what is no document, or when the arena refuses. */
const char *rich_text_plain(struct arena *arena, const cJSON *document) MUST_CHECK;

#endif
