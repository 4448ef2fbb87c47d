"""PDF with a text layer → document model.

Pages are read one by one (pdfium holds only one at a time) and then brought together: duplicated pages dropped with a
notice, sentences torn by a page break joined, running heads kept out of them. What a page cannot give becomes a
problem with its page number.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import pypdfium2.raw as pdfium

from ingest.document import Cell, Document, Link, Paragraph, Problem, Table
from ingest.errors import LimitExceeded, UnreadableFile
from ingest.readers.limits import ReaderLimits
from ingest.readers.pdf_image import PageImage, render_page
from ingest.readers.pdf_library import attachment_names, loaded_page, metadata, opened
from ingest.readers.pdf_pages import PageDraft, read_page
from ingest.readers.pdf_paragraphs import DraftParagraph, continues, mark_running_heads
from ingest.readers.pdf_tables import DraftTable

READER = "pdf"
READER_VERSION = "1"

OcrPage = Callable[[PageImage], tuple[Paragraph | Table | Problem, ...] | None]
"""Recognises a page picture; None where it cannot. Blocks come back marked ``is_ocr``, boxes in points; problems say
what on the page was not read."""


@dataclass(slots=True)
class PdfCounts:
    """Characters and lines that are deliberately no part of the blocks, so that every character is accounted for."""

    page_numbers: int = 0
    """Lines at a page's edge that were nothing but its number."""
    doubled_characters: int = 0
    """Characters printed twice at one place (bold made by printing twice), read once."""
    off_page_characters: int = 0
    """Characters outside the visible page, or printed without ink where no picture lies below them."""
    duplicate_pages: int = 0


def read(data: bytes, *, limits: ReaderLimits, ocr_page: OcrPage | None = None) -> Document:
    """Read a PDF.

    Raises ``UnreadableFile`` (damaged, encrypted, no pages, no page readable) and ``LimitExceeded``.
    """
    return read_counted(data, limits=limits, ocr_page=ocr_page)[0]


def read_counted(data: bytes, *, limits: ReaderLimits, ocr_page: OcrPage | None = None) -> tuple[Document, PdfCounts]:
    """Read a PDF and say what was left out on purpose."""
    if len(data) > limits.max_bytes:
        raise LimitExceeded(f"文件有{len(data)}字节，超过上限{limits.max_bytes}字节：请拆分后再读。")
    deadline = time.monotonic() + limits.max_seconds
    problems: list[Problem] = []
    recognised: dict[int, tuple[Paragraph | Table, ...]] = {}
    drafts: list[PageDraft] = []
    counts = PdfCounts()
    with opened(data) as document:
        page_count = pdfium.FPDF_GetPageCount(document)
        if page_count <= 0:
            raise UnreadableFile("PDF里没有任何页面：文件是空的或已损坏，请重新下载。", code="no_pages")
        if page_count > limits.max_pages:
            raise LimitExceeded(f"PDF有{page_count}页，超过上限{limits.max_pages}页：请拆分后再读。")
        if b"%%EOF" not in data[-2048:]:
            problems.append(
                Problem("file_truncated", "PDF末尾缺少结束标记，文件可能下载不完整：已读出的内容保留，请核对页数。")
            )
        cells = 0
        for number in range(1, page_count + 1):
            if time.monotonic() > deadline:
                raise LimitExceeded(
                    f"读到第{number}页（共{page_count}页）已超过{limits.max_seconds:g}秒：请拆分后再读。"
                )
            draft, spent = _read_one(document, number, limits, ocr_page, problems, recognised)
            deadline += spent  # recognition is bounded by limits of its own
            if draft is None:
                continue
            if drafts and draft.fingerprint and draft.fingerprint == drafts[-1].fingerprint:
                counts.duplicate_pages += 1
                problems.append(
                    Problem(
                        "duplicate_page",
                        f"第{number}页与上一页逐字相同，只读一次。",
                        place=f"第{number}页",
                        page=number,
                    )
                )
                continue
            drafts.append(draft)
            cells += sum(len(block.cells) for block in draft.blocks if isinstance(block, DraftTable))
            if cells > limits.max_cells:
                raise LimitExceeded(f"读到第{number}页时单元格已超过上限{limits.max_cells}个：请拆分后再读。")
        title = metadata(document, "Title")
        links = tuple(Link(f"attachment:{name}", name) for name in attachment_names(document))
    if not drafts and any(problem.code == "page_unreadable" for problem in problems):
        raise UnreadableFile("PDF的每一页都已损坏，读不出内容：请重新下载。")
    for draft in drafts:
        counts.page_numbers += draft.page_numbers
        counts.doubled_characters += draft.doubled
        counts.off_page_characters += draft.off_page
    return (
        Document(
            document_id=hashlib.sha256(data).hexdigest(),
            file_format="pdf",
            reader=READER,
            reader_version=READER_VERSION,
            blocks=tuple(_assemble(drafts, recognised)),
            byte_count=len(data),
            page_count=page_count,
            title=title,
            links=links,
            problems=tuple(_one_for_a_scan(problems, page_count)),
        ),
        counts,
    )


