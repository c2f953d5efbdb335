"""The loopback API server: its world, its shapes held against real recordings, its limits, its faults."""

from __future__ import annotations

import csv
import json
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree

import pytest
import yaml

from pipeline.model import Identifier
from pipeline.sources import TitleQuery, discover
from tests.apiserver import (
    KINDS,
    NETWORKS,
    ApiServer,
    Fault,
    Limit,
    OpenAlex,
    OpenReview,
    SemanticScholar,
    contract_limits,
    load_world,
)
from tests.apiserver.limits import Gate
from tests.apiserver.world import best, words

ROOT = Path(__file__).parents[1]
SEED = ROOT / "data" / "raw" / "awesome-llm-judge.md"
ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
JUDGE = "2310.05470"
ALL_FIELDS = "title,authors,abstract,venue,year,externalIds,citationCount,publicationDate"


@dataclass(frozen=True)
class Got:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def xml(self) -> ElementTree.Element:
        return ElementTree.fromstring(self.body)


def ask(server: ApiServer, path: str, *, data: Any = None, headers: Mapping[str, str] | None = None) -> Got:
    """GET a path (first segment says which API), or POST `data` (JSON unless bytes)."""
    mount = path.split("/")[1]
    api = next(name for name, api in server.apis.items() if mount in api.mounts)
    body = data if data is None or isinstance(data, bytes) else json.dumps(data).encode()
    connection = HTTPConnection("127.0.0.1", server.port(api), timeout=5)
    try:
        connection.request("GET" if body is None else "POST", path, body, dict(headers or {}))
        response = connection.getresponse()
        return Got(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with ApiServer() as running:
        yield running


def arxiv(server: ApiServer, **params: str) -> Got:
    return ask(server, f"/arxiv/api/query?{urlencode(params)}")


def ids_of(got: Got) -> list[str]:
    return [
        (entry.findtext(f"{ATOM}id") or "").rpartition("/")[2] for entry in got.xml().iter(f"{ATOM}entry")
    ]


def token(server: ApiServer) -> dict[str, str]:
    account = {"id": server.openreview.username, "password": server.openreview.password}
    return {"Authorization": f"Bearer {ask(server, '/openreview2/login', data=account).json()['token']}"}


# --- the world --------------------------------------------------------------------------------------------


def expected_rows() -> list[dict[str, str]]:
    with (ROOT / "tests" / "data" / "seed_expected.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_world__covers_the_seed_list() -> None:
    """Every entry of the seed list but the two that are no papers is a work, and 41 works cover the list."""
    works = [work for work in load_world().works if work.seed]
    assert sorted(place for work in works for place in work.seed) == [
        n for n in range(1, 44) if n not in (10, 11)
    ]
    assert len(works) + 2 == 41


def test_world__titles_are_those_of_the_list() -> None:
    """The title of each work is, folded, the title at its places in the list."""
    lines = SEED.read_text(encoding="utf-8").split("\n")
    for row in expected_rows():
        for work in load_world().works:
            if int(row["position"]) in work.seed:
                assert " ".join(words(work.title)) in " ".join(words(lines[int(row["line"]) - 1])), work.id


def test_world__identifiers_are_well_formed_and_distinct() -> None:
    """No two works share an id, and an arXiv id begins with the month of its date (a day or two may lie between)."""
    world = load_world()
    names = [asked for work in world.works if work.s2 for asked in work.s2.asked_as]
    keys = [record.key for record in world.dblp()]
    notes = [note_id for api in (1, 2) for note_id in world.notes(api)]
    for group in (names, keys, notes):
        assert len(group) == len(set(group))
    for paper in (work.arxiv for work in world.works if work.arxiv):
        near = {paper.date.strftime("%y%m"), (paper.date.replace(day=28)).strftime("%y%m")}
        assert paper.id[:4] in near or paper.date.day >= 28, paper.id
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{9,10}", note) for note in notes)


def test_world__acl_papers_have_volumes() -> None:
    """Each Anthology id belongs to a volume that the world has."""
    world = load_world()
    assert all(work.acl.volume in world.volumes for work in world.works if work.acl)


def test_world__traps() -> None:
    """The traps that the neighbours are for are really set."""
    world = load_world()
    assert world["bitnet"].s2 is not None
    assert world["bitnet"].s2.title == world["bitnet-jmlr"].title
    assert "ArXiv" not in (world["pv-tuning"].s2 or pytest.fail("no S2 paper")).external_ids
    fates = {note.venueid for work in world.works for note in work.notes}
    assert {"ICLR.cc/2025/Conference/Rejected_Submission", "ICML.cc/2023/Workshop/MFPL"} <= fates
    titles = [work.title for work in world.works]
    assert len(best("QLORA: efficient finetuning of quantized LLMs", titles, least=1.0)) == 2


def test_load_world__extra() -> None:
    """Synthetic works come on top, with ids of their own."""
    assert len(load_world(50).works) == len(load_world().works) + 50
    assert len(load_world(50).arxiv()) == len(load_world().arxiv()) + 50


def test_world__changed_copies() -> None:
    """A changed copy differs in one work; the world it came from stays as it was."""
    world = load_world()
    paper = world.with_citations("auto-j", 7)["auto-j"].s2
    assert paper is not None
    assert paper.citations == 7
    assert world["auto-j"].s2 != paper
    assert JUDGE not in world.without("auto-j").arxiv()


# --- the hand-written expectation ---------------------------------------------------------------------------


CHANGED_OFFLINE = {14, 33}
CHANGED_HEALTHY = {6, 8, 14, 18, 19, 24, 26, 27, 28, 33, 34, 35, 38, 39, 40, 41}


def test_expected__places_and_reasons() -> None:
    """43 rows at the lines of the list's entries, each with a reason."""
    rows, lines = expected_rows(), SEED.read_text(encoding="utf-8").split("\n")
    assert [int(row["position"]) for row in rows] == list(range(1, 44))
    for row in rows:
        assert row["title_start"].lower() in lines[int(row["line"]) - 1].lower()
        assert len(row["reason"]) > 30


@pytest.mark.parametrize(("column", "changed"), [("offline", CHANGED_OFFLINE), ("healthy", CHANGED_HEALTHY)])
def test_expected__which_lines_change(column: str, changed: set[int]) -> None:
    """Exactly the entries with a status that asks for an edit change."""
    edits = {"missing", "outdated", "wrong", "nonstandard"}
    assert {int(row["position"]) for row in expected_rows() if row[f"{column}_status"] in edits} == changed


NAMES = {
    **{"iclr": "ICLR", "icml": "ICML", "neurips": "NeurIPS", "emnlp": "EMNLP", "acl": "ACL", "colm": "COLM"},
    **{"iticse": "ITiCSE", "emnlp-findings": "Findings of EMNLP", "acl-findings": "Findings of ACL"},
    **{"acl-ijcnlp-findings": "Findings of ACL"},
}


def test_expected__agrees_with_the_world() -> None:
    """With healthy sources the venue is the world's; a work without one is its preprint's year on arXiv."""
    works = {place: work for work in load_world().works for place in work.seed}
    for row in expected_rows():
        work = works.get(int(row["position"]))
        told = (row["healthy_venue"], row["healthy_year"])
        if work is None or not (work.venue or work.arxiv):
            assert told == ("", "")
        elif work.venue:
            assert told == (NAMES[work.venue], str(work.year))
        else:
            assert work.arxiv is not None
            assert told == ("arXiv", str(work.arxiv.date.year))


# --- arXiv ------------------------------------------------------------------------------------------------


def test_arxiv__drops_unknown_ids(server: ApiServer) -> None:
    """What does not exist is left out and not counted; a version asked for is the version answered."""
    got = arxiv(server, id_list=f"{JUDGE},0000.0000,2212.08073v1")
    assert got.status == 200
    assert sorted(ids_of(got)) == ["2212.08073v1", "2310.05470v2"]
    assert got.xml().findtext(f"{OPENSEARCH}totalResults") == "2"


def test_arxiv__ten_unless_told(server: ApiServer) -> None:
    """Without `max_results` a list of twelve ids gives ten entries."""
    asked = ",".join(list(load_world().arxiv())[:12])
    assert len(ids_of(arxiv(server, id_list=asked))) == 10
    assert len(ids_of(arxiv(server, id_list=asked, max_results="12"))) == 12
    assert len(ids_of(arxiv(server, id_list=asked, max_results="12", start="10"))) == 2


def test_arxiv__one_malformed_id_fails_all(server: ApiServer) -> None:
    """HTTP 400 with one entry titled Error."""
    got = arxiv(server, id_list=f"{JUDGE},abc")
    assert got.status == 400
    assert ids_of(got) == ["errors#incorrect_id_format_for_abc"]
    assert got.xml().findtext(f"{ATOM}entry/{ATOM}title") == "Error"


def test_arxiv__too_many_ids_by_get(server: ApiServer) -> None:
    """700 ids are too long for an address and fine in a form."""
    form = urlencode({"id_list": ",".join([JUDGE] * 700), "max_results": "1"})
    assert ask(server, f"/arxiv/api/query?{form}").status == 414
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert ask(server, "/arxiv/api/query", data=form.encode(), headers=headers).status == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('ti:"Generative Judge for Evaluating Alignment"', {JUDGE}),
        ('ti:"generative judge" AND au:Liu', {JUDGE}),
        ('ti:"generative judge" AND au:Nobody', set()),
        ('ti:"generative judge" OR ti:"PB-LLM"', {JUDGE, "2310.00034"}),
        ('(ti:"finetuning of quantized" AND au:Dettmers) OR ti:"generative judge"', {JUDGE, "2305.14314"}),
        ('ti:"finetuning of quantized" ANDNOT au:Dettmers', {"2501.99999"}),
    ],
)
def test_arxiv__search(server: ApiServer, query: str, found: set[str]) -> None:
    """Phrases in title or authors, joined by AND, OR and ANDNOT."""
    got = arxiv(server, search_query=query, max_results="50")
    assert {name.partition("v")[0] for name in ids_of(got)} == found


