"""The provider's web pages and endpoints as an ASGI application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, FileSystemLoader
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.datastructures import ResponseHeader

from linjen.simulators.staff_idp.card_holders import LOA3, CardHolder
from linjen.simulators.staff_idp.protocol import OAuthError, Provider

_HERE = Path(__file__).parent
_PAGES = Environment(loader=FileSystemLoader(_HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True)
# The cards are plain links: no form, no script, nothing from another host. A form would meet Chromium's rule that
# form-action also binds the redirect that follows.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_Request = Request[Any, Any, Any]


def build_site(provider: Provider, holders: Sequence[CardHolder]) -> Litestar:
    """The application of one provider and its card holders."""
    site = Litestar(
        route_handlers=[_discovery, _keys, _authorize, _choose, _cancel, _token, _style],
        response_headers=[ResponseHeader(name=name, value=value) for name, value in _HEADERS.items()],
        openapi_config=None,
        logging_config=None,
    )
    site.state.provider = provider
    site.state.holders = list(holders)
    return site


@get("/.well-known/openid-configuration", sync_to_thread=False)
def _discovery(request: _Request) -> dict[str, Any]:
    return _provider(request).describe()


@get("/jwks.json", sync_to_thread=False)
def _keys(request: _Request) -> dict[str, Any]:
    return _provider(request).publish_keys()


@get("/authorize", sync_to_thread=False)
def _authorize(request: _Request) -> Response[str]:
    """The picker. There is no single sign-on here: every sign-in shows it, so `prompt=login` is always honoured."""
    params = _single(request.url.query)
    try:
        _provider(request).read_question(params)
    except OAuthError as error:
        return _refusal(request, params, error)
    cards = [
        {"holder": holder, "low": holder.acr != LOA3, "query": urlencode(params | {"card": str(number)})}
        for number, holder in enumerate(request.app.state.holders)
    ]
    return _page("choose.html", cards=cards, query=urlencode(params))


@get("/choose", sync_to_thread=False)
def _choose(request: _Request) -> Response[str]:
    params = _single(request.url.query)
    holders: list[CardHolder] = request.app.state.holders
    try:
        question = _provider(request).read_question(params)
        card = params.get("card", "")
        if not card.isdecimal() or int(card) >= len(holders):
            raise OAuthError("access_denied", "no such card")
    except OAuthError as error:
        return _refusal(request, params, error)
    return _redirect(_provider(request).answer(question, holders[int(card)]))


@get("/cancel", sync_to_thread=False)
def _cancel(request: _Request) -> Response[str]:
    params = _single(request.url.query)
    try:
        _provider(request).read_question(params)
    except OAuthError as error:
        return _refusal(request, params, error)
    return _refusal(request, params, OAuthError("access_denied", "the person turned back"))


@post("/token")
async def _token(request: _Request) -> Response[dict[str, Any]]:
    form = _single((await request.body()).decode("utf-8", "replace"))
    try:
        answer = _provider(request).redeem(form, request.headers.get("authorization", ""))
    except OAuthError as error:
        status = 401 if error.error == "invalid_client" else 400
        headers = {"WWW-Authenticate": "Basic"} if status == 401 else {}
        problem = {"error": error.error, "error_description": error.why}
        return Response(problem, status_code=status, headers=headers)
    return Response(answer, status_code=200)


@get("/style.css", media_type=MediaType.CSS, sync_to_thread=False)
def _style() -> bytes:
    return (_HERE / "style.css").read_bytes()


def _provider(request: _Request) -> Provider:
    provider: Provider = request.app.state.provider
    return provider


def _single(query: str) -> dict[str, str]:
    """The parameters; one that is given twice counts as not given, since OAuth allows none to repeat."""
    pairs = parse_qsl(query, keep_blank_values=True)
    names = [name for name, _ in pairs]
    return {name: value for name, value in pairs if names.count(name) == 1}


def _refusal(request: _Request, params: Mapping[str, str], error: OAuthError) -> Response[str]:
    provider = _provider(request)
    if error.to_client:
        return _redirect(provider.refuse(params, error))
    return _page("stray.html", status=400, error=error)


def _page(name: str, *, status: int = 200, **words: object) -> Response[str]:
    return Response(_PAGES.get_template(name).render(words), status_code=status, media_type=MediaType.HTML)


def _redirect(url: str) -> Response[str]:
    return Response("", status_code=303, headers={"Location": url}, media_type=MediaType.TEXT)
