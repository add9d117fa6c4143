/* Fuzz target: answers of Jira's REST of any bytes; items lie within the answer, in order, and are objects. */
#include "normalize.h"
#include "rest_page.h"
#include "rich_text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void require_items(const struct rest_page *page)
{
    const char *end = page->body.bytes + page->body.length, *last = page->body.bytes;
    for (size_t i = 0; i < page->count; i++) {
        const struct jira_item *item = &page->items[i];
        require(item->bytes >= last && item->length >= 2 && item->bytes + item->length <= end);
        require(item->bytes[item->length - 1] == '}');
        last = item->bytes + item->length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct rest_page page;
    if (!page.arena) {
        normalize_init();
        if (!rest_page_init(&page, (size_t)64 << 20)) {
            return 0;
        }
    }
    http_body_clear(&page.body);
    if (!http_body_take(&page.body, (const char *)data, size)) {
        return 0;
    }
    if (rest_page_read(&page, "issues", NULL) == ERROR_NONE) {
        require(page.has_items);
        require_items(&page);
    }
    if (rest_page_read(&page, NULL, NULL) == ERROR_NONE) {
        require(page.count == 1);
        const char *text = rich_text_plain(page.arena, page.frame);
        require(!text || strlen(text) <= 4 * size);
    }
    return 0;
}
