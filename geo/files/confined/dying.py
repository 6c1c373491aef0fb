"""What a reading process may die of, in words."""

from __future__ import annotations

import signal

from geo.errors import Problem, ProblemKind
from geo.files.confined.rooms import Room
from geo.types import Text

TOOK_TOO_LONG = ProblemKind(
    "reading-too-long",
    "error",
    Text(
        zh="读取超过 {seconds} 秒仍未完成，已停止",
        en="Reading did not end within {seconds} seconds and was stopped",
    ),
    Text(
        zh="文件过于复杂或有意拖延：拆成几个文件、先简化图形，或换一种格式导出",
        en="Split it, simplify its shapes or export it in another format; it may be a trap",
    ),
)
TOO_MUCH_MEMORY = ProblemKind(
    "reading-too-much-memory",
    "error",
    Text(
        zh="读取所需内存超过 {limit} MB，已停止",
        en="Reading needed more than {limit} MB of memory and was stopped",
    ),
    Text(
        zh="拆成几个文件或先简化图形再导入",
        en="Split the file or simplify its shapes first",
    ),
)
DIED = ProblemKind(
    "reading-died",
    "error",
    Text(
        zh="读取这个文件的进程意外结束（{how}），没有读入任何内容",
        en="The process that read the file ended by accident ({how}); nothing was read",
    ),
    Text(
        zh="文件可能已损坏：用制图软件打开后重新导出，或换一种格式；仍不行请联系管理员",
        en="It may be damaged: open it in your drawing program and export it again, or in another"
        " format; else tell the administrator",
    ),
)
KINDS = (TOOK_TOO_LONG, TOO_MUCH_MEMORY, DIED)

#: How it died, where it answered with something else than an answer.
BAD_ANSWER = Text(zh="结果不完整", en="its answer is not in order")

#: Exit status of a child that has no memory left; the kernel, where it has none, kills.
OUT_OF_MEMORY = 71
_NO_MEMORY_SIGNS = (b"MemoryError", b"bad_alloc", b"Cannot allocate memory", b"ENOMEM")


def told(status: int, errors: bytes, room: Room) -> Problem:
    """Say what a child died of.

    Parameters
    ----------
    status
        As of :class:`subprocess.Popen`: negative for a signal.
    errors
        What it wrote before, for the sign of a lack of memory.
    room
        What it had.
    """
    if status in {-signal.SIGXCPU, -signal.SIGALRM}:
        return too_long(room.cpu_seconds)
    starved = status in {OUT_OF_MEMORY, -signal.SIGKILL} or any(
        sign in errors for sign in _NO_MEMORY_SIGNS
    )
    if starved:
        return TOO_MUCH_MEMORY.at(limit=room.memory_bytes // 1_000_000)
    return DIED.at(how=_how(status))


def too_long(seconds: float) -> Problem:
    """Say that the time ran out."""
    return TOOK_TOO_LONG.at(seconds=f"{seconds:g}")


def _how(status: int) -> Text:
    if status < 0:
        return Text(zh=f"信号 {-status}", en=f"signal {-status}")
    return Text(zh=f"状态 {status}", en=f"status {status}")
