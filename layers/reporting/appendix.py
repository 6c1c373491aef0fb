"""The end of a report: the register of projects, the method, and where every layer comes from."""

from __future__ import annotations

from collections.abc import Iterator

from layers.plan import Plan
from layers.reporting import words
from layers.reporting.content import Block, Grid, Paragraph
from layers.statistics import Provenance, Table


def register(plan: Plan, ids: tuple[str, ...], lang: str) -> Grid:
    """Every project that the report counts, located or not."""
    say = (words.ID, words.NAME, words.LAYER, words.STAGE, words.YEARS, words.QUALITY, words.FIGURE)
    return Grid(
        caption=words.PROJECTS.in_(lang),
        titles=tuple(text.in_(lang) for text in say),
        aligns=("left",) * 6 + ("right",),
        widths=(0.8, 4.2, 1.6, 1.4, 1.4, 1.3, 2.2),
        rows=tuple(_project(plan, one, lang) for one in ids),
    )


def _project(plan: Plan, project_id: str, lang: str) -> tuple[str, ...]:
    told = plan.dossier(project_id)
    project = told.project
    stage, quality = told.choice("stage"), told.choice("geometry_quality")
    years = "–".join(str(year) for year in dict.fromkeys(() if project.undated else project.years))
    drawn = " = ".join(one.in_(lang) for one in told.drawn.display) if told.drawn else "—"
    return (
        project.id,
        project.name.in_(lang),
        told.spec.title.in_(lang),
        stage.title.in_(lang) if stage else "—",
        years or words.UNDATED.in_(lang),
        quality.title.in_(lang) if quality else "—",
        drawn,
    )


def method(found: Provenance, answer: Table, lang: str) -> Iterator[Block]:
    """How the figures were made, and what each mark means."""
    yield Paragraph(f"{words.CRS.in_(lang)}：{found.crs_name} ({found.crs})")
    for sentence in found.methods:
        yield Paragraph(sentence.in_(lang), bullet=True)
    for mark in answer.marks:
        yield Paragraph(f"{mark.title.in_(lang)}：{mark.meaning.in_(lang)}", bullet=True)


def origins(found: Provenance, plan: Plan, lang: str) -> Iterator[Block]:
    """Every layer version that the report rests on."""
    say = (words.LAYER, words.VERSION, words.FILE, words.FEATURES, words.PUBLISHED, words.LICENCE)
    shown = [layer.id for layer in plan.layers]
    rows = tuple(_origin(plan, layer, lang) for layer in shown)
    yield Grid(
        caption=words.PROVENANCE.in_(lang),
        titles=tuple(text.in_(lang) for text in say),
        aligns=("left", "left", "left", "right", "left", "left"),
        widths=(1.5, 1.5, 4.0, 1.0, 2.1, 3.0),
        rows=rows,
    )
    yield Paragraph(f"{words.SOFTWARE.in_(lang)}：{found.software}")
    yield Paragraph(f"{words.STATE.in_(lang)}：{found.state}")
    yield Paragraph(f"{words.SOURCE.in_(lang)}：{plan.catalog.zone.source.in_(lang)}")


def _origin(plan: Plan, layer_id: str, lang: str) -> tuple[str, ...]:
    layer, version = plan.catalog.layer(layer_id), plan.version(layer_id)
    published = plan.publication(layer_id)
    steps = len(version.problems[lang])
    mends = f"\n{words.STEPS.in_(lang)}: {steps}" if steps else ""
    return (
        layer.title.in_(lang),
        version.id,
        f"{version.file}\n{version.sha256}{mends}",
        f"{version.features} ({version.located})",
        f"{published.at[:19].replace('T', ' ')}\n{published.by}",
        f"{layer.licence}\n{layer.source.in_(lang)}",
    )
