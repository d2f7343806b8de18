#define _GNU_SOURCE
#include "linux_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
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

void darkroom_set_thread_name(const char *name) { pthread_setname_np(pthread_self(), name); }

void darkroom_get_thread_name(char name[16]) {
    if (pthread_getname_np(pthread_self(), name, 16) != 0) name[0] = 0;
}