# --- Semantic Scholar -------------------------------------------------------------------------------------


def batch(server: ApiServer, ids: Sequence[str], headers: Mapping[str, str] | None = None) -> Got:
    return ask(server, f"/s2/graph/v1/paper/batch?fields={ALL_FIELDS}", data={"ids": ids}, headers=headers)


def test_s2__batch_keeps_places(server: ApiServer) -> None:
    """Null at the place of what is unknown; all forms of an id lead to the same paper."""
    ids = [
        "ARXIV:0000.00000",
        f"arXiv:{JUDGE}",
        f"DOI:10.48550/arXiv.{JUDGE}",
        "ACL:2023.findings-emnlp.710",
        "10.1145/3649217.3653554",
    ]
    papers = batch(server, ids).json()
    assert papers[0] is None
    assert papers[1] == papers[2]
    assert [paper["externalIds"].get("DBLP", "")[:9] for paper in papers[1:]] == [
        "conf/iclr",
        "conf/iclr",
        "conf/emnl",
        "conf/itic",
    ]


@pytest.mark.parametrize(
    ("ids", "status"),
    [
        ([f"ARXIV:{JUDGE}v1"], 400),
        ([f"ARXIV:{JUDGE}", ""], 400),
        ([f"ARXIV:{JUDGE}", "nonsense"], 400),
        (["ARXIV:1"] * 501, 400),
    ],
)
def test_s2__batch_errors(server: ApiServer, ids: Sequence[str], status: int) -> None:
    """No known id, an empty or malformed one, or too many: no answer to any."""
    got = batch(server, ids)
    assert got.status == status
    assert "error" in got.json()


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("Generative Judge for Evaluating Alignment", "Generative Judge for Evaluating Alignment"),
        ("generative judge for", "Generative Judge for Evaluating Alignment"),
        (
            "PB-LLM: Partially Binarized Language Models, a Survey",
            "PB-LLM: Partially Binarized Large Language Models",
        ),
        ("Gardening with Vegetables", None),
    ],
)
def test_s2__match_is_fuzzy(server: ApiServer, query: str, title: str | None) -> None:
    """A prefix or a wrong suffix still match; what matches nothing is 404."""
    got = ask(server, f"/s2/graph/v1/paper/search/match?query={quote(query)}&fields=title")
    if title is None:
        assert (got.status, got.json()) == (404, {"error": "Title match not found"})
    else:
        assert got.json()["data"][0]["title"] == title
        assert set(got.json()["data"][0]) == {"paperId", "title", "matchScore"}


