"""A final account of the national form: nine tables of an invented vocational school (单位决算), in 万元."""

from __future__ import annotations

from decimal import Decimal

from rendering.model import Disclosure, Region, Statement
from rendering.sums import Leaf, added, printed, rolled_up

BODY = "岚山县职业教育中心"
_HEAD = {"body": f"编制单位：{BODY}", "period": "2023年度", "unit": "万元"}

_NAMES = {
    "205": "教育支出", "20503": "职业教育", "20508": "进修及培训", "208": "社会保障和就业支出",
    "20805": "行政事业单位养老支出", "210": "卫生健康支出", "21011": "行政事业单位医疗", "221": "住房保障支出",
    "22102": "住房改革支出", "229": "其他支出", "22960": "彩票公益金安排的支出",
}  # fmt: skip

# 财政拨款, 上级补助, 事业 小计, 其中教育收费, 经营, 附属上缴, 其他
_INCOME = (
    Leaf("2050302", "中等职业教育", ("3286.47", "0", "470.95", "412.60", "0", "0", "21.08")),
    Leaf("2050803", "培训支出", ("12.36", "0", "0", "0", "0", "0", "0")),
    Leaf("2080502", "事业单位离退休", ("58.21", "0", "0", "0", "0", "0", "0")),
    Leaf("2080505", "机关事业单位基本养老保险缴费支出", ("301.74", "0", "0", "0", "0", "0", "0")),
    Leaf("2080506", "机关事业单位职业年金缴费支出", ("146.90", "0", "0", "0", "0", "0", "0")),
    Leaf("2101102", "事业单位医疗", ("128.33", "0", "0", "0", "0", "0", "0")),
    Leaf("2210201", "住房公积金", ("224.05", "0", "0", "0", "0", "0", "0")),
    Leaf("2296004", "用于教育事业的彩票公益金支出", ("43.60", "0", "0", "0", "0", "0", "0")),
)
# 基本, 项目, 上缴上级, 经营, 对附属单位补助
_SPENT = (
    Leaf("2050302", "中等职业教育", ("2914.52", "868.31", "0", "0", "0")),
    Leaf("2050803", "培训支出", ("12.36", "0", "0", "0", "0")),
    Leaf("2080502", "事业单位离退休", ("58.21", "0", "0", "0", "0")),
    Leaf("2080505", "机关事业单位基本养老保险缴费支出", ("301.74", "0", "0", "0", "0")),
    Leaf("2080506", "机关事业单位职业年金缴费支出", ("146.90", "0", "0", "0", "0")),
    Leaf("2101102", "事业单位医疗", ("128.33", "0", "0", "0", "0")),
    Leaf("2210201", "住房公积金", ("224.05", "0", "0", "0", "0")),
    Leaf("2296004", "用于教育事业的彩票公益金支出", ("0", "52.15", "0", "0", "0")),
)
# 基本, 项目: the part paid from the general public budget
_GENERAL = (
    Leaf("2050302", "中等职业教育", ("2496.08", "790.39")),
    *(Leaf(leaf.code, leaf.name, (leaf.values[0], "0")) for leaf in _SPENT[1:7]),
)
_OPENING, _FUND_OPENING = Decimal("96.40"), Decimal("9.85")

_CLASSES = (
    "一般公共服务支出", "外交支出", "国防支出", "公共安全支出", "教育支出", "科学技术支出", "文化旅游体育与传媒支出",
    "社会保障和就业支出", "卫生健康支出", "节能环保支出", "城乡社区支出", "农林水支出", "交通运输支出",
    "资源勘探工业信息等支出", "商业服务业等支出", "金融支出", "援助其他地区支出", "自然资源海洋气象等支出",
    "住房保障支出", "粮油物资储备支出", "国有资本经营预算支出", "灾害防治及应急管理支出", "其他支出", "债务还本支出",
    "债务付息支出", "抗疫特别国债安排的支出",
)  # fmt: skip
_ORDINALS = [*"一二三四五六七八九十", *(f"十{digit}" for digit in "一二三四五六七八九"), "二十",
             *(f"二十{digit}" for digit in "一二三四五六")]  # fmt: skip


def _by_class(leaves: tuple[Leaf, ...]) -> dict[str, Decimal]:
    rows = rolled_up(leaves, _NAMES, (3,))
    return {row.name: sum(row.values, Decimal(0)) for row in rows}


