"""Identities of prose and performance sheets, each seen passing, failing, rounding and not applying."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from reconciliation_bench import FIGURE, INDICATOR, LISTS, NARRATIVE, TOLD, Bench, figure, insert, told

PROSE = ("int_recon__compared_in_prose", "int_recon__share", "int_recon__listed", "int_recon__performance")
MODELS = (*PROSE[:2], *LISTS, PROSE[2], "int_recon__reported", PROSE[3])
ASSETS = {"section": "资产", "paragraph_number": 5}


def change(key: str, value: str, direction: int = 1, **given: Any) -> dict[str, Any]:
    return told(key, value, role="change", direction=direction, base_code="prior_final", char_start=30, **given)


def rate(key: str, value: str, role: str = "change_rate", **given: Any) -> dict[str, Any]:
    base = "prior_final" if role == "change_rate" else "initial_budget"
    return told(key, value, **({"role": role, "direction": 1, "base_code": base, "char_start": 40} | given))


def prior(key: str, value: str) -> dict[str, Any]:
    return told(key, value, stage_stated="prior_final", stage_code="prior", is_own_amount=False, char_start=10)


def budget(key: str, value: str) -> dict[str, Any]:
    return told(
        key, value, stage_stated="initial_budget", stage_code="initial_budget", is_own_amount=False, char_start=5
    )


def share_list(document: str, parts: list[str], shares: list[str], whole: str) -> list[dict[str, Any]]:
    rows = [told(f"{document}-w", whole, subject_key="总数", line_code="expenditure_this_year")]
    for number, (part, share) in enumerate(zip(parts, shares, strict=True), 1):
        given = {"subject_key": f"部分{number}", "parent_key": "总数"}
        rows.append(told(f"{document}-a{number}", part, char_start=10 * number, **given))
        rows.append(told(f"{document}-s{number}", share, char_start=10 * number + 5, **given))
    return rows


def subjects(
    document: str, budgets: list[str], finals: list[str], total: str, budget_total: str
) -> list[dict[str, Any]]:
    general = {"line_code": "expenditure_this_year", "fund_code": "general", "subject_key": "一般公共预算支出"}
    rows = [
        told(f"{document}-t", total, **general),
        told(f"{document}-b", budget_total, **general, stage_stated="initial_budget", is_own_amount=False),
    ]
    for number, (final, initial) in enumerate(zip(finals, budgets, strict=True), 1):
        given = {"functional_code": f"20{number}", "subject_key": f"类{number}", "paragraph_number": 2}
        rows.append(told(f"{document}-f{number}", final, **given))
        rows.append(told(f"{document}-i{number}", initial, **given, stage_stated="initial_budget", is_own_amount=False))
    return rows


def persons(document: str, roll: int, on_post: int, retired: int, paragraph: int = 1) -> list[dict[str, Any]]:
    given = {"role": "count", "unit_code": "人", "is_own_amount": False, "half_unit": Decimal(0)}
    given |= {"paragraph_number": paragraph}
    rows = []
    for name, subject, parent, count in (
        ("r", "实有人数", None, roll), ("p", "在职人员", "实有人数", on_post), ("x", "退休人员", "实有人数", retired),
    ):  # fmt: skip
        row = told(f"{document}-{paragraph}{name}", str(count), subject_key=subject, parent_key=parent, **given)
        rows.append(row | {"value": Decimal(count), "signed_value": Decimal(count), "is_own_amount": False})
    return rows


def assets(
    document: str, total: str, current: tuple[str, str], fixed: tuple[str, str], moved: str
) -> list[dict[str, Any]]:
    rows = [told(f"{document}-t", total, line_code="assets_total", subject_key="资产总额", **ASSETS)]
    row = told(
        f"{document}-c", moved, role="change", base_code="opening", direction=1, line_code="assets_total", **ASSETS
    )
    rows.append(row)
    for line, pair in (("current_assets", current), ("fixed_assets_net", fixed)):
        for run, value in enumerate(pair, 1):
            rows.append(told(f"{document}-{line}{run}", value, line_code=line, run_ordinal=run, **ASSETS))
    return rows


def closed_list(whole: str, parts: list[str], rest: str = "其他资金", sentence: str = "其中：") -> list[dict[str, Any]]:
    """甲项X万元，其中：第1项…，第2项…，其他资金…。"""
    rows = [told("a-0", whole, subject_key="全年预算", sentence=sentence)]
    names = [f"第{number}项" for number in range(1, len(parts))] + [rest]
    for number, (name, part) in enumerate(zip(names, parts, strict=True), 1):
        given = {"subject_key": name, "parent_key": "全年预算", "char_start": 10 * number, "sentence": sentence}
        rows.append(told(f"a-{number}", part, **given))
    return rows


def item_twice(first: str, second: str, **given: Any) -> list[dict[str, Any]]:
    """行政运行（项）X万元，主要用于……。……支出决算为Y万元。"""
    item = {"functional_code": "2010301", "subject_key": "行政运行", "fund_code": "general"}
    return [told("a-1", first, **item), told("a-2", second, char_start=30, **(item | given))]


def counted(whole: tuple[str, int], parts: dict[str, int], parent: str | None = None) -> list[dict[str, Any]]:
    """A number of things and the numbers of their kinds, in one paragraph."""
    given = {"role": "count", "unit_code": "个", "half_unit": Decimal(0), "stage_stated": None, "stage_code": None}
    rows = []
    for number, (subject, count) in enumerate([whole, *parts.items()]):
        row = told(f"a-{number}", str(count), subject_printed=subject, subject_key=subject, char_start=number, **given)
        value = Decimal(count)
        row |= {"is_own_amount": False, "value": value, "signed_value": value}
        rows.append(row | ({"parent_key": parent} if number else {}))
    return rows


def grades(projects: int, *numbers: int) -> list[dict[str, Any]]:
    parts = {f"绩效评级为“{grade}”的项目": number for grade, number in zip(("优", "良", "合格"), numbers, strict=False)}
    return counted(("绩效自评的项目", projects), parts)


def staff(whole: int, offices: int, institutions: int) -> list[dict[str, Any]]:
    """编制68名，其中行政编制36名，事业编制32名，年末实有在职65人。"""
    parts = {"行政编制": offices, "事业编制": institutions, "年末实有在职人员": 65}
    return counted(("编制数", whole), parts, parent="编制数")


def units(whole: int, offices: int, institutions: int) -> list[dict[str, Any]]:
    parts = {"行政单位": offices, "事业单位": institutions}
    return counted(("所属预算单位", whole), parts, parent="所属预算单位")


def classes_and_items(classes: list[str], items: list[str], total: str) -> list[dict[str, Any]]:
    """类 in one section of a chapter, one 项 of each in another."""
    given = {"line_code": "expenditure_this_year", "fund_code": "general", "subject_key": "一般公共预算支出"}
    rows = [told("a-t", total, **given, section="第五/总体")]
    for number, (whole, part) in enumerate(zip(classes, items, strict=True), 1):
        subject = {"subject_key": f"类{number}", "functional_code": f"20{number}"}
        rows.append(told(f"a-c{number}", whole, section="第五/结构", **subject))
        subject = {"subject_key": f"项{number}", "functional_code": f"20{number}0101", "paragraph_number": 2}
        rows.append(told(f"a-i{number}", part, section="第五/具体", **subject))
    return rows


def worn(original: str, depreciation: str, net: str) -> list[dict[str, Any]]:
    names = {"固定资产原值": original, "固定资产累计折旧": depreciation, "固定资产净值": net}
    return [told(f"a-{number}", value, subject_key=name) for number, (name, value) in enumerate(names.items())]


# rule → {case: rows of told numbers}. Cases: pass, round, fail, absent (the rule has nothing to say).
TOLD_CASES: dict[str, dict[str, list[dict[str, Any]]]] = {
    "R087A": {
        "pass": [told("a-1", "7.65"), prior("a-2", "5.19"), change("a-3", "2.46")],
        "round": [told("a-1", "7.65"), prior("a-2", "5.19"), change("a-3", "2.47")],
        "fail": [told("a-1", "7.65"), prior("a-2", "5.19"), change("a-3", "3.46")],
        "absent": [told("a-1", "7.65"), change("a-3", "3.46")],
    },
    "R087B": {
        "pass": [told("a-1", "6.00"), change("a-3", "2.00"), rate("a-4", "50.00%")],
        "round": [told("a-1", "7.65"), change("a-3", "2.46"), rate("a-4", "47.40%")],
        "fail": [told("a-1", "7.65"), change("a-3", "2.46"), rate("a-4", "32.16%")],
        "absent": [told("a-1", "7.65"), change("a-3", "2.46")],
    },
    "R087C": {
        "pass": [told("a-1", "3.00"), prior("a-2", "5.00"), change("a-3", "2.00", -1)],
        "fail": [told("a-1", "3.00"), prior("a-2", "5.00"), change("a-3", "2.00", 1)],
        "absent": [told("a-1", "3.00"), change("a-3", "2.00", 1)],
    },
    "R091": {
        "pass": [told("a-1", "3.00"), prior("a-2", "3.00"),
                 change("a-3", "0") | {"direction": 0, "value_printed": "持平", "has_digits": False}],
        "round": [told("a-1", "3.00"), prior("a-2", "3.01"),
                  change("a-3", "0") | {"direction": 0, "value_printed": "持平", "has_digits": False}],
        "fail": [told("a-1", "3.00"), prior("a-2", "4.00"),
                 change("a-3", "0") | {"direction": 0, "value_printed": "持平", "has_digits": False}],
        "absent": [told("a-1", "3.00"), prior("a-2", "4.00"),
                   change("a-3", "0") | {"direction": 0, "value_printed": "基本持平", "has_digits": False}],
    },
    "R090A": {
        "pass": [budget("a-1", "60.00"), told("a-2", "45.00"), rate("a-3", "75.00%", "completion_rate")],
        "round": [budget("a-1", "60.00"), told("a-2", "45.80"), rate("a-3", "76.33%", "completion_rate")],
        "fail": [budget("a-1", "60.00"), told("a-2", "45.80"), rate("a-3", "76.00%", "completion_rate")],
        "absent": [told("a-2", "45.80"), rate("a-3", "76.00%", "completion_rate")],
    },
    "R090B": {
        "pass": [budget("a-1", "100.00"), told("a-2", "120.00"), rate("a-3", "20.00%", "difference_rate")],
        "round": [budget("a-1", "145.32"), told("a-2", "185.62"), rate("a-3", "27.73%", "difference_rate")],
        "fail": [budget("a-1", "145.32"), told("a-2", "185.62"), rate("a-3", "21.71%", "difference_rate")],
        "absent": [told("a-2", "185.62"), rate("a-3", "27.73%", "difference_rate")],
    },
    "R086A": {
        "pass": share_list("a", ["50.00", "50.00"], ["50.00%", "50.00%"], "100.00")[:3],
        "round": share_list("a", ["33.33", "66.67"], ["33.33%", "66.67%"], "100.01")[:3],
        "fail": share_list("a", ["50.00", "50.00"], ["55.00%", "50.00%"], "100.00")[:3],
        "absent": [told("a-1", "5.00%", parent_key="总数")],
    },
    "R086B": {
        "pass": share_list("a", ["50.00", "50.00"], ["50.00%", "50.00%"], "100.00"),
        "round": share_list("a", ["33.33", "66.67"], ["33.33%", "66.68%"], "100.00"),
        "fail": share_list("a", ["50.00", "50.00"], ["50.07%", "50.00%"], "100.00"),
        # parts that do not make up the whole are no whole list
        "absent": share_list("a", ["50.00", "20.00"], ["50.00%", "20.00%"], "100.00"),
    },
    "R113": {
        "pass": share_list("a", ["50.00", "50.00"], ["50.00%", "50.00%"], "100.00"),
        "round": share_list("a", ["33.33", "66.67"], ["33.33%", "66.67%"], "100.01"),
        "fail": share_list("a", ["50.00", "49.50"], ["50.00%", "50.00%"], "100.00"),
        "absent": share_list("a", ["50.00", "20.00"], ["50.00%", "20.00%"], "100.00"),
    },
    "R113C": {
        "pass": subjects("a", ["10.00", "20.00"], ["12.00", "22.00"], "34.00", "30.00"),
        "round": subjects("a", ["10.00", "20.00"], ["12.00", "22.00"], "34.00", "30.01"),
        "fail": subjects("a", ["30.00", "20.00"], ["12.00", "22.00"], "34.00", "30.00"),
        "absent": subjects("a", ["30.00", "20.00"], ["12.00", "20.00"], "34.00", "30.00"),
    },
    "R113L": {
        "pass": closed_list("100.00", ["60.00", "30.00", "10.00"]),
        "round": closed_list("100.01", ["60.00", "30.00", "10.00"]),
        "fail": closed_list("100.00", ["60.00", "20.00", "10.00"]),
        "absent": closed_list("100.00", ["60.00", "20.00", "10.00"], rest="第3项"),
    },
    "R012P": {
        "pass": classes_and_items(["10.00", "20.00"], ["10.00", "20.00"], "30.00"),
        "round": classes_and_items(["10.00", "20.01"], ["10.00", "20.00"], "30.00"),
        "fail": classes_and_items(["10.00", "22.00"], ["10.00", "20.00"], "30.00"),
        # only some items are told
        "absent": classes_and_items(["10.00", "22.00"], ["10.00", "12.00"], "32.00"),
    },
    "R066C": {
        "pass": worn("156.76", "97.87", "58.89"),
        "round": worn("156.77", "97.87", "58.89"),
        "fail": worn("156.76", "97.87", "56.89"),
        "absent": worn("156.76", "97.87", "56.89")[:2],
    },
    "R068": {"pass": units(3, 1, 2), "fail": units(4, 1, 2), "absent": units(4, 1, 2)[:2]},
    "R127": {"pass": grades(26, 22, 4, 0), "fail": grades(26, 23, 4, 0), "absent": grades(26, 23)},
    "R071": {"pass": staff(68, 36, 32), "fail": staff(69, 36, 32), "absent": staff(69, 36, 32)[:2]},
    "R074A": {
        "pass": persons("a", 11, 7, 4),
        "fail": persons("a", 21, 7, 4),
        "absent": persons("a", 11, 7, 4)[:1],
    },
    "R074B": {
        "pass": persons("a", 46, 45, 1),
        "fail": persons("a", 45, 46, 1),
        "absent": persons("a", 45, 46, 1)[:1],
    },
    "R074C": {
        "pass": persons("a", 11, 7, 4) + persons("a", 11, 7, 4, paragraph=9),
        "fail": persons("a", 7, 7, 4) + persons("a", 11, 7, 4, paragraph=9),
        "absent": persons("a", 11, 7, 4),
    },
    "R084": {
        "pass": [told("a-1", "10.00", line_code="procurement_total", fund_code=""),
                 told("a-2", "10.00", line_code="procurement_total", fund_code="", paragraph_number=9)],
        "round": [told("a-1", "10.00", line_code="procurement_total", fund_code=""),
                  told("a-2", "10.04", line_code="procurement_total", fund_code="", paragraph_number=9,
                       half_unit=Decimal(5000))],
        "fail": [told("a-1", "10.00", line_code="procurement_total", fund_code=""),
                 told("a-2", "12.00", line_code="procurement_total", fund_code="", paragraph_number=9)],
        "absent": [told("a-1", "10.00", line_code="procurement_total", fund_code="")],
    },
    "R066A": {
        "pass": assets("a", "20.00", ("5.00", "8.00"), ("15.00", "12.00"), "0.00"),
        "round": assets("a", "20.01", ("5.00", "8.00"), ("15.00", "12.00"), "0.00"),
        "fail": assets("a", "286.05", ("7.03", "9.65"), ("124.50", "103.80"), "0.00"),
        "absent": assets("a", "20.00", ("5.00", "8.00"), ("15.00", "12.00"), "0.00")[:2],
    },
    "R066B": {
        "pass": assets("a", "20.00", ("5.00", "8.00"), ("15.00", "13.00"), "1.00"),
        "round": assets("a", "20.00", ("5.00", "8.00"), ("15.00", "13.00"), "1.01"),
        "fail": assets("a", "286.05", ("7.03", "9.65"), ("124.50", "103.80"), "0.00"),
        "absent": assets("a", "20.00", ("5.00", "8.00"), ("15.00", "13.00"), "1.00")[:2],
    },
}  # fmt: skip


def indicator(number: int, weight: str, score: str | None, **given: Any) -> dict[str, Any]:
    return {
        "document_key": "a", "unit_key": "u", "fiscal_year": 2022, "indicator_key": f"a-i{number}",
        "statement_code": "perf_project_self", "table_ordinal": 1, "origin": "table", "level3": f"指标{number}",
        "weight": Decimal(weight), "score": Decimal(score) if score else None, "is_current": True, "page": 1,
    } | given  # fmt: skip


def sheet(weights: list[str], scores: list[str], total: str | None, execution: str | None = "9.00") -> dict[str, Any]:
    """A self-evaluation sheet: 年度资金总额 of 100.00 with 90.00 executed, weight 10, and its indicators."""
    cell = {"statement_code": "perf_project_self", "unit_code": "分", "unit_printed": "分"}
    fund = {"line_code": "perf_fund_total", "statement_code": "perf_project_self"}
    figures = [
        figure("a-b", Decimal(1000000), **fund, stage_code="full_year_budget"),
        figure("a-e", Decimal(900000), **fund),
    ]
    if execution:
        figures += [
            figure("a-fw", Decimal(10), **cell, line_code="perf_fund_total", role="weight"),
            figure("a-fs", Decimal(execution), **cell, line_code="perf_fund_total", role="score",
                   compared_half_unit=Decimal("0.005")),
        ]  # fmt: skip
    if total:
        figures.append(
            figure("a-ts", Decimal(total), **cell, role="score", label="总分·得分", compared_half_unit=Decimal("0.05"))
        )
    indicators = [indicator(n, w, s) for n, (w, s) in enumerate(zip(weights, scores, strict=True), 1)]
    return {"figures": figures, "indicators": indicators}


def _score_told(value: str) -> list[dict[str, Any]]:
    given = {"role": "score", "unit_code": "分", "subject_key": "整体支出绩效自评", "is_own_amount": False}
    return [told("a-said", value, **given, signed_value=Decimal(value)) | {"value": Decimal(value)}]


def _prose_indicator(actual: str, unit: str) -> list[dict[str, Any]]:
    printed = {"actual_printed": f"14{unit}", "actual_value": Decimal(14)}
    said = {"actual_printed": f"{actual}{unit}", "actual_value": Decimal(actual), "origin": "prose", "page": 2}
    return [indicator(1, "10", "10", **printed), indicator(1, "10", None, **said)]


def _two_years(actual: str, before: str, shared: int = 3) -> list[dict[str, Any]]:
    """A self-evaluation and next year's target sheet with so many indicators in common, one of them as given."""
    rows = []
    for number in range(1, 5):
        target = {"document_key": "b", "fiscal_year": 2023, "statement_code": "perf_project_target"}
        name = f"指标{number}" if number <= shared else f"另一指标{number}"
        now, then = (actual, before) if number == 1 else ("5", "5")
        rows.append(indicator(number, "10", None, actual_printed=f"{now}人", actual_value=Decimal(now)))
        target |= {"level3": name, "indicator_key": f"b-i{number}", "prior_actual_printed": f"{then}人"}
        rows.append(indicator(number, "10", None, **target))
    return rows


