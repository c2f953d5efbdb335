"""OpenReview: submissions and their fate, from API 2 and, for venues before about 2023, from API 1.

Contract: https://docs.openreview.net (notes, search, log-in) and the official client,
https://github.com/openreview/openreview-py (`POST /notes/search {"ids": [...]}`, `POST /login`).
Guests are sent to a challenge since 2026. It is not to be got round: sign in, or use other sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from pipeline.errors import SourceDown, SourceRefused
from pipeline.identifiers import to_url
from pipeline.model import Identifier, Record
from pipeline.sources import (
    Client,
    Response,
    Settings,
    TitleQuery,
    akin,
    batches,
    believing,
    identifier_of,
    identifiers_in,
    identifiers_of,
    is_json,
    listed,
    named,
    not_found,
    number_of,
    refusal,
    searchable,
    text_of,
    web_address,
)
from pipeline.text import normalise_title

BATCH = 100
"""Ids per request; up to 1000 notes come at once (API documentation, `limit`)."""

CANDIDATES = 10
"""Notes asked for per title."""

SIGN_IN = "set OPENREVIEW_USERNAME and OPENREVIEW_PASSWORD"

_SITE = "https://openreview.net"
_IMPORTS = ("dblp.org", "openreview.net/public_article", "openreview.net/archive", "orcid.org")
_FATES = (
    (re.compile(r"withdrawn", re.I), "withdrawn"),
    (re.compile(r"reject", re.I), "rejected"),
    (re.compile(r"retract", re.I), "retracted"),
    (re.compile(r"^submitted|_?submission$|^under[ _]review|^decision_pending|^assign", re.I), "submitted"),
)
"""Read off the last part of a venueid and off the display text, in this order."""
_YEAR = re.compile(r"(?:^|/)((?:19|20)\d{2})(?:/|$)")
_JOURNALS = frozenset({"TMLR", "DMLR", "MELBA"})
"""Journals whose venueid is their bare name."""
_BIBTEX_KEY = re.compile(r"@\w+\{DBLP:([^,\s]+),")


class OpenReview:
    """OpenReview, asked by forum id or by title.

    - Several notes come by `POST /notes/search {"ids": [...]}`; where that form is not served (400, 404,
      405), and for a single note, by `GET /notes?id=`. What a batch leaves out is asked for singly, for
      a note that we may not read is left out too.
    - "Not found" needs both APIs: an empty list or `NotFoundError` from each.
    - HTTP 403 comes in two kinds, told apart by `name`: `ChallengeRequiredError` refuses us altogether,
      `ForbiddenError` concerns one note, about which nothing is then known.
    - `venueid` tells the fate: a bare venue (`ICLR.cc/2025/Conference`) is an acceptance, a suffix
      (`/Rejected_Submission`) is not, `dblp.org/...` is an import. API 1 wrote values without `value`.
    """

    name: ClassVar[str] = "openreview"
    title: ClassVar[str] = "OpenReview"
    order: ClassVar[int] = 30
    schemes: ClassVar[tuple[str, ...]] = ("openreview",)
    gives: ClassVar[tuple[str, ...]] = ("acceptance and venue", "title", "authors", "date", "licence")
    probe: ClassVar[Identifier] = Identifier("openreview", "Gj5JTAwdoy")

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client, self._settings = client, settings
        legacy = settings.extra.get("legacy_url")
        self._apis = tuple(url.rstrip("/") for url in (settings.url, legacy) if url)
        self._token: str | None = None
        self._singly: set[str] = set()

    def fetch(self, identifiers: Sequence[Identifier]) -> Iterator[list[Record]]:
        """Records by forum id, in batches. Raises SourceDown and SourceRefused."""
        for batch in batches((i for i in identifiers if i.scheme in self.schemes), BATCH):
            rest = batch
            for api in self._apis if len(batch) > 1 else ():
                found = self._several(api, rest) if rest else []
                if found:
                    yield found
                answered = {record.question for record in found}
                rest = [i for i in rest if str(i) not in answered]
            for identifier in rest:
                yield self._one(identifier)

    def find(self, queries: Sequence[TitleQuery]) -> Iterator[list[Record]]:
        """Notes with a title akin to the one asked for. Raises SourceDown and SourceRefused."""
        for batch in batches(searchable(queries), 1):
            yield self._search(batch[0])

    def _several(self, api: str, batch: Sequence[Identifier]) -> list[Record]:
        """What one API gives for a batch; nothing where it does not serve batches."""
        if api in self._singly:
            return []
        response = self._send(api, "/notes/search", body={"ids": [i.value for i in batch]})
        if response.status in (400, 403, 404, 405):
            self._singly.add(api)
            return []
        with believing(self._client, response):
            notes = {str(note.get("id")): note for note in _notes(response)}
        found = ((i, notes[i.value]) for i in batch if i.value in notes)
        return [r for i, note in found if (r := _record(note, str(i), response.answered_at))]

    def _one(self, identifier: Identifier) -> list[Record]:
        """One note from the first API that has it; nothing where we may not read it."""
        at = ""
        for api in self._apis:
            response = self._send(api, "/notes", {"id": identifier.value})
            if response.status == 403:
                return []
            with believing(self._client, response):
                record = (
                    None
                    if _is_unknown(response)
                    else _own(_notes(response), identifier, response.answered_at)
                )
            if record:
                return [record]
            at = response.answered_at
        return [not_found(self.name, str(identifier), at)]

    def _search(self, query: TitleQuery) -> list[Record]:
        """Candidates from the first API that has any; none only after both had none."""
        term = " ".join(query.title.split())
        params = {"term": term, "content": "all", "group": "all", "source": "forum", "limit": str(CANDIDATES)}
        at = ""
        for api in self._apis:
            response = self._send(api, "/notes/search", params)
            if response.status in (400, 403) and is_json(response):
                return []  # this text cannot be searched: neither an answer nor an outage
            with believing(self._client, response):
                near = _candidates(response, query)
            if near:
                return near
            at = response.answered_at
        return [not_found(self.name, query.question, at)]

    def _send(
        self, api: str, path: str, params: Mapping[str, str] | None = None, *, body: Any = None
    ) -> Response:
        """One request, signed in where we can; raises SourceRefused where we are sent to a challenge."""
        headers = self._headers()
        if body is None:
            response = self._client.get(api + path, params=params, headers=headers)
        else:
            response = self._client.post(api + path, json=body, headers=headers)
        if response.status in (401, 403) and _error_name(response) != "ForbiddenError":
            guest = not self._token
            reason = "refuses guests" if guest else f"refused the signed-in user (HTTP {response.status})"
            raise SourceRefused(self.name, reason, SIGN_IN if guest else "try again later")
        return response

    def _headers(self) -> dict[str, str]:
        settings = self._settings
        if not self._token and settings.username and settings.password:
            self._token = self._sign_in(settings.username, settings.password)
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    def _sign_in(self, username: str, password: str) -> str:
        """A token good for both APIs. Neither the question nor the answer is ever cached."""
        credentials = {"id": username, "password": password}
        response = self._client.post(f"{self._apis[0]}/login", json=credentials, cache=False)
        data = response.json() if is_json(response) else None
        if not isinstance(data, dict):
            raise refusal(self.name, response)
        token = data.get("token")
        if response.status == 200 and isinstance(token, str) and re.fullmatch(r"[\w.~+/=-]+", token):
            return token
        factor = any("mfa" in key.lower() for key in data) or "mfa" in str(data.get("name")).lower()
        reason = (
            "asks for a second factor, which an unattended run has not" if factor else "refused the sign-in"
        )
        raise SourceRefused(self.name, reason, f"check the account; {SIGN_IN}")


def _notes(response: Response) -> list[dict[str, Any]]:
    """The notes of an answer; raises SourceDown for what is not a list of notes."""
    data = response.json() if response.status == 200 else None
    notes = data.get("notes") if isinstance(data, dict) else None
    if response.status != 200:
        raise refusal(OpenReview.name, response)
    if not isinstance(notes, list) or not all(isinstance(note, dict) for note in notes):
        raise SourceDown(OpenReview.name, "answered with something that is not a list of notes")
    return notes


def _own(notes: Sequence[Mapping[str, Any]], identifier: Identifier, at: str) -> Record | None:
    """The note asked for among those answered (replies may come along); None for an empty list."""
    mine = next((note for note in notes if note.get("id") == identifier.value), None)
    record = _record(mine, str(identifier), at) if mine else None
    if notes and not record:
        raise SourceDown(
            OpenReview.name, "answered with notes that are not the one asked for, or have no title"
        )
    return record


def _candidates(response: Response, query: TitleQuery) -> list[Record]:
    """Notes akin to the query: an equal title first, an acceptance before others, else as they came."""
    notes = _notes(response)
    read = [r for note in notes if (r := _record(note, query.question, response.answered_at))]
    if notes and not read:
        raise SourceDown(OpenReview.name, "answered with notes that have no title")
    wanted = normalise_title(query.title)
    near = [record for record in read if akin(query.title, record.title or "")]
    near.sort(key=lambda r: (normalise_title(r.title or "") != wanted, r.status != "accepted"))
    return [replace(record, rank=rank) for rank, record in enumerate(near)]


def _error_name(response: Response) -> str | None:
    """The `name` of an error body (`ForbiddenError`); raises SourceDown where there is none."""
    data = response.json() if is_json(response) else None
    name = text_of(data.get("name")) if isinstance(data, dict) else None
    if name is None:
        raise refusal(OpenReview.name, response)
    return name


def _is_unknown(response: Response) -> bool:
    """Whether an API said that it has no such note (an empty list says so too)."""
    return response.status == 404 and _error_name(response) == "NotFoundError"


def _content(note: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a note; API 2 wraps each in `{"value": ...}`."""
    content = note.get("content")
    if not isinstance(content, dict):
        return {}
    return {k: v.get("value") if isinstance(v, dict) and "value" in v else v for k, v in content.items()}


