"""Reading performance sheets: project head, fund rows, indicator rows, total score (读绩效表).

Such sheets are forms: cells are merged freely, and in sources without spans a row slips left or right. A cell is
therefore placed by what it says (level names, signs and units of targets, numbers), in the order of the header, and
the arithmetic of weights decides where order alone does not.
"""

from __future__ import annotations

import itertools
import re
from decimal import Decimal
from functools import lru_cache

from ingest.dictionaries import find_line_item, find_terms
from ingest.document import Cell
from ingest.tables.assemble import WholeTable
from ingest.tables.classify import Recognition
from ingest.tables.funds import fund_words, header_columns, labelled_amounts, pair
from ingest.tables.grid import Grid
from ingest.tables.headers import clean_label
from ingest.tables.indicators import LEVELS, Frame, frame_code, is_stub, level_of, place_cells, score_text
from ingest.tables.reading import Ledger, TableReading, is_sentence, unit_in
from ingest.text import PrintedNumber, fold_width, is_nothing, join_lines, label_key, plain_key, squeeze, whole_number

_TOTAL_WORDS = (
    "总分",
    "合计",
    "总计",
    "总得分",
    "合计得分",
    "自评总分",
    "综合得分",
    "总分合计",
    "自评得分合计",
    "绩效指标总分",
    "评价总分",
)
_HEAD_LABELS = {
    "project": (
        "项目名称",
        "二级项目名称",
        "专项名称",
        "专项资金名称",
        "项目(政策)名称",
        "转移支付名称",
        "项目名称及编码",
        "项目名称(代码)",
    ),
    "unit": (
        "实施单位",
        "预算单位",
        "项目实施单位",
        "部门(单位)名称",
        "单位名称",
        "部门名称",
        "项目单位",
        "部门单位名称",
        "资金使用单位",
        "实施(预算)单位",
        "填报单位",
        "预算单位名称",
    ),
    "parent": (
        "主管部门",
        "主管部门及代码",
        "部门",
        "预算部门",
        "主管部门(单位)",
        "预算主管部门",
        "省级主管部门",
        "上级主管部门",
    ),
}
_PERSON_LABELS = (
    "项目负责人",
    "负责人",
    "联系人",
    "填报人",
    "联系电话",
    "电话",
    "单位负责人",
    "项目负责人及电话",
    "填表人",
    "经办人",
    "审核人",
)


_HEAD_KEYS = {kind: frozenset(map(label_key, words)) for kind, words in _HEAD_LABELS.items()}
_ALL_HEAD_KEYS = frozenset().union(*_HEAD_KEYS.values())
_CLOSING_WORDS = (
    "备注",
    "说明",
    "注",
    "自评结",
    "项目绩效分析",
    "其他需要说明",
    "评价结论",
    "联系人",
    "填表说明",
    "绩效分析",
    "审核意见",
)
"""What opens the rows below the indicators."""
_NUMBERED = re.compile(
    r"编码|代码|编号|序号|电话|联系|手机|负责人|年度|年份|日期|时间|期限|人数|邮编|经办|审核|填[报表]人"
)
"""Words of a form's head whose value is a number but no amount."""


def read_performance(whole: WholeTable, recognition: Recognition, document_unit: str | None) -> TableReading:
    """Figures (funds, weights, scores) and indicator rows of one performance sheet."""
    return _Sheet(whole, recognition, document_unit).read()


