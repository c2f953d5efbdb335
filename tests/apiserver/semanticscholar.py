"""Semantic Scholar's Graph API below `/s2/graph/v1`: paper, batch, match and search, with its two shapes of errors.

After recorded answers: nulls in place of unknown ids in a batch, 400 where no id is known, a fuzzy match that takes a
prefix or a wrong suffix for the title, 404 `Title match not found`, no `data` key where a search finds nothing,
403 `{"message": "Forbidden"}` for a wrong key, and the 429 of the pool that all callers without a key share.
"""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from tests.apiserver.wire import Answer, Request, json_answer, strings
from tests.apiserver.world import S2Paper, World, best, index, overlap

FIELDS = (
    "paperId externalIds corpusId publicationVenue url title abstract venue year referenceCount citationCount "
    "influentialCitationCount isOpenAccess openAccessPdf fieldsOfStudy s2FieldsOfStudy publicationTypes "
    "publicationDate journal citationStyles authors tldr"
).split()
_DEEP = ("authors", "journal", "externalIds", "citations", "references")
_MOST_IDS = 500
_PREFIXED = re.compile(r"(corpusid|doi|arxiv|mag|acl|pmid|pmcid|url):(.+)", re.IGNORECASE | re.DOTALL)
_WELL_FORMED = re.compile(
    r"[0-9a-f]{40}|10\.\d{4,9}/\S+|(corpusid|doi|arxiv|mag|acl|pmid|pmcid|url):\S+", re.IGNORECASE
)
_TOO_MANY = (
    "Too Many Requests. Please wait and try again or apply for a key for higher rate limits. "
    "https://www.semanticscholar.org/product/api#api-key-form"
)


class SemanticScholar:
    """The API of Semantic Scholar.

    `key` is the one good key. Of the requests without a key each `keyless`-th is answered, the others get 429
    (1: all are answered; 0: none).
    """

    name = "semanticscholar"
    mounts = ("s2",)

    def __init__(self, key: str = "test-key-0123456789", keyless: int = 1) -> None:
        self.key, self.keyless = key, keyless
        self._without_key = 0
        self._lock = threading.Lock()

    def asked(self, request: Request) -> tuple[str, ...]:
        """Ids of a batch or a look-up, the title of a search."""
        if request.path.endswith("/paper/batch"):
            body = request.json()
            return tuple(strings(body.get("ids"))) if isinstance(body, dict) else ()
        if "query" in request.query:
            return (request.query["query"],)
        return (unquote(request.path.removeprefix("/graph/v1/paper/")),)

    def answer(self, request: Request, world: World) -> Answer:
        """A paper, papers, or one of the recorded errors."""
        refused = self._refused(request)
        if refused:
            return refused
        fields = [name for name in request.query.get("fields", "title").split(",") if name]
        unknown = [name for name in fields if not _supported(name)]
        if unknown:
            return json_answer({"error": f"Unrecognized or unsupported fields: [{', '.join(unknown)}]"}, 400)
        path = request.path.removeprefix("/graph/v1")
        if path == "/paper/batch" and request.method == "POST":
            return _batch(request.json(), fields, world)
        if path == "/paper/search/match":
            return _match(request.query.get("query", ""), fields, world)
        if path in ("/paper/search", "/paper/search/bulk"):
            return _search(request.query, fields, world)
        return _paper(unquote(path.removeprefix("/paper/")), fields, world)

    def too_many(self) -> Answer:
        """429 of the gateway, in its own shape."""
        return json_answer(
            {"message": _TOO_MANY, "code": "429"}, 429, {"x-amzn-errortype": "TooManyRequestsException"}
        )

    def empty(self, request: Request) -> Answer:
        """What says nothing: a batch of nulls, or a list without data."""
        if request.path.endswith("/paper/batch"):
            return json_answer([None for _ in self.asked(request)])
        return json_answer({"data": []} if request.path.endswith("/match") else {"total": 0, "offset": 0})

    def _refused(self, request: Request) -> Answer | None:
        key = request.headers.get("x-api-key")
        if key is not None:
            forbidden = {"x-amzn-errortype": "ForbiddenException"}
            return None if key == self.key else json_answer({"message": "Forbidden"}, 403, forbidden)
        with self._lock:
            self._without_key += 1
            served = self.keyless and self._without_key % self.keyless == 0
        return None if served else self.too_many()


def _supported(name: str) -> bool:
    head, dot, _ = name.partition(".")
    return head in _DEEP if dot else head in FIELDS or head in ("citations", "references", "embedding")


