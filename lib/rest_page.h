/* One answer of a REST in memory: its items as the raw bytes that came, and what it says of the pages beside it. */
#ifndef JIRASYNC_REST_PAGE_H
#define JIRASYNC_REST_PAGE_H

#include "arena.h"
#include "error.h"
#include "http.h"

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

/* A JSON object within the page's body: every digit of it is what Jira sent. */
struct jira_item {
    const char *bytes; /* not NUL-terminated */
    size_t length;
};

/* Starts as zeroes but for arena; everything is good until the page is read anew. */
struct rest_page {
    struct arena *arena; /* the page's own; its limit bounds what an answer's frame may take */
    struct http_body body;
    struct jira_item *items;
    size_t count, room;
    const cJSON *frame;     /* the answer with 0 for each item; NULL where it is an array alone */
    const char *next_token; /* of the next page; NULL: none */
    int64_t total;          /* -1: not said */
    int64_t start_at;       /* -1: not said */
    bool is_last;           /* said so */
    bool has_items;         /* the array is there, perhaps empty */
};

/* False when memory is short. Free with rest_page_free. */
bool rest_page_init(struct rest_page *page, size_t limit) MUST_CHECK;
void rest_page_free(struct rest_page *page);
/* Cuts the body that is in memory: member is where the items stand ("issues"); NULL: the whole answer is one item.
 * ERROR_INVALID_JSON for what is not whole JSON of that shape, ERROR_TOO_COMPLEX or _NO_MEMORY. */
enum error_code rest_page_read(struct rest_page *page, const char *member, struct error *error) MUST_CHECK;

#endif