def test_s2__keys() -> None:
    """A wrong key is 403, a good one is served, and without one nearly all is 429 if so set."""
    with ApiServer(semanticscholar=SemanticScholar(keyless=3)) as server:
        good = {"X-API-KEY": server.semanticscholar.key}
        assert batch(server, [f"ARXIV:{JUDGE}"], {"x-api-key": "wrong"}).json() == {"message": "Forbidden"}
        assert [batch(server, [f"ARXIV:{JUDGE}"]).status for _ in range(6)] == [429, 429, 200, 429, 429, 200]
        assert batch(server, [f"ARXIV:{JUDGE}"], good).status == 200
        assert server.environment()["S2_API_KEY"] == server.semanticscholar.key


def test_s2__search_without_hits_has_no_data(server: ApiServer) -> None:
    """Zero hits: no `data` key."""
    assert ask(server, "/s2/graph/v1/paper/search?query=zucchini").json() == {"total": 0, "offset": 0}


# --- OpenReview -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/notes?id=gtkFw6sZGS", "/notes/search?term=judge"])
@pytest.mark.parametrize("mount", ["/openreview2", "/openreview1"])
def test_openreview__guests_are_refused(server: ApiServer, mount: str, path: str) -> None:
    """403 with the challenge's name; a made-up token helps as little."""
    for headers in ({}, {"Authorization": "Bearer made-up"}):
        got = ask(server, mount + path, headers=headers)
        assert (got.status, got.json()["name"]) == (403, "ChallengeRequiredError")


def test_openreview__log_in(server: ApiServer) -> None:
    """The account gives a token that both versions take; a wrong password does not."""
    wrong = {"id": server.openreview.username, "password": "wrong"}
    assert ask(server, "/openreview2/login", data=wrong).status == 400
    signed = token(server)
    new = ask(server, "/openreview2/notes?id=gtkFw6sZGS", headers=signed).json()["notes"][0]["content"]
    old = ask(server, "/openreview1/notes?id=TG8KACxEON", headers=signed).json()["notes"][0]["content"]
    assert new["venueid"] == {"value": "ICLR.cc/2024/Conference"}
    assert old["title"] == "Training language models to follow instructions with human feedback"
    assert server.asked("openreview") == ["gtkFw6sZGS", "TG8KACxEON"]
    assert len(server.requests("openreview", login=False)) == 2


def test_openreview__second_factor() -> None:
    """With a second factor switched on, the log-in gives no token."""
    with ApiServer(openreview=OpenReview(mfa=True)) as server:
        account = {"id": server.openreview.username, "password": server.openreview.password}
        assert "token" not in ask(server, "/openreview2/login", data=account).json()


def test_openreview__look_ups(server: ApiServer) -> None:
    """Several ids, a forum with its replies, a search by words, an unknown note."""
    signed = token(server)
    by_post = ask(
        server, "/openreview2/notes/search", data={"ids": ["gtkFw6sZGS", "unknown"]}, headers=signed
    )
    forum = ask(server, "/openreview2/notes?forum=gtkFw6sZGS", headers=signed).json()["notes"]
    search = ask(
        server,
        f"/openreview2/notes/search?term={quote('Direct Preference Optimization: Your Language Model')}",
        headers=signed,
    )
    missing = ask(server, "/openreview2/notes?id=unknown", headers=signed)
    assert [note["id"] for note in by_post.json()["notes"]] == ["gtkFw6sZGS"]
    assert [note["id"] == "gtkFw6sZGS" for note in forum] == [True, False]
    assert {note["id"] for note in search.json()["notes"]} >= {"HPuSIXJaa9", "TestDPOwsp"}
    assert (missing.status, missing.json()["name"]) == (404, "NotFoundError")


# --- ACL and DBLP -----------------------------------------------------------------------------------------


def test_acl__collection_files(server: ApiServer) -> None:
    """One file per collection with all its volumes; text 404 for what is not there; BibTeX at the site."""
    root = ask(server, "/acldata/xml/2024.findings.xml").xml()
    assert [volume.get("id") for volume in root.iter("volume")] == ["acl"]
    assert {url.text for url in root.iterfind("volume/paper/url")} >= {"2024.findings-acl.26"}
    (title,) = ask(server, "/acldata/xml/2020.acl.xml").xml().iterfind("volume/paper/title")
    assert "".join(title.itertext()).startswith("MobileBERT")
    missing = ask(server, "/acldata/xml/1999.nowhere.xml")
    assert (missing.status, missing.body) == (404, b"404: Not Found")
    assert b"{M}obile{BERT}" in ask(server, "/aclanthology/2020.acl-main.195.bib").body


TITLES = """PREFIX dblp: <https://dblp.org/rdf/schema#>
SELECT ?pub ?label (STR(?y) AS ?year) WHERE {
  VALUES ?title { "Generative Judge for Evaluating Alignment." }
  ?pub dblp:title ?title ; dblp:publishedIn ?label ; dblp:yearOfPublication ?year .
}"""


@pytest.mark.parametrize("way", ["raw", "form", "get"])
def test_dblp__ways_to_ask(server: ApiServer, way: str) -> None:
    """A query comes as a body, in a form or in the address."""
    form = urlencode({"query": TITLES})
    kinds = {"raw": "application/sparql-query", "form": "application/x-www-form-urlencoded"}
    if way == "get":
        got = ask(server, f"/dblp/sparql?{form}")
    else:
        data = TITLES.encode() if way == "raw" else form.encode()
        got = ask(server, "/dblp/sparql", data=data, headers={"Content-Type": kinds[way]})
    rows = got.json()["results"]["bindings"]
    assert got.headers["content-type"] == "application/sparql-results+json"
    assert {(row["label"]["value"], row["year"]["value"]) for row in rows} == {
        ("CoRR", "2023"),
        ("ICLR", "2024"),
    }
    assert server.asked("dblp") == ["Generative Judge for Evaluating Alignment."]


