// Linux calls that Glibc's Swift module lacks or that are variadic: each function says which one it stands for.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "file_calls.h"
#include "process_calls.h"

/// Whether `descriptor`, which the system has just given, is among the last that the process may open (RLIMIT_NOFILE; the system
/// gives the lowest free number): the last sixteenth, at most 32, or with `halves` 1 the last half of those. Connections, spools
/// and stores do without them: libdispatch ends the process where it cannot open /proc/self/task.
int darkroom_is_among_last_descriptors(int descriptor, int halves);
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
/// Bytes that the system holds for a client beyond what is on its way to it. More would be work and memory for nothing where
/// the client does not read, and holds up the others: 1,000 such clients were filled with 2.5 MB each otherwise.
#define DARKROOM_MOST_UNSENT (128 << 10)
/// accept4(2), non-blocking and close-on-exec, with TCP_NODELAY and TCP_NOTSENT_LOWAT. Returns the descriptor or -errno, and the peer's
/// numeric address (an IPv4-mapped one as IPv4).
int darkroom_accept(int listener, char address[46]);
/// setsockopt(2) SO_ATTACH_FILTER with a filter that drops the first segment of a connection: a listening socket begins no further
/// connection, those that were begun are still established, and those that wait to be accepted stay. A client that connects meanwhile tries
/// again until the socket is closed. Returns 0 or -errno.
int darkroom_refuse_connections(int listener);
/// ioctl(2) FIONREAD: the bytes that can be read, or -errno.
int darkroom_readable_bytes(int socket);
/// ioctl(2) SIOCOUTQ: the bytes that the peer has not acknowledged yet, or -errno.
int darkroom_unacknowledged_bytes(int socket);
/// The offset of `needle` in `haystack`, or -1.
ssize_t darkroom_find(const void *haystack, size_t length, const void *needle, size_t needle_length);
/// pthread_sigmask(3): the calling thread, and those it starts, get EPIPE instead of SIGPIPE.
void darkroom_block_sigpipe(void);
/// setsockopt(2) SO_LINGER with no time: close(2) drops what was not sent yet, and resets the connection.
void darkroom_reset_on_close(int socket);
