"""The report as sheets: every opinion with all that is public of it, the numbers, the changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from geo.types import Text
from layers.diff import CLASSES, Change, Sums
from layers.export.content import Cell, Column, Provenance, Sheet, Tables
from layers.export.provenance import origin
from layers.plan import software
from webapp.consultation.reading import Tally, Voice
from webapp.consultation.report import counting, telling, words
from webapp.consultation.report.changes import PlanChange
from webapp.consultation.report.counting import Counts
from webapp.consultation.report.gathering import Gathered
from webapp.consultation.report.telling import title_of
from webapp.consultation.words import CHANNELS, STANCES, STANDINGS, VERDICTS, WITHHELD_FOR

_OPINION_COLUMNS = (
    Column("number", words.NUMBER, kind="integer"),
    Column("channel", words.SOURCE),
    Column("received_at", words.RECEIVED),
    Column("project", words.PROJECT_TITLE),
    Column("topics", words.TOPIC_TITLE),
    Column("stance", words.STANCE_TITLE),
    Column("words", words.OPINION),
    Column("files", words.FILES, kind="integer"),
    Column("standing", words.STANDING_TITLE),
    Column("code", words.CODE_TITLE),
    Column("group", words.GROUP, kind="integer"),
    Column("verdict", words.VERDICT),
    Column("reason", words.REASON),
    Column("body", words.BODY),
    Column("decided_at", words.DECIDED),
    Column("change", words.CHANGE),
)
_GROUP_COLUMNS = (
    Column("group", words.GROUP, kind="integer"),
    Column("title", words.GROUP_TITLE),
    Column("opinions", words.MEMBERS, kind="integer"),
    Column("numbers", words.MEMBER_NUMBERS),
)
_CHANGE_COLUMNS = (
    Column("layer", words.LAYER),
    Column("before", words.VERSION_BEFORE),
    Column("after", words.VERSION_AFTER),
    Column("id", words.NUMBER),
    Column("feature", words.FEATURE),
    Column("change", words.KIND),
    Column("area_before", words.AREA_WAS, words.HA, "number", 4),
    Column("area_after", words.AREA_IS, words.HA, "number", 4),
    Column("area_change", words.AREA_DIFFERS, words.HA, "number", 4),
    Column("length_before", words.LENGTH_WAS, words.KM, "number", 4),
    Column("length_after", words.LENGTH_IS, words.KM, "number", 4),
    Column("length_change", words.LENGTH_DIFFERS, words.KM, "number", 4),
    Column("mark", words.MARK),
    Column("opinions", words.NUMBERS_OF),
)
_M2_PER_HECTARE, _M_PER_KM = 10_000, 1000


def tables(found: Gathered, lang: str) -> Tables:
    """The sheets of a report; the first has every opinion."""
    counts = [*counting.all_counts(found), counting.withheld(found)]
    sheets = (
        opinions(found, lang),
        *(counted(one, lang) for one in counts),
        Sheet("groups", words.GROUPS, _GROUP_COLUMNS, list(_groups(found, lang))),
        Sheet("changes", words.CHANGES, _CHANGE_COLUMNS, list(_changes(found, lang))),
    )
    name = f"consultation-{found.notice.id}-report"
    return Tables(name, sheets, provenance(found), lang)


def provenance(found: Gathered) -> Provenance:
    """What the sheets are made of: the notice, its hash, and the versions that were compared."""
    zone, title = found.plan.catalog.zone, found.title
    layers = dict.fromkeys(one.layer for one in found.changes if one.found is not None)
    head = found.log_head
    return Provenance(
        title=Text(zh=f"{title.zh}　{words.TITLE.zh}", en=f"{title.en}: {words.TITLE.en}"),
        zone=zone.title,
        plan=zone.plan,
        source=zone.source,
        crs=zone.metric_crs,
        methods=(words.OPINIONS_NOTE, words.TOPIC_NOTE, words.REPEAT),
        marks=(),
        software=software(),
        state=found.plan.state,
        origins=tuple(origin(found.plan, layer) for layer in layers),
        asked={
            "what": "consultation-report",
            "notice": found.notice.id,
            "inputs": found.inputs,
            "log": f"{head.number}:{head.hash}" if head else "",
        },
    )


def opinions(found: Gathered, lang: str) -> Sheet:
    """Every opinion, anonymised, with what was decided."""
    rows = [_opinion(found, one, lang) for one in found.voices]
    return Sheet("opinions", words.OPINIONS, _OPINION_COLUMNS, rows)


def _opinion(found: Gathered, one: Voice, lang: str) -> tuple[Cell, ...]:
    opinion, decision = one.opinion, one.decision
    code = one.moderation.code if one.moderation else ""
    return (
        opinion.number,
        title_of(CHANNELS, opinion.channel, lang),
        telling.moment(opinion.received_at),
        found.project_name(opinion.project).in_(lang),
        words.AND.in_(lang).join(found.topics[topic].in_(lang) for topic in opinion.topics),
        title_of(STANCES, opinion.stance or "", lang),
        telling.said(one).in_(lang),
        telling.shown_files(one),
        STANDINGS[one.standing].in_(lang),
        title_of(WITHHELD_FOR, code, lang),
        found.group_number(one.group) if one.group else None,
        telling.verdict(decision.verdict if decision else None, lang),
        decision.reason if decision else "",
        decision.body if decision else "",
        telling.moment(decision.at) if decision else "",
        decision.version or "" if decision else "",
    )


def verdicts(total: Tally) -> list[str | None]:
    """The columns of decisions; that of the unanswered only where there are any."""
    return [*VERDICTS, *([None] if total.by_verdict.get(None) else [])]


def counted(counts: Counts, lang: str) -> Sheet:
    """A table of numbers, the total last."""
    names = verdicts(counts.total)
    columns = (
        Column(counts.id, Text(zh=counts.by.zh, en=counts.by.en.capitalize())),
        Column("receipts", words.NUMBER_OF, kind="integer"),
        *(Column(str(name), _verdict(name), kind="integer") for name in names),
    )
    rows = [_counted(label.in_(lang), one, names) for label, one in counts.rows]
    rows.append(_counted(words.TOTAL.in_(lang), counts.total, names))
    return Sheet(counts.id, counts.title, columns, rows)


def _verdict(name: str | None) -> Text:
    return Text(zh=telling.verdict(name, "zh"), en=telling.verdict(name, "en"))


def _counted(label: str, one: Tally, names: Sequence[str | None]) -> tuple[Cell, ...]:
    return (label, one.receipts, *(one.by_verdict.get(name, 0) for name in names))


def _groups(found: Gathered, lang: str) -> Iterator[tuple[Cell, ...]]:
    for number, group in enumerate(found.groups, start=1):
        members = found.members(group)
        yield number, group.title, len(members), numbers(members, lang)


def numbers(voices: Sequence[Voice], lang: str) -> str:
    """The numbers of opinions, runs of them as such: ``3、7–12``."""
    runs: list[list[int]] = []
    for number in sorted(one.opinion.number for one in voices):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = (str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
    return words.AND.in_(lang).join(parts)


def _changes(found: Gathered, lang: str) -> Iterator[tuple[Cell, ...]]:
    for one in found.changes:
        if one.found is None:
            continue
        answered = numbers(found.led_to(one), lang)
        for change in one.found.changes:
            yield (*_changed(one, change, lang), answered)
        balance = one.found.drawn
        yield (
            one.title.in_(lang),
            one.before,
            one.version,
            "",
            words.ALL_OF_LAYER.in_(lang),
            "",
            *_figures(balance.before, balance.after),
            "",
            answered,
        )


def _changed(one: PlanChange, change: Change, lang: str) -> tuple[Cell, ...]:
    was, now = change.before, change.after
    return (
        one.title.in_(lang),
        one.before,
        one.version,
        change.side.id,
        change.side.name.in_(lang),
        CLASSES[change.kind].title.in_(lang),
        *_row(telling.area_of(was), telling.area_of(now), _M2_PER_HECTARE),
        *_row(telling.length_of(was), telling.length_of(now), _M_PER_KM),
        words.SCHEMATIC.in_(lang) if change.schematic else "",
    )


def _figures(was: Sums, now: Sums) -> tuple[Cell, ...]:
    return (
        *_row(was.gross_m2, now.gross_m2, _M2_PER_HECTARE),
        *_row(was.length_m, now.length_m, _M_PER_KM),
    )


def _row(was: float | None, now: float | None, per: int) -> tuple[float | None, ...]:
    """Before, after and the difference in a larger unit."""
    values = (was, now, telling.less(now, was))
    return tuple(None if value is None else value / per for value in values)