def _rate_told(target: str, actual: str, told_rate: str, operator: str = ">=", name: str = "指标1") -> dict[str, Any]:
    """预期指标值…,实际完成值…,指标完成率… of one indicator told in prose."""
    row = indicator(
        1, "10", None, origin="prose", level3=name, target_printed=f"{operator}{target}个", target_operator=operator,
        target_value=Decimal(target), actual_printed=f"{actual}个", actual_value=Decimal(actual),
    )  # fmt: skip
    given = {"role": "completion_rate", "base_code": "target", "subject_key": "指标1", "place": "第1页"}
    return {"indicators": [row], "told": [told("a-r", told_rate, **given)]}


def _public_rate(actual: str, told_rate: str, base: str = "prior_final") -> dict[str, Any]:
    """三公经费变动率 on a sheet, and the fall told of the three public expenses."""
    row = indicator(1, "10", "10", level3="“三公”经费变动率", actual_printed=f"{actual}%", actual_value=Decimal(actual))
    given = {"role": "change_rate", "line_code": "tp_total", "base_code": base, "direction": -1}
    return {"indicators": [row], "told": [told("a-r", told_rate, **given)]}


def _evaluated(executed: str, spent: str, subject: str = "绩效评价项目") -> dict[str, Any]:
    rows = [told("a-e", executed, subject_key=subject, sentence="绩效评价项目2个。", paragraph_number=9)]
    rows.append(told("a-p", spent, subject_key="项目支出", line_code="expenditure_project"))
    rows.append(told("a-t", "900.00", subject_key="本年支出", line_code="expenditure_this_year"))
    return {"told": rows}


