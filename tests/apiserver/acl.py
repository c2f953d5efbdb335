"""The ACL Anthology: data files below `/acldata` (as in its repository), pages below `/aclanthology` (`{id}.bib`).

One XML file holds a whole collection (all volumes of `2023.findings`); titles carry markup; a file that does not
exist is 404 text at the repository's host and 404 HTML at the site.
"""

from __future__ import annotations

import hashlib
import re
from xml.sax.saxutils import escape

from tests.apiserver.wire import Answer, Request, html_answer, json_answer, text_answer
from tests.apiserver.world import AclPaper, AclVolume, World, words

_VENUES = {
    "acl": {"acronym": "ACL", "name": "Annual Meeting of the Association for Computational Linguistics"},
    "emnlp": {"acronym": "EMNLP", "name": "Conference on Empirical Methods in Natural Language Processing"},
    "naacl": {
        "acronym": "NAACL",
        "name": "North American Chapter of the Association for Computational Linguistics",
    },
    "findings": {"acronym": "Findings", "name": "Findings of the Association for Computational Linguistics"},
}
_TAG = re.compile(r"<[^>]+>")


class Acl:
    """The data files and pages of the Anthology."""

    name = "acl"
    mounts = ("acldata", "aclanthology")

    def asked(self, request: Request) -> tuple[str, ...]:
        """The file or page, without its ending: `2023.findings`, `2023.findings-emnlp.710`."""
        return (re.sub(r"\.(xml|bib|json)$", "", request.path.rstrip("/").rpartition("/")[2]),)

    def answer(self, request: Request, world: World) -> Answer:
        """A file, or 404."""
        if request.mount == "aclanthology":
            return _page(request.path, world)
        if request.path == "/json/venues.json":
            return json_answer({key: {**value, "is_acl": True} for key, value in _VENUES.items()})
        match = re.fullmatch(r"/xml/([^/]+)\.xml", request.path)
        volumes = [volume for volume in world.volumes.values() if match and volume.collection == match[1]]
        if not match or not volumes:
            return text_answer("404: Not Found", 404)
        return _collection(match[1], [(volume, world.acl(volume.id)) for volume in volumes])

    def too_many(self) -> Answer:
        """429 as text; no limit is published."""
        return text_answer("429: Too Many Requests", 429)

    def empty(self, request: Request) -> Answer:
        """A collection without volumes."""
        return _collection(self.asked(request)[0], [])


def _page(path: str, world: World) -> Answer:
    papers = {work.acl.id: work.acl for work in world.works if work.acl}
    match = re.fullmatch(r"/([^/]+)\.bib", path)
    paper = papers.get(match[1]) if match else None
    if paper is None:
        return html_answer("<!doctype html><html><body><h1>404: Not Found</h1></body></html>", 404)
    return text_answer(_bibtex(paper, world.volumes[paper.volume]))


def _collection(name: str, volumes: list[tuple[AclVolume, list[AclPaper]]]) -> Answer:
    lines = [line for volume, papers in volumes for line in _volume(volume, papers)]
    text = "\n".join(["<?xml version='1.0' encoding='UTF-8'?>", f'<collection id="{escape(name)}">', *lines])
    return Answer(200, f"{text}\n</collection>\n".encode(), "text/plain; charset=utf-8")


def _volume(volume: AclVolume, papers: list[AclPaper]) -> list[str]:
    number = volume.id.rpartition("-")[2]
    front = f"{volume.id}.0" if "." in volume.id else f"{volume.id}000"
    return [
        f'  <volume id="{number}" type="proceedings" ingest-date="{volume.year}-12-01">',
        "    <meta>",
        f"      <booktitle>{escape(volume.booktitle)}</booktitle>",
        "      <editor><first>Edith</first><last>Example</last></editor>",
        "      <publisher>Association for Computational Linguistics</publisher>",
        f"      <address>{escape(volume.address)}</address>",
        f"      <month>{volume.month}</month>",
        f"      <year>{volume.year}</year>",
        f'      <url hash="{_hash(volume.id)}">{volume.id}</url>',
        f"      <venue>{volume.venue}</venue>",
        "    </meta>",
        "    <frontmatter>",
        f'      <url hash="{_hash(front)}">{front}</url>',
        f"      <bibkey>{volume.venue}-{volume.year}-{number}</bibkey>",
        "    </frontmatter>",
        *(line for paper in papers for line in _paper(paper, volume)),
        "  </volume>",
    ]


def _paper(paper: AclPaper, volume: AclVolume) -> list[str]:
    lines = [f"      <title>{paper.title}</title>"]
    for author in paper.authors:
        first, _, last = author.rpartition(" ")
        lines.append(f"      <author><first>{escape(first)}</first><last>{escape(last)}</last></author>")
    lines += [
        f"      <pages>{paper.pages or '1-10'}</pages>",
        f"      <abstract>{escape(paper.abstract)}</abstract>",
        f'      <url hash="{_hash(paper.id)}">{paper.id}</url>',
        f"      <bibkey>{_bibkey(paper, volume)}</bibkey>",
    ]
    if paper.doi:
        lines.append(f"      <doi>{paper.doi}</doi>")
    if paper.retracted:
        lines.append(f'      <retracted date="2025-01-01">{escape(paper.retracted)}</retracted>')
    return [f'    <paper id="{paper.number}">', *lines, "    </paper>"]


def _hash(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()[:8]


def _bibkey(paper: AclPaper, volume: AclVolume) -> str:
    title = next(word for word in words(_TAG.sub("", paper.title)) if len(word) > 2)
    return f"{words(paper.authors[0])[-1]}-etal-{volume.year}-{title}"


def _bibtex(paper: AclPaper, volume: AclVolume) -> str:
    title = re.sub(r"<fixed-case>([^<]*)</fixed-case>", r"{\1}", paper.title)
    names = []
    for author in paper.authors:
        first, _, last = author.rpartition(" ")
        names.append(f"{last}, {first}")
    fields = {
        "title": f'"{title}"',
        "author": '"' + "  and\n      ".join(names) + '"',
        "editor": '"Example, Edith"',
        "booktitle": f'"{volume.booktitle}"',
        "month": volume.month[:3].lower(),
        "year": f'"{volume.year}"',
        "address": f'"{volume.address}"',
        "publisher": '"Association for Computational Linguistics"',
        "url": f'"https://aclanthology.org/{paper.id}/"',
        "doi": f'"{paper.doi}"' if paper.doi else None,
        "pages": f'"{(paper.pages or "1-10").replace("-", "--")}"',
        "abstract": f'"{paper.abstract}"',
    }
    lines = ",\n".join(f"    {name} = {value}" for name, value in fields.items() if value)
    return f"@inproceedings{{{_bibkey(paper, volume)},\n{lines}\n}}\n"