def _summary() -> Statement:
    income = added(leaf.values for leaf in _INCOME)
    fund = Decimal(_INCOME[-1].values[0])
    total = income[0] + income[2] + income[6]
    spent = sum(added(leaf.values for leaf in _SPENT), Decimal(0))
    left = [
        ("一、一般公共预算财政拨款收入", income[0] - fund), ("二、政府性基金预算财政拨款收入", fund),
        ("三、国有资本经营预算财政拨款收入", Decimal(0)), ("四、上级补助收入", Decimal(0)), ("五、事业收入", income[2]),
        ("六、经营收入", Decimal(0)), ("七、附属单位上缴收入", Decimal(0)), ("八、其他收入", income[6]),
    ]  # fmt: skip
    spent_by = _by_class(_SPENT)
    lines = ["收入|<|<|支出|<|<", "项目|行次|金额|项目|行次|金额", "栏次||1|栏次||2"]
    for place, name in enumerate(_CLASSES):
        label, amount = (left[place][0], printed(left[place][1])) if place < len(left) else ("", "")
        lines.append(
            f"{label}|{place + 1}|{amount}|{_ORDINALS[place]}、{name}|{place + 32}|"
            f"{printed(spent_by.get(name, Decimal(0)))}"
        )
    whole = total + _OPENING
    for place, (label, amount, other, against) in enumerate(
        (
            ("本年收入合计", total, "本年支出合计", spent),
            ("使用非财政拨款结余（含专用结余）", Decimal(0), "结余分配", Decimal(0)),
            ("年初结转和结余", _OPENING, "年末结转和结余", whole - spent),
        ),
        27,
    ):
        lines.append(f"{label}|{place}|{printed(amount)}|{other}|{place + 31}|{printed(against)}")
    lines += ["|30|||61|", f"总计|31|{printed(whole)}|总计|62|{printed(whole)}"]
    last = len(lines) - 1
    return Statement(
        "final_summary", "收入支出决算总表", "\n".join(lines), 3,
        (
            Region((3, last), ((2, "金额"),), (0,), side="income", row_numbers=(1,)),
            Region((3, last), ((5, "金额"),), (3,), side="expenditure", row_numbers=(4,)),
        ),
        number="公开01表", notes=("注：1.本表反映本年度的总收支和年末结转结余情况。", "2.本表以“万元”为金额单位。"),
        **_HEAD,
    )  # fmt: skip


def _coded(
    code: str, title: str, number: str, head: list[str], leaves: list[tuple[str, str, tuple[Decimal, ...]]],
    columns: tuple[tuple[int, str], ...], note: str, *, is_wide: bool = False,
) -> Statement:  # fmt: skip
    """A table with 类 款 项 over one code cell and a first row 合计."""
    lines = list(head)
    lines += [f"{code_}|<|<|{name}|" + "|".join(printed(value) for value in values) for code_, name, values in leaves]
    return Statement(
        code, title, "\n".join(lines), len(head) - 1,
        (
            Region((len(head) - 1, len(head) - 1), columns, (0,)),
            Region((len(head), len(lines) - 1), columns, (3,), (0,)),
        ),
        number=number, notes=(note,), is_wide=is_wide, **_HEAD,
    )  # fmt: skip


def _total_row(values: tuple[Decimal, ...]) -> str:
    return "合 计|<|<|<|" + "|".join(printed(value) for value in values)


def _income() -> Statement:
    rows = rolled_up(_INCOME, _NAMES, (3, 5, 7))
    lines = [(row.code, row.name, (row.values[0] + row.values[2] + row.values[6], *row.values)) for row in rows]
    total = added(leaf.values for leaf in _INCOME)
    head = [
        "项目|<|<|<|本年收入合计|财政拨款收入|上级补助收入|事业收入|<|经营收入|附属单位上缴收入|其他收入",
        "支出功能分类科目编码|<|<|科目名称|^|^|^|小计|其中：教育收费|^|^|^",
        "类|款|项|栏次|1|2|3|4|5|6|7|8",
        _total_row((total[0] + total[2] + total[6], *total)),
    ]
    columns = (
        (4, "本年收入合计"), (5, "财政拨款收入"), (6, "上级补助收入"), (7, "小计"), (8, "其中：教育收费"),
        (9, "经营收入"), (10, "附属单位上缴收入"), (11, "其他收入"),
    )  # fmt: skip
    return _coded("final_income", "收入决算表", "公开02表", head, lines, columns,
                  "注：本表反映本年度取得的各项收入情况。", is_wide=True)  # fmt: skip


