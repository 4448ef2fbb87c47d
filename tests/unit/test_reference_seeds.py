"""Reference dictionaries in seeds/: code lists of the contract, subjects by year, divisions.

The column tests of dbt (seeds/_reference.yml) guard keys and value lists; here stands what needs rows compared with
each other. A wrong year range or a missing parent would put money under a wrong name without any error elsewhere.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import io
import json
import re
import sys
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"
FIRST_YEAR, LAST_YEAR = 2013, 2025

# The contract's code lists, written out: a code dropped from a seed must be noticed here.
CONTRACT_CODES = {
    "scopes": "consolidated own unit",
    "funds": "general gov_fund state_capital appropriation fiscal_account unit_funds non_fiscal unsplit all",
    "stages": "initial_budget full_year_budget budget_unspecified final prior_budget prior_final prior_execution",
}
CONTRACT_MEASURES = {
    "expenditure": "total basic personnel public project upward operating subsidy unsplit",
    "income": (
        "total appropriation superior_subsidy undertaking undertaking_education_fee operating_income affiliated "
        "other_income fiscal_account carry_over"
    ),
}
LEVEL_OF_LENGTH = {3: "class", 5: "group", 7: "item"}

Row = dict[str, str]


def seed(name: str) -> list[Row]:
    """Rows of a seed as text."""
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, strict=True))


def span(row: Row) -> range:
    """Years a row is valid in, cut at the last year of the dictionary."""
    return range(int(row["valid_from_year"]), min(int(row["valid_to_year"] or LAST_YEAR), LAST_YEAR) + 1)


def overlaps(rows: list[Row], keys: tuple[str, ...]) -> list[tuple[tuple[str, ...], int]]:
    """(key, year) pairs that more than one row claims."""
    seen: dict[tuple[tuple[str, ...], int], int] = defaultdict(int)
    for row in rows:
        for year in span(row):
            seen[tuple(row[key] for key in keys), year] += 1
    return [place for place, count in seen.items() if count > 1]


def orphans(rows: list[Row], code: str, length: int, scheme: str | None = None) -> list[tuple[str, int]]:
    """(code, year) pairs whose parent, the code cut by two digits, is not valid in that year."""
    valid = {(row[scheme] if scheme else "", row[code], year) for row in rows for year in span(row)}
    return [
        (row[code], year)
        for row in rows
        if len(row[code]) > length
        for year in span(row)
        if (row[scheme] if scheme else "", row[code][:-2], year) not in valid
    ]


def functional_name(code: str, year: int) -> str | None:
    """Official name of a functional code in a year."""
    rows = [row for row in seed("functional_subjects") if row["functional_code"] == code]
    names = [row["functional_name"] for row in rows if year in span(row)]
    return names[0] if names else None


def economic_name(code: str, year: int) -> str | None:
    """Official name of an economic code in a year."""
    rows = [row for row in seed("economic_subjects") if row["economic_code"] == code]
    names = [row["economic_name"] for row in rows if year in span(row)]
    return names[0] if names else None


@pytest.mark.parametrize("name", sorted(CONTRACT_CODES))
def test_code_lists_are_those_of_the_contract(name: str) -> None:
    assert [row["code"] for row in seed(name)] == CONTRACT_CODES[name].split()


def test_measures_are_those_of_the_contract() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for row in seed("measures"):
        found[row["kind"]].append(row["code"])
    assert found == {kind: codes.split() for kind, codes in CONTRACT_MEASURES.items()}


@pytest.mark.real
def test_written_out_codes_agree_with_the_contract_text(shared: Path) -> None:
    """The lists above were copied by hand: each stands in the contract."""
    contract = (shared / "CONTRACT.md").read_text(encoding="utf-8")
    lists = [*CONTRACT_CODES.values(), *CONTRACT_MEASURES.values()]
    assert [codes for codes in lists if not all(re.search(rf"\b{code}\b", contract) for code in codes.split())] == []


@pytest.mark.parametrize("name", ["scopes", "funds", "stages", "measures"])
def test_code_lists_say_what_each_code_means(name: str) -> None:
    texts = ("name_zh", "name_en", "definition_zh", "definition_en")
    assert [row["code"] for row in seed(name) if not all(row[text] for text in texts)] == []


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("functional_subjects", "functional_name"),
        ("functional_aliases", "alias"),
        ("economic_subjects", "economic_name"),
        ("regions", "region_name"),
        ("regions", "short_name"),
    ],
)
def test_names_hold_no_blank_and_no_half_width_parenthesis(name: str, label: str) -> None:
    assert [row[label] for row in seed(name) if not row[label] or re.search(r"[\s()]", row[label])] == []


def test_no_word_is_doubled() -> None:
    """其他其他… and …支出支出 are marks of a name put together by rule."""
    names = [r["functional_name"] for r in seed("functional_subjects")] + [
        r["alias"] for r in seed("functional_aliases")
    ]
    assert [name for name in names if "其他其他" in name or "支出支出" in name] == []


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("functional_subjects", ("functional_code",)),
        ("economic_subjects", ("economic_code", "scheme")),
        ("economic_map", ("department_code", "body_kind")),
    ],
)
def test_a_code_has_one_meaning_a_year(name: str, keys: tuple[str, ...]) -> None:
    rows = seed(name)
    assert all(len(span(row)) for row in rows), "a range that ends before it begins"
    assert overlaps(rows, keys) == []


def test_overlaps_are_seen() -> None:
    rows = [
        {"code": "207", "valid_from_year": "2014", "valid_to_year": "2019"},
        {"code": "207", "valid_from_year": "2019", "valid_to_year": ""},
    ]
    assert overlaps(rows, ("code",)) == [(("207",), 2019)]


def test_functional_codes_have_their_level_and_parents() -> None:
    rows = seed("functional_subjects")
    assert [r for r in rows if LEVEL_OF_LENGTH.get(len(r["functional_code"])) != r["level"]] == []
    assert [r for r in rows if not re.fullmatch(r"2\d+", r["functional_code"])] == []
    assert orphans(rows, "functional_code", 3) == []


def test_economic_codes_have_their_level_and_parents() -> None:
    rows = seed("economic_subjects")
    wanted = {3: "class", 5: "item"}
    first = {"department": "3", "government": "5"}
    assert [r for r in rows if wanted.get(len(r["economic_code"])) != r["level"]] == []
    assert [r for r in rows if not re.fullmatch(first[r["scheme"]] + r"\d+", r["economic_code"])] == []
    assert orphans(rows, "economic_code", 3, scheme="scheme") == []


def test_orphans_are_seen() -> None:
    rows = [
        {"code": "224", "valid_from_year": "2019", "valid_to_year": ""},
        {"code": "22401", "valid_from_year": "2018", "valid_to_year": "2020"},
    ]
    assert orphans(rows, "code", 3) == [("22401", 2018)]


def test_consecutive_names_differ() -> None:
    """Two rows of one code are a rename; the same name twice is one row torn apart."""
    names: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in seed("functional_subjects"):
        names[row["functional_code"]].append((int(row["valid_from_year"]), row["functional_name"]))
    torn = []
    for code, dated in names.items():
        ordered = [name for _, name in sorted(dated)]
        torn += [code for one, next_one in pairwise(ordered) if one == next_one]
    assert torn == []


def test_vouched_and_basis_are_stated() -> None:
    for name in ("functional_subjects", "economic_subjects", "economic_map"):
        rows = seed(name)
        assert [r for r in rows if r["vouched"] not in ("yes", "no") or not r["basis"]] == [], name
        assert {r["vouched"] for r in rows} == {"yes", "no"}, f"{name}: all rows claim the same"


def test_personnel_is_301_and_303() -> None:
    rows = seed("economic_subjects")
    assert {r["economic_code"][:3] for r in rows if r["is_personnel"] == "true"} == {"301", "303"}
    assert [r for r in rows if r["economic_code"][:3] in ("301", "303") and r["is_personnel"] != "true"] == []


def test_the_map_joins_codes_valid_in_its_years() -> None:
    valid = {(r["scheme"], r["economic_code"], year) for r in seed("economic_subjects") for year in span(r)}
    broken = [
        (row["department_code"], row["government_code"], year)
        for row in seed("economic_map")
        for year in span(row)
        if ("department", row["department_code"], year) not in valid
        or ("government", row["government_code"], year) not in valid
    ]
    assert broken == []


def test_the_map_leaves_no_department_item_out() -> None:
    mapped = {(r["department_code"], r["body_kind"], year) for r in seed("economic_map") for year in span(r)}
    items = [r for r in seed("economic_subjects") if r["scheme"] == "department" and r["level"] == "item"]
    missing = {
        (row["economic_code"], kind)
        for row in items
        for kind in ("administrative", "institution")
        for year in span(row)
        if year >= 2018 and (row["economic_code"], kind, year) not in mapped
    }
    assert missing == {("30107", "administrative")}  # 绩效工资 is paid by institutions only


@pytest.mark.parametrize(
    ("code", "year", "name"),
    [
        ("207", 2018, "文化体育与传媒支出"),
        ("207", 2019, "文化旅游体育与传媒支出"),
        ("210", 2013, "医疗卫生"),
        ("210", 2018, "医疗卫生与计划生育支出"),
        ("210", 2024, "卫生健康支出"),
        ("213", 2014, "农林水支出"),
        ("20805", 2019, "行政事业单位离退休"),
        ("20805", 2020, "行政事业单位养老支出"),
        ("21005", 2016, "医疗保障"),
        ("21005", 2017, None),
        ("21011", 2016, None),
        ("2101101", 2017, "行政单位医疗"),
        ("21305", 2021, "扶贫"),
        ("21305", 2024, "巩固脱贫攻坚成果衔接乡村振兴"),
        ("220", 2018, "国土海洋气象等支出"),
        ("224", 2018, None),
        ("224", 2019, "灾害防治及应急管理支出"),
        ("234", 2019, None),
        ("234", 2020, "抗疫特别国债安排的支出"),
        ("2080505", 2016, "机关事业单位基本养老保险缴费支出"),
        ("2010399", 2022, "其他政府办公厅（室）及相关机构事务支出"),
        ("2130599", 2020, "其他扶贫支出"),
        ("2079999", 2025, "其他文化旅游体育与传媒支出"),
        ("2210201", 2013, "住房公积金"),
        ("22198", 2025, "超长期特别国债安排的支出"),
        ("2240299", 2025, "其他消防救援事务支出"),
        ("22006", 2023, None),
        ("22006", 2024, "耕地保护考核奖惩基金支出"),
    ],
)
def test_functional_names_by_year(code: str, year: int, name: str | None) -> None:
    assert functional_name(code, year) == name


@pytest.mark.parametrize(
    ("code", "year", "name"),
    [
        ("304", 2017, "对企事业单位的补贴"),
        ("304", 2018, None),
        ("309", 2017, "基本建设支出"),
        ("309", 2018, "资本性支出（基本建设）"),
        ("310", 2017, "其他资本性支出"),
        ("310", 2018, "资本性支出"),
        ("30104", 2015, "社会保障缴费"),
        ("30104", 2017, "其他社会保障缴费"),
        ("30104", 2018, None),
        ("30112", 2018, "其他社会保障缴费"),
        ("30113", 2017, None),
        ("30113", 2018, "住房公积金"),
        ("30311", 2017, "住房公积金"),
        ("30311", 2018, None),
        ("30311", 2022, "代缴社会保险费"),
        ("39909", 2022, "经常性赠与"),
        ("50101", 2017, None),
        ("50101", 2018, "工资奖金津补贴"),
        ("59999", 2024, "其他支出"),
    ],
)
def test_economic_names_by_year(code: str, year: int, name: str | None) -> None:
    assert economic_name(code, year) == name


def test_the_functional_list_is_wide() -> None:
    """All classes of a year's list (201–234 without the numbers never given), and well over a thousand items."""
    rows = seed("functional_subjects")
    never = {"218", "225", "226"}
    classes = {r["functional_code"] for r in rows if r["level"] == "class"}
    assert classes == {str(n) for n in range(201, 235)} - never
    assert len({r["functional_code"] for r in rows if r["level"] == "item"}) > 1000


