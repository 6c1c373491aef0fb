"""The key that signs sessions: from the settings, else made once and kept in the data folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from webapp.settings import Settings

PRIVATE = "private"
KEY_FILE = "session.key"
_BYTES = 48


def session_key(settings: Settings) -> str:
    """The key of this deployment; the same for every worker and every start.

    Raises
    ------
    OSError
        There is no key yet, and the data folder cannot be written.
    """
    chosen = settings.secret_key.get_secret_value()
    return chosen or _kept(private_folder(settings.data) / KEY_FILE)


def private_folder(data: Path) -> Path:
    """The folder of what is nobody's business, readable by the server's user alone."""
    folder = data / PRIVATE
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _kept(file: Path) -> str:
    """The key of a file, made when there is none; of two processes the first one's holds."""
    if not file.exists():
        beside = file.with_name(f".{file.name}.{os.getpid()}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(_BYTES))
            handle.flush()
            os.fsync(handle.fileno())
        try:
            os.link(beside, file)
        except FileExistsError:
            pass
        finally:
            beside.unlink()
    return file.read_text("ascii")
