"""Performance sheets (绩效): self-evaluations of projects and their targets, in the national form."""

from __future__ import annotations

from synth.books import Project
from synth.forms import Money
from synth.grid import ABOVE, LEFT, Amount, Entry, Grid
from synth.model import Statement
from synth.page import Page

MONEY = Money()


def score(hundredths: int) -> str:
    """10, 9.6, 9.65: as few decimals as needed."""
    whole, part = divmod(hundredths, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".")


def percent(part: int, whole: int) -> tuple[str, int]:
    """The rate as printed and in hundredths of a percent."""
    hundredths = (part * 20_000 + whole) // (2 * whole)
    return f"{hundredths // 100}.{hundredths % 100:02d}%", hundredths


def merged(rows: tuple[tuple, ...], at: int, column: int) -> str:
    """The text of a level, or the mark of a cell merged with the one above."""
    same = at > 0 and rows[at][: column + 1] == rows[at - 1][: column + 1]
    return ABOVE if same else rows[at][column]


def self_evaluation(page: Page, project: Project) -> Statement:
    """项目支出绩效自评表 of one project, nine columns wide."""
    grid = Grid([])
    office = page.who.name(page.year)
    grid.add("项目名称", LEFT, project.name, *[LEFT] * 6)
    grid.add("主管部门", LEFT, office.removesuffix("（本级）"), LEFT, LEFT, "实施单位", LEFT, office, LEFT)
    grid.add("项目资金（万元）", LEFT, "", "年初预算数", "全年预算数", "全年执行数", "分值", "执行率", "得分")
    rate, hundredths = percent(project.final, project.full)
    earned = min(1000, hundredths // 10)
    carried = min(project.carried, project.full, project.final)
    rows = (
        ("年度资金总额", (project.initial, project.full, project.final)),
        ("其中：当年财政拨款", (project.initial, project.full - carried, project.final - carried)),
        ("上年结转资金", (0, carried, carried)),
        ("其他资金", (0, 0, 0)),
    )
    for at, (label, (initial, full, final)) in enumerate(rows):
        entries: list[Entry] = [ABOVE, LEFT, label]
        for column, value in (("年初预算数", initial), ("全年预算数", full), ("全年执行数", final)):
            entries.append(Amount(MONEY.text(value), label, column=column))
        if at == 0:
            entries += [Amount("10", label, unit="分", column="分值"), Amount(rate, label, unit="%", column="执行率"),
                        Amount(score(earned), label, unit="分", column="得分")]  # fmt: skip
        else:
            share = percent(final, full)[0] if full else ""
            entries += ["—", Amount(share, label, unit="%", column="执行率"), "—"]
        grid.add(*entries)
    goal = f"完成{project.name}年度任务，保障资金使用规范有效。"
    grid.add("年度总体目标", "预期目标", *[LEFT] * 3, "实际完成情况", *[LEFT] * 3)
    grid.add(ABOVE, goal, *[LEFT] * 3, "年度任务按计划推进，总体目标基本实现。", *[LEFT] * 3)
    grid.add(
        "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施", LEFT
    )
    indicators = project.indicators
    for at, row in enumerate(indicators):
        level3, target, actual, weight, points, reason = row[2:]
        grid.add(
            merged(indicators, at, 0), merged(indicators, at, 1), level3, target, actual,
            Amount(score(weight), level3, unit="分", column="分值"),
            Amount(score(points), level3, unit="分", column="得分"), reason, LEFT,
        )  # fmt: skip
    total = earned + sum(row[6] for row in indicators)
    grid.add("总分", *[LEFT] * 4, Amount("100", "总分", unit="分", column="分值"),
             Amount(score(total), "总分", unit="分", column="得分"), "", LEFT)  # fmt: skip
    return grid.statement("perf_project_self", "项目支出绩效自评表", unit="万元", is_wide=True,
                          period=f"（{page.year}年度）")  # fmt: skip


def _done_last_year(page: Page, project: Project) -> dict[str, str]:
    """Third level → what the self-evaluation of the same project reports of the year before."""
    earlier = page.prior.projects if page.prior is not None else []
    same = next((other for other in earlier if other.name == project.name), None)
    return {row[2]: row[4] for row in same.indicators} if same is not None else {}


def target(page: Page, project: Project) -> Statement:
    """项目支出绩效目标表 of one project, eight columns wide."""
    grid = Grid([])
    grid.add("预算单位", page.who.name(page.year), *[LEFT] * 6)
    grid.add("项目名称", project.name, *[LEFT] * 6)
    label = "项目资金（万元）"
    amount = MONEY.text(project.initial)
    grid.add(label, "年度预算总额：", LEFT, Amount(amount, label, column="年度预算总额："),
             "其中：财政拨款", Amount(amount, label, column="其中：财政拨款"), "其他资金：",
             Amount("0.00", label, column="其他资金："))  # fmt: skip
    grid.add("项目总体目标", f"完成{project.name}年度任务，保障资金使用规范有效。", *[LEFT] * 6)
    grid.add(
        "一级指标", "二级指标", "三级指标", "指标值", "指标值设置依据", "上年完成值", "指标分值权重", "指标赋分规则"
    )
    indicators = project.indicators
    done = _done_last_year(page, project)
    for at, row in enumerate(indicators):
        level3, goal, _, weight = row[2:6]
        grid.add(
            merged(indicators, at, 0), merged(indicators, at, 1), level3, goal, "计划标准", done.get(level3, ""),
            Amount(score(weight), level3, unit="分", column="指标分值权重"), "按比例赋分",
        )  # fmt: skip
    return grid.statement("perf_project_target", "项目支出绩效目标表", unit="万元", is_wide=True,
                          period=f"（{page.year}年度）")  # fmt: skip
