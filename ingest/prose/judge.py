"""Judges a number by its unit and its lead: role, direction, base, unit where none is printed, name of the form."""

from __future__ import annotations

import re

from ingest.prose import roles
from ingest.prose.lexer import Number
from ingest.prose.model import NarrativeAmount
from ingest.prose.roles import Basis, Setting
from ingest.prose.state import Lead, State
from ingest.prose.words import unit_of_label

RATE_ROLES = ("change", "change_rate", "difference_rate", "completion_rate")
RATE_CUES = ("share", "completion", "completion_of_target", "difference", "deviation", "adjust_rate")
_WAYS = ("增加", "减少", "下降", "降", "增", "升", "减", "提高", "增长", "上升", "降低")
_REACHES = tuple(way + to for way in _WAYS for to in ("到", "至", "为"))
_ADJUSTED = tuple(way + to for way in ("调整", "调增", "调减", "追加", "核减", "核增") for to in ("到", "至", "为"))
_UNIT_IN_LABEL = re.compile(
    r"[（(](?:单位[：:]?)?(亿元|万元|千元|元|人|人次|辆|个|批次|平方米|%)[）)](?:分别)?[：:为是共]{0,2}\Z"
)
_OPERATORS = ("=", "/", "×", "*", "+", "÷")
Judgement = tuple[str, int | None, Basis | None]
"""Role, direction, base that the clause itself states."""


def role(number: Number, unit_kind: str, whole: str, of_indicator: bool, lead: Lead, state: State) -> Judgement:
    """What the number says. ``whole`` is what 占 takes a share of, ``of_indicator`` a fact about an indicator."""
    last = lead.last
    stated = lead.compared[0] if lead.compared is not None else None
    way = direction(number, lead)
    if unit_kind == "rate":
        return _rate(number, whole, of_indicator, lead, state, way, stated)
    if unit_kind == "points":
        return "change", way, stated
    if unit_kind == "score" or (not unit_kind and last == "score"):
        return "score", None, None
    row = state.row
    if unit_kind == "money" and row is not None and row.role == "change_rate" and lead.text.strip("，") == "即":
        # 较上年增加10.2%，即25.6万元
        return "change", row.direction, Basis(row.base_code) if row.base_code else None
    if last == "adjust":
        code = lead.cues[-1].code
        # 主要原因是人员工资调整增加5万元: what is adjusted is no budget.
        return "change", _sign(number, int(code) if code else way), None if state.reason else Basis("initial_budget")
    if not last and number.sign and lead.text.endswith("调整"):
        return "change", _sign(number, way), Basis("initial_budget")
    if reaches(lead) and unit_kind in ("money", "count", "area"):
        return ("amount" if unit_kind == "money" else unit_kind), None, None
    if last in ("direction", "exceeds"):
        if lead.cues[-1].code == "0" and stated is None and state.frame is None and state.budget is not None:
            # 支出5万元，年初预算为6万元，差值为1万元
            return "change", way, Basis("budget" if state.budget == "budget" else state.budget)
        return "change", way, stated
    if stated is not None and lead.stated_base is None and lead.text.endswith(("多", "少")):
        return "change", 1 if lead.text.endswith("多") else -1, stated
    if lead.text in ("少", "多") and row is not None and row.pattern == "base_stated" and row.stage_code:
        # 比去年3.01万元少0.07万元
        return "change", 1 if lead.text == "多" else -1, Basis(row.stage_code or "")
    if unit_kind in ("area", "count"):
        return unit_kind, None, None
    return ("other" if unit_kind in ("per", "time") else "amount"), None, None


def reaches(lead: Lead) -> bool:
    """由5万元增加到8万元: the figure reached, not the change."""
    return lead.text.endswith(_REACHES) or adjusts(lead)


def amounts_to(lead: Lead, state: State) -> bool:
    """公务接待费占总额的25%，为1万元: the share's own figure."""
    row = state.row
    return row is not None and row.role == "share" and lead.text.strip("，") in ("为", "即", "是", "达", "计")


def adjusts(lead: Lead) -> bool:
    """年初预算200万元调整为260万元: the budget reached."""
    return lead.text.endswith(_ADJUSTED)


def _rate(
    number: Number, whole: str, of_indicator: bool, lead: Lead, state: State, way: int | None, stated: Basis | None
) -> Judgement:
    last = lead.last
    if last == "difference":
        return "difference_rate", _sign(number, way), stated
    if last == "deviation":
        return "difference_rate", _sign(number, way), Basis("target")
    if last == "adjust_rate":
        return "difference_rate", _sign(number, way), Basis("initial_budget")
    if last == "completion_of_target":
        return "completion_rate", None, Basis("target")
    if last == "completion":
        return "completion_rate", None, Basis("target") if of_indicator else None
    if last == "share":
        of_budget = roles.is_budget_share(whole) if whole else _is_executed(state)
        return ("completion_rate" if of_budget else "share"), None, None
    if last in ("direction", "exceeds"):
        return "change_rate", way, stated
    if lead.text and roles.is_budget_share(lead.text.rpartition("，")[2].strip("为是达到相当于（）")):
        return "completion_rate", None, None
    if last == "compare":
        return "change_rate", way, stated
    row = state.row
    if row is not None and lead.own is None and lead.text == "的":
        # 完成年初预算7200万元的111.32%, 占总支出1000万元的60%
        if state.share_of:
            return "share", None, None
        if row.stage_code in roles.BUDGET_STAGES:
            return "completion_rate", None, Basis(row.stage_code)
        return ("completion_rate", None, None) if row.stage_code == "budget_unspecified" else ("other", None, None)
    if row is not None and lead.own is None and not lead.text.strip("，、（ 即约为"):
        # A rate without a word of its own: 减少18.50万元(65.37%), 15万元，3.14%.
        if row.role == "change":
            return "change_rate", row.direction, None
        if row.role == "amount":
            return "share", None, None
    return "other", None, None


