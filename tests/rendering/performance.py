"""A self-evaluation of the national form and a target sheet: forms with freely merged cells, invented project."""

from __future__ import annotations

from rendering.model import Disclosure, Indicator, Region, Statement

PROJECT = "公共图书馆流动服务车运行"

_ROWS = (
    ("产出指标", "数量指标", "全年下乡服务场次", "≥120场次", "126场次", "15", "15", ""),
    ("产出指标", "数量指标", "新增流动图书册数", "≥3500册", "3612册", "10", "10", ""),
    ("产出指标", "质量指标", "车载设备完好率", "≥95%", "97.5%", "10", "10", ""),
    ("产出指标", "时效指标", "服务计划按期完成率", "=100%", "92%", "15", "13.8",
     "汛期道路封闭，部分场次顺延至四季度。"),
    ("成本指标", "经济成本指标", "单场次服务成本", "≤2800元", "2756元", "10", "10", ""),
    ("效益指标", "社会效益指标", "偏远乡镇群众阅读便利程度", "有效提升", "达成预期指标", "15", "14.5",
     "宣传覆盖面仍需扩大。"),
    ("效益指标", "可持续影响指标", "流动服务点长效管理机制", "基本健全", "基本健全", "5", "5", ""),
    ("满意度指标", "服务对象满意度指标", "读者满意度", "≥92%", "95.3%", "10", "10", ""),
)


def _merged(rows: tuple[tuple[str, ...], ...], at: int, column: int) -> str:
    """A cell's text, or the mark that it belongs to the one above."""
    same = at > 0 and rows[at][: column + 1] == rows[at - 1][: column + 1]
    return "^" if same else rows[at][column]


def _self_evaluation() -> Statement:
    lines = [
        f"项目名称|<|{PROJECT}|<|<|<|<|<|<",
        "主管部门|<|松鹤县文化和旅游局|<|<|实施单位|<|松鹤县图书馆|<",
        "项目资金（万元）|<||年初预算数|全年预算数|全年执行数|分值|执行率|得分",
        "^|<|年度资金总额|36.00|38.50|34.65|10|90.00%|9",
        "^|<|其中：当年财政拨款|36.00|36.00|32.15|—|89.31%|—",
        "^|<|上年结转资金|0.00|2.50|2.50|—|100.00%|—",
        "^|<|其他资金|0.00|0.00|0.00|—||—",
        "年度总体目标|预期目标|<|<|<|实际完成情况|<|<|<",
        "^|保障流动服务车常年运行，把图书借阅和阅读活动送到偏远乡镇。|<|<|<|全年服务覆盖十四个乡镇，群众借阅活动正常开展。|<|<|<",
        "一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因分析及改进措施|<",
    ]
    for at, row in enumerate(_ROWS):
        lines.append("|".join((_merged(_ROWS, at, 0), _merged(_ROWS, at, 1), *row[2:], "<")))
    lines.append("总分|<|<|<|<|100|97.3||<")
    first = 10
    last = first + len(_ROWS)
    funds = ((3, "年初预算数"), (4, "全年预算数"), (5, "全年执行数"), (6, "分值"), (7, "执行率"), (8, "得分"))
    scores = ((5, "分值"), (6, "得分"))
    return Statement(
        "perf_project_self", "项目支出绩效自评表", "\n".join(lines), 0,
        (
            Region((3, 6), funds, (2,), unit="万元", units=((6, "分"), (7, "%"), (8, "分"))),
            Region((first, last - 1), scores, (2,), unit="分"),
            Region((last, last), scores, (0,), unit="分"),
        ),
        period="（2023年度）",
        indicators=tuple(Indicator(*row[:7]) for row in _ROWS),
        is_wide=True,
    )  # fmt: skip


_TARGETS = (
    ("产出指标", "数量指标", "全年下乡服务场次", "≥130场次", "计划标准", "126场次", "20", "按比例赋分"),
    ("产出指标", "质量指标", "车载设备完好率", "≥96%", "行业标准", "97.5%", "20", "直接赋分"),
    ("产出指标", "时效指标", "服务计划按期完成率", "=100%", "计划标准", "92%", "10", "按比例赋分"),
    ("成本指标", "经济成本指标", "年度运行成本控制数", "≤37.20万元", "预算支出标准", "34.65万元", "20", "按比例赋分"),
    ("效益指标", "社会效益指标", "惠及偏远乡镇数量", "≥14个", "历史标准", "14个", "10", "按比例赋分"),
    ("满意度指标", "服务对象满意度指标", "读者满意度", "≥93%", "历史标准", "95.3%", "10", "满意度赋分"),
)


def _target() -> Statement:
    lines = [
        "预算单位|松鹤县图书馆|<|<|<|<|<|<",
        f"项目名称|{PROJECT}|<|<|<|<|<|<",
        "项目资金（万元）|年度预算总额：|<|37.20|其中：财政拨款|37.20|其他资金：|0.00",
        "项目总体目标|稳定运行流动服务车，扩大偏远乡镇公共文化服务覆盖面。|<|<|<|<|<|<",
        "一级指标|二级指标|三级指标|指标值|指标值设置依据|上年完成值|指标分值权重|指标赋分规则",
    ]
    for at, row in enumerate(_TARGETS):
        lines.append("|".join((_merged(_TARGETS, at, 0), _merged(_TARGETS, at, 1), *row[2:])))
    first, last = 5, 4 + len(_TARGETS)
    return Statement(
        "perf_project_target", "项目支出绩效目标表", "\n".join(lines), 0,
        (
            Region((2, 2), ((3, "年度预算总额："), (5, "其中：财政拨款"), (7, "其他资金：")), (0,), unit="万元"),
            Region((first, last), ((6, "指标分值权重"),), (2,), unit="分"),
        ),
        period="（2024年度）",
        indicators=tuple(Indicator(row[0], row[1], row[2], row[3], "", row[6], "") for row in _TARGETS),
        is_wide=True,
    )  # fmt: skip


def disclosure() -> Disclosure:
    """The document: two sheets with a few lines about them."""
    return Disclosure(
        "松鹤县图书馆2023年度项目支出绩效自评情况",
        (
            "根据预算绩效管理要求，本单位组织对项目支出开展绩效自评，结果如下。",
            _self_evaluation(),
            "下一年度项目绩效目标如下。",
            _target(),
        ),
    )
