"""The home's lock, and the record of its runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from gongkai import build
from gongkai.home import Home, open_home, write_lock
from gongkai.messages import GongkaiError
from gongkai.runlog import KEPT_RUNS, number_of, read_events, start_run

_HOLD = """
import sys, time
from pathlib import Path
from gongkai.home import Home, write_lock
with write_lock(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return open_home(tmp_path / "home")


@pytest.fixture
def holder(home: Home) -> subprocess.Popen:
    """Another process that holds the lock."""
    child = subprocess.Popen([sys.executable, "-c", _HOLD, str(home.root)], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "held\n"
    yield child
    child.kill()
    child.wait()


def test_one_writer_at_a_time(home: Home, holder: subprocess.Popen) -> None:
    with pytest.raises(GongkaiError) as caught, write_lock(home):
        pass
    assert caught.value.code == "home_locked" and caught.value.values["pid"] == holder.pid


def test_waiting_ends_when_the_writer_does(home: Home, holder: subprocess.Popen) -> None:
    started = time.monotonic()
    with pytest.raises(GongkaiError), write_lock(home, 0.3):
        pass
    assert time.monotonic() - started >= 0.3
    holder.kill()
    with write_lock(home, 10) as stale:
        assert stale.pid == holder.pid


def test_a_writer_that_ended_well_leaves_nothing(home: Home) -> None:
    for _ in range(2):
        with write_lock(home) as stale:
            assert stale is None


def test_a_writer_that_failed_gives_the_lock_back(home: Home) -> None:
    with pytest.raises(KeyError), write_lock(home):
        raise KeyError
    with write_lock(home) as stale:
        assert stale is None


def test_a_lock_file_of_anything_is_taken_over(home: Home) -> None:
    (home.root / "lock").write_text("not json")
    with write_lock(home) as stale:
        assert stale.pid == 0


def test_a_home_that_cannot_be_made_has_a_code(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(GongkaiError) as caught:
        open_home(tmp_path / "file" / "home")
    assert caught.value.code == "home_unusable"


def test_a_home_nobody_can_write_has_a_code(home: Home) -> None:
    (home.root / "lock").mkdir()
    with pytest.raises(GongkaiError) as caught, write_lock(home):
        pass
    assert caught.value.code == "home_unusable"


def test_a_home_may_have_any_name_but_a_pattern(tmp_path: Path) -> None:
    assert open_home(tmp_path / "公开 仓库（1）/a b").runs.is_dir()
    for name in ("[2024]", "仓库*", "what?", "it's", "{a,b}"):
        with pytest.raises(GongkaiError) as caught:
            open_home(tmp_path / name)
        assert caught.value.code == "home_unusable" and not (tmp_path / name).exists()


def test_a_build_is_not_begun_without_the_space_for_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build.shutil, "disk_usage", lambda _: SimpleNamespace(free=400 * 2**20))
    build._check_space(home)
    # A first build has nothing to go by but its landing.
    (home.landing / "cells").mkdir(parents=True)
    os.truncate(os.open(home.landing / "cells" / "a.parquet", os.O_CREAT | os.O_WRONLY), 14 * 2**20)
    with pytest.raises(GongkaiError) as caught:
        build._check_space(home)
    assert caught.value.code == "disk_space"


def test_runs_count_up_whatever_the_clock_says(home: Home) -> None:
    (home.runs / "000007-29991231T000000Z").mkdir()
    (home.generations / "gongkai-000009.duckdb").write_bytes(b"")
    assert start_run(home, "refresh").number == 10
    assert start_run(home, "refresh").number == 11


def test_old_runs_are_dropped(home: Home) -> None:
    for _ in range(KEPT_RUNS + 3):
        start_run(home, "refresh")
    assert [number_of(path) for path in sorted(home.runs.iterdir())] == list(range(4, KEPT_RUNS + 4))


def test_the_log_tells_how_steps_went(home: Home) -> None:
    run = start_run(home, "refresh")
    with run.step("ingest"):
        run.log("file", name="预算.txt")
    with pytest.raises(GongkaiError), run.step("build"):
        raise GongkaiError("landing_empty")
    with (run.folder / "log.jsonl").open("a") as handle:
        handle.write('{"event": "torn')
    events = read_events(run.folder)
    assert [event["event"] for event in events] == [
        "run_started",
        "step_started",
        "file",
        "step_finished",
        "step_started",
        "step_failed",
    ]
    assert events[2]["name"] == "预算.txt" and events[-1]["code"] == "landing_empty"
    assert run.seconds.keys() == {"ingest", "build"}
    assert json.dumps(events[0])
