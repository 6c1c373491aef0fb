"""Photos and PDFs of opinions: made anew in a process of its own, told in words, kept by hash."""

import hashlib
import io
import stat
import struct
import zlib

import pikepdf
import pytest
from PIL import Image, ImageCms

from geo.errors import HuituError
from geo.files.confined.rooms import Room
from tests.consulting import paper, photo, told_photo
from webapp.consultation import attachments, cleaning
from webapp.consultation.attachments import Cleaned, Files, Most, clean


def refused(content, name="照片.jpg", **options):
    with pytest.raises(HuituError) as told:
        clean(content, name, **options)
    for lang in ("zh", "en"):
        assert name in told.value.message(lang)
        assert told.value.hint(lang)
    return told.value.code


def opened(cleaned):
    return Image.open(io.BytesIO(cleaned.content))


# ---------------------------------------------------------------- photos


def test_a_photo_tells_neither_place_nor_device_and_stands_upright():
    before = told_photo()
    assert b"SPY-CAM" in before
    after = clean(before, "a.jpg")
    assert after.media_type == "image/jpeg"
    assert b"SPY" not in after.content
    found = opened(after)
    assert found.size == (40, 60)
    assert not found.getexif()
    assert "comment" not in found.info


@pytest.mark.parametrize(
    ("kind", "mode", "media_type"),
    [
        ("JPEG", "RGB", "image/jpeg"),
        ("JPEG", "L", "image/jpeg"),
        ("JPEG", "CMYK", "image/jpeg"),
        ("PNG", "RGB", "image/jpeg"),
        ("PNG", "RGBA", "image/png"),
        ("PNG", "P", "image/jpeg"),
        ("PNG", "I;16", "image/jpeg"),
        ("PNG", "1", "image/jpeg"),
        ("PNG", "LA", "image/png"),
        ("WEBP", "RGB", "image/jpeg"),
        ("WEBP", "RGBA", "image/png"),
    ],
)
def test_photos_of_every_kind(kind, mode, media_type):
    after = clean(photo(kind, mode=mode), "a")
    assert after.media_type == media_type
    assert opened(after).size == (60, 40)


