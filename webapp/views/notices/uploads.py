"""Documents of a notice on their way into the file store."""

from __future__ import annotations

from pathlib import Path

from flask import request

from geo.errors import InputError, ProblemKind
from geo.types import Text
from webapp.consultation import notices
from webapp.consultation.attachments import Files
from webapp.consultation.notices import files
from webapp.views.notices.common import do, settings_of

NO_FILE = ProblemKind(
    "notice-no-file",
    "error",
    Text(zh="没有选择文件", en="No file was chosen"),
    Text(zh="选择一个文件", en="Choose a file"),
)


def add(notice_id: str, title: str) -> None:
    """Keep the file that was sent, and add it to the notice.

    Raises
    ------
    InputError, LimitError
        There is none, or it is of no type that we take, or too large.
    """
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InputError(NO_FILE.at(field="file"))
    # One byte more than we take tells that it is too large.
    taken = files.accept(sent.stream.read(files.MOST_BYTES + 1), sent.filename)
    do(
        notices.add_document,
        notice_id,
        title=title,
        name=taken.name,
        media_type=taken.media_type,
        size=len(taken.content),
        sha256=Files(settings_of().data).put(taken.content),
    )


def path_of(sha256: str) -> Path:
    """Where a document lies."""
    return Files(settings_of().data).path(sha256)
