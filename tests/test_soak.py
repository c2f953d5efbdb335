"""Many nights with faults at random: nothing gets lost, nothing is invented, and the end is that of calm nights."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak import soak


@pytest.mark.parametrize(("nights", "step"), [(16, 6)])
def test_soak__ends_as_if_nothing_had_happened(tmp_path: Path, nights: int, step: int) -> None:
    """Half a year in few nights; `python benchmarks/soak.py` lives through a thousand, one after the other."""
    result = soak(tmp_path, nights, step=step)
    assert result.lost == []
    assert result.invented == {}
    assert result.differing == []
    assert sum(result.faults.values()) > nights
