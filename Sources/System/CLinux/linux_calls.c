#define _GNU_SOURCE
#include "linux_calls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <sys/resource.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

int darkroom_is_among_last_descriptors(int descriptor, int halves) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > INT_MAX) return 0;
    int all = (int)limit.rlim_cur;
    int kept = all / 16 < 32 ? all / 16 : 32;
    return descriptor >= all - (kept >> halves);
}

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

int darkroom_accept(int listener, char address[46]) {
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    int fd = accept4(listener, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return -errno;
    address[0] = 0;
    if (peer.ss_family == AF_INET) {
        inet_ntop(AF_INET, &((struct sockaddr_in *)&peer)->sin_addr, address, 46);
    } else if (peer.ss_family == AF_INET6) {
        struct in6_addr *ip = &((struct sockaddr_in6 *)&peer)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(ip)) inet_ntop(AF_INET, ip->s6_addr + 12, address, 46);
        else inet_ntop(AF_INET6, ip, address, 46);
    }
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    int unsent = DARKROOM_MOST_UNSENT;
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
    return fd;
}

int darkroom_refuse_connections(int listener) {
    enum { flags_offset = 13, syn = 0x02 };  // RFC 9293, section 3.1
    struct sock_filter no_syn[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, flags_offset),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, syn, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    struct sock_fprog program = {.len = sizeof no_syn / sizeof *no_syn, .filter = no_syn};
    return setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0 ? 0 : -errno;
}

int darkroom_readable_bytes(int socket) {
    int bytes = 0;
    return ioctl(socket, FIONREAD, &bytes) < 0 ? -errno : bytes;
}

int darkroom_unacknowledged_bytes(int socket) {
    int bytes = 0;
    return ioctl(socket, SIOCOUTQ, &bytes) < 0 ? -errno : bytes;
}

void darkroom_reset_on_close(int socket) {
    struct linger none = {1, 0};
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

// Blocks of 64 bytes that hold the needle's first and third byte nowhere at that distance are passed over without a look at
// each byte: twice as fast as memmem(3) on compressed media, and no slower whatever the bytes are. What lies ahead is fetched
// meanwhile, as it may not be in the cache: half as fast again.
ssize_t darkroom_find(const void *haystack, size_t length, const void *needle, size_t needle_length) {
    typedef uint8_t block __attribute__((vector_size(64)));
    const uint8_t *bytes = haystack, *wanted = needle;
    enum { ahead = 2048 };
    size_t offset = 0;
    if (needle_length >= 3) {
        for (; offset + sizeof(block) + needle_length <= length; offset += sizeof(block)) {
            __builtin_prefetch(bytes + offset + ahead);
            block first, third;
            memcpy(&first, bytes + offset, sizeof(block));
            memcpy(&third, bytes + offset + 2, sizeof(block));
            block match = (block)((first == wanted[0]) & (third == wanted[2]));
            uint64_t words[sizeof(block) / sizeof(uint64_t)], any = 0;
            memcpy(words, &match, sizeof(block));
            for (size_t index = 0; index < sizeof(words) / sizeof(*words); index++) any |= words[index];
            if (any == 0) continue;
            const uint8_t *found = memmem(bytes + offset, sizeof(block) + needle_length - 1, needle, needle_length);
            if (found != NULL) return found - bytes;
        }
    }
    const uint8_t *found = memmem(bytes + offset, length - offset, needle, needle_length);
    return found == NULL ? -1 : found - bytes;
}

void darkroom_block_sigpipe(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}
