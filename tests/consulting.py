"""Notices to send opinions to, and files to send with them, for every test of consultations."""

import io
from datetime import datetime, timedelta

from webapp.consultation.clock import ZONE
from webapp.consultation.procedures import close_after
from webapp.consultation.receiving import Sent
from webapp.consultation.tables import Notice

OPENS = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
CLOSES = close_after(OPENS, 30)
DURING = OPENS + timedelta(days=3)
ADDRESS = "无锡市惠山区文惠路 18 号"


def notice(notice_id="2026-003", **changed):
    """A notice that is open from OPENS to CLOSES."""
    values = {
        "title_zh": "中央公园与欣惠路",
        "title_en": "Central Park and Xinhui Road",
        "procedure": "plan-draft",
        "organiser": "惠山经济开发区管委会",
        "decider": "惠山区人民政府",
        "address": ADDRESS,
        "projects": ["R08", "P01"],
        "begun_by": "planner",
        "begun_at": OPENS - timedelta(days=9),
        "published_by": "planner",
        "published_at": OPENS - timedelta(days=1),
        "opens_at": OPENS,
        "closes_at": CLOSES,
    }
    return Notice(id=notice_id, **values | changed)


def sent(number=1, **changed):
    """What somebody sends, each with a key of its own."""
    values = {"key": f"{number:032x}", "words": f"多种 {number} 棵树。", "stance": "support"}
    return Sent(**values | changed)


def photo(kind="JPEG", size=(60, 40), mode="RGB", **options):
    """A small photo, with whatever Pillow can put into it."""
    from PIL import Image

    out = io.BytesIO()
    Image.new(mode, size, 128).save(out, kind, **options)
    return out.getvalue()


def told_photo():
    """A photo that tells its place, its device and that it is to be turned."""
    from PIL import Image

    exif = Image.Exif()
    exif[0x0110] = "SPY-CAM 3000"
    exif[0x0112] = 6
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (31.0, 40.0, 12.0)
    return photo(exif=exif, comment=b"SPY-COMMENT")


def paper(pages=1, words="A letter"):
    """A PDF of a few pages."""
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_author("SPY-AUTHOR")
    pdf.set_font("helvetica")
    for _ in range(pages):
        pdf.add_page()
        pdf.cell(text=words)
    return bytes(pdf.output())