def test_dblp__no_look_up(server: ApiServer) -> None:
    """What is no look-up gets an exception."""
    got = ask(server, f"/dblp/sparql?{urlencode({'query': 'ASK { ?a ?b ?c }'})}")
    assert got.status == 400
    assert "exception" in got.json()


BERT = "10.18653/v1/n19-1423"


def test_crossref__one_work(server: ApiServer) -> None:
    """By DOI in any case, with the slash escaped or not; other agencies' DOIs are unknown."""
    for path in (BERT, BERT.upper(), BERT.replace("/", "%2F")):
        message = ask(server, f"/crossref/works/{path}").json()["message"]
        assert (message["DOI"], message["type"]) == (BERT, "proceedings-article")
    unknown = ask(server, f"/crossref/works/10.48550%2Farxiv.{JUDGE}")
    assert (unknown.status, unknown.headers["content-type"][:10]) == (404, "text/plain")
    assert unknown.body == b"Resource not found."
    assert server.asked("crossref")[-1] == f"10.48550/arxiv.{JUDGE}"
    assert ask(server, f"/crossref/works/{BERT}?query.author=x").status == 400


def test_crossref__a_search_always_finds_something(server: ApiServer) -> None:
    """Whatever is asked for, works are offered; the right one first where there is one."""
    found = ask(
        server, f"/crossref/works?{urlencode({'query.bibliographic': 'BERT Pre-training', 'rows': 2})}"
    )
    items = found.json()["message"]["items"]
    assert (len(items), items[0]["DOI"]) == (2, BERT)
    assert ask(server, "/crossref/works?query.bibliographic=zucchini").json()["message"]["items"]


@pytest.mark.parametrize(
    ("path", "agent", "pool", "rate"),
    [
        (f"/crossref/works/{BERT}", "paperlist/1", "public-single", "5"),
        (f"/crossref/works/{BERT}", "paperlist/1 (+mailto:me@tests.invalid)", "polite-single", "10"),
        (f"/crossref/works/{BERT}?mailto=me@tests.invalid", "x", "polite-single", "10"),
        ("/crossref/works?query.bibliographic=x", "paperlist/1", "public-list", "1"),
        (
            "/crossref/works?query.bibliographic=x",
            "paperlist/1 (+mailto:me@tests.invalid)",
            "polite-list",
            "3",
        ),
    ],
)
def test_crossref__pools(server: ApiServer, path: str, agent: str, pool: str, rate: str) -> None:
    """Who names a contact is in the polite pool; the headers say what may be asked in it."""
    headers = ask(server, path, headers={"User-Agent": agent}).headers
    assert (headers["x-api-pool"], headers["x-rate-limit-limit"]) == (pool, rate)


def openalex(server: ApiServer, **params: str) -> Got:
    return ask(server, f"/openalex/works?{urlencode(params)}")


def test_openalex__one_work(server: ApiServer) -> None:
    """One work by its prefix form; a published one is not found by its preprint's DOI, and 404 is a page."""
    work = ask(server, f"/openalex/works/doi:{BERT}").json()
    assert (work["doi"], work["type"]) == (f"https://doi.org/{BERT}", "conference-paper")
    assert ask(server, f"/openalex/works/{work['id'].rpartition('/')[2]}").json() == work
    judge = ask(server, f"/openalex/works/doi:10.48550/arxiv.{JUDGE}").json()
    assert (judge["type"], judge["primary_location"]["source"]["type"]) == ("preprint", "repository")
    published = next(work for work in load_world().works if work.arxiv and work.doi)
    gone = ask(server, f"/openalex/works/doi:10.48550/arxiv.{published.arxiv.id if published.arxiv else ''}")
    assert (gone.status, gone.headers["content-type"].partition(";")[0]) == (404, "text/html")


def test_openalex__a_hundred_values(server: ApiServer) -> None:
    """A filter leaves out what is unknown, in an order of its own; 101 values and a bare comma are errors."""
    page = openalex(
        server, filter=f"doi:{BERT}|10.48550/arxiv.{JUDGE}|10.1/nobody", **{"per-page": "200"}
    ).json()
    assert {work["doi"].partition(".org/")[2] for work in page["results"]} == {
        BERT,
        f"10.48550/arxiv.{JUDGE}",
    }
    assert page["meta"]["count"] == 2
    assert openalex(server, filter="doi:" + "|".join(f"10.1/{n}" for n in range(101))).status == 400
    assert openalex(server, filter="title.search:Attention, please").status == 400


def test_openalex__the_days_budget() -> None:
    """Single works cost nothing, a filter one credit, a search ten; then 429 with hours to wait."""
    with ApiServer(openalex=OpenAlex(credits=12)) as server:
        assert ask(server, f"/openalex/works/doi:{BERT}").headers["x-ratelimit-remaining"] == "12"
        assert openalex(server, filter=f"doi:{BERT}").headers["x-ratelimit-remaining"] == "11"
        assert openalex(server, filter="title.search:BERT").headers["x-ratelimit-remaining"] == "1"
        refused = openalex(server, filter="title.search:BERT")
        assert (refused.status, refused.headers["retry-after"]) == (429, "47052")
        assert "Insufficient budget" in refused.json()["message"]
        assert ask(server, f"/openalex/works/doi:{BERT}").status == 200
        ask(server, f"/openalex/works/https://doi.org/{BERT}")  # as an address it is billed as a list
        assert ask(server, f"/openalex/works/doi:{BERT}").headers["x-ratelimit-remaining"] == "0"
        good, bad = ({"Authorization": f"Bearer {key}"} for key in (server.openalex.key, "wrong"))
        keyed = ask(server, f"/openalex/works?filter=doi:{BERT}", headers=good)
        assert keyed.headers["x-ratelimit-limit"] == "120"
        assert ask(server, f"/openalex/works/doi:{BERT}", headers=bad).status == 401


