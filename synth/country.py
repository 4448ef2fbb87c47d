"""The tree of an invented country: provinces' dialects, counties, departments and their units.

Every region holds the same pattern of ten bodies, drawn anew from the seed: a department with two units and its own
office (本级), whose consolidated accounts are the sum of the three, and six bodies that stand alone. Body ``n`` can be
made without making any other.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from ingest.dictionaries import read_seed

BODIES_PER_REGION = 10
_OWN, _CHILDREN = 3, (1, 2)

_FIRST = "云青白临岚松桃苇梧澄栖榆槐棠荻荷菱芷蓼枫桐柏竹兰蕙萱葵芦苔茗砚墨琴棋笙箫"
_SECOND = "岭禾杨浦鹤溪塘汀洲渚陂屿坞岫垣墟埠堰涧泽沚滩浔湄沅洄泠淞漪溆"


@dataclass(frozen=True, slots=True)
class Archetype:
    """A kind of body and the functional subjects it spends on."""

    name: str
    basic: str
    """Item (项) of its running expenditure."""
    projects: tuple[str, ...]
    funds: tuple[str, ...] = ()
    """Items paid from government funds."""
    name_until_2018: str = ""
    is_institution: bool = False
    """事业单位 that earns 事业收入; otherwise an administrative body."""
    charges_fees: bool = False
    """A school: part of 事业收入 is 教育收费."""
    topics: tuple[str, ...] = ()
    """What its projects are called."""


DEPARTMENTS: tuple[tuple[Archetype, tuple[Archetype, ...]], ...] = (
    (
        Archetype("教育局", "2050101", ("2050199", "2050299", "2050803"), ("2296003",),
                  topics=("薄弱学校改造", "教师培训", "校园安全防范", "学生资助")),
        (
            Archetype("实验小学", "2050202", ("2050299",), is_institution=True, charges_fees=True,
                      topics=("教学楼维修", "课后服务", "图书配备")),
            Archetype("第二中学", "2050203", ("2050299", "2050204"), is_institution=True, charges_fees=True,
                      topics=("实验室设备更新", "食堂改造", "体育场地修缮")),
            Archetype("机关幼儿园", "2050201", ("2050299",), is_institution=True, charges_fees=True,
                      topics=("保教设备购置", "户外场地改造")),
        ),
    ),
    (
        Archetype("卫生健康局", "2100101", ("2100199", "2100408", "2100717"), ("2296002",), "卫生和计划生育局",
                  topics=("基本公共卫生服务补助", "计划生育家庭扶助", "村医培训")),
        (
            Archetype("中心卫生院", "2100302", ("2100399", "2100408"), is_institution=True,
                      topics=("医疗设备购置", "公共卫生服务", "病房修缮")),
            Archetype("疾病预防控制中心", "2100401", ("2100408", "2100409"), is_institution=True,
                      topics=("传染病监测", "实验室能力建设")),
        ),
    ),
    (
        Archetype("文化和旅游局", "2070101", ("2070199", "2070109", "2070204"), ("2296003",), "文化广播影视局",
                  topics=("公共文化服务体系建设", "文物保护修缮", "群众文化活动")),
        (
            Archetype("图书馆", "2070104", ("2070199",), is_institution=True, topics=("图书购置", "免费开放补助")),
            Archetype("文化馆", "2070109", ("2070199",), is_institution=True, topics=("非遗传承展演", "设备更新")),
        ),
    ),
    (
        Archetype("农业农村局", "2130101", ("2130108", "2130122", "2130135", "2130199"), ("2120804",), "农业局",
                  topics=("动物疫病防控", "农业生产发展补助", "农产品质量监测", "农村厕所改造")),
        (
            Archetype("农业技术推广中心", "2130104", ("2130106", "2130199"), is_institution=True,
                      topics=("新品种试验示范", "土壤普查")),
            Archetype("畜牧兽医站", "2130104", ("2130108",), is_institution=True, topics=("检疫装备配备", "疫苗冷链")),
        ),
    ),
)  # fmt: skip

ALONE: tuple[Archetype, ...] = (
    Archetype("财政局", "2010601", ("2010602", "2010607", "2010699"), topics=("预算绩效评价", "信息系统运维")),
    Archetype("统计局", "2010501", ("2010507", "2010508", "2010599"), topics=("专项普查", "统计抽样调查")),
    Archetype("司法局", "2040601", ("2040604", "2040605", "2040699"), topics=("法治宣传教育", "人民调解", "社区矫正")),
    Archetype("水利局", "2130301", ("2130305", "2130306", "2130314"), ("2120804",),
              topics=("小型水库除险加固", "灌区运行维护", "防汛物资储备")),
    Archetype("交通运输局", "2140101", ("2140104", "2140106", "2140199"), topics=("农村公路养护", "公路安全防护工程")),
    Archetype("林业局", "2130201", ("2130205", "2130209", "2130234"), topics=("森林防火", "公益林管护", "造林补助")),
    Archetype("人力资源和社会保障局", "2080101", ("2080199", "2080799", "2081199"),
              topics=("就业创业服务", "仲裁办案")),
    Archetype("民政局", "2080201", ("2080299", "2081002", "2081901"), ("2296002",),
              topics=("养老服务补贴", "临时救助")),
    Archetype("妇女联合会", "2012901", ("2012902", "2012999"), topics=("妇女儿童维权服务", "家庭教育指导")),
    Archetype("档案馆", "2012601", ("2012604",), topics=("馆藏档案数字化", "档案库房维护")),
    Archetype("城市管理局", "2120101", ("2120104", "2120501", "2120399"), ("2121301", "2120803"),
              topics=("环卫清扫保洁", "市政设施维护", "垃圾转运")),
    Archetype("融媒体中心", "2070808", ("2070899",), is_institution=True, topics=("采编设备更新", "应急广播运维")),
    Archetype("职业技术学校", "2050302", ("2050399",), ("2296004",), is_institution=True, charges_fees=True,
              topics=("实训基地建设", "免学费补助")),
    Archetype("石桥镇人民政府", "2010301", ("2010302", "2120399", "2130705", "2130199"), ("2120804",),
              topics=("人居环境整治", "村级组织运转", "河道清淤")),
    Archetype("不动产登记中心", "2200150", ("2200106", "2200199"), is_institution=True,
              topics=("登记档案整理", "数据整合")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Region:
    """An invented county (县级行政区)."""

    ordinal: int
    province: str
    name: str


@dataclass(frozen=True, slots=True)
class Body:
    """A department or unit that publishes."""

    ordinal: int
    region: Region
    archetype: Archetype
    is_department: bool
    """True: consolidated accounts (部门); False: a unit's own (单位)."""
    is_own_office: bool = False
    """The department's own office (本级)."""
    parent: int | None = None
    children: tuple[int, ...] = ()

    def name(self, year: int) -> str:
        """The name in a year: some were renamed by the reform of 2018."""
        kind = self.archetype
        bare = kind.name_until_2018 if year <= 2018 and kind.name_until_2018 else kind.name
        return f"{self.region.name}{bare}{'（本级）' if self.is_own_office else ''}"


