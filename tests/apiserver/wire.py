"""Requests and answers as plain values, so that every API of the test server can be tried without a socket."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qsl

from tests.apiserver.world import World


@dataclass(frozen=True, slots=True)
class Request:
    """One request: `mount` is the first segment of the path, `path` what follows it (`/api/query`)."""

    method: str
    mount: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""

    def form(self) -> dict[str, str]:
        """Query parameters together with those of a form body."""
        sent = self.headers.get("content-type", "")
        body = parse_qsl(self.body.decode("utf-8", "replace")) if "urlencoded" in sent else []
        return {**self.query, **dict(body)}

    def json(self) -> Any:
        """The body as JSON; None where it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, whole."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Api(Protocol):
    """One of the eight APIs: answers requests below its mounts from a world."""

    @property
    def name(self) -> str:
        """As in the settings: `semanticscholar`."""

    @property
    def mounts(self) -> tuple[str, ...]:
        """First segments of the paths that lead here."""

    def asked(self, request: Request) -> tuple[str, ...]:
        """The ids or titles that a request asks for, as the client wrote them."""

    def answer(self, request: Request, world: World) -> Answer:
        """The healthy answer."""

    def too_many(self) -> Answer:
        """The answer to a request that came too fast."""

    def empty(self, request: Request) -> Answer:
        """A well-formed answer that holds nothing."""


def json_answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer of JSON."""
    return Answer(status, json.dumps(value).encode(), "application/json", headers or {})


def text_answer(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer of plain text."""
    return Answer(status, text.encode(), "text/plain; charset=utf-8", headers or {})


def html_answer(text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer of HTML."""
    return Answer(status, text.encode(), "text/html; charset=utf-8", headers or {})


def strings(value: Any) -> Sequence[str]:
    """The strings of a JSON list; none where it is something else."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
