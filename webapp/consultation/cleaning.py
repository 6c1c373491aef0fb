"""Making a photo or PDF anew, in a process of its own that can do nothing else.

``python -P -m webapp.consultation.cleaning`` is started by :mod:`webapp.consultation.attachments`:
it takes a task and the bytes from its standard input, shuts itself in, and only then decodes.
What comes out is written by our own libraries: no place, device or author, no script, no link.
"""

from __future__ import annotations

import io
import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from geo.errors import InputError, Problem, ProblemKind
from geo.types import Text

if TYPE_CHECKING:
    import pikepdf
    from PIL.Image import Image

#: A photo keeps at most so many pixels on its longer side: enough for a sheet of A3.
EDGE_PIXELS = 4096
#: A photo of more is not unpacked at all; telephones make 48 to 50 million.
MOST_PIXELS = 64_000_000
_QUALITY = 88
#: Opened by the library that reads encrypted PDFs.
_RANDOM = Path("/dev/urandom")
#: What of a page and of a document means something on paper or to a screen reader.
_BOXES = ("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox")
_OF_PAGE = frozenset(
    {"/Type", "/Parent", "/Resources", "/Contents", *_BOXES, "/Rotate", "/Group", "/StructParents"}
) | {"/UserUnit"}
_OF_DOCUMENT = frozenset(
    {"/Type", "/Pages", "/Lang", "/MarkInfo", "/StructTreeRoot", "/OCProperties"}
)
#: What an object may tell of its author, or ask of another program or file.
_TELLING = ("/Metadata", "/PieceInfo", "/LastModified", "/AF", "/AA", "/Ref", "/OPI", "/Thumb")
_OF_STREAM = ("/F", "/FFilter", "/FDecodeParms")
#: Segments of a JPEG file: APP1 to APP13 (Exif, XMP, Photoshop) and comments; APP0 and APP14 say
#: how colours are kept.
_TOLD_IN_JPEG = frozenset([*range(0xE1, 0xEE), 0xEF, 0xFE])
_START_OF_SCAN, _LENGTH = 0xDA, struct.Struct(">H")

DAMAGED = ProblemKind(
    "attachment-damaged",
    "error",
    Text(
        zh="“{name}”打不开，可能已损坏，没有收下",
        en="“{name}” cannot be opened and may be damaged; it was not taken",
    ),
    Text(
        zh="换一个文件，或者拍一张照片、截一张图代替",
        en="Take another file, or a photo or a screenshot of it",
    ),
)
TOO_MANY_PIXELS = ProblemKind(
    "attachment-pixels",
    "error",
    Text(
        zh="“{name}”有 {pixels} 万像素，最多 {most} 万，没有收下",
        en="“{name}” has {pixels} times 10,000 pixels; {most} are allowed, it was not taken",
    ),
    Text(zh="缩小后再试，或者截图代替", en="Make it smaller, or take a screenshot of it"),
)
MOVING = ProblemKind(
    "attachment-moving",
    "error",
    Text(
        zh="“{name}”是动图，只收静止的图片，没有收下",
        en="“{name}” moves; only still pictures are taken",
    ),
    Text(zh="截一张图代替", en="Take a screenshot of it"),
)
LOCKED = ProblemKind(
    "attachment-locked",
    "error",
    Text(zh="“{name}”有打开密码，没有收下", en="“{name}” has a password; it was not taken"),
    Text(zh="去掉密码后再添加", en="Take the password off and add it again"),
)
TOO_MANY_PAGES = ProblemKind(
    "attachment-pages",
    "error",
    Text(
        zh="“{name}”有 {pages} 页，最多 {most} 页，没有收下",
        en="“{name}” has {pages} pages; {most} are allowed, it was not taken",
    ),
    Text(zh="只附上有关的几页", en="Add only the pages that matter"),
)
KINDS = (DAMAGED, TOO_MANY_PIXELS, MOVING, LOCKED, TOO_MANY_PAGES)


def main() -> None:
    """Answer the one task that stands on the standard input."""
    from geo.files.confined import cage
    from geo.files.confined.rooms import Room

    head, _, content = sys.stdin.buffer.read().partition(b"\n")
    task = orjson.loads(head)
    answer = os.dup(sys.stdout.fileno())
    # Whatever a library prints goes to the log and not into the answer.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _load(task["media_type"])
    cage.narrow(Room(**task["room"]))
    cage.close(None, also=[_RANDOM])
    with os.fdopen(answer, "wb") as file:
        file.writelines(_answer(content, task))


def _load(media_type: str) -> None:
    """Import what will be needed while files may still be read freely."""
    if media_type == "application/pdf":
        import pikepdf  # noqa: F401
    else:
        from PIL import Image, ImageCms, ImageOps  # noqa: F401

        Image.preinit()


def _answer(content: bytes, task: dict[str, Any]) -> list[bytes]:
    try:
        media_type, made = made_anew(content, task["media_type"], most_pages=task["most_pages"])
    except InputError as error:
        problem = error.problems[0]
        return [orjson.dumps({"code": problem.kind.code, "values": dict(problem.values)}), b"\n"]
    return [orjson.dumps({"media_type": media_type}), b"\n", made]


