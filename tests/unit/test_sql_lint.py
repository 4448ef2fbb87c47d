"""The SQL of models and tests stays inside what DuckDB and Spark both understand, and in the house style.

What differs between engines lives in ``macros/``, dispatched by engine. Each rule is shown a line it must reject.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
MODELS = sorted((ROOT / "models").rglob("*.sql"))
TESTS = sorted((ROOT / "tests" / "singular").glob("*.sql")) + sorted((ROOT / "tests" / "generic").glob("*.sql"))
SQL_FILES = MODELS + TESTS

FORBIDDEN: dict[str, tuple[re.Pattern[str], str]] = {
    "double-colon cast": (re.compile(r"::"), "select a::varchar from t"),
    "list function": (re.compile(r"\blist(_[a-z]+)?\s*\("), "select list(a) from t"),
    "array function": (re.compile(r"\b(array_[a-z]+|unnest|explode|string_split)\s*\("), "select unnest(a) from t"),
    "arg_max": (re.compile(r"\b(arg_max|arg_min|max_by|min_by)\s*\("), "select arg_max(a, b) from t"),
    "exclude": (re.compile(r"\*\s*(exclude|except|replace)\s*\("), "select * exclude (a) from t"),
    "integer division": (re.compile(r"//"), "select a // b from t"),
    "struct": (re.compile(r"\bstruct(_pack)?\s*\(|\{\s*'"), "select struct_pack(a := b) from t"),
    "lambda": (re.compile(r"->|\blambda\b"), "select f(x -> x + 1) from t"),
    "strptime": (re.compile(r"\b(strptime|strftime|date_part|to_date)\s*\("), "select strptime(a, 'x') from t"),
    "json": (re.compile(r"\bjson[a-z_]*\s*\(", re.I), "select json_extract(a, 'x') from t"),
    "asof join": (re.compile(r"\basof\b"), "from a asof join b"),
    "double-quoted identifier": (re.compile(r'"[A-Za-z_ ]+"'), 'select "id" from t'),
    "engine regex": (re.compile(r"\b(regexp_[a-z]+|rlike|similar to)\b"), "select regexp_matches(a, 'x') from t"),
    "ordered text aggregate": (re.compile(r"\b(string_agg|listagg|group_concat)\s*\("), "select string_agg(a, ',')"),
    "wide integers and ids": (re.compile(r"\b(hugeint|uuid|ubigint|uinteger)\b", re.I), "cast(a as hugeint)"),
    "group by all": (re.compile(r"\b(group|order) by all\b"), "group by all"),
    "qualify": (re.compile(r"\bqualify\b"), "qualify row_number() over () = 1"),
    "text type of one engine": (re.compile(r"\bas (varchar|text|string)\b", re.I), "cast(a as varchar)"),
    "binary fractions": (re.compile(r"\b(double|float|real)\b", re.I), "cast(a as double)"),
    "current time": (re.compile(r"\b(now|today)\s*\(|\bcurrent_(date|timestamp)\b"), "select now()"),
    "select star": (re.compile(r"\bselect\s+(distinct\s+)?([a-z_]+\.)?\*|^\s*[a-z_]+\.\*"), "select t.* from t"),
    "not equal with null": (re.compile(r"!="), "where a != b"),
    # Sorted upwards, nulls come last in DuckDB and first in Spark: where one may stand, say so.
    "nulls without a place": (
        re.compile(
            r"\border by\b[^()]*\b(paragraph_ordinal|char_start|source_line|page)\b(?!\s+(desc|(asc\s+)?nulls))"
        ),
        "order by paragraph_ordinal asc, amount_key asc",
    ),
    # Cut off in Spark, rounded in DuckDB: round first.
    "figure cast to integer": (
        re.compile(r"\bcast\(\s*([a-z_]+\.)?(value|amount_yuan|staff_on_post|vehicles) as (integer|bigint)\)"),
        "cast(t.staff_on_post as integer)",
    ),
    "value of any row": (re.compile(r"\b(any_value|first|last|mode|median)\s*\("), "select any_value(a)"),
    "function of one engine": (
        re.compile(
            r"\b(hash|strpos|starts_with|ends_with|prefix|suffix|len|printf|format|chr|generate_series|range|map|row)\s*\("
        ),
        "select len(a) from t",
    ),
}

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
_COMMENT = re.compile(r"--[^\n]*")
_LITERAL = re.compile(r"'(?:[^']|'')*'")


def bare_sql(text: str) -> str:
    """SQL without Jinja, comments and the insides of string literals; line breaks stay where they were."""

    def blank(match: re.Match[str]) -> str:
        return "''" + "\n" * match.group().count("\n")

    return _LITERAL.sub("''", _COMMENT.sub("", _JINJA.sub(blank, text)))


def offences(text: str) -> list[str]:
    """Names of the rules a piece of SQL breaks, each with the line."""
    found = []
    for name, (pattern, _) in FORBIDDEN.items():
        for number, line in enumerate(bare_sql(text).splitlines(), start=1):
            if pattern.search(line):
                found.append(f"{number}: {name}: {line.strip()}")
    return found


def test_patterns_mean_the_same_in_both_engines() -> None:
    """Java reads [[:space:]] as a set of letters, and backslashes need doubling on one side only."""
    for path in [*SQL_FILES, *sorted((ROOT / "macros").glob("*.sql"))]:
        text = path.read_text(encoding="utf-8")
        assert "[[:" not in text, path
        assert not re.search(r"\\[dsw]", text), path


def test_there_are_models_to_look_at() -> None:
    assert len(MODELS) > 40


@pytest.mark.parametrize("name", FORBIDDEN)
def test_rule_rejects_what_it_is_there_for(name: str) -> None:
    example = FORBIDDEN[name][1]
    assert any(f": {name}: " in offence for offence in offences(example)), f"{name} lets {example!r} pass"


@pytest.mark.parametrize("harmless", [
    "select a from t -- :: // list( in a comment",
    "select 'select * from json_extract(a)' as label from t",
    "select {{ at_greatest('a', 'b') }} as a from t",
    "select count(*) as rows_seen from t",
])
def test_harmless_sql_passes(harmless: str) -> None:
    assert offences(harmless) == []


@pytest.mark.parametrize("path", SQL_FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_sql_runs_on_both_engines(path: Path) -> None:
    assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_model_says_its_grain_first(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("-- Grain: one row")


LAYERS = {"staging": 0, "intermediate": 1, "prose": 2, "core": 2, "reconciliation": 3, "quality": 3, "reporting": 4}
"""Rooms in the order figures flow through them.

