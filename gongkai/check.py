"""Checking: the hard expectations, run from another process on the very file that will be published (检查)."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass

import click

from gongkai.build import BuildRecord, file_identity, landing_of, write_record
from gongkai.home import Home
from gongkai.messages import GongkaiError, text
from gongkai.runlog import Run

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


def check(home: Home, run: Run) -> tuple[CheckOutcome, ...]:
    """Run the expectations on the built file and remember that this very file passed.

    Raises ``GongkaiError`` build_missing, checks_failed (the report says which) or checks_crashed.
    """
    home.check_record.unlink(missing_ok=True)
    record = BuildRecord.read(home.build_record)
    if record is None or not home.build_file.exists() or file_identity(home.build_file) != record.file:
        raise GongkaiError("build_missing", home=home.shown(home.root))
    result_path, errors = run.folder / "checks.json", run.folder / "checks.log"
    landing = landing_of(home, record.excluded)
    command = [sys.executable, "-m", "expectations", str(landing), str(home.build_file), str(home.docs)]
    with errors.open("wb") as error_file:
        child = subprocess.run(
            [*command, str(result_path)], stdout=error_file, stderr=error_file, cwd=home.build_file.parent, check=False
        )
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
        report = home.shown(home.docs / "index.html")
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
    write_record(home.check_record, record)
    return outcomes
