"""Every rule about the network and about what is written, and the tests that try to break it."""

from __future__ import annotations

import base64
import csv
import io
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import quote, quote_plus

import pytest

from tests.apiserver import ApiServer, Work, World, load_world
from tests.workplace import ROOT, Make, Workplace, signed_in

RULES: dict[str, tuple[str, ...]] = {
    "XML is read without entities": ("test_session::test_xml__refuses_what_is_none", "test_faults::test_refresh__under_a_fault"),
    "sizes are limited, also of what is packed": ("test_session::test_wire__sizes_are_limited", "test_faults::test_refresh__under_a_fault"),
    "redirects only within a site": ("test_session::test_redirect__stays_within_the_site", "test_session::test_same_site__tells_owners_apart", "test_safety::test_redirect__leads_nowhere_else"),
    "no request goes to an address out of a list": ("test_session::test_client__asks_only_the_addresses_of_its_source", "test_safety::test_list__its_addresses_are_never_asked"),
    "one host is never asked faster than its limit": ("test_session::test_pace__requests_to_a_host_keep_their_distance", "test_session::test_pace__holds_between_threads", "test_session::test_retry__passes_the_pace", "test_session::test_hosts__a_run_keeps_its_distance_to_the_run_before"),
    "Retry-After is obeyed up to the patience": ("test_session::test_retry_after__is_obeyed", "test_session::test_retry_after__beyond_the_patience_stops_the_source", "test_session::test_hosts__rest_that_was_asked_for_is_given_by_the_next_run"),
    "secrets are in no log, cache, file, address or error": ("test_session::test_secrets__are_in_no_file_event_or_error", "test_session::test_secrets__are_found_in_any_wrapping", "test_session::test_secrets__never_go_into_an_address", "test_settings::test_load__never_repeats_a_secret_from_a_file", "test_safety::test_refresh__secrets_are_nowhere_in_any_shape"),
    "secrets stay at home when redirected": ("test_session::test_redirect__secrets_stay_at_home", "test_session::test_redirect__of_a_post"),
    "no header is smuggled in": ("test_session::test_request__no_header_is_smuggled_in",),
    "the cache runs no code": ("test_session::test_cache__rows_are_json",),
    "an empty feed is no answer": ("test_source_arxiv::test_fetch__empty_feed_to_a_large_batch", "test_source_dblp::test_fetch__an_empty_index_is_no_answer", "test_source_semanticscholar::test_fetch__an_empty_index_is_no_answer"),
    "text of an API is no Markdown and no HTML": ("test_text::test_markdown_safe__makes_signs_plain", "test_report::test_build_report__foreign_text_is_inert", "test_rendering::test_regenerate__text_fits_its_place", "test_safety::test_refresh__hostile_facts_act_nowhere"),
    "nothing acts on a terminal": ("test_text::test_inert__leaves_nothing_a_terminal_acts_on", "test_cli::test_reporter__prints_nothing_that_acts", "test_safety::test_refresh__hostile_facts_act_nowhere"),
    "no cell runs in a spreadsheet": ("test_export::test_cell__runs_in_no_spreadsheet", "test_safety::test_refresh__hostile_facts_act_nowhere"),
    "YAML makes no objects": ("test_safety::test_yaml__tags_make_nothing",),
    "no name leads out of its folder": ("test_safety::test_list__no_name_leads_out_of_the_folder", "test_safety::test_list__no_part_leads_to_another_kind_of_file"),
    "the output is parsed again before it is written": ("test_rendering::test_regenerate__refuses_a_changed_meaning",),
}  # fmt: skip
"""Rule of the network or of rendering -> tests that try to break it, as `file::test`."""


@pytest.mark.parametrize("rule", RULES)
def test_rules__have_tests_that_exist(rule: str) -> None:
    """A test that was renamed or removed leaves its rule unguarded."""
    for test in RULES[rule]:
        file, _, name = test.partition("::")
        text = (ROOT / "tests" / f"{file}.py").read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", text, re.MULTILINE), test


# Addresses


@contextmanager
def trap() -> Iterator[tuple[int, list[bytes]]]:
    """A port of this machine, and what was sent to it: nothing, if all is well."""
    caught: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def listen() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    caught.append(connection.recv(4096))

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield listening.getsockname()[1], caught
        listening.shutdown(socket.SHUT_RDWR)