def canonical(asked: str) -> str:
    """The form in which a world knows an id: upper-case prefix, lower-case value; a bare DOI gets its prefix."""
    match = _PREFIXED.fullmatch(asked.strip())
    if match:
        return f"{match[1].upper()}:{match[2].lower()}"
    return f"DOI:{asked.lower()}" if asked.startswith("10.") else asked.lower()


def _batch(body: Any, fields: Sequence[str], world: World) -> Answer:
    ids = body.get("ids") if isinstance(body, dict) else None
    if not isinstance(ids, list):
        return json_answer({"error": "Missing required field 'ids'"}, 400)
    if len(ids) > _MOST_IDS:
        return json_answer({"error": f"Too many ids: at most {_MOST_IDS}"}, 400)
    known = index(world, "s2", world.s2)
    papers = [known.get(canonical(asked)) if isinstance(asked, str) else None for asked in ids]
    if not any(papers) or not all(isinstance(asked, str) and _WELL_FORMED.fullmatch(asked) for asked in ids):
        return json_answer({"error": "No valid paper ids given"}, 400)
    return json_answer([_shown(paper, fields) if paper else None for paper in papers])


def _paper(asked: str, fields: Sequence[str], world: World) -> Answer:
    paper = index(world, "s2", world.s2).get(canonical(asked))
    if paper is None:
        return json_answer({"error": f"Paper with id {asked} not found"}, 404)
    return json_answer(_shown(paper, fields))


def _match(query: str, fields: Sequence[str], world: World) -> Answer:
    papers = [work.s2 for work in world.works if work.s2]
    found = best(query, (paper.title for paper in papers))
    if not found:
        return json_answer({"error": "Title match not found"}, 404)
    paper = papers[found[0]]
    score = round(60 + 120 * overlap(query, paper.title)[1], 5)
    return json_answer({"data": [{**_shown(paper, fields), "matchScore": score}]})


def _search(query: Mapping[str, str], fields: Sequence[str], world: World) -> Answer:
    papers = [work.s2 for work in world.works if work.s2]
    found = best(query.get("query", ""), (paper.title for paper in papers), least=0.5)
    offset, limit = int(query.get("offset", "0")), int(query.get("limit", "100"))
    if not found:
        return json_answer({"total": 0, "offset": offset})
    data = [_shown(papers[index], fields) for index in found[offset : offset + limit]]
    return json_answer({"total": len(found), "offset": offset, "data": data})


def _shown(paper: S2Paper, fields: Sequence[str]) -> dict[str, Any]:
    heads = {"paperId", *(name.partition(".")[0] for name in fields)}
    return {name: value for name, value in _whole(paper).items() if name in heads}


def _whole(paper: S2Paper) -> dict[str, Any]:
    pdf = {"url": "", "status": None, "license": None}
    return {
        "paperId": paper.paper_id,
        "externalIds": dict(paper.external_ids),
        "corpusId": paper.corpus_id,
        "publicationVenue": _publication_venue(paper.venue),
        "url": f"https://www.semanticscholar.org/paper/{paper.paper_id}",
        "title": paper.title,
        "abstract": paper.abstract,
        "venue": paper.venue,
        "year": paper.year,
        "referenceCount": 40,
        "citationCount": paper.citations,
        "influentialCitationCount": paper.influential,
        "isOpenAccess": False,
        "openAccessPdf": pdf | ({"disclaimer": paper.disclaimer} if paper.disclaimer else {}),
        "fieldsOfStudy": ["Computer Science"],
        "s2FieldsOfStudy": [{"category": "Computer Science", "source": "external"}],
        "publicationTypes": ["JournalArticle"]
        if paper.venue in ("arXiv.org", "")
        else ["JournalArticle", "Conference"],
        "publicationDate": paper.date,
        "journal": dict(paper.journal) if paper.journal else None,
        "citationStyles": {"bibtex": f"@Article{{{paper.paper_id[:8]},\n title = {{{paper.title}}}\n}}\n"},
        "authors": [
            {"authorId": str(uuid.uuid5(uuid.NAMESPACE_OID, name).int % 10**10), "name": name}
            for name in paper.authors
        ],
        "tldr": None,
    }


def _publication_venue(venue: str) -> dict[str, Any] | None:
    if not venue:
        return None
    shown: dict[str, Any] = {"id": str(uuid.uuid5(uuid.NAMESPACE_OID, venue)), "name": venue}
    if venue == "arXiv.org":
        return shown | {"alternate_names": ["ArXiv"], "issn": "2331-8422", "url": "https://arxiv.org"}
    return shown | {"type": "conference", "alternate_names": [], "url": "https://example.org/venue"}
