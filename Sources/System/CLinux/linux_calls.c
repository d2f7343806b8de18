#define _GNU_SOURCE
#include "linux_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>

int darkroom_memfd_create(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

ssize_t darkroom_sendfile(int out, int in, off_t *offset, size_t count) {
    ssize_t sent = sendfile(out, in, offset, count);
    return sent < 0 ? -errno : sent;
}

int darkroom_rename_noreplace(const char *from, const char *to) {
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0 ? 0 : -errno;
}
