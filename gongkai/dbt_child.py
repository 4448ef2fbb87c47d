"""Runs dbt in a process of its own: ``python -m gongkai.dbt_child ARGUMENTS_AS_JSON`` (dbt 子进程).

dbt keeps connections and global state for the life of its process, and the built file may only be moved when nobody
holds it. Events go to standard output as one JSON object a line; everything else dbt says goes to its log file.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

from ingest.workers import end_with_parent


def main(arguments: list[str]) -> int:
    """Invoke dbt; returns 0 where every node succeeded."""
    threading.Thread(target=end_with_parent, args=(os.getppid(),), daemon=True).start()
    from dbt.cli.main import dbtRunner

    def tell(event: Any) -> None:
        if event.info.name == "LogStartLine":
            _emit({"index": event.data.index, "total": event.data.total, "node": event.data.description})

    outcome = dbtRunner(callbacks=[tell]).invoke(arguments)
    failed = []
    for result in getattr(outcome.result, "results", None) or ():
        status = str(result.status)
        if status in ("error", "fail", "runtime error"):
            failed.append({"node": result.node.unique_id, "status": status, "message": result.message or ""})
    if outcome.exception is not None:
        failed.append({"node": "dbt", "status": "error", "message": str(outcome.exception)})
    _emit({"success": bool(outcome.success), "failed": failed})
    return 0 if outcome.success else 1


def _emit(event: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
