"""Secrets of a run, and every shape in which one could be seen."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus, unquote, unquote_plus


class Secrets:
    """Everything that must be seen nowhere, in all the shapes in which it could be."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        """`values` are the secrets known from the start; log-ins add tokens later."""
        self._values: tuple[str, ...] = ()
        self._forms: tuple[str, ...] = ()
        for value in values:
            self.add(value)

    def add(self, value: str) -> None:
        """Learn one more. Words shorter than four characters cannot be told from other text."""
        if len(value) >= 4 and value not in self._values:
            self._values = (*self._values, value)
            self._forms = tuple(sorted({*self._forms, *_shapes(value)}, key=len, reverse=True))

    def clean(self, text: str) -> str:
        """`text` with every secret replaced by `***`."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, "***")
        return text

    def stand_in(self, data: bytes) -> bool:
        """Whether `data` holds a secret (of at least six characters) in any shape."""
        return any(len(form) >= 6 and form.encode() in data for form in self._forms)

    def stand_in_url(self, url: str) -> bool:
        """Whether a part of a URL is a secret; a long secret may not even occur within a part."""
        parts = re.split(r"[/?&=#@:]", url)
        words = {*parts, *map(unquote, parts), *map(unquote_plus, parts)}
        texts = (url, unquote(url), unquote_plus(url))
        return any(
            value in words or (len(value) >= 12 and any(value in text for text in texts))
            for value in self._values
        )


def _shapes(value: str) -> Iterator[str]:
    yield from (value, quote(value), quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1])
    yield re.sub("%..", lambda match: match[0].lower(), quote(value, safe=""))
    raw = value.encode()
    for offset, skip in ((0, 0), (1, 2), (2, 3)):  # wherever it lies in a longer text that gets encoded
        padded = b"\0" * offset + raw
        end = len(padded) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            form = encode(padded).decode()[skip:end]
            if len(form) >= 5:
                yield form
