"""The form by which an opinion is shown or withheld: its masks, and what the public would read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from geo.types import Text
from webapp.consultation import masks
from webapp.consultation.masks import Mask
from webapp.consultation.moderation import MOST_OF_A_NOTE
from webapp.consultation.reading import Voice, masked
from webapp.forms import Form
from webapp.views.moderation.common import chosen

_RANGES = Text(zh="字符范围", en="Ranges of characters")
_HIDDEN = Text(zh="要遮盖的文字", en="Words to mask")
_MOST = 4000
_LINE_END = re.compile(r"\r\n|\r|\n")


def wanted_masks(words: str, form: Form) -> list[Mask]:
    """The masks of the form: proposals that are ticked, ranges, and words wherever they stand.

    Raises
    ------
    InputError
        A range is none or lies outside, or a word stands nowhere.
    """
    ranges = form.text("masks", _RANGES, most=_MOST, required=False)
    hidden = form.text("hidden", _HIDDEN, most=_MOST, required=False)
    form.refuse()
    ticked = [range_ for key in chosen("proposal") for range_ in masks.parse(key)]
    sought = masks.exact(words, _LINE_END.split(hidden))
    return masks.checked(words, [*ticked, *masks.parse(ranges), *sought])


def words_of(one: Voice, form: Form, wanted: Sequence[Mask] | None = None) -> dict[str, Any]:
    """What the form shows of an opinion.

    Proposals are ticked before anybody has decided: showing personal data by oversight is worse
    than masking too much. Afterwards the masks that hold stand as ranges.

    Parameters
    ----------
    wanted
        The masks of a form that was sent to be looked at.
    """
    words, last, sent = one.opinion.words, one.moderation, bool(form.value("do"))
    found = masks.proposals(words)
    holding = [(start, end) for start, end in last.masks] if last else []
    ticked = chosen("proposal") if sent else [] if last else [_key(place) for place in found]
    shown = holding if last else [(place.start, place.end) for place in found]
    return {
        "lines": _lines(words),
        "proposals": [
            (_key(place), place.title, words[place.start : place.end], _key(place) in ticked)
            for place in found
        ],
        "ranges": form.value("masks") if sent else masks.written(holding),
        "public": masked(words, shown if wanted is None else wanted),
        "previewed": wanted is not None,
        "most_of_a_note": MOST_OF_A_NOTE,
    }


def _key(place: masks.Proposal) -> str:
    return masks.written([(place.start, place.end)])


def _lines(words: str) -> list[tuple[int, str]]:
    """Each line with the place at which it starts: a page tells all line ends alike."""
    starts = [0, *(found.end() for found in _LINE_END.finditer(words))]
    return list(zip(starts, _LINE_END.split(words), strict=True))
