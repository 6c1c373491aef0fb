"""The server: granian, in front of as many processes as the settings want."""

from __future__ import annotations

import errno
import logging
import socket
import time
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPException
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from geo.errors import InputError, ProblemKind
from geo.types import Text
from webapp.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

ADDRESS_TAKEN = ProblemKind(
    "address-taken",
    "error",
    Text(
        zh="端口 {port} 已被别的程序占用（{host}）",
        en="Port {port} is used by another program ({host})",
    ),
    Text(
        zh="用 --port 换一个端口，例如 huitu serve --port {other} 或 make serve PORT={other}",
        en="Choose another one with --port, e.g. huitu serve --port {other} or "
        "make serve PORT={other}",
    ),
)
NO_ADDRESS = ProblemKind(
    "address-unusable",
    "error",
    Text(zh="不能在 {host} 的端口 {port} 上监听", en="Cannot listen on {host}, port {port}"),
    Text(zh="核对 --host 和 --port", en="Check --host and --port"),
)

#: Threads of a worker process that run Python, and requests that may wait for one of them.
_THREADS, _WAITING = 3, 256
#: A worker that is told to stop while it starts does not hear it; after this it is ended.
_GRACE_SECONDS = 5

#: How often a server that starts is asked, and how long one answer is waited for.
_ASK_AGAIN_SECONDS, _PATIENCE_SECONDS = 0.05, 60

_LAST_PORT = 65535

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


def address(settings: Settings) -> str:
    """The address that a browser on this machine opens."""
    host = _EVERYWHERE.get(settings.host, settings.host)
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{settings.port}{settings.url_prefix}/"


def refuse_taken(settings: Settings) -> None:
    """Raise :class:`InputError` when nobody can listen there, before anything else is done."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except OSError as error:
            kind = ADDRESS_TAKEN if error.errno == errno.EADDRINUSE else NO_ADDRESS
            raise InputError(
                kind.at(host=settings.host, port=settings.port, other=_other(settings.port))
            ) from None


def _other(port: int) -> int:
    """A port to try instead."""
    return port + 1 if port < _LAST_PORT else port - 1


def run(settings: Settings, ready: Callable[[], None]) -> None:
    """Serve until the process is told to stop (SIGINT, SIGTERM).

    ``ready`` is called once, as soon as the address answers; never, when it never does.

    The application is handed over as a function, not by its name: by a name granian would look in
    the current folder first, which may hold anybody's ``geo`` or ``layers``.
    """
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server.mp import MPServer

    class Telling(MPServer):
        """Tells once its address answers; its own hooks run before there is a worker."""

        def startup(self, *arguments: Any) -> None:
            super().startup(*arguments)  # type: ignore[no-untyped-call]
            # Not earlier: a worker is forked, and a thread of ours may hold a lock by then.
            Thread(target=_when_answering, args=(settings, ready), daemon=True).start()

    server = Telling(
        "webapp.serve:application",
        interface=Interfaces.WSGI,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        blocking_threads=_THREADS,
        backpressure=_WAITING,
        respawn_failed_workers=True,
        workers_kill_timeout=_GRACE_SECONDS,
        websockets=False,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=partial(application, settings), wrap_loader=False)


def _when_answering(settings: Settings, ready: Callable[[], None]) -> None:
    """Wait until the address answers, and tell."""
    while not answers(settings):
        time.sleep(_ASK_AGAIN_SECONDS)
    ready()


def answers(settings: Settings) -> bool:
    """Whether something at the address of the settings answers in HTTP, whatever it says."""
    place = urlsplit(address(settings))
    connection = HTTPConnection(str(place.hostname), settings.port, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("HEAD", f"{place.path}healthz")
        connection.getresponse()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


def application(settings: Settings) -> Flask:
    """The application of a worker process, with everything imported that a first page needs."""
    from webapp import chores, create_app, jobs

    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    app = create_app(settings)
    jobs.resume(app)
    chores.begin(settings)
    return app
