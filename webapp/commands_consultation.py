"""The commands ``huitu consultation``: notices, their report, letters, contact data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from webapp.commands_desk import _group, _ready, _settings, actor
from webapp.console import FAILED
from webapp.translating import Voice

if TYPE_CHECKING:
    from webapp.settings import Settings

_PATH = click.Path(path_type=Path)
_FORMATS = ("docx", "pdf", "xlsx", "csv")
Command = Callable[..., click.Command]


def commands(say: Voice, command: Command) -> list[click.Command]:
    """The commands; ``command`` makes one that knows ``--data`` and ``--lang``."""
    inner = [_list(say, command), _report(say, command), _mail(say, command), _purge(say, command)]
    return [_group("consultation", say("公示与意见征询"), say, inner)]


def _list(say: Voice, command: Command) -> click.Command:
    return command(
        "list",
        say,
        help=say("列出公示、状态和意见数。"),
        params=[],
        run=lambda data: _run_list(say, data),
    )


def _report(say: Voice, command: Command) -> click.Command:
    formats = say("格式：{formats}", formats=" | ".join(_FORMATS))
    return command(
        "report",
        say,
        help=say("写出一份公示的意见采纳情况报告。"),
        params=[
            click.Argument(["notice"]),
            click.Option(["--format", "format_"], type=click.Choice(_FORMATS), help=formats),
            click.Option(["-o", "--output"], type=_PATH, help=say("写到哪个文件")),
        ],
        run=lambda **options: _run_report(say, **options),
    )


def _mail(say: Voice, command: Command) -> click.Command:
    return command(
        "mail",
        say,
        help=say("发出到期的邮件；服务运行时会自己发。"),
        params=[],
        run=lambda data: _run_mail(say, data),
    )


def _purge(say: Voice, command: Command) -> click.Command:
    return command(
        "purge",
        say,
        help=say("清除到期的联系方式；服务运行时每天自己清除。"),
        params=[],
        run=lambda data: _run_purge(say, data),
    )


def _run_list(say: Voice, data: str | None) -> int:
    from sqlalchemy import select

    from webapp.consultation import reading
    from webapp.consultation.clock import SystemClock
    from webapp.consultation.states import STATES, state_of
    from webapp.consultation.tables import Notice

    with _ready(_settings(data)).reading() as session:
        notices = session.scalars(select(Notice).order_by(Notice.id)).all()
        counts = {one.id: reading.tally(reading.voices(session, one.id)) for one in notices}
    for one in notices:
        state, tally = state_of(one, SystemClock().now()), counts[one.id]
        told = say(
            "意见 {n} 条，未答复 {left}", n=tally.receipts, left=tally.by_verdict.get(None, 0)
        )
        click.echo(f"{one.id}\t{say.pick(STATES[state])}\t{one.title_zh}\t{told}")
    if not notices:
        click.echo(say("还没有公示。"), err=True)
    return 0


def _run_report(
    say: Voice, data: str | None, notice: str, format_: str | None, output: Path | None
) -> int:
    from layers.export.beside import beside
    from layers.plan import Plan
    from webapp.consultation import report
    from webapp.consultation.clock import SystemClock

    settings = _settings(data)
    plan = Plan.open(settings.data)
    with _ready(settings).snapshot() as session:
        found = report.gather(session, plan, notice, SystemClock().now())
    suffix = output.suffix.lower().lstrip(".") if output else ""
    chosen = report.FORMATS[format_ or (suffix if suffix in _FORMATS else _FORMATS[0])]
    path = output or Path(chosen.filename(notice))
    content = chosen.write(found, say.lang)
    with beside(path) as made:
        made.write_bytes(content)
    told = say(
        "已写出 {file}：意见 {n} 条，输入哈希 {inputs}",
        file=path,
        n=found.tally.receipts,
        inputs=found.inputs,
    )
    click.echo(told)
    return 0


def _run_mail(say: Voice, data: str | None) -> int:
    from webapp.consultation import mailing
    from webapp.consultation.clock import SystemClock

    settings = _settings(data)
    if not mailing.enabled(settings):
        click.echo(_unset(say), err=True)
        return FAILED
    server = mailing.Server(settings)
    done = mailing.post_due(_ready(settings), settings, server, SystemClock())
    told = say(
        "发出 {sent}，稍后再试 {put_off}，放弃 {given_up}",
        sent=done.sent,
        put_off=done.put_off,
        given_up=done.given_up,
    )
    click.echo(told)
    return FAILED if done.put_off else 0


def _unset(say: Voice) -> str:
    names = "HUITU_MAIL_SERVER、HUITU_MAIL_FROM、HUITU_PUBLIC_URL"
    return say("没有设置邮件：{names}", names=names)


def _run_purge(say: Voice, data: str | None) -> int:
    from webapp.consultation import purging
    from webapp.consultation.clock import SystemClock

    settings: Settings = _settings(data)
    with _ready(settings).writing() as session:
        purged = purging.purge(session, SystemClock().now(), settings.contact_days, by=actor())
    for notice_id, count in purged.items():
        click.echo(say("{notice}：清除联系方式 {n} 条", notice=notice_id, n=count))
    if not purged:
        click.echo(say("没有到期的联系方式。"))
    return 0
