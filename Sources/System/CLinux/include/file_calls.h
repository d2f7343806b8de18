// Linux calls on files that Glibc's Swift module does not show.
#pragma once
#include <sys/types.h>

/// sync_file_range(2) with SYNC_FILE_RANGE_WRITE: asks the disk to begin with what was written there, and does not wait.
/// Returns 0 or -errno.
int darkroom_start_writeback(int file, off_t offset, off_t count);

/// Moves what is behind `offset` in a file `count` bytes further back without copying it, as `fallocate` with
/// `FALLOC_FL_INSERT_RANGE` does. Both must be multiples of the file system's block size. Returns 0, or a negative errno.
int darkroom_insert_range(int file, off_t offset, off_t count);

/// Copies up to `count` bytes between files within the kernel, as `copy_file_range` does. Returns how many, or a negative errno.
ssize_t darkroom_copy_range(int from, off_t source, int to, off_t destination, size_t count);

/// preadv2(2) with RWF_NOWAIT of one byte: whether it could be read without waiting for the disk. Returns 1 when it could
/// (also beyond the file's end, where nothing is waited for), 0 when it could not or when the file system cannot tell.
int darkroom_is_in_memory(int file, off_t offset);
/// readahead(2) and then pread(2): returns when the bytes are in the page cache, or cannot be had.
void darkroom_fetch(int file, off_t offset, size_t count);

/// fcntl(2) F_OFD_SETLK: locks one byte of an open file for writing, without waiting. The lock ends with the last descriptor
/// of this opening. Returns 0 or -errno (-EAGAIN where another opening has it).
int darkroom_lock_byte(int file, off_t offset);
/// fcntl(2) F_OFD_GETLK: whether another opening of the file has locked that byte. Returns 1, 0 or -errno.
int darkroom_is_byte_locked(int file, off_t offset);

/// syncfs(2): returns when all that was written to the file system of an open file is on the disk. Returns 0, or -1 with errno.
int darkroom_sync_file_system(int file);
