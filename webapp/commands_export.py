"""The commands ``huitu export``, ``huitu stats`` and ``huitu verify``.

What they take is what an address takes: the same words, read by the same reader, so that page and
command line answer with the same figures.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo.errors import InputError
from webapp.console import FAILED
from webapp.translating import Voice

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from layers.export import Format, Sheet, Verdict
    from layers.plan import Plan
    from webapp.questions import Asked

_PATH = click.Path(path_type=Path)
#: Taken where neither a format nor a file name says it.
_FEATURES_FORMAT = "gpkg"
#: What ``huitu stats`` knows besides the formats: the JSON of the API.
_JSON = "json"


def commands(say: Voice, command: Callable[..., click.Command]) -> list[click.Command]:
    """The three commands; ``command`` makes one that knows ``--data`` and ``--lang``."""
    return [_export(say, command), _stats(say, command), _verify(say, command)]


def _export(say: Voice, command: Callable[..., click.Command]) -> click.Command:
    return command(
        "export",
        say,
        help=say("导出要素。LAYER 是图层编号；projects 是全部项目。"),
        params=[
            click.Argument(["layer"]),
            *_output(say, say("格式：gpkg、geojson、shp、fgb、csv、xlsx")),
            click.Option(["--crs"], default="EPSG:4326", help=say("坐标的 EPSG 代码")),
            *_criteria(say),
        ],
        run=lambda **options: _run_export(say, **options),
    )


def _stats(say: Voice, command: Callable[..., click.Command]) -> click.Command:
    return command(
        "stats",
        say,
        help=say("统计：数量、长度、毛面积、净面积、重叠。不写 -o 时显示在屏幕上。"),
        params=[
            click.Option(
                ["--table"],
                default="statistics",
                help=say("哪张表：statistics、overlaps、stated，或一项分析的编号"),
            ),
            click.Option(["--group"], help=say("分组，如 district,class")),
            click.Option(["--unit"], help=say("面积单位：ha、mu、m2、km2")),
            *_output(say, say("格式：csv、xlsx、json")),
            *_criteria(say),
            *_places(say),
        ],
        run=lambda **options: _run_stats(say, **options),
    )


def _verify(say: Voice, command: Callable[..., click.Command]) -> click.Command:
    return command(
        "verify",
        say,
        help=say("按文件写明的版本重算导出的 CSV 或 XLSX，指出第一处不同。不同时退出码为 1。"),
        params=[click.Argument(["file"], type=_PATH)],
        run=lambda data, file: _run_verify(say, data, file),
    )


def _output(say: Voice, formats: str) -> list[click.Parameter]:
    return [
        click.Option(["--format", "format_"], metavar="F", help=formats),
        click.Option(["-o", "--output"], type=_PATH, help=say("写到哪个文件")),
    ]


def _criteria(say: Voice) -> list[click.Parameter]:
    return [
        click.Option(["--layers"], help=say("只要这些图层，如 roads,parks")),
        click.Option(["--stage"], help=say("只要这些规划阶段，如 start,complete")),
        click.Option(["--years"], help=say("只要这些年份，如 2021-2023")),
        click.Option(["--q"], help=say("名称、编号或拼音中的文字")),
        click.Option(["--versions"], help=say("用这些版本，如 roads:7e68e1bf6200")),
        click.Option(["--as-of", "as_of"], help=say("用这一天的版本，如 2026-11-23")),
    ]


def _places(say: Voice) -> list[click.Parameter]:
    return [
        click.Option(["--lead"], help=say("只要这些牵头层级")),
        click.Option(["--district"], help=say("只算这些片区，如 D_EAST")),
        click.Option(["--within"], help=say("只算车站这么多米以内，如 800")),
        click.Option(["--boundary"], type=_PATH, help=say("只算这个 GeoJSON 面以内")),
        click.Option(["--schematic"], is_flag=True, help=say("示意图形也计入长度和面积")),
    ]


# ---------------------------------------------------------------- what they do


def _run_export(
    say: Voice,
    data: str | None,
    layer: str,
    format_: str | None,
    output: Path | None,
    crs: str,
    **words: str | None,
) -> int:
    from layers.export import features

    chosen = _chosen(format_, output, _FEATURES_FORMAT)
    asked = _asked(data, words)
    criteria = asked.question.criteria
    content = features(asked.plan, layer, criteria=criteria, crs=crs, lang=say.lang)
    count = sum(len(one.frame) for one in content.layers)
    return _written(say, chosen, content, output, count)


def _run_stats(
    say: Voice,
    data: str | None,
    table: str,
    format_: str | None,
    output: Path | None,
    boundary: Path | None,
    schematic: bool,
    **words: str | None,
) -> int:
    from layers.export import tables

    words["boundary"] = _text(boundary) if boundary else None
    words["schematic"] = "1" if schematic else None
    asked = _asked(data, words)
    if format_ == _JSON:
        return _as_json(say, asked, table, output)
    content = tables(table, asked.plan, asked.question, unit=asked.unit, lang=say.lang)
    if format_ is None and output is None:
        click.echo("\n".join(_aligned(content.main, say.lang)))
        return 0
    chosen = _chosen(format_, output, "csv")
    return _written(say, chosen, content, output, len(content.main.rows))


def _as_json(say: Voice, asked: Asked, name: str, output: Path | None) -> int:
    """The answer of the API, always in metres: to the screen, or to a file."""
    from layers.export.beside import beside
    from layers.statistics import answer

    told = json.dumps(answer(asked.plan, name, asked.question), ensure_ascii=False, indent=1)
    if output is None:
        click.echo(told)
        return 0
    with beside(output) as made:
        made.write_text(told + "\n", "utf-8")
    click.echo(say("已写出 {file}（{size} kB）", file=output, size=len(told) // 1000))
    return 0


def _run_verify(say: Voice, data: str | None, file: Path) -> int:
    from layers.export import verify

    verdict = verify(_plan(data), file)
    click.echo(_told(say, verdict, file))
    return 0 if verdict.reproduced else FAILED


def _told(say: Voice, verdict: Verdict, file: Path) -> str:
    difference = verdict.difference
    if difference is None:
        versions = ", ".join(f"{layer}:{one}" for layer, one in verdict.versions.items())
        return say(
            "{file} 已复现：{rows} 行，版本 {versions}",
            file=file.name,
            rows=verdict.rows,
            versions=versions,
        )
    return say(
        "{file} 未复现：{sheet}第 {row} 行（{name}）{column}，文件为 {found}，重算为 {wanted}",
        file=file.name,
        sheet=say.pick(difference.sheet),
        row=difference.row,
        name=difference.name,
        column=difference.column,
        found=difference.found,
        wanted=difference.wanted,
    )


def _plan(data: str | None) -> Plan:
    from layers.plan import Plan
    from webapp.settings import Settings

    return Plan.open(Settings.read(data=data).data)


def _asked(data: str | None, words: dict[str, str | None]) -> Asked:
    """Read the options as the words of an address are read; every problem is told at once."""
    from werkzeug.datastructures import MultiDict

    from webapp.questions import QuestionReader, read_question

    given = MultiDict({name: word for name, word in words.items() if word is not None})
    reader = QuestionReader(given, in_address=False)
    asked = read_question(reader, _past(_plan(data), given))
    reader.refuse()
    return asked


def _past(plan: Plan, given: MultiDict[str, str]) -> Plan:
    """The plan of the versions and the day that were named, which are then read."""
    from webapp.questions import NOTHING_YET, QuestionReader, end_of

    reader = QuestionReader(given)
    versions, day = reader.versions("versions"), reader.day("as_of")
    reader.refuse()
    for name in ("versions", "as_of"):
        given.poplist(name)
    past = (plan if day is None else plan.as_of(end_of(day))).at(versions)
    if day is not None and not past.project_layer_ids:
        raise InputError(NOTHING_YET.at(field="as_of", value=day.isoformat()))
    return past


def _text(path: Path) -> str:
    """The words of a file; what is not UTF-8 is told by whoever reads them."""
    return path.read_bytes().decode("utf-8-sig", "replace")


def _chosen(name: str | None, output: Path | None, usual: str) -> Format:
    """The format that was named, else that of the file's name, else the usual one."""
    from layers.export import FORMATS, format_of

    if name is not None:
        return format_of(name)
    suffix = output.suffix.lower() if output else ""
    by_suffix = {one.suffix: one for one in FORMATS.values()}
    return by_suffix[suffix] if suffix in by_suffix else format_of(usual)


def _written(say: Voice, chosen: Format, content: Any, output: Path | None, rows: int) -> int:
    from layers.export import write

    path = output or Path(chosen.filename(content.name))
    write(chosen.id, content, path)
    told = say("已写出 {file}（{format}，{rows} 行）", file=path, format=chosen.title, rows=rows)
    click.echo(told)
    return 0


def _aligned(sheet: Sheet, lang: str) -> list[str]:
    """A table for the screen: columns that hold nothing are left out, figures stand right."""
    from layers.export import csvfile
    from layers.export.content import text_width

    lines = list(csvfile.table_lines(sheet, lang))
    columns = [
        (column, [line[place] for line in lines])
        for place, column in enumerate(sheet.columns)
        if any(line[place] for line in lines[1:])
    ]
    padded = []
    for column, cells in columns:
        width = max(text_width(cell) for cell in cells)
        padded.append([_padded(cell, width - text_width(cell), column.kind) for cell in cells])
    return ["  ".join(row).rstrip() for row in _rows(padded)]


def _padded(cell: str, blanks: int, kind: str) -> str:
    return cell + " " * blanks if kind == "text" else " " * blanks + cell


def _rows(columns: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    return list(zip(*columns, strict=True))
