"""Every format that can be exported: one registry for the page, the API, the commands and docs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from geo.errors import InputError, NotFound, ProblemKind
from geo.types import Text, Told, nobody
from layers.export.beside import beside
from layers.export.content import Features, Tables
from layers.reporting.content import Report

#: What can be written: figures, features, or a report with maps and charts.
Kind = Literal["table", "features", "report"]

WRONG_KIND = ProblemKind(
    "export-kind",
    "error",
    Text(zh="{format} 不能写出{what}", en="{format} cannot hold {what}"),
    Text(zh="可用的格式：{formats}", en="Formats for it: {formats}"),
)
KINDS = (WRONG_KIND,)
_WHAT = {
    "table": Text(zh="统计表", en="tables"),
    "features": Text(zh="要素", en="features"),
    "report": Text(zh="报告", en="a report"),
}


@dataclass(frozen=True)
class Format:
    """One format.

    Attributes
    ----------
    id, title, description
        Its name for programs, for people, and what it is good for.
    media_type, suffix
        As HTTP and file systems name it.
    kinds
        What it can hold.
    put
        Writes a content to a path; called through :func:`write`.
    """

    id: str
    title: str
    description: Text
    media_type: str
    suffix: str
    kinds: tuple[Kind, ...]
    put: Callable[[Any, Path, Told], None]

    def filename(self, name: str) -> str:
        """Name of a file that is offered for download."""
        return f"{name}{self.suffix}"


def _csv(content: Tables | Features, path: Path, told: Told) -> None:
    from layers.export import csvfile

    csvfile.write(_tables(content), path, told)


def _xlsx(content: Tables | Features, path: Path, _told: Told) -> None:
    from layers.export import xlsx

    xlsx.write(_tables(content), path)


def _tables(content: Tables | Features) -> Tables:
    from layers.export.features import as_tables

    return as_tables(content) if isinstance(content, Features) else content


def _geojson(content: Features, path: Path, told: Told) -> None:
    from layers.export import geodata

    geodata.write_geojson(content, path, told)


def _geopackage(content: Features, path: Path, told: Told) -> None:
    from layers.export import geodata

    geodata.write_geopackage(content, path, told)


def _flatgeobuf(content: Features, path: Path, _told: Told) -> None:
    from layers.export import geodata

    geodata.write_flatgeobuf(content, path)


def _shapefile(content: Features, path: Path, told: Told) -> None:
    from layers.export import shapefile

    shapefile.write(content, path, told)


def _pdf(content: Report, path: Path, told: Told) -> None:
    from layers.reporting import write_pdf

    path.write_bytes(write_pdf(content, told))


def _docx(content: Report, path: Path, told: Told) -> None:
    from layers.reporting import write_docx

    path.write_bytes(write_docx(content, told))


_ALL = (
    Format(
        "csv",
        "CSV",
        Text(
            zh="一张表，UTF-8（带 BOM），Excel 直接打开；表后有来源和行数",
            en="One table in UTF-8 with its mark, opened by Excel as it is; provenance and the"
            " number of rows after the rows",
        ),
        "text/csv",
        ".csv",
        ("table", "features"),
        _csv,
    ),
    Format(
        "xlsx",
        "Excel (XLSX)",
        Text(
            zh="统计表、重叠、来源各一页，数值为数值，表头固定并写明单位",
            en="A sheet each for figures, overlaps and provenance; numbers are numbers, headers"
            " stay in sight and name the unit",
        ),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".xlsx",
        ("table", "features"),
        _xlsx,
    ),
    Format(
        "gpkg",
        "GeoPackage",
        Text(
            zh="所有要素（含未定位），坐标系已设，QGIS 打开即按图例着色",
            en="Every feature, those without a place too, with its CRS; QGIS opens it in the"
            " colours of the legend",
        ),
        "application/geopackage+sqlite3",
        ".gpkg",
        ("features",),
        _geopackage,
    ),
    Format(
        "geojson",
        "GeoJSON",
        Text(
            zh="RFC 7946，经纬度（WGS 84），成员 huitu 写明来源",
            en="RFC 7946, longitude and latitude (WGS 84), provenance in the member huitu",
        ),
        "application/geo+json",
        ".geojson",
        ("features",),
        _geojson,
    ),
    Format(
        "shp",
        "Shapefile (ZIP)",
        Text(
            zh="UTF-8，每种图形一个文件；字段改名和每一处改动列在 README.txt",
            en="UTF-8, one file for each kind of geometry; short field names and every change are"
            " listed in README.txt",
        ),
        "application/zip",
        ".zip",
        ("features",),
        _shapefile,
    ),
    Format(
        "fgb",
        "FlatGeobuf",
        Text(
            zh="一个文件一张表，适合大数据量和网络读取",
            en="One table in one file, for large data and for reading over the network",
        ),
        "application/octet-stream",
        ".fgb",
        ("features",),
        _flatgeobuf,
    ),
    Format(
        "pdf",
        "PDF",
        Text(
            zh="报告：真实比例尺的矢量地图、统计表、图表、方法和来源，中文字体已嵌入",
            en="A report: vector maps at a true scale, tables, charts, method and provenance, with"
            " the Chinese font inside",
        ),
        "application/pdf",
        ".pdf",
        ("report",),
        _pdf,
    ),
    Format(
        "docx",
        "Word (DOCX)",
        Text(
            zh="同一份报告，可在 Word 或 LibreOffice 中接着编辑",
            en="The same report, to be edited further in Word or LibreOffice",
        ),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".docx",
        ("report",),
        _docx,
    ),
)
#: Format by id.
FORMATS: Mapping[str, Format] = MappingProxyType({one.id: one for one in _ALL})


def format_of(name: str) -> Format:
    """The format of an id; NotFound when there is none."""
    try:
        return FORMATS[name]
    except KeyError:
        raise NotFound(Text(zh="格式", en="format"), name) from None


def for_kind(kind: Kind) -> tuple[Format, ...]:
    """The formats that can hold a kind of content."""
    return tuple(one for one in FORMATS.values() if kind in one.kinds)


def kind_of(content: object) -> Kind:
    """What a content is."""
    if isinstance(content, Tables):
        return "table"
    return "features" if isinstance(content, Features) else "report"


def refuse_kind(chosen: Format, kind: Kind) -> None:
    """Raise InputError when a format cannot hold a kind of content."""
    if kind not in chosen.kinds:
        fit = ", ".join(one.id for one in for_kind(kind))
        formats = Text(zh=fit, en=fit)
        raise InputError(WRONG_KIND.at(format=chosen.title, what=_WHAT[kind], formats=formats))


def write(name: str, content: object, path: Path, told: Told = nobody) -> None:
    """Write a content in a format, whole or not at all.

    Parameters
    ----------
    name
        Id of a format.
    content
        :class:`~layers.export.content.Tables`, :class:`~layers.export.content.Features` or
        :class:`~layers.reporting.Report`.
    path
        The file; one that is there is replaced once the new one is whole and durable.
    told
        Hears how many rows, features or blocks of how many are written, where the writer of the
        format knows; those of XLSX and FlatGeobuf do not.

    Raises
    ------
    NotFound
        There is no such format.
    InputError
        The format cannot hold this kind of content.
    OSError
        The disk is full or the folder cannot be written; nothing is left behind.
    """
    chosen = format_of(name)
    refuse_kind(chosen, kind_of(content))
    with beside(path, chosen.suffix) as made:
        chosen.put(content, made, told)
