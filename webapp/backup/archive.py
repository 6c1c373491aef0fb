"""The archive: a ZIP of members in a fixed order, each with its hash in a manifest.

database/<table>.jsonl      one row a line
private/..., *.geojson ...  the files of the data folder, under their names
published/...               the versions, then what points to them
catalog.toml                last, so that half a restored folder is never taken for a whole one
manifest.json               sizes and SHA-256, the revision of the tables, the head of the log
"""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Self

import orjson

from geo.errors import InputError, ProblemKind
from geo.types import Text

MANIFEST = "manifest.json"
DATABASE = "database"
FORMAT = 1
_CHUNK = 1 << 20
#: Every member bears the same time, so that the same content gives the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)

NO_ARCHIVE = ProblemKind(
    "backup-unreadable",
    "error",
    Text(zh="{file} 不是完整的惠图备份", en="{file} is no whole backup of Huitu"),
    Text(zh="换一个备份；什么也没有恢复", en="Take another backup; nothing was restored"),
)
DAMAGED = ProblemKind(
    "backup-damaged",
    "error",
    Text(
        zh="备份里的 {member} 已损坏或不完整", en="{member} in the backup is damaged or not whole"
    ),
    Text(zh="换一个备份；什么也没有恢复", en="Take another backup; nothing was restored"),
)


@dataclass(frozen=True)
class Member:
    """A file of the archive: its name, size in bytes and SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself.

    Attributes
    ----------
    made_at
        UTC, ISO 8601.
    revision
        Of the tables; only a program that wants the same one restores them.
    log_count, log_head
        How many entries the log had, and the hash of the last.
    """

    format: int
    software: str
    made_at: str
    revision: str
    log_count: int
    log_head: str
    members: tuple[Member, ...]

    def to_bytes(self) -> bytes:
        """As it stands in the archive."""
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2)

    @classmethod
    def parse(cls, content: bytes) -> Self:
        """Read one; :class:`ValueError` or :class:`TypeError` when it is none."""
        told: dict[str, Any] = orjson.loads(content)
        members = tuple(Member(**member) for member in told.pop("members"))
        return cls(**told, members=members)


class Writer:
    """Puts members into an archive, and remembers what was put."""

    def __init__(self, file: Any) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self.members: list[Member] = []

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write one member; what is told of it is what was written."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(_info(name), "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self.members.append(Member(name, size, digest.hexdigest()))

    def close(self, manifest: Manifest) -> None:
        """Write the manifest and the end of the archive."""
        self._zip.writestr(_info(MANIFEST), manifest.to_bytes())
        self._zip.close()


class Reader:
    """An archive whose manifest was read; nothing of it is believed before :meth:`check`."""

    def __init__(self, file: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
            self.manifest = Manifest.parse(self._zip.read(MANIFEST))
        except (zipfile.BadZipFile, zlib.error, ValueError, TypeError, KeyError, EOFError):
            raise InputError(NO_ARCHIVE.at(file=file.name)) from None
        if self.manifest.format != FORMAT:
            raise InputError(NO_ARCHIVE.at(file=file.name))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._zip.close()

    def check(self) -> None:
        """Compare every member with the manifest.

        Raises
        ------
        InputError
            With one problem for each member that is damaged, missing, not listed or misplaced.
        """
        listed = [member.name for member in self.manifest.members]
        there = [name for name in self._zip.namelist() if name != MANIFEST]
        strange = set(there) ^ set(listed)
        strange |= {name for name in there if there.count(name) > 1 or not _is_inside(name)}
        strange |= {
            member.name
            for member in self.manifest.members
            if member.name not in strange and not self._is_whole(member)
        }
        if strange:
            raise InputError([DAMAGED.at(member=name) for name in sorted(strange)])

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of a member."""
        with self._zip.open(name) as content:
            while chunk := content.read(_CHUNK):
                yield chunk

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a member."""
        with self._zip.open(name) as content:
            yield from content

    def _is_whole(self, member: Member) -> bool:
        digest, size = hashlib.sha256(), 0
        try:
            for chunk in self.chunks(member.name):
                digest.update(chunk)
                size += len(chunk)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            return False
        return (size, digest.hexdigest()) == (member.size, member.sha256)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name and name != ""
