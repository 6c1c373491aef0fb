"""Signing in at an OpenID Connect provider (code flow with PKCE, OpenID Connect Core 1.0 §3.1)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import HuituError, InputError, ProblemKind
from geo.types import Text
from webapp.accounts.lookup import find
from webapp.accounts.people import add
from webapp.accounts.signing import begin
from webapp.accounts.tables import Account
from webapp.database import Database
from webapp.settings import Settings

_SCOPE = "openid profile email"
_PATIENCE_SECONDS = 5
_LEEWAY_SECONDS = 60
#: Signatures only: neither "none" nor one that is made with a secret which we share.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")

DOWN = ProblemKind(
    "sign-in-provider",
    "error",
    Text(
        zh="统一登录服务没有正常应答，没有登录",
        en="The service that signs you in did not answer as it should; you are not signed in",
    ),
    Text(
        zh="稍后再试，或用密码登录",
        en="Try again later, or sign in with a password",
    ),
)
STRANGER = ProblemKind(
    "sign-in-stranger",
    "error",
    Text(
        zh="统一登录认得您，但这里没有可用的帐号",
        en="You are known there, but have no account here that may sign in",
    ),
    Text(
        zh="请系统管理员以您在统一登录中的用户名增加帐号",
        en="Ask the administrator to add an account of the user name that you have there",
    ),
)
UNASKED = ProblemKind(
    "sign-in-unasked",
    "error",
    Text(
        zh="这次登录不是从本页开始的，或已过期，没有登录",
        en="This sign-in was not begun here, or is too old; you are not signed in",
    ),
    Text(zh="从这里重新开始", en="Begin it again here"),
)


class ProviderDown(HuituError):  # noqa: N818 - the name says it
    """The provider cannot be reached, or does not say what it should."""


class SignInRefused(HuituError):  # noqa: N818 - the name says it
    """The provider knows somebody who may not sign in here, or whose way here is not ours."""


@dataclass(frozen=True)
class Attempt:
    """A sign-in that was begun; kept in the browser's session until it comes back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Self:
        """One that nobody can guess."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))

    @property
    def challenge(self) -> str:
        """What the provider is told of the verifier (RFC 7636 §4.2, S256)."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True)
class Known:
    """Whom the provider vouches for: its key for the person, and the names they go by."""

    subject: str
    names: tuple[str, ...]
    shown_as: str


@dataclass(frozen=True)
class Provider:
    """An OpenID Connect provider, asked anew at each sign-in: its keys may have changed."""

    issuer: str
    client_id: str
    client_secret: str
    title: str
    new_role: str

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """The provider that the settings name; None where they name none."""
        if not settings.oidc_issuer:
            return None
        return cls(
            settings.oidc_issuer.rstrip("/"),
            settings.oidc_client_id,
            settings.oidc_client_secret.get_secret_value(),
            settings.oidc_title,
            settings.oidc_new_role,
        )

    def address(self, attempt: Attempt, back: str) -> str:
        """Where the browser goes; it comes to ``back`` from there."""
        with self._session(back) as client:
            found: tuple[str, str] = client.create_authorization_url(
                self._metadata(client)["authorization_endpoint"],
                state=attempt.state,
                nonce=attempt.nonce,
                code_challenge=attempt.challenge,
                code_challenge_method="S256",
            )
        return found[0]

    def vouched(self, attempt: Attempt | None, given: Mapping[str, str], back: str) -> Known:
        """Whom the answer that the browser brought back stands for.

        Raises
        ------
        SignInRefused
            The answer is none to this attempt, or the provider refused.
        ProviderDown
            It cannot be reached, or its token does not hold.
        """
        if attempt is None or not secrets.compare_digest(
            attempt.state.encode(), given.get("state", "").encode()
        ):
            raise SignInRefused(UNASKED.at())
        if "code" not in given:
            raise SignInRefused(STRANGER.at())
        return self._known(self._claims(attempt, given["code"], back))

    def _claims(self, attempt: Attempt, code: str, back: str) -> dict[str, Any]:
        from authlib.common.errors import AuthlibBaseError
        from joserfc.errors import JoseError
        from requests import RequestException

        try:
            with self._session(back) as client:
                metadata = self._metadata(client)
                told = client.fetch_token(
                    metadata["token_endpoint"], code=code, code_verifier=attempt.verifier
                )
                keys = client.request("GET", metadata["jwks_uri"], withhold_token=True).json()
            return self._checked(told["id_token"], keys, attempt.nonce)
        except (AuthlibBaseError, JoseError, RequestException, KeyError, ValueError) as error:
            raise ProviderDown(DOWN.at()) from error

    def _checked(self, token: str, keys: Any, nonce: str) -> dict[str, Any]:
        """The claims of an ID token (§3.1.3.7); ValueError or JoseError when it does not hold."""
        from joserfc import jwt
        from joserfc.jwk import KeySet

        claims = jwt.decode(token, KeySet.import_key_set(keys), algorithms=_ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self.issuer},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
        audience = claims.get("aud")
        wanted = [audience] if isinstance(audience, str) else list(audience or ())
        if self.client_id not in wanted or claims.get("azp", self.client_id) != self.client_id:
            raise ValueError("a token for somebody else")
        return dict(claims)

    def _known(self, claims: Mapping[str, Any]) -> Known:
        verified = claims.get("email") if claims.get("email_verified") is True else None
        names = (claims.get("preferred_username"), verified)
        return Known(
            subject=f"{self.issuer} {claims['sub']}",
            names=tuple(name for name in names if isinstance(name, str) and name),
            shown_as=str(claims.get("name") or ""),
        )

    def _metadata(self, client: Any) -> dict[str, str]:
        from requests import RequestException

        address = f"{self.issuer}/.well-known/openid-configuration"
        try:
            answer = client.request("GET", address, withhold_token=True)
            answer.raise_for_status()
            found: dict[str, str] = dict(answer.json())
        except (RequestException, ValueError, TypeError) as error:
            raise ProviderDown(DOWN.at()) from error
        if str(found.get("issuer")).rstrip("/") != self.issuer:
            raise ProviderDown(DOWN.at())
        return found

    def _session(self, back: str) -> Any:
        from authlib.integrations.requests_client import OAuth2Session

        return OAuth2Session(
            self.client_id,
            self.client_secret,
            scope=_SCOPE,
            redirect_uri=back,
            default_timeout=_PATIENCE_SECONDS,
        )


def sign_in_known(database: Database, known: Known, new_role: str) -> str:
    """Sign in whom the provider vouches for; give the secret for the browser's cookie.

    The first time an account is found by its name, where the administrator added it and nobody has
    set a password for it; from then on by the provider's own key.

    Raises
    ------
    SignInRefused
        There is no such account, or it is closed.
    """
    with database.writing() as session:
        account = _found(session, known) or _added(session, known, new_role)
        if account is None or account.closed_at is not None:
            raise SignInRefused(STRANGER.at())
        return begin(session, account, how="oidc")


def _found(session: Session, known: Known) -> Account | None:
    bound = session.scalar(select(Account).where(Account.subject == known.subject))
    if bound is not None:
        return bound
    for name in known.names:
        account = find(session, name, to_change=True)
        if account and account.password_hash is None and account.subject is None:
            account.subject = known.subject
            return account
    return None


def _added(session: Session, known: Known, role: str) -> Account | None:
    if not role or not known.names:
        return None
    try:
        account = add(session, known.names[0], role, by="oidc", shown_as=known.shown_as)
    except InputError:
        return None
    account.subject = known.subject
    session.flush()
    return account
