"""Photos and PDFs of opinions, documents of notices: made anew before they are kept, by hash.

The type is told by the content. Decoding is done in a process of its own with bounds on memory and
time (:mod:`webapp.consultation.cleaning`), so that a file made to harm can harm nobody.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from geo.durable import sync
from geo.errors import InputError, LimitError, Problem, ProblemKind
from geo.files.confined.rooms import Room
from geo.types import Text
from webapp.consultation import cleaning

_log = logging.getLogger(__name__)

FOLDER = Path("private", "files")
#: How many files an opinion may have.
MOST_FILES = 5
#: The endings by which files go out again.
ENDINGS: Mapping[str, str] = MappingProxyType(
    {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}
)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
#: Safe path: the current folder may hold anybody's ``webapp``.
_COMMAND = (sys.executable, "-P", "-m", cleaning.__name__)
_PDF_WITHIN = 1024
_MOST_OF_ERRORS = 20_000
_ROOM = Room(
    memory_bytes=2_000_000_000,
    cpu_seconds=20,
    wall_seconds=40.0,
    open_files=64,
    written_bytes=100_000_000,
)
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}

TOO_BIG = ProblemKind(
    "attachment-too-big",
    "error",
    Text(
        zh="“{name}”大于 {most} MB，没有收下",
        en="“{name}” is larger than {most} MB; it was not taken",
    ),
    Text(zh="缩小后再试，或者截图代替", en="Make it smaller, or take a screenshot of it"),
)
EMPTY = ProblemKind(
    "attachment-empty",
    "error",
    Text(zh="“{name}”是空文件，没有收下", en="“{name}” is an empty file; it was not taken"),
    Text(zh="重新选择文件", en="Choose it again"),
)
OTHER_TYPE = ProblemKind(
    "attachment-type",
    "error",
    Text(
        zh="“{name}”不是照片（JPEG、PNG、WebP）或 PDF，没有收下",
        en="“{name}” is no photo (JPEG, PNG, WebP) and no PDF; it was not taken",
    ),
    Text(
        zh="换一种格式；苹果手机的 HEIC 照片可以截图代替；其他文件可另存为 PDF",
        en="Take another format; of a HEIC photo of an iPhone make a screenshot; "
        "print other files to PDF",
    ),
)
TOO_LONG = ProblemKind(
    "attachment-too-long",
    "error",
    Text(
        zh="“{name}”过于复杂，处理不了，没有收下",
        en="“{name}” is too complicated to be read; it was not taken",
    ),
    Text(
        zh="换一个文件，或者拍一张照片、截一张图代替",
        en="Take another file, or a photo or a screenshot of it",
    ),
)
KINDS = (TOO_BIG, EMPTY, OTHER_TYPE, TOO_LONG)
_BY_CODE = {kind.code: kind for kind in cleaning.KINDS}


@dataclass(frozen=True)
class Most:
    """How large a file may be."""

    size_bytes: int = 15_000_000
    pages: int = 50


OF_OPINION = Most()
OF_NOTICE = Most(size_bytes=50_000_000, pages=1000)


@dataclass(frozen=True)
class Cleaned:
    """A file that was made anew; its bytes are ours."""

    content: bytes
    media_type: str

    def __repr__(self) -> str:
        return f"Cleaned({len(self.content)} bytes, {self.media_type!r})"


def clean(content: bytes, name: str, *, most: Most = OF_OPINION, room: Room = _ROOM) -> Cleaned:
    """Make a photo or PDF anew: without place, device, author, scripts and links.

    Parameters
    ----------
    name
        What its sender calls it; only to tell them of it.
    most, room
        How large it may be, and what decoding it may take.

    Raises
    ------
    InputError
        It is of another type, damaged, locked, or too complicated.
    LimitError
        It is larger than ``most``.
    """
    if not content:
        raise InputError(EMPTY.at(name=name))
    if len(content) > most.size_bytes:
        raise LimitError(TOO_BIG.at(name=name, most=most.size_bytes // 1_000_000))
    media_type = type_of(content)
    if media_type is None:
        raise InputError(OTHER_TYPE.at(name=name))
    task = {"media_type": media_type, "most_pages": most.pages, "room": asdict(room)}
    answer = _run(orjson.dumps(task) + b"\n" + content, room)
    if answer is None:
        raise InputError(TOO_LONG.at(name=name))
    return _taken_apart(answer, name)


def type_of(content: bytes) -> str | None:
    """The type that a file's content shows; None where it is none that we take."""
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    return "application/pdf" if b"%PDF-" in content[:_PDF_WITHIN] else None


def _run(request: bytes, room: Room) -> bytes | None:
    """What the child answered; None where it came to no end."""
    # Files, not pipes: the limit on the size of a file holds for the answer too.
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=answer,
            stderr=errors,
            cwd="/",
            env=_ENVIRONMENT,
        )
        try:
            process.communicate(request, timeout=room.wall_seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            process.kill()
            process.wait()
        answer.seek(0)
        if process.returncode != 0:
            errors.seek(0)
            said = ascii(errors.read(_MOST_OF_ERRORS).decode("utf-8", "replace"))
            _log.warning("cleaning process: %s %s", process.returncode, said)
            return None
        return answer.read()


def _taken_apart(answer: bytes, name: str) -> Cleaned:
    """The answer of a process that has seen a stranger's bytes: taken as theirs would be."""
    head, _, content = answer.partition(b"\n")
    try:
        told: dict[str, Any] = orjson.loads(head)
        if "code" in told:
            raise InputError(_problem(told, name))
        media_type = str(told["media_type"])
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        raise InputError(TOO_LONG.at(name=name)) from None
    if media_type not in ENDINGS or type_of(content) != media_type:
        raise InputError(TOO_LONG.at(name=name))
    return Cleaned(content, media_type)


def _problem(told: Mapping[str, Any], name: str) -> Problem:
    numbers: dict[str, Any] = {
        key: int(value) for key, value in told["values"].items() if key != "name"
    }
    return _BY_CODE[told["code"]].at(name=name, **numbers)


class Files:
    """Files by the hash of their content, below the data folder and outside of every static one.

    What is put is there for good: written beside, on the disk, then renamed.
    """

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    def put(self, content: bytes) -> str:
        """Keep a content; give its SHA-256. The same content is kept once."""
        sha256 = hashlib.sha256(content).hexdigest()
        kept = self.path(sha256)
        if not kept.exists():
            self._write(kept, content)
        return sha256

    def path(self, sha256: str) -> Path:
        """Where the content of a hash lies, whether it is there or not."""
        if not _HASH.fullmatch(sha256):
            raise ValueError("not a hash")
        return self._folder / sha256[:2] / sha256

    def _write(self, kept: Path, content: bytes) -> None:
        for folder in (self._folder.parent, self._folder, kept.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Made for its owner alone, under a name that nobody else has.
        descriptor, name = tempfile.mkstemp(prefix=".part-", dir=kept.parent)
        beside = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as handle:
                handle.write(content)
                handle.flush()
                os.fsync(handle.fileno())
            beside.replace(kept)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        for folder in (kept.parent, self._folder):
            sync(folder)