@lru_cache(maxsize=1)
def _real_names() -> frozenset[str]:
    return frozenset(row["short_name"] or row["region_name"] for row in read_seed("regions"))


@lru_cache(maxsize=4096)
def region(seed: int, number: int, provinces: tuple[str, ...]) -> Region:
    """Region ``number``; its province goes round ``provinces`` so that every dialect is met."""
    rng = random.Random(f"{seed}/region/{number}")
    while True:
        short = rng.choice(_FIRST) + rng.choice(_SECOND)
        if short not in _real_names():
            break
    province = provinces[number % len(provinces)]
    suffix = "区" if province.endswith("市") else rng.choice(("县", "县", "市", "区"))
    return Region(number, province, short + suffix)


@lru_cache(maxsize=65536)
def body(seed: int, number: int, provinces: tuple[str, ...]) -> Body:
    """Body ``number`` of the country grown from ``seed``."""
    place, slot = divmod(number, BODIES_PER_REGION)
    here = region(seed, place, provinces)
    rng = random.Random(f"{seed}/bodies/{place}")
    department, units = rng.choice(DEPARTMENTS)
    chosen = rng.sample(units, 2) if len(units) > 1 else [units[0], units[0]]
    alone = rng.sample(ALONE, BODIES_PER_REGION - 4)
    first = place * BODIES_PER_REGION
    if slot == 0:
        members = (first + _OWN, *(first + child for child in _CHILDREN))
        return Body(number, here, department, True, children=members)
    if slot in _CHILDREN:
        return Body(number, here, chosen[slot - 1], False, parent=first)
    if slot == _OWN:
        return Body(number, here, department, False, True, parent=first)
    kind = alone[slot - 4]
    return Body(number, here, kind, not kind.is_institution)