def test_datacite__arxiv_dois(server: ApiServer) -> None:
    """arXiv's own DOIs in any case, and nothing else."""
    facts = ask(server, f"/datacite/dois/10.48550/arXiv.{JUDGE}").json()["data"]["attributes"]
    assert (facts["doi"], facts["publisher"]) == (f"10.48550/arxiv.{JUDGE}", "arXiv")
    assert ask(server, f"/datacite/dois/{BERT}").status == 404
    assert server.asked("datacite") == [f"10.48550/arXiv.{JUDGE}", BERT]


# --- the shapes of real answers ---------------------------------------------------------------------------


class Real:
    """Recorded answers; `rebuilt` ones have a body from prose."""

    def __init__(self, corpus: Path) -> None:
        self.root = corpus / "recordings"

    def whole(self, name: str) -> Any:
        return json.loads((self.root / f"{name}.json").read_text(encoding="utf-8"))

    def json(self, name: str) -> Any:
        return json.loads(self.whole(name)["response"]["body"])

    def xml(self, name: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.whole(name)["response"]["body"])


@pytest.fixture
def real(corpus: Path) -> Real:
    return Real(corpus)


def tags(element: ElementTree.Element) -> set[str]:
    return {f"{child.tag}/{sorted(child.attrib)}" for child in element}


def test_shape__arxiv(server: ApiServer, real: Real) -> None:
    """Feed, entry and error entry have the elements and attributes of recorded ones."""
    known, ours = real.xml("arxiv/id_new_style_ok"), arxiv(server, id_list=JUDGE).xml()
    assert tags(ours) == tags(known)
    assert tags(ours[-1]) == tags(known[-1])
    known, ours = real.xml("arxiv/id_malformed_400_error_feed"), arxiv(server, id_list="abc").xml()
    texts = [[(e.tag, e.text) for e in root[-1].iter() if "updated" not in e.tag] for root in (ours, known)]
    assert tags(ours) == tags(known)
    assert texts[0] == texts[1]
    assert tags(arxiv(server, id_list="0000.0000").xml()) == tags(real.xml("arxiv/id_nonexistent_empty_feed"))


def keys(value: Any) -> Any:
    """The keys of nested objects, without values; of a list its first element's."""
    if isinstance(value, dict):
        return {key: keys(item) for key, item in value.items() if key not in ("externalIds", "journal")}
    return [keys(value[0])] if isinstance(value, list) and value and isinstance(value[0], dict) else None


def test_shape__s2(server: ApiServer, real: Real) -> None:
    """A batch's paper and a match have the keys, nested ones too, of recorded ones for the same fields."""
    match = real.whole("semanticscholar/match_paperqa_arxiv_org")
    query = urlsplit(match["request"]["url"]).query.partition("&")[2]
    ours = ask(server, f"/s2/graph/v1/paper/search/match?query=I-LLM&{query}").json()
    assert keys(ours) == keys(json.loads(match["response"]["body"]))
    asked = real.whole("semanticscholar/paper_batch_null_for_missing")
    query = urlsplit(asked["request"]["url"]).query.replace("%2C", ",")
    ids = ["CorpusId:1", "CorpusId:990000014"]
    ours = ask(server, f"/s2/graph/v1/paper/batch?{query}", data={"ids": ids}).json()
    known = json.loads(asked["response"]["body"])
    assert [ours[0], set(ours[1])] == [known[0], set(known[1])]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("match_404_title_not_found", "paper/search/match?query=zucchini"),
        ("paper_get_404_bad_id", "paper/0?fields=title"),
        ("paper_get_400_unknown_field", "paper/0?fields=unknown"),
        ("paper_search_zero_results_no_data_key", "paper/search?query=zucchini"),
    ],
)
def test_shape__s2_errors(server: ApiServer, real: Real, name: str, path: str) -> None:
    """Errors and empty answers are the recorded ones, word for word."""
    assert ask(server, f"/s2/graph/v1/{path}").json() == real.json(f"semanticscholar/{name}")


def test_shape__s2_refusals(real: Real) -> None:
    """The refusals of gateway and service are the recorded ones."""
    with ApiServer(semanticscholar=SemanticScholar(keyless=0)) as server:
        ids, folder = [f"ARXIV:{JUDGE}"], "_reconstructed/semanticscholar"
        good = {"x-api-key": server.semanticscholar.key}
        forbidden = batch(server, ids, {"x-api-key": "wrong"}).json()
        assert forbidden == real.json("semanticscholar/paper_batch_403_bad_key")
        assert batch(server, ids).json() == real.json(f"{folder}/429_no_key_transcribed")
        unknown = batch(server, ["DOI:10.5555/a"], good).json()
        assert unknown == real.json(f"{folder}/batch_400_no_valid_ids")


def test_shape__openreview(server: ApiServer, real: Real) -> None:
    """Notes, accepted and not, of both versions have the recorded keys; so has the refusal of guests."""
    notes = {note["id"]: note for note in real.json("openreview/v2_notes_search_mixed_4")["notes"]}
    guest = ask(server, "/openreview2/notes?id=x").json()
    assert keys(guest) == keys(real.json("_reconstructed/openreview/v2_403_challenge_required"))
    signed = token(server)
    for ours_id, real_id in (("Gj5JTAwdoy", "Gj5JTAwdoy"), ("TestILLM-1", "IefMMX12yk")):
        ours = ask(server, f"/openreview2/notes?id={ours_id}", headers=signed).json()["notes"][0]
        assert set(ours) == set(notes[real_id])
        assert set(ours["content"]) <= set(notes[real_id]["content"])
    known = real.json("_reconstructed/openreview/v1_note_with_replies")["notes"]
    old = ask(server, "/openreview1/notes?forum=TestSelfIm", headers=signed).json()["notes"]
    assert [set(note) for note in old] == [set(known[0]), set(known[1]) - {"revisions"}]
    assert set(old[1]["content"]) == set(known[1]["content"])


def test_shape__acl(server: ApiServer, real: Real) -> None:
    """Volume, meta, front matter and paper of a collection have no element that recorded ones lack."""
    known = [
        real.xml("aclanthology/xml_2022.acl_excerpt"),
        real.xml("aclanthology/xml_new_style_2022.naloma"),
    ]
    ours = ask(server, "/acldata/xml/2023.emnlp.xml").xml()
    assert (ours.tag, sorted(ours.attrib)) == (known[0].tag, sorted(known[0].attrib))
    for path in ("volume", "volume/meta", "volume/paper", "volume/frontmatter"):
        seen = {tag for root in known for found in root.iterfind(path) for tag in tags(found)}
        assert all(tags(found) <= seen for found in ours.iterfind(path)), path


