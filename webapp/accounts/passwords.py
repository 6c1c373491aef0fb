"""Passwords: how good one must be, and how it is kept (Argon2id, RFC 9106)."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geo.errors import Problem, ProblemKind
from geo.types import Text

SHORTEST, LONGEST = 10, 200
#: Long enough, and yet the first that anybody tries.
_COMMON = (
    "1234567890",
    "0123456789",
    "0987654321",
    "qwertyuiop",
    "password12",
    "password123",
    "1q2w3e4r5t",
    "huitu12345",
    "admin12345",
    "wuxihuishan",
)

TOO_SHORT = ProblemKind(
    "password-short",
    "error",
    Text(zh="密码太短，至少 {least} 个字符", en="The password has fewer than {least} characters"),
    Text(
        zh="例如用几个不相干的词连在一起",
        en="Use for example some words that do not belong together",
    ),
)
TOO_LONG = ProblemKind(
    "password-long",
    "error",
    Text(zh="密码超过 {most} 个字符", en="The password has more than {most} characters"),
    Text(zh="改短一些", en="Make it shorter"),
)
TOO_COMMON = ProblemKind(
    "password-common",
    "error",
    Text(zh="这个密码太容易猜到", en="This password is too easy to guess"),
    Text(
        zh="不要用帐号名、重复的字符或常见的密码",
        en="Use neither the account's name nor one repeated character nor a common password",
    ),
)


def check_strength(password: str, account: str) -> list[Problem]:
    """What is wrong with a password that somebody wants, for the field ``password``."""
    if len(password) < SHORTEST:
        return [TOO_SHORT.at(field="password", least=SHORTEST)]
    if len(password) > LONGEST:
        return [TOO_LONG.at(field="password", most=LONGEST)]
    plain = password.casefold()
    if plain in _COMMON or len(set(plain)) < 4 or account.casefold() in plain:
        return [TOO_COMMON.at(field="password")]
    return []


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher().hash(_bytes(password))


def is_right(kept: str | None, password: str) -> bool:
    """Whether this is the password; the time tells nobody whether there is an account."""
    try:
        _hasher().verify(kept or _nobody(), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher().check_needs_rehash(kept)


def _bytes(password: str) -> bytes:
    """The same bytes on every keyboard (NIST SP 800-63B, 5.1.1.2); a flood is cut."""
    return unicodedata.normalize("NFKC", password[:LONGEST]).encode("utf-8", "surrogatepass")


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def _nobody() -> str:
    """A hash to compare with where there is no account."""
    return _hasher().hash(b"")
