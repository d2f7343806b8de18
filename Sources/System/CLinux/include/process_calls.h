// Linux calls on processes and the sockets between them: variadic ones, macros (CMSG_DATA) and GNU's own, none of which
// Swift's Glibc module shows.
#pragma once
#include <stddef.h>
#include <sys/types.h>

/// posix_spawn(3) of `program` with `files[i]` as its descriptor i (/dev/null where that is negative) and nothing else open;
/// every signal at its default, none blocked, in a process group of its own (so that Ctrl-C at a terminal is the caller's
/// business alone). Each of `files` is negative, its own index, or greater than the last index. Returns the process's id or
/// -errno.
pid_t darkroom_spawn(
    const char *program, char *const arguments[], char *const environment[], const int files[], int count);
/// socketpair(2): two connected stream sockets, close-on-exec. Returns 0 or -errno.
int darkroom_socket_pair(int sockets[2]);
/// eventfd(2), non-blocking and close-on-exec. Returns the descriptor or -errno.
int darkroom_eventfd(void);
/// sendmsg(2) without SIGPIPE, with `descriptor` beside the bytes unless it is negative (SCM_RIGHTS). Returns the bytes
/// sent or -errno; -EAGAIN instead of waiting unless `waits`.
ssize_t darkroom_send(int socket, const void *bytes, size_t count, int descriptor, int waits);
/// recvmsg(2). A descriptor that comes beside the bytes is put into `*descriptor` (close-on-exec), or dropped by the system
/// where that is NULL. Returns the bytes received, 0 at the end, or -errno; -EAGAIN instead of waiting unless `waits`.
ssize_t darkroom_receive(int socket, void *bytes, size_t count, int *descriptor, int waits);
/// prctl(2) PR_SET_PDEATHSIG with SIGKILL: the process dies with the thread that started it. Returns 0 or -errno.
int darkroom_die_with_parent(void);
/// prctl(2) PR_SET_DUMPABLE 0: no core file, and only root may inspect the process. Returns 0 or -errno.
int darkroom_forbid_inspection(void);
/// prctl(2) PR_SET_NO_NEW_PRIVS. Returns 0 or -errno.
int darkroom_forbid_new_privileges(void);
/// malloc_trim(3): gives back to the system what the allocator keeps for later, if that is more than `kept` bytes.
void darkroom_give_back_memory(size_t kept);
/// The memory that the process has for itself now, in bytes (/proc/self/statm: resident and not shared); 0 where that cannot be read.
size_t darkroom_private_memory(void);
/// malloc_trim(3), if the process has more than `kept` bytes that are in no use. Returns 1 if memory was given back.
int darkroom_give_back_freed_memory(size_t kept);
/// mallopt(3): at most `count` arenas. Otherwise each thread that allocates reserves 64 MB of addresses.
void darkroom_limit_arenas(int count);
/// The flags of clone(2) that every thread has and no process: CLONE_THREAD and CLONE_VM.
unsigned long darkroom_thread_flags(void);
/// setpriority(2): the process gets a processor later than others; `niceness` is 0 to 19.
void darkroom_be_nice(pid_t process, int niceness);
