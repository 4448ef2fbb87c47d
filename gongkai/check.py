"""Checking: the hard expectations, run from another process on the very file that will be published (检查)."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gongkai.build import BuildRecord, file_identity, landing_of, write_record
from gongkai.home import Home
from gongkai.messages import GongkaiError, text
from gongkai.runlog import Run

if TYPE_CHECKING:
    from expectations.scoped import Scope
    from gongkai.publish import Generation

MOST_SCOPED = 6
"""Generations in a row that are checked only where they changed; the next is checked wholly."""
MOST_DOCUMENTS = 2000
"""Touched documents from which on checking the whole file is the surer way: their rows are held in memory."""
_WARNING_SUITE = "thresholds"
"""What fails in this suite warns: expectations/thresholds.py says why."""


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """How one expectation fared."""

    suite: str
    name: str
    success: bool
    unexpected: int
    """Rows that break it; 0 where it holds or could not be evaluated."""
    reason: str
    """What it protects, or why it could not be evaluated."""
    sample: list[str]
    """A few of the rows that break it."""


def check(
    home: Home, run: Run, scope: Scope | None = None, before: Generation | None = None
) -> tuple[CheckOutcome, ...]:
    """Run the expectations on the built file and remember that this very file passed.

    With the ``scope`` of a splice into the generation ``before``, the scoped gate of ``expectations/scoped.py`` is run
    where that is allowed: the tables' digests were taken when that generation was checked, few documents are touched,
    and not too many in a row were checked so. Else, and without a scope, everything is evaluated on the whole file.

    Raises ``GongkaiError`` build_missing, checks_failed (the report says which) or checks_crashed.
    """
    home.check_record.unlink(missing_ok=True)
    record = BuildRecord.read(home.build_record)
    if record is None or not home.build_file.exists() or file_identity(home.build_file) != record.file:
        raise GongkaiError("build_missing", home=home.shown(home.root))
    result_path, errors = run.folder / "checks.json", run.folder / "checks.log"
    landing = landing_of(home, record.excluded)
    command = [sys.executable, "-m", "expectations", str(landing), str(home.build_file), str(home.docs)]
    command.append(str(result_path))
    is_scoped = scope is not None and before is not None and _may_be_scoped(scope, before)
    if is_scoped:
        command.append(str(_write_scope(home, run, scope, before)))
    with errors.open("wb") as error_file:
        child = subprocess.run(command, stdout=error_file, stderr=error_file, cwd=home.build_file.parent, check=False)
    if child.returncode not in (0, 1) or not result_path.exists():
        raise GongkaiError("checks_crashed", status=child.returncode, log=home.shown(errors))
    outcomes = tuple(CheckOutcome(**held) for held in json.loads(result_path.read_text(encoding="utf-8")))
    for outcome in outcomes:
        if not outcome.success and outcome.suite == _WARNING_SUITE:
            rules = "、".join(outcome.sample)
            run.log("rules_jump", **asdict(outcome))
            click.echo(f"[rules_jump] {text('rules_jump', reason=outcome.reason, rules=rules)}", err=True)
    failed = [outcome for outcome in outcomes if not outcome.success and outcome.suite != _WARNING_SUITE]
    if failed or not outcomes:
        for outcome in failed:
            run.log("check_failed", **asdict(outcome))
        names = "、".join(f"{outcome.suite}.{outcome.name}（{outcome.unexpected}）" for outcome in failed[:8])
        report = home.shown(home.docs / ("scoped.html" if is_scoped else "index.html"))
        raise GongkaiError(
            "checks_failed",
            failed=len(failed),
            total=len(outcomes),
            names=names,
            report=report,
            failures=tuple((outcome.suite, outcome.name, outcome.reason) for outcome in failed),
        )
    if file_identity(home.build_file) != record.file:
        raise GongkaiError("not_checked")
    in_a_row = before.scoped + 1 if is_scoped else 0
    write_record(home.check_record, replace(record, scoped=in_a_row, digests=_digests(run)))
    run.log("gate", scoped=is_scoped, documents=len(scope.documents) if is_scoped else record.documents)
    return outcomes


def _may_be_scoped(scope: Scope, before: Generation) -> bool:
    return bool(before.digests) and before.scoped < MOST_SCOPED and len(scope.documents) <= MOST_DOCUMENTS


def _write_scope(home: Home, run: Run, scope: Scope, before: Generation) -> Path:
    path = run.folder / "scope.json"
    published = str(home.database.resolve())
    held = {"before": published, "digests": before.digests, "scope": asdict(scope)}
    path.write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")
    return path


def _digests(run: Run) -> dict[str, tuple[int, str]]:
    """What the gate's process took of the tables; none where it left nothing."""
    try:
        held = json.loads((run.folder / "digests.json").read_text(encoding="utf-8"))
        return {table: (int(count), str(total)) for table, (count, total) in held.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
