"""What goes wrong, told: one table from the errors of the domain to HTTP.

Programs get the one error body, people a page. Nobody gets a traceback: what was not foreseen is
logged under a reference number, and only that number is shown.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from types import MappingProxyType

import orjson
from flask import Flask, Response, current_app, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from geo.durable import is_full
from geo.errors import CrsError, HuituError, InputError, LimitError, NotFound, ProblemKind
from geo.types import Text
from layers.tilearchive import NotArchived
from webapp import language, security
from webapp.access import NotSignedIn
from webapp.accounts import Locked, ProviderDown, SignInRefused, WrongCredentials
from webapp.answers import Occupied
from webapp.consultation.receiving import Closed
from webapp.database import FULL, Busy, Full
from webapp.jobs.queue import TooManyWaiting
from webapp.limits import TooOften

_log = logging.getLogger(__name__)

#: The errors of the domain, the most special first, and their status.
STATUS: tuple[tuple[type[HuituError], int], ...] = (
    (NotFound, 404),
    (NotArchived, 404),
    (NotSignedIn, 401),
    (WrongCredentials, 403),
    (SignInRefused, 403),
    (ProviderDown, 503),
    (Locked, 429),
    (TooOften, 429),
    (Busy, 503),
    (Occupied, 503),
    (Full, 507),
    (TooManyWaiting, 429),
    (Closed, 409),
    (LimitError, 413),
    (CrsError, 422),
    (InputError, 400),
    (HuituError, 500),
)

_UNFORESEEN, _BUSY = 500, 503
#: After so long a database that was restarted answers again.
_RETRY_SECONDS = "5"

_ASK_ADMIN = Text(
    zh="请把编号 {reference} 告诉网站管理员",
    en="Please give the number {reference} to the administrator of this site",
)
UNFORESEEN = ProblemKind(
    "unforeseen",
    "error",
    Text(zh="出了意外，没有完成", en="Something unforeseen happened, and this was not done"),
    _ASK_ADMIN,
)
BAD_REQUEST = ProblemKind(
    "request",
    "error",
    Text(zh="服务器不能理解这个请求", en="The server does not understand this request"),
    Text(zh="核对地址后再试", en="Check the address and try again"),
)
FORM_OLD = ProblemKind(
    "form-old",
    "error",
    Text(
        zh="这个表单已失效（登录已变化，或不是从本网站打开的），没有执行",
        en="This form is no longer good (the sign-in has changed, or it was not opened on this "
        "site), and was not carried out",
    ),
    Text(zh="返回上一页，刷新后再提交", en="Go back, reload the page and send it again"),
)
#: What the server itself refuses, by status.
HTTP: Mapping[int, ProblemKind] = MappingProxyType(
    {
        403: ProblemKind(
            "foreign-form",
            "error",
            Text(
                zh="这个表单不是从本网站的页面提交的，没有执行",
                en="This form was not sent from a page of this site, and was not carried out",
            ),
            Text(zh="从本网站的页面重新提交", en="Send it again from a page of this site"),
        ),
        404: ProblemKind(
            "not-found",
            "error",
            Text(zh="这个地址没有内容", en="There is nothing at this address"),
            Text(
                zh="核对地址，或从地图和项目清单进入",
                en="Check it, or start from the map or the list",
            ),
        ),
        405: ProblemKind(
            "method",
            "error",
            Text(zh="这个地址只能读取", en="This address can only be read"),
            Text(zh="用 GET 请求", en="Use GET"),
        ),
        413: ProblemKind(
            "too-big",
            "error",
            Text(zh="请求太大", en="The request is too big"),
            Text(zh="缩小后再试", en="Make it smaller and try again"),
        ),
        416: ProblemKind(
            "range",
            "error",
            Text(zh="文件没有所要的这一段", en="The file has no such part"),
            Text(
                zh="一次要一段，不超过文件的长度",
                en="Ask for one part at a time, within the length of the file",
            ),
        ),
    }
)


def install(app: Flask) -> None:
    """Answer every error by the tables."""
    app.register_error_handler(HuituError, _domain)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OSError, _system)
    app.register_error_handler(Exception, _unforeseen)


def status_of(error: HuituError) -> int:
    """The status by which an error of the domain is told."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def body(error: HuituError, lang: str) -> bytes:
    """The one error body."""
    told = {
        "code": error.code,
        "message": error.message(lang),
        "hint": error.hint(lang),
        "problems": [problem.to_dict(lang) for problem in error.problems],
    }
    return orjson.dumps({"error": told})


def _domain(error: HuituError) -> AnyResponse:
    status = status_of(error)
    if status == _UNFORESEEN:
        return _unforeseen(error)
    answer = _answer(error, status)
    if status == _BUSY:
        answer.headers["Retry-After"] = _RETRY_SECONDS
    return answer


def _http(error: HTTPException) -> AnyResponse:
    """What the server refuses; a redirect is no error and goes out as it is."""
    status = error.code or 500
    if error.response is not None or status < 400:
        return error.get_response()
    if status >= 500:
        return _unforeseen(error)
    kind = FORM_OLD if isinstance(error, CSRFError) else HTTP.get(status, BAD_REQUEST)
    response = _answer(HuituError(kind.at()), status)
    response.headers.extend(_kept_headers(error))
    return response


def _kept_headers(error: HTTPException) -> list[tuple[str, str]]:
    """Which methods an address takes, and how long a file is, stand in headers of their own."""
    wanted = {"Allow", "Retry-After", "Content-Range"}
    return [(name, value) for name, value in error.get_headers() if name in wanted]


def _system(error: OSError) -> AnyResponse:
    """A disk that is full is told; whatever else the system refuses was not foreseen."""
    if is_full(error):
        _log.error("the disk is full: %s", request.path, exc_info=error)
        return _answer(HuituError(FULL.at()), 507)
    return _unforeseen(error)


def _unforeseen(error: Exception) -> AnyResponse:
    reference = secrets.token_hex(4)
    _log.error("reference %s: %s", reference, _told_address(), exc_info=error)
    return _answer(HuituError(UNFORESEEN.at(reference=reference)), 500)


def _told_address() -> str:
    """Where it happened, for the log: no line of somebody's own, and no secret of a link."""
    rule = request.url_rule
    hidden = rule is not None and ("token" in rule.arguments or security.is_secret())
    told = rule.rule if rule and hidden else request.path
    return ascii(told)[1:-1]


def _answer(error: HuituError, status: int) -> AnyResponse:
    lang = language.current()
    if wants_json():
        response = Response(body(error, lang), mimetype="application/json")
    else:
        html = render_template("error.html", error=error, status=status)
        response = Response(html, mimetype="text/html")
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def wants_json() -> bool:
    """Whether this request is a program's: by its endpoint, and without one by its address."""
    endpoint = request.endpoint or _endpoint_by_address()
    route = security.ROUTES.get(endpoint or "")
    if route is not None and not route.programs:
        return route.kind == "json"
    data = request.path.endswith((".json", ".geojson")) or request.path.startswith("/layers/")
    if route is None and data:
        return True
    accepted = request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html")
    return accepted == "application/json"


def _endpoint_by_address() -> str | None:
    """What answers at this address when asked by a method that it takes; else None."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return None
    for method in adapter.allowed_methods():
        try:
            endpoint, _values = adapter.match(method=method)
        except HTTPException:
            continue
        return str(endpoint)
    return None