def _record(note: Mapping[str, Any], question: str, at: str) -> Record | None:
    """One note as a record; None for a note without an id or a title (replies have none)."""
    content, own = _content(note), identifier_of("openreview", note.get("id"))
    title = text_of(content.get("title"))
    if own is None or title is None:
        return None
    venueid, venue = text_of(content.get("venueid")), text_of(content.get("venue"))
    status = _fate(venueid, venue, note)
    pdf = text_of(content.get("pdf"))
    published = _day(note)
    return Record(
        source=OpenReview.name,
        question=question,
        retrieved_at=at,
        title=title,
        authors=_authors(content.get("authors")),
        abstract=text_of(content.get("abstract")),
        published=published,
        published_precision="day" if published else None,
        venue=None if venue == title else venue,
        venue_key=venueid,
        year=_year(venueid) if status == "accepted" else None,
        identifiers=named(own, _elsewhere(note, content)),
        url=to_url(own),
        pdf_url=web_address(_SITE + pdf if pdf.startswith("/pdf/") else pdf) if pdf else None,
        status=status,
        licence=text_of(note.get("license")),
    )


def _fate(venueid: str | None, venue: str | None, note: Mapping[str, Any]) -> str | None:
    """What became of a submission; an acceptance only where nothing speaks against it."""
    if venueid is None:
        invitations = [note.get("invitation"), *(listed(note.get("invitations")))]
        return "submitted" if any("submission" in str(i).lower() for i in invitations if i) else None
    if venueid.lower().startswith(_IMPORTS):
        return "imported"
    tail = venueid.rsplit("/", 1)[-1] if "/" in venueid else ""
    for text in (tail, venue or ""):
        for pattern, fate in _FATES:
            if pattern.search(text):
                return fate
    return "accepted" if _year(venueid) or venueid in _JOURNALS else None


