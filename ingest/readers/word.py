"""Word documents (.docx): paragraphs, tables with spans and tables inside tables, text boxes, notes, numbering.

Read from the XML, because only there a merged cell is one cell. Deleted text (修订) and hidden text are left out,
field codes too. Pictures are counted and reported; spreadsheets embedded as objects are read where they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

from lxml import etree

from ingest.document import Cell, Document, Link, Paragraph, Problem, Table
from ingest.errors import IngestError, LimitExceeded, UnreadableFile
from ingest.readers.detect import detect
from ingest.readers.grid import table_blocks
from ingest.readers.html import ATTACHMENT_ENDINGS
from ingest.readers.limits import DEFAULT, ReaderLimits
from ingest.readers.package import Package, attribute, local
from ingest.readers.text import blocks_of_lines
from ingest.readers.word_numbering import Numbering, numbering_of

READER = "word"
READER_VERSION = "1"

Block = Paragraph | Table

_THROUGH = frozenset(("sdt", "sdtContent", "ins", "moveTo", "hyperlink", "smartTag", "customXml", "fldSimple",
                      "AlternateContent", "Choice", "dir", "bdo", "ruby", "rubyBase"))
"""Elements that only wrap what they hold."""
_PICTURES = frozenset(("pic", "imagedata"))


def read(data: bytes, *, limits: ReaderLimits = DEFAULT) -> Document:
    """Bytes of a .docx file as a document.

    Raises ``UnreadableFile`` (``encrypted_file``, ``damaged_file``, ``no_content``) and ``LimitExceeded``.
    """
    if len(data) > limits.max_bytes:
        raise LimitExceeded(f"Word 文件有{len(data)}字节，超过上限{limits.max_bytes}字节。")
    if detect(data) == "encrypted_office":
        raise UnreadableFile("Word 文件已加密，没有密码无法读取。请取消密码后再导入。", code="encrypted_file")
    with Package(data, limits) as package:
        place = next(
            (target for kind, target, is_external in package.relations("").values()
             if kind == "officeDocument" and not is_external and package.has(target)),
            "word/document.xml",
        )
        reader = _Reader(package, place, limits)
        root = package.xml(place)
        body = next((child for child in root.iter("{*}body")), None)
        if body is None:
            raise UnreadableFile("Word 文件中没有正文。请重新获取原文件。", code="damaged_file")
        try:
            reader.read_blocks(body, reader.blocks)
            reader.flush_tabs(reader.blocks)
            reader.read_notes()
        except RecursionError as error:
            raise UnreadableFile("Word 文件的嵌套过深，无法读取。", code="damaged_file") from error
        problems = tuple(reader.all_problems())
        if not reader.blocks and not problems:
            raise UnreadableFile("Word 文件中没有任何文字。", code="no_content")
        return Document(
            document_id=sha256(data).hexdigest(),
            file_format="docx",
            reader=READER,
            reader_version=READER_VERSION,
            blocks=tuple(reader.blocks),
            byte_count=len(data),
            title=_title(package),
            links=tuple(reader.links),
            problems=problems,
        )


def _title(package: Package) -> str | None:
    if not package.has("docProps/core.xml"):
        return None
    try:
        root = package.xml("docProps/core.xml")
    except IngestError:
        return None
    return next((item.text.strip() for item in root if local(item) == "title" and item.text and item.text.strip()),
                None)


class _Reader:
    """Collects the blocks of one document."""

    def __init__(self, package: Package, place: str, limits: ReaderLimits) -> None:
        self.package = package
        self.limits = limits
        self.relations = package.relations(place)
        self.blocks: list[Block] = []
        self.links: list[Link] = []
        self.problems: list[Problem] = []
        self.pictures = self.pictures_read = 0
        self.cell_count = 0
        self.levels: dict[str, int] = {}
        self.lists: dict[str, tuple[str, int]] = {}
        self.numbering = self._numbering()
        self._styles()
        self._tabbed: list[str] = []

    def _part(self, kind: str, default: str) -> etree._Element | None:
        """Root of a related part; None where it is missing or damaged (it only adds to the text)."""
        place = next((target for found, target, is_external in self.relations.values()
                      if found == kind and not is_external), default)
        if not self.package.has(place):
            return None
        try:
            return self.package.xml(place)
        except UnreadableFile as error:
            self.problems.append(Problem(code="damaged_part", reason=error.reason, place=place))
            return None

    def _numbering(self) -> Numbering:
        root = self._part("numbering", "word/numbering.xml")
        return Numbering() if root is None else numbering_of(root)

    def _styles(self) -> None:
        """Heading level and list of each paragraph style."""
        root = self._part("styles", "word/styles.xml")
        if root is None:
            return
        for style in root:
            if local(style) != "style":
                continue
            name = attribute(style, "styleId") or ""
            for child in style:
                if local(child) == "pPr":
                    level = _value(child, "outlineLvl")
                    if level and level.isdigit() and int(level) < 9:
                        self.levels[name] = int(level) + 1
                    found = _list_of(child)
                    if found:
                        self.lists[name] = found
            title = (_value(style, "name") or "").lower()
            if title.startswith(("heading ", "标题 ")) and title[-1].isdigit():
                self.levels.setdefault(name, int(title[-1]))

    # Blocks

    def read_blocks(self, parent: etree._Element, blocks: list[Block]) -> None:
        """Paragraphs and tables below ``parent``, in order, into ``blocks``."""
        for child in parent:
            name = local(child)
            if name == "p":
                self._paragraph(child, blocks)
            elif name == "tbl":
                self.flush_tabs(blocks)
                self._table(child, blocks)
            elif name in _THROUGH:
                self.read_blocks(child, blocks)
            elif name == "altChunk":
                reason = "文件中嵌有另一份文档（altChunk），未读取。请用 Word 打开并另存后再导入。"
                self.problems.append(Problem(code="embedded_not_read", reason=reason))

    def _paragraph(self, element: etree._Element, blocks: list[Block]) -> None:
        inner: list[Block] = []
        text = self._text(element, inner)
        style = next((child for child in element if local(child) == "pPr"), None)
        name = _value(style, "pStyle") or "" if style is not None else ""
        found = (_list_of(style) if style is not None else None) or self.lists.get(name)
        if found and text.strip():
            text = self.numbering.label(*found) + text
        level = self.levels.get(name, 0)
        own = _value(style, "outlineLvl") if style is not None else None
        if own and own.isdigit() and int(own) < 9:
            level = int(own) + 1
        for line in text.split("\n"):
            line = line.rstrip()
            if not line.strip():
                continue
            if "\t" in line.strip():
                self._tabbed.append(line)
                continue
            self.flush_tabs(blocks)
            self._add(blocks, Paragraph(line.strip("\t"), level=level))
        if not text.strip():
            self.flush_tabs(blocks)
        if inner:
            self.flush_tabs(blocks)
            for block in inner:
                self._add(blocks, block)

    def flush_tabs(self, blocks: list[Block]) -> None:
        """Neighbouring paragraphs with tabs are read as the text reader reads such lines."""
        if not self._tabbed:
            return
        text = "\n".join(self._tabbed)
        self._tabbed = []
        for block in blocks_of_lines(text, first_line=1, limits=self.limits):
            if isinstance(block, Table):
                block = replace(block, cells=tuple(cell._replace(line=None) for cell in block.cells))
            self._add(blocks, replace(block, line=None))

    def _add(self, blocks: list[Block], block: Block) -> None:
        if len(blocks) >= self.limits.max_blocks:
            raise LimitExceeded(f"Word 文件的段落和表格超过上限{self.limits.max_blocks}个。请拆分后再试。")
        blocks.append(block)

    # Text

    def _text(self, element: etree._Element, inner: list[Block]) -> str:
        """Shown text of a paragraph; what its text boxes and objects hold goes to ``inner``."""
        parts: list[str] = []
        self._collect(element, parts, inner)
        return "".join(parts)

    def _collect(self, element: etree._Element, parts: list[str], inner: list[Block]) -> None:
        for child in element:
            name = local(child)
            if name == "r":
                if not _is_vanished(child):
                    self._collect(child, parts, inner)
            elif name == "t":
                parts.append(child.text or "")
            elif name in ("tab", "ptab") and local(element) == "r":
                parts.append("\t")
            elif name in ("br", "cr"):
                parts.append("\n")
            elif name == "noBreakHyphen":
                parts.append("-")
            elif name == "hyperlink":
                self._link(child)
                self._collect(child, parts, inner)
            elif name in _THROUGH:
                self._collect(child, parts, inner)
            elif name in ("drawing", "pict", "object"):
                self._drawing(child, inner)

    def _link(self, element: etree._Element) -> None:
        _, target, is_external = self.relations.get(attribute(element, "id") or "", ("", "", False))
        if is_external and target.lower().split("?")[0].endswith(ATTACHMENT_ENDINGS):
            text = "".join(run.text or "" for run in element.iter("{*}t"))
            self.links.append(Link(target, text.strip()))

    def _drawing(self, element: etree._Element, inner: list[Block]) -> None:
        """Text boxes and embedded spreadsheets of one drawing; a picture is counted."""
        has_content = False
        for box in _outermost(element, "txbxContent"):
            has_content = True
            waiting, self._tabbed = self._tabbed, []
            self.read_blocks(box, inner)
            self.flush_tabs(inner)
            self._tabbed = waiting
        for item in element.iter("{*}OLEObject"):
            has_content = self._embedded(attribute(item, "id") or "", inner) or has_content
        if not has_content and any(local(item) in _PICTURES for item in element.iter()):
            self._picture(element, inner)

    def _picture(self, element: etree._Element, inner: list[Block]) -> None:
        """A picture: read by recognition where it shows text, counted where it does not or cannot be read."""
        for item in element.iter("{*}blip", "{*}imagedata"):
            relation = attribute(item, "embed") or attribute(item, "id") or ""
            _, target, is_external = self.relations.get(relation, ("", "", True))
            if is_external or not self.package.has(target) or self.pictures_read >= self.limits.max_ocr_pages:
                continue
            from ingest.readers.ocr import embedded_blocks

            try:
                blocks = embedded_blocks(self.package.part(target), self.limits)
            except UnreadableFile:
                continue
            if blocks:
                self.pictures_read += 1
                inner += blocks
                return
        self.pictures += 1

    def _embedded(self, relation: str, inner: list[Block]) -> bool:
        """A spreadsheet embedded as an object, read where it stands; False where it is none."""
        _, target, is_external = self.relations.get(relation, ("", "", True))
        if is_external or not self.package.has(target):
            return False
        from ingest.readers import spreadsheet

        try:
            data = self.package.part(target)
            if detect(data) not in ("xlsx", "xls", "xlsb"):
                return False
            document = spreadsheet.read(data, limits=self.limits)
        except IngestError as error:
            reason = f"文件中嵌入的对象无法读取：{error.reason}"
            self.problems.append(Problem(code="embedded_not_read", reason=reason, place=target))
            return True
        inner += document.blocks
        self.problems += document.problems
        return True

    # Tables

    def _table(self, table: etree._Element, blocks: list[Block]) -> None:
        cells: list[Cell] = []
        after: list[Block] = []
        open_above: dict[int, int] = {}
        width = row = 0
        for line in _rows(table):
            column = _before(line)
            seen: dict[int, int] = {}
            for element in _cells(line):
                across, merge = _spans(element, self.limits.max_columns)
                if column + across > self.limits.max_columns:
                    raise LimitExceeded(f"Word 表格的列数超过上限{self.limits.max_columns}列。")
                above = open_above.get(column)
                if merge == "continue" and above is not None and above < 0:
                    seen[column] = above
                elif merge == "continue" and above is not None and cells[above].column_span == across:
                    cells[above] = cells[above]._replace(row_span=row - cells[above].row + 1)
                    seen[column] = above
                else:
                    text = self._cell_text(element, after)
                    if text:
                        cells.append(Cell(text, row, column, 1, across))
                    if merge:
                        seen[column] = len(cells) - 1 if text else -1
                column += across
                width = max(width, column)
            open_above = seen
            row += 1
            if row > self.limits.max_rows:
                raise LimitExceeded(f"Word 表格的行数超过上限{self.limits.max_rows}行。")
        self.cell_count += len(cells)
        if self.cell_count > self.limits.max_cells:
            raise LimitExceeded(f"Word 文件的表格单元格超过上限{self.limits.max_cells}个。")
        for block in table_blocks(cells, row, width):
            self._add(blocks, block)
        for block in after:
            self._add(blocks, block)

    def _cell_text(self, element: etree._Element, after: list[Block]) -> str:
        """Lines of a cell. Tables inside it, and tables in its text boxes, go to ``after``."""
        waiting, self._tabbed = self._tabbed, []
        inner: list[Block] = []
        lines: list[str] = []
        for child in _through(element):
            if local(child) == "p":
                boxes: list[Block] = []
                text = self._text(child, boxes).replace("\t", " ")
                style = next((item for item in child if local(item) == "pPr"), None)
                found = _list_of(style) if style is not None else None
                if found and text.strip():
                    text = self.numbering.label(*found) + text
                lines += [part for line in text.split("\n") if (part := line.strip())]
                for block in boxes:
                    if isinstance(block, Paragraph):
                        lines.append(block.text.strip())
                    else:
                        inner.append(block)
            elif local(child) == "tbl":
                self._table(child, inner)
        self._tabbed = waiting
        after += inner
        return "\n".join(lines)

    # What stands beside the body

    def read_notes(self) -> None:
        """Footnotes and endnotes, after the text."""
        for kind in ("footnotes", "endnotes"):
            root = self._part(kind, f"word/{kind}.xml")
            if root is None:
                continue
            for note in root:
                if (attribute(note, "type") or "normal") == "normal":
                    self.read_blocks(note, self.blocks)
                    self.flush_tabs(self.blocks)

    def all_problems(self) -> Iterator[Problem]:
        """Problems met, pictures among them."""
        yield from self.problems
        if self.pictures:
            reason = f"文件中有{self.pictures}张图片，图片中的文字未读取。如图片是表格，请另行导入图片。"
            yield Problem(code="picture_not_read", reason=reason)


def _through(element: etree._Element) -> Iterator[etree._Element]:
    """Children, those of wrapping elements included."""
    for child in element:
        if local(child) in _THROUGH:
            yield from _through(child)
        else:
            yield child


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in _through(table):
        if local(child) != "tr":
            continue
        properties = next((item for item in child if local(item) == "trPr"), None)
        if properties is None or not any(local(item) in ("hidden", "del") for item in properties):
            yield child


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in _through(row):
        if local(child) == "tc":
            yield child


def _before(row: etree._Element) -> int:
    """Grid columns left free before the first cell of a row."""
    properties = next((item for item in row if local(item) == "trPr"), None)
    value = _value(properties, "gridBefore") if properties is not None else None
    return min(int(value), 500) if value and value.isdigit() else 0


def _spans(cell: etree._Element, most: int) -> tuple[int, str]:
    """(columns spanned, ``restart``, ``continue`` or nothing for the vertical merge)."""
    properties = next((item for item in cell if local(item) == "tcPr"), None)
    if properties is None:
        return 1, ""
    span = _value(properties, "gridSpan")
    merge = next((item for item in properties if local(item) == "vMerge"), None)
    across = min(int(span), most) if span and span.isdigit() else 1
    return max(across, 1), "" if merge is None else attribute(merge, "val") or "continue"


def _list_of(properties: etree._Element) -> tuple[str, int] | None:
    """(list, level) of a paragraph or style; list 0 means none."""
    for child in properties:
        if local(child) == "numPr":
            level = _value(child, "ilvl") or "0"
            list_id = _value(child, "numId") or "0"
            if list_id != "0":
                return list_id, int(level) if level.isdigit() else 0
    return None


def _value(parent: etree._Element, name: str) -> str | None:
    """The ``val`` of the named child."""
    for child in parent:
        if local(child) == name:
            return attribute(child, "val")
    return None


def _is_vanished(run: etree._Element) -> bool:
    for child in run:
        if local(child) == "rPr":
            return any(
                local(item) in ("vanish", "specVanish") and (attribute(item, "val") or "1") not in ("0", "false", "off")
                for item in child
            )
    return False


def _outermost(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Elements of this name that are not inside another of them; the fallback copy of a drawing is left out."""
    for child in element:
        found = local(child)
        if found == name:
            yield child
        elif found != "Fallback":
            yield from _outermost(child, name)