def _evaluated_sheets(executed: str, sheets: list[str], projects: int = 2) -> dict[str, Any]:
    """绩效评价项目2个，全年执行数…, and the sheets of the projects."""
    counted_projects = counted(("绩效评价项目", projects), {})
    rows = [*counted_projects, told("a-e", executed, subject_key="绩效评价项目", stage_stated="final")]
    fund = {"statement_code": "perf_project_self", "line_code": "perf_fund_total", "stage_code": "final"}
    figures = [
        figure(f"a-s{number}", Decimal(value) * 10000, table_ordinal=number, **fund)
        for number, value in enumerate(sheets, 1)
    ]
    return {"told": rows, "figures": figures}


def _additions(first: str, second: str, sentence: str = "追加甲项、乙项。") -> dict[str, Any]:
    """年初预算100,决算130,追加甲…乙…"""
    own = {"sentence": sentence, "functional_code": "201"}
    rows = [budget("a-b", "100.00") | own, told("a-o", "130.00", char_start=10, **own)]
    for number, value in enumerate((first, second), 2):
        rows.append(
            told(f"a-{number}", value, sentence=sentence, subject_key=f"某{number}", subject_printed=f"追加某{number}",
                 char_start=10 * number)
        )  # fmt: skip
    return {"told": rows}