def _expenditure() -> Statement:
    rows = rolled_up(_SPENT, _NAMES, (3, 5, 7))
    lines = [(row.code, row.name, (sum(row.values, Decimal(0)), *row.values)) for row in rows]
    total = added(leaf.values for leaf in _SPENT)
    head = [
        "项目|<|<|<|本年支出合计|基本支出|项目支出|上缴上级支出|经营支出|对附属单位补助支出",
        "支出功能分类科目编码|<|<|科目名称|^|^|^|^|^|^",
        "类|款|项|栏次|1|2|3|4|5|6",
        _total_row((sum(total, Decimal(0)), *total)),
    ]
    columns = ((4, "本年支出合计"), (5, "基本支出"), (6, "项目支出"), (7, "上缴上级支出"), (8, "经营支出"),
               (9, "对附属单位补助支出"))  # fmt: skip
    return _coded("final_expenditure", "支出决算表", "公开03表", head, lines, columns,
                  "注：本表反映本年度各项支出情况。")  # fmt: skip


def _appropriation() -> Statement:
    total = added(leaf.values for leaf in _INCOME)[0]
    fund = Decimal(_INCOME[-1].values[0])
    fund_spent = Decimal(_SPENT[-1].values[1])
    general = _by_class(_GENERAL)
    general_spent = sum(general.values(), Decimal(0))
    general_income = total - fund
    closing = general_income + _OPENING - general_spent
    fund_closing = fund + _FUND_OPENING - fund_spent
    left = [("一、一般公共预算财政拨款", general_income), ("二、政府性基金预算财政拨款", fund),
            ("三、国有资本经营预算财政拨款", Decimal(0))]  # fmt: skip
    lines = [
        "收入|<|<|支出|<|<|<|<|<",
        "项目|行次|金额|项目|行次|合计|一般公共预算财政拨款|政府性基金预算财政拨款|国有资本经营预算财政拨款",
        "栏次||1|栏次||2|3|4|5",
    ]
    zero = Decimal(0)
    for place, name in enumerate(_CLASSES):
        label, amount = (left[place][0], printed(left[place][1])) if place < len(left) else ("", "")
        parts = (general.get(name, zero), fund_spent if name == "其他支出" else zero, zero)
        amounts = "|".join(printed(value) for value in (sum(parts, zero), *parts))
        lines.append(f"{label}|{place + 1}|{amount}|{_ORDINALS[place]}、{name}|{place + 33}|{amounts}")
    opening = _OPENING + _FUND_OPENING

    def four(first: Decimal, second: Decimal) -> str:
        return "|".join(printed(value) for value in (first + second, first, second, zero))

    lines += [
        f"本年收入合计|27|{printed(total)}|本年支出合计|59|{four(general_spent, fund_spent)}",
        f"年初财政拨款结转和结余|28|{printed(opening)}|年末财政拨款结转和结余|60|{four(closing, fund_closing)}",
        f"一般公共预算财政拨款|29|{printed(_OPENING)}||61||||",
        f"政府性基金预算财政拨款|30|{printed(_FUND_OPENING)}||62||||",
        "国有资本经营预算财政拨款|31|0.00||63||||",
        f"总计|32|{printed(total + opening)}|总计|64|"
        + four(general_spent + closing, fund_spent + fund_closing),
    ]
    last = len(lines) - 1
    return Statement(
        "final_appropriation_summary", "财政拨款收入支出决算总表", "\n".join(lines), 3,
        (
            Region((3, last), ((2, "金额"),), (0,), side="income", row_numbers=(1,)),
            Region((3, last), ((5, "合计"), (6, "一般公共预算财政拨款"), (7, "政府性基金预算财政拨款"),
                               (8, "国有资本经营预算财政拨款")), (3,), side="expenditure", row_numbers=(4,)),
        ),
        number="公开04表", notes=("注：本表反映本年度财政拨款的总收支和年末结转结余情况。",), is_wide=True, **_HEAD,
    )  # fmt: skip


