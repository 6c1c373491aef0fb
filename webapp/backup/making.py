"""Making a backup while the server runs.

The database comes first, as one state of it. What points to versions is read next and the versions
after it, since a version is whole before anything points to it. So the archive may know of a
publication that its log does not tell yet, never the other way round; the next start logs it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geo.durable import sync
from geo.errors import InputError, ProblemKind
from geo.types import Text
from layers.catalog import CATALOG_FILE
from layers.large import BESIDE
from layers.plan import software
from layers.store import PUBLISHED
from layers.tilearchive import ARCHIVE
from webapp import accounts, journal
from webapp.backup.archive import DATABASE, FORMAT, Manifest, Writer
from webapp.consultation import staging
from webapp.database import HEAD, Database, copying, now
from webapp.database.engine import FILE as SQLITE
from webapp.keys import KEY_FILE, PRIVATE
from webapp.settings import Settings

Told = Callable[[int], None]
_CHUNK = 1 << 20
#: What is made anew, or would open a session elsewhere.
_LEFT_OUT = ("jobs", "cache", f"{PRIVATE}/{KEY_FILE}", staging.FOLDER.as_posix())
_SESSIONS = accounts.SignIn.__tablename__

INSIDE = ProblemKind(
    "backup-inside",
    "error",
    Text(
        zh="备份不能写进数据文件夹 {folder}",
        en="A backup cannot be written into the data folder {folder}",
    ),
    Text(
        zh="用 -o 写到别处，最好是另一个磁盘",
        en="Write it elsewhere with -o, best of all to another disk",
    ),
)


def make(settings: Settings, database: Database, output: Path, told: Told) -> Manifest:
    """Write a backup; a failure leaves what stood under the name before.

    Parameters
    ----------
    told
        Is given the number of bytes of each file that was taken.

    Raises
    ------
    InputError
        The output lies in the data folder.
    """
    if output.resolve().is_relative_to(settings.data.resolve()):
        raise InputError(INSIDE.at(folder=settings.data))
    with _beside(output) as file, database.snapshot() as session:
        count, head = journal.head(session)
        pointers = {path: path.read_bytes() for path in _pointers(settings.data)}
        writer = Writer(file)
        for table in copying.tables(session):
            kept = () if table.name == _SESSIONS else copying.rows(session, table)
            writer.put(f"{DATABASE}/{table.name}.jsonl", kept)
        _put_files(writer, settings.data, pointers, told)
        manifest = Manifest(
            format=FORMAT,
            software=software(),
            made_at=now().isoformat(timespec="seconds"),
            revision=HEAD,
            log_count=count,
            log_head=head,
            members=tuple(writer.members),
        )
        writer.close(manifest)
    return manifest


def size_of(settings: Settings) -> int:
    """How many bytes the files of a deployment have in all, roughly."""
    published = (path for path in (settings.data / PUBLISHED).rglob("*") if path.is_file())
    return sum(path.stat().st_size for path in [*published, *_own_files(settings.data)])


def _put_files(writer: Writer, data: Path, pointers: dict[Path, bytes], told: Told) -> None:
    catalog = data / CATALOG_FILE
    for path in [*(one for one in _own_files(data) if one != catalog), *_versions(data)]:
        _put_file(writer, data, path, told)
    for path, content in pointers.items():
        writer.put(path.relative_to(data).as_posix(), [content])
    _put_file(writer, data, catalog, told)


def _put_file(writer: Writer, data: Path, path: Path, told: Told) -> None:
    """Take a file; one that somebody has just removed is none of the deployment's any more."""
    try:
        handle = path.open("rb")
    except FileNotFoundError:
        return
    with handle:
        writer.put(path.relative_to(data).as_posix(), iter(lambda: handle.read(_CHUNK), b""))
        told(handle.tell())


def _own_files(data: Path) -> Iterator[Path]:
    """The files of the data folder but for those of the store, jobs, the database and the key."""
    for path in _sorted(data):
        name = path.relative_to(data).as_posix()
        if name.startswith(SQLITE) or name in (PUBLISHED, *_LEFT_OUT):
            continue
        yield from _files_below(path, data)


def _files_below(path: Path, data: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        for inner in _sorted(path):
            if inner.relative_to(data).as_posix() not in _LEFT_OUT:
                yield from _files_below(inner, data)


def _pointers(data: Path) -> Iterator[Path]:
    """The files beside a layer's versions, which say what each version is to the layer."""
    for layer in _sorted(data / PUBLISHED):
        yield from (path for path in _sorted(layer) if path.is_file())


#: What lies in a version and is made of its rows.
_MADE = frozenset({*BESIDE, ARCHIVE})


def _versions(data: Path) -> Iterator[Path]:
    """The files of every version that are never written to again; the others are made of them."""
    for layer in _sorted(data / PUBLISHED):
        for version in _sorted(layer):
            if version.is_dir():
                yield from (path for path in _sorted(version) if path.name not in _MADE)


def _sorted(folder: Path) -> list[Path]:
    """What a folder holds, without what is being written (a dot before its name)."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in found if not path.name.startswith("."))


@contextmanager
def _beside(output: Path) -> Iterator[Any]:
    """A file that takes its name when it is whole and on the disk; its owner alone reads it."""
    beside = output.with_name(f".{output.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(output)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync(output.parent)
