"""The formats of a report: one registry for the pages, the command and the docs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from geo.types import Text
from layers.export import FORMATS as EXPORTED
from webapp.consultation.report.composing import compose
from webapp.consultation.report.gathering import Gathered
from webapp.consultation.report.sheets import tables


@dataclass(frozen=True)
class Format:
    """A format of a report: its name for people, its media type, and how its bytes are made."""

    id: str
    title: Text
    media_type: str
    write: Callable[[Gathered, str], bytes]

    def filename(self, notice_id: str) -> str:
        """Name of a file that is offered for download."""
        return f"consultation-{notice_id}-report.{self.id}"


def write(name: str, found: Gathered, lang: str) -> bytes:
    """A report in a format; the same data give the same bytes."""
    return FORMATS[name].write(found, lang)


def _docx(found: Gathered, lang: str) -> bytes:
    from layers.reporting import write_docx

    return write_docx(compose(found, lang))


def _pdf(found: Gathered, lang: str) -> bytes:
    from layers.reporting import write_pdf

    return write_pdf(compose(found, lang))


def _table(name: str) -> Callable[[Gathered, str], bytes]:
    def made(found: Gathered, lang: str) -> bytes:
        with TemporaryDirectory(prefix="huitu-report-") as folder:
            path = Path(folder) / name
            EXPORTED[name].put(tables(found, lang), path, lambda _done, _total: None)
            return path.read_bytes()

    return made


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        one.id: one
        for one in (
            Format("docx", Text(zh="Word", en="Word"), EXPORTED["docx"].media_type, _docx),
            Format("pdf", Text(zh="PDF", en="PDF"), EXPORTED["pdf"].media_type, _pdf),
            Format(
                "xlsx", Text(zh="Excel", en="Excel"), EXPORTED["xlsx"].media_type, _table("xlsx")
            ),
            Format("csv", Text(zh="CSV", en="CSV"), EXPORTED["csv"].media_type, _table("csv")),
        )
    }
)
