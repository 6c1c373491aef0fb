"""What the public reads of opinions: equal ones together, in the order of their numbers.

Nothing that is withheld or not looked at yet is in here; it is counted by
:func:`webapp.consultation.reading.tally`, which counts everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from webapp.consultation.clock import day_of
from webapp.consultation.reading import Voice, same_text, subject_of
from webapp.consultation.tables import Decision
from webapp.consultation.words import VERDICTS

#: What an opinion may be searched by beside its decision.
UNDECIDED = "undecided"
STATUSES: tuple[str, ...] = (*VERDICTS, UNDECIDED, "pending", "withheld")
#: Stands for the whole plan where a project is chosen.
WHOLE = "whole"


@dataclass(frozen=True)
class Wanted:
    """Which opinions are wanted; empty for all.

    Attributes
    ----------
    project
        Its id, or :data:`WHOLE` for opinions on the whole plan.
    status
        One of :data:`STATUSES`.
    """

    project: str = ""
    topic: str = ""
    status: str = ""

    def admits(self, one: Voice) -> bool:
        """Whether an opinion is wanted."""
        about = one.opinion.project or WHOLE
        return (
            self.project in {"", about}
            and (not self.topic or self.topic in one.opinion.topics)
            and self.status in {"", status_of(one)}
        )


@dataclass(frozen=True)
class Answer:
    """What was decided, by whom and why, and the change of the plan that it led to."""

    verdict: str
    reason: str
    body: str
    on: date
    projects: tuple[str, ...]
    layer: str | None
    version: str | None

    @classmethod
    def of(cls, decision: Decision) -> Answer:
        """What the public reads of a decision; who of the staff wrote it stands in the log."""
        return cls(
            decision.verdict,
            decision.reason,
            decision.body,
            day_of(decision.at),
            tuple(decision.projects),
            decision.layer,
            decision.version,
        )


@dataclass(frozen=True)
class Said:
    """One opinion as the public reads it: by its number; the receipt is its author's alone."""

    number: int
    channel: str
    received_on: date
    words: str
    stance: str | None
    topics: tuple[str, ...]
    project: str | None
    files: int
    answer: Answer | None
    group: tuple[int, str] | None
    same: str

    @classmethod
    def of(cls, one: Voice) -> Said | None:
        """What of an opinion is public; None where nothing is."""
        words, opinion = one.public_words, one.opinion
        if words is None:
            return None
        return cls(
            number=opinion.number,
            channel=opinion.channel,
            received_on=day_of(opinion.received_at),
            words=words,
            stance=opinion.stance,
            topics=tuple(opinion.topics),
            project=opinion.project,
            files=sum(not file.is_scan for file in one.attachments),
            answer=Answer.of(one.decision) if one.decision else None,
            group=(one.group.id, one.group.title) if one.group else None,
            same=same_text(opinion.words),
        )


@dataclass(frozen=True)
class Lot:
    """Opinions of the same text about the same, with the same answer: the first speaks for all."""

    said: tuple[Said, ...]

    @property
    def first(self) -> Said:
        """The one of the lowest number."""
        return self.said[0]

    @property
    def numbers(self) -> str:
        """Their numbers, runs written as one: ``3, 7-9``."""
        return runs([one.number for one in self.said])

    @property
    def stances(self) -> Mapping[str, int]:
        """How many are for and against."""
        return Counter(one.stance for one in self.said if one.stance)

    @property
    def channels(self) -> Mapping[str, int]:
        """How many came by each channel."""
        return Counter(one.channel for one in self.said)


@dataclass(frozen=True)
class Entry:
    """An entry of the list: a group that is decided as one, or opinions of the same text.

    Attributes
    ----------
    title
        The group's; empty for opinions that are in none.
    """

    title: str
    lots: tuple[Lot, ...]

    @property
    def number(self) -> int:
        """The lowest number: its place in the list."""
        return self.lots[0].first.number

    @property
    def receipts(self) -> int:
        """How many opinions it is."""
        return sum(len(lot.said) for lot in self.lots)

    @property
    def answer(self) -> Answer | None:
        """The answer that all of it has; None where there is none yet, or not the same."""
        answers = {lot.first.answer for lot in self.lots}
        return answers.pop() if len(answers) == 1 else None


def status_of(one: Voice) -> str:
    """Where an opinion stands for the public: not shown, or what was decided."""
    if one.standing != "shown":
        return one.standing
    return one.decision.verdict if one.decision else UNDECIDED


def shown(found: Iterable[Voice]) -> list[Said]:
    """Those of them that the public may read."""
    return [said for said in map(Said.of, found) if said is not None]


def entries(found: Iterable[Voice]) -> list[Entry]:
    """The list, by number and never by size: what is decided as one or says the same is one."""
    gathered: dict[Hashable, list[Said]] = {}
    for one in found:
        said = Said.of(one)
        if said is not None:
            gathered.setdefault(_place(one, said), []).append(said)
    return [_entry(each) for each in gathered.values()]


def runs(numbers: Sequence[int]) -> str:
    """Ascending numbers with runs of three and more written as one: ``1, 3–5``."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][-1] == number - 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(
        f"{part[0]}–{part[-1]}" if len(part) > 2 else ", ".join(map(str, part)) for part in parts
    )


def _place(one: Voice, said: Said) -> Hashable:
    return subject_of(one) if one.group else _lot(said)


def _lot(said: Said) -> Hashable:
    return (said.same, said.project, said.answer)


def _entry(said: list[Said]) -> Entry:
    lots: dict[Hashable, list[Said]] = {}
    for one in said:
        lots.setdefault(_lot(one), []).append(one)
    title = said[0].group[1] if said[0].group else ""
    return Entry(title, tuple(Lot(tuple(each)) for each in lots.values()))
