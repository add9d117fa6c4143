/* Which texts of a list stood in it before: n log n comparisons, whatever the texts are. */
#ifndef JIRASYNC_TEXT_REPEAT_H
#define JIRASYNC_TEXT_REPEAT_H

#include "arena.h"

#include <stdbool.h>
#include <stddef.h>

/* repeated[i] becomes true where texts[i] equals a former one. Needs room in arena; false when it refuses. */
bool text_repeat_find(struct arena *arena, const char *const *texts, size_t count, bool *repeated) MUST_CHECK;
/* Takes repeats out of texts, which keep their order; *count becomes how many are left. */
bool text_repeat_drop(struct arena *arena, const char **texts, size_t *count) MUST_CHECK;

#endif