def _general() -> Statement:
    rows = rolled_up(_GENERAL, _NAMES, (3, 5, 7))
    lines = [(row.code, row.name, (sum(row.values, Decimal(0)), *row.values)) for row in rows]
    total = added(leaf.values for leaf in _GENERAL)
    head = [
        "项目|<|<|<|本年支出|<|<",
        "支出功能分类科目编码|<|<|科目名称|合计|基本支出|项目支出",
        "类|款|项|栏次|1|2|3",
        _total_row((sum(total, Decimal(0)), *total)),
    ]
    return _coded("final_general_expenditure", "一般公共预算财政拨款支出决算表", "公开05表", head, lines,
                  ((4, "合计"), (5, "基本支出"), (6, "项目支出")),
                  "注：本表反映本年度一般公共预算财政拨款支出情况。")  # fmt: skip


_PERSONNEL = (
    Leaf("30101", "基本工资", ("1026.35",)), Leaf("30102", "津贴补贴", ("214.80",)), Leaf("30103", "奖金", ("0",)),
    Leaf("30107", "绩效工资", ("806.42",)), Leaf("30108", "机关事业单位基本养老保险缴费", ("301.74",)),
    Leaf("30109", "职业年金缴费", ("146.90",)), Leaf("30110", "职工基本医疗保险缴费", ("128.33",)),
    Leaf("30112", "其他社会保障缴费", ("19.57",)), Leaf("30113", "住房公积金", ("224.05",)),
    Leaf("30302", "退休费", ("58.21",)), Leaf("30305", "生活补助", ("31.16",)),
)  # fmt: skip
_GOODS = (
    Leaf("30201", "办公费", ("62.48",)), Leaf("30205", "水费", ("15.30",)), Leaf("30206", "电费", ("48.72",)),
    Leaf("30207", "邮电费", ("6.05",)), Leaf("30209", "物业管理费", ("84.00",)), Leaf("30211", "差旅费", ("21.93",)),
    Leaf("30213", "维修（护）费", ("37.66",)), Leaf("30216", "培训费", ("12.36",)),
    Leaf("30217", "公务接待费", ("1.42",)), Leaf("30228", "工会经费", ("36.10",)),
    Leaf("30231", "公务用车运行维护费", ("3.87",)), Leaf("30299", "其他商品和服务支出", ("54.19",)),
)  # fmt: skip
_OTHER = (
    Leaf("30701", "国内债务付息", ("0",)), Leaf("31002", "办公设备购置", ("17.24",)),
    Leaf("31003", "专用设备购置", ("8.82",)), Leaf("31099", "其他资本性支出", ("0",)),
    Leaf("39999", "其他支出", ("0",)),
)  # fmt: skip
_ECONOMIC = {"301": "工资福利支出", "302": "商品和服务支出", "303": "对个人和家庭的补助", "307": "债务利息及费用支出",
             "310": "资本性支出", "399": "其他支出"}  # fmt: skip


def _economic() -> Statement:
    groups = [rolled_up(leaves, _ECONOMIC, (3, 5)) for leaves in (_PERSONNEL, _GOODS, _OTHER)]
    lines = [
        "人员经费|<|<|公用经费|<|<|<|<|<",
        "科目编码|科目名称|金额|科目编码|科目名称|金额|科目编码|科目名称|金额",
    ]
    for place in range(max(len(group) for group in groups)):
        parts: list[str] = []
        for group in groups:
            row = group[place] if place < len(group) else None
            parts += [row.code, row.name, printed(row.values[0])] if row else ["", "", ""]
        lines.append("|".join(parts))
    sums = [added(leaf.values for leaf in leaves)[0] for leaves in (_PERSONNEL, _GOODS, _OTHER)]
    lines.append(f"人员经费合计|<|{printed(sums[0])}|公用经费合计|<|<|<|<|{printed(sums[1] + sums[2])}")
    last = len(lines) - 1
    return Statement(
        "final_general_basic_economic", "一般公共预算财政拨款基本支出决算明细表", "\n".join(lines), 2,
        (
            *(Region((2, last - 1), ((at + 2, "金额"),), (at + 1,), (at,)) for at in (0, 3, 6)),
            Region((last, last), ((2, "金额"),), (0,)),
            Region((last, last), ((8, "金额"),), (3,)),
        ),
        number="公开06表", notes=("注：本表反映本年度一般公共预算财政拨款基本支出明细情况。",), is_wide=True, **_HEAD,
    )  # fmt: skip


