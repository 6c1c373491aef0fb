"""Moments, figures and one opinion as a report writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from geo.types import Text
from layers.diff import Side
from layers.reporting.numbers import DASH
from webapp.consultation.clock import ZONE, written
from webapp.consultation.reading import Voice
from webapp.consultation.report import words
from webapp.consultation.words import VERDICTS, WITHHELD_FOR

_M2_PER_HECTARE, _M_PER_KM = 10_000, 1000


def moment(value: datetime | None) -> str:
    """A moment on the zone's clock, to the minute."""
    return DASH if value is None else f"{value.astimezone(ZONE):%Y-%m-%d %H:%M}"


def close(value: datetime | None) -> str:
    """A moment that something ends at: midnight is 24:00 of the day that it ends."""
    return DASH if value is None else written(value)


def said(one: Voice) -> Text:
    """What of an opinion may be printed: its words, or why they are not."""
    if one.public_words is not None:
        return Text(zh=one.public_words, en=one.public_words)
    if one.moderation is None:
        return words.PENDING_LINE
    code = one.moderation.code
    why = WITHHELD_FOR.get(code, Text(zh=code, en=code))
    return Text(
        zh=words.WITHHELD_LINE.zh.format(why=why.zh), en=words.WITHHELD_LINE.en.format(why=why.en)
    )


def shown_files(one: Voice) -> int:
    """How many files came with an opinion; the scan of one on paper is its paper."""
    return sum(not file.is_scan for file in one.attachments)


def figure(side: Side | None, lang: str) -> str:
    """Area or length of one side of a change."""
    return DASH if side is None else measured(side.area_m2, side.length_m, lang)


def measured(area_m2: float | None, length_m: float | None, lang: str) -> str:
    """An area, or else a length, with its unit."""
    if area_m2 is not None:
        return f"{area_m2 / _M2_PER_HECTARE:,.2f} {words.HA.in_(lang)}"
    return DASH if length_m is None else f"{length_m / _M_PER_KM:,.2f} {words.KM.in_(lang)}"


def less(after: float | None, before: float | None) -> float | None:
    """By how much a figure grew; what was not there counts as nothing."""
    if after is None and before is None:
        return None
    return (after or 0.0) - (before or 0.0)


def gain(area_m2: float | None, length_m: float | None, lang: str) -> str:
    """A difference with its sign: ``+0.42 公顷``; in ㎡ or m where hectares would say nothing."""
    if area_m2 is not None:
        return _signed(area_m2, _M2_PER_HECTARE, words.HA.in_(lang), words.M2.in_(lang))
    return DASH if length_m is None else _signed(length_m, _M_PER_KM, words.KM.in_(lang), "m")


def _signed(value: float, per: int, large: str, small: str) -> str:
    is_small = abs(value) < per / 100
    figure = f"{value:+,.0f}" if is_small else f"{value / per:+,.2f}"
    unit = small if is_small else large
    return f"0 {unit}" if figure in {"+0", "-0"} else f"{figure} {unit}".replace("-", "−")


def day(stamp: str) -> str:
    """The day of an ISO 8601 moment in the zone's calendar."""
    return f"{datetime.fromisoformat(stamp).astimezone(ZONE):%Y-%m-%d}" if stamp else DASH


def title_of(known: Mapping[Any, Text], key: str | None, lang: str) -> str:
    """The words of a registry; a key that it has not as it is, nothing for none."""
    title = known.get(key)
    return title.in_(lang) if title else key or ""


def verdict(name: str | None, lang: str) -> str:
    """What a decision is called; None is what has none yet."""
    return words.UNANSWERED.in_(lang) if name is None else title_of(VERDICTS, name, lang)


def area_of(side: Side | None) -> float | None:
    """Area of one side of a change; None where it has none."""
    return None if side is None else side.area_m2


def length_of(side: Side | None) -> float | None:
    """Length of one side of a change; None where it has none."""
    return None if side is None else side.length_m