def test_an_agency_group_holds_the_standard_items() -> None:
    """A group with 行政运行 as 01 also has 一般行政管理事务, 机关服务 and its 其他…支出."""
    names = {(r["functional_code"], r["functional_name"]) for r in seed("functional_subjects")}
    groups = {code[:5] for code, name in names if len(code) == 7 and code.endswith("01") and name == "行政运行"}
    assert len(groups) > 60
    lacking = [
        group
        for group in sorted(groups)
        if (group + "02", "一般行政管理事务") not in names
        or (group + "03", "机关服务") not in names
        or not any(code == group + "99" and "其他" in name for code, name in names)
    ]
    assert lacking == []


def test_aliases_name_one_subject_and_never_another() -> None:
    subjects = seed("functional_subjects")
    named: dict[str, set[str]] = defaultdict(set)
    for row in subjects:
        named[row["functional_name"]].add(row["functional_code"])
    codes = {row["functional_code"] for row in subjects}
    aliases = seed("functional_aliases")
    assert len({row["alias"] for row in aliases}) == len(aliases)
    for row in aliases:
        assert row["functional_code"] in codes, row
        assert LEVEL_OF_LENGTH[len(row["functional_code"])] == row["level"], row
        assert named[row["alias"]] <= {row["functional_code"]}, row


