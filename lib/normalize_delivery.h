/* From a verified delivery to its normal form, whatever kind of source sent it: the one reading that receiver and replay
 * share.
 */
#ifndef JIRASYNC_NORMALIZE_DELIVERY_H
#define JIRASYNC_NORMALIZE_DELIVERY_H

#include "arena.h"
#include "error.h"
#include "store.h"

/* Reads item's body by its source's kind and content type. event is what a header named it, borrowed by *form; NULL: nothing
 * did. The result lives in arena; *form is set only on ERROR_NONE. ERROR_UNSUPPORTED_MEDIA, what normalize_jira gives,
 * or ERROR_NO_MEMORY. */
enum error_code normalize_delivery(const struct store_item *item, const char *event, struct arena *arena,
                                   struct normal_form **form, struct error *error) MUST_CHECK;

#endif
