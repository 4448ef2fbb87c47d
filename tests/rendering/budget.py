"""A budget with codes in three cells, only the used classes renumbered, funds in columns: an invented bureau, in 元."""

from __future__ import annotations

from decimal import Decimal

from rendering.model import Disclosure, Region, Statement
from rendering.sums import Leaf, Row, added, printed, rolled_up

BODY = "青溪区园林绿化管理局"
_HEAD = {"body": f"编制部门：{BODY}", "unit": "元"}

_NAMES = {
    "208": "社会保障和就业支出", "20805": "行政事业单位养老支出", "210": "卫生健康支出", "21011": "行政事业单位医疗",
    "212": "城乡社区支出", "21201": "城乡社区管理事务", "21203": "城乡社区公共设施",
    "21208": "国有土地使用权出让收入安排的支出", "221": "住房保障支出", "22102": "住房改革支出",
}  # fmt: skip

# 基本, 项目, of which from the general budget / the fund budget / 事业收入
_SPENT = (
    Leaf("2080501", "行政单位离退休", ("486200", "0")),
    Leaf("2080505", "机关事业单位基本养老保险缴费支出", ("2317680", "0")),
    Leaf("2080506", "机关事业单位职业年金缴费支出", ("1158840", "0")),
    Leaf("2101101", "行政单位医疗", ("1042956", "0")),
    Leaf("2120101", "行政运行", ("16480352.45", "0")),
    Leaf("2120399", "其他城乡社区公共设施支出", ("0", "28360000")),
    Leaf("2120803", "城市建设支出", ("0", "9500000")),
    Leaf("2210201", "住房公积金", ("1620480", "0")),
    Leaf("2210203", "购房补贴", ("734115", "0")),
)
_FUND_CODE = "2120803"
_OWN_INCOME = Decimal("1260000")
"""事业收入, spent on 2120399."""
_CARRIED = Decimal("860000")
"""上年结转 of the general budget, on 2120399."""


def _amount(value: Decimal) -> str:
    return printed(value, blank=True, separators=True)


def _line(row: Row, values: tuple[Decimal, ...]) -> str:
    parts = [row.code[:3], row.code[3:5], row.code[5:7]]
    return "|".join((*parts, row.name, *(_amount(value) for value in values)))


def _funds(code: str) -> tuple[Decimal, ...]:
    """合计, 一般公共预算拨款, 政府性基金, 国有资本, 财政专户, 事业收入, 其他, 上年结转 of the leaves under a code."""
    total = [Decimal(0)] * 8
    for leaf in _SPENT:
        if not leaf.code.startswith(code):
            continue
        amount = sum((Decimal(value) for value in leaf.values), Decimal(0))
        own = _OWN_INCOME if leaf.code == "2120399" else Decimal(0)
        carried = _CARRIED if leaf.code == "2120399" else Decimal(0)
        total[0] += amount
        total[2 if leaf.code == _FUND_CODE else 1] += amount - own - carried
        total[5] += own
        total[7] += carried
    return tuple(total)


def _classes() -> list[Row]:
    return rolled_up(_SPENT, _NAMES, (3,))


def _summary() -> Statement:
    total = _funds("")
    left = [
        ("一、财政拨款收入", total[1] + total[2]), ("1.一般公共预算资金", total[1]), ("2.政府性基金", total[2]),
        ("3.国有资本经营预算", Decimal(0)), ("二、事业收入", total[5]), ("三、事业单位经营收入", Decimal(0)),
        ("四、其他收入", Decimal(0)), ("五、上年结转", total[7]),
    ]  # fmt: skip
    lines = ["本年收入|<|本年支出|<", "项目|预算数|项目|预算数"]
    classes = _classes()
    for place, (label, amount) in enumerate(left):
        right = "|"
        if place < len(classes):
            row = classes[place]
            right = f"{'一二三四'[place]}、{row.name}|{_amount(sum(row.values, Decimal(0)))}"
        lines.append(f"{label}|{_amount(amount)}|{right}")
    lines.append(f"收入总计|{_amount(total[0])}|支出总计|{_amount(total[0])}")
    last = len(lines) - 1
    return Statement(
        "budget_summary", "2025年部门财务收支预算总表", "\n".join(lines), 2,
        (
            Region((2, last), ((1, "预算数"),), (0,), side="income"),
            Region((2, last), ((3, "预算数"),), (2,), side="expenditure"),
        ), **_HEAD,
    )  # fmt: skip