def test_shape__dblp(server: ApiServer, real: Real) -> None:
    """Each variable of the recorded answer has the same type and datatype here."""
    known = real.json("dblp/sparql_json_title_words")
    query = """PREFIX dblp: <https://dblp.org/rdf/schema#> SELECT ?pub ?title ?year ?venue ?doi ?ordinal ?name WHERE {
      VALUES ?pub { <https://dblp.org/rec/conf/acl/SunYSLYZ20> } ?pub dblp:title ?title ; dblp:publishedIn ?venue ;
      dblp:yearOfPublication ?year ; dblp:doi ?doi ; dblp:hasSignature ?s . ?s dblp:signatureOrdinal ?ordinal ;
      dblp:signatureDblpName ?name }"""
    ours = ask(server, f"/dblp/sparql?{urlencode({'query': query})}").json()
    kinds = [
        {k: (v["type"], v.get("datatype")) for k, v in a["results"]["bindings"][0].items()}
        for a in (ours, known)
    ]
    assert (set(ours), ours["head"], kinds[0]) == (set(known), known["head"], kinds[1])
    assert [row["name"]["value"] for row in ours["results"]["bindings"]] == list(
        load_world()["mobilebert"].authors
    )


def test_shape__crossref(server: ApiServer, real: Real) -> None:
    """The envelope, a work's keys and the "not found" are recorded ones."""
    known, ours = (
        real.json("crossref/works_acm_sigmod_proceedings"),
        ask(server, f"/crossref/works/{BERT}").json(),
    )
    assert {key: ours[key] for key in ours if key != "message"} == {
        k: known[k] for k in known if k != "message"
    }
    assert set(ours["message"]) <= set(known["message"])
    listed = ask(server, "/crossref/works?query.bibliographic=x&rows=1").json()["message"]
    assert set(listed) == set(real.json("crossref/query_title_no_hits")["message"])
    unknown = real.whole("crossref/works_404_bad_doi")["response"]["body"]
    assert ask(server, "/crossref/works/10.1/x").body.decode() == unknown


def test_shape__openalex(server: ApiServer, real: Real) -> None:
    """A work's keys, its locations' and the page's are recorded ones; errors are word for word."""
    known, ours = (
        real.json("openalex/works_doi_acm_proceedings"),
        ask(server, f"/openalex/works/doi:{BERT}").json(),
    )
    assert set(ours) <= set(known)
    assert set(ours["primary_location"]) <= set(known["primary_location"])
    assert set(ours["authorships"][0]) <= set(known["authorships"][0])
    page = openalex(server, filter=f"doi:{BERT}").json()
    assert set(page["meta"]) == set(real.json("openalex/filter_title_search_multi")["meta"])
    gone = real.whole("openalex/works_404_html_unknown_doi")["response"]["body"]
    assert ask(server, "/openalex/works/doi:10.1/x").body.decode() == gone
    wrong = ask(server, f"/openalex/works/doi:{BERT}", headers={"Authorization": "Bearer x"}).json()
    assert wrong == real.json("_reconstructed/openalex/401_invalid_key")
    with ApiServer(openalex=OpenAlex(credits=0)) as poor:
        spent = openalex(poor, filter=f"doi:{BERT}").json()
    assert spent.keys() == real.json("_reconstructed/openalex/429_insufficient_budget").keys()


def test_shape__datacite(server: ApiServer, real: Real) -> None:
    """A DOI's keys are recorded ones; so is the "not found"."""
    known = real.json("datacite/arxiv_doi_2311.16162")["data"]
    ours = ask(server, f"/datacite/dois/10.48550/arxiv.{JUDGE}").json()["data"]
    assert set(ours) == set(known)
    assert set(ours["attributes"]) <= set(known["attributes"])
    assert ask(server, "/datacite/dois/10.1/x").json() == real.json("datacite/doi_404")


# --- limits -----------------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_gate__interval() -> None:
    """Earlier than the interval is refused; a refusal does not push the next turn away."""
    clock = Clock()
    gate = Gate(contract_limits()["arxiv"], clock)
    came = []
    for at in (0.0, 1.0, 2.9, 3.0, 5.9):
        clock.now = 100.0 + at
        came.append(entered := gate.enter())
        if entered:
            gate.leave()
    assert came == [True, False, True, False, True]


def test_gate__connections() -> None:
    """Two at once are one too many for arXiv, however long ago the first came."""
    clock = Clock()
    gate = Gate(contract_limits()["arxiv"], clock)
    assert gate.enter()
    clock.now += 60
    assert not gate.enter()
    gate.leave()
    assert gate.enter()


def test_gate__window() -> None:
    """180 in a minute, not 181."""
    clock = Clock()
    gate = Gate(contract_limits()["openreview"], clock)
    assert [gate.enter() for _ in range(181)].count(True) == 180
    clock.now += 60
    assert gate.enter()


@pytest.mark.parametrize(
    ("api", "path", "kind", "says"),
    [
        ("arxiv", "/arxiv/api/query?id_list=2310.05470", "text/plain", b"Rate exceeded."),
        ("semanticscholar", f"/s2/graph/v1/paper/ARXIV:{JUDGE}", "application/json", b"Too Many Requests"),
        ("openreview", "/openreview2/notes?id=gtkFw6sZGS", "application/json", b"Too many requests"),
        ("dblp", f"/dblp/sparql?{urlencode({'query': TITLES})}", "text/html", b"429 Too Many Requests"),
        ("crossref", "/crossref/works/10.18653%2Fv1%2Fn19-1423", "text/plain", b"Too Many Requests"),
        (
            "openalex",
            "/openalex/works/doi:10.18653/v1/n19-1423",
            "application/json",
            b"10 requests per second",
        ),
        ("datacite", f"/datacite/dois/10.48550/arxiv.{JUDGE}", "application/json", b"Too many requests"),
    ],
)
def test_limits__each_refuses_in_its_own_way(api: str, path: str, kind: str, says: bytes) -> None:
    """The second request of a standing clock is refused with status, header and body of the API."""
    limits = {api: Limit(interval=1.0, retry_after="7"), "acl": Limit(interval=1.0, status=503)}
    with ApiServer(limits=limits, clock=Clock()) as server:
        assert ask(server, path).status in (200, 403)
        got = ask(server, path)
        assert (got.status, got.headers["retry-after"]) == (429, "7")
        assert got.headers["content-type"].startswith(kind)
        assert says in got.body
        assert [ask(server, "/acldata/xml/2020.acl.xml").status for _ in range(2)] == [200, 503]
        assert [row.status for row in server.requests(api)][1] == 429


