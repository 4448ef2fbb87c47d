"""Claims about keys of tables with very many rows, as SQL that holds little (大表的键).

Keys are text, and a table of keys is several times as large as the rows' hashes. Equal keys have equal hashes; so a
first pass over hashes alone finds whether there is anything to look at, and only then are keys held, those of the few
rows it found. Both passes are aggregates: which side of a join is held is a guess of the optimizer, and a wrong one
holds all.
"""

from __future__ import annotations

from collections.abc import Sequence


def standing_twice(rows: str, key: Sequence[str]) -> str:
    """Keys that more than one row has, NULL counting as a value; ``rows``: a table or a query in brackets."""
    held = ", ".join(key)
    twice = f"select hash({held}) as hashed from {rows} as hashing group by hash({held}) having count(*) > 1"
    return (
        f"select {held} from {rows} as held where hash({held}) in (select hashed from ({twice}) as twice)"
        f" group by {held} having count(*) > 1"
    )


def without_home(rows: str, key: Sequence[str], home: str, home_key: Sequence[str]) -> str:
    """Keys of ``rows`` that stand nowhere in ``home``; a key with a NULL in it refers to nothing.

    Columns of both keys are of the same types. Of a million million keys without a home one is missed, because its hash
    is another's.
    """
    held, at_home = ", ".join(key), ", ".join(home_key)
    given = " and ".join(f"{column} is not null" for column in key)
    lone = (
        f"select hashed from (select hash({held}) as hashed, 0 as is_home from {rows} as using_it where {given}"
        f" union all select hash({at_home}) as hashed, 1 as is_home from {home} as homes) as both_sides"
        " group by hashed having max(is_home) = 0"
    )
    return f"select distinct {held} from {rows} as held where {given} and hash({held}) in ({lone})"
