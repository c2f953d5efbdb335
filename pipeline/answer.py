"""What a server answered, and the readers that refuse what is not an answer.

A captive portal, a bot wall and a broken proxy all answer 200 with a web page; an answer may be cut off,
be in another encoding, or be built to hurt its reader. None of that may pass for data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.errors import SourceDown

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_PORTAL = "a sign-in page of the network, a proxy or a bot wall stands in between"


class Headers(dict[str, str]):
    """Response headers; names are lower case inside, and any case outside."""

    def __init__(self, headers: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        super().__init__((name.lower(), value) for name, value in dict(headers).items())

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a header, or `default`."""
        return super().get(name.lower(), default)


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered: status 2xx, or 4xx except 408, 425 and 429.

    `answered_at` is when the server gave it (ISO 8601, UTC, seconds): a cached answer keeps its date.
    The readers raise `SourceDown` when the body is not what was asked for, and then take it out of the
    cache; a source that finds so by itself calls `Client.forget`.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=Headers)
    body: bytes = b""
    url: str = ""
    from_cache: bool = False
    answered_at: str = ""
    source: str = ""
    accept: str = "json"
    key: str | None = field(default=None, repr=False, compare=False)
    rejected: Callable[[Response], None] | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", Headers(self.headers))

    @property
    def content_type(self) -> str:
        """The media type in lower case without parameters, or an empty string."""
        return str(self.headers.get("content-type", "")).partition(";")[0].strip().lower()

    @property
    def is_page(self) -> bool:
        """Whether the body is a web page, whatever the header says."""
        head = self.body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        return head.startswith(b"<") and (b"<!doctype html" in head or b"<html" in head)

    def json(self) -> Any:
        """The JSON value in the body. Raises SourceDown when there is none."""
        if self.is_page or "html" in self.content_type:
            raise self._reject("JSON")
        try:
            text = self.body.decode("utf-8-sig")
            value = json.loads(text, parse_constant=_no_constant)
            if "\\ud" in text or "\\uD" in text:
                value = _without_lone_surrogates(value)
        except (ValueError, RecursionError):
            raise self._reject("JSON") from None
        return value

    def xml(self) -> Element:
        """The root element of the XML in the body; no DTD, no entities. Raises SourceDown when not XML."""
        from defusedxml import ElementTree

        if self.is_page:
            raise self._reject("XML")
        try:
            root: Element = ElementTree.fromstring(self.body, forbid_dtd=True)
        except (
            SyntaxError,
            ValueError,
            LookupError,
        ):  # ParseError is one; which of its two classes hangs on imports
            raise self._reject("XML") from None
        if root.tag.rpartition("}")[2].lower() == "html":
            raise self._reject("XML")
        return root

    def text(self) -> str:
        """The body as text. Raises SourceDown for a web page that was answered as if it were the thing."""
        if self.status == 200 and self.is_page:
            raise self._reject("plain text")
        charset = re.search(
            r"charset=\"?([\w.:-]+)", str(self.headers.get("content-type", "")), re.IGNORECASE
        )
        try:
            return self.body.decode(charset[1] if charset else "utf-8", "replace")
        except (LookupError, ValueError):
            return self.body.decode("utf-8", "replace")

    def _reject(self, wanted: str) -> SourceDown:
        if self.rejected:
            self.rejected(self)
            object.__setattr__(self, "rejected", None)  # told once, however often it is read
        status = "" if self.status == 200 else f" (HTTP {self.status})"
        if self.is_page or "html" in self.content_type:
            reason = f"answered with a web page instead of {wanted}{status}"
            return SourceDown(self.source, reason, _PORTAL)
        return SourceDown(self.source, f"answered with something that is not {wanted}{status}")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _without_lone_surrogates(value: Any) -> Any:
    """The value with lone surrogates (`\\ud800`) replaced: no file could hold them."""
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