# --- faults -----------------------------------------------------------------------------------------------


BROKEN = {"refuse", "reset", "truncate"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_fault__every_kind(kind: str) -> None:
    """Each fault shows on the wire as what it says, and healing ends it."""
    with ApiServer() as server:
        server.fail(kind, api="arxiv", size=100_000, pause=0.0)
        if kind == "hang":
            with socket.create_connection(("127.0.0.1", server.port("arxiv")), 0.05) as link:
                link.sendall(b"GET /arxiv/api/query?id_list=2310.05470 HTTP/1.1\r\nHost: x\r\n\r\n")
                with pytest.raises(TimeoutError):
                    link.recv(1)
        elif kind in BROKEN:
            with pytest.raises((OSError, HTTPException)):
                arxiv(server, id_list=JUDGE)
        else:
            check_fault(kind, arxiv(server, id_list=JUDGE))
        server.heal()
        assert ids_of(arxiv(server, id_list=JUDGE)) == [f"{JUDGE}v2"]
        assert [row.fault for row in server.requests("arxiv")][-1] is None


def check_fault(kind: str, got: Got) -> None:
    statuses = {"text_404": 404, "html_404": 404, "status": 503, "too_many": 429, "redirect": 302}
    assert got.status == statuses.get(kind, 200)
    if kind in statuses or kind in ("html", "bot_wall"):
        assert got.headers["content-type"].startswith("text/")
    elif kind in ("no_body", "cut", "bad_encoding"):
        with pytest.raises(ElementTree.ParseError):
            got.xml()
    elif kind == "entity_bomb":
        assert b"<!ENTITY lol9" in got.body
    elif kind == "huge":
        assert len(got.body) == 100_000
    elif kind in ("slow", "mislabelled"):
        assert ids_of(got) == [f"{JUDGE}v2"]
    else:
        assert got.xml().tag == "unexpected" or f"{JUDGE}v2" not in ids_of(got)


@pytest.mark.parametrize("kind", ["wrong_types", "wrong_shape", "nulls", "missing_keys"])
def test_fault__spoiled_json(server: ApiServer, kind: str) -> None:
    """What is spoiled stays JSON and differs from the healthy answer."""
    healthy = batch(server, [f"ARXIV:{JUDGE}"]).json()
    server.fail(kind, api="semanticscholar")
    spoiled = batch(server, [f"ARXIV:{JUDGE}"])
    assert spoiled.status == 200
    assert spoiled.json() != healthy


def test_fault__nth_and_times(server: ApiServer) -> None:
    """A fault hits the requests it was given, by number, by path, or so many times."""
    server.fail("status", api="arxiv", nth={2, 3}, status=500)
    assert [arxiv(server, id_list=JUDGE).status for _ in range(4)] == [200, 500, 500, 200]
    server.fail("too_many", api="semanticscholar", times=1, retry_after="2")
    first = batch(server, [f"ARXIV:{JUDGE}"])
    assert (first.status, first.headers["retry-after"]) == (429, "2")
    assert batch(server, [f"ARXIV:{JUDGE}"]).status == 200
    server.fail("html", path="/search")
    assert (
        ask(server, "/s2/graph/v1/paper/search?query=judge").headers["content-type"].startswith("text/html")
    )
    assert batch(server, [f"ARXIV:{JUDGE}"]).status == 200


def test_fault__unknown_kind() -> None:
    """A misspelt fault is an error that names the right ones."""
    with pytest.raises(ValueError, match=r"no fault 'htlm'.*html"):
        Fault("htlm")


def test_fault__redirect_elsewhere(server: ApiServer) -> None:
    """The address to be led to can be chosen."""
    server.fail("redirect", api="arxiv", location="http://127.0.0.2:1/x")
    assert arxiv(server, id_list=JUDGE).headers["location"] == "http://127.0.0.2:1/x"


# --- the server as a whole ----------------------------------------------------------------------------------


def test_server__settings() -> None:
    """The settings lead to the server; separate APIs have ports, that is hosts, of their own."""
    with ApiServer(separate=True) as server:
        sources = yaml.safe_load(server.settings_yaml(interval=0.5, cache="x"))["sources"]
        hosts = {urlsplit(source["url"]).netloc for source in sources.values()}
        assert set(sources) == set(discover())
        assert len(hosts) == len(sources) == 8
        assert all(source["interval"] == 0.5 for source in sources.values())
        assert arxiv(server, id_list=JUDGE).status == 200


def test_server__settings_are_read(server: ApiServer, tmp_path: Path) -> None:
    """The program's own reader takes them without complaint."""
    from pipeline.settings import load

    config = tmp_path / "paperlist.yaml"
    config.write_text(server.settings_yaml(max_age="0d"), encoding="utf-8")
    assert load(config, {}).sources["openreview"].extra["legacy_url"].endswith("/openreview1")


def test_server__closed_port() -> None:
    """A closed port refuses, also for connections that were kept; the same port answers after reopening."""
    with ApiServer(separate=True) as server:
        kept = HTTPConnection("127.0.0.1", server.port("arxiv"), timeout=5)
        kept.request("GET", f"/arxiv/api/query?id_list={JUDGE}")
        assert kept.getresponse().read()
        server.close("arxiv")
        kept.request("GET", f"/arxiv/api/query?id_list={JUDGE}")
        with pytest.raises((OSError, HTTPException)):
            kept.getresponse()
        kept.close()
        with pytest.raises(ConnectionRefusedError):
            arxiv(server, id_list=JUDGE)
        server.reopen("arxiv")
        assert arxiv(server, id_list=JUDGE).status == 200


def test_server__log(server: ApiServer) -> None:
    """The log says who was asked for what, in order, and can be emptied."""
    arxiv(server, id_list=f"{JUDGE},2212.08073")
    batch(server, [f"ARXIV:{JUDGE}"], {"x-api-key": server.semanticscholar.key})
    first, second = server.requests()
    assert (first.api, first.method, first.ids, first.status) == ("arxiv", "GET", (JUDGE, "2212.08073"), 200)
    assert (second.method, second.ids) == ("POST", (f"ARXIV:{JUDGE}",))
    assert second.headers["x-api-key"] == server.semanticscholar.key
    assert first.time <= second.time
    server.forget()
    assert server.requests() == []


def test_server__changed_world(server: ApiServer) -> None:
    """A running server can be handed another world."""
    server.world = server.world.with_citations("auto-j", 12345)
    assert batch(server, [f"ARXIV:{JUDGE}"]).json()[0]["citationCount"] == 12345


def test_server__latency() -> None:
    """A latency by API holds for that API; a stopped server waits for nobody."""
    with ApiServer(latency={"arxiv": 0.05}) as server:
        arxiv(server, id_list=JUDGE)
        batch(server, [f"ARXIV:{JUDGE}"])
        assert server.gates == {}
        assert [row.status for row in server.requests()] == [200, 200]


@pytest.mark.parametrize("name", sorted(NETWORKS))
def test_networks__have_no_network(name: str) -> None:
    """Each of the four ways of having no network shows as what it is."""
    with NETWORKS[name]() as text:
        address = urlsplit(yaml.safe_load(text)["sources"]["dblp"]["url"])
        link = HTTPConnection(address.hostname or "", address.port or 80, timeout=0.2)
        errors = {"refused": ConnectionRefusedError, "no_dns": socket.gaierror, "black_hole": TimeoutError}
        if name in errors:
            with pytest.raises(errors[name]):
                link.request("GET", address.path)
        else:
            link.request("GET", address.path)
            response = link.getresponse()
            assert (response.status, response.headers.get_content_type()) == (200, "text/html")
            response.read()
        link.close()


# --- server and sources understand each other -----------------------------------------------------------------


@dataclass(frozen=True)
class Reply:
    """An answer as sources expect it."""

    got: Got
    url: str
    from_cache: bool = False
    answered_at: str = "2026-10-07T00:00:00Z"

    @property
    def status(self) -> int:
        return self.got.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self.got.headers

    @property
    def body(self) -> bytes:
        return self.got.body

    def json(self) -> Any:
        return self.got.json()

    def xml(self) -> ElementTree.Element:
        return self.got.xml()

    def text(self) -> str:
        return self.got.body.decode()


class Plain:
    """A client without cache, waiting or retries, and so with nothing to forget."""

    def __init__(self, server: ApiServer) -> None:
        self.server = server

    def forget(self, response: Any) -> None: ...

    def get(self, url: str, *, params: Any = None, headers: Any = None, accept: str = "json") -> Reply:
        path = urlsplit(url).path + (f"?{urlencode(params)}" if params else "")
        return Reply(ask(self.server, path, headers=headers), url)

    def post(
        self,
        url: str,
        *,
        params: Any = None,
        json: Any = None,
        data: Any = None,
        headers: Any = None,
        accept: str = "json",
        cache: bool = True,
    ) -> Reply:
        path = urlsplit(url).path + (f"?{urlencode(params)}" if params else "")
        return Reply(ask(self.server, path, data=json if data is None else data, headers=headers), url)


@dataclass(frozen=True)
class Configured:
    url: str
    extra: Mapping[str, str]
    key: str | None = None
    username: str | None = None
    password: str | None = None


def source(server: ApiServer, name: str) -> Any:
    told = dict(yaml.safe_load(server.settings_yaml())["sources"][name])
    extra = {key: told[key] for key in ("legacy_url", "data_url") if key in told}
    account = {"username": server.openreview.username, "password": server.openreview.password}
    key = {"semanticscholar": server.semanticscholar.key, "openalex": server.openalex.key}.get(name)
    return discover()[name](Plain(server), Configured(told["url"], extra, key, **account))


@pytest.mark.parametrize("name", list(discover()))
def test_sources__find_their_probe(server: ApiServer, name: str) -> None:
    """Each source gets an answer about the paper it is probed with."""
    asked = source(server, name)
    records = [record for found in asked.fetch([asked.probe]) for record in found]
    assert [record.found for record in records][:1] == [True]


VENUES = {
    "openreview:BifeBRhikU": ("openreview", "ICLR.cc/2024/Conference", 2024),
    "acl:2023.findings-emnlp.710": ("acl", "findings", 2023),
    "arxiv:2106.13474": ("dblp", "conf/acl", 2021),
    "doi:10.1145/3649217.3653554": ("dblp", "conf/iticse", 2024),
    "pmlr:v235/guo24g": ("dblp", "conf/icml", 2024),
}


@pytest.mark.parametrize("identifier", sorted(VENUES))
def test_sources__venues(server: ApiServer, identifier: str) -> None:
    """What the sources read out of the answers is the venue that the world has."""
    name, key, year = VENUES[identifier]
    found = [r for batch_ in source(server, name).fetch([Identifier.parse(identifier)]) for r in batch_]
    assert (found[-1].venue_key, found[-1].year) == (key, year)


@pytest.mark.parametrize("name", [name for name, cls in discover().items() if hasattr(cls, "find")])
def test_sources__search_by_title(server: ApiServer, name: str) -> None:
    """Each source that can search finds a paper by its exact title."""
    query = TitleQuery(
        "Self-AMPLIFY: Improving Small Language Models with Self Post Hoc Explanations", ("Milan Bhan",), 2024
    )
    if name == "openreview":
        query = TitleQuery("PB-LLM: Partially Binarized Large Language Models", ("Yuzhang Shang",), 2024)
    if name == "crossref":
        query = TitleQuery("BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding")
    records = [record for found in source(server, name).find([query]) for record in found]
    assert words(records[0].title or "") == words(query.title)
