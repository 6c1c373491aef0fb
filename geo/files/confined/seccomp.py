"""Seccomp: system calls that a reader of files never needs fail (seccomp(2)).

The filter is the kernel's own small machine: load the number of the call, compare, answer.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _JUMP_EQUAL, _JUMP_FROM, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _FAIL, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
#: Where the number, the machine and the first argument of a call stand.
_NUMBER_AT, _MACHINE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_NEW_THREAD = 0x00010000
#: From here on the numbers are those of x32, a second set of the same calls on x86_64.
_OTHER_SET = 0x40000000


class _Machine(NamedTuple):
    """What one kind of processor calls itself, and its numbers of the calls."""

    mark: int
    clone: int
    clone3: int
    tgkill: int
    prlimit: int
    others: tuple[int, ...]


#: Others: socket, socketpair, fork, vfork, execve, execveat, kill, tkill, ptrace, mount, umount2,
#: pivot_root, chroot, unshare, setns, bpf, keyctl, userfaultfd, perf_event_open, io_uring_setup,
#: process_vm_readv, process_vm_writev, open_by_handle_at, pidfd_open, pidfd_send_signal,
#: memfd_create, rt_sigqueueinfo, rt_tgsigqueueinfo; those that the processor has.
_MACHINES: Mapping[str, _Machine] = MappingProxyType(
    {
        "x86_64": _Machine(
            0xC000003E, 56, 435, 234, 302,
            (41, 53, 57, 58, 59, 322, 62, 200, 101, 165, 166, 155, 161, 272, 308, 321, 250, 323,
             298, 425, 310, 311, 304, 434, 424, 319, 129, 297),
        ),
        "aarch64": _Machine(
            0xC00000B7, 220, 435, 131, 261,
            (198, 199, 221, 281, 129, 130, 117, 40, 39, 41, 51, 97, 268, 280, 219, 282, 241, 425,
             270, 271, 265, 434, 424, 279, 138, 240),
        ),
    }
)  # fmt: skip


def forbid() -> bool:
    """Let this process open no socket and start no other; False where that cannot be had."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    code = b"".join(_program(machine))
    held = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    return int(libc.prctl(_SET_SECCOMP, _FILTER, program, 0, 0)) == 0


def _program(machine: _Machine) -> Iterator[bytes]:
    yield _step(_LOAD, _MACHINE_AT)
    yield _step(_JUMP_EQUAL, machine.mark, skip_if=1)
    yield _step(_RETURN, _KILL)
    yield _step(_LOAD, _NUMBER_AT)
    yield _step(_JUMP_FROM, _OTHER_SET, skip_else=1)
    yield _step(_RETURN, _FAIL | errno.EPERM)
    # Threads are started by clone, and by clone3, whose arguments cannot be seen: it is said not
    # to exist, and the C library takes clone.
    yield from _answer(machine.clone3, _FAIL | errno.ENOSYS)
    for number in machine.others:
        yield from _answer(number, _FAIL | errno.EPERM)
    # A library that gives up signals itself; nobody else's limits are looked at or set.
    yield from _only_with(machine.tgkill, os.getpid())
    yield from _only_with(machine.prlimit, 0)
    yield _step(_JUMP_EQUAL, machine.clone, skip_else=3)
    yield _step(_LOAD, _FIRST_ARGUMENT_AT)
    yield _step(_JUMP_SET, _NEW_THREAD, skip_if=1)
    yield _step(_RETURN, _FAIL | errno.EPERM)
    yield _step(_RETURN, _ALLOW)


def _answer(number: int, answer: int) -> Iterator[bytes]:
    yield _step(_JUMP_EQUAL, number, skip_else=1)
    yield _step(_RETURN, answer)


def _only_with(number: int, first: int) -> Iterator[bytes]:
    """Allow a call with one first argument, and with no other."""
    yield _step(_JUMP_EQUAL, number, skip_else=4)
    yield _step(_LOAD, _FIRST_ARGUMENT_AT)
    yield _step(_JUMP_EQUAL, first, skip_else=1)
    yield _step(_RETURN, _ALLOW)
    yield _step(_RETURN, _FAIL | errno.EPERM)


def _step(code: int, value: int, skip_if: int = 0, skip_else: int = 0) -> bytes:
    return struct.pack("HBBI", code, skip_if, skip_else, value)
