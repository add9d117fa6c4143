/* Which texts of a list stood in it before. */
#include "text_repeat.h"

#include <stdint.h>
#include <string.h>

#define FEW 12 /* texts that are compared each with each */

static void find_among_few(const char *const *texts, size_t count, bool *repeated)
{
    for (size_t i = 0; i < count; i++) {
        repeated[i] = false;
        for (size_t j = 0; j < i && !repeated[i]; j++)
            repeated[i] = strcmp(texts[i], texts[j]) == 0;
    }
}

/* Merges the sorted runs from[low..middle) and from[middle..high) into to; of equal texts the first one stays first. */
static void merge(const char *const *texts, const size_t *from, size_t *to, size_t low, size_t middle, size_t high)
{
    size_t left = low, right = middle;

    for (size_t i = low; i < high; i++)
        if (right == high || (left < middle && strcmp(texts[from[left]], texts[from[right]]) <= 0))
            to[i] = from[left++];
        else
            to[i] = from[right++];
}

/* Sorts the indices in order, with room as large beside it; returns where the sorted ones are. */
static size_t *sort(const char *const *texts, size_t count, size_t *order, size_t *room)
{
    for (size_t width = 1; width < count; width *= 2) {
        size_t *other = order;

        for (size_t low = 0; low < count; low += 2 * width) {
            size_t middle = count - low < width ? count : low + width;
            size_t high = count - middle < width ? count : middle + width;

            merge(texts, order, room, low, middle, high);
        }
        order = room;
        room = other;
    }
    return order;
}

bool text_repeat_find(struct arena *arena, const char *const *texts, size_t count, bool *repeated)
{
    size_t *order, *sorted;

    if (count <= FEW) {
        find_among_few(texts, count, repeated);
        return true;
    }
    order = count > SIZE_MAX / sizeof *order / 4 ? NULL : arena_alloc(arena, 2 * count * sizeof *order);
    if (order == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    sorted = sort(texts, count, order, order + count);
    repeated[sorted[0]] = false;
    for (size_t i = 1; i < count; i++)
        repeated[sorted[i]] = strcmp(texts[sorted[i]], texts[sorted[i - 1]]) == 0;
    return true;
}

bool text_repeat_drop(struct arena *arena, const char **texts, size_t *count)
{
    bool *repeated = arena_alloc(arena, *count + 1);
    size_t kept = 0;

    if (repeated == NULL || !text_repeat_find(arena, texts, *count, repeated))
        return false;
    for (size_t i = 0; i < *count; i++)
        if (!repeated[i])
            texts[kept++] = texts[i];
    *count = kept;
    return true;
}
