"""A process shuts itself in before it looks at what a stranger sent.

Little memory, little time, no network, no files but its own folder and the system's libraries; on Linux, through its C
library alone. Three fences, each by itself enough for most of what could go wrong:
- `setrlimit`: processor seconds, address space, size of files, open files, no core dumps;
- seccomp: no sockets, no other processes, no signals to others, no mounting, tracing or io_uring;
- Landlock: reads the system's libraries and our code, writes its own folder, and opens nothing else.

Limits always hold. Where a kernel has no seccomp or Landlock, `shut_in` says so in what it returns.
"""

import contextlib
import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from errno import EACCES, ENOSYS
from pathlib import Path
from signal import SIGKILL

_libc = ctypes.CDLL(None, use_errno=True)

# <linux/prctl.h>
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x20080522  # <linux/capability.h>


@dataclass(frozen=True, slots=True)
class Limits:
    memory_bytes: int
    cpu_s: int = 30
    file_bytes: int = 64 * 2**20
    files: int = 64


@dataclass(frozen=True, slots=True)
class Fences:
    """Which of those that depend on the kernel stand."""

    seccomp: bool
    landlock: bool


def shut_in(
    folder: Path, readable: Iterable[Path], limits: Limits, *, may_become: Path | None = None
) -> Fences:
    """From here on this process and what it becomes may write below `folder`, read below `readable`, and little else.

    `may_become`: the one program that it may still turn into. There is no way back.
    """
    _libc.prctl(_PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    for kind, most in (
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.files),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs")
    landlock = _landlock(folder, readable, may_become)
    if os.geteuid() == 0:
        _give_up_capabilities()
    return Fences(seccomp=_seccomp(may_start=may_become is not None), landlock=landlock)


def _give_up_capabilities() -> None:
    """What root may beyond its own files. It does not come back by starting a program, see no_new_privs."""
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    if _libc.capset(header, struct.pack("6I", 0, 0, 0, 0, 0, 0)) != 0:
        raise OSError(ctypes.get_errno(), "capset")


# ---------------------------------------------------------------------------------------------- seccomp

#: Numbers of system calls, <asm/unistd.h>: (audit's name of the architecture, calls that fail, clone, clone3, exec).
_X86_64 = {
    "socket": 41, "connect": 42, "accept": 43, "sendto": 44, "recvfrom": 45, "sendmsg": 46, "recvmsg": 47,
    "bind": 49, "listen": 50, "socketpair": 53, "accept4": 288, "sendmmsg": 307, "recvmmsg": 299,
    "fork": 57, "vfork": 58, "kill": 62, "tkill": 200, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297,
    "pidfd_open": 434, "pidfd_send_signal": 424, "pidfd_getfd": 438, "ptrace": 101, "process_vm_readv": 310,
    "process_vm_writev": 311, "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "unshare": 272,
    "setns": 308, "bpf": 321, "perf_event_open": 298, "add_key": 248, "request_key": 249, "keyctl": 250,
    "userfaultfd": 323, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
}  # fmt: skip
_AARCH64 = {
    "socket": 198, "socketpair": 199, "bind": 200, "listen": 201, "accept": 202, "connect": 203, "sendto": 206,
    "recvfrom": 207, "sendmsg": 211, "recvmsg": 212, "accept4": 242, "recvmmsg": 243, "sendmmsg": 269,
    "kill": 129, "tkill": 130, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240, "pidfd_open": 434,
    "pidfd_send_signal": 424, "pidfd_getfd": 438, "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271,
    "mount": 40, "umount2": 39, "pivot_root": 41, "chroot": 51, "unshare": 97, "setns": 268, "bpf": 280,
    "perf_event_open": 241, "add_key": 217, "request_key": 218, "keyctl": 219, "userfaultfd": 282,
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
}  # fmt: skip
_STARTING = {"x86_64": {"execve": 59, "execveat": 322}, "aarch64": {"execve": 221, "execveat": 281}}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435
_CLONE_THREAD = 0x0001_0000
_AUDIT = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
_X32_BIT = 0x4000_0000

# <linux/bpf_common.h>, <linux/seccomp.h>
_LOAD, _EQUAL, _AT_LEAST, _ALL_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL, _ALLOW, _FAIL_WITH = 0x8000_0000, 0x7FFF_0000, 0x0005_0000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data


def _seccomp(*, may_start: bool) -> bool:
    machine = platform.machine()
    calls = {"x86_64": _X86_64, "aarch64": _AARCH64}.get(machine)
    if calls is None or sys.byteorder != "little":
        return False
    refused = [*calls.values(), *(() if may_start else _STARTING[machine].values())]
    program = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, _AUDIT[machine]), (_RETURN, 0, 0, _KILL)]
    program += [(_LOAD, 0, 0, _NUMBER)]
    program += [(_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL)]
    for number in refused:
        program += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _FAIL_WITH | EACCES)]
    # The C library asks clone3 first and then clone, whose flags can be read here: threads yes, processes no.
    program += [(_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, _FAIL_WITH | ENOSYS)]
    program += [
        (_EQUAL, 0, 3, _CLONE[machine]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_ALL_SET, 1, 0, _CLONE_THREAD),
    ]
    program += [(_RETURN, 0, 0, _FAIL_WITH | EACCES), (_RETURN, 0, 0, _ALLOW)]
    code = b"".join(struct.pack("HBBI", *step) for step in program)
    held = ctypes.create_string_buffer(code)
    told = struct.pack("HxxxxxxP", len(program), ctypes.addressof(held))
    return bool(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, told, 0, 0) == 0)


# --------------------------------------------------------------------------------------------- Landlock

# <linux/landlock.h>; the numbers are the same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULESET_VERSION = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_REMOVE_FILE, _MAKE_REG, _TRUNCATE = 1 << 5, 1 << 8, 1 << 14
_EVERYTHING = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}
_READ_ONLY = _READ_FILE | _READ_DIR


def _landlock(folder: Path, readable: Iterable[Path], may_become: Path | None) -> bool:
    version = _libc.syscall(_CREATE_RULESET, None, 0, _RULESET_VERSION)
    if version < 1:
        return False
    handled = _EVERYTHING[min(version, 3)]
    attributes = struct.pack("Q", handled)
    rules = _libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if rules < 0:
        return False
    try:
        own = (_READ_ONLY | _WRITE_FILE | _MAKE_REG | _REMOVE_FILE | _TRUNCATE) & handled
        _allow(rules, folder, own)
        for path in readable:
            # Loading a library maps it to be executed, which is reading; only starting a program asks for more.
            _allow(rules, path, _READ_ONLY | (_EXECUTE if may_become else 0))
        return bool(_libc.syscall(_RESTRICT_SELF, rules, 0) == 0)
    finally:
        os.close(rules)


def _allow(rules: int, path: Path, access: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not path.is_dir():
                access &= ~_READ_DIR
            if _libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", access, opened), 0) != 0:
                raise OSError(ctypes.get_errno(), "landlock_add_rule", str(path))
        finally:
            os.close(opened)
