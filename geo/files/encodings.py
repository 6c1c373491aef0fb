"""Encodings of texts: believed where they are certain, else a person chooses from previews."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geo.errors import Problem, ProblemKind
from geo.files import kinds
from geo.files.reading import Asked, Preview
from geo.types import Text, listing

IS_UTF16 = ProblemKind(
    "encoding-utf-16",
    "error",
    Text(zh="文件是 UTF-16 编码，不是 UTF-8", en="The file is UTF-16, not UTF-8"),
    Text(
        zh="转存为 UTF-8，或用 --encoding utf-16 指明",
        en="Save it as UTF-8, or say so with --encoding utf-16",
    ),
)
KINDS = (IS_UTF16,)

#: Encodings that a person may name for a file of text.
CHOICES = ("utf-8", "gbk", "gb18030", "big5", "utf-16")
_PREVIEWED = ("utf-8", "gb18030", "big5")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LIKE_GBK = Text(zh="不是 UTF-8，像是 GBK（国标）", en="it is not UTF-8 and looks like GBK")
#: What stands between pieces of text; no second byte of GBK is one of them.
_BETWEEN = re.compile(rb"[\x00-\x1f\"',:;<=>]+")
_PIECES, _PIECE_BYTES, _SEARCHED = 12, 60, 1_000_000


@dataclass(frozen=True)
class Decoded:
    """The text of a file, the encoding that a person might doubt, and how it reads in others."""

    text: str
    encoding: str | None = None
    previews: tuple[Preview, ...] = ()


def decoded(content: bytes, asked: Asked) -> Decoded | Problem:
    """Decode a file of text: UTF-8, unless a person says otherwise."""
    if asked.encoding is not None:
        return _as_told(content, asked)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _likeliest(content, asked, error.start)
    certain = content.isascii() or content.startswith(codecs.BOM_UTF8) or not asked.looking
    return Decoded(text) if certain else Decoded(text, "utf-8", previews(pieces(content)))


def _as_told(content: bytes, asked: Asked) -> Decoded | Problem:
    name = (asked.encoding or "").lower()
    wrong = kinds.BAD_ENCODING.at(encoding=asked.encoding, choices=", ".join(CHOICES))
    if name not in CHOICES:
        return wrong
    shown = previews(pieces(content)) if asked.looking else ()
    try:
        return Decoded(content.decode("utf-8-sig" if name == "utf-8" else name), name, shown)
    except UnicodeDecodeError:
        return wrong


def _likeliest(content: bytes, asked: Asked, start: int) -> Decoded | Problem:
    """Ask; where the file is only looked at, take the first encoding that reads well."""
    for name in ("utf-16",) if content.startswith(_UTF16) else _PREVIEWED[1:]:
        if asked.looking and _reads(content, name):
            return Decoded(content.decode(name), name, previews(pieces(content)))
    if content.startswith(_UTF16):
        return IS_UTF16.at()
    return ask([content[max(0, start - 20) : start + 40]], _LIKE_GBK)


def ask(texts: Sequence[bytes], looks: Text) -> Problem:
    """Ask for the encoding, showing what the texts would be."""
    return kinds.ASK_ENCODING.at(
        looks=looks,
        gbk=listing(text.decode("gb18030", "replace") for text in texts),
        utf8=listing(text.decode("utf-8", "replace") for text in texts),
    )


def pieces(content: bytes) -> list[bytes]:
    """Return the first pieces of a text that are not plain ASCII."""
    found = (piece.strip() for piece in _BETWEEN.split(content[:_SEARCHED]))
    return list(dict.fromkeys(piece for piece in found if not piece.isascii()))[:_PIECES]


def previews(texts: Iterable[bytes]) -> tuple[Preview, ...]:
    """Show texts in each encoding that may be meant, those that read without a fault first."""
    found = list(texts)
    shown = [
        Preview(name, all(_reads(text, name) for text in found), _read_as(found, name))
        for name in _PREVIEWED
    ]
    return tuple(sorted(shown, key=lambda preview: not preview.reads))


def _reads(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _read_as(texts: Sequence[bytes], encoding: str) -> tuple[str, ...]:
    cut = (text.rstrip(b" \0")[:_PIECE_BYTES] for text in texts[:_PIECES])
    return tuple(text.decode(encoding, "replace") for text in cut)
