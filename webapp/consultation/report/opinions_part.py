"""The numbers, every opinion with what was decided, the groups, and what is withheld."""

from __future__ import annotations

from collections.abc import Iterator

from geo.types import Text
from layers.reporting.content import Align, Block, Grid, Paragraph
from webapp.consultation.reading import Voice
from webapp.consultation.report import counting, sheets, telling, words
from webapp.consultation.report.asked import Asked, Row, lines
from webapp.consultation.report.counting import Counts
from webapp.consultation.words import CHANNELS, STANCES


def numbers(asked: Asked) -> Iterator[Block]:
    """How many opinions there are, by everything that they are counted by."""
    found, say, tally = asked.found, asked.say, asked.found.tally
    pending = tally.by_standing.get("pending", 0)
    yield Paragraph(
        say(
            words.SUMMARY_TEXT,
            receipts=tally.receipts,
            texts=tally.texts,
            subjects=tally.subjects,
            shown=tally.by_standing.get("shown", 0),
            withheld=tally.by_standing.get("withheld", 0),
            pending=say(words.PENDING, n=pending) if pending else "",
        )
    )
    told = [
        f"{telling.verdict(name, asked.lang)} {tally.by_verdict.get(name, 0)}"
        for name in sheets.verdicts(tally)
    ]
    yield Paragraph(say(words.ANSWERED_TEXT, verdicts=say(words.AND).join(told)))
    files = sum(telling.shown_files(one) for one in found.voices)
    if files:
        yield Paragraph(say(words.FILES_TEXT, n=files))
    for counts in counting.all_counts(found):
        yield _counts(asked, counts)


def _counts(asked: Asked, counts: Counts, title: Text | None = None) -> Grid:
    sheet = sheets.counted(counts, asked.lang)
    figures = len(sheet.columns) - 1
    right: list[Align] = ["right"] * figures
    return Grid(
        caption=asked.say(title or counts.title),
        titles=tuple(column.title.in_(asked.lang) for column in sheet.columns),
        aligns=("left", *right),
        widths=(3.4, *([1.0] * figures)),
        rows=tuple(tuple(str(cell) for cell in row) for row in sheet.rows),
        strong=frozenset({len(sheet.rows) - 1}),
        note=asked.say(counts.note) if counts.note else "",
    )


def every(asked: Asked) -> Iterator[Block]:
    """Every opinion with its decision and the reason."""
    found, say = asked.found, asked.say
    yield Paragraph(say(words.OPINIONS_NOTE))
    holding = {one.decision.id for one in found.voices if one.decision}
    earlier = len(found.decisions) - len(holding)
    if earlier:
        yield Paragraph(say(words.EARLIER, n=earlier))
    titles = (
        words.NUMBER,
        words.SOURCE,
        words.ABOUT,
        words.OPINION,
        words.VERDICT,
        words.REASON_AND_BODY,
    )
    yield Grid(
        caption=say(words.OPINIONS_TABLE, n=found.tally.receipts),
        titles=tuple(say(title) for title in titles),
        aligns=("right", "left", "left", "left", "left", "left"),
        widths=(10.0, 19.0, 29.0, 58.0, 18.0, 40.0),
        rows=tuple(_opinion(asked, one) for one in found.voices),
    )


def _opinion(asked: Asked, one: Voice) -> Row:
    found, opinion, lang = asked.found, one.opinion, asked.lang
    stance = telling.title_of(STANCES, opinion.stance, lang)
    topics = asked.say(words.AND).join(found.topics[name].in_(lang) for name in opinion.topics)
    channel = telling.title_of(CHANNELS, opinion.channel, lang)
    files = telling.shown_files(one)
    return (
        str(opinion.number),
        lines(f"{channel} {stance}".strip(), telling.moment(opinion.received_at)[:10]),
        lines(found.project_name(opinion.project).in_(lang), topics),
        lines(telling.said(one).in_(lang), asked.say(words.FILES_LINE, n=files) if files else ""),
        _verdict(asked, one),
        _reason(asked, one),
    )


def _verdict(asked: Asked, one: Voice) -> str:
    if one.decision is None:
        return asked.say(words.UNANSWERED)
    group = asked.found.group_number(one.group) if one.group else None
    return lines(
        telling.verdict(one.decision.verdict, asked.lang),
        asked.say(words.GROUP_LINE, n=group) if group else "",
    )


def _reason(asked: Asked, one: Voice) -> str:
    decision, found = one.decision, asked.found
    if decision is None:
        return ""
    named = [(change.layer, change.version) for change in found.changes]
    led = (decision.layer, decision.version)
    place = named.index(led) + 1 if led in named else 0
    return lines(
        decision.reason,
        asked.say(words.BODY_LINE, body=decision.body) if decision.body else "",
        asked.say(words.CHANGE_LINE, n=place) if place else "",
    )


def groups(asked: Asked) -> Iterator[Block]:
    """The opinions that were answered together."""
    found, say, lang = asked.found, asked.say, asked.lang
    if not found.groups:
        yield Paragraph(say(words.NO_GROUPS))
        return
    rows = []
    for number, group in enumerate(found.groups, start=1):
        members = found.members(group)
        decided = dict.fromkeys(_verdict_of(one, lang) for one in members)
        listed = sheets.numbers(members, lang)
        rows.append((str(number), group.title, str(len(members)), listed, "\n".join(decided)))
    titles = (
        words.GROUP,
        words.GROUP_TITLE,
        words.MEMBERS,
        words.MEMBER_NUMBERS,
        words.VERDICT,
    )
    yield Grid(
        caption=say(words.GROUPS_TABLE),
        titles=tuple(say(title) for title in titles),
        aligns=("right", "left", "right", "left", "left"),
        widths=(0.6, 3.2, 0.8, 3.4, 1.2),
        rows=tuple(rows),
    )


def _verdict_of(one: Voice, lang: str) -> str:
    return telling.verdict(one.decision.verdict if one.decision else None, lang)


def withheld(asked: Asked) -> Iterator[Block]:
    """How many are withheld, by the reason."""
    counts = counting.withheld(asked.found)
    if not counts.total.receipts:
        yield Paragraph(asked.say(words.NO_WITHHELD))
        return
    yield Paragraph(asked.say(words.WITHHELD_TEXT, n=counts.total.receipts))
    yield _counts(asked, counts, words.WITHHELD_TABLE)
