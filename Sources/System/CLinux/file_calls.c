#define _GNU_SOURCE
#include "file_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

int darkroom_start_writeback(int file, off_t offset, off_t count) {
    return sync_file_range(file, offset, count, SYNC_FILE_RANGE_WRITE) == 0 ? 0 : -errno;
}

int darkroom_is_in_memory(int file, off_t offset) {
    char byte;
    struct iovec place = {&byte, 1};
    return preadv2(file, &place, 1, offset, RWF_NOWAIT) >= 0;
}

void darkroom_fetch(int file, off_t offset, size_t count) {
    readahead(file, offset, count);
    // A byte of each page is enough to have waited for the page.
    char byte;
    for (size_t done = 0; done < count; done += 4096) {
        ssize_t result = pread(file, &byte, 1, offset + (off_t)done);
        if (result < 0 && errno == EINTR) continue;
        if (result <= 0) return;
    }
}
