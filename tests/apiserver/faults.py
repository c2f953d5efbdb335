"""What can go wrong between us and an API, switchable per API and per request.

`Fault("html", api="arxiv", nth=2)` makes the second request to arXiv get a login page. `KINDS` names all faults:
some replace the answer, some spoil it, some spoil the way it is sent.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal
from xml.etree import ElementTree

from tests.apiserver.wire import Answer, Api, Request, html_answer, text_answer

Sending = Literal["whole", "refuse", "reset", "truncate", "slow", "hang", "pad"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    It concerns requests to `api` (None: all) whose path contains `path`: the `nth` of them (a number or several,
    from 1, counted per API since the server started; None: every one), at most `times` times.
    `status`, `retry_after`, `location`, `size` (bytes) and `pause` (seconds between bytes) serve the kinds that
    need them.
    """

    kind: str
    api: str | None = None
    nth: int | Collection[int] | None = None
    path: str | None = None
    times: int | None = None
    status: int = 503
    retry_after: str | None = None
    location: str = "http://127.0.0.1:9/elsewhere"
    size: int = 50_000_000
    pause: float = 0.05

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault {self.kind!r}; there are {', '.join(sorted(KINDS))}")

    def concerns(self, api: str, path: str, number: int) -> bool:
        """Whether it hits the `number`-th request to `api`."""
        wanted = [self.nth] if isinstance(self.nth, int) else self.nth
        fits = self.api in (None, api) and (self.path is None or self.path in path)
        return fits and (wanted is None or number in wanted)


@dataclass(frozen=True, slots=True)
class Delivery:
    """An answer and how it is sent."""

    answer: Answer
    sending: Sending = "whole"


Spoiler = Callable[[Fault, Answer, Api, Request], Delivery]

