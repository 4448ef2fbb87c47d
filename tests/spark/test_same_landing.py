"""Reading as a Spark job lands what the ordinary run lands: at first, again with nothing new, and after changes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from ingest.landing.schemas import SCHEMAS, SIDE_TABLES
from ingest.landing.writer import LANDED
from ingest.run import IngestOptions, ingest
from ingest.sources import SourceError
from ingest.spark_job import list_files

from .compare import differences, parquet

pytestmark = pytest.mark.spark

MAY_DIFFER = {"documents": frozenset({"ingested_at"}), "landed": frozenset({"content"})}
"""When bytes were first read, and the ordinary run's digest for its own use."""


def _papers(samples: Path, folder: Path) -> Path:
    """Samples, and what makes reading hard: bytes under two names, an archive, an empty file, one of no format."""
    (folder / "附件").mkdir(parents=True)
    for path in samples.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    files = _statements(folder)
    deeper = files.pop(3)
    deeper.rename(folder / "附件" / deeper.name)
    shutil.copy(files[0], folder / "zz-same-bytes.txt")
    with zipfile.ZipFile(folder / "papers.zip", "w") as archive:
        for path in files[-2:]:
            archive.write(path, f"inside/{path.name}")
    files[-1].unlink()
    (folder / "empty.pdf").touch()
    (folder / "_notes.bin").write_bytes(bytes(range(256)))
    (folder / ".hidden.txt").write_text("隐藏", encoding="utf-8")
    return folder


def _changed(before: Path, folder: Path) -> Path:
    """The name gone under which a document was read, a document gone, one file with other bytes."""
    shutil.copytree(before, folder)
    files = _statements(folder)
    files[0].unlink()
    files[1].unlink()
    text = files[2].read_text(encoding="utf-8")
    assert "决算" in text
    files[2].write_text(text.replace("决算", "预算", 1), encoding="utf-8")
    return folder


def _statements(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in (".txt", ".md") and path.name[0] not in "._z")


@dataclass(frozen=True, slots=True)
class Landings:
    """Landing folders after the steps first, again, changed; and what the job said at each."""

    ordinary: dict[str, Path]
    job: dict[str, Path]
    said: list[str]


@pytest.fixture(scope="module")
def landings(
    repo_root: Path, spark_environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Landings:
    base = tmp_path_factory.mktemp("landings")
    first = _papers(repo_root / "samples", base / "papers")
    changed = _changed(first, base / "papers-changed")
    ordinary = {"first": base / "ordinary", "changed": base / "ordinary-changed"}
    ordinary["again"] = ordinary["first"]
    for papers, folder in ((first, ordinary["first"]), (changed, ordinary["changed"])):
        ingest([papers], folder, Path(f"{folder}-store"), IngestOptions(jobs=2))

    job = {step: base / f"job-{step}" for step in ("first", "again", "changed")}
    landing = str(base / "job")
    steps = [
        ([papers, "--landing", landing, "--partition-documents", "12", *more], landing, str(job[step]))
        for step, papers, more in (
            ("first", str(first), ()),
            ("again", first.as_uri(), ()),
            ("changed", changed.as_uri(), ("--prune",)),
        )
    ]
    command = [sys.executable, str(Path(__file__).with_name("job_child.py")), json.dumps(steps)]
    environment = spark_environment | {"PYTHONPATH": str(repo_root), "PYTHONWARNINGS": "ignore::FutureWarning"}
    run = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=base, check=False)
    if run.returncode:
        pytest.fail(f"job ended with {run.returncode}:\n{run.stdout[-2000:]}{run.stderr[-8000:]}", pytrace=False)
    return Landings(ordinary, job, run.stdout.splitlines())


def _found(landings: Landings, step: str) -> list[str]:
    found = []
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for table in {**SCHEMAS, **SIDE_TABLES, "landed": LANDED}:
            sides = [parquet(folder[step] / table) for folder in (landings.ordinary, landings.job)]
            found += differences(connection, table, *sides, MAY_DIFFER.get(table, frozenset()))
    return found


# One test, so that workers of a parallel run do not each run Spark.
def test_job_lands_what_the_ordinary_run_lands(landings: Landings) -> None:
    for step in ("first", "again", "changed"):
        found = _found(landings, step)
        assert not found, f"{step}: the ordinary run is left, the job is right\n" + "\n".join(found)

    with duckdb.connect() as connection:
        states = dict(connection.execute(
            f"select state, count(*) from {parquet(landings.job['first'] / 'landed')} group by state"
        ).fetchall())
        cells = parquet(landings.job["first"] / "cells")
        assert connection.execute(f"select count(*) from {cells}").fetchone()[0] > 5000
        # The comparison would have seen it: a blank behind every text.
        spaced = f"(select * replace (concat(text_printed, ' ') as text_printed) from {cells})"
        assert len(differences(connection, "cells", parquet(landings.ordinary["first"] / "cells"), spaced)) == 2

    assert states["archive"] == 1 and states["rejected"] == 2
    total = sum(states.values())
    assert landings.said == [
        f"读入 {states['read']}，未变 0，移除 0，未读入 2（文档）。",
        f"读入 0，未变 {total}，移除 0，未读入 0（文档）。",
        # read: the renamed one and the changed one; gone: the deleted one and the earlier bytes of the changed one
        f"读入 2，未变 {total - 3}，移除 2，未读入 0（文档）。",
    ]


def test_a_source_behind_a_uri_is_listed_and_fetched_alike(tmp_path: Path) -> None:
    papers = tmp_path / "公开"
    for name in ("青禾 #1%.txt", "附件/a.txt", ".hidden/b.txt", "附件/.c.txt"):
        (papers / name).parent.mkdir(parents=True, exist_ok=True)
        (papers / name).write_text(name, encoding="utf-8")
    (tmp_path / "here").mkdir()
    by_path, by_uri = list_files(str(papers)), list_files(papers.as_uri())
    assert [found.name for found in by_path] == [found.name for found in by_uri] == ["附件/a.txt", "青禾 #1%.txt"]
    for found in (*by_path, *by_uri):
        assert found.fetch(tmp_path / "here").path.read_text(encoding="utf-8") == found.name
    for missing in (str(tmp_path / "none"), (tmp_path / "none").as_uri()):
        with pytest.raises(SourceError) as error:
            list_files(missing)
        assert error.value.code == "source_missing"
