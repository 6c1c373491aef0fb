"""The commands ``huitu sheet`` and ``huitu report``: maps and reports on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from webapp import commands_export as shared
from webapp.translating import Voice

if TYPE_CHECKING:
    from layers.plan import Plan

_PATH = click.Path(path_type=Path)


def commands(say: Voice, command: Callable[..., click.Command]) -> list[click.Command]:
    """The two commands; ``command`` makes one that knows ``--data`` and ``--lang``."""
    return [_sheet(say, command), _report(say, command)]


def _sheet(say: Voice, command: Callable[..., click.Command]) -> click.Command:
    return command(
        "sheet",
        say,
        help=say("专题制图：按真实比例尺写出一张图（PDF 或 SVG）。"),
        params=[
            click.Option(["--paper"], default="A3", help=say("纸张：A4、A3、A2、A1、A0")),
            click.Option(["--portrait"], is_flag=True, help=say("纸张竖放")),
            click.Option(["--scale"], help=say("比例尺分母，2000 至 50000；不写时放下整个区域")),
            click.Option(["--centre"], help=say("图幅中心：经度,纬度，或项目编号")),
            click.Option(["--title"], default="", help=say("图名")),
            click.Option(["--layers"], help=say("画哪些图层，如 roads,parks,stations")),
            click.Option(["--no-labels"], is_flag=True, help=say("不注名称")),
            *_output(say, ["pdf", "svg"]),
            *(one for one in shared._criteria(say) if one.name != "layers"),
        ],
        run=lambda **options: _run_sheet(say, **options),
    )


def _report(say: Voice, command: Callable[..., click.Command]) -> click.Command:
    return command(
        "report",
        say,
        help=say("写出规划统计报告（PDF 或 DOCX）：地图、统计表、图表、方法和来源。"),
        params=[
            click.Option(["--group"], help=say("分组，如 district,class")),
            *_output(say, ["pdf", "docx"]),
            *shared._criteria(say),
            *shared._places(say),
        ],
        run=lambda **options: _run_report(say, **options),
    )


def _output(say: Voice, formats: list[str]) -> list[click.Parameter]:
    words = say("格式：{formats}", formats=" | ".join(formats))
    return [
        click.Option(["--format", "format_"], type=click.Choice(formats), help=words),
        click.Option(["-o", "--output"], type=_PATH, help=say("写到哪个文件")),
    ]


def _run_sheet(
    say: Voice,
    data: str | None,
    paper: str,
    portrait: bool,
    scale: str | None,
    centre: str | None,
    title: str,
    layers: str | None,
    no_labels: bool,
    format_: str | None,
    output: Path | None,
    **words: str | None,
) -> int:
    from layers.export.beside import beside
    from layers.sheet import SheetRequest, compose

    asked = shared._asked(data, words)
    sheet = compose(
        asked.plan,
        SheetRequest(
            paper=paper.upper(),
            landscape=not portrait,
            scale=_scale(say, scale),
            layers=_listed(layers),
            centre=_centre(say, asked.plan, centre),
            title=title,
            lang=say.lang,
            criteria=asked.question.criteria,
            labels=not no_labels,
        ),
    )
    chosen = _format(format_, output, ("pdf", "svg"))
    path = output or Path(f"sheet.{chosen}")
    content = sheet.write("svg" if chosen == "svg" else "pdf")
    with beside(path) as made:
        made.write_bytes(content)
    told = say(
        "已写出 {file}（{paper}，1:{scale}）", file=path, paper=paper.upper(), scale=sheet.scale
    )
    click.echo(told)
    return 0


def _run_report(
    say: Voice,
    data: str | None,
    format_: str | None,
    output: Path | None,
    boundary: Path | None,
    schematic: bool,
    **words: str | None,
) -> int:
    from layers.export import write
    from layers.reporting import compose

    words["boundary"] = shared._text(boundary) if boundary else None
    words["schematic"] = "1" if schematic else None
    asked = shared._asked(data, words)
    chosen = _format(format_, output, ("pdf", "docx"))
    path = output or Path(f"report.{chosen}")
    report = compose(asked.plan, asked.question, say.lang)
    write(chosen, report, path)
    click.echo(say("已写出 {file}", file=path))
    return 0


def _format(name: str | None, output: Path | None, known: tuple[str, ...]) -> str:
    """The format that was named, else that of the file's name, else the first."""
    suffix = output.suffix.lower().lstrip(".") if output else ""
    return name or (suffix if suffix in known else known[0])


def _scale(say: Voice, text: str | None) -> int | None:
    """Read ``10000``, ``10,000`` or ``1:10000``."""
    if text is None:
        return None
    digits = text.removeprefix("1:").replace(",", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 9):
        raise click.BadParameter(say("写成 10000 或 1:10000"), param_hint="--scale")
    return int(digits)


def _centre(say: Voice, plan: Plan, text: str | None) -> tuple[float, float] | None:
    """Read longitude and latitude, or take the place of a project."""
    if text is None:
        return None
    if "," not in text:
        place = plan.surroundings.position(plan.project(text).id)
        if place is None:
            raise click.BadParameter(say("项目未定位"), param_hint="--centre")
        return place
    try:
        east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise click.BadParameter(say("写成“经度,纬度”"), param_hint="--centre") from None
    return east, north


def _listed(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(part.strip() for part in text.split(",") if part.strip())
