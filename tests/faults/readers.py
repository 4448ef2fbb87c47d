"""Readers through refreshes: one holds its connection all the time, one opens anew for every question."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

import duckdb

from .harness import STATES, FaultFound, World

_HOLD = """
import json, sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
asked, answers, errors = 0, set(), []
print("ready", flush=True)
import threading
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
while not stop.wait(0.005):
    try:
        answers.add(connection.execute("select count(*), sum(value) from fct_statement_amount").fetchall()[0])
    except Exception as error:
        errors.append(repr(error))
    asked += 1
print(json.dumps({"asked": asked, "answers": sorted(map(str, answers)), "errors": errors[:5]}))
"""
_REOPEN = _HOLD.replace("connection = duckdb.connect(sys.argv[1], read_only=True)\n", "").replace(
    'answers.add(connection.execute("select count(*), sum(value) from fct_statement_amount").fetchall()[0])',
    "with duckdb.connect(sys.argv[1], read_only=True) as fresh:\n"
    '            answers.add(fresh.execute("select count(*), sum(value) from fct_statement_amount").fetchall()[0])',
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the readers went through."""

    refreshes: int
    held: int
    reopened: int
    answers: int
    """Different warehouses the re-opening reader saw."""

    def __str__(self) -> str:
        return (
            f"{self.refreshes} refreshes under readers: {self.held} questions on one connection, "
            f"{self.reopened} on new ones ({self.answers} warehouses seen), 0 errors"
        )


def read_through(world: World, refreshes: int) -> Seen:
    """Refresh so many times under both readers.

    Raises ``FaultFound`` where a reader met an error, or a warehouse that is none.
    """
    allowed = set()
    for state in range(len(STATES)):
        allowed |= _answer(world, state)
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(world.home.database)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for script in (_HOLD, _REOPEN)
    ]
    for reader in readers:
        reader.stdout.readline()
    try:
        for _ in range(refreshes):
            world.next_state()
            world.finish("refresh under readers")
    finally:
        told = [json.loads(reader.communicate("")[0]) for reader in readers]
    held, reopened = told
    if held["errors"] or reopened["errors"]:
        raise FaultFound(f"readers met errors: {held['errors']} {reopened['errors']}")
    if len(held["answers"]) != 1:
        raise FaultFound(f"a held connection changed its answer: {held['answers']}")
    if not set(reopened["answers"]) <= allowed:
        raise FaultFound(f"a reader saw what is no warehouse: {set(reopened['answers']) - allowed}")
    return Seen(refreshes, held["asked"], reopened["asked"], len(reopened["answers"]))


def _answer(world: World, state: int) -> set[str]:
    database = world.folder / f"clean-{state}" / "gongkai.duckdb"
    with duckdb.connect(str(database.resolve()), read_only=True) as connection:
        rows = connection.execute("select count(*), sum(value) from fct_statement_amount").fetchall()
        return {str(row) for row in rows}
