"""What a number says (role), which way (direction), compared with what (base) and of which stage."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.prose.lexer import Token

BUDGET_STAGES = ("initial_budget", "full_year_budget", "budget")
_STAGE_OF_BASE = {"budget": "budget_unspecified", "execution": "final"}
_PART_OF_BUDGET = re.compile(r"(?:年初|全年|调整后?的?|本年|当年|项目|财政)?预算(?:数|总额|安排|金额|资金)?的?\Z")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the document says of itself, as far as known: kind of the part, fiscal year."""

    kind: str | None
    fiscal_year: int | None
    tells_final: bool = False
    """The section's heading speaks of a final account (2021年决算情况), in a budget as well."""

    @property
    def default_stage(self) -> str | None:
        """Stage of a figure whose sentence names none."""
        return {"budget": "initial_budget", "final_account": "final", "performance": "final"}.get(self.kind or "")

    @property
    def default_base(self) -> str:
        """What 增加 compares with where nothing is said: last year's figure of the same kind."""
        return "prior_budget" if self.kind == "budget" and not self.tells_final else "prior_final"


@dataclass(frozen=True, slots=True)
class Basis:
    """What a clause compares with. ``year`` is set where one is printed."""

    code: str
    year: int | None = None


def basis(tokens: list[Token], setting: Setting) -> Basis | None:
    """The base named behind 比, 较, 与…相比; None where the tokens name none.

    ``tokens`` are the clause's tokens from the comparing word on, up to the word of change.
    """
    prior = opening = same_year = False
    year: int | None = None
    noun = ""
    for token in tokens:
        if token.kind == "period":
            prior = prior or token.code == "prior"
            same_year = same_year or token.code == "current"
        elif token.kind == "year":
            year = int(token.code)
        elif token.kind == "base" and (not noun or noun in ("final", "budget")):
            noun = token.code
        elif token.kind == "opening":
            opening = True
    if year is not None:
        current = setting.fiscal_year
        if current is None:
            prior = noun not in ("initial_budget", "full_year_budget")
        else:
            prior = year < current or (year == current and not noun)
    if prior:
        if noun in ("initial_budget", "full_year_budget", "budget"):
            return Basis("prior_budget", year)
        if noun == "execution":
            return Basis("prior_execution" if setting.kind == "budget" else "prior_final", year)
        if noun == "final":
            return Basis("prior_final", year)
        return Basis(setting.default_base, year)
    if noun in ("initial_budget", "full_year_budget"):
        return Basis(noun, year)
    if noun == "budget":
        return Basis("budget", year)
    if noun == "execution" and setting.kind == "budget":
        return Basis("prior_execution", year)
    if opening:
        return Basis("opening", year)
    return None


def stage(tokens: list[Token], setting: Setting) -> tuple[str | None, int | None]:
    """Stage the clause names for its own figure, and the year printed for it. (None, None) where it names none."""
    noun, prior, current, opening = "", False, False, False
    year: int | None = None
    for token in tokens:
        if token.kind == "base":
            # 预算执行数 and 支出预算决算: the last word decides, but 年初预算安排 keeps its own.
            noun = token.code
        elif token.kind == "period":
            prior = prior or token.code == "prior"
            current = current or token.code == "current"
        elif token.kind == "opening":
            opening = True
        elif token.kind == "year":
            year = int(token.code)
    if noun == "budget" and opening:
        # 年初政府采购预算数: the words of 年初预算 stand apart.
        noun = "initial_budget"
    if year is not None and setting.fiscal_year is not None and year < setting.fiscal_year:
        prior = True
    if not noun:
        if not prior:
            return None, year
        return ("prior_budget" if setting.kind == "budget" and not setting.tells_final else "prior_final"), year
    if prior:
        if noun in BUDGET_STAGES:
            return "prior_budget", year
        return ("prior_execution" if noun == "execution" and setting.kind == "budget" else "prior_final"), year
    if noun == "budget":
        return ("initial_budget" if setting.kind == "budget" or current else "budget_unspecified"), year
    return _STAGE_OF_BASE.get(noun, noun), year


def is_budget_share(denominator: str) -> bool:
    """占年初预算的98%: a share of the budget is a completion rate. 占支出预算的 is a share."""
    return bool(_PART_OF_BUDGET.fullmatch(denominator.strip("的为：")))
