"""The report: maps at a true scale, tables, charts, method and provenance, as PDF and DOCX."""

from geo.types import Told, nobody
from layers.reporting.composing import compose
from layers.reporting.content import Block, Grid, Heading, Paragraph, Picture, Report, Title

__all__ = [
    "Block",
    "Grid",
    "Heading",
    "Paragraph",
    "Picture",
    "Report",
    "Title",
    "compose",
    "write_docx",
    "write_pdf",
]


def write_pdf(report: Report, told: Told = nobody) -> bytes:
    """Write a report as PDF with embedded fonts; the same report gives the same bytes."""
    from layers.reporting import pdf

    return pdf.write(report, told)


def write_docx(report: Report, told: Told = nobody) -> bytes:
    """Write a report as DOCX with embedded fonts; the same report gives the same bytes."""
    from layers.reporting import docx

    return docx.write(report, told)
