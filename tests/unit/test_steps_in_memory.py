"""Where the steps of the identities lie during a build: in memory as long as they fit, else in the scratch file."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai import build


@pytest.mark.parametrize(("landed", "fits"), [(0, True), (1000, True), (1001, False)])
def test_a_landing_decides_by_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, landed: int, fits: bool
) -> None:
    monkeypatch.delenv("GONGKAI_MEMORY", raising=False)
    monkeypatch.setattr(build, "_memory_limit", lambda: 1000 * build._STEPS_OF_LANDING)
    for name, size in (("cells", landed // 2), ("documents", landed - landed // 2)):
        (tmp_path / name).mkdir()
        with (tmp_path / name / "0.parquet").open("wb") as file:
            file.truncate(size)
    (tmp_path / "fetches.jsonl").write_bytes(b"x" * 5000)
    assert build._steps_fit_in_memory(tmp_path) is fits


@pytest.mark.parametrize(
    ("asked", "fits"), [("1GB", True), ("1.5 GiB", True), ("1000MB", False), ("12GB", True), ("80%", False)]
)
def test_a_limit_that_was_asked_for_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, fits: bool
) -> None:
    monkeypatch.setenv("GONGKAI_MEMORY", asked)
    (tmp_path / "cells").mkdir()
    with (tmp_path / "cells" / "0.parquet").open("wb") as file:
        file.truncate(2**30 // build._STEPS_OF_LANDING)
    assert build._steps_fit_in_memory(tmp_path) is fits
