"""Quarantine: one oddly read document never stops the others (隔离).

A build or a check that fails because of some documents' rows is tried again without those documents. Nothing is
weakened: what is published has passed every test and expectation. Whoever is kept out is named: in ``quarantine.json``,
as a row of ``rejects`` in the landing, in ``meta_reject`` and ``meta_run_document`` of the published file, by
``status``.

Suspects are first taken from the failing rows; where those name none, or it fails all the same, they are looked for by
halving. A document stays out as long as it is read alike by the same project: a new reading version or a change of
models, seeds, checks or libraries tries it again.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Generic, TypeVar

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from gongkai.build import project_fingerprint
from gongkai.home import Home
from gongkai.messages import GongkaiError
from gongkai.runlog import Run
from gongkai.suspects import Failure, failures_of, suspects_of
from ingest.landing.schemas import REJECTS
from ingest.landing.writer import EMPTY, Landing

MOST_ROUNDS = 3
"""Rebuilds without the documents that failing rows name."""
MOST_TRIALS = 16
"""Builds to find documents that no row names: enough for one among 30 000."""

_Outcome = TypeVar("_Outcome")


@dataclass(frozen=True, slots=True)
class Held:
    """One document in quarantine."""

    document_id: str
    file_name: str
    checks: tuple[str, ...]
    """Tests, models or expectations that failed with it."""
    reading_version: str
    """As it was read then: read in another way, it is tried again."""
    project: str
    """Fingerprint of the project then: changed, it is tried again."""
    run: str
    content: str | None = None
    """Digest of its rows then: a reader that reads it otherwise has it tried again."""

    @property
    def reason(self) -> str:
        """For people: what failed and what to do."""
        names = "、".join(self.checks[:6]) + ("等" if len(self.checks) > 6 else "")
        return (
            f"读入的内容未能通过检查（{names}），已隔离，其余文档照常发布；"
            "请把文件和检查名称报告给维护者，读取方式或项目更新后会自动重新尝试。"
        )


Quarantine = Mapping[str, Held]
"""document_id → why it is kept out."""


# What is remembered ------------------------------------------------------------------------------------------------


def stored(home: Home) -> dict[str, Held]:
    """The quarantine of the last build that passed; empty where there is none."""
    try:
        held = json.loads(home.quarantine.read_text(encoding="utf-8"))
        return {key: Held(key, **(entry | {"checks": tuple(entry["checks"])})) for key, entry in held.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        # Without it every document is tried again, which finds the same ones.
        return {}


def active(home: Home) -> dict[str, Held]:
    """Documents that the next build leaves out from the start: read as then, by the project of then."""
    held = stored(home)
    if not held:
        return {}
    landed, project = Landing(home.landing).landed(), project_fingerprint()
    return {
        key: entry
        for key, entry in held.items()
        if entry.project == project
        and key in landed
        and landed[key].reading_version == entry.reading_version
        and landed[key].content == (entry.content or landed[key].content)
    }


def _store(home: Home, held: Quarantine) -> None:
    if not held:
        home.quarantine.unlink(missing_ok=True)
        return
    entries = {key: asdict(held[key]) for key in sorted(held)}
    for entry in entries.values():
        del entry["document_id"]
    partial = home.quarantine.with_suffix(".tmp")
    partial.write_text(json.dumps(entries, ensure_ascii=False, indent=1), encoding="utf-8")
    partial.replace(home.quarantine)


# The landing without them ------------------------------------------------------------------------------------------


def filter_landing(home: Home, held: Quarantine) -> None:
    """Make the filtered landing: every table without these documents, and one row of ``rejects`` for each.

    Files of batches that hold none of them are linked, not copied.
    """
    target = home.filtered_landing
    shutil.rmtree(target, ignore_errors=True)
    landing = Landing(home.landing)
    if not held:
        # The whole landing is built from: it may not say of anybody that he is kept out.
        landing.set_side("rejects", [])
        return
    landed = landing.landed()
    batches = set(landing.batches())
    clean = batches - {landed[key].batch for key in held if key in landed} | {EMPTY}
    for path in sorted(home.landing.glob("*/*.parquet")):
        copy = target / path.parent.name / path.name
        if path.parent.name == "rejects" and path.stem not in batches | {EMPTY}:
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.stem in clean or "document_id" not in pq.read_schema(path).names:
            _link(path, copy)
        else:
            unwanted = pl.col("document_id").is_in(list(held)).fill_null(value=False)
            pl.scan_parquet(path, glob=False).filter(~unwanted).sink_parquet(copy)
    (target / "rejects").mkdir(parents=True, exist_ok=True)
    rows = pa.Table.from_pylist(_rejects(landing, held), schema=REJECTS)
    pq.write_table(rows, target / "rejects" / "quarantine.parquet")


def _link(path: Path, copy: Path) -> None:
    try:
        os.link(path, copy)
    except OSError:
        shutil.copyfile(path, copy)


def _rejects(landing: Landing, held: Quarantine) -> list[dict[str, object]]:
    """The row of ``rejects`` of each document in quarantine, after those that reading it left."""
    before = landing.read_table("rejects").group_by("document_id").agg(pl.col("reject_ordinal").max())
    last = dict(before.iter_rows())
    return [
        dict.fromkeys(REJECTS.names)
        | {
            "document_id": key,
            "reject_ordinal": last.get(key, 0) + 1,
            "file_name": entry.file_name,
            "stage": "file",
            "code": "quarantined",
            "reason": entry.reason,
        }
        for key, entry in sorted(held.items())
    ]


# Trying ------------------------------------------------------------------------------------------------------------


def settle(
    home: Home,
    run: Run,
    attempt: Callable[[Quarantine], _Outcome],
    first: Callable[[Quarantine], _Outcome] | None = None,
) -> tuple[_Outcome, dict[str, Held]]:
    """Call ``attempt`` (build, check) with the documents to leave out until it passes; returns its outcome and them.

    ``first`` is called in its place the first time (a check of what is built already). A failure that has nothing to
    do with documents is raised at once. Raises the first failure where leaving documents out does not help, or would
    leave none.
    """
    held = active(home)
    try:
        outcome = (first or attempt)(held)
    except GongkaiError as error:
        failures = failures_of(home, error)
        if not failures:
            raise
        search = _Search(home, run, attempt, error, held)
        try:
            outcome, held = search.by_rows(failures)
        except _NotFoundError:
            outcome, held = search.by_trying()
    _store(home, held)
    landing = Landing(home.landing)
    landing.set_side("rejects", _rejects(landing, held))
    return outcome, held


class _NotFoundError(Exception):
    """Failing rows did not lead to the documents."""


class _Search(Generic[_Outcome]):
    """The search for the documents that a failure comes from."""

    def __init__(
        self, home: Home, run: Run, attempt: Callable[[Quarantine], _Outcome], error: GongkaiError, held: Quarantine
    ) -> None:
        self.home, self.run, self.attempt, self.first_error = home, run, attempt, error
        self.held = dict(held)
        self.landed = Landing(home.landing).landed()
        self.documents = {key for key, landed in self.landed.items() if landed.state == "read"}
        self.published = _published(home) & self.documents
        self.names, self.project = _file_names(home), project_fingerprint()
        self.checks: tuple[str, ...] = ()
        self.error = error
        self.trials = 0

    def by_rows(self, failures: Sequence[Failure]) -> tuple[_Outcome, dict[str, Held]]:
        """Rebuild without the documents in the failing rows. Raises ``_NotFoundError`` where that does not help."""
        for _ in range(MOST_ROUNDS):
            self.checks = tuple(dict.fromkeys((*self.checks, *(failure.name for failure in failures))))
            named = self._named(failures)
            if not named:
                break
            # Where a new document clashes with one that has been published, the new one waits.
            fresh = {key: checks for key, checks in named.items() if key not in self.published} or named
            self.held |= {key: self._entry(key, sorted(checks)) for key, checks in fresh.items()}
            self._refuse_all(self.held)
            self.run.log("quarantine", documents=sorted(fresh), checks=self.checks)
            try:
                return self.attempt(self.held), self.held
            except GongkaiError as error:
                failures, self.error = failures_of(self.home, error), error
                if not failures:
                    raise
        raise _NotFoundError

    def _named(self, failures: Sequence[Failure]) -> dict[str, set[str]]:
        """Documents not yet left out that the failing rows name, with the names of the failures."""
        by_key = suspects_of(self.home, self.run, self.error, failures)
        return {
            document_id: by_key[document_id[:16]]
            for document_id in self.landed
            if document_id[:16] in by_key and document_id not in self.held
        }

    def by_trying(self) -> tuple[_Outcome, dict[str, Held]]:
        """Put documents in, ever fewer or more of them, until the one is found with which it fails; then the others.

        Those of the published generation are taken to be sound, unless what is left without all others fails too.
        """
        self.base = dict(self.held)
        rest = sorted(self.documents - self.base.keys())
        new = [key for key in rest if key not in self.published]
        self.kept: set[str] = set(rest) - set(new)
        self.last: tuple[frozenset[str], _Outcome] | None = None
        self.rest = frozenset(rest)
        if not new or (self.kept and not self._holds(self.kept)):
            new, self.kept = rest, set()
        bad: list[str] = []
        while new:
            # All of ``new`` fails beside what is kept: how many of the first may be put in before it does?
            holding, failing = 0, len(new)
            while failing - holding > 1:
                middle = (holding + failing) // 2
                if self._holds(self.kept | set(new[:middle])):
                    holding = middle
                else:
                    failing = middle
            bad.append(new[holding])
            self.kept |= set(new[:holding])
            new = new[failing:]
            if new and self._holds(self.kept | set(new)):
                break
        self.held = self._without(bad)
        self._refuse_all(self.held)
        self.run.log("quarantine", documents=bad, checks=self.checks)
        if self.last is not None and self.last[0] == frozenset(bad):
            return self.last[1], self.held
        return self.attempt(self.held), self.held

    def _holds(self, kept: Iterable[str]) -> bool:
        """Whether a build with only these documents passes. Raises the first failure when too many were tried."""
        if self.trials >= MOST_TRIALS:
            self.run.log("quarantine_given_up", trials=self.trials)
            raise self.first_error
        self.trials += 1
        out = self.rest - set(kept)
        try:
            self.last = (out, self.attempt(self._without(out)))
        except GongkaiError as error:
            self.last = None
            if not failures_of(self.home, error):
                raise
            return False
        return True

    def _without(self, document_ids: Iterable[str]) -> dict[str, Held]:
        return self.base | {key: self._entry(key, self.checks) for key in document_ids}

    def _entry(self, document_id: str, checks: Iterable[str]) -> Held:
        landed, name = self.landed[document_id], self.names.get(document_id, document_id)
        version, content = landed.reading_version, landed.content
        return Held(document_id, name, tuple(checks), version, self.project, self.run.run_id, content)

    def _refuse_all(self, held: Quarantine) -> None:
        if self.documents <= held.keys():
            raise self.first_error


def _published(home: Home) -> set[str]:
    """Documents of the published generation; none where it cannot be read."""
    if not home.database.exists():
        return set()
    try:
        with duckdb.connect(str(home.database.resolve()), read_only=True) as connection:
            return {row[0] for row in connection.execute("select document_id from dim_document").fetchall()}
    except duckdb.Error:
        return set()


def _file_names(home: Home) -> dict[str, str]:
    documents = Landing(home.landing).read_table("documents").select("document_id", "file_name")
    return {key: name for key, name in documents.iter_rows() if name}
