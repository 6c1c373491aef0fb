"""How to reach an author: asked for only where it can be sealed, and never written anywhere open.

Sealed with AES-256-GCM under a key made from that of the settings (HKDF-SHA256); what is sealed is
filled up, so that its length tells nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

import orjson

from geo.errors import InputError, Problem, ProblemKind
from geo.types import Text

FIELDS: Mapping[str, Text] = MappingProxyType(
    {
        "name": Text(zh="姓名", en="Name"),
        "phone": Text(zh="电话", en="Telephone"),
        "email": Text(zh="电子邮箱", en="E-mail"),
    }
)
_MOST_CHARACTERS = 100
_PHONE = re.compile(r"[0-9+()（）\- ]{5,30}(转? ?[0-9]{1,6})?")
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")
_MARK, _NONCE_BYTES, _BLOCK_BYTES = b"\x01", 12, 256
_PURPOSE = b"huitu: contact data of opinions"

BAD_CONTACT = ProblemKind(
    "contact",
    "error",
    Text(zh="“{title}”的写法不能识别", en="“{title}” is not written in a way that we know"),
    Text(
        zh="改正，或者留空：不留联系方式也能提意见",
        en="Mend it or leave it empty: an opinion needs no contact data",
    ),
)
OTHER_KEY = ProblemKind(
    "contact-key",
    "error",
    Text(
        zh="联系方式打不开：密钥不是封存时用的那个，或内容被改过",
        en="The contact data cannot be opened: the key is not the one that sealed it, "
        "or it was changed",
    ),
    Text(zh="核对设置 HUITU_CONTACT_KEY", en="Check the setting HUITU_CONTACT_KEY"),
)


@dataclass(frozen=True, repr=False)
class Details:
    """What an author told of themselves; it shows in no log."""

    name: str = ""
    phone: str = ""
    email: str = ""

    def __repr__(self) -> str:
        return "Details(…)"

    @property
    def given(self) -> dict[str, str]:
        """What was filled in."""
        every = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: value for name, value in every.items() if value}

    def problems(self) -> list[Problem]:
        """What is wrong, told without what was written; a field is named ``contact-NAME``."""
        right = {
            "name": len(self.name) <= _MOST_CHARACTERS and self.name.isprintable(),
            "phone": not self.phone or _PHONE.fullmatch(self.phone),
            "email": not self.email
            or (len(self.email) <= _MOST_CHARACTERS and _EMAIL.fullmatch(self.email)),
        }
        return [
            BAD_CONTACT.at(field=f"contact-{name}", title=FIELDS[name])
            for name, good in right.items()
            if not good
        ]


def seal(key: str, details: Mapping[str, str]) -> bytes:
    """Seal contact data with the key of the settings; twice the same gives different bytes."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    written = orjson.dumps(dict(details))
    # Blanks after the end of a JSON value mean nothing.
    filled = written.ljust(-(-len(written) // _BLOCK_BYTES) * _BLOCK_BYTES)
    nonce = os.urandom(_NONCE_BYTES)
    return _MARK + nonce + AESGCM(_derived(key)).encrypt(nonce, filled, _PURPOSE)


def open_sealed(key: str, sealed: bytes) -> dict[str, str]:
    """Open what :func:`seal` made.

    Raises
    ------
    InputError
        The key is another one, or the bytes were changed.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    start = len(_MARK) + _NONCE_BYTES
    if not key or not sealed.startswith(_MARK) or len(sealed) <= start:
        raise InputError(OTHER_KEY.at())
    nonce = sealed[len(_MARK) : start]
    try:
        opened = AESGCM(_derived(key)).decrypt(nonce, sealed[start:], _PURPOSE)
    except InvalidTag:
        raise InputError(OTHER_KEY.at()) from None
    found: dict[str, str] = orjson.loads(opened)
    return found


def _derived(key: str) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    if not key:
        raise ValueError("no key, no contact data")
    return HKDF(SHA256(), 32, None, _PURPOSE).derive(key.encode())
