// libseccomp: which system calls a process may make. Its actions are macros, which do not import into Swift.
#pragma once
#include <errno.h>
#include <seccomp.h>

// Let the call through.
static const uint32_t darkroom_seccomp_allow = SCMP_ACT_ALLOW;
// Answer "operation not permitted", and let the process go on.
static const uint32_t darkroom_seccomp_refuse = SCMP_ACT_ERRNO(EPERM);
// End the process at once, by SIGSYS.
static const uint32_t darkroom_seccomp_kill = SCMP_ACT_KILL_PROCESS;
// Answer "there is no such call", after which libraries try an older one.
static const uint32_t darkroom_seccomp_missing = SCMP_ACT_ERRNO(ENOSYS);