def _goal(said: str, target: str, actual: str | None = None) -> dict[str, Any]:
    row = indicator(
        1, "10", None, level3="大厅窗口服务人员数量", target_printed=f"≥{target}人", target_value=Decimal(target),
        actual_value=Decimal(actual) if actual else None,
    )  # fmt: skip
    narrative = {
        "amount_key": "a-g", "document_key": "a", "table_ordinal": 1, "subject_printed": "保障窗口服务人员",
        "role": "count", "value": Decimal(said), "unit_of_measure": "名", "is_implied": False, "is_current": True,
    }  # fmt: skip
    return {"indicators": [row], "narrative": [narrative]}


def _many_sheets(weights: list[int]) -> dict[str, Any]:
    rows = []
    for table, total in enumerate(weights, 1):
        given = {"table_ordinal": table, "statement_code": "perf_project_target"}
        for number, weight in enumerate((30, 30, total - 60), 1):
            rows.append(indicator(number, str(weight), None, **given, indicator_key=f"a-i{table}{number}"))
    return {"figures": [], "indicators": rows}


SHEET_CASES: dict[str, dict[str, dict[str, Any]]] = {
    "R118": {
        "pass": sheet(["50", "30", "10"], ["50", "30", "10"], "99.0"),
        "fail": sheet(["50", "30", "20"], ["50", "30", "10"], "99.0"),
        "absent": {"figures": [], "indicators": []},
    },
    "R118C": {
        "pass": _many_sheets([90, 90, 90]),
        "fail": _many_sheets([90, 90, 100]),
        "absent": _many_sheets([90, 100]),
    },
    "R119": {
        "pass": sheet(["50", "30", "10"], ["50", "30", "10"], "99.0"),
        "round": sheet(["50", "30", "10"], ["50", "30", "9.98"], "99.0"),
        "fail": sheet(["50", "30", "10"], ["50", "30", "10"], "90.0"),
        "absent": sheet(["50", "30", "10"], ["50", "30", "10"], None),
    },
    "R119N": {
        "pass": sheet(["50", "30", "10"], ["50", "30", "8"], None) | {"told": _score_told("97")},
        "fail": sheet(["50", "30", "10"], ["50", "30", "8"], None) | {"told": _score_told("100")},
        "absent": sheet(["50", "30", "10"], ["50", "30", "8"], None),
    },
    "R120": {
        "pass": {"figures": [], "indicators": [indicator(1, "10", "10")]},
        "fail": {"figures": [], "indicators": [indicator(1, "10", "12")]},
        "absent": {"figures": [], "indicators": [indicator(1, "10", None)]},
    },
    "R084K": {
        "pass": {"figures": [], "indicators": _prose_indicator("14", "万元")},
        "fail": {"figures": [], "indicators": _prose_indicator("11.93", "万元")},
        "absent": {"figures": [], "indicators": _prose_indicator("14", "万元")[:1]},
    },
    "R122": {
        "pass": _rate_told("80", "84", "105%"),
        "round": _rate_told("90", "97", "107.8%"),
        "fail": _rate_told("80", "84", "115%"),
        "absent": _rate_told("80", "84", "115%", name="另一指标"),
    },
    "R084G": {
        "pass": _goal("31", "30", "31"),
        "fail": _goal("36", "30"),
        "absent": _goal("36", "30") | {"indicators": []},
    },
    "R084V": {
        "pass": _public_rate("11.89", "11.89%"),
        "round": _public_rate("11.9", "11.89%"),
        "fail": _public_rate("3.00", "11.89%"),
        "absent": _public_rate("3.00", "11.89%", "initial_budget"),
    },
    "R085L": {
        "pass": _evaluated("200.00", "232.80"),
        "round": _evaluated("232.81", "232.80"),
        "fail": _evaluated("253.85", "232.80"),
        "absent": _evaluated("253.85", "232.80", "部门整体支出"),
    },
    "R085S": {
        "pass": _evaluated_sheets("253.85", ["4.68", "249.17"]),
        "round": _evaluated_sheets("253.86", ["4.68", "249.17"]),
        "fail": _evaluated_sheets("263.85", ["4.68", "249.17"]),
        # only some of the sheets are published
        "absent": _evaluated_sheets("263.85", ["4.68", "249.17"], projects=5),
    },
    "R113A": {
        "pass": _additions("10.00", "15.00"),
        "round": _additions("10.00", "20.01"),
        "fail": _additions("10.00", "25.00"),
        "absent": _additions("10.00", "25.00", "追加甲项、乙项，减少丙项。"),
    },
    "R125": {
        "pass": {"figures": [], "indicators": _two_years("70", "70")},
        "fail": {"figures": [], "indicators": _two_years("70", "1000")},
        # 服务对象满意度 is on every sheet: two names in common do not make one project of two
        "absent": {"figures": [], "indicators": _two_years("70", "1000", shared=2)},
    },
}  # fmt: skip