PORTAL = (
    "<!DOCTYPE html><html><head><title>Welcome to the network</title></head>"
    '<body><h1>Sign in to go online</h1><form action="/login"><input name="room"></form></body></html>'
)
BOT_WALL = (
    '<!doctype html><html lang="en"><head><title>Making sure you&#39;re not a bot!</title></head>'
    '<body><script id="anubis_version" type="application/json">"v1.27.0"</script></body></html>'
)
_BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE lolz [\n <!ENTITY lol "lol">\n'
    + "\n".join(f' <!ENTITY lol{n} "{f"&lol{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "\n]>\n<feed>&lol9;</feed>\n"
)


def deliver(fault: Fault | None, answer: Answer, api: Api, request: Request) -> Delivery:
    """What is sent instead of `answer`."""
    return KINDS[fault.kind](fault, answer, api, request) if fault else Delivery(answer)


def _sent(sending: Sending) -> Spoiler:
    return lambda fault, answer, api, request: Delivery(answer, sending)


def _instead(make: Callable[[Fault], Answer]) -> Spoiler:
    return lambda fault, answer, api, request: Delivery(make(fault))


def _retry_after(fault: Fault) -> dict[str, str]:
    return {} if fault.retry_after is None else {"Retry-After": fault.retry_after}


def _too_many(fault: Fault, answer: Answer, api: Api, request: Request) -> Delivery:
    refusal = api.too_many()
    return Delivery(replace(refusal, headers={**refusal.headers, **_retry_after(fault)}))


def _empty(fault: Fault, answer: Answer, api: Api, request: Request) -> Delivery:
    return Delivery(api.empty(request))


def _cut(fault: Fault, answer: Answer, api: Api, request: Request) -> Delivery:
    """Half of the body as if it were whole: neither JSON nor XML any more."""
    return Delivery(replace(answer, body=answer.body[: len(answer.body) // 2]))


def _bad_encoding(fault: Fault, answer: Answer, api: Api, request: Request) -> Delivery:
    """Bytes in the middle of a word that are no UTF-8."""
    middle = len(answer.body) // 2
    return Delivery(replace(answer, body=answer.body[:middle] + b"\xff\xfe\x80" + answer.body[middle:]))


def _mislabelled(fault: Fault, answer: Answer, api: Api, request: Request) -> Delivery:
    """A healthy body that calls itself HTML."""
    return Delivery(replace(answer, content_type="text/html"))


def _spoiled(change: Callable[[Any], Any], change_xml: Callable[[ElementTree.Element], None]) -> Spoiler:
    """Spoil the values of a JSON body, or the elements of an XML one; other bodies stay."""

    def spoil(fault: Fault, answer: Answer, api: Api, request: Request) -> Delivery:
        if "json" in answer.content_type:
            return Delivery(replace(answer, body=json.dumps(change(json.loads(answer.body))).encode()))
        if answer.body.lstrip().startswith(b"<?xml"):
            root = ElementTree.fromstring(answer.body)
            change_xml(root)
            return Delivery(
                replace(answer, body=ElementTree.tostring(root, xml_declaration=True, encoding="UTF-8"))
            )
        return Delivery(answer)

    return spoil


def _leaves(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: walk(item) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item) for item in value]
        return change(value)

    return walk


def _other_type(value: Any) -> Any:
    if isinstance(value, str):
        return [len(value)]
    return {"unexpected": str(value)} if value is None else "not a number"


def _other_shape(value: Any) -> Any:
    """Lists become objects and objects lists, at the top and one floor below."""
    if isinstance(value, dict):
        return [{key: [item] if isinstance(item, dict) else {"0": item} for key, item in value.items()}]
    return {str(index): item for index, item in enumerate(value)} if isinstance(value, list) else [value]


def _without_keys(value: Any) -> Any:
    """Every second key of every object is gone, chosen by a fixed seed."""
    if isinstance(value, dict):
        lots = random.Random(" ".join(sorted(value)))
        return {key: _without_keys(item) for key, item in value.items() if lots.random() < 0.5}
    return [_without_keys(item) for item in value] if isinstance(value, list) else value


def _texts(text: str | None) -> Callable[[ElementTree.Element], None]:
    def change(root: ElementTree.Element) -> None:
        for element in root.iter():
            if not len(element):
                element.text = text

    return change


def _without_children(root: ElementTree.Element) -> None:
    for element in list(root.iter()):
        for child in list(element)[1::2]:
            element.remove(child)


def _other_root(root: ElementTree.Element) -> None:
    root.tag = "unexpected"


KINDS: Mapping[str, Spoiler] = MappingProxyType(
    {
        # the way it is sent
        "refuse": _sent("refuse"),
        "reset": _sent("reset"),
        "truncate": _sent("truncate"),
        "slow": _sent("slow"),
        "hang": _sent("hang"),
        "huge": _sent("pad"),
        # another answer
        "html": _instead(lambda fault: html_answer(PORTAL)),
        "bot_wall": _instead(lambda fault: html_answer(BOT_WALL)),
        "text_404": _instead(lambda fault: text_answer("Not Found", 404)),
        "html_404": _instead(lambda fault: html_answer("<html><body>404</body></html>", 404)),
        "status": _instead(
            lambda fault: html_answer(
                f"<html><body>{fault.status}</body></html>", fault.status, _retry_after(fault)
            )
        ),
        "too_many": _too_many,
        "redirect": _instead(lambda fault: text_answer("", 302, {"Location": fault.location})),
        "no_body": _instead(lambda fault: Answer(200, b"", "application/json")),
        "empty": _empty,
        "entity_bomb": _instead(
            lambda fault: Answer(200, _BOMB.encode(), "application/atom+xml; charset=utf-8")
        ),
        # the answer, spoiled
        "cut": _cut,
        "bad_encoding": _bad_encoding,
        "mislabelled": _mislabelled,
        "wrong_types": _spoiled(_leaves(_other_type), _texts("\u00bf 12:99 not what you expect")),
        "wrong_shape": _spoiled(_other_shape, _other_root),
        "nulls": _spoiled(_leaves(lambda value: None), _texts(None)),
        "missing_keys": _spoiled(_without_keys, _without_children),
    }
)


def padded(answer: Answer, size: int) -> tuple[bytes, int]:
    """The start of a body of `size` bytes that stays well formed, and how many blanks follow it."""
    body = answer.body if re.match(rb"\s*[\[{<]", answer.body) else b"{}"
    return body, max(0, size - len(body))
