"""Publishing: the checked file becomes an immutable generation, and a symbolic link is swapped to it (发布).

Readers open ``gongkai.duckdb``. Whoever holds an older generation keeps it, even after it is deleted; whoever opens
the link gets one whole generation or the next, never something between.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from gongkai.build import BuildRecord, file_identity, wal_of, write_record
from gongkai.home import Home
from gongkai.messages import GongkaiError
from gongkai.runlog import number_of

KEPT_GENERATIONS = 3


@dataclass(frozen=True, slots=True)
class Generation:
    """One published file, as told by the record beside it."""

    number: int
    run_id: str
    published_at: str
    fingerprint: str
    figures: int
    documents: int
    byte_count: int
    project: str = ""
    """Fingerprint of the project it was built by."""
    spliced: int = 0
    """How many generations in a row were spliced into the last that was built whole."""
    scoped: int = 0
    """How many in a row were checked where they had changed, after the last that was checked wholly."""
    digests: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    """Table → digest of its rows, taken when the file was checked."""


def generation_path(home: Home, number: int) -> Path:
    """File of a generation."""
    return home.generations / f"gongkai-{number:06d}.duckdb"


def current_number(home: Home) -> int | None:
    """Number of the generation the link points at; None where nothing is published."""
    try:
        target = Path(os.readlink(home.database))
    except OSError:
        return None
    return number_of(target) or None


def generations(home: Home) -> list[int]:
    """Numbers of the generations that are kept, oldest first."""
    return sorted(number_of(path) for path in home.generations.glob("gongkai-*.duckdb"))


def is_whole(home: Home, generation: Generation) -> bool:
    """Whether the published file is there and as long as it was when it was published."""
    return home.database.exists() and home.database.stat().st_size == generation.byte_count


def read_generation(home: Home, number: int) -> Generation | None:
    """The record of a generation; None where it cannot be read."""
    import json

    try:
        path = generation_path(home, number).with_suffix(".json")
        return Generation(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def publish(home: Home, *, allow_shrink: bool = False, kept: int = KEPT_GENERATIONS) -> Generation:
    """Publish the built file that passed its checks; see the module's docstring.

    Raises ``GongkaiError`` build_missing, not_checked, volume_drop or wal_left; nothing is changed then.
    """
    record = BuildRecord.read(home.build_record)
    if record is None or not home.build_file.exists():
        raise GongkaiError("build_missing", home=home.shown(home.root))
    identity = file_identity(home.build_file)
    checked = BuildRecord.read(home.check_record)
    if checked is None or identity != record.file or replace(checked, scoped=0, digests={}) != record:
        raise GongkaiError("not_checked")
    if wal_of(home.build_file).exists():
        raise GongkaiError("wal_left", path=home.shown(wal_of(home.build_file)))
    number = current_number(home)
    current = read_generation(home, number) if number else None
    if current and not allow_shrink and record.figures * 2 < current.figures:
        raise GongkaiError("volume_drop", new=record.figures, old=current.figures)
    generation = Generation(
        number=record.number,
        run_id=record.run_id,
        published_at=datetime.now(UTC).isoformat(timespec="seconds"),
        fingerprint=record.fingerprint,
        figures=record.figures,
        documents=record.documents,
        byte_count=identity[0],
        project=record.project,
        spliced=record.spliced,
        scoped=checked.scoped,
        digests=checked.digests,
    )
    target = generation_path(home, record.number)
    _sync(home.build_file)
    write_record(target.with_suffix(".json"), generation)
    home.build_file.rename(target)
    target.chmod(0o444)
    _sync(home.generations)
    _swap(home, target)
    for path in (home.build_record, home.check_record):
        path.unlink(missing_ok=True)
    _drop_old(home, kept)
    return generation


def rollback(home: Home, number: int | None = None) -> Generation | None:
    """Point the link at an earlier generation: the one before the current, or the one named.

    Returns its record. Raises ``GongkaiError`` no_generation where it is not kept, warehouse_damaged where it cannot
    be opened; the link stays then.
    """
    kept, current = generations(home), current_number(home)
    if number is None:
        earlier = [held for held in kept if current is None or held < current]
        number = earlier[-1] if earlier else 0
    if number not in kept:
        wanted = f"第 {number} 代" if number else "更早的一代"
        raise GongkaiError("no_generation", generation=wanted, available=kept or "无")
    target = generation_path(home, number)
    try:
        with duckdb.connect(str(target), read_only=True) as connection:
            connection.execute("select count(*) from duckdb_tables()").fetchone()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise GongkaiError("warehouse_damaged", path=home.shown(target), reason=reason) from error
    _swap(home, target)
    return read_generation(home, number)


def _swap(home: Home, target: Path) -> None:
    fresh = home.root / ".gongkai.duckdb.new"
    fresh.unlink(missing_ok=True)
    # Relative, so that the home can be moved or mounted elsewhere.
    fresh.symlink_to(target.relative_to(home.root))
    fresh.replace(home.database)
    _sync(home.root)


def _drop_old(home: Home, kept: int) -> None:
    """Delete generations beyond the newest ``kept``, never the current one."""
    current = current_number(home)
    for number in generations(home)[: -max(kept, 1)]:
        if number != current:
            path = generation_path(home, number)
            path.unlink(missing_ok=True)
            path.with_suffix(".json").unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
