// Linux calls that Glibc's Swift module lacks or that are variadic: each function says which one it stands for.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "file_calls.h"

/// memfd_create(2), close-on-exec.
int darkroom_memfd_create(const char *name);
/// sendfile(2). Returns bytes sent or -errno; advances *offset.
ssize_t darkroom_sendfile(int out, int in, off_t *offset, size_t count);
/// renameat2(2) with RENAME_NOREPLACE. Returns 0 or -errno.
int darkroom_rename_noreplace(const char *from, const char *to);
/// pthread_setname_np(3) for the thread that calls; Linux keeps 15 bytes.
void darkroom_set_thread_name(const char *name);
/// pthread_getname_np(3) for the thread that calls, into 16 bytes.
void darkroom_get_thread_name(char name[16]);
