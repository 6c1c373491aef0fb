"""Secrets that are carried by a cookie or a link: only their hash is kept."""

from __future__ import annotations

import hashlib
import secrets

_BYTES = 32


def new() -> str:
    """An unguessable word for an address or a cookie, 256 bits."""
    return secrets.token_urlsafe(_BYTES)


def key_of(secret: str) -> str:
    """What is kept of it; a secret of 256 bits needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()
