"""How much a build or a check may hold at once, and where the rest goes (内存上限).

Both look at whole tables. Left alone, DuckDB takes four fifths of the machine for every connection, which beside
other work is the whole of it. So each connection is held to one limit; what goes beyond it is written into a folder
beside the file concerned, where the next build clears away what a killed process has left.
"""

from __future__ import annotations

import os
from pathlib import Path

MOST = 6 * 2**30
"""Bytes DuckDB may hold in a build or a check on a machine that has twice as many."""


def most_bytes() -> int:
    """Bytes DuckDB may hold where nobody says otherwise: 6 GiB, on small machines half of the memory."""
    return min(MOST, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)


def memory_limit() -> str:
    """What ``GONGKAI_MEMORY`` says, else ``most_bytes``; as DuckDB takes it."""
    return os.environ.get("GONGKAI_MEMORY") or f"{most_bytes() / 2**20:.0f}MiB"


def limiting(database: Path, memory: str = "") -> list[str]:
    """SQL that holds a fresh connection to its limit; ``memory``: another one than ``memory_limit``."""
    spill = str(Path(f"{database}.tmp")).replace("'", "''")
    return [
        f"set memory_limit = '{memory or memory_limit()}'",
        f"set temp_directory = '{spill}'",
        # Order costs memory and says nothing: a claim holds or it does not.
        "set preserve_insertion_order = false",
    ]
