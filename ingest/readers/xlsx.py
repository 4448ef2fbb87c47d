"""The XML of .xlsx workbooks: shown text of every cell, merged areas, hidden sheets, text boxes."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from ingest.document import Paragraph, Problem, Table
from ingest.errors import LimitExceeded, UnreadableFile
from ingest.readers.limits import ReaderLimits
from ingest.readers.number_format import BUILTIN, shown
from ingest.readers.package import Package, attribute, iterate_xml, local
from ingest.readers.spreadsheet import Sheet, address_of, clean

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})$")
_AREA = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})$")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MAX_ROW = 1_048_576


def sheets(data: bytes, limits: ReaderLimits) -> Iterator[Sheet]:
    """Every sheet of the workbook in its order, hidden ones included.

    A sheet that is damaged gives a sheet without cells and a ``Problem``; a damaged workbook ``UnreadableFile``.
    """
    deadline = time.monotonic() + limits.max_seconds
    with Package(data, limits) as package:
        place = _workbook_place(package)
        workbook = package.xml(place)
        relations = package.relations(place)
        is_1904 = any(
            (attribute(item, "date1904") or "") in ("1", "true") for item in workbook if local(item) == "workbookPr"
        )
        strings = _strings(package, relations)
        codes = _codes(package, relations)
        for item in workbook.iter("{*}sheet"):
            name = item.get("name") or "未命名"
            kind, target, _ = relations.get(attribute(item, "id") or "", ("", "", False))
            if kind not in ("worksheet", ""):
                continue
            sheet = Sheet(name, is_hidden=(item.get("state") or "visible") != "visible")
            try:
                _Filler(sheet, strings, codes, is_1904, limits, deadline).fill(package.part(target), target)
                _drawings(sheet, package, target, limits)
            except UnreadableFile as error:
                reason = f"工作表“{name}”无法读完：{error.reason}"
                sheet.problems.append(Problem(code="damaged_sheet", reason=reason, place=name))
            yield sheet


def _workbook_place(package: Package) -> str:
    for kind, target, is_external in package.relations("").values():
        if kind == "officeDocument" and not is_external and package.has(target):
            return target
    return "xl/workbook.xml"


def _related(relations: dict[str, tuple[str, str, bool]], wanted: str, default: str) -> str:
    return next((target for kind, target, is_external in relations.values() if kind == wanted and not is_external),
                default)


def _strings(package: Package, relations: dict[str, tuple[str, str, bool]]) -> list[str]:
    """The shared strings; phonetic readings are left out."""
    place = _related(relations, "sharedStrings", "xl/sharedStrings.xml")
    if not package.has(place):
        return []
    return [_rich(item) for item in iterate_xml(package.part(place), place, ("si",))]


def _rich(item: etree._Element) -> str:
    parts: list[str] = []
    for child in item:
        name = local(child)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts += [text.text or "" for text in child if local(text) == "t"]
    text = "".join(parts)
    if "_x" in text:
        text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return clean(text.encode("utf-8", "ignore").decode("utf-8"))


def _codes(package: Package, relations: dict[str, tuple[str, str, bool]]) -> list[str]:
    """The number format of each cell style, by style number."""
    place = _related(relations, "styles", "xl/styles.xml")
    if not package.has(place):
        return []
    try:
        root = package.xml(place)
    except UnreadableFile:
        return []
    own = {item.get("numFmtId"): item.get("formatCode") or "General" for item in root.iter("{*}numFmt")}
    codes: list[str] = []
    for group in root:
        if local(group) == "cellXfs":
            for style in group:
                number = style.get("numFmtId") or "0"
                known = BUILTIN.get(int(number), "General") if number.isdigit() else "General"
                codes.append(own.get(number, known))
    return codes


class _Filler:
    """Reads one sheet's XML into a ``Sheet``."""

    def __init__(
        self, sheet: Sheet, strings: list[str], codes: list[str], is_1904: bool, limits: ReaderLimits, deadline: float
    ) -> None:
        self.sheet = sheet
        self.strings = strings
        self.codes = codes
        self.is_1904 = is_1904
        self.limits = limits
        self.deadline = deadline
        self.shows_zero = True
        self.uncomputed: list[str] = []

    def fill(self, data: bytes, place: str) -> None:
        """All rows and merged areas. Blank rows are passed over; they only cost their parsing."""
        row = -1
        filled = 0
        wanted = ("row", "mergeCell", "sheetView")
        for count, element in enumerate(iterate_xml(data, place, wanted)):
            if not count % 5000 and time.monotonic() > self.deadline:
                raise LimitExceeded(
                    f"读取工作簿超过{self.limits.max_seconds:g}秒，已停止。请拆分后再试。", place=self.sheet.name
                )
            name = local(element)
            if name == "row":
                number = element.get("r")
                row = int(number) - 1 if number and number.isdigit() else row + 1
                if len(element) and 0 <= row < _MAX_ROW:
                    filled += self._row(element, row)
                    if filled > self.limits.max_rows:
                        raise LimitExceeded(f"工作表“{self.sheet.name}”的非空行超过上限{self.limits.max_rows}行。")
            elif name == "mergeCell":
                self._merge(element.get("ref") or "")
            elif (element.get("showZeros") or "1") in ("0", "false"):
                self.shows_zero = False
        if self.uncomputed:
            reason = (
                f"工作表“{self.sheet.name}”有{len(self.uncomputed)}个公式没有保存计算结果（首个在{self.uncomputed[0]}），"
                "无法读出数值。请用 Excel 或 WPS 打开并保存后再导入。"
            )
            where = f"{self.sheet.name}!{self.uncomputed[0]}"
            self.sheet.problems.append(Problem(code="formula_without_value", reason=reason, place=where))

    def _row(self, element: etree._Element, row: int) -> bool:
        column = -1
        before = len(self.sheet.cells)
        for cell in element:
            reference = cell.get("r")
            match = _REFERENCE.match(reference) if reference else None
            column = column_number(match[1]) if match else column + 1
            if not len(cell):
                continue
            text = self._text(cell, row, column)
            if text:
                if column >= self.limits.max_columns:
                    raise LimitExceeded(
                        f"工作表“{self.sheet.name}”的列数超过上限{self.limits.max_columns}列。",
                        place=f"{self.sheet.name}!{address_of(row, column)}",
                    )
                self.sheet.cells[row, column] = text
        if len(self.sheet.cells) > self.limits.max_cells:
            raise LimitExceeded(f"工作表“{self.sheet.name}”的非空单元格超过上限{self.limits.max_cells}个。")
        return len(self.sheet.cells) > before

    def _text(self, cell: etree._Element, row: int, column: int) -> str:
        value: str | None = None
        has_formula = False
        for child in cell:
            name = local(child)
            if name == "v":
                value = child.text
            elif name == "is":
                return _rich(child)
            elif name == "f":
                has_formula = True
        kind = cell.get("t") or "n"
        if value is None or value == "":
            if has_formula and kind != "str":
                self.uncomputed.append(address_of(row, column))
            return ""
        if kind == "s":
            index = int(value) if value.strip().isdigit() else -1
            return self.strings[index] if 0 <= index < len(self.strings) else ""
        if kind == "b":
            return "TRUE" if value.strip() in ("1", "true") else "FALSE"
        if kind == "n":
            style = cell.get("s")
            index = int(style) if style and style.isdigit() else 0
            text = shown(value, self.codes[index] if index < len(self.codes) else "General", is_1904=self.is_1904)
            return "" if not self.shows_zero and value.strip() in ("0", "0.0", "-0") else text
        if kind == "d":
            return value.replace("T", " ").removesuffix(" 00:00:00").strip()
        return clean(value)

    def _merge(self, reference: str) -> None:
        match = _AREA.match(reference)
        if not match:
            return
        if len(self.sheet.merged) >= self.limits.max_rows:
            raise LimitExceeded(f"工作表“{self.sheet.name}”的合并单元格超过上限{self.limits.max_rows}个。")
        first, last = (int(match[2]) - 1, column_number(match[1])), (int(match[4]) - 1, column_number(match[3]))
        if first <= last and first[1] <= last[1]:
            self.sheet.merged.append((*first, *last))


