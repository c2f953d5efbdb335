"""OpenReview's APIs: version 2 below `/openreview2`, version 1 below `/openreview1`.

Guests get 403 `ChallengeRequiredError` on notes, as since August 2026; `POST /login` gives a token. Version 2 wraps
every field of `content` in `{"value": ...}`, version 1 does not and keeps decisions in replies. `forum=` returns a
note together with its replies.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.apiserver.wire import Answer, Request, json_answer, strings
from tests.apiserver.world import Note, World, best, words

_DAY = 86_400_000
_CHALLENGE = {
    "name": "ChallengeRequiredError",
    "message": "Challenge verification required (2026-10-07-0000001)",
    "status": 403,
    "details": {"challengeUrl": "https://openreview.net/challenge?redirect=%2Fnotes"},
}
_POLICY = {"ratelimit-policy": "180;w=60"}


class OpenReview:
    """The API of OpenReview, both versions.

    `guests` lets requests without a token see notes; `guest_search` only the search (which varied in 2026).
    `mfa` makes a log-in ask for a second factor instead of giving a token.
    """

    name = "openreview"
    mounts = ("openreview2", "openreview1")
    token = "test-token-of-openreview"

    def __init__(
        self,
        username: str = "reader@tests.invalid",
        password: str = "test-password-0123456789",
        *,
        guests: bool = False,
        guest_search: bool = False,
        mfa: bool = False,
    ) -> None:
        self.username, self.password = username, password
        self.guests, self.guest_search, self.mfa = guests, guest_search, mfa

    def asked(self, request: Request) -> tuple[str, ...]:
        """Note ids, forums, or the term of a search; nothing of a log-in."""
        if request.path == "/login":
            return ()
        body = request.json() if request.method == "POST" else None
        listed = strings(body.get("ids")) if isinstance(body, dict) else ()
        names = ("id", "forum", "term", "content.title", "paperhash")
        single = [request.query[name] for name in names if name in request.query]
        return (*listed, *_comma_list(request.query.get("ids")), *single)

    def answer(self, request: Request, world: World) -> Answer:
        """Notes, a token, or one of the documented errors."""
        version = 1 if request.mount.endswith("1") else 2
        if request.path == "/login" and request.method == "POST":
            return self._login(request.json())
        if request.path not in ("/notes", "/notes/search"):
            return _error("NotFoundError", f"{request.path} was not found", 404)
        search = request.path == "/notes/search"
        if not self._may_read(request, search):
            return json_answer(_CHALLENGE, 403, _POLICY)
        notes = world.notes(version)
        shown = _shown_v1 if version == 1 else _shown_v2
        return _search(request, notes, shown) if search else _notes(request.query, notes, shown)

    def too_many(self) -> Answer:
        """429 in the shape of the API's other errors (its body is not recorded anywhere)."""
        return _error("RateLimitError", "Too many requests: please try again later", 429)

    def empty(self, request: Request) -> Answer:
        """No note."""
        return json_answer({"notes": [], "count": 0})

    def _login(self, body: Any) -> Answer:
        if not isinstance(body, dict) or (body.get("id"), body.get("password")) != (
            self.username,
            self.password,
        ):
            return _error("Error", "Invalid username or password", 400)
        if self.mfa:
            return json_answer({"mfaPending": True, "methods": ["totp"], "user": {"id": self.username}})
        user = {"id": self.username, "profile": {"id": "~Test_Reader1"}}
        return json_answer({"token": self.token, "user": user})

    def _may_read(self, request: Request, search: bool) -> bool:
        signed_in = request.headers.get("authorization") == f"Bearer {self.token}"
        return signed_in or self.guests or (search and self.guest_search)


def _comma_list(text: str | None) -> list[str]:
    return [item for item in (text or "").split(",") if item]


def _error(name: str, message: str, status: int, details: Mapping[str, str] | None = None) -> Answer:
    body = {"name": name, "message": message, "status": status, "details": dict(details or {})}
    return json_answer(body, status, _POLICY)


Shown = Callable[[Note], dict[str, Any]]


def _notes(query: Mapping[str, str], notes: Mapping[str, Note], shown: Shown) -> Answer:
    if "id" in query and query["id"] not in notes:
        details = {"path": "id", "value": query["id"]}
        return _error("NotFoundError", f"The Note {query['id']} was not found", 404, details)
    found = [note for note in notes.values() if _selected(note, query)]
    if not any(
        name in query for name in ("id", "ids", "forum", "content.title", "content.venueid", "paperhash")
    ):
        return _error("ValidationError", "at least one of the parameters id, ids, forum is required", 400)
    replies = [reply for note in found if "forum" in query for reply in _replies(note, shown)]
    listed = [*(shown(note) for note in found), *replies]
    start, limit = int(query.get("offset", "0")), min(int(query.get("limit", "1000")), 1000)
    return json_answer({"notes": listed[start : start + limit], "count": len(listed)}, headers=_POLICY)


