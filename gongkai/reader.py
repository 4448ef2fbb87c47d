"""Opening the published file to read: nothing can be written, attached or read beside it (只读连接)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from gongkai.home import Home
from gongkai.messages import GongkaiError

_LOCKED_DOWN = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    # Last, as nothing can be set after it.
    "lock_configuration": "true",
}


@contextmanager
def open_published(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the current generation, locked down so that SQL from anywhere can do no harm.

    Raises ``GongkaiError`` not_published or warehouse_damaged.
    """
    if not home.database.is_symlink() and not home.database.exists():
        raise GongkaiError("not_published", home=home.shown(home.root))
    connection = _connect(home, home.database.resolve())
    try:
        yield connection
    finally:
        connection.close()


def _connect(home: Home, path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), read_only=True, config=_LOCKED_DOWN)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise GongkaiError("warehouse_damaged", path=home.shown(home.database), reason=reason) from error
