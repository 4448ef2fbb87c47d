"""The binary records of .xls workbooks (BIFF8 of Excel 97–2003, BIFF5 of Excel 95).

Read here rather than by a library, for two reasons: the number formats decide the printed digits, and a damaged or
hostile file must not be able to end the process (calamine lays out the whole used range and aborts when that is huge).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ingest.document import Problem
from ingest.errors import LimitExceeded, UnreadableFile
from ingest.readers.limits import ReaderLimits
from ingest.readers.number_format import BUILTIN, shown
from ingest.readers.ole import DAMAGE, OLE_MARK, CompoundFile
from ingest.readers.spreadsheet import Sheet, address_of, clean

_BOF, _EOF, _CONTINUE, _FILEPASS = 0x0809, 0x000A, 0x003C, 0x002F
_CODEPAGE, _DATEMODE, _FORMAT, _XF, _BOUNDSHEET, _SST = 0x0042, 0x0022, 0x041E, 0x00E0, 0x0085, 0x00FC
_NUMBER, _RK, _MULRK, _LABELSST, _LABEL, _RSTRING = 0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204, 0x00D6
_FORMULA, _STRING, _BOOLERR, _MERGED, _WINDOW2, _TXO = 0x0006, 0x0207, 0x0205, 0x00E5, 0x023E, 0x01B6
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_CODECS = {936: "gb18030", 950: "big5", 1200: "utf-16-le", 1252: "cp1252", 65001: "utf-8", 367: "ascii"}

Record = tuple[int, bytes, list[bytes]]
"""(record number, its bytes, the bytes of the CONTINUE records after it)."""


def sheets(data: bytes, limits: ReaderLimits) -> Iterator[Sheet]:
    """Every worksheet in its order. Raises ``UnreadableFile`` (``encrypted_file``, ``damaged_file``)."""
    stream = _workbook_stream(data)
    try:
        book = _Book(stream)
    except DAMAGE as error:
        raise _damaged(type(error).__name__) from error
    for name, offset, is_hidden, kind in book.sheets:
        if kind != 0:
            continue
        sheet = Sheet(name, is_hidden=is_hidden)
        try:
            _Filler(sheet, book, limits).fill(offset)
        except DAMAGE:
            reason = f"工作表“{name}”的数据已损坏，只读出损坏处之前的内容。请重新获取原文件。"
            sheet.problems.append(Problem(code="damaged_sheet", reason=reason, place=name))
        yield sheet


def _workbook_stream(data: bytes) -> bytes:
    if not data.startswith(OLE_MARK):
        return data
    try:
        file = CompoundFile(data)
        name = next(name for name in ("workbook", "book") if name in file.top)
        return file.stream(name)
    except (*DAMAGE, KeyError, StopIteration) as error:
        raise _damaged(type(error).__name__) from error


def _records(stream: bytes, offset: int) -> Iterator[Record]:
    """Records from an offset on, each with its continuations; ends at the end of the stream."""
    held: Record | None = None
    while offset + 4 <= len(stream):
        number, size = struct.unpack_from("<HH", stream, offset)
        body = stream[offset + 4 : offset + 4 + size]
        if len(body) < size:
            if held is not None:
                yield held
            raise ValueError("record cut off")
        offset += 4 + size
        if number == _CONTINUE and held is not None:
            held[2].append(body)
            continue
        if held is not None:
            yield held
        held = (number, body, [])
    if held is not None:
        yield held


class _Book:
    """What holds for all sheets: strings, formats, dates, and where the sheets begin."""

    def __init__(self, stream: bytes) -> None:
        self.stream = stream
        self.is_wide = True
        self.is_1904 = False
        self.codec = "gb18030"
        self.strings: list[str] = []
        self.sheets: list[tuple[str, int, bool, int]] = []
        self._formats: dict[int, str] = {}
        self._styles: list[int] = []
        number, size = struct.unpack_from("<HH", stream, 0)
        if number != _BOF or size < 4:
            raise _damaged("不是 Excel 95 及以后的格式")
        self.is_wide = struct.unpack_from("<H", stream, 4)[0] >= 0x0600
        for number, body, more in _records(stream, 0):
            if number == _EOF:
                break
            self._record(number, body, more)
        self.codes = [self._formats.get(style, BUILTIN.get(style, "General")) for style in self._styles]

    def _record(self, number: int, body: bytes, more: list[bytes]) -> None:
        if number == _FILEPASS:
            raise UnreadableFile("表格文件已加密，没有密码无法读取。请取消密码后再导入。", code="encrypted_file")
        if number == _CODEPAGE:
            self.codec = _CODECS.get(struct.unpack_from("<H", body)[0], "gb18030")
        elif number == _DATEMODE:
            self.is_1904 = struct.unpack_from("<H", body)[0] == 1
        elif number == _FORMAT:
            index = struct.unpack_from("<H", body)[0]
            self._formats[index] = self.text(body, 2, 2 if self.is_wide else 1)
        elif number == _XF:
            self._styles.append(struct.unpack_from("<H", body, 2)[0])
        elif number == _BOUNDSHEET:
            offset, state, kind = struct.unpack_from("<IBB", body)
            self.sheets.append((self.text(body, 6, 1) or "未命名", offset, bool(state & 3), kind))
        elif number == _SST:
            self.strings = list(_shared_strings(body, more))

    def text(self, body: bytes, offset: int, width: int) -> str:
        """A string whose length takes ``width`` bytes, in the way of this version."""
        count = int.from_bytes(body[offset : offset + width], "little")
        offset += width
        if not self.is_wide:
            return body[offset : offset + count].decode(self.codec, "replace")
        flags = body[offset]
        offset += 1 + (2 if flags & 8 else 0) + (4 if flags & 4 else 0)
        if flags & 1:
            return body[offset : offset + 2 * count].decode("utf-16-le", "replace")
        return body[offset : offset + count].decode("latin-1")


def _shared_strings(body: bytes, more: list[bytes]) -> Iterator[str]:
    """The shared strings. One may go on in the next record, whose first byte then says anew how wide it is."""
    parts = [body, *more]
    count = struct.unpack_from("<I", body, 4)[0]
    part, offset = 0, 8
    for _ in range(count):
        if offset >= len(parts[part]):
            part, offset = part + 1, offset - len(parts[part])
            if part >= len(parts):
                return
        length, flags = struct.unpack_from("<HB", parts[part], offset)
        offset += 3
        runs = extra = 0
        if flags & 8:
            runs = struct.unpack_from("<H", parts[part], offset)[0]
            offset += 2
        if flags & 4:
            extra = struct.unpack_from("<I", parts[part], offset)[0]
            offset += 4
        text: list[str] = []
        while length:
            width = 2 if flags & 1 else 1
            here = min(length, (len(parts[part]) - offset) // width)
            raw = parts[part][offset : offset + here * width]
            text.append(raw.decode("utf-16-le" if width == 2 else "latin-1", "replace"))
            length -= here
            offset += here * width
            if length:
                part += 1
                if part >= len(parts):
                    return
                flags, offset = parts[part][0], 1
        yield clean("".join(text))
        rest = runs * 4 + extra
        while rest > len(parts[part]) - offset:
            rest -= len(parts[part]) - offset
            part, offset = part + 1, 0
            if part >= len(parts):
                return
        offset += rest


class _Filler:
    """Reads the records of one sheet into a ``Sheet``."""

    def __init__(self, sheet: Sheet, book: _Book, limits: ReaderLimits) -> None:
        self.sheet = sheet
        self.book = book
        self.limits = limits
        self.shows_zero = True
        self.zeros: list[tuple[int, int]] = []
        self.rows: set[int] = set()
        self.pending: tuple[int, int] | None = None

    def fill(self, offset: int) -> None:
        """All cells, merged areas and text boxes of the sheet that begins at ``offset``."""
        depth = 0
        for number, body, more in _records(self.book.stream, offset):
            if number == _BOF:
                depth += 1
            elif number == _EOF:
                depth -= 1
                if depth <= 0:
                    break
            elif depth == 1:
                self._record(number, body, more)
        if not self.shows_zero:
            for place in self.zeros:
                self.sheet.cells.pop(place, None)

    def _record(self, number: int, body: bytes, more: list[bytes]) -> None:
        if number == _NUMBER:
            self._number(*struct.unpack_from("<HHHd", body))
        elif number == _RK:
            row, column, style, value = struct.unpack_from("<HHHI", body)
            self._number(row, column, style, _rk(value))
        elif number == _MULRK:
            row, first = struct.unpack_from("<HH", body)
            for index in range((len(body) - 6) // 6):
                style, value = struct.unpack_from("<HI", body, 4 + 6 * index)
                self._number(row, first + index, style, _rk(value))
        elif number == _LABELSST:
            row, column, _, index = struct.unpack_from("<HHHI", body)
            self._put(row, column, self.book.strings[index] if index < len(self.book.strings) else "")
        elif number in (_LABEL, _RSTRING):
            row, column = struct.unpack_from("<HH", body)
            self._put(row, column, clean(self.book.text(body, 6, 2)))
        elif number == _FORMULA:
            self._formula(body)
        elif number == _STRING and self.pending is not None:
            row, column = self.pending
            self._put(row, column, clean(self.book.text(body + b"".join(part[1:] for part in more), 0, 2)))
            self.pending = None
        elif number == _BOOLERR:
            row, column, _, value, is_error = struct.unpack_from("<HHHBB", body)
            self._put(row, column, _constant(value, bool(is_error)))
        elif number == _MERGED:
            for index in range(min(struct.unpack_from("<H", body)[0], (len(body) - 2) // 8)):
                top, bottom, left, right = struct.unpack_from("<HHHH", body, 2 + 8 * index)
                if top <= bottom and left <= right:
                    self.sheet.merged.append((top, left, bottom, right))
        elif number == _WINDOW2:
            self.shows_zero = bool(struct.unpack_from("<H", body)[0] & 0x10)
        elif number == _TXO and more and len(body) >= 12 and more[0]:
            count = struct.unpack_from("<H", body, 10)[0]
            raw = more[0][1:]
            text = raw[: 2 * count].decode("utf-16-le", "replace") if more[0][0] & 1 else raw[:count].decode("latin-1")
            if clean(text):
                self.sheet.texts.append(clean(text))

    def _formula(self, body: bytes) -> None:
        row, column, style = struct.unpack_from("<HHH", body)
        result = body[6:14]
        if result[6:8] != b"\xff\xff":
            self._number(row, column, style, struct.unpack("<d", result)[0])
        elif result[0] == 0:
            self.pending = (row, column)
        elif result[0] in (1, 2):
            self._put(row, column, _constant(result[2], result[0] == 2))

    def _number(self, row: int, column: int, style: int, value: float) -> None:
        codes = self.book.codes
        text = shown(value, codes[style] if style < len(codes) else "General", is_1904=self.book.is_1904)
        if value == 0:
            self.zeros.append((row, column))
        self._put(row, column, text)

    def _put(self, row: int, column: int, text: str) -> None:
        if not text:
            return
        if column >= self.limits.max_columns:
            raise LimitExceeded(
                f"工作表“{self.sheet.name}”的列数超过上限{self.limits.max_columns}列。",
                place=f"{self.sheet.name}!{address_of(row, column)}",
            )
        self.sheet.cells[row, column] = text
        self.rows.add(row)
        if len(self.rows) > self.limits.max_rows:
            raise LimitExceeded(f"工作表“{self.sheet.name}”的非空行超过上限{self.limits.max_rows}行。")
        if len(self.sheet.cells) > self.limits.max_cells:
            raise LimitExceeded(f"工作表“{self.sheet.name}”的非空单元格超过上限{self.limits.max_cells}个。")


def _rk(value: int) -> float:
    """A number packed into 30 bits: an integer or the upper part of a float, perhaps in hundredths."""
    if value & 2:
        number = float((value >> 2) - (1 << 30 if value & 0x80000000 else 0))
    else:
        number = struct.unpack("<d", struct.pack("<Q", (value & 0xFFFFFFFC) << 32))[0]
    return number / 100 if value & 1 else number


def _constant(value: int, is_error: bool) -> str:
    if is_error:
        return _ERRORS.get(value, "#N/A")
    return "TRUE" if value else "FALSE"


def _damaged(detail: str) -> UnreadableFile:
    return UnreadableFile(f"表格文件已损坏或不完整，无法读取（{detail}）。请重新获取原文件。", code="damaged_file")