def _is_executed(state: State) -> bool:
    """年初预算55万元，实际使用52.59万元，占比95.62%: a share of the budget stated before."""
    row = state.row
    return row is not None and state.budget is not None and row.pattern == "execution"


def direction(number: Number, lead: Lead) -> int | None:
    """1 growth, -1 decrease, 0 where a template's choice (增加（减少）) was left open and the value is nothing."""
    changes = lead.changes
    if not changes:
        return _sign(number, None)
    is_zero = not number.text.strip("0.-")
    code = changes[-1].code
    if len(changes) > 1 and {code, changes[-2].code} == {"1", "-1"} and changes[-1].start - changes[-2].end <= 2:
        return 0 if is_zero else None
    if code == "0":
        return 0 if is_zero else _sign(number, None)
    return int(code)


def _sign(number: Number, way: int | None) -> int | None:
    return way if way is not None else {"+": 1, "-": -1}.get(number.sign)


def base(what: str, stated: Basis | None, unit_kind: str, lead: Lead, state: State, setting: Setting) -> str:
    """Code of what a change or a rate is compared with."""
    if what == "completion_rate":
        return stated.code if stated is not None else _completed(lead, state, setting)
    if what == "difference_rate" and (stated is None or stated.code == "budget"):
        row = state.row
        if row is not None and row.role == "change" and row.base_code in roles.BUDGET_STAGES:
            # 比年初预算数多5万元，差异率8%
            return row.base_code
        if state.full_budget:
            return "full_year_budget"
        if state.budget == "initial_budget":
            return "initial_budget"
    return inherited(stated, unit_kind, state, setting)


def inherited(stated: Basis | None, unit_kind: str, state: State, setting: Setting) -> str:
    """The base stated, else the sentence's, else the section's, else last year's figure of the same kind."""
    code = (stated or state.frame or state.last_basis or Basis(setting.default_base)).code
    if code == "budget":
        code = "full_year_budget" if state.full_budget else "initial_budget"
    if unit_kind in ("count", "area") and code.startswith("prior_"):
        return "prior_year_count"
    return code


def _completed(lead: Lead, state: State, setting: Setting) -> str:
    """Which budget 完成预算的 means: the one named, else the one stated before, else by the kind of document."""
    named = [token.code for token in lead.clause if token.kind == "base" and token.code in roles.BUDGET_STAGES]
    if named and named[-1] != "budget":
        return named[-1]
    if state.full_budget:
        return "full_year_budget"
    if state.budget == "initial_budget":
        return "initial_budget"
    executes = "执行" in lead.text or "支付" in lead.text
    if setting.kind == "performance" or (not named and state.budget is None and state.frame is None):
        return "full_year_budget" if executes or state.budget else "initial_budget"
    return "initial_budget"


def unit(number: Number, lead: Lead, state: State, before: str) -> tuple[str | None, str]:
    """Unit of measure and its kind; (None, "") where nothing says what a bare number counts.

    ``before`` is the text in front of the number, beyond the colon that ends its label.
    """
    if number.unit:
        return number.unit, number.unit_kind
    if lead.text.endswith(_OPERATORS):
        return None, ""
    if (stated := _UNIT_IN_LABEL.search(before)) is not None:
        # 收入总计（万元）：1234.5
        return stated[1], "money" if stated[1].endswith("元") else kind_of_unit(stated[1])
    if before.endswith("：") and lead.own is None and not lead.text and state.stated_unit:
        # （单位：万元） … 公务接待费：1.2
        return _hinted(state.subject.text, (state.stated_unit, "money"))
    last, row = lead.last, state.row
    money = (state.money_unit or "万元", "money")
    if last in RATE_CUES:
        return "%", "rate"
    if last == "score":
        return "分", "score"
    if last in ("direction", "exceeds") and lead.own is None and row is not None:
        if row.role == "change" and row.unit_of_measure != "%":
            return "%", "rate"
        if row.unit_of_measure:
            return row.unit_of_measure, _kind(row)
    if lead.own is not None:
        return _hinted(lead.own.text, money)
    if lead.stated_base is not None or any(token.kind in ("base", "opening") for token in lead.clause):
        return money
    is_then = any(token.kind == "period" for token in lead.clause)
    if is_then and row is not None and row.unit_of_measure not in (None, "%"):
        # 培训费0.3万元，上年为0
        return row.unit_of_measure, _kind(row)
    if last and state.subject.text:
        return _hinted(state.subject.text, money)
    return None, ""


def _hinted(label: str, money: tuple[str, str]) -> tuple[str | None, str]:
    hint = unit_of_label(label)
    if hint is None:
        return None, ""
    return money if hint == "money" else (hint, kind_of_unit(hint))


def _kind(row: NarrativeAmount) -> str:
    printed = row.unit_of_measure or ""
    return "money" if printed.endswith("元") else kind_of_unit(printed)


def kind_of_unit(printed: str) -> str:
    """Kind of an inferred unit."""
    return {"%": "rate", "分": "score", "平方米": "area", "亩": "area"}.get(printed, "count")


def form(what: str, lead: Lead) -> str:
    """Name of the form read, for the landing's ``pattern``."""
    if lead.stated_base is not None and what in ("amount", "count"):
        return "base_stated"
    if what == "amount":
        stages = [token.code for token in lead.clause if token.kind == "base"]
        if stages:
            return "execution" if stages[-1] == "execution" else "stage_" + stages[-1]
    if lead.respective:
        return what + "_respectively"
    if lead.both:
        return what + "_both"
    if not lead.clause and lead.own is None:
        return what + "_inherited"
    return what
