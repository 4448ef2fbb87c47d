"""Plain text and Markdown: lines with tabs, pipes, frames, commas or HTML fragments become tables, others paragraphs.

A line is one paragraph. A run of neighbouring lines with tabs, or with pipes, is one table; a blank line (a page
break in most texts) ends it, and whoever understands the columns joins the parts again. Cell positions count the
separators as they stand: where a merged header cell lost its separators, the cells stand shifted (``has_spans`` is
False and says so).
"""

from __future__ import annotations

import html as html_entities
import re
from hashlib import sha256
from itertools import pairwise

from ingest.document import Cell, Document, Link, Paragraph, Table
from ingest.errors import LimitExceeded
from ingest.readers.encoding import decode
from ingest.readers.limits import DEFAULT, ReaderLimits
from ingest.readers.text_ruled import box_rows, comma_rows, is_box_line

READER = "text"
READER_VERSION = "2"

Block = Paragraph | Table
Line = tuple[int, str]
"""(line number from 1, text without its line end)."""

_HEADING = re.compile(r"[ ]{0,3}(#{1,6})(?:[ \t]+|(?=\*\*)|(?<=##)(?=[^#]))(.*)")
_HEADING_END = re.compile(r"[ \t]+#+[ \t]*$")
_LEADER = re.compile(r"(?:\.{2,}|…+|·{2,}|．{2,}|。{3,}|-{4,}|_{4,})[ \t]*$")
_PAGE = re.compile(r"(?:第 ?)?[-—– ]{0,3}(\d{1,3})[-—– ]{0,3}(?: ?页)?$")
_CONTENTS_HEAD = re.compile(r"[目\s]*目[\s　]*[录次][\s　:：]*$")
_ENTRY_HEAD = re.compile(
    r"[ \t　]*(?:第[一二三四五六七八九十\d]+[部章节]|[（(]?[一二三四五六七八九十\d]+[)）、.．]|表|附)"
)
_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|nbsp|lt|gt|amp|quot|apos|emsp|ensp|thinsp|times|mdash|"
                     r"ndash|hellip|middot|ldquo|rdquo|lsquo|rsquo|yen|permil|ge|le|ne);")
_INLINE_BREAK = re.compile(r"</?(?:br|p|div|li|ul|ol)\b[^<>]*>", re.IGNORECASE)
_INLINE_TAG = re.compile(r"</?(?:b|strong|i|em|u|span|font|sub|sup|a|center|small|big|h[1-6]|o:p)\b[^<>]*>",
                         re.IGNORECASE)
_MARKDOWN_LINK = re.compile(r"!?\[([^\[\]]*)\]\(([^()\s]*)[^()]*\)")
_TABLE_OPEN = re.compile(r"<table\b", re.IGNORECASE)
_TABLE_CLOSE = re.compile(r"</table\s*>", re.IGNORECASE)
_NEAR = 30
"""Lines on either side that are looked at to tell a contents list from a table of two columns."""
_BARE_ROW = re.compile(
    r"[ 　]*(?:[（(][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}、)[^。；：:，,\t]{2,30}(?<![表明况])"
)
"""A numbered row of a table without any amount; titles of tables and of sections (…表 …说明 …情况) are none."""
_MAX_BARE = 12
"""Most rows without amounts on end."""
_PIPE = re.compile(r"(?<!\\)[|｜]")


def read(data: bytes, *, limits: ReaderLimits = DEFAULT) -> Document:
    """Text or Markdown bytes as a document.

    Raises ``UnreadableFile`` for empty files, binary content and unknown encodings, ``LimitExceeded`` for size.
    """
    if len(data) > limits.max_bytes:
        raise LimitExceeded(f"文件有{len(data)}字节，超过上限{limits.max_bytes}字节。请拆分后再试。")
    decoded = decode(data)
    builder = _Builder(limits)
    lines = _lines(decoded.text)
    builder.run(lines)
    return Document(
        document_id=sha256(data).hexdigest(),
        file_format="markdown" if builder.is_markdown else "text",
        reader=READER,
        reader_version=READER_VERSION,
        blocks=tuple(builder.blocks),
        byte_count=len(data),
        encoding=decoded.encoding,
        line_count=lines[-1][0] if lines else 0,
        links=tuple(builder.links),
        problems=decoded.problems,
    )


