"""Rare workbooks (.xlsb, .ods) by calamine, in a process of its own with bounded memory.

calamine lays out a sheet's whole used range; a few bytes that claim a cell in the last corner make it abort, which no
``except`` can catch. The child may die of it, the reader only sees that it did.
"""

from __future__ import annotations

import datetime
import io
import json
import sys
from pathlib import Path

from ingest.errors import LimitExceeded, UnreadableFile
from ingest.readers.limits import ReaderLimits
from ingest.readers.processes import run

_MEMORY = 3 << 30
"""Bytes of address space the child may use."""

Raw = tuple[str, bool, list[tuple[int, int, str]], list[tuple[int, int, int, int]]]
"""(name, is hidden, [(row, column, text)], merged areas) of one sheet."""


def raw_sheets(data: bytes, limits: ReaderLimits) -> list[Raw]:
    """Sheets of the workbook. Raises ``UnreadableFile`` (``damaged_file``) whatever way calamine fails."""
    root = str(Path(__file__).resolve().parents[2])
    most = json.dumps([limits.max_rows, limits.max_columns, limits.max_cells])
    code, output, _ = run(
        [sys.executable, "-m", "ingest.readers.calamine_process", most],
        seconds=limits.convert_seconds,
        what="读取表格文件",
        stdin=data,
        environment={"PYTHONPATH": root},
    )
    if code == 3:
        raise LimitExceeded("工作簿的行数、列数或单元格数超过上限。请拆分后再试。")
    if code != 0:
        raise UnreadableFile(
            f"表格文件已损坏或已加密，无法读取（退出码{code}）。请重新获取原文件。", code="damaged_file"
        )
    return [
        (name, hidden, [tuple(cell) for cell in cells], [tuple(area) for area in merged])
        for name, hidden, cells, merged in json.loads(output)
    ]


def _text(value: object) -> str:
    """A value of calamine as text: whole numbers without a point, dates as ISO."""
    from ingest.readers.number_format import shown

    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return shown(value)
    if isinstance(value, datetime.datetime):
        is_day = value.time() == datetime.time()
        return value.date().isoformat() if is_day else value.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def _main() -> int:
    import resource

    import python_calamine

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    max_rows, max_columns, max_cells = json.loads(sys.argv[1])
    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    found = []
    total = 0
    for index, item in enumerate(workbook.sheets_metadata):
        if "WorkSheet" not in str(item.typ):
            continue
        source = workbook.get_sheet_by_index(index)
        top, left = source.start or (0, 0)
        cells = [
            (row, column, text)
            for row, values in enumerate(source.to_python(skip_empty_area=True), top)
            for column, value in enumerate(values, left)
            if value != "" and (text := _text(value).strip())
        ]
        total += len(cells)
        if total > max_cells or len({row for row, *_ in cells}) > max_rows:
            return 3
        if any(column >= max_columns for _, column, _ in cells):
            return 3
        merged = [(a[0], a[1], b[0], b[1]) for a, b in source.merged_cell_ranges or ()]
        found.append((item.name, "Visible" not in str(item.visible), cells, merged))
    sys.stdout.write(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(_main())