def test_list__its_addresses_are_never_asked(workplace: Make, server: ApiServer) -> None:
    """Neither links of entries, nor `upstream`, nor pictures: only the configured sources are asked."""
    place = signed_in(workplace, server)
    with trap() as (port, caught):
        here = f"http://127.0.0.1:{port}"
        links = " ".join(
            f"[[Paper]({url})]"
            for url in (f"{here}/a.pdf", f"{here}@arxiv.org/abs/2310.05470", "file:///etc/passwd",
                        "http://169.254.169.254/latest/meta-data", f"http://localhost:{port}/arxiv.org/abs/2310.05470")
        )  # fmt: skip
        place.raw.write_text(
            f'# L\n![b]({here}/b.svg)\n\n## S\n\n1. **"A Title of Some Words"**. *A B*. 2023. {links}\n'
        )
        place.raw.with_suffix(".yaml").write_text(f"upstream: {here}/list.md\n")
        place.run("refresh", "-v")
        with place.start("check") as process:
            process.communicate(timeout=60)
    assert caught == []
    assert all(row.path.startswith(("/arxiv/", "/s2/", "/openreview", "/acl", "/crossref/", "/openalex/", "/dblp/", "/datacite/")) for row in server.requests())  # fmt: skip


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.1"])
def test_redirect__leads_nowhere_else(settled: Workplace, server: ApiServer, host: str) -> None:
    """A source that redirects to another door of this machine is told off; nobody knocks there."""
    with trap() as (port, caught):
        settled.configure(server.settings_yaml(max_age="0d", patience=0.5))
        server.fail("redirect", location=f"http://{host}:{port}/elsewhere")
        _, err = settled.run("refresh")
    assert caught == []
    assert "redirected to another site" in err


# What is written


EVIL = "evil.example"
POISON = (
    f"=HYPERLINK(\"http://{EVIL}\") [x](http://{EVIL}) ![y](http://{EVIL}/y.png) <script src=//{EVIL}></script> "
    f"`code` | cell <!-- {EVIL} --> &lt;b&gt; @everyone \x1b]0;{EVIL}\x07\x1b[31m \u202e \u2028 !!python/object {{}} \\input{{/etc/passwd}}"
)  # fmt: skip


def poisoned(world: World) -> World:
    """The world as those would tell it who want to do harm: every text that a source gives is poison."""

    def spoil(work: Work) -> Work:
        s2 = work.s2 and replace(work.s2, venue=POISON, abstract=POISON, title=f"{POISON} {work.title}")
        notes = tuple(replace(note, title=f"{POISON} {note.title}", venue=POISON) for note in work.notes)
        dblp = tuple(
            replace(record, title=f"{POISON} {record.title}", label=POISON, booktitle=POISON)
            for record in work.dblp
        )
        acl = work.acl and replace(work.acl, abstract=POISON.replace("\x1b", "").replace("\x07", ""))
        return replace(
            work, title=f"{POISON.translate({27: None, 7: None})} {work.title}", about="=1+1", s2=s2,
            notes=notes, dblp=dblp, acl=acl, container=POISON,
        )  # fmt: skip

    return replace(world, works=tuple(spoil(work) for work in world.works))


def test_refresh__hostile_facts_act_nowhere(workplace: Make, server: ApiServer) -> None:
    """Titles, venues and abstracts that are poison reach no terminal, no spreadsheet and no page as such."""
    server.world = poisoned(load_world())
    place = signed_in(workplace, server)
    out, err = place.run("refresh", "-vv", "--summary", "summary.md")
    out += place.run("check", status=1)[0]
    out += place.run("refresh", "--dry-run", "--log-json")[0]
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028]", out + err)
    for row in csv.reader(io.StringIO((place.dataset / "papers.csv").read_text())):
        assert not [cell for cell in row if re.match(r"[=+\-@\t\r]", cell)]
    place.run("render", place.raw.stem, "--style", "uniform")
    pages = {
        page.name: page.read_text() for page in (*place.dataset.glob("*.md"), place.folder / "summary.md")
    }
    assert "report.md" in pages
    for name, page in pages.items():
        plain = re.sub(
            r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", "", page
        )  # what stands as code is shown, not followed
        assert not re.search(rf"(?<!\\)\]\([^)]*{EVIL}|(?<!\\)<(?:script|!--)[^>]*{EVIL}", plain), name
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2028]", page), name
    assert EVIL not in (place.folder / "paperlist.yaml").read_text()


