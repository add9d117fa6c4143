/* Sends listed issue keys as fields of a copied row (lib/copy_rows.h). */
#ifndef JIRASYNC_KEY_ROWS_H
#define JIRASYNC_KEY_ROWS_H

#include "copy_rows.h"
#include "key_list.h"

/* A text[] of the keys; empty, not null, where there are none. */
void key_rows_keys(struct copy_rows *rows, const struct key_list *list);
/* A text[] of what was refused, each as REASON:TEXT. */
void key_rows_refused(struct copy_rows *rows, const struct key_list *list);

#endif
