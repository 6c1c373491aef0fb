"""The hash of the inputs, the head of the log, and room to sign."""

from __future__ import annotations

from collections.abc import Iterator

from layers.reporting.content import Block, Grid, Paragraph
from webapp.consultation.report import telling, words
from webapp.consultation.report.asked import Asked, pairs
from webapp.journal import ACTIONS

#: Room for a seal or a name.
_BLANK = "\n\n\n\n"


def proof(asked: Asked) -> Iterator[Block]:
    """What the report can be checked by."""
    found, say = asked.found, asked.say
    head, final = found.log_head, found.finalised
    yield Paragraph(say(words.PROOF_TEXT))
    rows = [
        (say(words.INPUTS), found.inputs),
        (say(words.LOG_SIZE), say(words.LOG_SIZE_OF, n=found.log_size)),
    ]
    if head is not None:
        told = say(
            words.LOG_HEAD_OF, number=head.number, at=telling.moment(head.at), hash=head.hash
        )
        rows.append((say(words.LOG_HEAD), told))
    finalised = say(words.NOT_FINALISED)
    if final is not None:
        at = telling.moment(final.at)
        finalised = say(words.FINALISED_OF, n=final.number, at=at, hash=final.inputs)
    rows.append((say(words.FINALISED), finalised))
    yield pairs(asked, words.PROOF_TABLE, rows)
    yield Paragraph(say(words.REPEAT), bullet=True)
    yield Paragraph(say(words.VERIFY), bullet=True)
    if found.log:
        yield _entries(asked)


def _entries(asked: Asked) -> Grid:
    say, lang = asked.say, asked.lang
    titles = (words.ENTRY, words.MOMENT, words.ACTION, words.HASH)
    return Grid(
        caption=say(words.LOG_TABLE),
        titles=tuple(say(title) for title in titles),
        aligns=("right", "left", "left", "left"),
        widths=(0.7, 1.5, 1.5, 5.0),
        rows=tuple(
            (str(one.number), telling.moment(one.at), ACTIONS[one.action].in_(lang), one.hash)
            for one in asked.found.log
        ),
    )


def signature(asked: Asked) -> Iterator[Block]:
    """Room for seal, name and date."""
    say = asked.say
    yield Paragraph(say(words.SIGN_TEXT))
    yield Grid(
        caption=say(words.SIGN_TABLE),
        titles=tuple(map(say, (words.SIGN_UNIT, words.SIGN_PERSON, words.SIGN_DATE))),
        aligns=("left", "left", "centre"),
        widths=(1.4, 1.2, 1.2),
        rows=((_BLANK, _BLANK, f"{_BLANK}{say(words.SIGN_DATE_BLANK)}"),),
    )
