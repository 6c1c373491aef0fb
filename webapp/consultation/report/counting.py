"""The numbers of a report: each table counts through :func:`webapp.consultation.reading.tally`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from geo.types import Text
from webapp.consultation import reading
from webapp.consultation.reading import Tally, Voice
from webapp.consultation.report import words
from webapp.consultation.report.gathering import Gathered
from webapp.consultation.words import CHANNELS, STANCES, STANDINGS, WITHHELD_FOR

#: What an opinion is counted under; several for topics.
Keys = Callable[[Voice], Iterable[str | None]]
Labels = dict[str | None, Text]


@dataclass(frozen=True)
class Counts:
    """Opinions counted by one property: a tally a row, and that of all.

    Attributes
    ----------
    id, by
        Its name for programs and people.
    note
        Why rows may not add up; None where they do.
    """

    id: str
    by: Text
    rows: tuple[tuple[Text, Tally], ...]
    total: Tally
    note: Text | None = None

    @property
    def title(self) -> Text:
        """``按渠道``."""
        return Text(zh=words.BY.zh.format(what=self.by.zh), en=words.BY.en.format(what=self.by.en))


def all_counts(found: Gathered) -> Iterator[Counts]:
    """Every table of numbers, in the order of the report."""
    voices = found.voices
    projects = _labels(found.project_names, words.WHOLE_PLAN)
    topics = _labels(found.topics, words.NO_TOPIC)
    stances = _labels(STANCES, words.NO_STANCE)
    yield _counts(voices, "channels", words.CHANNEL, _labels(CHANNELS), _channel)
    yield _counts(voices, "projects", words.PROJECT, projects, _project)
    yield _counts(voices, "topics", words.TOPIC, topics, _topics, words.TOPIC_NOTE)
    yield _counts(voices, "stances", words.STANCE, stances, _stance)
    yield _counts(voices, "standing", words.STANDING, _labels(STANDINGS), _standing)


def _labels(known: Mapping[Any, Text], of_none: Text | None = None) -> Labels:
    """The words of a registry, and those of what has nothing of it."""
    found: Labels = dict(known)
    if of_none is not None:
        found[None] = of_none
    return found


def withheld(found: Gathered) -> Counts:
    """Those that are withheld, by the reason."""
    hidden = [one for one in found.voices if one.standing == "withheld"]
    given = {one.moderation.code for one in hidden if one.moderation}
    labels: Labels = {code: title for code, title in WITHHELD_FOR.items() if code in given}
    return _counts(hidden, "withheld", words.CODE, labels, _code)


def _channel(one: Voice) -> list[str | None]:
    return [one.opinion.channel]


def _project(one: Voice) -> list[str | None]:
    return [one.opinion.project]


def _topics(one: Voice) -> list[str | None]:
    return [*dict.fromkeys(one.opinion.topics)] or [None]


def _stance(one: Voice) -> list[str | None]:
    return [one.opinion.stance]


def _standing(one: Voice) -> list[str | None]:
    return [one.standing]


def _code(one: Voice) -> list[str | None]:
    return [one.moderation.code] if one.moderation else []


def _counts(
    voices: Iterable[Voice],
    name: str,
    by: Text,
    labels: Labels,
    keys: Keys,
    note: Text | None = None,
) -> Counts:
    """A row for each label, also where nobody has it, and one for each key without a label."""
    listed = list(voices)
    parts: dict[str | None, list[Voice]] = {key: [] for key in labels}
    for voice in listed:
        for key in keys(voice):
            parts.setdefault(key, []).append(voice)
    rows = tuple(
        (labels.get(key, Text(zh=str(key), en=str(key))), reading.tally(part))
        for key, part in parts.items()
    )
    return Counts(name, by, rows, reading.tally(listed), note)
