"""What lies of an import on disk: the original, untouched, and what was found in it beside it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

import orjson

from geo.durable import sync
from geo.errors import InputError, LimitError, ProblemKind
from geo.types import Text
from webapp import locks

IMPORTS = Path("private", "imports")
ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_ORIGINAL, _TASK, _LOCK = "original", "task.json", "lock"
_BLOCK = 1 << 20
_LONGEST_BYTES = 180
_LOOK_SECONDS = 0.05

TOO_BIG = ProblemKind(
    "upload-too-big",
    "error",
    Text(zh="文件大于 {limit} MB，没有接收", en="The file is larger than {limit} MB; not taken"),
    Text(
        zh="分成几个文件，或请管理员调高 HUITU_UPLOAD_MB",
        en="Divide it, or ask the administrator to raise HUITU_UPLOAD_MB",
    ),
)
EMPTY = ProblemKind(
    "upload-empty",
    "error",
    Text(zh="“{name}”是空文件，没有接收", en="“{name}” is an empty file; not taken"),
    Text(zh="重新导出后再上传", en="Export it again and send that"),
)
KINDS = (TOO_BIG, EMPTY)

Work = Literal["look", "prepare", "publish"]


@dataclass(frozen=True)
class Task:
    """The work that is done, or was done last, on an import.

    Attributes
    ----------
    work, wanted
        What is to be done, and the words that it needs.
    percent, over
        How far it is.
    pid
        The process that does it.
    problem
        What ended it, by language.
    """

    work: Work
    wanted: Mapping[str, str] = field(default_factory=dict)
    percent: int = 0
    over: bool = False
    pid: int = 0
    problem: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class Folder:
    """The folder of one import; made with mode 0700 for the program alone."""

    def __init__(self, data: Path, import_id: str) -> None:
        if not ID.fullmatch(import_id):
            raise ValueError("not the id of an import")
        self.path = data / IMPORTS / import_id

    # ------------------------------------------------------------ the original

    def receive(self, sent: IO[bytes], name: str, most_bytes: int) -> tuple[str, int, str]:
        """Keep a file as it comes; give its name, its size in bytes and its SHA-256.

        Written beside, fsynced and renamed: a name means a whole file.

        Raises
        ------
        InputError
            It is empty.
        LimitError
            It is larger than ``most_bytes``; no more than that is read.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.mkdir(mode=0o700)
        try:
            return self._received(sent, _safe(name), most_bytes)
        except BaseException:
            shutil.rmtree(self.path, ignore_errors=True)
            raise

    def _received(self, sent: IO[bytes], name: str, most_bytes: int) -> tuple[str, int, str]:
        beside, digest, size = self.path / ".part", hashlib.sha256(), 0
        with beside.open("xb") as handle:
            os.fchmod(handle.fileno(), 0o600)
            while block := sent.read(_BLOCK):
                size += len(block)
                if size > most_bytes:
                    raise LimitError(TOO_BIG.at(limit=most_bytes // 1_000_000))
                digest.update(block)
                handle.write(block)
            handle.flush()
            os.fsync(handle.fileno())
        if not size:
            raise InputError(EMPTY.at(name=name))
        kept = self.path / _ORIGINAL
        kept.mkdir(mode=0o700)
        beside.rename(kept / name)
        for folder in (kept, self.path, self.path.parent):
            sync(folder)
        return name, size, digest.hexdigest()

    @property
    def original(self) -> Path:
        """The file as it came."""
        return next((self.path / _ORIGINAL).iterdir())

    # ------------------------------------------------------------ what was found

    def keep(self, name: str, value: Any) -> None:
        """Write a finding, whole or not at all."""
        self._replace(f"{name}.json", orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY))

    def found(self, name: str) -> dict[str, Any] | None:
        """A finding; None where there is none."""
        try:
            value: dict[str, Any] = orjson.loads((self.path / f"{name}.json").read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return None
        return value

    def forget(self, *names: str) -> None:
        """Take findings away that no longer hold."""
        for name in names:
            (self.path / f"{name}.json").unlink(missing_ok=True)

    # ------------------------------------------------------------ work

    @property
    def lock(self) -> Path:
        """Held by the process that works."""
        return self.path / _LOCK

    @property
    def task(self) -> Task | None:
        """The work that is done or was done last."""
        try:
            return Task(**orjson.loads((self.path / _TASK).read_bytes()))
        except (OSError, orjson.JSONDecodeError):
            return None

    def tell(self, task: Task) -> None:
        """Write how far the work is."""
        self._replace(_TASK, orjson.dumps(asdict(task)))

    @property
    def works(self) -> bool:
        """Whether a process works on it now."""
        return self.path.is_dir() and locks.held(self.lock)

    @property
    def unfinished(self) -> bool:
        """Whether there is work that has not come to its end, going on or broken off."""
        task = self.task
        return task is not None and not task.over

    def stop(self) -> None:
        """End the process that works, and wait until it has gone; one that comes up, too."""
        while self.works:
            task = self.task
            if task is not None and task.pid:
                with suppress(ProcessLookupError):
                    os.kill(task.pid, signal.SIGKILL)
                with locks.alone(self.lock):
                    return
            time.sleep(_LOOK_SECONDS)

    def _replace(self, name: str, content: bytes) -> None:
        beside = self.path / f".{name}.{os.getpid()}"
        beside.write_bytes(content)
        beside.chmod(0o600)
        beside.replace(self.path / name)


def _safe(name: str) -> str:
    """The name as it was sent, without what a folder cannot hold; its ending stays."""
    plain = re.sub(r"[\x00-\x1f\x7f/\\]", "_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip()
    plain = plain.lstrip(".") or "file"
    stem, dot, ending = plain.rpartition(".")
    room = _LONGEST_BYTES - len(ending.encode()) - 1
    if dot and room > 0:
        return f"{_cut(stem, room)}.{ending}"
    return _cut(plain, _LONGEST_BYTES)


def _cut(text: str, most_bytes: int) -> str:
    return text.encode("utf-8", "replace")[:most_bytes].decode("utf-8", "ignore")