``prose`` stands between the facts of figures and the additive ones, which fall back on it; ``reconciliation`` is the
scaffolding of the quality marts.
"""

BACKWARD = {
    ("intermediate", "core"): {
        # The additive facts are chosen from the fact that holds every figure.
        "int_amount__additive",
        "int_economic_expenditure__chosen",
        "int_reconciliation__leaf_sum",
        # Which of several figures a sum or a year takes is told by the same fact.
        "int_table__repeated",
        "int_unit__uncounted",
        "int_unit_year__printed",
    },
    # It weighs what prose tells beside what tables do.
    ("intermediate", "prose"): {"int_unit__uncounted"},
}
"""(room, later room it reads) → models that do. Meant only to shrink."""


def layer_of(path: Path) -> str:
    return path.parent.name


def references(text: str) -> set[str]:
    return set(re.findall(r"ref\('([a-z0-9_]+)'\)", text))


def test_layers_flow_one_way() -> None:
    where = {path.stem: layer_of(path) for path in MODELS}
    broken = []
    for path in MODELS:
        for name in references(path.read_text(encoding="utf-8")):
            if name not in where or LAYERS[where[name]] <= LAYERS[layer_of(path)]:
                continue
            if path.stem not in BACKWARD.get((layer_of(path), where[name]), set()):
                broken.append(f"{path.stem} ({layer_of(path)}) reads {name} ({where[name]})")
    assert broken == []


def test_staging_neither_joins_nor_filters() -> None:
    for path in MODELS:
        if layer_of(path) == "staging":
            sql = bare_sql(path.read_text(encoding="utf-8"))
            assert not re.search(r"\b(join|where|group by|union)\b", sql), path.stem


def test_every_model_is_described() -> None:
    described = set()
    for path in (ROOT / "models").rglob("*.yml"):
        described |= set(re.findall(r"^  - name: (\w+)", path.read_text(encoding="utf-8"), re.M))
    assert {path.stem for path in MODELS} - described == set()
