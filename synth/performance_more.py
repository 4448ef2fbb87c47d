"""Other forms of performance sheets: 指标性质 apart, adjusted targets, group maxima, lists of targets, whole bodies."""

from __future__ import annotations

import re

from synth.books import Project
from synth.grid import ABOVE, LEFT, Amount, Entry, Grid
from synth.model import Statement
from synth.page import Page
from synth.performance import MONEY, merged, percent, score

_VALUE = re.compile(r"([≥≤=]?)(\d[\d.]*)(\D*)")
_NATURES = {"≥": "≥", "≤": "≤", "=": "＝", "": "＝"}


def _split(target: str) -> tuple[str, str, str]:
    """(性质, value, unit) of a target: ≥98% → ≥, 98, %; a word is 定性."""
    found = _VALUE.fullmatch(target)
    return (_NATURES[found[1]], found[2], found[3]) if found else ("定性", target, "")


def self_by_nature(page: Page, project: Project) -> Statement:
    """项目绩效自评表 with 指标性质, 指标值 and 度量单位 in columns of their own, ten wide."""
    grid = Grid([])
    office = page.who.name(page.year)
    grid.add("项目名称", LEFT, project.name, *[LEFT] * 7)
    grid.add("主管部门", LEFT, office.removesuffix("（本级）"), LEFT, LEFT, "实施单位", office, *[LEFT] * 3)
    rate, hundredths = percent(project.final, project.full)
    earned = min(1000, hundredths // 10)
    grid.add("预算执行情况（万元）", LEFT, "", "年初预算", "全年预算", "执行数", "预算执行率", "权重", "得分", "原因")
    for at, (label, figures) in enumerate((
        ("总额", (project.initial, project.full, project.final)),
        ("其中：财政资金", (project.initial, project.full, project.final)),
        ("财政专户管理资金", (0, 0, 0)), ("单位资金", (0, 0, 0)),
    )):  # fmt: skip
        row: list[Entry] = [ABOVE, LEFT, label]
        row += [Amount(MONEY.text(value), label, column=column)
                for value, column in zip(figures, ("年初预算", "全年预算", "执行数"), strict=True)]  # fmt: skip
        if at == 0:
            row += [Amount(rate, label, unit="%", column="预算执行率"), Amount("10", label, unit="分", column="权重"),
                    Amount(score(earned), label, unit="分", column="得分"), ""]  # fmt: skip
        else:
            row += ["/", "/", "/", ""]
        grid.add(*row)
    grid.add("一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位", "完成值", "权重", "得分",
             "未完成原因分析")  # fmt: skip
    for at, (_, _, level3, target, actual, weight, points, reason) in enumerate(project.indicators):
        nature, value, unit = _split(target)
        done = _split(actual)[1] if nature != "定性" else actual
        grid.add(
            merged(project.indicators, at, 0), merged(project.indicators, at, 1), level3, nature, value, unit, done,
            Amount(score(weight), level3, unit="分", column="权重"),
            Amount(score(points), level3, unit="分", column="得分"), reason,
        )  # fmt: skip
    total = earned + sum(row[6] for row in project.indicators)
    grid.add("合计", *[LEFT] * 6, Amount("100", "合计", unit="分", column="权重"),
             Amount(score(total), "合计", unit="分", column="得分"), "")  # fmt: skip
    return _sheet(page, grid, "perf_project_self", "项目支出绩效自评表")


def self_adjusted(page: Page, project: Project) -> Statement:
    """项目支出绩效自评表 with 年初指标值 and 调整后指标值, nine wide."""
    grid = Grid([])
    office = page.who.name(page.year)
    grid.add("项目名称", LEFT, project.name, *[LEFT] * 5)
    grid.add("主管部门", LEFT, office.removesuffix("（本级）"), LEFT, "实施单位", office, LEFT, LEFT)
    rate, hundredths = percent(project.final, project.full)
    earned = min(1000, hundredths // 10)
    grid.add("项目资金（万元）", LEFT, "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
    for at, label in enumerate(("年度资金总额", "其中：当年财政拨款", "其他资金")):
        figures = (project.initial, project.full, project.final) if at < 2 else (0, 0, 0)
        row: list[Entry] = [label, LEFT]
        row += [Amount(MONEY.text(value), label, column=column)
                for value, column in zip(figures, ("年初预算数", "全年预算数", "全年执行数"), strict=True)]  # fmt: skip
        row += ["—", "—", "—"] if at else [
            Amount("10", label, unit="分", column="分值"), Amount(rate, label, unit="%", column="执行率"),
            Amount(score(earned), label, unit="分", column="得分"),
        ]  # fmt: skip
        grid.add(*row)
    grid.add("一级指标", "二级指标", "三级指标", "年初指标值", "调整后指标值", "实际完成值", "分值", "得分")
    for at, (_, _, level3, target, actual, weight, points, _) in enumerate(project.indicators):
        grid.add(
            merged(project.indicators, at, 0), merged(project.indicators, at, 1), level3, target, target, actual,
            Amount(score(weight), level3, unit="分", column="分值"),
            Amount(score(points), level3, unit="分", column="得分"),
        )  # fmt: skip
    total = earned + sum(row[6] for row in project.indicators)
    grid.add("总分", *[LEFT] * 5, Amount("100", "总分", unit="分", column="分值"),
             Amount(score(total), "总分", unit="分", column="得分"))  # fmt: skip
    return _sheet(page, grid, "perf_project_self", "项目支出绩效自评表")


def self_grouped(page: Page, project: Project) -> Statement:
    """项目支出绩效自评表 whose first level names its maximum: 产出指标（50分）."""
    grid = Grid([])
    grid.add("项目名称", LEFT, project.name, *[LEFT] * 5)
    rate, hundredths = percent(project.final, project.full)
    earned = min(1000, hundredths // 10)
    grid.add("项目资金（万元）", LEFT, "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
    label = "年度资金总额"
    grid.add(label, LEFT, *(Amount(MONEY.text(value), label, column=column) for value, column in (
        (project.initial, "年初预算数"), (project.full, "全年预算数"), (project.final, "全年执行数"))),
             Amount("10", label, unit="分", column="分值"), Amount(rate, label, unit="%", column="执行率"),
             Amount(score(earned), label, unit="分", column="得分"))  # fmt: skip
    grid.add("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因及改进措施")
    groups: dict[str, int] = {}
    for row in project.indicators:
        groups[row[0]] = groups.get(row[0], 0) + row[5]
    for at, (level1, _, level3, target, actual, weight, points, reason) in enumerate(project.indicators):
        first = merged(project.indicators, at, 0)
        first = first if first == ABOVE else f"{level1}（{score(groups[level1])}分）"
        grid.add(
            first, merged(project.indicators, at, 1), level3, target, actual,
            Amount(score(weight), level3, unit="分", column="分值"),
            Amount(score(points), level3, unit="分", column="得分"), reason,
        )  # fmt: skip
    total = earned + sum(row[6] for row in project.indicators)
    grid.add("总分", *[LEFT] * 4, Amount("100", "总分", unit="分", column="分值"),
             Amount(score(total), "总分", unit="分", column="得分"), "")  # fmt: skip
    return _sheet(page, grid, "perf_project_self", "项目支出绩效自评表")


def target_list(page: Page, projects: list[Project]) -> Statement:
    """项目支出绩效目标表: all projects of a body in one table, their names merged downwards. No figure of money."""
    grid = Grid([["项目名称", "年度绩效目标", "一级指标", "二级指标", "三级指标", "指标性质", "指标值", "度量单位",
                  "指标属性"]])  # fmt: skip
    for project in projects:
        for at, row in enumerate(project.indicators):
            nature, value, unit = _split(row[3])
            lead = [project.name, f"完成{project.name}年度任务，保障资金使用规范有效。"] if at == 0 else [ABOVE, ABOVE]
            grid.add(*lead, merged(project.indicators, at, 0), merged(project.indicators, at, 1), row[2], nature, value,
                     unit, "定性指标" if nature == "定性" else "定量指标")  # fmt: skip
    return _sheet(page, grid, "perf_project_target", "部门项目支出绩效目标表")


_WHOLE = (
    ("运行成本", "公用经费控制率", "≤100%", "98%", 1000, 1000),
    ("运行成本", "“三公”经费控制率", "≤100%", "95%", 1000, 1000),
    ("管理效率", "预算执行率", "≥95%", "97%", 1000, 1000),
    ("管理效率", "政府采购规范性", "规范", "规范", 1000, 1000),
    ("履职效能", "重点工作完成率", "=100%", "96%", 2000, 1920),
    ("社会效益", "公共服务满意程度", "有效提升", "有效提升", 1500, 1450),
    ("可持续发展能力", "队伍建设培训次数", "≥4次", "5次", 500, 500),
    ("服务对象满意度", "服务对象满意度", "≥90%", "94.6%", 1000, 1000),
)


def whole_body(page: Page) -> Statement:
    """部门整体支出绩效自评表: money of the year, indicators by group."""
    book = page.books
    plan = sum(item.total for item in book.planned.values())
    final = sum(item.total for item in book.spent.values())
    full = max(plan, final)
    grid = Grid([])
    grid.add("部门名称", LEFT, page.body_name, *[LEFT] * 5)
    rate, hundredths = percent(final, full)
    earned = min(1000, hundredths // 10)
    grid.add("预算执行情况（万元）", LEFT, "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
    basic = sum(item.basic for item in book.spent.values())
    rows = (("年度资金总额", (plan, full, final)), ("其中：基本支出", (0, 0, basic)),
            ("项目支出", (0, 0, sum(item.project for item in book.spent.values()))))  # fmt: skip
    for at, (label, figures) in enumerate(rows):
        row: list[Entry] = [label, LEFT]
        row += [Amount(MONEY.text(value) if value else "", label, column=column)
                for value, column in zip(figures, ("年初预算数", "全年预算数", "全年执行数"), strict=True)]  # fmt: skip
        row += ["—", "—", "—"] if at else [
            Amount("10", label, unit="分", column="分值"), Amount(rate, label, unit="%", column="执行率"),
            Amount(score(earned), label, unit="分", column="得分"),
        ]  # fmt: skip
        grid.add(*row)
    grid.add("一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施")
    shown = tuple((group, f"{group}指标", name) for group, name, *_ in _WHOLE)
    for at, (_, name, target, actual, weight, points) in enumerate(_WHOLE):
        grid.add(
            merged(shown, at, 0), merged(shown, at, 1), name, target, actual,
            Amount(score(weight), name, unit="分", column="分值"),
            Amount(score(points), name, unit="分", column="得分"), "",
        )  # fmt: skip
    total = earned + sum(row[5] for row in _WHOLE)
    grid.add("总分", *[LEFT] * 4, Amount("100", "总分", unit="分", column="分值"),
             Amount(score(total), "总分", unit="分", column="得分"), "")  # fmt: skip
    return _sheet(page, grid, "perf_unit_self", f"{page.level}整体支出绩效自评表")


def _sheet(page: Page, grid: Grid, code: str, title: str) -> Statement:
    return grid.statement(code, title, unit="万元", is_wide=True, period=f"（{page.year}年度）")