def test_regions_have_codes_levels_and_parents() -> None:
    rows = seed("regions")
    provinces = {r["region_name"]: r["region_code"] for r in rows if r["region_level"] == "province"}
    prefectures: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        if row["region_level"] == "prefecture":
            prefectures[row["province_name"], row["region_name"]].add(row["region_code"])
    assert len(provinces) == 34
    assert len({row["region_code"] for row in rows}) == len(rows)
    for row in rows:
        code = row["region_code"]
        assert re.fullmatch(r"[1-9]\d{5}", code), row
        level = "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county"
        assert row["region_level"] == level, row
        assert provinces[row["province_name"]][:2] == code[:2], row
        if level == "county" and row["prefecture_name"]:
            assert code[:4] + "00" in prefectures[row["province_name"], row["prefecture_name"]], row
    assert {"市辖区", "县", "省直辖县级行政区划"}.isdisjoint({row["region_name"] for row in rows})


def test_regions_keep_what_was_abolished() -> None:
    rows = {row["region_code"]: row for row in seed("regions")}
    assert (rows["110228"]["region_name"], rows["110228"]["is_current"]) == ("密云县", "false")
    assert (rows["110118"]["region_name"], rows["110118"]["is_current"]) == ("密云区", "true")
    assert rows["371324"]["former_names"] == "苍山县"
    assert rows["469005"]["prefecture_name"] == ""  # 文昌市 is directly under the province
    assert 2800 < sum(row["is_current"] == "true" and row["region_level"] == "county" for row in rows.values()) < 2900


