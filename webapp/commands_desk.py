"""The commands ``huitu user``, ``huitu log`` and ``huitu upgrade``: what an administrator does."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from webapp.console import FAILED
from webapp.translating import Voice

if TYPE_CHECKING:
    from webapp.consultation.registry import Fault
    from webapp.database import Database
    from webapp.journal import Verdict
    from webapp.settings import Settings

_PATH = click.Path(path_type=Path)
Command = Callable[..., click.Command]


def commands(say: Voice, command: Command) -> list[click.Command]:
    """The commands; ``command`` makes one that knows ``--data`` and ``--lang``."""
    return [
        _group("user", say("工作台的帐号"), say, _users(say, command)),
        _group("log", say("留痕"), say, _logs(say, command)),
        _upgrade(say, command),
    ]


def _group(name: str, meaning: str, say: Voice, inner: list[click.Command]) -> click.Group:
    group = click.Group(name, help=meaning, commands=inner, no_args_is_help=True)
    group.subcommand_metavar = say("命令 [参数]...")
    return group


def _users(say: Voice, command: Command) -> list[click.Command]:
    name = click.Argument(["name"])
    roles = say("reader、planner、moderator 或 admin")
    role = click.Option(["--role"], default="planner", help=roles)
    shown = click.Option(["--shown-as"], default="", help=say("显示的姓名"))
    return [
        command(
            "add",
            say,
            help=say("增加一个帐号，并给出本人设置密码的一次性链接。"),
            params=[name, role, shown],
            run=lambda **options: _run_add(say, **options),
        ),
        command(
            "list", say, help=say("列出帐号。"), params=[], run=lambda data: _run_list(say, data)
        ),
        command(
            "link",
            say,
            help=say("给出一个新的一次性链接，用来重新设置密码。"),
            params=[name],
            run=lambda **options: _run_link(say, **options),
        ),
        command(
            "role",
            say,
            help=say("更改角色。"),
            params=[name, click.Argument(["role"])],
            run=lambda **options: _run_role(say, **options),
        ),
        command(
            "close",
            say,
            help=say("停用帐号，其所有登录随即退出。"),
            params=[name],
            run=lambda **options: _run_close(say, **options),
        ),
        command(
            "open",
            say,
            help=say("启用停用的帐号，或解锁。"),
            params=[name],
            run=lambda **options: _run_open(say, **options),
        ),
    ]


def _logs(say: Voice, command: Command) -> list[click.Command]:
    known = click.Option(
        ["--known"],
        metavar="NUMBER:HASH",
        help=say("以前记下的一条的序号和哈希，核对它还在不在链上"),
    )
    return [
        command(
            "verify",
            say,
            help=say("从头核验留痕；说出第一条对不上的。对不上时退出码为 1。"),
            params=[known],
            run=lambda **options: _run_verify(say, **options),
        ),
        command(
            "export",
            say,
            help=say("把全部留痕写成 CSV。"),
            params=[
                click.Option(
                    ["-o", "--output"],
                    type=_PATH,
                    default=Path("huitu-log.csv"),
                    help=say("写到哪个文件"),
                )
            ],
            run=lambda **options: _run_export(say, **options),
        ),
    ]


def _upgrade(say: Voice, command: Command) -> click.Command:
    return command(
        "upgrade",
        say,
        help=say("把数据库升级到这个版本的程序需要的结构；先做备份。"),
        params=[],
        run=lambda data: _run_upgrade(say, data),
    )


def _run_add(say: Voice, data: str | None, name: str, role: str, shown_as: str) -> int:
    from webapp import accounts

    settings = _settings(data)
    with _ready(settings).writing() as session:
        account = accounts.add(session, name, role, by=actor(), shown_as=shown_as)
        session.flush()
        link = accounts.link_for(session, account, by=actor())
    _tell_link(say, settings, account.name, link)
    return 0


def _run_link(say: Voice, data: str | None, name: str) -> int:
    from webapp import accounts

    settings = _settings(data)
    with _ready(settings).writing() as session:
        account = accounts.named(session, name)
        link = accounts.link_for(session, account, by=actor())
    _tell_link(say, settings, account.name, link)
    return 0


def _run_list(say: Voice, data: str | None) -> int:
    from webapp import accounts

    with _ready(_settings(data)).reading() as session:
        found = accounts.accounts(session)
    for one in found:
        state = say("停用") if one.closed_at else say("锁定") if one.is_locked else say("可用")
        click.echo(f"{one.name}\t{one.shown_as}\t{one.role}\t{state}")
    if not found:
        click.echo(say("还没有帐号。"), err=True)
    return 0


def _run_role(say: Voice, data: str | None, name: str, role: str) -> int:
    from webapp import accounts

    with _ready(_settings(data)).writing() as session:
        accounts.change_role(session, accounts.named(session, name), role, by=actor())
    click.echo(say("{name} 的角色是 {role}", name=name, role=role))
    return 0


def _run_close(say: Voice, data: str | None, name: str) -> int:
    from webapp import accounts

    with _ready(_settings(data)).writing() as session:
        accounts.close(session, accounts.named(session, name), by=actor())
    click.echo(say("{name} 已停用", name=name))
    return 0


def _run_open(say: Voice, data: str | None, name: str) -> int:
    from webapp import accounts

    with _ready(_settings(data)).writing() as session:
        accounts.reopen(session, accounts.named(session, name), by=actor())
    click.echo(say("{name} 可以登录", name=name))
    return 0


def _run_verify(say: Voice, data: str | None, known: str | None) -> int:
    from webapp import journal
    from webapp.consultation import registry
    from webapp.consultation.attachments import Files

    settings = _settings(data)
    with _ready(settings).snapshot() as session:
        verdict = journal.verify(session)
        lost = journal.contradicted(session, journal.noted(settings.data))
        kept = known is None or journal.holds(session, known)
        faults = registry.verify(session) if verdict.broken is None else []
        faults += registry.verify_files(session, Files(settings.data))
    click.echo(_told(verdict, say))
    for fault in faults:
        click.echo(_fault(fault, say))
    rewritten = [] if lost is None else [f"{lost.number}:{lost.hash}"]
    rewritten += [] if kept else [str(known)]
    for one in rewritten:
        click.echo(say("以前记下的 {known} 已不在链上：留痕被重写过。", known=one))
    return 0 if verdict.broken is None and not rewritten and not faults else FAILED


def _fault(fault: Fault, say: Voice) -> str:
    place = f"{fault.about}\t{fault.table}" + (f".{fault.field}" if fault.field else "")
    if fault.how == "missing":
        told = say("{place} 不见了", place=place)
    elif fault.how == "extra":
        told = say("{place} 没有留痕", place=place)
    else:
        told = say("{place} 被改动过", place=place)
    return told + (say("（见第 {number} 条）", number=fault.entry) if fault.entry else "")


def _told(verdict: Verdict, say: Voice) -> str:
    if verdict.broken is None:
        return say(
            "完好：{count} 条，最后一条的哈希 {head}", count=verdict.count, head=verdict.head
        )
    ways = {
        "changed": say("第 {number} 条的内容被改动过", number=verdict.broken.number),
        "cut": say("第 {number} 条处断开：缺少或插入了记录", number=verdict.broken.number),
        "tail": say("末尾的记录不见了，从第 {number} 条起", number=verdict.broken.number),
    }
    return ways[verdict.broken.how] + say("；之前的 {count} 条完好", count=verdict.count)


def _run_export(say: Voice, data: str | None, output: Path) -> int:
    from webapp import journal
    from webapp.journal.writing import csv_lines

    with _ready(_settings(data)).reading() as session, output.open("wb") as file:
        file.writelines(csv_lines(journal.entries_of(session, journal.Wanted()), say.lang))
    click.echo(say("已写出 {file}", file=output))
    return 0


def _run_upgrade(say: Voice, data: str | None) -> int:
    from webapp.database import HEAD, Schema, of

    before = Schema(of(_settings(data), pooled=False)).upgrade()
    if before == HEAD:
        click.echo(say("数据库已是修订 {head}。", head=HEAD))
    else:
        click.echo(say("数据库已升级：{before} → {head}", before=before or "—", head=HEAD))
    return 0


def _settings(data: str | None) -> Settings:
    from webapp.settings import Settings

    return Settings.read(data=data)


def _ready(settings: Settings) -> Database:
    from webapp import opening

    return opening.ready(settings)


def _tell_link(say: Voice, settings: Settings, name: str, link: str) -> None:
    from webapp.serve import address

    told = say("{name} 在 24 小时内打开这个链接设置密码，只能用一次：", name=name)
    click.echo(f"{told}\n{address(settings)}desk/welcome/{link}")


def actor() -> str:
    """Who runs the program, as the log names them; a container may have nobody of that number."""
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):
        return "cli:unknown"