@lru_cache(maxsize=20_000)
def column_number(letters: str) -> int:
    """0 for A, 27 for AB."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _drawings(sheet: Sheet, package: Package, place: str, limits: ReaderLimits) -> None:
    """Text boxes as paragraphs; pictures through recognition, or reported, for a table may stand in one."""
    pictures = 0
    for kind, target, is_external in package.relations(place).values():
        if kind != "drawing" or is_external or not package.has(target):
            continue
        try:
            root = package.xml(target)
        except UnreadableFile:
            continue
        for shape in root.iter("{*}txBody"):
            lines = ("".join(run.text or "" for run in line.iter("{*}t")) for line in shape.iter("{*}p"))
            text = clean("\n".join(lines))
            if text:
                sheet.texts.append(text)
        related = package.relations(target)
        for picture in root.iter("{*}blip"):
            blocks = _picture(package, related.get(attribute(picture, "embed") or "", ("", "", True)), limits)
            sheet.pictures += blocks
            pictures += not blocks
    if pictures:
        reason = f"工作表“{sheet.name}”有{pictures}张图片，图片中的文字未读取。如图片是表格，请另行导入图片。"
        sheet.problems.append(Problem(code="picture_not_read", reason=reason, place=sheet.name))


def _picture(package: Package, relation: tuple[str, str, bool], limits: ReaderLimits) -> list[Paragraph | Table]:
    """What recognition reads in a picture of the package; nothing where it is decoration or cannot be read."""
    _, target, is_external = relation
    if is_external or not package.has(target):
        return []
    from ingest.readers.ocr import embedded_blocks

    try:
        return embedded_blocks(package.part(target), limits) or []
    except UnreadableFile:
        return []
