"""The steps of a refresh as plain functions, to be called by the command line or by a scheduler (步骤).

Each takes the home and the run; the caller holds the home's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import duckdb

from expectations.scoped import SPLICE, Scope
from gongkai.build import BuildRecord, build, build_spliced, fingerprint
from gongkai.check import CheckOutcome, check
from gongkai.fetch import expected_rows, fetched_rows, listed_folders
from gongkai.home import Home
from gongkai.messages import GongkaiError, text
from gongkai.publish import Generation, current_number, is_whole, publish, read_generation
from gongkai.quarantine import Held, Quarantine, active, filter_landing, settle, stored
from gongkai.runlog import Run
from gongkai.splice import NotSplicedError
from ingest.landing.writer import Landing
from ingest.run import IngestOptions, IngestReport, ingest
from ingest.sources import SourceError

NodeProgress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class RefreshOutcome:
    """What a refresh did."""

    ingested: IngestReport
    generation: Generation
    is_new: bool
    """False where nothing had changed and the published generation stayed."""
    checks: tuple[CheckOutcome, ...] = ()
    quarantined: tuple[Held, ...] = ()
    """Documents kept out of the generation, because with them it would not have passed."""


def ingest_step(home: Home, run: Run, sources: Sequence[Path], options: IngestOptions) -> IngestReport:
    """Bring the landing up to date. Raises ``GongkaiError`` no_sources, source_missing, source_unlistable
    or source_emptied."""
    also = listed_folders(home)
    if not sources and not also and not Landing(home.landing).names():
        raise GongkaiError("no_sources", exit_code=2, home=home.shown(home.root))
    with run.step("ingest"):
        try:
            side = {"fetches": fetched_rows(home), "expected_disclosures": expected_rows(home)}
            report = ingest(sources, home.landing, home.sources, options, run.started, also=also, side=side)
        except SourceError as error:
            exit_code = 1 if error.code == "source_emptied" else 2
            raise GongkaiError(error.code, exit_code=exit_code, path=error.path) from error
        recovery = report.recovery
        if recovery.damaged_batches or recovery.removed_files or recovery.rebuilt_manifest:
            run.log(
                "landing_recovered",
                removed_files=recovery.removed_files,
                damaged_batches=recovery.damaged_batches,
                rebuilt_manifest=recovery.rebuilt_manifest,
            )
        for file in report.files:
            if file.action != "unchanged":
                run.log("file", name=file.name, document_id=file.document_id, action=file.action, code=file.code)
        run.log(
            "ingested",
            read=len(report.documents),
            unchanged=report.unchanged,
            removed=report.removed,
            rejected=len(report.rejected),
            reading_version=report.reading_version,
            seconds=report.seconds,
        )
    return report


def build_step(
    home: Home, run: Run, ingested: IngestReport | None = None, progress: NodeProgress | None = None
) -> BuildRecord:
    """Build the star beside the published one, without documents that make it fail. Raises as ``build``, and
    landing_empty."""
    record, _ = settle(home, run, lambda held: _build(home, run, held, ingested, progress))
    return record


def check_step(home: Home, run: Run) -> tuple[CheckOutcome, ...]:
    """Run the hard expectations on the built file; build it again without documents that break one. Raises as
    ``check`` and ``build``."""
    outcomes, _ = settle(home, run, lambda held: _build_and_check(home, run, held), lambda _: _check(home, run))
    return outcomes


def _build(
    home: Home, run: Run, held: Quarantine, ingested: IngestReport | None, progress: NodeProgress | None
) -> BuildRecord:
    """Build without the documents in quarantine."""
    if not any(landed.state == "read" for landed in Landing(home.landing).landed().values()):
        raise GongkaiError("landing_empty")
    with run.step("build"):
        filter_landing(home, held)
        excluded = {key: entry.file_name for key, entry in held.items()}
        record = build(home, run, ingested, progress or (lambda done, total, node: None), excluded)
        run.log("built", figures=record.figures, documents=record.documents, byte_count=record.file[0])
    return record


def _build_and_check(
    home: Home,
    run: Run,
    held: Quarantine,
    ingested: IngestReport | None = None,
    progress: NodeProgress | None = None,
) -> tuple[CheckOutcome, ...]:
    _build(home, run, held, ingested, progress)
    return _check(home, run)


def _splice_and_check(
    home: Home, run: Run, held: Quarantine, ingested: IngestReport, published: Generation, *, full: bool
) -> tuple[CheckOutcome, ...]:
    """Splice what is new into the published generation, and check it (``full``: all of it).

    Raises ``NotSplicedError`` where the whole star must be built: whatever is wrong with a splice, a whole build tells
    better and knows whom to keep out.
    """
    try:
        with run.step("build"):
            filter_landing(home, held)
            excluded = {key: entry.file_name for key, entry in held.items()}
            record, scope = build_spliced(home, run, ingested, excluded, published)
            run.log("built", figures=record.figures, documents=record.documents, byte_count=record.file[0])
        return _check(home, run) if full else _check(home, run, scope, published)
    except duckdb.Error as error:
        raise NotSplicedError(str(error).splitlines()[0]) from error
    except GongkaiError as error:
        if error.code == "disk_space":
            raise
        failures = error.values["failures"] if error.code == "checks_failed" else ()
        amiss = [name for suite, name, _ in failures if suite == SPLICE]
        if amiss:
            said = text("splice_refused", names="、".join(amiss))
            run.log("splice_refused", code="splice_refused", checks=amiss)
            click.echo(f"[splice_refused] {said}", err=True)
        raise NotSplicedError(str(error)) from error


def _check(
    home: Home, run: Run, scope: Scope | None = None, published: Generation | None = None
) -> tuple[CheckOutcome, ...]:
    with run.step("check"):
        outcomes = check(home, run, scope, published)
        run.log("checked", expectations=len(outcomes))
    return outcomes


def publish_step(home: Home, run: Run, *, allow_shrink: bool = False) -> Generation:
    """Publish what was checked. Raises as ``publish``."""
    with run.step("publish"):
        generation = publish(home, allow_shrink=allow_shrink)
        run.log("published", generation=generation.number, byte_count=generation.byte_count)
    return generation


def refresh(
    home: Home,
    run: Run,
    sources: Sequence[Path],
    options: IngestOptions,
    *,
    progress: NodeProgress | None = None,
    allow_shrink: bool = False,
    force: bool = False,
    full: bool = False,
) -> RefreshOutcome:
    """All steps. Where neither the landing nor the project has changed since the published generation, it stays.

    What is new is spliced into the published generation where that is surely the same as building all, see
    ``gongkai.splice``. ``force`` builds in any case, and all. ``full`` checks the whole file, also where only what is
    new would have been.
    """
    report = ingest_step(home, run, sources, options)
    number = current_number(home)
    current = read_generation(home, number) if number else None
    # A published file that was cut short is no reason to leave it so, nor one to splice into.
    if current is not None and not is_whole(home, current):
        run.log("published_damaged", generation=current.number)
        current = None
    same = current is not None and current.fingerprint == fingerprint(home, active(home))
    if same and not force:
        run.log("nothing_new", generation=current.number)
        return RefreshOutcome(report, current, False, quarantined=tuple(stored(home).values()))

    def build_whole(held: Quarantine) -> tuple[CheckOutcome, ...]:
        return _build_and_check(home, run, held, report, progress)

    def build_what_is_new(held: Quarantine) -> tuple[CheckOutcome, ...]:
        if current is not None and not force:
            try:
                return _splice_and_check(home, run, held, report, current, full=full)
            except NotSplicedError as reason:
                run.log("not_spliced", reason=str(reason))
        return build_whole(held)

    checks, held = settle(home, run, build_whole, build_what_is_new)
    generation = publish_step(home, run, allow_shrink=allow_shrink)
    return RefreshOutcome(report, generation, True, checks, tuple(held.values()))
