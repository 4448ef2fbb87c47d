"""``python -m expectations LANDING DATABASE DOCS RESULT``: run the gate, write outcomes as JSON, end with 0 or 1."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path


def main(landing: str, database: str, docs: str, result: str) -> int:
    """0 where everything holds, 1 where something does not."""
    from expectations.gate import run_gate

    outcomes = run_gate(Path(landing), Path(database), Path(docs))
    held = [asdict(outcome) for outcome in outcomes]
    Path(result).write_text(json.dumps(held, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0 if all(outcome.success for outcome in outcomes) else 1


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    sys.stdout.flush()
    # Past the interpreter's end DuckDB's bindings complain about objects that the report still holds.
    os._exit(code)
