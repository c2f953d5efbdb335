"""Stand-ins for what lies outside: a client that answers from a table, and settings to go with it."""

from __future__ import annotations

import json as jsonlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from pipeline.answer import Response

ANSWERED_AT = "2026-11-22T10:00:00Z"
PORTAL = "<!DOCTYPE html><html><head><title>Welcome</title></head><body>Please sign in.</body></html>"


@dataclass(frozen=True)
class Request:
    """One request as a source made it; `url` has the parameters, unescaped enough to be read."""

    method: str
    url: str
    params: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    data: bytes | str | Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    accept: str = "json"
    cache: bool = True


@dataclass(frozen=True)
class Answer:
    """What the fake gives back: text or bytes as they are, anything else as JSON."""

    body: Any = b""
    status: int = 200
    content_type: str | None = None

    def response(self, url: str) -> Response:
        """As a source gets it."""
        plain = isinstance(self.body, (str, bytes))
        text = self.body if plain else jsonlib.dumps(self.body)
        raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        kind = self.content_type or ("application/xml" if plain else "application/json")
        return Response(self.status, {"Content-Type": kind}, raw, url, answered_at=ANSWERED_AT, source="fake")


Reply = Answer | Exception | Callable[[Request], Answer]
"""What stands in the table: an answer, an error to raise, or a function that makes the answer."""


class FakeClient:
    """Answers by the first row whose method (or none) and URL pattern fit; a list of replies is used up in order.

    `requests` is what was asked, `forgotten` what the source took for no answer. A request that fits no
    row fails the test.
    """

    def __init__(self, *table: tuple[str, str, Reply | list[Reply]]) -> None:
        self.table = [(method, re.compile(pattern), reply) for method, pattern, reply in table]
        self.requests: list[Request] = []
        self.forgotten: list[Response] = []

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        accept: str = "json",
        cache: bool = True,
    ) -> Response:
        """As the real client."""
        return self._reply(
            Request("GET", _with(url, params), params or {}, None, None, headers or {}, accept, cache)
        )

    def post(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        data: bytes | str | Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        accept: str = "json",
        cache: bool = True,
    ) -> Response:
        """As the real client."""
        return self._reply(
            Request("POST", _with(url, params), params or {}, json, data, headers or {}, accept, cache)
        )

    def forget(self, response: Response) -> None:
        """Remember that the source took this for no answer."""
        self.forgotten.append(response)

    def _reply(self, request: Request) -> Response:
        self.requests.append(request)
        for method, pattern, reply in self.table:
            if method in ("", request.method) and pattern.search(request.url):
                if isinstance(reply, list):
                    reply = reply.pop(0) if len(reply) > 1 else reply[0]
                return _answer(reply, request).response(request.url)
        raise AssertionError(f"nobody answers {request.method} {request.url}")


def _answer(reply: Reply, request: Request) -> Answer:
    if isinstance(reply, Exception):
        raise reply
    return reply if isinstance(reply, Answer) else reply(request)


def _with(url: str, params: Mapping[str, str] | None) -> str:
    return f"{url}?{urlencode(params, safe=':/,')}" if params else url


@dataclass(frozen=True)
class FakeSettings:
    """Settings of a source whose server is `https://api.test`."""

    url: str = "https://api.test"
    extra: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None
    username: str | None = None
    password: str | None = None


def nulled(value: Any) -> Any:
    """A JSON value with null in place of everything but its shape."""
    if isinstance(value, Mapping):
        return {key: nulled(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [nulled(item) for item in value]
    return None


def mistyped(value: Any) -> Any:
    """A JSON value with numbers for texts and texts for everything else."""
    if isinstance(value, Mapping):
        return {key: mistyped(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [mistyped(item) for item in value]
    return 7 if isinstance(value, str) else "seven"


def hollow(xml: str) -> str:
    """XML with the text of all elements gone."""
    return re.sub(r">[^<>]+<", "><", xml)