CASES = [
    (rule, case, {"told": rows}) for rule, cases in TOLD_CASES.items() for case, rows in cases.items()
] + [(rule, case, rows) for rule, cases in SHEET_CASES.items() for case, rows in cases.items()]  # fmt: skip


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("bench"))


def statuses(bench: Bench, rule_id: str, rows: dict[str, Any]) -> list[str]:
    """Verdicts of one rule over told numbers, figures and indicators."""
    with bench.connect() as connection:
        connection.execute("insert into dim_document select distinct 'a'")
        given = rows.get("told", [])
        insert(connection, "int_recon__told", TOLD, given)
        mirrored = [
            figure(row["amount_key"], row["value"], origin="prose", compared_half_unit=row["half_unit"])
            for row in given
        ]
        insert(connection, "int_recon__figure", FIGURE, mirrored + rows.get("figures", []))
        insert(connection, "fct_performance_indicator", INDICATOR, rows.get("indicators", []))
        insert(connection, "fct_narrative_amount", NARRATIVE, rows.get("narrative", []))
        bench.run(connection, *MODELS)
        union = " union all ".join(f"select rule_id, difference, tolerance, missing from {model}" for model in PROSE)
        found = connection.execute(
            f"select difference, tolerance, missing from ({union}) where rule_id = ?", [rule_id]
        ).fetchall()
    return [
        "incomplete" if missing else "exact" if difference == 0 else "rounding" if abs(difference) <= tolerance
        else "discrepant"
        for difference, tolerance, missing in found
    ]  # fmt: skip