def _year(venueid: str | None) -> int | None:
    match = _YEAR.search(venueid or "")
    return int(match[1]) if match else None


def _authors(value: object) -> tuple[str, ...]:
    """Names in order; ORCID imports have objects with `fullname`."""
    names = (a.get("fullname") if isinstance(a, dict) else a for a in listed(value))
    return tuple(name for author in names if (name := text_of(author)))


def _elsewhere(note: Mapping[str, Any], content: Mapping[str, Any]) -> tuple[Identifier, ...]:
    """Identifiers of the same work that the note names."""
    key = _BIBTEX_KEY.match(text_of(content.get("_bibtex")) or "")
    external = [text_of(e) or "" for e in listed(note.get("externalIds"))]
    dois = (identifiers_of("doi", e.partition(":")[2]) for e in external if e.lower().startswith("doi:"))
    return named(*dois, identifiers_of("dblp", key[1]) if key else None, identifiers_in(content.get("html")))


def _day(note: Mapping[str, Any]) -> str | None:
    """When the note went public (milliseconds since 1970): published, else online, else created."""
    for key in ("pdate", "odate", "cdate"):
        stamp = number_of(note.get(key), 1, 4 * 10**12)
        if stamp:
            return datetime.fromtimestamp(stamp / 1000, UTC).date().isoformat()
    return None
