"""Runs a program as on a system that offers no filter of system calls: seccomp(2), and prctl(2) where it stands for it, fail.

usage: without_seccomp.py PROGRAM ARGUMENT...
"""

import ctypes
import errno
import os
import sys


class Comparison(ctypes.Structure):
    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


ALLOW, REFUSE, EQUAL, PR_SET_SECCOMP = 0x7FFF0000, 0x00050000 | errno.EINVAL, 4, 22

library = ctypes.CDLL("libseccomp.so.2")
library.seccomp_init.restype = ctypes.c_void_p
library.seccomp_init.argtypes = [ctypes.c_uint32]
library.seccomp_rule_add_array.argtypes = [
    ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(Comparison)
]
library.seccomp_load.argtypes = [ctypes.c_void_p]

context = library.seccomp_init(ALLOW)
comparison = Comparison(0, EQUAL, PR_SET_SECCOMP, 0)
for name, comparisons in (b"seccomp", 0), (b"prctl", 1):
    number = library.seccomp_syscall_resolve_name(name)
    assert library.seccomp_rule_add_array(context, REFUSE, number, comparisons, ctypes.byref(comparison)) == 0
assert library.seccomp_load(context) == 0
os.execv(sys.argv[1], sys.argv[1:])
