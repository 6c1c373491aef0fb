"""Which rows have a text in their words: found by an index, not by looking at every row.

The words of all rows stand in one text. Rows are taken together in blocks; of every three bytes in
a row a table of bits says in which blocks they stand (a signature file). A query of three bytes or
more looks at the blocks that have all its threes, and at no other. A Chinese character is three
bytes, and the digits of a parcel's number soon leave one block.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import numpy as np

from layers.search import normalise

#: In front of each row and behind each word; `normalise` keeps both, and no word has them.
ROW, WORD = "\x00", "\x01"
#: Rows in a block, and bits of the number that stands for three bytes.
_BLOCK, _BITS = 64, 13
#: Blocks whose table is made at once, and rows whose words are folded at once.
_BLOCKS_AT_ONCE, _ROWS_AT_ONCE = 1024, 20_000
#: With more separate stretches of blocks than this one pass over the whole text is faster.
_STRETCHES = 256
#: A pass over a long text goes by pieces, so that what it holds stays small.
_PIECE = 1 << 24
#: Parts of names whose pinyin is remembered while an index is built.
_MOST_SAID = 50_000
_SPREAD = np.uint32(2_654_435_761)
_ASCII = re.compile(r"([\x00-\x7f]+)")


@dataclass(frozen=True, eq=False)
class WordIndex:
    """The words of rows, folded, and where they stand.

    Attributes
    ----------
    text
        UTF-8 of all rows: a mark, then words, a mark behind each.
    starts
        Where each row begins in it, and the end.
    grams
        A row of bits for each number that stands for three bytes, a bit for each block of rows.
    """

    text: np.ndarray
    starts: np.ndarray
    grams: np.ndarray

    @classmethod
    def of(cls, rows: Iterable[Sequence[str]]) -> WordIndex:
        """Index rows by their words."""
        text = _folded(rows)
        starts = np.append(np.flatnonzero(text == ord(ROW)), len(text)).astype(np.int64)
        return cls(text, starts, _grams(text, starts))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def of_row(self, row: int) -> tuple[str, ...]:
        """The words of a row, from 0, folded: its id first."""
        start, end = self.starts[row : row + 2].tolist()
        return tuple(self.text[start + 1 : end].tobytes().decode().split(WORD)[:-1])

    def find(self, q: str) -> np.ndarray:
        """Rows, in ascending order from 0, in one of whose words the query stands.

        An empty query stands in every row.
        """
        wanted = normalise(q)
        if not wanted:
            return np.arange(len(self))
        return self._rows("" if ROW in wanted or WORD in wanted else wanted)

    def find_whole(self, word: str) -> np.ndarray:
        """Rows whose first word is this one, folded."""
        return self._rows(f"{ROW}{normalise(word)}{WORD}")

    def _rows(self, wanted: str) -> np.ndarray:
        if not wanted:
            return np.empty(0, np.int64)
        needle = np.frombuffer(wanted.encode(), np.uint8)
        places = [_places(self.text, needle, begin, end) for begin, end in self._stretches(needle)]
        found = np.concatenate([np.empty(0, np.int64), *places])
        return self._rows_at(found)

    def _rows_at(self, places: np.ndarray) -> np.ndarray:
        """The rows, each once, in which ascending places of the text lie."""
        if len(places) < len(self):
            return np.unique(np.searchsorted(self.starts, places, side="right") - 1)
        return np.flatnonzero(np.diff(np.searchsorted(places, self.starts)))

    def _stretches(self, needle: np.ndarray) -> list[tuple[int, int]]:
        """Where in the text the query may stand: blocks that have all its threes."""
        numbers = np.unique(_numbers(needle))
        if not len(numbers):
            return [(0, len(self.text))]
        bits = np.bitwise_and.reduce(self.grams[numbers], axis=0)
        blocks = np.flatnonzero(np.unpackbits(bits, bitorder="little"))
        first = blocks[np.diff(blocks, prepend=-2) > 1]
        last = blocks[np.diff(blocks, append=np.iinfo(np.int64).max) > 1]
        if len(first) > _STRETCHES:
            return [(0, len(self.text))]
        ends = np.minimum((last + 1) * _BLOCK, len(self))
        begin, end = self.starts[first * _BLOCK], self.starts[ends]
        return list(zip(begin.tolist(), end.tolist(), strict=True))


def spoken(name: str) -> Iterator[str]:
    """A name, and for a Chinese one its pinyin and the initials of that.

    As :func:`layers.search.terms` has it; what is between ASCII is looked up once, so that a
    million parcels of a few places take seconds.
    """
    yield name
    if not name.isascii():
        parts = [_said(part) for part in _ASCII.split(name)]
        yield "".join([part[0] for part in parts])
        yield "".join([part[1] for part in parts])


@lru_cache(maxsize=_MOST_SAID)
def _said(part: str) -> tuple[str, str]:
    """Pinyin and initials of what is ASCII as a whole or not at all."""
    if part.isascii():
        return part, part
    # Its dictionary takes a quarter of a second to load, which most processes have no use for.
    from pypinyin import Style, lazy_pinyin

    full, initials = (
        "".join(lazy_pinyin(part, style=style)) for style in (Style.NORMAL, Style.FIRST_LETTER)
    )
    return full, initials


def _folded(rows: Iterable[Sequence[str]]) -> np.ndarray:
    joined = map(WORD.join, rows)
    text = bytearray()
    while some := list(islice(joined, _ROWS_AT_ONCE)):
        text += normalise(f"{ROW}{f'{WORD}{ROW}'.join(some)}{WORD}").encode()
    return np.frombuffer(bytes(text), np.uint8)


def _numbers(text: np.ndarray) -> np.ndarray:
    """The number that stands for the three bytes from each place on."""
    threes = text[:-2].astype(np.uint32)
    threes |= text[1:-1].astype(np.uint32) << np.uint32(8)
    threes |= text[2:].astype(np.uint32) << np.uint32(16)
    return (threes * _SPREAD) >> np.uint32(32 - _BITS)


def _grams(text: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The table of bits: what is found in which block."""
    edges = np.append(starts[:-1:_BLOCK], starts[-1])
    tables = [np.empty((1 << _BITS, 0), np.uint8)]
    for first in range(0, len(edges) - 1, _BLOCKS_AT_ONCE):
        some = edges[first : first + _BLOCKS_AT_ONCE + 1]
        numbers = _numbers(text[some[0] : some[-1]])
        blocks = np.repeat(np.arange(len(some) - 1), np.diff(some))[: len(numbers)]
        there = np.zeros((1 << _BITS, len(some) - 1), bool)
        there[numbers, blocks] = True
        tables.append(np.packbits(there, axis=1, bitorder="little"))
    return np.hstack(tables)


def _places(text: np.ndarray, needle: np.ndarray, begin: int, end: int) -> np.ndarray:
    """Where the needle begins in a stretch of the text."""
    found = []
    for start in range(begin, end, _PIECE):
        piece = text[start : min(start + _PIECE + len(needle) - 1, end)]
        at = np.flatnonzero(piece[: max(len(piece) - len(needle) + 1, 0)] == needle[0])
        for offset, byte in enumerate(needle[1:].tolist(), 1):
            at = at[piece[at + offset] == byte]
        found.append(at + start)
    return np.concatenate([np.empty(0, np.int64), *found])
