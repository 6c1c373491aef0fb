"""The commands ``huitu backup`` and ``huitu restore``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from webapp.commands_desk import actor
from webapp.translating import Voice

_PATH = click.Path(path_type=Path)
Command = Callable[..., click.Command]


def commands(say: Voice, command: Command) -> list[click.Command]:
    """The commands; ``command`` makes one that knows ``--data`` and ``--lang``."""
    return [_backup(say, command), _restore(say, command)]


def _backup(say: Voice, command: Command) -> click.Command:
    return command(
        "backup",
        say,
        help=say("把数据文件夹和数据库写成一个一致的备份；服务器可以照常运行。"),
        params=[
            click.Option(["-o", "--output"], type=_PATH, help=say("写到哪个文件")),
        ],
        run=lambda data, output: _run_backup(say, data, output),
    )


def _restore(say: Voice, command: Command) -> click.Command:
    return command(
        "restore",
        say,
        help=say("把备份恢复到空的数据文件夹（--data）和空的数据库；先核对全部内容。"),
        params=[click.Argument(["file"], type=_PATH)],
        run=lambda data, file: _run_restore(say, data, file),
    )


def _run_backup(say: Voice, data: str | None, output: Path | None) -> int:
    from webapp import opening
    from webapp.backup import make
    from webapp.backup.making import size_of
    from webapp.settings import Settings

    settings = Settings.read(data=data)
    chosen = output or Path(f"huitu-backup-{datetime.now().astimezone():%Y%m%d-%H%M%S}.zip")
    with _bar(say("备份"), size_of(settings)) as bar:
        manifest = make(settings, opening.ready(settings), chosen, bar.update)
    click.echo(
        say(
            "已写出 {file}（{size} kB）：{members} 个文件，留痕 {count} 条",
            file=chosen,
            size=chosen.stat().st_size // 1000,
            members=len(manifest.members),
            count=manifest.log_count,
        )
    )
    return 0


def _run_restore(say: Voice, data: str | None, file: Path) -> int:
    from webapp.backup import restore
    from webapp.backup.archive import Reader
    from webapp.settings import Settings

    settings = Settings.read(data=data)
    with Reader(file) as reader:
        size = sum(member.size for member in reader.manifest.members)
    with _bar(say("恢复"), size) as bar:
        manifest = restore(file, settings, actor(), bar.update)
    click.echo(
        say(
            "已恢复到 {folder}：备份于 {made}，{members} 个文件，留痕 {count} 条，核验完好",
            folder=settings.data,
            made=manifest.made_at,
            members=len(manifest.members),
            count=manifest.log_count,
        )
    )
    return 0


def _bar(label: str, length: int) -> Any:
    return click.progressbar(
        length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
    )