@pytest.mark.parametrize("file", ["paperlist.yaml", "data/raw/awesome-llm-judge.yaml"])
@pytest.mark.parametrize(
    "text",
    [
        "contact: !!python/object/apply:os.system ['touch pwned']\n",
        "!!python/object/new:subprocess.Popen [[touch, pwned]]\n",
        "upstream: !!python/object/apply:os.system ['touch pwned']\n",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
        "? !!python/name:os.system\n: 1\n",
    ],
    ids=["apply", "new", "upstream", "anchors", "key"],
)
def test_yaml__tags_make_nothing(workplace: Make, file: str, text: str) -> None:
    """Settings and decisions are texts: a tag is an error in one line, and nothing is run."""
    place = workplace()
    (place.folder / file).write_text(text)
    _, err = place.run("refresh", "--offline", status=2)
    assert re.search(r"\.yaml:\d+: ", err)
    assert not (place.folder / "pwned").exists()


@pytest.mark.parametrize(
    "name", ["...md", "..md", ".md", "records.md", "a\nb.md", "-x.md", "~.md", "%2e%2e.md"]
)
def test_list__no_name_leads_out_of_the_folder(workplace: Make, name: str) -> None:
    """Whatever a list is called, its dataset lies in a folder of its own below `data/enriched`, or nowhere."""
    place = workplace()
    strange = place.folder / name
    strange.write_bytes(place.raw.read_bytes())
    before = {path for path in place.folder.rglob("*") if path.is_file()}
    with place.start("refresh", "--offline", f"./{name}") as process:
        err = process.communicate(timeout=60)[1].decode()
    assert "Traceback" not in err
    assert process.returncode in (0, 2), err
    enriched = place.folder / "data" / "enriched"
    made = {path for path in place.folder.rglob("*") if path.is_file()} - before
    outside = [
        p for p in made if not p.is_relative_to(enriched) and not p.is_relative_to(place.folder / ".cache")
    ]
    assert outside == []
    assert [p for p in made if p.parent == enriched] == []
    assert not (place.folder.parent / "papers.csv").exists()


@pytest.mark.parametrize(
    "part", ["/etc/passwd", "../../paperlist.yaml", "../../../outside.md", "a.md/../../../x.md"]
)
def test_list__no_part_leads_to_another_kind_of_file(workplace: Make, part: str) -> None:
    """The files of a list of several are Markdown that is there; what they make stays below the dataset."""
    place = workplace()
    place.raw.with_name("several.yaml").write_text(f"files: [{part}]\n")
    with place.start("refresh", "--offline", "several") as process:
        err = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 2, err
    assert "Traceback" not in err
    assert not (place.folder / "data" / "enriched").exists()


# Secrets


def shapes(secret: str) -> set[bytes]:
    """A secret in clear, percent-encoded in all ways, and base64 wherever it may stand in a longer text."""
    found = {
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote(secret, safe="").lower(),
        quote_plus(secret),
    }
    for before in ("", "x", "xy", "Bearer ", "user:"):
        whole = base64.b64encode((before + secret).encode()).decode()
        found |= {part[4 * -(-len(before) // 3) : len(part) // 4 * 4 - 4] for part in (whole, whole.translate(str.maketrans("+/", "-_")))}  # fmt: skip
    return {shape.encode() for shape in found if len(shape) >= 8}


def test_refresh__secrets_are_nowhere_in_any_shape(workplace: Make, server: ApiServer) -> None:
    """Key, password and token are in no output and no file, whatever the servers do with them."""
    place = signed_in(workplace, server)
    secrets = [value for name, value in place.environment.items() if "USERNAME" not in name]
    secrets.append(server.openreview.token)
    seen: list[bytes] = []
    for number, arguments in enumerate((["-vv"], ["--log-json", "-vv"], ["--dry-run", "-v"], ["--strict"])):
        for secret in secrets:
            for form in (secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode()):
                server.fail(
                    "redirect", location=f"http://{form[:40]}.example/{form}?k={form}", nth=2 + number
                )
        with place.start("refresh", *arguments) as process:
            seen += process.communicate(timeout=60)
        place.configure(server.settings_yaml(max_age="0d", patience=0.5))
        server.heal()
        server.forget()
    files = [path.read_bytes() for path in place.folder.rglob("*") if path.is_file()]
    assert len(files) > 20
    text = b"\0".join(seen + files)
    assert b"Traceback" not in b"".join(seen)
    for secret in secrets:
        assert not [shape for shape in shapes(secret) if shape in text]