@pytest.mark.parametrize(("rule_id", "case", "rows"), CASES, ids=[f"{rule}-{case}" for rule, case, _ in CASES])
def test_identity(bench: Bench, rule_id: str, case: str, rows: dict[str, Any]) -> None:
    held = statuses(bench, rule_id, rows)
    if case == "absent":
        assert set(held) <= {"incomplete"}
    elif case == "fail":
        assert "discrepant" in held
    else:
        wanted = {"pass": {"exact"}, "round": {"rounding"}}[case]
        assert held and set(held) <= wanted | {"exact"} and set(held) & wanted, held


def test_a_list_that_prints_its_own_sum_is_held_to_it_and_to_its_whole(bench: Bench) -> None:
    rows = closed_list("100.00", ["60.00", "30.00", "90.00"], rest="合计")
    assert sorted(statuses(bench, "R113L", {"told": rows})) == ["discrepant", "exact"]


@pytest.mark.parametrize(
    "rows",
    [
        closed_list("100.00", ["60.00", "0", "20.00"], rest="第3项", sentence="其中：办公费等方面支出"),
        closed_list("100.00", ["0", "0"], rest="第2项"),
        # one of the parts is told within another
        closed_list("100.00", ["90.00", "5.00", "10.00"]),
        [row | {"line_code": "tp_total"} for row in closed_list("100.00", ["60.00", "0", "20.00"])],
    ],
    ids=["open", "nothing", "nested", "three public"],
)
def test_a_list_that_may_go_on_accuses_nobody(bench: Bench, rows: list[dict[str, Any]]) -> None:
    assert statuses(bench, "R113L", {"told": rows}) == []


