"""The pages of a report: facts, days, numbers, every opinion, the changes, and the proof."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from geo.types import Text
from layers.plan import software
from layers.reporting.content import Block, Heading, Paragraph, Report, Title
from webapp.consultation.report import (
    notice_part,
    opinions_part,
    plan_part,
    proof_part,
    telling,
    words,
)
from webapp.consultation.report.asked import Asked
from webapp.consultation.report.gathering import Gathered

Section = Callable[[Asked], Iterator[Block]]
#: The parts and the sections of each; a part of one section needs no second heading.
_PARTS: tuple[tuple[Text, tuple[tuple[Text | None, Section], ...]], ...] = (
    (words.PART_NOTICE, ((words.FACTS, notice_part.facts), (words.DAYS, notice_part.days))),
    (words.PART_NUMBERS, ((None, opinions_part.numbers),)),
    (
        words.PART_OPINIONS,
        (
            (words.EVERY, opinions_part.every),
            (words.GROUPS, opinions_part.groups),
            (words.WITHHELD, opinions_part.withheld),
        ),
    ),
    (words.PART_CHANGES, ((None, plan_part.changes),)),
    (
        words.PART_PROOF,
        ((words.PROOF, proof_part.proof), (words.SIGNATURE, proof_part.signature)),
    ),
)


def compose(found: Gathered, lang: str = "zh") -> Report:
    """Compose the pages; the same data give the same blocks."""
    asked = Asked(found, lang)
    report = Report(
        title=f"{found.title.in_(lang)} {asked.say(words.TITLE)}",
        lang=lang,
        notice=asked.say(
            words.FOOT, id=found.notice.id, inputs=found.inputs[:16], state=asked.state
        ),
        made_at=found.made_at,
        blocks=tuple(_blocks(asked)),
        verbatim=True,
    )
    if not report.lost:
        return report
    letters = " ".join(f"U+{ord(letter):04X}" for letter in report.lost)
    lost = Paragraph(asked.say(words.LOST, letters=letters))
    return replace(report, blocks=(*report.blocks, lost))


def _blocks(asked: Asked) -> Iterator[Block]:
    yield _title(asked)
    for part, sections in _PARTS:
        yield Heading(asked.say(part), 1)
        for title, section in sections:
            if title is not None:
                yield Heading(asked.say(title), 2)
            yield from section(asked)


def _title(asked: Asked) -> Title:
    found, notice, say = asked.found, asked.found.notice, asked.say
    period = say(words.NOT_OPENED)
    if notice.opens_at:
        period = f"{telling.moment(notice.opens_at)} – {telling.close(notice.closes_at)}"
    facts = (
        (say(words.NOTICE_ID), notice.id),
        (say(words.PROCEDURE), found.procedure.title.in_(asked.lang)),
        (say(words.ORGANISER), notice.organiser or say(words.NONE)),
        (say(words.DECIDER), asked.decider),
        (say(words.PERIOD), period),
        (say(words.STATE), asked.state),
        (say(words.DATA_AT), telling.moment(found.made_at)),
        (say(words.INPUTS), found.inputs),
        (say(words.SOFTWARE), software()),
    )
    under = say(words.UNDER, title=found.title.in_(asked.lang))
    return Title(say(words.TITLE), under, facts)
