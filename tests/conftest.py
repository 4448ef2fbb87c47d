"""Fixtures shared by all tests: the folder of real documents, and a home built from samples/ once per test run."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with the real documents and their hand-read gold; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("GONGKAI_SHARED") or ROOT.parent / "shared")
    if not (folder / "real").is_dir():
        pytest.skip(f"no real documents at {folder}: set GONGKAI_SHARED to the folder that holds real/ and gold/")
    return folder


@contextmanager
def _alone(lock_file: Path) -> Iterator[None]:
    """Hold a file lock, so that of several xdist workers one builds and the others wait for it."""
    with lock_file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _published_home(name: str, source: Path, factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A home whose warehouse the real command line published from ``source``; read-only for tests.

    All xdist workers share one: the first to come builds it. A build that failed is not tried again by the next
    worker: each fails with the first one's output.
    """
    base = factory.getbasetemp()
    common = base.parent if hasattr(request.config, "workerinput") else base
    home, verdict = common / name, common / f"{name}.json"
    with _alone(common / f"{name}.lock"):
        if not verdict.exists():
            command = [sys.executable, "-m", "gongkai", "refresh", str(source), "--home", str(home), "--json"]
            run = subprocess.run(command, capture_output=True, text=True, cwd=common, check=False)
            outcome = {"code": run.returncode, "output": run.stdout[-4000:] + run.stderr[-8000:]}
            verdict.write_text(json.dumps(outcome, ensure_ascii=False), encoding="utf-8")
    outcome = json.loads(verdict.read_text(encoding="utf-8"))
    if outcome["code"] != 0:
        pytest.fail(f"gongkai refresh {source} ended with {outcome['code']}:\n{outcome['output']}", pytrace=False)
    return home


@pytest.fixture(scope="session")
def samples_home(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A home with the warehouse of samples/."""
    return _published_home("samples-home", ROOT / "samples", tmp_path_factory, request)


@pytest.fixture(scope="session")
def real_home(shared: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A home with the warehouse of the real documents, where they are given."""
    return _published_home("real-home", shared / "real", tmp_path_factory, request)