def test_a_line_under_two_names_in_one_paragraph_is_one_line(bench: Bench) -> None:
    line = {"line_code": "tp_hospitality"}
    rows = [
        told("a-1", "1.67", subject_key="公务接待费支出", **line),
        change("a-2", "0.73", -1, subject_key="公务接待费", **line),
        rate("a-3", "30.42%", subject_key="公务接待费", direction=-1, **line),
    ]
    assert statuses(bench, "R087B", {"told": rows}) == ["rounding"]
    rows[2] = rate("a-3", "40.42%", subject_key="公务接待费", direction=-1, **line)
    assert statuses(bench, "R087B", {"told": rows}) == ["discrepant"]


def test_a_share_of_the_three_public_expenses_needs_no_named_whole(bench: Bench) -> None:
    rows = [
        told("a-1", "10.00", subject_key="三公经费", line_code="tp_total", paragraph_number=1),
        told("a-2", "4.00", subject_key="公务接待费", line_code="tp_hospitality", paragraph_number=2),
        told("a-3", "45.00%", subject_key="公务接待费", line_code="tp_hospitality", paragraph_number=2, char_start=9),
    ]
    assert statuses(bench, "R086A", {"told": rows}) == ["discrepant"]


def test_an_undefined_base_is_no_arithmetic_finding(bench: Bench) -> None:
    rows = [told("a-1", "4.62"), prior("a-2", "0"), change("a-3", "4.62"), rate("a-4", "100%")]
    assert statuses(bench, "R087B", {"told": rows}) == ["incomplete"]


def test_the_points_of_the_execution_rate_may_be_left_out_of_the_sum(bench: Bench) -> None:
    """总分 100 over weights of 90 where no weight stands beside the execution rate: its ten points are the rest."""
    cell = {"statement_code": "perf_project_self", "unit_code": "分", "unit_printed": "分"}
    given = sheet(["40", "40", "10"], ["38", "37", "10"], None, None)
    total = figure("a-w", Decimal(100), **cell, role="weight", label="总分·分值")
    assert statuses(bench, "R118", given | {"figures": [*given["figures"], total]}) == ["exact"]
    given = sheet(["40", "40", "12"], ["38", "37", "10"], None, None)
    assert statuses(bench, "R118", given | {"figures": [*given["figures"], total]}) == ["discrepant"]


@pytest.mark.parametrize(
    ("operator", "actual", "told_rate", "status"),
    [
        (">=", "100", "100%", "exact"),  # a target met may be told as met
        ("<=", "64", "100%", "exact"),
        ("<=", "64", "80%", "exact"),
        ("<=", "64", "125%", "exact"),  # a ceiling counted backwards
        (">=", "60", "100%", "discrepant"),
    ],
)
def test_completion_of_an_indicator_may_be_counted_in_more_than_one_way(
    bench: Bench, operator: str, actual: str, told_rate: str, status: str
) -> None:
    assert statuses(bench, "R122", _rate_told("80", actual, told_rate, operator)) == [status]


def _kinds(basic: str, project: str) -> list[dict[str, Any]]:
    rows = []
    for number, (line, value, share) in enumerate(
        (("expenditure_basic", "60.00", basic), ("expenditure_project", "40.00", project))
    ):
        given = {"subject_key": line, "line_code": line}
        rows.append(told(f"a-{number}", value, **given, char_start=10 * number))
        rows.append(told(f"a-s{number}", share, **given, char_start=10 * number + 5))
    return rows


def test_a_goal_set_and_met_is_told_twice_and_may_bear_another_name(bench: Bench) -> None:
    """95部咨询电话 set, 91部 met, beside 固定电话数量 91部: the unit is rare and the last word the same."""
    given = _goal("95", "91", "91")
    given["indicators"][0] |= {"level3": "固定电话数量（个）", "target_printed": "≥91部"}
    told_once = given["narrative"][0] | {"subject_printed": "窗口咨询电话费用", "unit_of_measure": "部"}
    met = told_once | {"amount_key": "a-h", "column_ordinal": 2, "value": Decimal(91)}
    given["narrative"] = [told_once | {"column_ordinal": 1}, met]
    assert sorted(statuses(bench, "R084G", given)) == ["discrepant", "exact"]
    given["narrative"] = [row | {"unit_of_measure": "人"} for row in given["narrative"]]
    assert statuses(bench, "R084G", given) == []


