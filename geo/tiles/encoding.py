"""The bytes of a Mapbox Vector Tile, version 2.1: what stands around the features.

Protocol buffers are fields one after another: a key (number and wire type), then a value; whatever
has no fixed size is preceded by its length. Whole numbers are varints, seven bits a byte.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import accumulate
from operator import add
from typing import Any

from geo.tiles.address import EXTENT

#: What a tile's attribute can be.
Plain = str | int | float | bool

_VERSION = 2
# Keys of the specification's vector_tile.proto: number of the field and its wire type.
_TILE_LAYER = b"\x1a"
_LAYER_NAME, _LAYER_KEY, _LAYER_VALUE, _LAYER_EXTENT, _LAYER_VERSION = (
    b"\x0a",
    b"\x1a",
    b"\x22",
    b"\x28",
    b"\x78",
)
_STRING, _DOUBLE, _UNSIGNED, _SIGNED, _BOOLEAN = b"\x0a", b"\x19", b"\x28", b"\x30", b"\x38"


def tile(name: str, keys: Sequence[str], features: bytes, values: bytes) -> bytes:
    """A tile with one layer of finished features and the values that they point to."""
    layer = b"".join(
        [
            _sized(_LAYER_NAME, name.encode()),
            features,
            *(_sized(_LAYER_KEY, key.encode()) for key in keys),
            values,
            _LAYER_EXTENT + varint(EXTENT),
            _LAYER_VERSION + varint(_VERSION),
        ]
    )
    return _sized(_TILE_LAYER, layer)


def value(content: Plain) -> bytes:
    """One entry of a layer's table of values, ready to be copied into a tile."""
    if isinstance(content, str) and len(text := content.encode()) < len(_HEADS):
        return _HEADS[len(text)] + text
    return _sized(_LAYER_VALUE, _value(content))


def texts(contents: Sequence[str]) -> Iterator[bytes]:
    """The entries of many texts, as :func:`value` writes each: a layer may have a million names."""
    encoded = [text.encode() for text in contents]
    if max(map(len, encoded), default=0) >= len(_HEADS):
        return map(value, contents)
    heads = map(_HEADS.__getitem__, map(len, encoded))
    return map(add, heads, encoded)


def _value(content: Plain) -> bytes:
    if isinstance(content, str):
        return _sized(_STRING, content.encode())
    if isinstance(content, bool):
        return _BOOLEAN + varint(content)
    if isinstance(content, float):
        return _DOUBLE + struct.pack("<d", content)
    return _UNSIGNED + varint(content) if content >= 0 else _SIGNED + varint(~content * 2 + 1)


def decoded(entry: bytes) -> Plain:
    """What :func:`value` has written."""
    _, start = _read_varint(entry, 1)
    kind, rest = entry[start : start + 1], entry[start + 1 :]
    if kind == _STRING:
        _, start = _read_varint(rest, 0)
        return rest[start:].decode()
    if kind == _DOUBLE:
        number: float = struct.unpack("<d", rest)[0]
        return number
    whole, _ = _read_varint(rest, 0)
    if kind == _BOOLEAN:
        return bool(whole)
    return whole if kind == _UNSIGNED else -(whole >> 1) - 1


def plain(content: Any) -> Plain:
    """An attribute as a tile can hold it: lists as JSON, days and times as ISO 8601."""
    if isinstance(content, str | bool | int | float):
        return content
    if hasattr(content, "item"):
        return plain(content.item())
    if isinstance(content, date):
        return content.isoformat()
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def varint(number: int) -> bytes:
    """A whole number from 0, seven bits a byte, the lowest first."""
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    written.append(number)
    return bytes(written)


def concatenated(entries: Iterable[bytes]) -> tuple[bytes, list[int]]:
    """Byte strings in a row, and where each begins; the last number is the end."""
    whole = list(entries)
    return b"".join(whole), list(accumulate(map(len, whole), initial=0))


def _sized(key: bytes, content: bytes) -> bytes:
    return key + varint(len(content)) + content


def _head(length: int) -> bytes:
    """What stands before a text of so many bytes in the table of values."""
    before = _STRING + varint(length)
    return _LAYER_VALUE + varint(len(before) + length) + before


#: Before short texts.
_HEADS = tuple(_head(length) for length in range(128))


def _read_varint(written: bytes, start: int) -> tuple[int, int]:
    number, shift = 0, 0
    for place in range(start, len(written)):
        number |= (written[place] & 127) << shift
        if written[place] < 128:
            return number, place + 1
        shift += 7
    raise ValueError("a varint that does not end")
