"""Digests of a spliced file without reading all of it: what lies where it lay is what it was (未动的行组).

A table is stored in groups of rows, and each column of a group in segments that are written once. A splice is made in a
copy of a file whose digests are known: groups that nothing was added to keep their segments, in the same blocks, and
all that can happen to their rows is that some are deleted. So only the other groups are read, and the rows of the
touched bodies. Reading the whole of a file of 17 GB, to find that 100 documents were put in, took longer than putting
them in.

Where the number of rows does not come out, or nothing can be told of the segments (a table in memory), all is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb

Digest = tuple[int, str]
"""(rows, sum of the hashes of the rows): equal for the same rows in any order."""

_GROUPS = """
    select
        row_group_id,
        sum(count) filter (column_id = 0 and segment_type <> 'VALIDITY')::bigint as row_count,
        sum(hash(
            column_id, column_path, segment_id, segment_type, count, compression, stats, block_id, block_offset,
            additional_block_ids
        )::hugeint)::varchar as segments,
        bool_and(persistent) and not bool_or(has_updates) as is_settled
    from pragma_storage_info('{table}')
    group by row_group_id
    order by row_group_id
"""


Groups = Mapping[tuple[int, int, str], None]
"""(first row, row after the last, segments) of every group of a table."""


def digest_of(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Iterable[str], condition: str = "true"
) -> Digest:
    """Digest of the rows of a table that meet a condition."""
    held = ", ".join(f'"{column}"' for column in sorted(columns))
    count, total = connection.execute(
        f"select count(*), coalesce(sum(hash({held})::hugeint), 0) from {relation} where {condition}"
    ).fetchone()
    return int(count), str(total)


def digest_after(
    connection: duckdb.DuckDBPyConnection,
    columns: Iterable[str],
    before: Digest,
    sides: tuple[str, str],
    owned: tuple[str, str],
) -> Digest:
    """Digest of a table of the spliced file, from that of the generation before.

    ``sides``: the table before and now, with their databases; ``owned``: for each a table whose column ``place`` has
    the ``rowid`` of its rows that may have been taken out or put in.
    """
    columns = tuple(columns)
    try:
        groups = [_groups(connection, side) for side in sides]
    except duckdb.Error:
        return digest_of(connection, sides[1], columns)
    # The digest before, less what moved or was taken out, with what moved or was put in as it is now. Of the rest rows
    # can only have been deleted: then the number does not come out.
    same = groups[0].keys() & groups[1].keys()
    count, total = before[0], int(before[1])
    for sign, side, held, places in zip((-1, 1), sides, groups, owned, strict=True):
        moved = [group[:2] for group in held if group not in same]
        others = f"select place from {places} where not ({_lies_in('place', moved)})"
        for condition in (_lies_in("rowid", moved), f"rowid in ({others})"):
            rows, hashed = digest_of(connection, side, columns, condition)
            count, total = count + sign * rows, total + sign * int(hashed)
    if count != connection.execute(f"select count(*) from {sides[1]}").fetchone()[0]:
        return digest_of(connection, sides[1], columns)
    return count, str(total)


def _groups(connection: duckdb.DuckDBPyConnection, table: str) -> Groups:
    """The groups of a table; one that is not settled is like no other."""
    found: dict[tuple[int, int, str], None] = {}
    first = 0
    for number, rows, segments, is_settled in connection.execute(_GROUPS.format(table=table)).fetchall():
        found[first, first + rows, segments if is_settled else f"{table} {number}"] = None
        first += rows
    return found


def _lies_in(row: str, ranges: Iterable[tuple[int, int]]) -> str:
    """Condition of lying in one of these ranges, neighbours put together."""
    joined: list[tuple[int, int]] = []
    for first, end in sorted(ranges):
        if joined and joined[-1][1] == first:
            first = joined.pop()[0]
        joined.append((first, end))
    return " or ".join(f"{row} >= {first} and {row} < {end}" for first, end in joined) or "false"