def made_anew(content: bytes, media_type: str, *, most_pages: int) -> tuple[str, bytes]:
    """Decode a file and write it anew; give its type, which may be another one, and its bytes.

    Raises
    ------
    InputError
        It cannot be decoded, or is larger than it may be; the name of the file is left open.
    """
    if media_type == "application/pdf":
        return media_type, _document(content, most_pages)
    return _picture(content)


# ---------------------------------------------------------------- photos


def _picture(content: bytes) -> tuple[str, bytes]:
    from PIL import Image

    # The pixels are counted here, before anything is unpacked.
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as opened:
            _check(opened)
            return _written(_upright(opened))
    except (OSError, ValueError, SyntaxError, EOFError, struct.error):
        raise InputError(_problem(DAMAGED)) from None


def _check(image: Image) -> None:
    pixels = image.width * image.height
    if pixels > MOST_PIXELS:
        few = {"pixels": pixels // 10_000, "most": MOST_PIXELS // 10_000}
        raise InputError(_problem(TOO_MANY_PIXELS, **few))
    # A JPEG with more pictures (MPO) is a still one with a preview or a second eye.
    if image.format in {"PNG", "WEBP"} and getattr(image, "n_frames", 1) > 1:
        raise InputError(_problem(MOVING))


def _upright(image: Image) -> Image:
    """A photo as people see it: turned as the device held it, in the colours of screens."""
    from PIL import Image, ImageOps

    # Of a JPEG half or a quarter is unpacked where that is enough.
    image.draft(None, (EDGE_PIXELS, EDGE_PIXELS))
    profile = image.info.get("icc_profile")
    turned = ImageOps.exif_transpose(image)
    turned.thumbnail((EDGE_PIXELS, EDGE_PIXELS), Image.Resampling.LANCZOS)
    return _in_screen_colours(turned, profile)


def _in_screen_colours(image: Image, profile: bytes | None) -> Image:
    from PIL import ImageCms

    mode = "RGBA" if image.has_transparency_data else "RGB"
    plain = image if image.mode in {"RGB", "RGBA", "CMYK", "L"} else image.convert(mode)
    if profile:
        try:
            found = ImageCms.profileToProfile(
                plain,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode=mode,
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            found = None
        plain = found or plain
    return plain if plain.mode == mode else plain.convert(mode)


def _written(image: Image) -> tuple[str, bytes]:
    """The pixels and nothing else."""
    image.info = {}
    out = io.BytesIO()
    if image.mode == "RGBA":
        image.save(out, "PNG", optimize=False)
        return "image/png", out.getvalue()
    image.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return "image/jpeg", out.getvalue()


# ---------------------------------------------------------------- PDF


def _document(content: bytes, most_pages: int) -> bytes:
    import pikepdf

    out = io.BytesIO()
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            count = len(pdf.pages)
            if count > most_pages:
                raise InputError(_problem(TOO_MANY_PAGES, pages=count, most=most_pages))
            if not count:
                raise InputError(_problem(DAMAGED))
            _flatten(pdf)
            _strip(pdf)
            pdf.remove_unreferenced_resources()
            pdf.save(out, deterministic_id=True, encryption=False, recompress_flate=False)
    except pikepdf.PasswordError:
        raise InputError(_problem(LOCKED)) from None
    except (
        pikepdf.PdfError,
        pikepdf.DataDecodingError,
        pikepdf.ForeignObjectError,
        OSError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RuntimeError,
    ):
        raise InputError(_problem(DAMAGED)) from None
    return out.getvalue()


def _flatten(pdf: pikepdf.Pdf) -> None:
    """Draw filled fields and remarks into their pages, so that they are still read."""
    pdf.generate_appearance_streams()
    pdf.flatten_annotations("all")


def _strip(pdf: pikepdf.Pdf) -> None:
    import pikepdf

    for name in set(pdf.Root.keys()) - _OF_DOCUMENT:
        del pdf.Root[name]
    for page in pdf.pages:
        for name in set(page.obj.keys()) - _OF_PAGE:
            del page.obj[name]
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    for one in pdf.objects:
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            _strip_object(one)


def _strip_object(one: pikepdf.Object) -> None:
    import pikepdf

    is_stream = isinstance(one, pikepdf.Stream)
    for name in (*_TELLING, *(_OF_STREAM if is_stream else ())):
        if name in one:
            del one[name]
    filters = one.get("/Filter") if is_stream else None
    if isinstance(filters, pikepdf.Array) and len(filters) == 1:
        filters = filters[0]
    if filters == pikepdf.Name.DCTDecode:
        plain = b"".join(_untold(one.read_raw_bytes()))
        parameters: Any = one.get("/DecodeParms")
        one.write(plain, filter=pikepdf.Name.DCTDecode, decode_parms=parameters)


def _untold(jpeg: bytes) -> Iterator[bytes]:
    """The pieces of a JPEG file without those that tell of its device, place and program."""
    at = 2
    yield jpeg[:at]
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        kind, (length,) = jpeg[at + 1], _LENGTH.unpack_from(jpeg, at + 2)
        if kind == _START_OF_SCAN:
            break
        if kind not in _TOLD_IN_JPEG:
            yield jpeg[at : at + 2 + length]
        at += 2 + length
    yield jpeg[at:]


def _problem(kind: ProblemKind, **values: Any) -> Problem:
    """A problem whose file has no name here: the one who asked knows it."""
    return kind.at(name="", **values)


if __name__ == "__main__":
    main()
