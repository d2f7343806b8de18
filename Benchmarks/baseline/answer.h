// Detects the end of a response. To be included behind `#define _GNU_SOURCE`.
#pragma once
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// Whether the `count` bytes (and a zero behind them) are a complete response: one with its declared length, or with its
// last chunk.
static inline int is_whole(const char *answer, size_t count) {
    const char *end = strstr(answer, "\r\n\r\n");
    if (!end) return 0;
    const char *length = strcasestr(answer, "\r\ncontent-length:");
    if (length && length < end) return count >= (size_t)(end + 4 - answer) + strtoul(length + 17, NULL, 10);
    return count >= 5 && !memcmp(answer + count - 5, "0\r\n\r\n", 5);
}
