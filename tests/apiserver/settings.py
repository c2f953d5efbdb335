"""The text of a `paperlist.yaml` that sends every source to a test address."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

PATHS: Mapping[str, Mapping[str, str]] = {
    "arxiv": {"url": "/arxiv/api/query"},
    "semanticscholar": {"url": "/s2"},
    "openreview": {"url": "/openreview2", "legacy_url": "/openreview1"},
    "acl": {"url": "/aclanthology", "data_url": "/acldata"},
    "crossref": {"url": "/crossref"},
    "openalex": {"url": "/openalex"},
    "dblp": {"url": "/dblp/sparql"},
    "datacite": {"url": "/datacite"},
}


def settings_text(
    bases: Mapping[str, str],
    *,
    interval: float | Mapping[str, float] = 0.0,
    timeout: float = 20.0,
    patience: float = 2.0,
    max_age: str | None = None,
    **top: str,
) -> str:
    """A paperlist.yaml. `bases` maps a source to `http://host:port`; `top` are keys beside `sources` (`cache=...`).

    `interval`, `timeout` and `patience` are seconds; `max_age` is as in the settings (`30d`, `0d`).
    """
    sources: dict[str, dict[str, object]] = {}
    for name, base in bases.items():
        pause = interval if isinstance(interval, (int, float)) else interval.get(name, 0.0)
        sources[name] = {key: base + path for key, path in PATHS[name].items()}
        sources[name] |= {"interval": pause, "timeout": timeout, "patience": patience}
        if max_age is not None:
            sources[name]["max_age"] = max_age
    return yaml.safe_dump({"contact": "tests@paperlist.invalid", **top, "sources": sources}, sort_keys=False)
