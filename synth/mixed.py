"""Forms mixed at random: the ways of all places crossed, as bodies mix them when they fill in a form of their own.

A province's dialect says what was seen together; what a reader meets is any of it beside any other: dashes for nothing
in a table with its total below, codes in three columns under a title in brackets, one decimal, or none. Each body keeps
its manner over the years.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Mapping, Sequence

from synth.forms import Dialect, Form, Money

CODE = "mixed"
"""Code of such a dialect, whatever province it began with."""
_BOTH: Mapping[str, Sequence[object]] = {
    "total": ("first", "last", "both"),
    "row_numbers": ("int", "float", "none"),
    "caption": ("stacked", "one_line", "code_first", "unit_in_parentheses"),
    "body_word": ("部门", "编制单位", "单位名称", "公开部门", "部门名称", "填报单位", "编制部门"),
    "unit_word": ("金额单位", "单位"),
    "has_item_row": (True, False),
    "total_label": ("合计", "合 计", "总计"),
    "notes": (True, False),
    "tables_first": (True, False),
    "contents": ("numbered", "bulleted", "dotted", "none"),
    "title_prefix": ("", "", "{year}年度", "{body}"),
    "spaced": (False, False, True),
    "empty": ("note", "listed"),
}
_FINAL: Mapping[str, Sequence[object]] = {
    **_BOTH,
    "number": ("公开{n:02d}表", "表{n}", "表{cn}", "附表{n}", "财决公开{n:02d}表", ""),
    "codes": ("one", "four", "three", "glued", "dash", "indent_code"),
    "amount": ("决算数", "金额"),
    "three_public": ("twelve", "pairs", "vertical", "meeting", "stages", "operating", "change", "counts"),
    "basic": ("groups3", "groups2", "groups4", "columns", "single"),
    "order": ("by_year", "old", "new"),
    "performance": ("national", "nature", "adjusted", "grouped"),
}
_BUDGET: Mapping[str, Sequence[object]] = {
    **_BOTH,
    "number": ("公开{n:02d}表", "表{n}", "表{cn}", "附表{n}", "公开表{n}", "预算{n:02d}表", ""),
    "row_numbers": ("none",),
    "codes": ("one", "three", "glued", "dash", "indent_code", "units"),
    "amount": ("预算数", "金额", "预算金额", "本年预算"),
    "three_public": ("six", "funds", "vertical", "operating", "year_over_year", "meeting", "two_years"),
    "basic": ("columns", "single"),
    "order": ("by_year", "old", "appropriation_first"),
    "classes": ("all", "nonzero"),
    "summary": ("two", "two", "four"),
    "targets": ("single", "list"),
}
_EXTRAS = {
    "final": ("statistics", "assets", "procurement", "projects", "matrix", "fund_three_public", "fiscal_account",
              "project_flow", "services", "balance_sheet", "general_flow", "capital_flow"),
    "budget": ("projects", "procurement", "economic_gov", "economic_department", "economic_both", "project_list",
               "project_matrix", "basic_projects", "services", "new_assets"),
}  # fmt: skip
_ZEROS = ("0.00", "0.00", "", "—", "——", "———", "-", "/")
_PROSE = ("national", "shanghai", "chongqing", "zhejiang", "short", "hierarchy")
_SHARE = 40
"""Percent of the ways that are another place's."""


def mixed(dialect: Dialect, rng: random.Random) -> Dialect:
    """The dialect with some of its ways exchanged for those of others; titles and statement sets stay its own."""
    return dataclasses.replace(
        dialect,
        code=CODE,
        final=_form(dialect.final, _FINAL, _EXTRAS["final"], rng),
        budget=_form(dialect.budget, _BUDGET, _EXTRAS["budget"], rng),
        prose=rng.choice(_PROSE),
    )


def _form(form: Form, ways: Mapping[str, Sequence[object]], extras: Sequence[str], rng: random.Random) -> Form:
    changed = {name: rng.choice(options) for name, options in ways.items() if rng.randrange(100) < _SHARE}
    changed["money"] = _money(rng)
    changed["extras"] = tuple(rng.sample(extras, 2))
    return dataclasses.replace(form, **changed)  # type: ignore[arg-type]


def _money(rng: random.Random) -> Money:
    zero = rng.choice(_ZEROS)
    if rng.randrange(100) < 25:
        return Money("元", separators=rng.random() < 0.7, zero=zero)
    return Money("万元", rng.choice((0, 1, 2, 2, 2, 3, 4, 6)), rng.random() < 0.4, zero)
