"""Zip archives of strangers: what is in them is counted while it is inflated, headers may lie."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import IO

from geo import limits
from geo.errors import Problem, ProblemKind
from geo.files import kinds
from geo.types import Text

UNSAFE_MEMBER = ProblemKind(
    "archive-member",
    "error",
    Text(zh="压缩包中的“{name}”{why}", en="“{name}” in the archive {why}"),
    Text(zh="重新打包，只放数据文件", en="Pack it again with nothing but the data files"),
)
TOO_MANY_MEMBERS = ProblemKind(
    "archive-members",
    "error",
    Text(
        zh="压缩包中有 {count} 个文件，超过上限 {limit}",
        en="The archive has {count} members, more than {limit}",
    ),
    Text(zh="只打包一个图层的文件", en="Pack the files of one layer only"),
)
INFLATES = ProblemKind(
    "archive-inflates",
    "error",
    Text(
        zh="压缩包展开后过大（超过 {limit} MB，或压缩比超过 {ratio}）",
        en="The archive inflates to too much (over {limit} MB, or more than {ratio} times)",
    ),
    Text(zh="直接提供未压缩的文件", en="Give the files as they are, not packed"),
)
KINDS = (UNSAFE_MEMBER, TOO_MANY_MEMBERS, INFLATES)

#: The member that makes an archive a workbook.
WORKBOOK = "xl/workbook.xml"
_MOST_MEMBERS = 200
#: Real shapefiles shrink to a twentieth at best; a bomb by a factor of a thousand.
_RATIO, _RATIO_FROM_BYTES = 200, 10_000_000
_CHUNK = 1 << 16
_ENCRYPTED, _UTF8 = 0x1, 0x800
_ARCHIVES = {".zip", ".kmz", ".7z", ".rar", ".gz", ".tar"}
_PATH = Text(zh="的路径指向压缩包之外", en="has a path that leads out of it")
_LINK = Text(zh="是链接，不是文件", en="is a link and no file")
_LOCKED = Text(zh="加了密码", en="is encrypted")
_NESTED = Text(zh="又是压缩包", en="is an archive again")
_TWICE = Text(zh="出现了两次", en="stands in it twice")
_BROKEN = Text(zh="压缩包无法展开", en="the archive cannot be inflated")


def members(content: bytes, suffixes: frozenset[str]) -> Mapping[str, bytes] | list[Problem]:
    """Inflate the members of an archive whose names end in one of the suffixes.

    Parameters
    ----------
    content
        The bytes of the archive.
    suffixes
        Lower case, with the dot. Other members stay where they are.

    Returns
    -------
    dict or list
        Bytes by name; or all that forbids to open the archive.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [info for info in archive.infolist() if not _is_litter(info)]
            found = list(_faults(infos))
            if found:
                return found
            wanted = [i for i in infos if PurePosixPath(i.filename).suffix.lower() in suffixes]
            return _inflate(archive, wanted, len(content))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        return [kinds.DAMAGED.at(what=_BROKEN)]
    except (ValueError, OverflowError, LookupError, UnicodeError):
        return [kinds.DAMAGED.at(what=_BROKEN)]


def suffixes(content: bytes) -> frozenset[str]:
    """Return the endings of the names in an archive, to tell its kind; :data:`WORKBOOK` for one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            infos = opened.infolist()[:_MOST_MEMBERS]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, LookupError):
        return frozenset()
    names = {info.filename for info in infos if not _is_litter(info)}
    found = {PurePosixPath(name).suffix.lower() for name in names}
    return frozenset(found | ({WORKBOOK} if WORKBOOK in names else set()))


def _is_litter(info: zipfile.ZipInfo) -> bool:
    """Folders, and what macOS puts beside the files of a folder."""
    path = PurePosixPath(info.filename)
    return info.is_dir() or "__MACOSX" in path.parts or path.name in {".DS_Store", "Thumbs.db"}


def _faults(infos: list[zipfile.ZipInfo]) -> Iterator[Problem]:
    if len(infos) > _MOST_MEMBERS:
        yield TOO_MANY_MEMBERS.at(count=len(infos), limit=_MOST_MEMBERS)
        return
    seen: set[str] = set()
    for info in infos:
        why = _why_unsafe(info) or (_TWICE if info.filename.lower() in seen else None)
        seen.add(info.filename.lower())
        if why is not None:
            yield UNSAFE_MEMBER.at(name=name_of(info), why=why)


def _why_unsafe(info: zipfile.ZipInfo) -> Text | None:
    name = info.filename
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name or "\\" in name:
        return _PATH
    if stat.S_ISLNK(info.external_attr >> 16):
        return _LINK
    if info.flag_bits & _ENCRYPTED:
        return _LOCKED
    return _NESTED if path.suffix.lower() in _ARCHIVES else None


def name_of(info: zipfile.ZipInfo) -> str:
    """Return the name of a member for people: old Windows programs write it in GBK."""
    if info.flag_bits & _UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gbk")
    except UnicodeError:
        return info.filename


def _inflate(
    archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], packed: int
) -> Mapping[str, bytes] | list[Problem]:
    most = min(limits.FILE_BYTES, max(_RATIO_FROM_BYTES, packed * _RATIO))
    found: dict[str, bytes] = {}
    for info in infos:
        room = most - sum(map(len, found.values()))
        with archive.open(info) as member:
            inflated = _up_to(member, room)
        if inflated is None:
            return [INFLATES.at(limit=limits.FILE_BYTES // 1_000_000, ratio=_RATIO)]
        found[name_of(info)] = inflated
    return found


def _up_to(member: IO[bytes], most: int) -> bytes | None:
    """Read a member to its end, or None when it has more bytes."""
    parts, size = [], 0
    while chunk := member.read(_CHUNK):
        size += len(chunk)
        if size > most:
            return None
        parts.append(chunk)
    return b"".join(parts)
