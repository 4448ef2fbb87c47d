"""The home: one folder with everything a warehouse is made of, and the lock that lets one process write it.

landing/       landing Parquet (落地层)
sources/       source bytes by hash (源文件)
cache/         what only saves time: hashes of unchanged files, dbt's parse
build/         the file being built; the landing without documents in quarantine
generations/   published files, immutable, and what each was made from
gongkai.duckdb symbolic link to the current generation: what people open
runs/          one folder per run: log.jsonl, dbt artefacts
docs/          report of the last checks (Data Docs)
quarantine.json documents kept out of what is published, and why
lock           held while a process writes
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gongkai.messages import GongkaiError

DEFAULT_HOME = "warehouse"
PROJECT = Path(__file__).resolve().parent.parent
"""The checkout: dbt project, seeds, expectations."""


@dataclass(frozen=True, slots=True)
class Home:
    """Paths below one home folder."""

    root: Path

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def sources(self) -> Path:
        return self.root / "sources"

    @property
    def cache(self) -> Path:
        return self.root / "cache"

    @property
    def build_file(self) -> Path:
        """The file being built. Always the same path, because dbt parses all anew when its target's path changes."""
        return self.root / "build" / "gongkai.duckdb"

    @property
    def build_record(self) -> Path:
        """What the built file was made from."""
        return self.root / "build" / "build.json"

    @property
    def check_record(self) -> Path:
        """How the built file fared in the checks."""
        return self.root / "build" / "check.json"

    @property
    def filtered_landing(self) -> Path:
        """The landing without the documents in quarantine, for the build."""
        return self.root / "build" / "landing"

    @property
    def quarantine(self) -> Path:
        """Documents kept out of what is published, and why."""
        return self.root / "quarantine.json"

    @property
    def generations(self) -> Path:
        return self.root / "generations"

    @property
    def database(self) -> Path:
        """What people open: a symbolic link to the current generation."""
        return self.root / "gongkai.duckdb"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def docs(self) -> Path:
        return self.root / "docs"

    def shown(self, path: Path) -> str:
        """A path as shown to people: relative to the working directory where it lies below."""
        with contextlib.suppress(ValueError):
            return str(path.absolute().relative_to(Path.cwd()))
        return str(path)


_PATTERNS = frozenset("*?[]{}'\"\n")
"""Characters of a path that DuckDB or dbt would take for a pattern or the end of a text: files below would not be
found, or others would."""


def open_home(root: Path) -> Home:
    """The home at ``root``, made where it is not there yet. Raises ``GongkaiError`` home_unusable."""
    home = Home(root.resolve())
    if unfit := sorted(_PATTERNS & set(str(home.root))):
        raise GongkaiError("home_unusable", home=root, reason=f"路径里不能有 {' '.join(unfit)!r}")
    try:
        for folder in (home.root, home.runs, home.generations, home.build_file.parent, home.cache):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GongkaiError("home_unusable", home=root, reason=error.strerror or error) from error
    return home


@dataclass(frozen=True, slots=True)
class StaleLock:
    """A process that held the lock and did not give it back."""

    pid: int
    started: str


@contextlib.contextmanager
def write_lock(home: Home, wait_seconds: float = 0.0) -> Iterator[StaleLock | None]:
    """Hold the home for writing; yields the dead process that held it before, if it died at it.

    The kernel frees the lock when its process ends, however it ends; the file's content only tells who it was.
    Raises ``GongkaiError`` home_locked when another process still holds it after ``wait_seconds``.
    """
    path = home.root / "lock"
    try:
        opened = path.open("a+", encoding="utf-8")
    except OSError as error:
        # A home on a read-only file system, or another user's.
        raise GongkaiError("home_unusable", home=home.shown(home.root), reason=error.strerror or error) from error
    with opened as handle:
        deadline = time.monotonic() + wait_seconds
        while not _try_lock(handle.fileno()):
            if time.monotonic() >= deadline:
                holder = _holder(path)
                raise GongkaiError("home_locked", home=home.shown(home.root), pid=holder.pid, started=holder.started)
            time.sleep(min(0.2, max(0.01, deadline - time.monotonic())))
        before = _holder(path) if path.stat().st_size else None
        _write(handle.fileno(), {"pid": os.getpid(), "started": datetime.now(UTC).isoformat(timespec="seconds")})
        try:
            yield before
        finally:
            handle.truncate(0)
            fcntl.flock(handle.fileno(), fcntl.LOCK_UN)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(descriptor: int, holder: dict[str, object]) -> None:
    os.ftruncate(descriptor, 0)
    os.write(descriptor, json.dumps(holder).encode())
    os.fsync(descriptor)


def _holder(path: Path) -> StaleLock:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return StaleLock(int(held["pid"]), str(held["started"]))
    except (OSError, ValueError, KeyError, TypeError):
        return StaleLock(0, "?")
