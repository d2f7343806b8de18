/* Timers that libfaketime leaves alone: it moves those of the monotonic clock by the offset of the wall clock, which the system does not.
   Preloaded before libfaketime, whose function of this name is then not called. */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

int timerfd_settime(int descriptor, int flags, const struct itimerspec *value, struct itimerspec *former) {
    return (int)syscall(SYS_timerfd_settime, descriptor, flags, value, former);
}