def _coded(code: str, title: str, head: list[str], rows: list[str], columns, total: str, *, is_wide=False) -> Statement:
    """A table with 类 款 项 in three cells and 合计 at its end."""
    lines = [*head, *rows, total]
    first, last = len(head), len(lines) - 1
    return Statement(
        code, title, "\n".join(lines), first,
        (Region((first, last - 1), columns, (3,), (0, 1, 2)), Region((last, last), columns, (0,))),
        is_wide=is_wide, **_HEAD,
    )  # fmt: skip


def _total(values: tuple[Decimal, ...]) -> str:
    return "合 计|<|<|<|" + "|".join(_amount(value) for value in values)


def _income() -> Statement:
    leaves = ("合计", "一般公共预算拨款", "政府性基金预算拨款", "国有资本经营预算拨款", "财政专户管理资金",
              "事业收入", "其他收入", "上年结转")  # fmt: skip
    head = [
        "项目|<|<|<|收入预算|<|<|<|<|<|<|<",
        "功能分类科目编码|<|<|功能分类科目名称|" + "|".join(leaves),
        "类|款|项|^|^|^|^|^|^|^|^|^",
    ]
    rows = [_line(row, _funds(row.code)) for row in rolled_up(_SPENT, _NAMES, (3, 5, 7))]
    return _coded("budget_income", "2025年部门收入预算总表", head, rows, tuple(enumerate(leaves, 4)),
                  _total(_funds("")), is_wide=True)  # fmt: skip


def _split(code: str, title: str, over: str, leaves: tuple[Leaf, ...]) -> Statement:
    """合计, 基本支出, 项目支出 by functional code."""
    head = [
        f"项目|<|<|<|{over}|<|<",
        "功能分类科目编码|<|<|功能分类科目名称|合计|基本支出|项目支出",
        "类|款|项|^|^|^|^",
    ]
    rows = [_line(row, (sum(row.values, Decimal(0)), *row.values)) for row in rolled_up(leaves, _NAMES, (3, 5, 7))]
    total = added(leaf.values for leaf in leaves)
    return _coded(code, title, head, rows, ((4, "合计"), (5, "基本支出"), (6, "项目支出")),
                  _total((sum(total, Decimal(0)), *total)))  # fmt: skip


def _general_leaves() -> tuple[Leaf, ...]:
    found = []
    for leaf in _SPENT:
        if leaf.code == _FUND_CODE:
            continue
        project = Decimal(leaf.values[1]) - (_OWN_INCOME if leaf.code == "2120399" else 0)
        found.append(Leaf(leaf.code, leaf.name, (leaf.values[0], str(project))))
    return tuple(found)


def _appropriation() -> Statement:
    general = rolled_up(_general_leaves(), _NAMES, (3,))
    fund = Decimal("9500000")
    total = _funds("")
    grants = total[1] + total[2] + total[7]
    left = [("一、一般公共预算资金", total[1]), ("二、政府性基金", total[2]), ("三、国有资本经营预算", Decimal(0)),
            ("四、上年结转", total[7])]  # fmt: skip
    lines = ["财政拨款收入|<|财政拨款支出|<|<|<|<",
             "项目|预算数|项目|合计|一般公共预算|政府性基金预算|国有资本经营预算"]  # fmt: skip
    for place, (label, amount) in enumerate(left):
        row = general[place]
        own = sum(row.values, Decimal(0))
        extra = fund if row.code == "212" else Decimal(0)
        lines.append(
            f"{label}|{_amount(amount)}|{'一二三四'[place]}、{row.name}|"
            + "|".join(_amount(value) for value in (own + extra, own, extra, Decimal(0)))
        )
    lines.append(
        f"收入总计|{_amount(grants)}|支出总计|"
        + "|".join(_amount(value) for value in (grants, grants - fund, fund, Decimal(0)))
    )
    last = len(lines) - 1
    return Statement(
        "budget_appropriation_summary", "2025年部门财政拨款收支预算总表", "\n".join(lines), 2,
        (
            Region((2, last), ((1, "预算数"),), (0,), side="income"),
            Region((2, last), ((3, "合计"), (4, "一般公共预算"), (5, "政府性基金预算"), (6, "国有资本经营预算")), (2,),
                   side="expenditure"),
        ), **_HEAD,
    )  # fmt: skip