def test_a_large_photo_is_made_smaller():
    after = opened(clean(photo(size=(6000, 3000)), "a.jpg"))
    assert after.size == (cleaning.EDGE_PIXELS, cleaning.EDGE_PIXELS // 2)


def test_colours_of_another_profile_become_those_of_screens():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for known in (profile, b"no profile at all"):
        after = opened(clean(photo(icc_profile=known), "a.jpg"))
        assert "icc_profile" not in after.info


def png_of(width, height):
    """A PNG that says it is as large as this and holds next to nothing."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 100)
    parts = chunk(b"IHDR", head), chunk(b"IDAT", data), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def moving(kind):
    out = io.BytesIO()
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "attachment-empty"),
        (b"MZ\x90 a program", "attachment-type"),
        (b"GIF89a" + bytes(99), "attachment-type"),
        (b"\0\0\0\x18ftypheic" + bytes(99), "attachment-type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "attachment-type"),
        (b"\xff\xd8\xff\xe0 no photo", "attachment-damaged"),
        (b"RIFF\0\0\0\0WEBP", "attachment-damaged"),
        (photo()[:400], "attachment-damaged"),
        (png_of(60_000, 60_000), "attachment-pixels"),
        (png_of(4_000, 4_000), "attachment-damaged"),
        (moving("PNG"), "attachment-moving"),
        (moving("WEBP"), "attachment-moving"),
        (b"%PDF-1.7 nothing", "attachment-damaged"),
    ],
)
def test_what_is_no_photo_is_told(content, code):
    assert refused(content) == code


def test_a_file_that_is_too_big_is_told_before_it_is_looked_at():
    assert refused(photo(), most=Most(size_bytes=100)) == "attachment-too-big"


def test_a_process_that_takes_too_much_is_ended(caplog):
    room = Room(memory_bytes=60_000_000, cpu_seconds=5, wall_seconds=5.0, written_bytes=10_000_000)
    assert refused(photo(size=(4000, 4000)), room=room) == "attachment-too-long"
    assert "cleaning process" in caplog.text


def test_an_answer_that_is_not_ours_is_refused():
    for answer in (b"", b"[]\n", b'{"media_type": "text/html"}\n<p>', b'{"code": "x"}\n'):
        with pytest.raises(HuituError) as told:
            attachments._taken_apart(answer, "a.jpg")
        assert told.value.code == "attachment-too-long"


# ---------------------------------------------------------------- PDF


def read(content):
    return pikepdf.open(io.BytesIO(content))


def armed():
    """A PDF that runs a script, carries a file, links outside and tells its author."""
    with read(paper(2)) as pdf:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('SPY-SCRIPT')")
        pdf.Root.OpenAction = pdf.make_indirect(script)
        pdf.Root.Names = pikepdf.Dictionary(
            JavaScript=pikepdf.Dictionary(Names=["a", pdf.make_indirect(script)])
        )
        pdf.attachments["SPY-FILE.exe"] = b"MZ"
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=[0, 0, 99, 99],
            A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://SPY-LINK/"),
        )
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([link]))
        pdf.pages[1].AA = pikepdf.Dictionary(O=script)
        with pdf.open_metadata() as metadata:
            metadata["dc:creator"] = ["SPY-METADATA"]
        out = io.BytesIO()
        pdf.save(out, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def unpacked(content):
    out = io.BytesIO()
    with read(content) as pdf:
        pdf.save(
            out,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return out.getvalue()


def test_a_pdf_keeps_its_pages_and_nothing_that_acts_or_tells():
    before = armed()
    for spy in (b"SPY-SCRIPT", b"SPY-FILE", b"SPY-LINK", b"SPY-METADATA"):
        assert spy in unpacked(before)
    after = clean(before, "信.pdf")
    assert after.media_type == "application/pdf"
    plain = unpacked(after.content)
    assert b"SPY" not in plain
    assert b"JavaScript" not in plain
    with read(after.content) as pdf:
        assert len(pdf.pages) == 2
        assert "/Info" not in pdf.trailer


def picture_of(pdf):
    return next(one for one in pdf.objects if isinstance(one, pikepdf.Stream) and "/Width" in one)


def test_photos_inside_a_pdf_tell_nothing_either():
    from fpdf import FPDF

    pdf = FPDF()
    pdf.add_page()
    pdf.image(io.BytesIO(told_photo()), w=50)
    with read(bytes(pdf.output())) as made:
        stream = picture_of(made)
        stream.write(told_photo(), filter=pikepdf.Name.DCTDecode)
        out = io.BytesIO()
        made.save(out)
    assert b"SPY-CAM" in out.getvalue()
    after = clean(out.getvalue(), "a.pdf")
    assert b"SPY" not in after.content
    with read(after.content) as cleaned:
        assert Image.open(io.BytesIO(picture_of(cleaned).read_raw_bytes())).size == (60, 40)


def test_what_was_filled_in_stays_readable():
    with read(paper()) as pdf:
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T="answer",
                V="FILLED-IN",
                DA="/F1 12 Tf 0 g",
                F=4,
                Rect=[50, 50, 250, 80],
            )
        )
        pdf.pages[0].Annots = pikepdf.Array([field])
        pdf.Root.AcroForm = pikepdf.Dictionary(
            Fields=[field], DA="/F1 12 Tf 0 g", NeedAppearances=True, DR=pdf.pages[0].Resources
        )
        out = io.BytesIO()
        pdf.save(out)
    assert b"FILLED-IN" in unpacked(clean(out.getvalue(), "a.pdf").content)


def locked(**passwords):
    out = io.BytesIO()
    with read(paper()) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(**passwords))
    return out.getvalue()


def test_a_pdf_with_a_password_is_told_and_one_that_only_forbids_copying_is_taken():
    assert refused(locked(user="secret", owner="secret")) == "attachment-locked"
    with read(clean(locked(user="", owner="secret"), "a.pdf").content) as pdf:
        assert not pdf.is_encrypted


def test_a_pdf_of_too_many_pages_is_told():
    assert refused(paper(3), "a.pdf", most=Most(pages=2)) == "attachment-pages"


def test_the_same_file_twice_is_the_same_content():
    for content in (armed(), told_photo()):
        assert clean(content, "a") == clean(content, "b")


# ---------------------------------------------------------------- keeping


def test_files_are_kept_by_hash_for_their_owner_alone(tmp_path):
    files = Files(tmp_path)
    sha256 = files.put(b"content")
    assert sha256 == hashlib.sha256(b"content").hexdigest()
    path = files.path(sha256)
    assert path == tmp_path / "private" / "files" / sha256[:2] / sha256
    assert path.read_bytes() == b"content"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert files.put(b"content") == sha256
    assert [one.name for one in path.parent.iterdir()] == [sha256]


@pytest.mark.parametrize("wrong", ["", "..", "../../etc/passwd", "A" * 64, "0" * 63])
def test_only_a_hash_names_a_file(tmp_path, wrong):
    with pytest.raises(ValueError, match="hash"):
        Files(tmp_path).path(wrong)


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path):
    files = Files(tmp_path)
    wanted = files.path(hashlib.sha256(b"x").hexdigest())
    wanted.mkdir(parents=True)
    (wanted / "in the way").touch()
    files._folder.joinpath("other").mkdir()
    with pytest.raises(OSError, match=wanted.name):
        files._write(wanted, b"x")
    assert [one.name for one in wanted.parent.iterdir()] == [wanted.name]


def test_a_cleaned_file_shows_no_content_in_a_log():
    assert repr(Cleaned(b"secret", "image/png")) == "Cleaned(6 bytes, 'image/png')"
