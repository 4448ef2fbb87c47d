"""Web pages: real tables with their spans, all other visible text as paragraphs in reading order.

Tables that only lay out the page are walked like any other block. Scripts, styles, hidden elements and navigation
are left out. Attachments are recorded as links, never fetched.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from urllib.parse import unquote, urlsplit

from lxml import etree

from ingest.document import Cell, Document, Link, Paragraph, Problem, Table
from ingest.errors import LimitExceeded, UnreadableFile
from ingest.readers.encoding import decode
from ingest.readers.grid import table_blocks
from ingest.readers.limits import DEFAULT, ReaderLimits

READER = "html"
READER_VERSION = "1"

ATTACHMENT_ENDINGS = (
    ".pdf", ".xls", ".xlsx", ".xlsm", ".doc", ".docx", ".zip", ".rar", ".7z", ".wps", ".et", ".ofd", ".csv", ".rtf",
)

_SKIPPED = frozenset((
    "script", "style", "noscript", "template", "head", "iframe", "object", "embed", "svg", "canvas", "audio",
    "video", "select", "textarea", "input", "button", "map", "math", "applet", "noframes", "datalist", "dialog",
))
_INLINE = frozenset((
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "label", "mark", "nobr", "o:p", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u",
    "var", "wbr", "time", "data", "ruby", "rb", "rt", "rp", "st1:chsdate",
))
_SECTIONS = ("thead", "tbody", "tfoot", "form")
_TABLE_PARTS = frozenset((*_SECTIONS, "tr", "td", "th", "colgroup", "col"))
_DEEP = 80
"""Below this depth elements are not looked at as navigation: only broken or hostile pages nest so deep."""
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_NAVIGATION = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|crumbs?|breadcrumbs?|sidebar|footer|foot|header|topbar|toolbar|share|"
    r"copyright|friendlink|links|pager|pagination|search)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_JOINED_LINES = re.compile("(?<=[\u2e80-\uffef])[ \t]*[\r\n][ \t\r\n]*(?=[\u2e80-\uffef])")
_BLANKS = re.compile("[ \t\r\n\f]+")
_LINE_FEEDS = re.compile("[ \t\u00a0\u3000]*\n[ \t]*")
_URL_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")

Block = Paragraph | Table


def read(data: bytes, *, limits: ReaderLimits = DEFAULT) -> Document:
    """Bytes of a web page as a document.

    Raises ``UnreadableFile`` for empty files, unknown encodings and pages that show nothing and link nothing.
    """
    if len(data) > limits.max_bytes:
        raise LimitExceeded(f"网页有{len(data)}字节，超过上限{limits.max_bytes}字节。")
    if data[:200].lstrip()[:8].lower().startswith((b"mime-ver", b"from:", b"content-")):
        return _read_mhtml(data, limits)
    declared = _CHARSET.search(data[:4096])
    decoded = decode(data, declared[1].decode("ascii", "ignore") if declared else None)
    root, is_too_deep = _parse(decoded.text)
    if root is None:
        raise UnreadableFile("网页中没有可读取的元素。请确认文件是否完整。", code="no_content")
    title_element = root.find(".//title")
    title = _squeeze("".join(title_element.itertext())) if title_element is not None else ""
    walker = _Walker(limits)
    walker.run(root)
    links = tuple(_links(root))
    problems: tuple[Problem, ...] = decoded.problems
    if is_too_deep:
        reason = "网页元素嵌套过深，过深之处及其后的内容未能读取。请另存为较简单的网页或 PDF 后再试。"
        problems += (Problem(code="nested_too_deep", reason=reason),)
    if not walker.blocks:
        if not links:
            raise UnreadableFile("网页没有可见的文字，也没有附件链接（内容可能由脚本载入）。", code="no_content")
        reason = f"网页没有可见的正文，只有{len(links)}个附件链接。请另行下载附件后导入。"
        problems += (Problem(code="attachments_only", reason=reason),)
    return Document(
        document_id=sha256(data).hexdigest(),
        file_format="html",
        reader=READER,
        reader_version=READER_VERSION,
        blocks=tuple(walker.blocks),
        byte_count=len(data),
        encoding=decoded.encoding,
        line_count=decoded.text.count("\n") + 1,
        title=title or None,
        links=links,
        problems=problems,
    )


def fragment_blocks(text: str, *, first_line: int, limits: ReaderLimits) -> tuple[list[Block], list[Link]]:
    """Blocks and links of an HTML fragment inside another text that starts at line ``first_line``."""
    root, _ = _parse(text)
    if root is None:
        return [], []
    walker = _Walker(limits, line_offset=first_line - 1)
    walker.run(root)
    return walker.blocks, list(_links(root, first_line - 1))


def _read_mhtml(data: bytes, limits: ReaderLimits) -> Document:
    """A page saved by Word or a browser with its parts in one file: the HTML part is the document."""
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        parts = [part for part in message.walk() if part.get_content_type() == "text/html"]
        bodies = [part.get_payload(decode=True) for part in parts]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableFile(f"MHTML 文件结构损坏：{type(error).__name__}。", code="damaged_file") from error
    bodies = [body for body in bodies if isinstance(body, bytes) and body.strip()]
    if not bodies:
        raise UnreadableFile("MHTML 文件中没有网页正文。", code="no_content")
    body = max(bodies, key=len)
    if body[:200].lstrip()[:8].lower().startswith((b"mime-ver", b"from:", b"content-")):
        raise UnreadableFile("MHTML 文件嵌套过深。", code="damaged_file")
    page = read(body, limits=limits)
    return Document(
        document_id=sha256(data).hexdigest(), file_format="html", reader=READER, reader_version=READER_VERSION,
        blocks=page.blocks, byte_count=len(data), encoding=page.encoding, line_count=page.line_count,
        title=page.title, links=page.links, problems=page.problems,
    )


def _parse(text: str) -> tuple[etree._Element | None, bool]:
    """The tree, and whether the parser gave up because elements were nested too deep."""
    text = _XML_DECLARATION.sub("", text, count=1)
    if not text.strip():
        return None, False
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    return root, any("depth" in entry.message for entry in parser.error_log.filter_from_fatals())


class _Walker:
    """Goes through the tree in document order and collects blocks."""

    def __init__(self, limits: ReaderLimits, line_offset: int = 0) -> None:
        self.limits = limits
        self.offset = line_offset
        self.blocks: list[Block] = []
        self.cell_count = 0
        self._parts: list[str] = []
        self._line: int | None = None
        self._level = 0
        self._pre = 0
        self._inner: dict[etree._Element, list[etree._Element]] = {}

    def run(self, root: etree._Element) -> None:
        """Read the whole tree below ``root``; its depth does not matter, for nothing recurses over it."""
        walker = etree.iterwalk(root, events=("start", "end"))
        skipped: etree._Element | None = None
        depth = 0
        self._inner = _inner_tables(root)
        for event, element in walker:
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                if skipped is not None:
                    continue
                depth += 1
                is_left_out = tag in _SKIPPED or _is_hidden(element) or (depth < _DEEP and _is_navigation(element))
                if is_left_out or (tag == "table" and self._data_table(element)):
                    skipped = element
                    walker.skip_subtree()
                else:
                    self._open(element, tag)
                continue
            if skipped is not None and element is not skipped:
                continue
            depth -= 1
            if skipped is None:
                self._close(tag)
            skipped = None
            if element.tail and element is not root:
                self._text(element.tail, element)
        self._flush()

    def _open(self, element: etree._Element, tag: str) -> None:
        if tag == "br":
            self._flush(keep_level=True)
        elif tag not in _INLINE:
            self._flush()
            self._level = _HEADINGS.get(tag, 0)
        if tag == "pre":
            self._pre += 1
        if element.text:
            self._text(element.text, element)

    def _close(self, tag: str) -> None:
        if tag == "pre":
            self._pre = max(self._pre - 1, 0)
            self._flush_pre()
        elif tag not in _INLINE and tag != "br":
            self._flush()

    def _text(self, text: str, element: etree._Element) -> None:
        if not self._parts and text.strip():
            line = element.sourceline
            self._line = line + self.offset if line is not None else None
        self._parts.append(text)

    def _flush(self, *, keep_level: bool = False) -> None:
        if self._pre:
            self._parts.append("\n")
            return
        if self._parts:
            text = _squeeze("".join(self._parts))
            self._parts.clear()
            if text:
                self._add(Paragraph(text, self._line, level=self._level))
        if not keep_level:
            self._level = 0

    def _flush_pre(self) -> None:
        """Preformatted text keeps its lines and tabs: it is read like a text file."""
        from ingest.readers.text import blocks_of_lines

        text = "".join(self._parts)
        self._parts.clear()
        if text.strip():
            for block in blocks_of_lines(text, first_line=self._line or 1, limits=self.limits):
                self._add(block)

    def _add(self, block: Block) -> None:
        if len(self.blocks) >= self.limits.max_blocks:
            raise LimitExceeded(f"网页的段落和表格超过上限{self.limits.max_blocks}个。")
        self.blocks.append(block)

    # Tables

    def _data_table(self, table: etree._Element) -> bool:
        """Add the table if it holds data; False where it only lays out the page and must be walked instead."""
        nested = self._inner.get(table, [])
        if nested and not _is_data_around(table, nested):
            return False
        cells, row_count, column_count = self._grid(table)
        longest = max((len(cell.text) for cell in cells), default=0)
        if len({cell.column for cell in cells}) == 1 and max(cell.text.count("\n") for cell in cells) > 2:
            return False
        if row_count <= 2 and longest > 400 and len(cells[0].text) >= 30:
            return False
        if table.get("role") == "presentation" and longest > 200:
            return False
        self._flush()
        self.cell_count += len(cells)
        if self.cell_count > self.limits.max_cells:
            raise LimitExceeded(f"网页的表格单元格超过上限{self.limits.max_cells}个。")
        self._strays(table)
        for block in table_blocks(cells, row_count, column_count, line=self._line_of(table)):
            self._add(block)
        for inner in nested:
            sub = _Walker(self.limits, self.offset)
            sub.run(inner)
            self.blocks.extend(sub.blocks)
        return True

    def _strays(self, table: etree._Element) -> None:
        """Captions, and text that bad markup put between the rows: browsers show it above the table."""
        for child in table:
            texts = [child.tail or ""]
            if child.tag not in _TABLE_PARTS and not _is_hidden(child) and child.tag not in _SKIPPED:
                texts.insert(0, cell_text(child))
            for text in texts:
                if text.strip() and (text := _squeeze(text)):
                    self._add(Paragraph(text, self._line_of(child)))

    def _line_of(self, element: etree._Element) -> int | None:
        line = element.sourceline
        return None if line is None else line + self.offset

    def _grid(self, table: etree._Element) -> tuple[list[Cell], int, int]:
        """Cells on the grid that rowspan and colspan describe, the row count and the column count."""
        cells: list[Cell] = []
        taken: dict[int, int] = {}
        width = 0
        row = -1
        for line in _rows(table):
            row += 1
            if row >= self.limits.max_rows:
                raise LimitExceeded(f"网页表格的行数超过上限{self.limits.max_rows}行。")
            column = 0
            for element in line:
                if element.tag not in ("td", "th") or _is_hidden(element):
                    continue
                while taken.get(column, 0) > row:
                    column += 1
                across = _span(element.get("colspan"), self.limits.max_columns)
                down = _span(element.get("rowspan"), self.limits.max_rows)
                if column >= self.limits.max_columns:
                    raise LimitExceeded(f"网页表格的列数超过上限{self.limits.max_columns}列（第{row + 1}行）。")
                across = min(across, self.limits.max_columns - column)
                for place in range(column, column + across):
                    taken[place] = max(taken.get(place, 0), row + down)
                text = cell_text(element)
                if text:
                    cells.append(Cell(text, row, column, down, across, self._line_of(element)))
                width = max(width, column + 1)
                column += across
        row_count = row + 1
        return [_fit(cell, row_count, width) for cell in cells], row_count, width


def _fit(cell: Cell, row_count: int, width: int) -> Cell:
    """The cell with its spans cut at the last row and at the last column where any cell begins."""
    down = min(cell.row_span, row_count - cell.row)
    across = min(cell.column_span, width - cell.column)
    if down == cell.row_span and across == cell.column_span:
        return cell
    return Cell(cell.text, cell.row, cell.column, down, across, cell.line)


def cell_text(cell: etree._Element) -> str:
    """Visible text of a cell; ``<br>`` and inner blocks become line feeds, inner tables are left out."""
    if not len(cell):
        return _squeeze(cell.text or "")
    parts = [cell.text or ""]
    walker = etree.iterwalk(cell, events=("start", "end"))
    skipped: etree._Element | None = None
    for event, element in walker:
        if element is cell:
            continue
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            if skipped is not None:
                continue
            if tag == "input" and (element.get("type") or "").lower() in ("text", "") and element.get("value"):
                parts.append(element.get("value") or "")
            if tag in _SKIPPED or tag == "table" or _is_hidden(element):
                skipped = element
                walker.skip_subtree()
                continue
            if tag == "br" or tag not in _INLINE:
                parts.append("\x00")
            if element.text:
                parts.append(element.text)
            continue
        if skipped is not None and element is not skipped:
            continue
        if skipped is None and tag not in _INLINE and tag != "br":
            parts.append("\x00")
        skipped = None
        if element.tail:
            parts.append(element.tail)
    lines = (_squeeze(part) for part in "".join(parts).split("\x00"))
    return "\n".join(line for line in lines if line)


def _rows(table: etree._Element) -> Iterator[Iterable[etree._Element]]:
    """Visible rows of a table, sections in order, rows of inner tables left out."""
    loose: list[etree._Element] = []
    for child in table:
        if _is_hidden(child):
            continue
        if child.tag in ("td", "th"):
            loose.append(child)
            continue
        if loose:
            yield loose
            loose = []
        if child.tag == "tr":
            yield child
        elif child.tag in _SECTIONS:
            yield from _rows(child)
    if loose:
        yield loose


def _inner_tables(root: etree._Element) -> dict[etree._Element, list[etree._Element]]:
    """The tables standing directly inside each table, in one pass over the tree."""
    inner: dict[etree._Element, list[etree._Element]] = {}
    opened: list[etree._Element] = []
    for event, table in etree.iterwalk(root, events=("start", "end"), tag="table"):
        if event == "end":
            opened.pop()
            continue
        if opened:
            inner.setdefault(opened[-1], []).append(table)
        opened.append(table)
    return inner


def _is_data_around(table: etree._Element, nested: list[etree._Element]) -> bool:
    """True where a table with tables inside is a data table itself: most of its text stands in its own cells."""
    own = [len(cell_text(cell)) for row in _rows(table) for cell in row if cell.tag in ("td", "th")]
    if sum(1 for length in own if length) < 6 or max(own) > 1500:
        return False
    inside = sum(len("".join(inner.itertext()).strip()) for inner in nested)
    return inside < sum(own)


def _span(value: str | None, most: int) -> int:
    if not value:
        return 1
    digits = re.match(r"\s*(\d{1,6})", value)
    if not digits:
        return 1
    number = int(digits[1])
    return min(number or 1, most)


def _is_hidden(element: etree._Element) -> bool:
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return bool(style and _HIDDEN.search(style))


def _is_navigation(element: etree._Element) -> bool:
    """Menus, crumbs and footers: named so and made of links, without a table of any size."""
    tag = element.tag
    named = tag in ("nav", "footer", "header", "aside") or element.get("role") in ("navigation", "banner", "search")
    if not named:
        if tag not in ("div", "ul", "ol", "td", "tr", "p", "section", "dl"):
            return False
        name = f"{element.get('class') or ''} {element.get('id') or ''}"
        if len(name) < 3 or not _NAVIGATION.search(name):
            return False
    if element.find(".//h1") is not None or sum(1 for _ in element.iter("tr")) > 6:
        return False
    links = [link for link in element.iter("a") if not _is_attachment(link)]
    linked = sum(len("".join(link.itertext()).strip()) for link in links)
    whole = len(_BLANKS.sub("", "".join(element.itertext())))
    return whole == 0 or tag == "nav" or linked * 2 >= whole or (tag == "footer" and whole < 600)


def _links(root: etree._Element, offset: int = 0) -> Iterator[Link]:
    """Attachments the page points to, each address once."""
    seen: set[str] = set()
    for element in root.iter("a", "iframe", "embed", "object"):
        url = (element.get("href") or element.get("src") or element.get("data") or "").strip()
        if not url or url in seen or url.lower().startswith("javascript:") or not _is_attachment(element):
            continue
        seen.add(url)
        text = _squeeze("".join(element.itertext())) or (element.get("title") or "").strip()
        line = element.sourceline
        yield Link(url, text, None if line is None else line + offset)


def _is_attachment(element: etree._Element) -> bool:
    url = (element.get("href") or element.get("src") or element.get("data") or "").strip()
    if not url:
        return False
    try:
        parts = urlsplit(url)
        path, query = unquote(parts.path).lower(), unquote(parts.query).lower()
    except ValueError:
        path, query = url.lower(), ""
    if path.endswith(ATTACHMENT_ENDINGS) or query.endswith(ATTACHMENT_ENDINGS):
        return True
    if any(f"{ending}&" in query for ending in ATTACHMENT_ENDINGS):
        return True
    if element.tag != "a":
        return False
    text = "".join(element.itertext()).strip().lower()
    title = (element.get("title") or element.get("download") or "").strip().lower()
    return bool(text) and (text.endswith(ATTACHMENT_ENDINGS) or title.endswith(ATTACHMENT_ENDINGS))


def _squeeze(text: str) -> str:
    """Text as a browser shows it: runs of blanks are one blank, source line ends between Chinese none."""
    if "\n" in text or "\r" in text:
        text = _JOINED_LINES.sub("", text)
    return _BLANKS.sub(" ", text.replace("\u00a0", " ").replace("\u200b", "").replace("\ufeff", "")).strip()
