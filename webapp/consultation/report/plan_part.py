"""What changed in the plan because of opinions: in words, figures and on the map."""

from __future__ import annotations

from collections.abc import Iterator

from layers.diff import CLASSES, Change, Difference
from layers.reporting.content import Block, Grid, Heading, Paragraph
from webapp.consultation.report import sheets, telling, words
from webapp.consultation.report.asked import Asked, Row
from webapp.consultation.report.changes import PlanChange, picture_of


def changes(asked: Asked) -> Iterator[Block]:
    """Each change, its features and its map."""
    if not asked.found.changes:
        yield Paragraph(asked.say(words.NO_CHANGES))
    for number, change in enumerate(asked.found.changes, start=1):
        title = change.title.in_(asked.lang)
        yield Heading(asked.say(words.CHANGE_HEAD, n=number, layer=title), 2)
        yield from _change(asked, change)


def _change(asked: Asked, change: PlanChange) -> Iterator[Block]:
    say, lang = asked.say, asked.lang
    if change.found is None:
        yield Paragraph(say(words.GONE, version=change.version))
        return
    yield Paragraph(
        say(
            words.CHANGE_TEXT,
            layer=change.title.in_(lang),
            at=telling.day(change.published_at),
            after=change.version,
            before=change.before or say(words.FIRST_VERSION),
            numbers=sheets.numbers(asked.found.led_to(change), lang),
        )
    )
    if not change.found.changes:
        yield Paragraph(say(words.NOTHING_DIFFERS))
        return
    yield _differences(asked, change, change.found)
    picture = picture_of(asked.found.plan, change, lang)
    if picture is not None:
        yield picture


def _differences(asked: Asked, change: PlanChange, found: Difference) -> Grid:
    say, lang = asked.say, asked.lang
    rows = [_difference(asked, one) for one in found.changes]
    total = found.drawn
    gained = (
        telling.less(total.after.gross_m2, total.before.gross_m2),
        telling.less(total.after.length_m, total.before.length_m),
    )
    rows.append(
        (
            say(words.ALL_OF_LAYER),
            "",
            telling.measured(total.before.gross_m2, total.before.length_m, lang),
            telling.measured(total.after.gross_m2, total.after.length_m, lang),
            telling.gain(*gained, lang),
            "",
        )
    )
    titles = (words.FEATURE, words.KIND, words.WAS, words.IS, words.DIFFERS, words.MARK)
    return Grid(
        caption=say(words.CHANGE_TABLE, layer=change.title.in_(lang)),
        titles=tuple(say(title) for title in titles),
        aligns=("left", "left", "right", "right", "right", "left"),
        widths=(3.2, 1.4, 1.5, 1.5, 1.5, 0.9),
        rows=tuple(rows),
        strong=frozenset({len(rows) - 1}),
        note=say(words.CHANGE_NOTE, crs=found.metric_crs),
    )


def _difference(asked: Asked, one: Change) -> Row:
    was, now, lang = one.before, one.after, asked.lang
    gained = (
        telling.less(telling.area_of(now), telling.area_of(was)),
        telling.less(telling.length_of(now), telling.length_of(was)),
    )
    name = one.side.name.in_(lang)
    kinds = asked.say(words.AND).join(CLASSES[kind].title.in_(lang) for kind in one.classes)
    return (
        f"{one.side.id} {name}" if one.side.id else name,
        kinds,
        telling.figure(was, lang),
        telling.figure(now, lang),
        telling.gain(*gained, lang),
        asked.say(words.SCHEMATIC) if one.schematic else "",
    )
