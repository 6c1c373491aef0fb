"""Texts that say nearly the same: found by what they have in common, scored letter by letter.

Comparing ten thousand texts each with each would take minutes. Of each text a sketch is kept: those
of its groups of three letters that come first in an order that is the same for all texts (a
bottom-k sketch, Broder 1997). Two are compared only where their sketches share enough and their
lengths allow the score.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from rapidfuzz import fuzz

#: Texts are proposed as one from this score on, in hundredths; 100 is the same text.
LEAST_SCORE = 85.0
#: Shorter ones ("同意") say too little to be likened: they are proposed when they are the same.
_LEAST_LETTERS = 8
_GRAM = 3
#: So many groups of letters make a sketch. Of two texts that are 85 % alike a third is shared at
#: least; by chance less than ``_LEAST_SHARED`` is.
_SKETCH, _LEAST_SHARED, _MOST_COMPARED = 32, 0.15, 10
#: What is in the sketch of more texts than this tells nothing of one.
_COMMON = 400
#: Odd numbers that scatter the groups of letters over 64 bits.
_SCATTER = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)


@dataclass
class Cluster:
    """Texts that are like the first of them: their places in what was given, and the scores."""

    first: int
    scores: dict[int, float] = field(default_factory=dict)


def clusters(texts: Sequence[str], apart: Sequence[str | None] = ()) -> list[Cluster]:
    """Put together what is alike; each text is in one cluster, alone where it is like no other.

    Parameters
    ----------
    texts
        As :func:`webapp.consultation.reading.same_text` gives them.
    apart
        For each text what must not differ where both have it, such as for or against.
    """
    given = apart or [None] * len(texts)
    finder = _Finder(texts)
    made: dict[int, Cluster] = {}
    same: dict[tuple[str, str | None], int] = {}
    for place, text in enumerate(texts):
        key = (text, given[place])
        first, score = same.get(key), 100.0
        if first is None:
            first, score = _best(finder.near(place), texts, given, place)
        if first is None:
            made[place] = Cluster(place)
            finder.add(place)
            first = place
        same.setdefault(key, first)
        made[first].scores[place] = score
    return list(made.values())


def _best(
    near: Iterable[int], texts: Sequence[str], apart: Sequence[str | None], place: int
) -> tuple[int | None, float]:
    """The one most like a text, with the score; itself is the whole of its likeness else."""
    best: int | None = None
    least = LEAST_SCORE
    for other in near:
        if not _may_join(apart[place], apart[other]):
            continue
        score = fuzz.ratio(texts[place], texts[other], score_cutoff=least)
        if score and (best is None or score > least):
            best, least = other, score
    return best, least if best is not None else 100.0


def _may_join(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


class _Finder:
    """Leads from a text to those added before that may be like it."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._sketches = [_sketch(text) for text in texts]
        self._holders: dict[int, list[int]] = defaultdict(list)

    def add(self, place: int) -> None:
        """Let a text be found."""
        for gram in self._sketches[place]:
            self._holders[gram].append(place)

    def near(self, place: int) -> list[int]:
        """Those whose sketches share most with a text's and that are of like length."""
        sketch = self._sketches[place]
        shared: Counter[int] = Counter()
        for gram in sketch:
            holders = self._holders.get(gram, ())
            if len(holders) <= _COMMON:
                shared.update(holders)
        least = max(1, _LEAST_SHARED * len(sketch))
        likely = [(-count, other) for other, count in shared.items() if count >= least]
        alike = (other for _count, other in sorted(likely) if self._is_as_long(place, other))
        return list(islice(alike, _MOST_COMPARED))

    def _is_as_long(self, place: int, other: int) -> bool:
        """Whether lengths allow the score: the shared letters are at most those of the shorter."""
        shorter, longer = sorted((len(self._texts[place]), len(self._texts[other])))
        return 200 * shorter >= LEAST_SCORE * (shorter + longer)


def _sketch(text: str) -> list[int]:
    """The groups of letters that stand for a text; none for one that is too short."""
    if len(text) < _LEAST_LETTERS:
        return []
    letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    grams = sliding_window_view(letters, _GRAM) * _SCATTER
    found = np.unique(_mixed(grams.sum(axis=1, dtype=np.uint64)))
    kept: list[int] = found[:_SKETCH].tolist()
    return kept


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Scatter numbers, so that the first of them are a fair choice."""
    values = (values ^ (values >> np.uint64(32))) * _SCATTER[0]
    return values ^ (values >> np.uint64(29))
