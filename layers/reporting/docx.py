"""A report as DOCX, by python-docx: real headings and tables, maps at their true size."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Callable
from datetime import UTC
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell

from geo.types import Told, nobody
from layers import fonts
from layers.drawing import matplot
from layers.reporting import words
from layers.reporting.content import Block, Grid, Heading, Paragraph, Picture, Report, Title

MARGIN_MM, SHORT_MM, LONG_MM = 18.0, 210.0, 297.0
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "centre": WD_ALIGN_PARAGRAPH.CENTER,
}
_QUIET = RGBColor(100, 100, 100)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_FONT_TYPE = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
#: What XML 1.0 has no way to write, and what the writer would take for a break of its own.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: A row of texts below this stands on one page.
_SHORT, _FEW_ROWS = 400, 12
#: Files inside a DOCX carry no clock: the same report gives the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def write(report: Report, told: Told = nobody) -> bytes:
    """Write a report; the same report gives the same bytes. ``told`` hears of each block."""
    writer = _Writer(report)
    for done, block in enumerate(report.blocks):
        told(done, len(report.blocks))
        writer.put(block)
    target = io.BytesIO()
    writer.document.save(target)
    return _timeless(target.getvalue())


class _Writer:
    """Puts block after block into a document."""

    def __init__(self, report: Report) -> None:
        self.document: DocumentType = Document()
        self._report = report
        self._shown: Callable[[str], str] = verbatim if report.verbatim else fonts.shown_lines
        self._tables = self._pictures = 0
        self._upright = True
        _style(self.document)
        _page(self.document.sections[0], upright=True)
        _foot(self.document, report)
        _properties(self.document, report)
        _embed(self.document)

    def put(self, block: Block) -> None:
        """Write one block."""
        if isinstance(block, Title):
            self._title(block)
        elif isinstance(block, Heading):
            self._heading(block)
        elif isinstance(block, Paragraph):
            self._turn(upright=True)
            style = "List Bullet" if block.bullet else None
            self.document.add_paragraph(self._shown(block.text), style)
        elif isinstance(block, Grid):
            self._turn(upright=True)
            self._grid(block)
        else:
            self._picture(block)

    def _title(self, block: Title) -> None:
        for _ in range(6):
            self.document.add_paragraph()
        for line in block.text.split("\n"):
            self._line(line, 26, bold=True)
        self._line(block.under, 14)
        for _ in range(8):
            self.document.add_paragraph()
        for label, text in block.facts:
            paragraph = self.document.add_paragraph()
            paragraph.add_run(f"{fonts.shown(label)}　").font.color.rgb = _QUIET
            paragraph.add_run(self._shown(text))

    def _line(self, text: str, size: float, *, bold: bool = False) -> None:
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(self._shown(text))
        run.font.size, run.bold = Pt(size), bold

    def _heading(self, block: Heading) -> None:
        turned = block.level == 1 and self._turn(upright=not block.wide)
        heading = self.document.add_heading(self._shown(block.text), block.level)
        heading.paragraph_format.page_break_before = block.level == 1 and not turned

    def _turn(self, *, upright: bool) -> bool:
        """Begin a section of pages that stand or lie; tell whether one was begun."""
        if upright == self._upright:
            return False
        section = self.document.add_section(WD_SECTION.NEW_PAGE)
        _page(section, upright=upright)
        self._upright = upright
        return True

    def _picture(self, block: Picture) -> None:
        if not block.wide:
            self._turn(upright=True)
        self._pictures += 1
        image = matplot.write(block.drawing, "png", self._report.made_at)
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        paragraph.add_run().add_picture(io.BytesIO(image), width=Mm(block.drawing.width_mm))
        self._caption(words.PICTURE, self._pictures, block.caption)

    def _caption(self, form: Any, number: int, text: str, *, above: bool = False) -> None:
        told = form.in_(self._report.lang).format(n=number, text=self._shown(text))
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = above
        run = paragraph.add_run(told)
        run.bold, run.font.size = True, Pt(9)

    def _grid(self, block: Grid) -> None:
        self._tables += 1
        self._caption(words.TABLE, self._tables, block.caption, above=True)
        table = self.document.add_table(rows=1, cols=len(block.titles))
        table.style = self.document.styles["Table Grid"]
        table.autofit = False
        _narrow(table)
        room = SHORT_MM - 2 * MARGIN_MM
        widths = [Mm(room * width / sum(block.widths)) for width in block.widths]
        for cell, title, align in zip(table.rows[0].cells, block.titles, block.aligns, strict=True):
            _write(cell, self._shown(title), align, bold=True)
            _shade(cell)
            cell.paragraphs[0].paragraph_format.keep_with_next = True
        _repeat(table.rows[0])
        _keep_whole(table.rows[0])
        rows = [table.rows[0]]
        for number, texts in enumerate(block.rows):
            rows.append(table.add_row())
            # A short table is not broken over pages, a total not left alone.
            keeps = number + 1 in block.strong or number + 1 < len(block.rows) <= _FEW_ROWS
            for cell, text, align in zip(rows[-1].cells, texts, block.aligns, strict=True):
                _write(cell, self._shown(text), align, bold=number in block.strong)
                cell.paragraphs[0].paragraph_format.keep_with_next = keeps
            if all(len(text) < _SHORT for text in texts):
                _keep_whole(rows[-1])
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for row in rows:
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = width
        note = self.document.add_paragraph(self._shown(block.note))
        for run in note.runs:
            run.font.size, run.font.color.rgb = Pt(8), _QUIET


def _write(cell: _Cell, text: str, align: str, *, bold: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = _ALIGN[align]
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(7.5), bold


def _shade(cell: _Cell) -> None:
    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), "E9EDF1")
    cell._tc.get_or_add_tcPr().append(shade)


def _repeat(row: Any) -> None:
    """A table over several pages has its titles on each of them."""
    mark = OxmlElement("w:tblHeader")
    row._tr.get_or_add_trPr().append(mark)


def _narrow(table: Any) -> None:
    """Cells with as little beside their texts as those of the PDF have."""
    margins = "".join(f'<w:{side} w:w="57" w:type="dxa"/>' for side in ("left", "right"))
    properties = table._tbl.tblPr
    properties.append(parse_xml(f'<w:tblCellMar xmlns:w="{_W}">{margins}</w:tblCellMar>'))
    look = properties.find(qn("w:tblLook"))
    if look is not None:
        properties.append(look)


def _keep_whole(row: Any) -> None:
    """A row that is not broken over two pages; one of a long text must be."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def verbatim(text: str) -> str:
    """A text as it is, but for what XML cannot hold: a box stands for it, so that it is seen."""
    return _NOT_IN_XML.sub("□", text.replace("\r\n", "\n"))


