/* Sends listed issue keys as fields of a copied row. */
#include "key_rows.h"

#include <stdio.h>
#include <string.h>

#define REASON_BYTES 32

void key_rows_keys(struct copy_rows *rows, const struct key_list *list)
{
    copy_rows_open_array(rows);
    for (size_t i = 0; i < list->key_count; i++) {
        copy_rows_add_word(rows, list->keys[i], strlen(list->keys[i]));
    }
    copy_rows_close_array(rows);
}

void key_rows_refused(struct copy_rows *rows, const struct key_list *list)
{
    copy_rows_open_array(rows);
    for (size_t i = 0; i < list->refused_count; i++) {
        char word[REASON_BYTES + KEY_LIST_REFUSED_BYTES];
        int length = snprintf(word, sizeof word, "%s:%s", issue_key_verdict_name(list->refused[i].verdict),
                              list->refused[i].text);
        copy_rows_add_word(rows, word, (size_t)length);
    }
    copy_rows_close_array(rows);
}
