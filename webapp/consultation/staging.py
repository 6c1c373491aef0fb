"""Files of an opinion between its preview and its sending: kept by the form's key, then swept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from geo.errors import InputError, LimitError, ProblemKind
from geo.types import Text
from webapp.consultation.attachments import ENDINGS, MOST_FILES, Cleaned
from webapp.consultation.receiving import TOO_MANY_FILES
from webapp.consultation.spam import KEY

FOLDER = Path("private", "staging")
#: What nobody sent for so long goes.
KEPT = timedelta(days=1)
#: So much of the disk is left to opinions themselves.
RESERVE_BYTES = 500_000_000

NO_ROOM = ProblemKind(
    "attachment-no-room",
    "error",
    Text(
        zh="服务器的空间不够，暂时收不下附件",
        en="The server is short of room and takes no files just now",
    ),
    Text(
        zh="意见文字不受影响，可以先寄；附件可以寄到公示页上的地址",
        en="The opinion itself can be sent; files may go to the address on the notice",
    ),
)


@dataclass(frozen=True)
class Staged:
    """A file that waits: its number, what its sender calls it, its bytes."""

    number: int
    name: str
    media_type: str
    path: Path

    @property
    def size(self) -> int:
        """Bytes."""
        return self.path.stat().st_size

    def cleaned(self) -> Cleaned:
        """The file itself."""
        return Cleaned(self.path.read_bytes(), self.media_type)


class Staging:
    """The files that wait for the sending of one form."""

    def __init__(self, data: Path, key: str) -> None:
        if not KEY.fullmatch(key):
            raise ValueError("not the key of a form")
        self._all = data / FOLDER
        self._folder = self._all / key

    def files(self) -> tuple[Staged, ...]:
        """What waits, in the order in which it came."""
        with suppress(FileNotFoundError):
            return tuple(sorted(self._found(), key=lambda one: one.number))
        return ()

    def add(self, content: Cleaned, name: str) -> None:
        """Let a file wait.

        Raises
        ------
        InputError
            There are as many as an opinion may have.
        LimitError
            The disk is nearly full.
        """
        waiting = self.files()
        if len(waiting) >= MOST_FILES:
            raise InputError(TOO_MANY_FILES.at(field="files", most=MOST_FILES))
        for folder in (self._all.parent, self._all, self._folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self._folder).free < RESERVE_BYTES:
            raise LimitError(NO_ROOM.at(field="files"))
        number = max((one.number for one in waiting), default=0) + 1
        self._write(number, content, name)

    def remove(self, number: int) -> None:
        """Take a file away."""
        for ending in (".json", *ENDINGS.values()):
            (self._folder / f"{number}{ending}").unlink(missing_ok=True)

    def clear(self) -> None:
        """Take them all away: the opinion was sent."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _found(self) -> Iterator[Staged]:
        for told in self._folder.glob("*.json"):
            words = orjson.loads(told.read_bytes())
            content = told.with_suffix(ENDINGS[words["media_type"]])
            yield Staged(int(told.stem), words["name"], words["media_type"], content)

    def _write(self, number: int, content: Cleaned, name: str) -> None:
        """The file first: what tells of it is there when it is whole."""
        told = {"name": name, "media_type": content.media_type}
        for ending, data in (
            (ENDINGS[content.media_type], content.content),
            (".json", orjson.dumps(told)),
        ):
            beside = self._folder / f".part-{os.getpid()}-{number}{ending}"
            beside.write_bytes(data)
            beside.chmod(0o600)
            beside.replace(self._folder / f"{number}{ending}")


def sweep(data: Path, at: datetime) -> int:
    """Take away what waited for more than a day; give how many forms that was."""
    swept = 0
    with suppress(FileNotFoundError):
        for folder in list((data / FOLDER).iterdir()):
            with suppress(FileNotFoundError):
                if folder.stat().st_mtime < (at - KEPT).timestamp():
                    shutil.rmtree(folder, ignore_errors=True)
                    swept += 1
    return swept