@pytest.fixture(scope="module")
def make_regions() -> Iterator[ModuleType]:
    """The script beside the seed, loaded by path: seeds/ is no package."""
    spec = importlib.util.spec_from_file_location("make_regions", SEEDS / "make_regions.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_regions"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules["make_regions"]


def _pack(folder: Path, archive: str, member: str, names: dict[str, str]) -> str:
    """Write a package archive with one list, as npm packs it; returns its digest."""
    content = json.dumps(sorted(names.items()), ensure_ascii=False).encode()
    entry = tarfile.TarInfo(member)
    entry.size = len(content)
    with tarfile.open(folder / archive, "w:gz") as package:
        package.addfile(entry, io.BytesIO(content))
    return hashlib.sha256((folder / archive).read_bytes()).hexdigest()


def test_divisions_of_several_lists_become_one(
    make_regions: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    new = {"370000": "山东省", "371300": "临沂市", "371324": "兰陵县", "110000": "北京市", "110100": "北京市"}
    old = {"370000": "山东省", "371300": "临沂市", "371301": "市辖区", "371324": "苍山县", "371200": "莱芜市"}
    new |= {"110118": "密云区"}
    old |= {"371202": "莱城区"}
    digests = {"a.tgz": _pack(tmp_path, "a.tgz", "x.json", new), "b.tgz": _pack(tmp_path, "b.tgz", "x.json", old)}
    monkeypatch.setattr(make_regions, "DIGESTS", digests)
    monkeypatch.setattr(make_regions, "REVISIONS", (("2024-12", "a.tgz", "x.json"), ("2013-08", "b.tgz", "x.json")))
    found = {region.code: region for region in make_regions.collect(tmp_path)}
    assert sorted(found) == ["110000", "110118", "370000", "371200", "371202", "371300", "371324"]
    assert found["371324"].former_names == ["苍山县"]
    assert (found["371202"].prefecture, found["371202"].last_listed) == ("莱芜市", "2013-08")
    assert (found["110118"].province, found["110118"].prefecture) == ("北京市", "")

    digests["b.tgz"] = "0" * 64
    with pytest.raises(ValueError, match="sha256"):
        make_regions.collect(tmp_path)


def test_short_names_in_the_seed_are_the_script_s(make_regions: ModuleType) -> None:
    for row in seed("regions"):
        region = make_regions.Region(row["region_code"], row["region_name"], "", "", "")
        assert make_regions.short_name(region) == row["short_name"], row


@pytest.mark.parametrize(
    ("code", "name", "short"),
    [
        ("650000", "新疆维吾尔自治区", "新疆"),
        ("652300", "昌吉回族自治州", "昌吉"),
        ("530925", "双江拉祜族佤族布朗族傣族自治县", "双江"),
        ("622926", "东乡族自治县", "东乡"),
        ("130107", "井陉矿区", "井陉矿区"),
        ("371722", "单县", "单县"),
        ("410104", "管城回族区", "管城"),
        ("429021", "神农架林区", "神农架"),
    ],
)
def test_short_names(make_regions: ModuleType, code: str, name: str, short: str) -> None:
    assert make_regions.short_name(make_regions.Region(code, name, "", "", "")) == short


def test_every_class_and_group_has_a_cofog_division() -> None:
    rows = seed("cofog")
    subjects = {row["functional_code"] for row in seed("functional_subjects")}
    divisions = {row["functional_code"]: row["cofog_division"] for row in rows}
    assert {code for code in subjects if len(code) == 3} <= set(divisions)
    assert set(divisions) <= subjects and len(divisions) == len(rows)
    assert set(divisions.values()) == {f"{n:02d}" for n in range(1, 11)}
    idle = [code for code, division in divisions.items() if len(code) == 5 and divisions[code[:3]] == division]
    assert idle == [], "a group is listed only where it departs from its class"


@pytest.mark.parametrize(("code", "division"), [("203", "02"), ("205", "09"), ("210", "07"), ("22102", "10")])
def test_cofog_divisions(code: str, division: str) -> None:
    assert {row["functional_code"]: row["cofog_division"] for row in seed("cofog")}[code] == division