def blocks_of_lines(text: str, *, first_line: int, limits: ReaderLimits) -> list[Block]:
    """Blocks of preformatted text inside another file, whose first line is line ``first_line`` there."""
    builder = _Builder(limits)
    builder.run([(number + first_line - 1, line) for number, line in _lines(text)])
    return builder.blocks


def _lines(text: str) -> list[Line]:
    """Numbered lines. A form feed is a blank line that has no number of its own."""
    if text.endswith("\n"):
        text = text[:-1]
    if "\f" not in text and "\v" not in text:
        return list(enumerate(text.split("\n"), 1))
    lines: list[Line] = []
    for number, line in enumerate(text.split("\n"), 1):
        for position, part in enumerate(re.split("[\f\v]", line)):
            if position:
                lines.append((number, ""))
            lines.append((number, part))
    return lines


class _Builder:
    """Collects blocks while the lines go by; one instance reads one text."""

    def __init__(self, limits: ReaderLimits) -> None:
        self.limits = limits
        self.blocks: list[Block] = []
        self.links: list[Link] = []
        self.is_markdown = False
        self.cell_count = 0
        self.contents_left = 0
        """How many more plain lines may come before a contents list counts as ended; 0 outside of one."""

    def run(self, lines: list[Line]) -> None:
        """Read all lines, run by run."""
        index, count = 0, len(lines)
        prose_until = 0
        """Lines up to here were looked at for comma-separated values and are none."""
        while index < count:
            number, line = lines[index]
            if "\t" in line and not line.isspace():
                index = self._tab_run(lines, index)
            elif is_box_line(line):
                index = self._box_run(lines, index)
            elif "|" in line or "｜" in line:
                index = self._pipe_run(lines, index)
            elif index >= prose_until and line.count(",") > 1:
                rows, after = comma_rows(lines, index)
                if rows:
                    self.contents_left = 0
                    self._table(rows)
                    index = after
                else:
                    prose_until = max(after, index + 1)
            elif "<" in line and _TABLE_OPEN.search(line):
                index = self._html_run(lines, index)
            else:
                if line and not line.isspace():
                    self._paragraph(number, line)
                index += 1

    # Paragraphs

    def _paragraph(self, number: int, line: str) -> None:
        text = line.rstrip()
        level = 0
        if "#" in text and (match := _HEADING.match(text)):
            level = len(match[1])
            text = _HEADING_END.sub("", match[2]).strip()
            self.is_markdown = True
        text = self._inline(text, number)
        if not text.strip():
            return
        if len(self.blocks) >= self.limits.max_blocks:
            raise LimitExceeded(f"文件的段落和表格超过上限{self.limits.max_blocks}个（第{number}行）。请拆分后再试。")
        if self.contents_left:
            self.contents_left -= 1
        if "目" in text and _CONTENTS_HEAD.match(text):
            self.contents_left = 3
        self.blocks.append(Paragraph(text, number, level=level))

    def _inline(self, text: str, number: int) -> str:
        """Text without Markdown and HTML marks that print nothing."""
        if "**" in text:
            text = text.replace("**", "")
            self.is_markdown = True
        if "](" in text:
            text = _MARKDOWN_LINK.sub(lambda match: self._link(match, number), text)
        return plain(text)

    def _link(self, match: re.Match[str], number: int) -> str:
        self.is_markdown = True
        if match[0].startswith("!"):
            return match[0]
        self.links.append(Link(match[2], match[1].strip(), number))
        return match[1]

    # Tables of tabs

    def _tab_run(self, lines: list[Line], start: int) -> int:
        """Read the run of tabbed lines that starts here; returns the index of the first line after it."""
        end = start
        while end < len(lines):
            if "\t" not in lines[end][1]:
                # Editors drop the empty cells of a row: its label alone is left, between rows of the same table.
                after = end
                while after < len(lines) and after - end < _MAX_BARE and _BARE_ROW.fullmatch(lines[after][1]):
                    after += 1
                if end == start or after == end or after == len(lines) or "\t" not in lines[after][1]:
                    break
                end = after
            end += 1
        rows: list[Line] = []
        for position in range(start, end):
            number, line = lines[position]
            if self._is_contents_line(lines, position, end):
                self._flush_tabs(rows)
                rows = []
                self.contents_left = 0
                self._paragraph(number, line.strip())
                self.contents_left = 3
            else:
                if not line.isspace():
                    self.contents_left = 0
                rows.append((number, line))
        self._flush_tabs(rows)
        return end

    def _flush_tabs(self, rows: list[Line]) -> None:
        """Rows of one run as a table; as paragraphs where the tabs only indent or end a line."""
        while rows and rows[-1][1].isspace():
            rows.pop()
        if not rows:
            return
        if not any("\t" in line.strip() or line.endswith("\t\t") for _, line in rows):
            for number, line in rows:
                self._paragraph(number, line.strip("\t"))
            return
        self._table([(number, line.split("\t")) for number, line in rows])

    def _is_contents_line(self, lines: list[Line], position: int, end: int) -> bool:
        """A title, tabs and a page number, and around it or in it something that only contents lists have."""
        title, page = _entry(lines[position][1])
        if page is None:
            return False
        if _LEADER.search(title) or self.contents_left:
            return True
        first = position
        while first > 0 and position - first < _NEAR and _entry(lines[first - 1][1])[1] is not None:
            first -= 1
        last = position
        while last + 1 < end and last - position < _NEAR and _entry(lines[last + 1][1])[1] is not None:
            last += 1
        entries = [_entry(lines[index][1]) for index in range(first, last + 1)]
        if any(_LEADER.search(entry[0]) for entry in entries):
            return True
        pages = [entry[1] for entry in entries]
        titled = sum(1 for entry in entries if _ENTRY_HEAD.match(entry[0]))
        return (
            len(entries) >= 4
            and titled * 5 >= len(entries) * 4
            and 1 <= pages[0] < pages[-1]
            and all(before <= after for before, after in pairwise(pages))
            and bool(re.match("[ 　]*第.+部", entries[0][0]))
        )

    # Tables of pipes

    def _pipe_run(self, lines: list[Line], start: int) -> int:
        end = start
        while end < len(lines) and _PIPE.search(lines[end][1]) and "\t" not in lines[end][1]:
            end += 1
        if end == start:
            self._paragraph(*lines[start])
            return start + 1
        if _is_cell_a_line([line for _, line in lines[start:end]]):
            # The run of lines is put together to a table where it keeps the rhythm of one (tables/lines.py).
            for number, line in lines[start:end]:
                for cell in filter(None, map(str.strip, _PIPE.split(line))):
                    self._paragraph(number, cell)
            return end
        # Whether a leading pipe is a frame or an empty first cell, only the lines together tell.
        framed = sum(1 for _, line in lines[start:end] if _is_framed(line))
        is_outer = framed * 2 > end - start
        rows: list[tuple[int, list[str]]] = []
        for number, line in lines[start:end]:
            row = _split_pipes(line, is_outer)
            if all(_is_rule(cell) for cell in row):
                self.is_markdown = True
                is_outer = True
                continue
            rows.append((number, row))
        if is_outer or len(rows) > 1 or self._has_pipe_neighbour(lines, start, end):
            self.contents_left = 0
            self._table(rows)
        else:
            for number, line in lines[start:end]:
                self._paragraph(number, line)
        return end

    def _box_run(self, lines: list[Line], start: int) -> int:
        rows, end = box_rows(lines, start)
        if rows and (len(rows) > 1 or len(rows[0][1]) > 1):
            self.contents_left = 0
            self._table(rows)
        else:
            for number, cells in rows:
                self._paragraph(number, " ".join(cells))
        return end

    @staticmethod
    def _has_pipe_neighbour(lines: list[Line], start: int, end: int) -> bool:
        """True where the next line of text on either side has as many pipes: rows set apart by blank lines."""
        pipes = len(_PIPE.findall(lines[start][1]))
        for step, index in ((-1, start - 1), (1, end)):
            while 0 <= index < len(lines) and not lines[index][1].strip():
                index += step
            if pipes > 1 and 0 <= index < len(lines) and len(_PIPE.findall(lines[index][1])) == pipes:
                return True
        return False

    def _table(self, rows: list[tuple[int, list[str]]]) -> None:
        cells: list[Cell] = []
        width = 0
        first_line = rows[0][0] if rows else None
        for row, (number, parts) in enumerate(rows):
            if len(parts) > width:
                width = len(parts)
            joined = "".join(parts)
            has_marks = "*" in joined or "<" in joined or "&" in joined or "](" in joined
            for column, part in enumerate(parts):
                if part and (text := part.strip()):
                    if has_marks and not (text := self._inline(text, number).strip()):
                        continue
                    cells.append(Cell(text, row, column, 1, 1, number))
        if not cells:
            return
        self.cell_count += len(cells)
        if self.cell_count > self.limits.max_cells:
            raise LimitExceeded(f"表格单元格超过上限{self.limits.max_cells}个（第{first_line}行起）。请拆分后再试。")
        self.blocks.append(Table(tuple(cells), len(rows), width, first_line))

    # Tables of HTML inside Markdown

    def _html_run(self, lines: list[Line], start: int) -> int:
        """Read from ``<table`` to its end; an unclosed one ends at the next blank line that no row follows."""
        from ingest.readers.html import fragment_blocks

        number, line = lines[start]
        opening = _TABLE_OPEN.search(line)
        before = line[: opening.start()] if opening else ""
        if before.strip():
            self._paragraph(number, before)
        depth, index, parts = 0, start, []
        after = ""
        while index < len(lines):
            text = lines[index][1]
            if index == start:
                text = text[len(before):]
            depth += len(_TABLE_OPEN.findall(text))
            closings = list(_TABLE_CLOSE.finditer(text))
            depth -= len(closings)
            index += 1
            if closings and depth <= 0:
                cut = closings[-1].end()
                parts.append(text[:cut])
                after = text[cut:]
                break
            parts.append(text)
        self.is_markdown = True
        self.contents_left = 0
        blocks, links = fragment_blocks("\n".join(parts), first_line=number, limits=self.limits)
        self.blocks.extend(blocks)
        self.links.extend(links)
        if after.strip():
            if _TABLE_OPEN.search(after):
                lines[index - 1] = (lines[index - 1][0], after)
                return index - 1
            self._paragraph(lines[index - 1][0], after)
        return index


