"""The settings of a deployment, read from the environment (``HUITU_...``) into typed values."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from geo.errors import InputError, Problem, ProblemKind
from geo.types import Text
from webapp.meanings import MEANINGS, PREFIX

Lang = Literal["zh", "en"]

BAD_SETTING = ProblemKind(
    "setting",
    "error",
    Text(zh="设置 {name} 不能是“{value}”", en="The setting {name} cannot be “{value}”"),
    Text(zh="{name}：{meaning}", en="{name}: {meaning}"),
)

#: One entry of a Content-Security-Policy source list: a host with or without scheme and port.
_ANCESTOR = re.compile(r"(https?://)?(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:\d{1,5})?")

#: Nothing secret goes over a network without encryption; on this machine itself it may.
_ISSUER = r"^$|^https://[^\s?#]+$|^http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/[^\s?#]*)?$"

#: Where readers find the site, without what follows its path.
_PUBLIC = r"^$|^https?://[^\s?#]+$"

#: Less than this could be guessed, or is the example of some page.
_SECRET_CHARACTERS, _SECRET_DIFFERENT = 32, 10


class Settings(BaseSettings):
    """Every setting and its default; :data:`webapp.meanings.MEANINGS` says what each is.

    An option of the command line wins over the environment variable, and that over the default.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    data: Path = Path("huitu-data")
    host: str = Field(default="127.0.0.1", pattern=r"^[\w.:-]+$")
    port: int = Field(default=8000, ge=1, le=65535)
    workers: int = Field(default=2, ge=1, le=32)
    lang: Lang = "zh"
    embed_ancestors: Annotated[tuple[str, ...], NoDecode] = ()
    url_prefix: str = ""
    database_url: str = Field(default="", pattern=r"^$|^(sqlite:///|postgresql\+psycopg://)\S+$")
    secret_key: SecretStr = SecretStr("")
    oidc_issuer: str = Field(default="", pattern=_ISSUER)
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_new_role: Literal["", "reader", "planner", "moderator"] = ""
    oidc_title: str = Field(default="", max_length=40)
    session_hours: int = Field(default=12, ge=1, le=168)
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    public_url: str = Field(default="", pattern=_PUBLIC)
    receipt_prefix: str = Field(default="HS", pattern=r"^[A-Z]{1,6}$")
    contact_key: SecretStr = SecretStr("")
    contact_days: int = Field(default=180, ge=1, le=3650)
    mail_server: str = Field(default="", pattern=r"^$|^[\w.\[\]:-]+:\d{1,5}$")
    mail_tls: Literal["", "starttls", "tls"] = ""
    mail_user: str = ""
    mail_password: SecretStr = SecretStr("")
    mail_from: str = Field(default="", pattern=r"^$|^[^@\s]+@[^@\s]+$")
    upload_mb: int = Field(default=200, ge=1, le=500)
    job_features: int = Field(default=20_000, ge=0)
    job_processes: int = Field(default=2, ge=1, le=16)
    job_waiting: int = Field(default=3, ge=1, le=50)
    job_hours: int = Field(default=24, ge=1, le=8760)
    tile_features: int = Field(default=5_000, ge=0)
    tile_cache_mb: int = Field(default=512, ge=0, le=1_000_000)

    @field_validator("embed_ancestors", mode="before")
    @classmethod
    def _hosts(cls, value: Any) -> Any:
        """Hosts stand in the environment separated by blanks or commas."""
        hosts = value.replace(",", " ").split() if isinstance(value, str) else value
        if not all(_ANCESTOR.fullmatch(host) for host in hosts):
            raise ValueError("not a list of hosts")
        return hosts

    @field_validator("database_url", mode="before")
    @classmethod
    def _driver(cls, value: Any) -> Any:
        """``postgresql://`` as everybody writes it means the driver that is installed."""
        return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", str(value))

    @field_validator("secret_key", "contact_key")
    @classmethod
    def _unguessable(cls, value: SecretStr) -> SecretStr:
        secret = value.get_secret_value()
        if secret and (len(secret) < _SECRET_CHARACTERS or len(set(secret)) < _SECRET_DIFFERENT):
            raise ValueError("too easily guessed")
        return value

    @field_validator("url_prefix")
    @classmethod
    def _path(cls, value: str) -> str:
        prefix = "/" + value.strip("/")
        if not re.fullmatch(r"[/\w.~-]*", prefix, re.ASCII):
            raise ValueError("not a path")
        return "" if prefix == "/" else prefix

    @classmethod
    def read(cls, **chosen: Any) -> Settings:
        """Read the environment; what is chosen (and not None) wins.

        Raises
        ------
        InputError
            With one problem for each setting that is wrong.
        """
        try:
            return cls(**{name: value for name, value in chosen.items() if value is not None})
        except ValidationError as error:
            raise InputError([_problem(item) for item in error.errors()]) from None


#: Settings whose value is told to nobody.
_SECRETS = frozenset(
    {"secret_key", "database_url", "oidc_client_secret", "contact_key", "mail_password"}
)
_HIDDEN = "***"


def _problem(item: Any) -> Problem:
    field = str(item["loc"][0])
    return BAD_SETTING.at(
        field=field,
        name=f"{PREFIX}{field.upper()}",
        value=_HIDDEN if field in _SECRETS else item["input"],
        meaning=MEANINGS[field],
    )
