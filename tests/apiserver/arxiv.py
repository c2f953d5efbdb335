"""arXiv's query API: Atom feeds below `/arxiv/api/query`, GET or POST of a form.

After the user's manual (https://info.arxiv.org/help/api/user-manual.html) and recorded answers: ten results unless
`max_results` says more, unknown ids dropped in silence, a malformed id is HTTP 400 with a feed of one entry titled
`Error`, the order is not the order asked for, a GET of more than 600 ids is HTTP 414.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import textwrap
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

from tests.apiserver.wire import Answer, Request, html_answer, text_answer
from tests.apiserver.world import ArxivPaper, Work, World, index, words

_ID = re.compile(r"(?P<bare>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v(?P<version>\d+))?")
_MOST_IDS_BY_GET = 600
_MOST_RESULTS = 2000
_STAMP = "2026-10-07T00:00:00Z"

Test = Callable[[Work], bool]


class Arxiv:
    """The API of arXiv."""

    name = "arxiv"
    mounts = ("arxiv",)

    def asked(self, request: Request) -> tuple[str, ...]:
        """Ids, and the search query where there is one."""
        form = request.form()
        query = form.get("search_query")
        return (*_listed(form), *([query] if query else []))

    def answer(self, request: Request, world: World) -> Answer:
        """A feed, or one of the documented errors."""
        form = request.form()
        ids = _listed(form)
        if request.path.rstrip("/") != "/api/query":
            return html_answer("<html><body>404 Not Found</body></html>", 404)
        if request.method == "GET" and len(ids) > _MOST_IDS_BY_GET:
            return html_answer("<html><body><h1>414 Request-URI Too Large</h1></body></html>", 414)
        numbers = [form.get("start", "0"), form.get("max_results", "10")]
        for name, number in zip(("start", "max_results"), numbers, strict=True):
            if not number.isdigit():
                return _error(f"{name} must be an integer", f"{name}_must_be_an_integer")
        if int(numbers[1]) > _MOST_RESULTS:
            return _error("max_results must not exceed 2000", "max_results_too_large")
        malformed = next((item for item in ids if not _ID.fullmatch(item)), None)
        if malformed is not None:
            return _error(f"incorrect id format for {malformed}", f"incorrect_id_format_for_{malformed}")
        return _feed(form, _matching(form, ids, world), int(numbers[0]), int(numbers[1]))

    def too_many(self) -> Answer:
        """429 as text, without Retry-After."""
        return text_answer("Rate exceeded.", 429)

    def empty(self, request: Request) -> Answer:
        """A feed of no entry, as arXiv gives now and then for no reason."""
        return _feed(request.form(), [], 0, 10)


def _listed(form: dict[str, str]) -> list[str]:
    return [item.strip() for item in form.get("id_list", "").split(",") if item.strip()]


def _matching(form: dict[str, str], ids: Sequence[str], world: World) -> list[tuple[Work, int]]:
    """(work, version) of all that match, newest id first when ids were asked, else by likeness."""
    query = form.get("search_query", "").strip()
    known = index(world, "arxiv", world.arxiv)
    if not ids and not query:
        return []
    if ids:
        found = [pair for item in ids if (pair := _versioned(item, known))]
        found.sort(key=lambda pair: pair[0].arxiv.id if pair[0].arxiv else "", reverse=True)
    else:
        found = [(work, work.arxiv.versions) for work in known.values() if work.arxiv]
    if not query:
        return found
    test = _Query(query).read()
    hits = [pair for pair in found if test(pair[0])]
    return sorted(hits, key=lambda pair: len(pair[0].title))


def _versioned(item: str, known: dict[str, Work]) -> tuple[Work, int] | None:
    match = _ID.fullmatch(item)
    work = known.get(match["bare"]) if match else None
    if match is None or work is None or work.arxiv is None:
        return None
    version = int(match["version"] or work.arxiv.versions)
    return (work, version) if version <= work.arxiv.versions else None


class _Query:
    """Reads `ti:"..." AND (au:x OR au:y) ANDNOT all:z` into a test of works, left to right."""

    _TOKEN = re.compile(r'\(|\)|(?:[a-z]+:)?"[^"]*"|[^\s()]+')
    _OPERATORS = ("AND", "OR", "ANDNOT")

    def __init__(self, text: str) -> None:
        self.tokens = self._TOKEN.findall(text.replace("+", " "))

    def read(self) -> Test:
        """The test for the whole query; words without an operator between them are joined by OR."""
        test = self._term()
        while self.tokens and self.tokens[0] != ")":
            operator = self.tokens.pop(0) if self.tokens[0] in self._OPERATORS else "OR"
            test = _joined(operator, test, self._term())
        return test

    def _term(self) -> Test:
        token = self.tokens.pop(0) if self.tokens else ""
        if token == "(":
            test = self.read()
            self.tokens[:1] = []
            return test
        field, colon, phrase = token.partition(":")
        if not colon or '"' in field:
            field, phrase = "all", token
        wanted = words(phrase)
        return lambda work: bool(wanted) and any(_holds(text, wanted) for text in _texts(work, field))


def _joined(operator: str, left: Test, right: Test) -> Test:
    if operator == "AND":
        return lambda work: left(work) and right(work)
    if operator == "ANDNOT":
        return lambda work: left(work) and not right(work)
    return lambda work: left(work) or right(work)


def _texts(work: Work, field: str) -> list[str]:
    texts = {"ti": [work.title], "au": list(work.authors), "abs": [work.about]}
    texts["id"] = [work.arxiv.id] if work.arxiv else []
    return texts.get(field, [text for some in texts.values() for text in some])


def _holds(text: str, wanted: Sequence[str]) -> bool:
    known = words(text)
    return any(known[at : at + len(wanted)] == list(wanted) for at in range(len(known) - len(wanted) + 1))


def _feed(form: dict[str, str], found: Sequence[tuple[Work, int]], start: int, size: int) -> Answer:
    asked = f"search_query={form.get('search_query', '')}&id_list={form.get('id_list', '')}"
    asked += f"&start={start}&max_results={size}"
    entries = [
        _entry(work, work.arxiv, version) for work, version in found[start : start + size] if work.arxiv
    ]
    head = [
        f"  <id>https://arxiv.org/api/{hashlib.sha1(asked.encode()).hexdigest()[:27]}</id>",
        f"  <title>arXiv Query: {escape(asked)}</title>",
        f"  <updated>{_STAMP}</updated>",
        f'  <link href="https://arxiv.org/api/query?{escape(asked, {chr(34): "%22"})}" type="application/atom+xml"/>',
        *_counts(size, len(found), start),
    ]
    return _document(200, [*head, *entries])


def _counts(size: int, total: int, start: int) -> list[str]:
    return [
        f"  <opensearch:itemsPerPage>{size}</opensearch:itemsPerPage>",
        f"  <opensearch:totalResults>{total}</opensearch:totalResults>",
        f"  <opensearch:startIndex>{start}</opensearch:startIndex>",
    ]


def _document(status: int, lines: Sequence[str]) -> Answer:
    root = (
        '<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
        'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">'
    )
    text = "\n".join(["<?xml version='1.0' encoding='UTF-8'?>", root, *lines, "</feed>", ""])
    return Answer(status, text.encode(), "application/atom+xml; charset=utf-8")


def _entry(work: Work, paper: ArxivPaper, version: int) -> str:
    name = f"{paper.id}v{version}"
    first = version == 1 and paper.first_title
    changed = paper.date + datetime.timedelta(days=0 if version == 1 else 200)
    lines = [
        f"    <id>http://arxiv.org/abs/{name}</id>",
        f"    <title>{escape(_broken(paper.first_title if first and paper.first_title else work.title))}</title>",
        f"    <updated>{changed}T12:00:00Z</updated>",
        f'    <link href="https://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>',
        f'    <link href="https://arxiv.org/pdf/{name}" rel="related" type="application/pdf" title="pdf"/>',
        f"    <summary>{escape(_broken(work.about))}</summary>",
        '    <category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>',
        '    <category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>',
        f"    <published>{paper.date}T12:00:00Z</published>",
        *_optional(paper),
        '    <arxiv:primary_category term="cs.CL"/>',
        *(f"    <author>\n      <name>{escape(author)}</name>\n    </author>" for author in work.authors),
    ]
    return "\n".join(["  <entry>", *lines, "  </entry>"])


def _optional(paper: ArxivPaper) -> list[str]:
    said = {"comment": paper.comment, "journal_ref": paper.journal_ref, "doi": paper.doi}
    return [f"    <arxiv:{name}>{escape(text)}</arxiv:{name}>" for name, text in said.items() if text]


def _broken(text: str) -> str:
    """Titles and summaries have hard line breaks."""
    return "\n  ".join(textwrap.wrap(text, 76, break_on_hyphens=False, break_long_words=False))


def _error(message: str, name: str) -> Answer:
    entry = [
        "  <entry>",
        f"    <id>https://arxiv.org/api/errors#{escape(name)}</id>",
        "    <title>Error</title>",
        f"    <updated>{_STAMP}</updated>",
        f'    <link href="https://arxiv.org/api/errors#{escape(name)}" rel="alternate" type="text/html"/>',
        f"    <summary>{escape(message)}</summary>",
        "    <author>\n      <name>arXiv api core</name>\n    </author>",
        "  </entry>",
    ]
    head = [
        "  <id>https://arxiv.org/</id>",
        "  <title>arXiv Search Results</title>",
        f"  <updated>{_STAMP}</updated>",
    ]
    return _document(400, [*head, *_counts(1, 1, 0), *entry])