def plain(text: str) -> str:
    """Text with inline HTML of Markdown files taken off: breaks become line feeds, entities characters."""
    if "<" in text:
        text = _INLINE_BREAK.sub("\n", text)
        text = _INLINE_TAG.sub("", text)
        if "\n" in text:
            text = "\n".join(part.strip() for part in text.split("\n") if part.strip())
    if "&" in text:
        text = _ENTITY.sub(lambda match: html_entities.unescape(match[0]), text)
    return text


def _entry(line: str) -> tuple[str, int | None]:
    """(title, page) of a line of exactly two filled cells whose second is a page number, else page None."""
    head, tab, tail = line.strip().rpartition("\t")
    if not tab or len(tail) > 9:
        return line, None
    head = head.rstrip("\t ")
    match = _PAGE.match(tail.strip())
    if "\t" in head or not head or not match or head[-1].isdigit() or line.endswith("\t"):
        return line, None
    return head, int(match[1])


def _is_framed(line: str) -> bool:
    """True for a line that begins and ends with a pipe."""
    text = line.strip()
    return len(text) > 1 and text[0] in "|｜" and text[-1] in "|｜" and not text.endswith("\\|")


def _is_cell_a_line(lines: list[str]) -> bool:
    """Whether pipes only end the cells of a page, each on a line of its own: 合计 |⏎30.8 |⏎25.7 |, or a lone pipe."""
    filled = [sum(bool(cell.strip()) for cell in _PIPE.split(line)) for line in lines]
    if not any(filled):
        return True
    ended = sum(count == 1 and line.rstrip().endswith(("|", "｜")) for count, line in zip(filled, lines, strict=True))
    singles = sum(count <= 1 for count in filled)
    is_framed = any(count and _is_framed(line) for count, line in zip(filled, lines, strict=True))
    return ended >= 4 and singles * 5 >= len(lines) * 4 and not is_framed


def _split_pipes(line: str, is_outer: bool) -> list[str]:
    """Cells of a pipe line; ``is_outer`` says that pipes at its ends are the frame and no separators."""
    text = line.strip()
    if "\\" in text:
        parts = [part.replace("\\|", "|") for part in _PIPE.split(text)]
    else:
        parts = text.replace("｜", "|").split("|")
    if is_outer:
        if len(parts) > 1 and not parts[0].strip():
            parts = parts[1:]
        if len(parts) > 1 and text[-1:] in "|｜" and not text.endswith("\\|"):
            parts = parts[:-1]
    return parts


def _is_rule(cell: str) -> bool:
    mark = cell.strip()
    return bool(mark) and not mark.strip("-:") and "-" in mark
