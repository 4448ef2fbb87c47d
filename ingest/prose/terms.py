"""The words of finance prose, from ``seeds/prose_terms.csv`` and ``seeds/prose_units.csv``, as one matcher.

A term has a kind (what it says: direction, compare, base, share …) and a code. The longest term at a place wins, so a
``label`` entry such as 年初结转 keeps the shorter cue inside it (年初) from being taken for a base of comparison.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from ingest.dictionaries import read_seed


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase and what it says. ``code`` is "" where the kind says it all."""

    text: str
    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as printed, what it measures, and the unit of measure it stands for (万 → 万元)."""

    text: str
    kind: str
    unit_of_measure: str


@dataclass(frozen=True, slots=True)
class Terms:
    """Dictionary of terms and units with their compiled matchers."""

    terms: dict[str, Term]
    units: dict[str, Unit]
    term_pattern: str
    unit_pattern: str

    def of_kind(self, *kinds: str) -> list[str]:
        """Texts of all terms of these kinds, longest first."""
        return sorted((term.text for term in self.terms.values() if term.kind in kinds), key=len, reverse=True)


def trie(words: dict[str, str]) -> str:
    """A pattern that matches the longest of ``words`` without trying each: common beginnings are shared.

    ``words`` maps a word to a lookahead pattern that must hold after it ("" for none).
    """
    root: dict[str, dict] = {}
    for word, after in words.items():
        node = root
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {"after": after}

    def render(node: dict) -> str:
        branches = [re.escape(char) + render(child) for char, child in node.items() if char]
        if "" in node:
            branches.append(node[""]["after"])
        if len(branches) == 1:
            return branches[0]
        return "(?:" + "|".join(branches) + ")"

    return render(root)


@cache
def load() -> Terms:
    """Both dictionaries, read once."""
    rows = read_seed("prose_terms", ("term", "kind"))
    terms = {row["term"]: Term(row["term"], row["kind"], row["code"]) for row in rows}
    units: dict[str, Unit] = {}
    unit_words: dict[str, str] = {}
    for row in read_seed("prose_units", ("unit_printed", "kind", "unit_of_measure")):
        printed = row["unit_printed"]
        units[printed] = Unit(printed, row["kind"], row["unit_of_measure"])
        unit_words[printed] = f"(?![{row['not_before']}])" if row["not_before"] else ""
    for printed, unit in list(units.items()):
        if unit.kind in ("count", "area") and not printed.startswith("万"):
            # 16.3万件 is a count in 万件; 万 alone is money (万元).
            for prefix in ("万", "亿"):
                word = prefix + printed
                units.setdefault(word, Unit(word, unit.kind, prefix + unit.unit_of_measure))
                unit_words.setdefault(word, unit_words[printed])
    return Terms(
        terms=terms,
        units=units,
        term_pattern=trie(dict.fromkeys(terms, "")),
        unit_pattern=trie(unit_words),
    )