def _read_one(
    document: object,
    number: int,
    limits: ReaderLimits,
    ocr_page: OcrPage | None,
    problems: list[Problem],
    recognised: dict[int, tuple[Paragraph | Table, ...]],
) -> tuple[PageDraft | None, float]:
    """Read one page and note what is wrong with it; say how many seconds went into recognition."""
    spent = 0.0
    place = f"第{number}页"

    def note(code: str, reason: str) -> None:
        problems.append(Problem(code, place + reason, place=place, page=number))

    with loaded_page(document, number) as page:
        if page is None:
            note("page_unreadable", "已损坏，读不出内容：请重新下载或另找版本。")
            return None, spent
        draft = read_page(page, limits)
        if draft is None:
            note("page_too_dense", f"的字符超过{limits.max_page_characters}个，未读。")
            return None, spent
        if draft.is_picture or draft.is_unmapped:
            began = time.monotonic()
            found = (ocr_page(render_page(page)) if ocr_page is not None else None) or ()
            spent = time.monotonic() - began
            problems += [item for item in found if isinstance(item, Problem)]
            blocks = tuple(item for item in found if not isinstance(item, Problem))
            if blocks:
                recognised[number] = blocks
            elif draft.is_unmapped:
                note("page_text_unmapped", "的字体没有文字编码，复制出来是乱码：需要OCR识别。")
            else:
                note("page_without_text", "没有文字层（扫描件或图片）：需要OCR识别。")
        elif draft.has_picture:
            note("picture_not_read", "有一幅较大的图片，其中的文字未读：请看原件。")
        if draft.is_cut:
            note("page_rulings_cut", "的线条过多，表格线未全部采用，请核对该页表格。")
    return draft, spent


def _one_for_a_scan(problems: list[Problem], page_count: int) -> list[Problem]:
    """A file that is a scan throughout is one problem, not one a page."""
    without = [problem for problem in problems if problem.code == "page_without_text"]
    if page_count < 2 or len(without) < page_count:
        return problems
    whole = Problem("document_without_text", f"全部{page_count}页都没有文字层（扫描件）：需要OCR识别。", place="全文")
    return [whole, *(problem for problem in problems if problem.code != "page_without_text")]


def _assemble(drafts: list[PageDraft], recognised: dict[int, tuple[Paragraph | Table, ...]]) -> list[Paragraph | Table]:
    """Bring pages together in order, joining a sentence torn by a page break."""
    own = [draft for draft in drafts if draft.number not in recognised]
    mark_running_heads(
        [[block for block in draft.blocks if isinstance(block, DraftParagraph)] for draft in own],
        [draft.frame.height for draft in own],
    )
    blocks: list[Paragraph | Table] = []
    open_at: int | None = None
    open_paragraph: DraftParagraph | None = None
    for draft in drafts:
        if draft.number in recognised:
            blocks.extend(recognised[draft.number])
            open_paragraph = None
            continue
        at_top = True
        for block in draft.blocks:
            if isinstance(block, DraftTable):
                blocks.append(_table(block, draft))
                open_paragraph, at_top = None, False
                continue
            if block.is_running_head:
                blocks.append(_paragraph(block, draft))
                continue
            if (
                at_top
                and open_paragraph is not None
                and open_at is not None
                and continues(open_paragraph, block.lines[0], block.page_right, block.page_left)
            ):
                before = blocks[open_at]
                joined = DraftParagraph([*open_paragraph.lines, *block.lines], block.page_right, block.page_left)
                blocks[open_at] = replace(before, text=joined.text, is_ocr=before.is_ocr or draft.is_recognised)
                open_paragraph = joined
            else:
                blocks.append(_paragraph(block, draft))
                open_at, open_paragraph = len(blocks) - 1, block
            at_top = False
    return blocks


def _paragraph(block: DraftParagraph, draft: PageDraft) -> Paragraph:
    box = draft.frame.on_page(*block.box)
    return Paragraph(block.text, page=draft.number, box=box, is_ocr=draft.is_recognised)


def _table(block: DraftTable, draft: PageDraft) -> Table:
    cells = sorted(block.cells, key=lambda cell: (cell.row, cell.column))
    return Table(
        cells=tuple(
            Cell(
                cell.text,
                cell.row,
                cell.column,
                cell.row_span,
                cell.column_span,
                page=draft.number,
                box=draft.frame.on_page(*cell.box),
                is_ocr=draft.is_recognised,
            )
            for cell in cells
        ),
        row_count=block.row_count,
        column_count=block.column_count,
        page=draft.number,
        has_spans=block.has_spans,
    )
