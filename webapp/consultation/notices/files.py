"""Files that may stand beside a notice: their type is told by the content, not by the name.

PDFs and pictures are made anew as those of opinions are. Word and Excel files and GeoJSON are kept
as they came: they are only ever handed out to be saved.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import orjson

from geo.errors import InputError, LimitError, ProblemKind
from geo.types import Text
from webapp.consultation import attachments

MOST_BYTES = attachments.OF_NOTICE.size_bytes
_MOST_UNPACKED_BYTES, _MOST_MEMBERS = 300_000_000, 5_000
_MOST_OF_A_NAME = 120
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GEOJSON = "application/geo+json"
#: The endings by which files go out again.
ENDINGS: Mapping[str, str] = MappingProxyType(
    {**attachments.ENDINGS, DOCX: ".docx", XLSX: ".xlsx", GEOJSON: ".geojson"}
)
_OFFICE = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
#: Programs in documents, and what they would fetch or start.
_ACTIVE = re.compile(r"vbaProject|vbaData|activeX/|embeddings/.*\.bin$|macrosheets/", re.I)
_GEOJSON_TYPES = frozenset({"FeatureCollection", "Feature"})
#: Not in the name of a file, on one system or another; nor what turns the direction of writing.
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f"*/:<>?\\|\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')

OTHER_TYPE = ProblemKind(
    "notice-file-type",
    "error",
    Text(
        zh="“{name}”的内容不是 PDF、DOCX、XLSX、PNG、JPG 或 GeoJSON，没有收下",
        en="“{name}” is no PDF, DOCX, XLSX, PNG, JPG or GeoJSON; it was not taken",
    ),
    Text(zh="另存为其中一种格式；最好是 PDF", en="Save it as one of these, best as PDF"),
)
TOO_BIG = ProblemKind(
    "notice-file-big",
    "error",
    Text(
        zh="“{name}”大于 {most} MB，没有收下",
        en="“{name}” is larger than {most} MB; it was not taken",
    ),
    Text(zh="压缩图片或分成几份", en="Make its pictures smaller, or split it"),
)
ACTIVE = ProblemKind(
    "notice-file-macros",
    "error",
    Text(
        zh="“{name}”含有宏或其他程序，没有收下",
        en="“{name}” holds macros or other programs; it was not taken",
    ),
    Text(zh="另存为不含宏的格式，或 PDF", en="Save it without macros, or as PDF"),
)
DAMAGED = ProblemKind(
    "notice-file-damaged",
    "error",
    Text(
        zh="“{name}”打不开：已损坏、加密，或展开后过大，没有收下",
        en="“{name}” cannot be opened: damaged, encrypted, or too large; it was not taken",
    ),
    Text(zh="用原来的程序打开，重新保存", en="Open it in its program and save it again"),
)


@dataclass(frozen=True)
class Taken:
    """A file that may be kept, under a name whose ending tells its type."""

    content: bytes
    media_type: str
    name: str


def accept(content: bytes, name: str) -> Taken:
    """Look at a file that a planner sends.

    Raises
    ------
    InputError, LimitError
        It is none that may stand beside a notice, or too large.
    """
    if len(content) > MOST_BYTES:
        raise LimitError(TOO_BIG.at(field="file", name=name, most=MOST_BYTES // 1_000_000))
    media_type = _kept_as_it_is(content, name)
    if media_type is None:
        if attachments.type_of(content) is None:
            raise InputError(OTHER_TYPE.at(field="file", name=name))
        made = attachments.clean(content, name, most=attachments.OF_NOTICE)
        content, media_type = made.content, made.media_type
    return Taken(content, media_type, _named(name, media_type))


def _kept_as_it_is(content: bytes, name: str) -> str | None:
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content, name)
    return (
        GEOJSON
        if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and _is_geojson(content)
        else None
    )


def _office_type(content: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise InputError(DAMAGED.at(field="file", name=name)) from None
    names = {one.filename for one in members}
    found = next((kind for part, kind in _OFFICE.items() if part in names), None)
    if found is None or "[Content_Types].xml" not in names:
        raise InputError(OTHER_TYPE.at(field="file", name=name))
    if any(_ACTIVE.search(one) for one in names):
        raise InputError(ACTIVE.at(field="file", name=name))
    unpacked = sum(one.file_size for one in members)
    locked = any(one.flag_bits & 1 for one in members)
    if locked or unpacked > _MOST_UNPACKED_BYTES or len(members) > _MOST_MEMBERS:
        raise InputError(DAMAGED.at(field="file", name=name))
    return found


def _is_geojson(content: bytes) -> bool:
    try:
        found = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError:
        return False
    return isinstance(found, dict) and found.get("type") in _GEOJSON_TYPES


def _named(name: str, media_type: str) -> str:
    """The name without what a system would stumble over, its ending that of the type."""
    ending = ENDINGS[media_type]
    plain = _NOT_IN_NAMES.sub("_", name).strip(" .") or "document"
    stem, dot, last = plain.rpartition(".")
    known = {".jpeg": ".jpg", ".json": ".geojson"}.get(f".{last.lower()}", f".{last.lower()}")
    if dot and (known == ending or known in ENDINGS.values()):
        plain = stem or "document"
    return plain[:_MOST_OF_A_NAME] + ending