def test_kinds_of_spending_under_no_named_whole_make_up_all_of_it(bench: Bench) -> None:
    """基本支出60万元，占60%；项目支出40万元，占40%。"""
    held = statuses(bench, "R086A", {"told": _kinds("60.00%", "40.00%")})
    assert held.count("exact") == 2 and "discrepant" not in held
    assert "discrepant" in statuses(bench, "R086A", {"told": _kinds("64.00%", "40.00%")})
    # with one of the two alone nothing is known of the whole
    assert "discrepant" not in statuses(bench, "R086A", {"told": _kinds("64.00%", "40.00%")[:2]})


def test_a_share_that_fits_any_whole_it_may_be_of_stands(bench: Bench) -> None:
    rows = share_list("a", ["50.00"], ["25.00%"], "100.00")
    rows.append(told("a-other", "200.00", subject_key="总数", paragraph_number=7))
    assert set(statuses(bench, "R086A", {"told": rows})) == {"exact"}


@pytest.mark.parametrize(
    ("second", "given", "status"),
    [
        ("150.00", {}, ["exact"]),
        ("150.04", {"half_unit": Decimal(5000)}, ["rounding"]),
        ("145.00", {}, ["discrepant"]),
        ("145.00", {"paragraph_number": 9}, []),  # the same name under another heading may mean another money
        ("145.00", {"parent_key": "其中"}, []),
        ("145.00", {"fund_code": "appropriation"}, []),
        ("145.00", {"functional_code": "20103"}, []),
    ],
)
def test_an_item_is_told_twice_in_its_paragraph(
    bench: Bench, second: str, given: dict[str, Any], status: list[str]
) -> None:
    assert statuses(bench, "R084", {"told": item_twice("150.00", second, **given)}) == status


@pytest.mark.parametrize(
    ("whole", "status"),
    [(None, ["discrepant"]), ("本年支出合计", ["discrepant"]), ("一般公共预算拨款支出", ["discrepant"]),
     ("住房公积金", []), ("其他技术研究与开发支出", [])],
)  # fmt: skip
def test_project_spending_of_an_item_is_not_that_of_all(bench: Bench, whole: str | None, status: list[str]) -> None:
    """项目支出5万元 … 住房公积金3万元，其中：基本支出3万元，项目支出0万元。"""
    first = told("a-1", "5.00", line_code="expenditure_project", fund_code="")
    second = told("a-2", "0.00", line_code="expenditure_project", fund_code="", paragraph_number=9, parent_key=whole)
    assert statuses(bench, "R084", {"told": [first, second]}) == status


@pytest.mark.parametrize(
    ("weight", "score", "execution", "rated", "expected"),  # of expected: place, figure named, verdict
    [
        # a score within its weight holds, and speaks for no figure
        ("10", "10", "9.00", True, [("a-i1", None, "exact")]),
        # more than its weight: the score is what is wrong
        ("10", "12", "9.00", True, [("a-i1", "a-s1", "discrepant")]),
        # points of the execution rate that nothing else judges
        ("10", "10", "12.00", False, [("1", "a-fs", "discrepant"), ("a-i1", None, "exact")]),
        ("10", "10", "9.00", False, [("1", "a-fs", "exact"), ("a-i1", None, "exact")]),
        # with budget and execution printed R117 judges them
        ("10", "10", "12.00", True, [("a-i1", None, "exact")]),
        # no weight, no comparison
        (None, "12", "9.00", True, []),
    ],
)
def test_a_score_is_held_to_its_weight_and_named_only_where_it_is_more(
    bench: Bench, weight: str | None, score: str, execution: str, rated: bool, expected: list[Any]
) -> None:
    rows = sheet([weight or "10"], [score], None, execution)
    rows["indicators"][0] |= {"row_ordinal": 7} | ({} if weight else {"weight": None})
    rows["figures"].append(
        figure("a-s1", Decimal(score), statement_code="perf_project_self", role="score", unit_code="分",
               unit_printed="分", row_ordinal=7)
    )  # fmt: skip
    if not rated:
        rows["figures"] = [row for row in rows["figures"] if row["amount_key"] not in ("a-b", "a-e")]
    with bench.connect() as connection:
        insert(connection, "int_recon__figure", FIGURE, rows["figures"])
        insert(connection, "fct_performance_indicator", INDICATOR, rows["indicators"])
        bench.run(connection, *MODELS)
        found = connection.execute(
            "select split_part(item_key, ':', -1), left_amount_key, case when abs(difference) <= tolerance then 'exact'"
            " else 'discrepant' end from int_recon__performance where rule_id = 'R120' order by all"
        ).fetchall()
    assert found == expected