def _selected(note: Note, query: Mapping[str, str]) -> bool:
    values = {
        "id": note.id,
        "forum": note.id,
        "content.title": note.title,
        "content.venueid": note.venueid,
        "paperhash": _paperhash(note),
    }
    wanted = all(query[name] == value for name, value in values.items() if name in query)
    return wanted and ("ids" not in query or note.id in _comma_list(query["ids"]))


def _search(request: Request, notes: Mapping[str, Note], shown: Shown) -> Answer:
    if request.method == "POST":
        body = request.json()
        ids = strings(body.get("ids")) if isinstance(body, dict) else ()
        found = [notes[note_id] for note_id in ids if note_id in notes]
        return json_answer({"notes": [shown(note) for note in found], "count": len(found)}, headers=_POLICY)
    listed = list(notes.values())
    hits = best(request.query.get("term", ""), (note.title for note in listed), least=0.5)
    start, limit = int(request.query.get("offset", "0")), min(int(request.query.get("limit", "1000")), 1000)
    page = [shown(listed[index]) for index in hits[start : start + limit]]
    return json_answer({"notes": page, "count": len(hits)}, headers=_POLICY)


def _paperhash(note: Note) -> str:
    return f"{words(note.authors[0])[-1]}|{'_'.join(words(note.title))}"


def _group(note: Note) -> str:
    return re.sub(r"/(Rejected|Withdrawn|Desk_Rejected)_Submission$|/Submission$", "", note.venueid)


def _submitted(note: Note) -> int:
    """When it was sent in, in milliseconds since 1970: early in the conference's year."""
    year = re.search(r"/(\d{4})/", note.venueid)
    return int(
        datetime.datetime(int(year[1]) if year else 2024, 1, 10, tzinfo=datetime.UTC).timestamp() * 1000
    )


def _content(note: Note) -> dict[str, Any]:
    return {
        "title": note.title,
        "authors": list(note.authors),
        "authorids": [f"~{name.replace(' ', '_')}1" for name in note.authors],
        "abstract": note.abstract,
        "venue": note.venue,
        "venueid": note.venueid,
        "paperhash": _paperhash(note),
        "pdf": f"/pdf/{note.id.lower()}.pdf",
        "keywords": ["language models"],
        "_bibtex": f"@misc{{\n{note.id},\ntitle={{{note.title}}}\n}}",
    }


def _shown_v2(note: Note) -> dict[str, Any]:
    group = _group(note)
    sent = _submitted(note)
    accepted = {"pdate": sent + 110 * _DAY, "license": "CC BY 4.0"} if group == note.venueid else {}
    return {
        "content": {name: {"value": value} for name, value in _content(note).items()},
        "tmdate": sent + 120 * _DAY,
        "tcdate": sent,
        "writers": [group, f"{group}/Submission1/Authors"],
        "signatures": [f"{group}/Submission1/Authors"],
        "forum": note.id,
        "number": 1,
        "cdate": sent,
        "readers": ["everyone"],
        "invitations": [f"{group}/-/Submission", f"{group}/-/Edit"],
        "mdate": sent + 120 * _DAY,
        "odate": sent + 15 * _DAY,
        "domain": group,
        "id": note.id,
        "version": 2,
        **accepted,
    }


def _shown_v1(note: Note) -> dict[str, Any]:
    return _note_v1(note, note.id, None, "Blind_Submission", _content(note))


def _note_v1(note: Note, note_id: str, parent: str | None, kind: str, content: object) -> dict[str, Any]:
    group, sent = _group(note), _submitted(note)
    return {
        "id": note_id,
        "original": None,
        "cdate": sent,
        "tcdate": sent,
        "tmdate": sent + 120 * _DAY,
        "ddate": None,
        "number": 1,
        "content": content,
        "forum": note.id,
        "referent": None,
        "invitation": f"{group}/-/{kind}",
        "replyto": parent,
        "readers": ["everyone"],
        "nonreaders": [],
        "signatures": [f"{group}/Paper1/Authors"],
        "writers": [group],
        "details": {"replyCount": 1},
    }


def _replies(note: Note, shown: Shown) -> Sequence[dict[str, Any]]:
    """One reply: a decision where the note has one, else a review."""
    said = (
        {"title": "Paper Decision", "decision": note.decision}
        if note.decision
        else {"title": "Official Review"}
    )
    reply_id, group = f"{note.id[:6]}Rply", _group(note)
    if shown is _shown_v1:
        return [_note_v1(note, reply_id, note.id, "Paper1/Decision", said)]
    wrapped = {name: {"value": value} for name, value in said.items()}
    whole = _shown_v2(note) | {"id": reply_id, "replyto": note.id, "content": wrapped}
    return [whole | {"invitations": [f"{group}/Submission1/-/Official_Review"]}]
