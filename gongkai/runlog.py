"""One run: its number, its folder, its log (运行记录). ``runs/<number>-<time>/log.jsonl`` has one event a line."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gongkai.home import Home

KEPT_RUNS = 30
_NUMBER = re.compile(r"^(?:gongkai-)?(\d{6,})")


@dataclass(slots=True)
class Run:
    """A run in progress."""

    number: int
    """Counts up within a home, whatever the clock says; the generation it publishes has the same number."""
    run_id: str
    folder: Path
    started: datetime
    command: str
    seconds: dict[str, float] = field(default_factory=dict)
    """Seconds of the clock per step."""

    def log(self, event: str, **values: Any) -> None:
        """Append one event; written through, so that a killed run shows how far it came."""
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "run": self.run_id, "event": event} | values
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as handle:
            handle.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step and log its beginning, end and failure."""
        start = time.monotonic()
        self.log("step_started", step=name)
        try:
            yield
        except BaseException as error:
            self.log(
                "step_failed",
                step=name,
                error=type(error).__name__,
                code=getattr(error, "code", None),
                reason=str(error),
            )
            raise
        else:
            self.log("step_finished", step=name, seconds=round(time.monotonic() - start, 3))
        finally:
            self.seconds[name] = round(time.monotonic() - start, 3)


def start_run(home: Home, command: str) -> Run:
    """Open the next run and drop the folders of old ones. The caller holds the lock."""
    started = datetime.now(UTC)
    number = 1 + max(
        (number_of(path) for folder in (home.runs, home.generations) for path in folder.iterdir()), default=0
    )
    run_id = f"{number:06d}-{started:%Y%m%dT%H%M%SZ}"
    folder = home.runs / run_id
    folder.mkdir()
    for old in sorted(home.runs.iterdir(), key=number_of)[:-KEPT_RUNS]:
        shutil.rmtree(old, ignore_errors=True)
    run = Run(number, run_id, folder, started, command)
    run.log("run_started", command=command, pid=os.getpid())
    return run


def number_of(path: Path) -> int:
    """Number of a run folder or a generation file; 0 for anything else."""
    match = _NUMBER.match(path.name)
    return int(match.group(1)) if match else 0


def read_events(folder: Path) -> list[dict[str, Any]]:
    """Events of a run, in order; a last line torn by a kill is left out."""
    events = []
    for line in (
        (folder / "log.jsonl").read_text(encoding="utf-8").splitlines() if (folder / "log.jsonl").exists() else ()
    ):
        try:
            events.append(json.loads(line))
        except ValueError:
            continue
    return events