def _style(document: DocumentType) -> None:
    """Our face in every style that a report uses."""
    sizes = {"Normal": 10.0, "List Bullet": 10.0, "Heading 1": 17.0, "Heading 2": 12.5}
    for name, size in sizes.items():
        style: Any = document.styles[name]
        style.font.name, style.font.size = fonts.FAMILY, Pt(size)
        style.font.color.rgb = RGBColor(34, 34, 34)
        properties = style.element.get_or_add_rPr()
        names = properties.get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            names.attrib.pop(qn(f"w:{theme}"), None)
        for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
            names.set(qn(f"w:{kind}"), fonts.FAMILY)
    document.styles["Normal"].paragraph_format.space_after = Pt(4)


def _page(section: Any, *, upright: bool) -> None:
    wide, tall = (SHORT_MM, LONG_MM) if upright else (LONG_MM, SHORT_MM)
    section.orientation = WD_ORIENT.PORTRAIT if upright else WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(wide), Mm(tall)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(MARGIN_MM))


def _foot(document: DocumentType, report: Report) -> None:
    """The notice and the number of the page at the foot of every page."""
    paragraph = document.sections[0].footer.paragraphs[0]
    run = paragraph.add_run(f"{report.notice}　·　")
    run.font.size, run.font.color.rgb = Pt(8), _QUIET
    number = OxmlElement("w:fldSimple")
    number.set(qn("w:instr"), "PAGE")
    paragraph._p.append(number)


def _properties(document: DocumentType, report: Report) -> None:
    core = document.core_properties
    core.title, core.author, core.comments = report.title, "Huitu", report.notice
    core.language = "zh-CN" if report.lang == "zh" else "en"
    core.created = core.modified = report.made_at.astimezone(UTC).replace(tzinfo=None)
    core.last_modified_by, core.revision = "Huitu", 1


def _embed(document: DocumentType) -> None:
    """Put both faces into the file, so that it looks the same where they are not installed."""
    table: Any = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    entries = []
    for number, (face, kind) in enumerate(((fonts.REGULAR, "Regular"), (fonts.BOLD, "Bold")), 1):
        content = fonts.require(face).read_bytes()
        key = uuid.uuid5(uuid.NAMESPACE_OID, face.sha256)
        name = PackURI(f"/word/fonts/font{number}.odttf")
        part = Part(name, _FONT_TYPE, _veiled(content, key), document.part.package)
        link = table.relate_to(part, RELATIONSHIP_TYPE.FONT)
        entries.append(f'<w:embed{kind} r:id="{link}" w:fontKey="{{{str(key).upper()}}}"/>')
    xml = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="{_W}" '
        f'xmlns:r="{_R}"><w:font w:name="{fonts.FAMILY}">{"".join(entries)}</w:font></w:fonts>'
    )
    table._blob = xml.encode()
    flag = parse_xml(f'<w:embedTrueTypeFonts xmlns:w="{_W}"/>')
    settings = document.settings.element
    zoom = settings.find(qn("w:zoom"))
    settings.insert(0 if zoom is None else settings.index(zoom) + 1, flag)


def _veiled(content: bytes, key: uuid.UUID) -> bytes:
    """A font as ISO/IEC 29500-1, 17.8.1 has it: its first 32 bytes mixed with its key."""
    veil = bytes.fromhex(key.hex)[::-1] * 2
    return bytes(a ^ b for a, b in zip(content[:32], veil, strict=True)) + content[32:]


def _timeless(content: bytes) -> bytes:
    """The same archive without the clock."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in source.namelist():
            info = zipfile.ZipInfo(name, _NO_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, source.read(name))
    return target.getvalue()
