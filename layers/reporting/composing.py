"""Composes a report from the plan and its statistics; it measures nothing itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from geo.crs import metric_crs
from geo.types import Text, Told, nobody
from layers.plan import Plan, software
from layers.reporting import analyses, appendix, mapping, tables, words
from layers.reporting.content import Block, Heading, Paragraph, Report, Title
from layers.reporting.numbers import DASH, area, km, land_both
from layers.statistics import Question, Table, overlaps, provenance, stated, table
from layers.statistics.question import allowed

#: Sections of a report: headings of the first level.
_SECTIONS = 9


@dataclass(frozen=True)
class Asked:
    """What a report is of: the plan, the question and the language."""

    plan: Plan
    question: Question
    lang: str

    def say(self, text: Text, **values: object) -> str:
        """A text in the language of the report; a value is never a template."""
        return text.in_(self.lang).format(**values)


def compose(
    plan: Plan,
    question: Question | None = None,
    lang: str = "zh",
    told: Told = nobody,
) -> Report:
    """Compose the report of a question; all projects without one.

    ``told`` is called before each section with the number of those that are done and of all.

    Raises
    ------
    InputError
        The question names what the plan has not, or its boundary cannot be used.
    """
    asked = Asked(plan, question or Question(), lang)
    zone = plan.catalog.zone
    title = f"{zone.title.in_(lang)} {asked.say(words.TITLE)}".strip()
    blocks = list(_counted(_blocks(asked), told))
    report = Report(title, lang, asked.say(words.NOTICE), _made_at(plan), tuple(blocks))
    if report.lost:
        letters = " ".join(f"U+{ord(letter):04X}" for letter in report.lost)
        lost = Paragraph(asked.say(words.LOST, letters=letters))
        report = Report(title, lang, report.notice, report.made_at, (*blocks, lost))
    return report


def _counted(blocks: Iterable[Block], told: Told) -> Iterator[Block]:
    done = 0
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            told(done, _SECTIONS)
            done += 1
        yield block


def _blocks(asked: Asked) -> Iterator[Block]:
    plan, question = asked.plan, asked.question
    answer = table(plan, question)
    yield _title(asked, answer)
    yield Heading(asked.say(words.SUMMARY))
    yield from _summary(asked, answer)
    yield Heading(asked.say(words.MAPS), wide=True)
    yield from mapping.maps(plan, answer.total.ids, asked.lang)
    yield Heading(asked.say(words.FIGURES))
    yield from tables.statistics(plan, question, asked.lang)
    yield Heading(asked.say(words.OVERLAPS))
    yield from tables.pairs(overlaps(plan, question), asked.lang)
    yield Heading(asked.say(words.STATED))
    yield from tables.comparisons(stated(plan, question), asked.lang)
    yield Heading(asked.say(words.ANALYSES))
    yield from analyses.all_of(plan, question, asked.lang)
    yield Heading(asked.say(words.PROJECTS))
    yield appendix.register(plan, answer.total.ids, asked.lang)
    yield Heading(asked.say(words.METHOD))
    yield from appendix.method(provenance(plan, question), answer, asked.lang)
    yield Heading(asked.say(words.PROVENANCE))
    yield from appendix.origins(provenance(plan, question), plan, asked.lang)


def _title(asked: Asked, answer: Table) -> Title:
    zone, say = asked.plan.catalog.zone, asked.say
    crs = metric_crs(zone.metric_crs)
    facts = (
        (say(words.ASKED), described(asked, answer)),
        (say(words.SOURCE), zone.source.in_(asked.lang)),
        (say(words.DATE), _made_at(asked.plan).date().isoformat()),
        (say(words.CRS), f"{crs.name} ({zone.metric_crs})"),
        (say(words.REVIEW), zone.review_number or say(words.NO_REVIEW)),
        (say(words.SOFTWARE), software()),
        (say(words.STATE), answer.state),
    )
    under = zone.plan.in_(asked.lang)
    return Title(f"{zone.title.in_(asked.lang)}\n{say(words.TITLE)}", under, facts)


def described(asked: Asked, answer: Table) -> str:
    """The question in words: every filter that was set."""
    plan, lang, question = asked.plan, asked.lang, answer.question
    criteria = question.criteria
    layers = [plan.catalog.layer(one).title for one in criteria.layers or ()]
    districts = [plan.districts["name"].loc[one] for one in question.districts or ()]
    parts = [
        _named(layers, lang),
        _named(_titles(plan, "stage", criteria.stages), lang),
        "–".join(str(year) for year in criteria.years or ()),
        criteria.q,
        _named(_titles(plan, "lead", question.leads), lang),
        _named(districts, lang),
        asked.say(words.WITHIN, metres=question.within_m) if question.within_m else "",
        asked.say(words.BOUNDARY) if question.boundary is not None else "",
    ]
    return " · ".join(part for part in parts if part) or asked.say(words.EVERYTHING)


def _titles(plan: Plan, field: str, values: Iterable[str] | None) -> list[Text]:
    known = allowed(plan, field)
    return [known[value] for value in values or ()]


def _named(titles: Iterable[Text], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(title.in_(lang) for title in titles)


def _summary(asked: Asked, answer: Table) -> Iterator[Block]:
    say, total, lang = asked.say, answer.total, asked.lang
    rule = words.TAKEN_IN if answer.question.schematic else words.LEFT_OUT
    yield Paragraph(
        say(
            words.SUMMARY_TEXT,
            count=total.count,
            unlocated=total.unlocated,
            schematic=total.schematic,
            rule=say(rule),
        )
    )
    if total.length_m is not None:
        yield Paragraph(say(words.TOTAL_LENGTH, value=f"{km(total.length_m)} km"), True)
    if total.gross_m2 is not None:
        figures = (total.gross_m2, total.net_m2, total.overlap_m2)
        gross, net, overlap = (land_both(value, lang) for value in figures)
        yield Paragraph(say(words.TOTAL_AREA, gross=gross, net=net, overlap=overlap), True)
    if total.stated.known:
        land, floor = land_both(total.stated.land, lang), area("floor", total.stated.floor, lang)
        count = DASH if total.stated.count is None else f"{total.stated.count:g}"
        yield Paragraph(say(words.STATED_LINE, land=land, floor=floor, count=count), True)
    for mark in answer.marks:
        yield Paragraph(f"{mark.title.in_(lang)}：{mark.meaning.in_(lang)}", True)


def _made_at(plan: Plan) -> datetime:
    stamps = [plan.publication(layer.id).at for layer in plan.layers]
    return datetime.fromisoformat(max(stamps, default="1970-01-01T00:00:00+00:00"))