def _fund() -> Statement:
    income, spent = Decimal(_INCOME[-1].values[0]), Decimal(_SPENT[-1].values[1])
    values = (_FUND_OPENING, income, spent, Decimal(0), spent, _FUND_OPENING + income - spent)
    names = (("229", "其他支出"), ("22960", "彩票公益金安排的支出"), ("2296004", "用于教育事业的彩票公益金支出"))
    head = [
        "项目|<|<|<|年初结转和结余|本年收入|本年支出|<|<|年末结转和结余",
        "支出功能分类科目编码|<|<|科目名称|^|^|小计|基本支出|项目支出|^",
        "类|款|项|栏次|1|2|3|4|5|6",
        _total_row(values),
    ]
    return _coded("final_fund", "政府性基金预算财政拨款收入支出决算表", "公开07表", head,
                  [(code, name, values) for code, name in names],
                  ((4, "年初结转和结余"), (5, "本年收入"), (6, "小计"), (7, "基本支出"), (8, "项目支出"),
                   (9, "年末结转和结余")),
                  "注：本表反映本年度政府性基金预算财政拨款收入、支出及结转和结余情况。")  # fmt: skip


def _state_capital() -> Statement:
    grid = ("项目|<|<|<|本年支出|<|<\n支出功能分类科目编码|<|<|科目名称|合计|基本支出|项目支出\n"
            "类|款|项|栏次|1|2|3\n合 计|<|<|<|||")  # fmt: skip
    return Statement(
        "final_state_capital", "国有资本经营预算财政拨款支出决算表", grid, 3,
        (Region((3, 3), ((4, "合计"), (5, "基本支出"), (6, "项目支出")), (0,)),),
        number="公开08表", notes=("说明：本单位2023年度无国有资本经营预算财政拨款支出，本表为空表。",), **_HEAD,
    )  # fmt: skip


def _three_public() -> Statement:
    items = "合计|因公出国（境）费|公务用车购置及运行维护费|<|<|公务接待费"
    below = "^|^|小计|公务用车购置费|公务用车运行维护费|^"
    grid = "\n".join(
        (
            "财政拨款安排的“三公”经费" + "|<" * 11,
            "全年预算数|<|<|<|<|<|决算数|<|<|<|<|<",
            f"{items}|{items}",
            f"{below}|{below}",
            "|".join(str(number) for number in range(1, 13)),
            "7.50|0.00|5.00|0.00|5.00|2.50|5.29|0.00|3.87|0.00|3.87|1.42",
        )
    )
    leaves = ("合计", "因公出国（境）费", "小计", "公务用车购置费", "公务用车运行维护费", "公务接待费")
    return Statement(
        "final_three_public", "财政拨款“三公”经费支出决算表", grid, 5,
        (Region((5, 5), tuple(enumerate(leaves + leaves)), ()),),
        number="公开09表", notes=("注：预算数为全年预算数，决算数包括当年财政拨款和以前年度结转资金安排的实际支出。",),
        is_wide=True, **_HEAD,
    )  # fmt: skip


def disclosure() -> Disclosure:
    """The document: cover, contents, tables, prose."""
    tables = (_summary(), _income(), _expenditure(), _appropriation(), _general(), _economic(), _fund(),
              _state_capital(), _three_public())  # fmt: skip
    spent = sum(added(leaf.values for leaf in _SPENT), Decimal(0))
    return Disclosure(
        f"{BODY}2023年度单位决算",
        (
            "目 录",
            "第一部分 单位概况",
            "第二部分 2023年度单位决算报表",
            "第三部分 2023年度单位决算情况说明",
            "第一部分 单位概况",
            "一、主要职责",
            "承担全县中等职业学历教育和职业技能培训，组织实施就业指导，开展产教融合与校企合作。",
            "二、机构设置",
            "从决算单位构成看，本单位无下属独立核算单位，内设办公室、教务处、学生处、实训处、总务处等机构。",
            "第二部分 2023年度单位决算报表",
            *tables,
            "第三部分 2023年度单位决算情况说明",
            "一、收入支出决算总体情况说明",
            f"2023年度支出合计{printed(spent)}万元，主要用于中等职业教育的日常运行和实训基地建设。",
            "二、其他重要事项的情况说明",
            "本单位年末共有车辆2辆，均为其他用车。",
        ),
    )
