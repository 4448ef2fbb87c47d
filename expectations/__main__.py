"""``python -m expectations LANDING DATABASE DOCS RESULT [SCOPE]``: run the gate, write outcomes, end with 0 or 1.

Outcomes go to RESULT as JSON, digests of the tables to ``digests.json`` beside it. With SCOPE, a JSON file of what a
splice has touched, the scoped gate is run; it needs no Great Expectations.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from dataclasses import asdict
from pathlib import Path

from ingest.workers import end_with_parent


def main(landing: str, database: str, docs: str, result: str, scope: str | None = None) -> int:
    """0 where everything holds, 1 where something does not."""
    from expectations.scoped import file_digests

    if scope is None:
        from expectations.gate import run_gate

        outcomes = run_gate(Path(landing), Path(database), Path(docs))
        digests = file_digests(Path(database))
    else:
        outcomes, digests = _scoped(Path(landing), Path(database), Path(docs), Path(scope))
    Path(result).with_name("digests.json").write_text(json.dumps(digests), encoding="utf-8")
    held = [asdict(outcome) for outcome in outcomes]
    Path(result).write_text(json.dumps(held, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0 if all(outcome.success for outcome in outcomes) else 1


def _scoped(landing: Path, database: Path, docs: Path, path: Path) -> tuple[list, dict]:
    from expectations.offline import STYLE
    from expectations.scoped import Scope, page, run_scoped

    held = json.loads(path.read_text(encoding="utf-8"))
    scope = Scope(**held["scope"])
    outcomes, digests = run_scoped(landing, database, Path(held["before"]), scope, held["digests"])
    docs.mkdir(parents=True, exist_ok=True)
    partial = docs / "scoped.tmp"
    partial.write_text(page(outcomes, scope, STYLE), encoding="utf-8")
    partial.replace(docs / "scoped.html")
    return outcomes, digests


if __name__ == "__main__":
    # Where the refresh was killed, its gate must not go on and write a report under the feet of the next.
    threading.Thread(target=end_with_parent, args=(os.getppid(),), daemon=True).start()
    code = main(*sys.argv[1:])
    sys.stdout.flush()
    # Past the interpreter's end DuckDB's bindings complain about objects that the report still holds.
    os._exit(code)
