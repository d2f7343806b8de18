// Linux calls on files that Glibc's Swift module does not show.
#pragma once
#include <sys/types.h>

/// sync_file_range(2) with SYNC_FILE_RANGE_WRITE: asks the disk to begin with what was written there, and does not wait.
/// Returns 0 or -errno.
int darkroom_start_writeback(int file, off_t offset, off_t count);
