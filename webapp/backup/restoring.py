"""Restoring a backup into an empty folder and an empty database, of whichever kind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from geo.durable import sync
from geo.errors import InputError, Problem, ProblemKind
from geo.types import Text
from webapp import journal
from webapp.backup.archive import DAMAGED, DATABASE, Manifest, Reader
from webapp.database import HEAD, Database, Schema, copying, of
from webapp.keys import PRIVATE
from webapp.settings import Settings

Told = Callable[[int], None]

NOT_EMPTY = ProblemKind(
    "restore-not-empty",
    "error",
    Text(zh="{place} 不是空的，没有恢复", en="{place} is not empty; nothing was restored"),
    Text(
        zh="恢复到一个新的空文件夹和空数据库",
        en="Restore into a new, empty folder and an empty database",
    ),
)
OTHER_REVISION = ProblemKind(
    "backup-revision",
    "error",
    Text(
        zh="备份的数据库结构是修订 {found}，这个版本的程序需要修订 {wanted}",
        en="The backup's tables are of revision {found}; this program wants {wanted}",
    ),
    Text(
        zh="用做备份的程序版本（{software}）恢复，再换新版并运行 huitu upgrade",
        en="Restore with the program that made it ({software}), then run this one's huitu upgrade",
    ),
)
_DATABASE_NAME = Text(zh="数据库", en="The database")


def restore(file: Path, settings: Settings, by: str, told: Told) -> Manifest:
    """Bring a deployment back; nothing is written before everything was checked.

    Raises
    ------
    InputError
        The archive is damaged (with each member's name) or of another revision, or the folder or
        the database is not empty.
    """
    with Reader(file) as reader:
        reader.check()
        if reader.manifest.revision != HEAD:
            raise InputError(_other_revision(reader.manifest))
        _refuse_full(settings)
        try:
            _bring_back(reader, settings, by, told)
        except BaseException:
            _empty(settings.data)
            raise
        return reader.manifest


def _bring_back(reader: Reader, settings: Settings, by: str, told: Told) -> None:
    settings.data.mkdir(parents=True, exist_ok=True)
    files = [one for one in reader.manifest.members if not one.name.startswith(f"{DATABASE}/")]
    for member in files[:-1]:
        _write(reader, settings.data, member.name)
        told(member.size)
    database = of(settings, pooled=False)
    _load(reader, database, by)
    _write(reader, settings.data, files[-1].name)
    with database.reading() as session:
        journal.note(session, settings.data)


def _load(reader: Reader, database: Database, by: str) -> None:
    """All rows in one transaction, which is kept only when the log holds."""
    Schema(database).ready()
    manifest = reader.manifest
    with database.writing() as session:
        for table in copying.tables(session):
            copying.fill(session, table, reader.lines(f"{DATABASE}/{table.name}.jsonl"))
        session.expire_all()
        verdict = journal.verify(session)
        if verdict.broken or (verdict.count, verdict.head) != (
            manifest.log_count,
            manifest.log_head,
        ):
            raise InputError(DAMAGED.at(member=f"{DATABASE}/journal.jsonl"))
        journal.append(session, "restore", actor=by, made_at=manifest.made_at)


def _refuse_full(settings: Settings) -> None:
    folder = settings.data
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(NOT_EMPTY.at(place=folder))
    if not settings.database_url:
        return
    database = of(settings, pooled=False)
    if database.file is not None and not database.file.exists():
        return
    with database.reading() as session:
        if not copying.is_empty(session):
            raise InputError(NOT_EMPTY.at(place=_DATABASE_NAME))


def _write(reader: Reader, data: Path, name: str) -> None:
    """One file, on the disk before the next; what is private is its owner's alone."""
    path, private = data / name, name.startswith(f"{PRIVATE}/")
    _make_folder(data, path.parent, 0o700 if private else 0o755)
    with path.open("xb") as handle:
        os.fchmod(handle.fileno(), 0o600 if private else 0o644)
        for chunk in reader.chunks(name):
            handle.write(chunk)
        handle.flush()
        os.fsync(handle.fileno())
    sync(path.parent)


def _make_folder(data: Path, folder: Path, mode: int) -> None:
    """A folder and those above it: ``parents`` of :meth:`Path.mkdir` would not heed the mode."""
    if folder != data and not folder.exists():
        _make_folder(data, folder.parent, mode)
        folder.mkdir(mode=mode)


def _empty(folder: Path) -> None:
    """Take back what was begun."""
    if folder.is_dir():
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _other_revision(manifest: Manifest) -> Problem:
    return OTHER_REVISION.at(found=manifest.revision, wanted=HEAD, software=manifest.software)
