"""The whole list in one uniform style, from the dataset alone, through a Jinja2 template.

Its default shape is the list's own insertion template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

from pipeline.errors import UsageError
from pipeline.model import Entry, Link, Paper
from pipeline.rendering.escaping import SURROGATE, Safe, as_markdown, link_target
from pipeline.rendering.planning import UNSURE_LINKS
from pipeline.rendering.shapes import DEFAULT_SHAPE, Slot, filled, read_shape
from pipeline.text import inert, normalise_title, one_line


def uniform(
    papers: Sequence[Paper], entries: Sequence[Entry], *, title: str, template: str | None = None
) -> str:
    """A whole list from the dataset alone: sections and entries in order, every entry in one shape.

    `template` is the list's own insertion template (a shape), or the source of a Jinja2 template, which
    holds `{{` or `{%`; None: the built-in shape. A template gets `title` and `sections`, each with
    `headings` (`marks`, `text`) and `entries`; an entry has `line` (in the shape), `number`, `kind`,
    `short_name`, `title`, `authors`, `et_al`, `venue`, `year`, `links` (`label`, `url`, `role`) and
    `paper`. Whatever it prints is escaped for Markdown; the filters are `url` (a link's target) and
    `raw_lines` (one line, as it is). It runs in a sandbox.

    Raises UsageError where the template does not work.
    """
    is_jinja = template is not None and ("{{" in template or "{%" in template)
    shape = read_shape(template) if template and not is_jinja else None
    shape = shape or read_shape(DEFAULT_SHAPE) or ()
    by_entry = {entry_id: paper for paper in papers for entry_id in paper.entry_ids}
    sections = _sections(entries, by_entry, shape)
    text = _rendered(template if is_jinja and template else _uniform_source(), title, sections)
    return SURROGATE.sub("\ufffd", re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n")


@cache
def _uniform_source() -> str:
    return (resources.files("pipeline") / "data" / "uniform.md.j2").read_text(encoding="utf-8")


def _rendered(source: str, title: str, sections: Sequence[Mapping[str, Any]]) -> str:
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.DictLoader({}),
        finalize=_escaped,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(url=link_target, raw_lines=lambda value: Safe(inert(one_line(str(value)))))
    try:
        return environment.from_string(source).render(title=title, sections=sections)
    except (
        jinja2.TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        line = getattr(error, "lineno", None)
        where = f" (line {line})" if line else ""
        raise UsageError(f"the template does not work{where}: {inert(str(error))}") from None


def _escaped(value: Any) -> Any:
    """What a template prints: nothing for None, Markdown as it is, everything else escaped."""
    if value is None:
        return ""
    return value if isinstance(value, (Safe, int)) else Safe(as_markdown(str(value)))


def _sections(
    entries: Sequence[Entry], by_entry: Mapping[str, Paper], shape: Sequence[Slot]
) -> list[dict[str, Any]]:
    """The entries grouped by section in the order of the list, each with the headings that open it."""
    sections: list[dict[str, Any]] = []
    path: tuple[str, ...] | None = None
    for entry in entries:
        if entry.section != path:
            sections.append({"headings": _headings(path or (), entry.section), "entries": []})
            path = entry.section
        group = sections[-1]["entries"]
        fields = _fields(entry, by_entry.get(entry.entry_id), len(group) + 1)
        group.append({**fields, "line": Safe("".join(filled(slot, fields) for slot in shape).rstrip())})
    return sections


def _headings(old: tuple[str, ...], new: tuple[str, ...]) -> list[dict[str, str]]:
    """The headings that lead from one section's path to the next; the title of the list is the only `#`."""
    same = next(
        (i for i, (one, two) in enumerate(zip(old, new, strict=False)) if one != two), min(len(old), len(new))
    )
    same = min(same, len(new) - 1) if new else 0
    return [{"marks": Safe("#" * min(i + 2, 6)), "text": new[i]} for i in range(max(same, 0), len(new))]


def _fields(entry: Entry, paper: Paper | None, number: int) -> dict[str, Any]:
    """What the dataset says about one entry, for a template."""
    facts = paper or Paper("", ())
    verdict = next((one for one in facts.verdicts if one.entry_id == entry.entry_id), None)
    trusted = verdict is None or verdict.link_status not in UNSURE_LINKS
    venue, year = _venue_of(entry, facts if trusted else Paper("", ()))
    return {
        "number": number,
        "kind": entry.kind,
        "short_name": entry.short_name,
        "title": (facts.title if trusted else None) or entry.title,
        "authors": (facts.authors if trusted else ()) or entry.authors,
        "et_al": entry.et_al,
        "venue": venue,
        "year": year,
        "links": _labelled(entry),
        "paper": facts,
    }


def _venue_of(entry: Entry, paper: Paper) -> tuple[str | None, int | None]:
    """The decided venue and year, else what the list says, else what the preprint server says."""
    if paper.decided:
        return paper.venue, paper.year
    if entry.venue_text or entry.year:
        return entry.venue_text, entry.year
    return paper.venue, paper.year


_LABELS = {"paper": "Paper", "code": "Github", "data": "Data", "model": "Model", "project": "Project"}


def _labelled(entry: Entry) -> list[Link]:
    """The links of an entry under labels of one kind: without brackets, and none under the entry's own title."""
    names = {normalise_title(name) for name in (entry.title, entry.short_name) if name}
    labelled = []
    for link in entry.links:
        label = link.label.strip("[] ")
        if not label or normalise_title(label) in names:
            label = _LABELS.get(link.role, "Link")
        labelled.append(replace(link, label=label))
    return labelled
