#define _GNU_SOURCE
#include "file_calls.h"

#include <errno.h>
#include <fcntl.h>

int darkroom_start_writeback(int file, off_t offset, off_t count) {
    return sync_file_range(file, offset, count, SYNC_FILE_RANGE_WRITE) == 0 ? 0 : -errno;
}