_ECONOMIC = {"301": "工资福利支出", "302": "商品和服务支出", "303": "对个人和家庭的补助", "310": "资本性支出"}
# 人员, 公用
_BASIC = (
    Leaf("30101", "基本工资", ("3984216", "0")), Leaf("30102", "津贴补贴", ("6210480", "0")),
    Leaf("30103", "奖金", ("1893500", "0")), Leaf("30108", "机关事业单位基本养老保险缴费", ("2317680", "0")),
    Leaf("30109", "职业年金缴费", ("1158840", "0")), Leaf("30110", "职工基本医疗保险缴费", ("1042956", "0")),
    Leaf("30113", "住房公积金", ("1620480", "0")), Leaf("30199", "其他工资福利支出", ("734115", "0")),
    Leaf("30201", "办公费", ("0", "624300")), Leaf("30209", "物业管理费", ("0", "1180000")),
    Leaf("30211", "差旅费", ("0", "86000")), Leaf("30217", "公务接待费", ("0", "18000")),
    Leaf("30228", "工会经费", ("0", "289710")), Leaf("30239", "其他交通费用", ("0", "758400")),
    Leaf("30299", "其他商品和服务支出", ("0", "1240746.45")), Leaf("30302", "退休费", ("486200", "0")),
    Leaf("31002", "办公设备购置", ("0", "195000")),
)  # fmt: skip


def _basic() -> Statement:
    lines = [
        "项目|<|<|一般公共预算基本支出|<|<",
        "经济分类科目编码|<|经济分类科目名称|合计|人员经费|公用经费",
        "类|款|^|^|^|^",
    ]
    for row in rolled_up(_BASIC, _ECONOMIC, (3, 5)):
        values = (sum(row.values, Decimal(0)), *row.values)
        lines.append("|".join((row.code[:3], row.code[3:], row.name, *(_amount(value) for value in values))))
    total = added(leaf.values for leaf in _BASIC)
    lines.append("合 计|<|<|" + "|".join(_amount(value) for value in (sum(total, Decimal(0)), *total)))
    last = len(lines) - 1
    columns = ((3, "合计"), (4, "人员经费"), (5, "公用经费"))
    return Statement(
        "budget_general_basic_economic", "2025年部门一般公共预算基本支出部门预算经济分类预算表", "\n".join(lines), 3,
        (Region((3, last - 1), columns, (2,), (0, 1)), Region((last, last), columns, (0,))), **_HEAD,
    )  # fmt: skip


def _three_public() -> Statement:
    grid = "\n".join(
        (
            "项目|合计|资金来源|<|<",
            "^|^|一般公共预算|政府性基金预算|国有资本经营预算",
            "合计|9.80|9.80||",
            "因公出国（境）费||||",
            "公务接待费|1.80|1.80||",
            "公务用车购置及运行费|8.00|8.00||",
            "其中：公务用车购置费||||",
            "公务用车运行费|8.00|8.00||",
        )
    )
    return Statement(
        "budget_three_public", "2025年部门“三公”经费预算表", grid, 2,
        (Region((2, 7), ((1, "合计"), (2, "一般公共预算"), (3, "政府性基金预算"), (4, "国有资本经营预算")), (0,)),),
        body=f"编制部门：{BODY}", unit="万元",
    )  # fmt: skip


def disclosure() -> Disclosure:
    """The document: cover, explanation, tables."""
    fund = tuple(leaf for leaf in _SPENT if leaf.code == _FUND_CODE)
    capital = ("项目|<|<|<|国有资本经营预算支出|<|<\n功能分类科目编码|<|<|功能分类科目名称|合计|基本支出|项目支出\n"
               "类|款|项|^|^|^|^\n||||||\n合 计|<|<|<|||")  # fmt: skip
    empty = Statement(
        "budget_state_capital", "2025年部门国有资本经营预算支出功能分类预算表", capital, 3,
        (Region((3, 4), ((4, "合计"),), (0,)),), notes=("注：2025年未安排国有资本经营预算支出，本表为空表。",), **_HEAD,
    )  # fmt: skip
    return Disclosure(
        f"{BODY}2025年部门预算",
        (
            "目 录",
            "一、部门主要职能",
            "二、部门预算编制说明",
            "三、部门预算表",
            "一、部门主要职能",
            "负责全区公共绿地、行道树和古树名木的管理与养护，组织实施公园建设和绿化工程。",
            "二、部门预算编制说明",
            "2025年部门预算编报按照综合预算的原则，将全部收入和支出纳入预算管理。",
            "三、部门预算表",
            _summary(),
            _income(),
            _split("budget_expenditure", "2025年部门支出预算总表", "支出预算", _SPENT),
            _appropriation(),
            _split("budget_general_expenditure", "2025年部门一般公共预算支出功能分类预算表", "一般公共预算支出",
                   _general_leaves()),
            _basic(),
            _split("budget_fund", "2025年部门政府性基金预算支出功能分类预算表", "政府性基金预算支出", fund),
            empty,
            _three_public(),
            "四、名词解释",
            "基本支出：为保障机构正常运转、完成日常工作任务而发生的人员支出和公用支出。",
        ),
    )  # fmt: skip
