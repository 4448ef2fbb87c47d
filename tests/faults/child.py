"""The process that is harmed: ``python -m tests.faults.child [--small] [--clock SECONDS] [--file-limit BYTES] ...``.

Everything after the options goes to the real command line. ``--small`` replaces dbt by a few statements and Great
Expectations by a few queries over the same claims about the landing, each in a process of its own like the original,
so that a refresh takes two seconds and many moments can be tried; all else is the real thing. ``--splice`` splices
however few documents stay untouched. ``--blind`` does not look for space first, so that a full disk is met midway.
``--clock`` sets the clock of this process wrong. ``--file-limit`` lets no file grow beyond so many bytes, as a full
disk does.
"""

from __future__ import annotations

import datetime as real_datetime
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

STAR = """
create view main.stg_numbers as select * from read_parquet('{landing}/cell_numbers/*.parquet');
create table dim_document as
    select document_id as document_key, document_id, file_name, file_format, state
    from read_parquet('{landing}/documents/*.parquet') order by document_id;
create table fct_statement_amount as
    select document_id || '-' || table_ordinal || '-' || row_ordinal || '-' || column_ordinal || '-' || number_ordinal
        as amount_key, document_id as document_key, row_label, column_label, value_printed,
        try_cast(value_text as decimal(24, 6)) as value
    from main.stg_numbers where role = 'figure' order by amount_key;
create table mart_reject as select * from read_parquet('{landing}/rejects/*.parquet') order by all;
"""


def build_small_star(landing: str, database: str, artefacts: str) -> int:
    """What dbt does, in small: tables from the landing, and a manifest that names the scaffolding."""
    import duckdb

    with duckdb.connect(database) as connection:
        for statement in STAR.format(landing=landing).split(";"):
            if statement.strip():
                connection.execute(statement)
                # Long enough to be killed between two tables.
                time.sleep(0.05)
    folder = Path(artefacts)
    folder.mkdir(parents=True, exist_ok=True)
    node = {"schema": "main", "alias": "stg_numbers", "resource_type": "model", "fqn": ["gongkai", "staging", "x"]}
    (folder / "manifest.json").write_text(json.dumps({"nodes": {"x": node}}))
    return 0


def check_small(landing: str, database: str) -> list[dict[str, Any]]:
    """The claims about the landing, and that star and landing hold the same; evaluated without Great Expectations."""
    import duckdb

    from expectations.suites import LANDING, Expectation

    own = (
        Expectation("figures", "fct_statement_amount", "一个也没有丢", no_rows="""
            select n.document_id from landing_cell_numbers n left join fct_statement_amount f
            on f.document_key = n.document_id where n.role = 'figure' and f.document_key is null"""),
        Expectation("keys", "fct_statement_amount", "主键唯一", unique=("amount_key",)),
        Expectation("documents", "dim_document", "主键唯一", unique=("document_key",)),
    )  # fmt: skip
    outcomes = []
    with duckdb.connect() as connection:
        connection.execute(f"attach '{database}' as star (read_only)")
        connection.execute("use star")
        for folder in sorted(Path(landing).iterdir()):
            if folder.is_dir() and (folder / "empty.parquet").exists():
                connection.execute(
                    f"create temp view landing_{folder.name} as"
                    f" select * from read_parquet('{folder}/*.parquet', union_by_name = true)"
                )
        for claim in (*LANDING, *own):
            if "dim_statement" in claim.no_rows:
                continue
            broken = len(connection.execute(_query(claim)).fetchall())
            outcomes.append(
                {"suite": "small", "name": claim.name, "success": broken == 0, "unexpected": broken,
                 "reason": claim.why, "sample": []}
            )  # fmt: skip
    return outcomes


def _query(claim: Any) -> str:
    """Rows that break a claim."""
    if claim.unique:
        columns = ", ".join(claim.unique)
        return f"select {columns} from {claim.table} group by {columns} having count(*) > 1"
    if claim.filled:
        return f"select 1 from {claim.table} where {claim.filled} is null"
    if claim.among:
        column, values = claim.among
        return f"select {column} from {claim.table} where {column} not in ({', '.join(repr(v) for v in values)})"
    return claim.no_rows


def _use_small_star() -> None:
    import gongkai.build
    import gongkai.check

    def run_small(home: Any, run: Any, landing: Path, artefacts: Path, progress: Any) -> None:
        command = [sys.executable, "-m", "tests.faults.child", "--build", str(landing), str(home.build_file)]
        ended = subprocess.run([*command, str(artefacts)], capture_output=True, check=False)
        if ended.returncode:
            raise gongkai.build.GongkaiError("build_crashed", status=ended.returncode, log="-")

    class Subprocess:
        """``subprocess`` as the check sees it: the gate's module is ours."""

        @staticmethod
        def run(command: list[str], **more: Any) -> Any:
            ours = [command[0], "-m", "tests.faults.child", "--check", *command[3:]]
            return subprocess.run(ours, **(more | {"cwd": None}))

    gongkai.build._run_dbt = run_small
    gongkai.check.subprocess = Subprocess


def _shift_clock(seconds: float) -> None:
    class Shifted(real_datetime.datetime):
        """A clock set wrong."""

        @classmethod
        def now(cls, tz: Any = None) -> real_datetime.datetime:
            return real_datetime.datetime.now(tz) + real_datetime.timedelta(seconds=seconds)

    import gongkai.home
    import gongkai.publish
    import gongkai.runlog
    import ingest.run

    for module in (gongkai.home, gongkai.publish, gongkai.runlog, ingest.run):
        module.datetime = Shifted
    true_time, true_ns = time.time, time.time_ns
    time.time = lambda: true_time() + seconds
    time.time_ns = lambda: true_ns() + int(seconds * 1e9)


def main(arguments: list[str]) -> None:
    """See the module's docstring."""
    if arguments[0] == "--build":
        sys.exit(build_small_star(*arguments[1:4]))
    if arguments[0] == "--check":
        outcomes = check_small(arguments[1], arguments[2])
        Path(arguments[4]).write_text(json.dumps(outcomes, ensure_ascii=False))
        sys.exit(0 if all(outcome["success"] for outcome in outcomes) else 1)
    while arguments[0].startswith("--"):
        option = arguments.pop(0)
        if option == "--small":
            _use_small_star()
        elif option == "--blind":
            import gongkai.build

            gongkai.build._check_space = lambda home, **how: None
        elif option == "--splice":
            import gongkai.splice

            gongkai.splice.MOST_SHARE = 1.0
        elif option == "--clock":
            _shift_clock(float(arguments.pop(0)))
        elif option == "--file-limit":
            import resource

            limit = int(arguments.pop(0))
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    from gongkai.cli import main as command_line

    sys.argv = ["gongkai", *arguments]
    command_line()


if __name__ == "__main__":
    main(sys.argv[1:])
