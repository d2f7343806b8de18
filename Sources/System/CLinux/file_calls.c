#define _GNU_SOURCE
#include "file_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/uio.h>
#include <unistd.h>

int darkroom_start_writeback(int file, off_t offset, off_t count) {
    return sync_file_range(file, offset, count, SYNC_FILE_RANGE_WRITE) == 0 ? 0 : -errno;
}

int darkroom_insert_range(int file, off_t offset, off_t count) {
    return fallocate(file, FALLOC_FL_INSERT_RANGE, offset, count) == 0 ? 0 : -errno;
}

ssize_t darkroom_copy_range(int from, off_t source, int to, off_t destination, size_t count) {
    ssize_t copied = copy_file_range(from, &source, to, &destination, count, 0);
    return copied >= 0 ? copied : -errno;
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

static struct flock darkroom_byte(off_t offset) {
    return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = offset, .l_len = 1};
}

int darkroom_lock_byte(int file, off_t offset) {
    struct flock lock = darkroom_byte(offset);
    return fcntl(file, F_OFD_SETLK, &lock) == 0 ? 0 : -errno;
}

int darkroom_is_byte_locked(int file, off_t offset) {
    struct flock lock = darkroom_byte(offset);
    if (fcntl(file, F_OFD_GETLK, &lock) != 0) return -errno;
    return lock.l_type != F_UNLCK;
}

int darkroom_sync_file_system(int file) { return syncfs(file); }
