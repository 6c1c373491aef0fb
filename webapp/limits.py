"""How often one address may try something, counted in each worker."""

from __future__ import annotations

import ipaddress

from flask import Flask, current_app, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from geo.errors import HuituError, ProblemKind
from geo.types import Text

_KEY = "huitu.limits"
_SIGN_INS = RateLimitItemPerMinute(20, 5)
#: Opinions of one address (a whole village may have one), and of all on one notice, before a proof
#: of work is wanted; and of one address at all.
_OPINIONS_CALM = RateLimitItemPerMinute(10, 10)
_NOTICE_CALM = RateLimitItemPerMinute(300, 1)
_OPINIONS_MOST = RateLimitItemPerMinute(100, 10)
#: Files that are made anew, which costs more than anything else.
_FILES = RateLimitItemPerMinute(60, 10)
#: Receipts that are none: somebody is trying.
_RECEIPTS = RateLimitItemPerMinute(20, 10)
#: Whoever has one address of IPv6 has a network of so many bits.
_ONES_OWN_BITS = 64

TOO_OFTEN = ProblemKind(
    "too-often",
    "error",
    Text(
        zh="从这个地址尝试得太多了，这一次没有执行",
        en="There were too many attempts from this address; this one was not carried out",
    ),
    Text(zh="几分钟后再试", en="Try again in some minutes"),
)


class TooOften(HuituError):  # noqa: N818 - the name says it
    """An address has tried something too often in a short time."""


def install(app: Flask) -> None:
    """Give an application its counters."""
    app.extensions[_KEY] = MovingWindowRateLimiter(MemoryStorage())


def count_sign_in() -> None:
    """Count a try of a password; :class:`TooOften` when there were too many."""
    if not _counters().hit(_SIGN_INS, "sign-in", _asker()):
        raise TooOften(TOO_OFTEN.at())


def count_opinion(notice_id: str) -> bool:
    """Count a try to send an opinion; tell whether it looks like an attack.

    Raises
    ------
    TooOften
        There were far too many from this address.
    """
    asker = _asker()
    if not _counters().hit(_OPINIONS_MOST, "opinion-most", asker):
        raise TooOften(TOO_OFTEN.at())
    calm = _counters().hit(_OPINIONS_CALM, "opinion", asker)
    return not (_counters().hit(_NOTICE_CALM, "notice", notice_id) and calm)


def count_file() -> None:
    """Count a file that is to be made anew; :class:`TooOften` when there were too many."""
    if not _counters().hit(_FILES, "file", _asker()):
        raise TooOften(TOO_OFTEN.at())


def refuse_guessing() -> None:
    """Raise :class:`TooOften` where an address has asked for too many receipts that are none."""
    if not _counters().test(_RECEIPTS, "receipt", _asker()):
        raise TooOften(TOO_OFTEN.at())


def count_guess() -> None:
    """Count a receipt that is none."""
    _counters().hit(_RECEIPTS, "receipt", _asker())


def _counters() -> MovingWindowRateLimiter:
    found: MovingWindowRateLimiter = current_app.extensions[_KEY]
    return found


def _asker() -> str:
    """The address that asks; of IPv6 its network, through which one may change addresses freely."""
    told = request.remote_addr or ""
    try:
        found = ipaddress.ip_address(told)
    except ValueError:
        return told
    if found.version == 4 or found.ipv4_mapped:
        return str(getattr(found, "ipv4_mapped", None) or found)
    return str(ipaddress.ip_network((int(found), _ONES_OWN_BITS), strict=False))