class _Sheet:
    def __init__(self, whole: WholeTable, recognition: Recognition, document_unit: str | None) -> None:
        self.whole = whole
        self.grid: Grid = whole.grid
        self.ledger = Ledger(whole, recognition)
        self.statement = recognition.statement_code
        self.document_unit = document_unit
        self.project: str | None = None
        self.unit_name: str | None = None
        self.parent: str | None = None
        self.fund_unit: str | None = whole.caption.unit
        self.section = 0
        self.notes: list[str] = []
        self.labels: dict[int, list[str]] = {}
        self.groups: list[tuple[int, str]] = []
        """(column, label) of 按收入性质分 | 按支出性质分, under which rows of label-value pairs stand."""
        self.group_heads: list[tuple[int, str]] = []
        """All words of that row, the total's (资金总额) and what is divided (年度预算申请) among them."""

    def read(self) -> TableReading:
        grid = self.grid
        frames = self._frames()
        fund_header: int | None = None
        row = 0
        frame: Frame | None = None
        frame_rows = {item.row: item for item in frames}
        while row < len(grid):
            if not grid.cells(row) or row in grid.skipped:
                row += 1
                continue
            if row in frame_rows:
                frame = frame_rows[row]
                self._words(row, "header", "栏目名中的数字")
                fund_header = None
                end = min([other for other in frame_rows if other > row], default=len(grid))
                row = self._indicators(frame, row + 1, end)
                frame = None
                continue
            if self._opens_groups(row) or self._group_row(row):
                row += 1
                continue
            if fund_header == row - 1 and self._is_sub_header(row):
                self._words(row, "header", "栏目名中的数字")
                row += 1
                continue
            if self._is_fund_header(row):
                fund_header = row
                self._note_fund_unit(row)
                if not self._inline_pairs(row):
                    self._words(row, "header", "栏目名中的数字")
                row += 1
                continue
            if fund_header is not None and self._fund_row(fund_header, row):
                row += 1
                continue
            if self._inline_pairs(row):
                row += 1
                continue
            self._head_row(row)
            row += 1
        self.ledger.rest()
        return self._close()

    # Frames and heads

    def _frames(self) -> list[Frame]:
        found = []
        for row in range(len(self.grid)):
            columns: list[tuple[int, str]] = []
            for cell in self.grid.cells(row):
                code = frame_code(cell.text)
                if code is not None:
                    columns.append((cell.column, code))
            names = {code for _, code in columns}
            if ("perf_level3" in names or "perf_level2" in names) and len(names) >= 3 and (names & set(LEVELS)):
                found.append(Frame(row, columns))
        return found

    def _is_fund_header(self, row: int) -> bool:
        heads = [words for cell in self.grid.cells(row) if (words := fund_words(cell.text))]
        # One cell that may head either of two columns (预算执行率) is as likely the name of an indicator.
        return len(heads) >= 2 and len(frozenset().union(*heads)) >= 2

    def _opens_groups(self, row: int) -> bool:
        """按收入性质分 | 按支出性质分: heads of the label-value pairs in the rows below."""
        cells = self.grid.cells(row)
        if len(cells) < 2 or not all(
            re.match(r"^按.{1,10}分(?:类)?[:：]?$", squeeze(cell.text)) for cell in cells[-2:]
        ):
            return False
        self.groups = [(cell.column, clean_label(cell.text)) for cell in cells[-2:]]
        self.group_heads = [(cell.column, clean_label(cell.text)) for cell in cells]
        self._words(row, "header", "栏目名中的数字")
        return True

    def _group_row(self, row: int) -> bool:
        """One row of label-value pairs under such heads."""
        if not self.groups:
            return False
        cells = self.grid.cells(row)
        if any(labelled_amounts(cell.text) for cell in cells):
            return self._labelled_row(row)
        pairs = [
            (label, value)
            for label, value in itertools.pairwise(cells)
            if whole_number(value.text) is not None and whole_number(label.text) is None
        ]
        if not pairs or len(pairs) != sum(whole_number(cell.text) is not None for cell in cells):
            self.groups = []
            return False
        self.section = self.section or 1
        for label, value in pairs:
            number = whole_number(value.text)
            assert number is not None
            text = squeeze(join_lines(label.text))
            over = [name for column, name in self.groups if column <= label.column] or [self.groups[0][1]]
            item = find_line_item(text, "performance", "")
            self.ledger.cell(row, value.column, "figure")
            money = number.unit or unit_in(text) or self.fund_unit or self.document_unit
            self._figure(row, value, number, text, item.code if item else None, over[-1], money, "fund")
        return self._take_words(row)

    def _labelled_row(self, row: int) -> bool:
        """一般公共预算：1180.00 in one cell; a bare number beside it is of the word above (资金总额)."""
        self.section = self.section or 1
        owner = self.group_heads[0][1]
        unit = unit_in(owner) or self.fund_unit or self.document_unit
        before: str | None = None
        for cell in self.grid.cells(row):
            # Conversions to text print a merged cell once for every column it covers.
            is_repeated, before = cell.text == before, cell.text
            over = [name for column, name in self.group_heads if column <= cell.column] or [owner]
            whole = whole_number(cell.text)
            if is_repeated and whole is None:
                self.ledger.other_numbers(row, cell.column, "label", "合并单元格的重复文字")
                continue
            amounts = [(over[-1], whole)] if whole is not None else labelled_amounts(cell.text)
            path = owner if whole is not None else over[-1]
            for ordinal, (label, number) in enumerate(amounts, 1):
                item = find_line_item(label, "performance", "")
                self.ledger.cell(row, cell.column, "figure")
                self._figure(
                    row, cell, number, label, item.code if item else None, path, number.unit or unit, "fund", ordinal
                )
        return self._take_words(row)

    def _is_sub_header(self, row: int) -> bool:
        """Whether a row only splits the fund columns above it (目标申报数 | 预算编制数)."""
        cells = self.grid.cells(row)
        codes = [{term.code for term in find_terms(clean_label(cell.text))} for cell in cells]
        return bool(cells) and all(found & {"perf_request", "perf_compiled", "initial_budget"} for found in codes)

    def _note_fund_unit(self, row: int) -> None:
        for cell in self.grid.cells(row):
            unit = unit_in(cell.text) or unit_in(join_lines(cell.text))
            if unit:
                self.fund_unit = unit
        if self.fund_unit is None:
            for near in range(max(0, row - 1), min(len(self.grid), row + 3)):
                for cell in self.grid.cells(near):
                    self.fund_unit = self.fund_unit or unit_in(join_lines(cell.text))

    def _head_row(self, row: int) -> None:
        """项目名称 | X, 主管部门 | Y 实施单位 | Z; everything else in the head is text."""
        cells = self.grid.cells(row)
        keys = [label_key(re.sub(r"[(（](?:盖章|公章)[)）]", "", fold_width(cell.text))) for cell in cells]
        for position, key in enumerate(keys):
            value = cells[position + 1] if position + 1 < len(cells) else None
            if value is not None and keys[position + 1] in _ALL_HEAD_KEYS:
                continue  # a blank value: the next cell is the next label
            for kind, words in _HEAD_KEYS.items():
                if key in words and value is not None:
                    text = squeeze(join_lines(value.text))
                    if kind == "project":
                        self.project = self.project or text
                    elif kind == "unit":
                        self.unit_name = self.unit_name or text
                    else:
                        self.parent = self.parent or text
        for cell in cells:
            folded = squeeze(cell.text)
            role = "prose" if is_sentence(folded) else "label"
            reason = "表头信息" if role == "label" else "目标与完成情况的文字叙述"
            before = [other.text for other in cells if other.column < cell.column]
            if whole_number(cell.text) is not None and not (before and _NUMBERED.search(squeeze(before[-1]))):
                role, reason = "unmapped", "表头中的数字没有对应的栏目"
            self.ledger.other_numbers(row, cell.column, role, reason)

    def _words(self, row: int, role: str, reason: str) -> None:
        for cell in self.grid.cells(row):
            self.ledger.other_numbers(row, cell.column, role, reason)

    # Fund rows

    def _fund_row(self, header: int, row: int) -> bool:
        cells = self.grid.cells(row)
        columns = header_columns(self.grid, header)
        first = cells[0]
        label_cell: Cell | None = None
        for cell in cells[:4]:
            if whole_number(cell.text) is None and not is_nothing(cell.text) and self._is_fund_label(cell.text):
                label_cell = cell
                break
        if label_cell is None:
            for cell in cells[:3]:
                text = cell.text
                numbers = [
                    other for other in cells if other.column > cell.column and whole_number(other.text) is not None
                ]
                if whole_number(text) is None and not is_nothing(text) and not is_sentence(text) and len(numbers) >= 2:
                    label_cell = cell
                    if (
                        len(cells) > 1
                        and cells[1] is not cell
                        and whole_number(cells[1].text) is None
                        and not is_nothing(cells[1].text)
                    ):
                        label_cell = cells[1]
                    break
        if label_cell is None:
            return all(
                any(term.code in ("perf_request", "perf_compiled") for term in find_terms(clean_label(cell.text)))
                or (cell is first and not whole_number(cell.text))
                for cell in cells
            ) and self._take_words(row)
        values = [cell for cell in cells if cell.column > label_cell.column]
        marks = [cell for cell in values if whole_number(cell.text) is not None or is_nothing(cell.text)]
        if not any(whole_number(cell.text) is not None for cell in marks):
            if not marks and not any(term for cell in values for term in find_terms(clean_label(cell.text))):
                return False
            return self._take_words(row)
        self.section += 0 if self.section else 1
        pairs = pair(self.grid, marks, columns)
        label = squeeze(join_lines(label_cell.text))
        item = find_line_item(label, "performance", "")
        for cell, path in pairs:
            number = whole_number(cell.text)
            self.ledger.cell(row, cell.column, "figure")
            if number is None:
                continue
            if path is None:
                self.ledger.number(row, cell.column, 1, number, "unmapped", reason="资金行中的数字没有对应的栏目")
                continue
            unit = self._fund_cell_unit(path, number.unit, label)
            self._figure(row, cell, number, label, item.code if item else None, path, unit, "fund")
        self._take_words(row)
        return True

    def _is_fund_label(self, text: str) -> bool:
        if find_line_item(squeeze(join_lines(text)), "performance", "") is not None:
            return not plain_key(text).startswith("项目资金")
        return False

    def _take_words(self, row: int) -> bool:
        for cell in self.grid.cells(row):
            if whole_number(cell.text) is None:
                self.ledger.other_numbers(row, cell.column, "label", "行名中的数字")
        return True

    def _fund_cell_unit(self, path: str, own: str | None, label: str) -> str | None:
        for part in reversed(path.split("/")):
            for term in find_terms(part):
                if term.unit:
                    return own if own in ("%", "分") and own == term.unit else term.unit
        return own or unit_in(label) or self.fund_unit or self.document_unit

    def _inline_pairs(self, row: int) -> bool:
        """Label-value pairs in one row (年度预算总额: 30 其中:财政拨款 30); the first cell names the row."""
        cells = self.grid.cells(row)
        pairs: list[tuple[Cell, Cell]] = []
        for label, value in itertools.pairwise(cells):
            if (
                whole_number(value.text) is not None
                and whole_number(label.text) is None
                and not is_sentence(label.text)
            ):
                if any(label_key(word) == label_key(label.text) for word in _PERSON_LABELS):
                    continue
                if self._is_fund_label(label.text) or re.search(r"资金|预算|拨款|金额|执行数|支出|结余", label.text):
                    pairs.append((label, value))
        if not pairs:
            return False
        numbers = [cell for cell in cells if whole_number(cell.text) is not None]
        if len(pairs) < len(numbers):
            return False
        unit = next((unit_in(join_lines(cell.text)) for cell in cells if unit_in(join_lines(cell.text))), None)
        self.fund_unit = unit or self.fund_unit
        row_label = squeeze(join_lines(cells[0].text))
        self.section += 0 if self.section else 1
        for label, value in pairs:
            number = whole_number(value.text)
            assert number is not None
            text = squeeze(join_lines(label.text))
            item = find_line_item(text, "performance", "")
            self.ledger.cell(row, value.column, "figure")
            money = number.unit or unit_in(text) or self.fund_unit or self.document_unit
            self._figure(row, value, number, row_label, item.code if item else None, text, money, "fund")
        self._take_words(row)
        return True

    def _figure(
        self,
        row: int,
        cell: Cell,
        number: PrintedNumber,
        label: str,
        item: str | None,
        path: str,
        unit: str | None,
        kind: str,
        ordinal: int = 1,
    ) -> None:
        """Write one figure of the sheet; ``ordinal`` is its place among the numbers of the cell."""
        term = next(iter(find_terms(path.split("/")[-1]) or find_terms(path)), None)
        self.ledger.number(
            row,
            cell.column,
            ordinal,
            number,
            "figure",
            section_ordinal=self.section or 1,
            row_label=label,
            row_label_key=label_key(label),
            is_of_which=squeeze(fold_width(label)).startswith("其中"),
            line_item_code=item,
            column_label=path,
            column_term_code=term.code if term else None,
            unit_of_measure=unit,
            unit_origin="cell"
            if number.unit and number.unit == unit
            else "inferred"
            if unit in ("分", "%")
            else "table",
            row_kind=kind,
        )
        if cell.column not in self.labels:
            self.labels[cell.column] = path.split("/")

    # Indicator rows

    def _indicators(self, frame: Frame, start: int, end: int) -> int:
        grid = self.grid
        level1 = level2 = None
        row = start
        last: dict | None = None
        while row < end:
            cells = grid.cells(row)
            if not cells or row in grid.skipped:
                row += 1
                continue
            texts = [cell for cell in cells if not (cell.column == 0 and cell.row_span > 1 and is_stub(cell.text))]
            total = next((cell for cell in texts[:3] if _names_total(cell.text)), None)
            if total is not None and any(whole_number(cell.text) or score_text(cell.text) for cell in texts):
                self._total_row(row, total, texts, frame)
                return row + 1
            if self._ends(cells):
                return row
            if self._is_fund_header(row) and not any(level_of(cell.text) is not None for cell in cells):
                return row
            found = self._indicator(frame, row, texts, level1, level2, last)
            if found is None:
                for cell in cells:
                    self.ledger.other_numbers(
                        row, cell.column, "prose" if is_sentence(cell.text) else "label", "文字叙述"
                    )
                names = [cell.text for cell in cells if level_of(cell.text) is not None]
                if names:
                    level1 = squeeze(names[0])
                    level2 = None
            else:
                level1, level2, last = found
            row += 1
        return row

    @staticmethod
    def _ends(cells: list[Cell]) -> bool:
        return label_key(cells[0].text).startswith(_CLOSING_WORDS)

    def _total_row(self, row: int, label_cell: Cell, texts: list[Cell], frame: Frame) -> None:
        label = squeeze(join_lines(label_cell.text))
        numbers = [
            (cell, score_text(cell.text))
            for cell in texts
            if cell is not label_cell and score_text(cell.text) is not None
        ]
        weights = [
            Decimal(item["weight_printed"])
            for item in self.ledger.reading.indicators
            if _decimal(item["weight_printed"])
        ]
        scores = [
            Decimal(item["score_printed"]) for item in self.ledger.reading.indicators if _decimal(item["score_printed"])
        ]
        weight_label, score_label = self._label(frame, "perf_weight"), self._label(frame, "perf_score")
        for position, (cell, number) in enumerate(numbers):
            assert number is not None
            self.ledger.cell(row, cell.column, "figure")
            if len(numbers) >= 2:
                path = weight_label if position == 0 else score_label if position == 1 else None
            else:
                value = Decimal(number.value_text)
                by_place = next((code for column, code in frame.columns if column == cell.column), None)
                full = value == 100 and (not scores or abs(sum(scores) - value) > 15) and bool(weights)
                path = weight_label if (full and by_place == "perf_weight") or score_label is None else score_label
            if path is None:
                self.ledger.number(row, cell.column, 1, number, "unmapped", reason="总分行中的数字没有对应的栏目")
                continue
            self._figure(row, cell, number, label, None, path, "分", "score")
        for cell in texts:
            self.ledger.other_numbers(row, cell.column, "label", "行名中的数字")

    def _label(self, frame: Frame, code: str) -> str | None:
        column = frame.column_of(code)
        return clean_label(self.grid.text(frame.row, column)) if column is not None else None

    def _indicator(
        self, frame: Frame, row: int, texts: list[Cell], level1: str | None, level2: str | None, last: dict | None
    ) -> tuple[str | None, str | None, dict | None] | None:
        """One indicator row: levels by name, other cells by place or, where the row slipped, by order and content."""
        placed = place_cells(self.grid, frame, texts)
        name = placed.get("perf_level3")
        top, second = placed.get("perf_level1"), placed.get("perf_level2")
        if top is not None and level1 is not None and self._is_rest_of_level(top.text, level1):
            top = None
        new1 = squeeze(join_lines(top.text)) if top is not None else level1
        new2 = squeeze(join_lines(second.text)) if second is not None else (level2 if top is None else None)
        own1, own2 = new1, new2
        if top is not None and second is None and level2 is not None and self._opens_below(frame, row):
            # a label centred in its merged cells stands a row early: its own second level opens in the next row
            own1, own2 = level1, level2
        weight = score_text(placed["perf_weight"].text) if "perf_weight" in placed else None
        score = score_text(placed["perf_score"].text) if "perf_score" in placed else None
        others = [code for code in placed if code not in LEVELS]
        is_rest = name is not None and not others and whole_number(name.text) is None
        if is_rest and last is not None and weight is None and score is None:
            # the rest of a label that a page break cut off
            full = last["level3"] + squeeze(join_lines(name.text))
            for item in self.ledger.reading.numbers:
                if item["row_ordinal"] == last["row_ordinal"] and item.get("row_kind") == "indicator":
                    item["row_label"], item["row_label_key"] = full, label_key(full)
            last["level3"] = full
            self.ledger.other_numbers(row, name.column, "label", "指标名称中的数字")
            self._take_words(row)
            return new1, new2, last
        if name is None or (not others and weight is None):
            return None
        label = squeeze(join_lines(name.text))
        for code, number in (("perf_weight", weight), ("perf_score", score)):
            path = self._label(frame, code)
            if number is not None and path is not None:
                cell = placed[code]
                self.ledger.cell(row, cell.column, "figure")
                self._figure(row, cell, number, label, None, path, "分", "indicator")
        self._land_indicator(frame, row, placed, own1, own2, label, weight, score)
        for cell in texts:
            text_role = "label" if cell in (name, top, second) else "indicator"
            self.ledger.other_numbers(
                row,
                cell.column,
                text_role,
                "指标名称中的数字" if text_role == "label" else "指标值、完成值或说明中的数字",
            )
        return new1, new2, self.ledger.reading.indicators[-1]

    @staticmethod
    def _is_rest_of_level(text: str, level: str) -> bool:
        """The last characters of the level above, cut off by a page break: 效益指 / 标."""
        rest = squeeze(join_lines(text))
        return len(rest) <= 2 and level_of(rest) is None and level.endswith(rest)

    def _opens_below(self, frame: Frame, row: int) -> bool:
        """Whether the next row names a second level and no first."""
        cells = self.grid.cells(row + 1) if row + 1 < len(self.grid.rows) else []
        if not cells:
            return False
        placed = place_cells(self.grid, frame, cells)
        return "perf_level2" in placed and "perf_level1" not in placed and level_of(placed["perf_level2"].text) == 2

    def _land_indicator(self, frame, row, placed, level1, level2, label, weight, score) -> None:
        def printed(code: str) -> str | None:
            cell = placed.get(code)
            return join_lines(cell.text) if cell is not None else None

        nature, unit = printed("perf_nature"), printed("perf_unit")
        target = printed("perf_target_adjusted") or printed("perf_target")
        if target is not None and (nature or unit):
            target = f"{nature if nature and not re.match('定性', nature) else ''}{target}{unit or ''}"
        cell = placed["perf_level3"]
        self.ledger.reading.indicators.append(
            {
                "origin": "table",
                "table_ordinal": self.whole.ordinal,
                "row_ordinal": row + 1,
                "page": cell.page or self.grid.page,
                "source_line": cell.line,
                "sheet": self.grid.sheet,
                "statement_code": self.statement,
                "project_name": self.project,
                "level1": level1,
                "level2": level2,
                "level3": label,
                "target_printed": target,
                "target_initial_printed": printed("perf_target") if "perf_target_adjusted" in placed else None,
                "actual_printed": printed("perf_actual"),
                "prior_actual_printed": printed("perf_prior"),
                "weight_printed": weight.value_text if weight else None,
                "score_printed": score.value_text if score else None,
                "deviation_reason": printed("perf_reason"),
                "note": None,
            }
        )

    # Closing

    def _close(self) -> TableReading:
        reading = self.ledger.reading
        for number in reading.numbers:
            if number["role"] == "figure":
                number["project_name"] = self.project
        for column, path in sorted(self.labels.items()):
            for position, label in enumerate(path, 1):
                term = next(iter(find_terms(label)), None)
                reading.columns.append(
                    {
                        "table_ordinal": self.whole.ordinal,
                        "section_ordinal": 1,
                        "column_ordinal": column + 1,
                        "part_ordinal": position,
                        "label_printed": label,
                        "term_code": term.code if term else None,
                        "origin": "printed",
                    }
                )
        figures = sum(number["role"] == "figure" for number in reading.numbers)
        weights = [Decimal(item["weight_printed"]) for item in reading.indicators if _decimal(item["weight_printed"])]
        total = sum(weights)
        agreed = total in (100, 90, 80) if weights else None
        reading.table.update(
            state="present" if figures or reading.indicators else "empty",
            project_name=self.project,
            unit_name_printed=reading.table["unit_name_printed"] or self.unit_name,
            unit_printed=self.fund_unit,
            alignment_method="spans" if self.grid.has_spans else "position",
            alignment_confidence=95 if agreed else 75 if agreed is None else 70,
            alignment_reason=f"指标分值合计{total}" if weights else "没有分值可验证",
        )
        reading.table["parent_unit"] = self.parent
        return reading


@lru_cache(maxsize=65536)
def _decimal(text: str | None) -> bool:
    return bool(text) and re.fullmatch(r"-?\d+(?:\.\d+)?", text or "") is not None


@lru_cache(maxsize=65536)
def _names_total(text: str) -> bool:
    return label_key(re.sub(r"[(（].*", "", text)) in _TOTAL_WORDS
