"""The same statement gives the same facts whatever file it came in.

Three disclosures held as data (tests/rendering) are printed as text, Markdown, PDF, workbook, Word document and web
page, each in the ways such files are met, and read back through the whole ingest. Every file must give exactly the
figures and indicators the data holds: the same statement, subject code, row label, side, column, value and unit, none
lost, none twice, none invented.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest
from rendering import budget, final_account, performance
from rendering.model import Disclosure, Fact, Indicator

from ingest.pipeline import ParsedDocument, parse_bytes
from synth.model import squeeze
from synth.render import office, pdf, plain, web

TRUTHS = {
    "final": final_account.disclosure(),
    "budget": budget.disclosure(),
    "performance": performance.disclosure(),
}


def _pdf(**style) -> Callable[[Disclosure], bytes]:
    return lambda disclosure: pdf.render(disclosure, pdf.PdfStyle(**style))


def _page(**style) -> Callable[[Disclosure], bytes]:
    return lambda disclosure: web.page(disclosure, web.PageStyle(**style))


def _xlsx(**style) -> Callable[[Disclosure], bytes]:
    return lambda disclosure: office.xlsx(disclosure, office.SheetStyle(**style))


FILES: dict[str, Callable[[Disclosure], bytes]] = {
    "text": plain.text,
    "text_gb18030": lambda disclosure: plain.text(disclosure, encoding="gb18030"),
    "text_utf16_trimmed": lambda disclosure: plain.text(disclosure, encoding="utf-16", trimmed=True),
    "markdown": plain.markdown,
    "pdf": _pdf(),
    "pdf_lying": _pdf(lying=True),
    "pdf_turned_90": _pdf(rotate=90),
    "pdf_turned_180": _pdf(rotate=180),
    "pdf_turned_270": _pdf(rotate=270),
    "pdf_scaled_down": _pdf(scale=0.62),
    "pdf_scaled_up": _pdf(scale=1.75),
    "pdf_two_tables_a_page": _pdf(share_pages=True),
    "pdf_over_pages": _pdf(page_height=300),
    "pdf_over_pages_header_repeated": _pdf(page_height=330, repeat_header=True),
    "pdf_over_pages_title_repeated_inside_grid": _pdf(
        page_height=420, lying=True, size=9.0, repeat_header=True, caption_in_grid=True
    ),
    "pdf_two_tables_a_page_over_pages": _pdf(page_height=420, lying=True, size=9.0, share_pages=True),
    "pdf_letter_spaced": _pdf(letter_spaced=True),
    "pdf_fake_bold": _pdf(fake_bold=True),
    "pdf_title_inside_grid": _pdf(caption_in_grid=True),
    "pdf_rulings_as_rectangles": _pdf(ruling="rects", size=7.0),
    "pdf_drawn_out_of_order": _pdf(scrambled=True, ruling="rects"),
    "pdf_by_character": _pdf(by_character=True),
    "pdf_amounts_centred": _pdf(amounts_centred=True, page_height=400),
    "pdf_level_rulings_only": _pdf(ruling="level", padding=5.5, size=7.5),
    "pdf_without_rulings": _pdf(ruling="none", padding=5.5, size=7.5),
    "xlsx": _xlsx(),
    "xlsx_offset": _xlsx(offset=2),
    "xlsx_one_sheet": _xlsx(one_sheet=True),
    "xlsx_amounts_as_text": _xlsx(amounts_as_text=True),
    "xlsx_codes_as_numbers": _xlsx(codes_as_numbers=True, number_format="0.00"),
    "xlsx_hidden_sheet_and_rows": _xlsx(has_hidden=True),
    "xls": office.xls,
    "xls_codes_as_numbers": lambda disclosure: office.xls(disclosure, office.SheetStyle(codes_as_numbers=True)),
    "docx": office.docx,
    "docx_title_inside_grid": lambda disclosure: office.docx(disclosure, office.WordStyle(caption_in_grid=True)),
    "docx_text_between": lambda disclosure: office.docx(disclosure, office.WordStyle(text_between=True)),
    "html": _page(),
    "html_gbk": _page(encoding="gb18030", declared="gb2312"),
    "html_gbk_undeclared": _page(encoding="gbk", declared=None),
    "html_charset_wrong": _page(encoding="gbk", declared="utf-8"),
    "html_nested_twice": _page(nested=2),
    "html_title_inside_grid": _page(caption_in_grid=True),
    "html_office_export": _page(broken_labels=True, nested=1),
}
"""Name of the file's making → the file."""

_STATEMENTS_ONLY = {"pdf_level_rulings_only", "pdf_without_rulings"}
"""Performance sheets are forms of freely merged cells; nobody prints them without their rulings."""

_CASES = [
    (truth, file) for truth in TRUTHS for file in FILES if truth != "performance" or file not in _STATEMENTS_ONLY
]


@cache
def _read(truth: str, file: str) -> ParsedDocument:
    return parse_bytes(FILES[file](TRUTHS[truth]), "文件")


def figures_of(parsed: ParsedDocument) -> Counter[Fact]:
    """What was read, in the words of the comparison."""
    return Counter(
        Fact.of(
            figure.statement_code or "", figure.row_code or "", figure.row_label, figure.side or "",
            figure.column_label, figure.value_text, figure.unit_of_measure or "",
        )
        for figure in parsed.figures()
    )  # fmt: skip


def indicators_of(parsed: ParsedDocument) -> Counter[Indicator]:
    """The indicator rows read from tables, blanks taken out."""
    names = ("level1", "level2", "level3", "target_printed", "actual_printed", "weight_printed", "score_printed")
    return Counter(
        Indicator(*(squeeze(row.get(name) or "") for name in names))
        for row in parsed.rows["indicators"]
        if row["origin"] == "table"
    )


def _difference(wanted: Counter, read: Counter) -> str:
    lost = [f"lost    {item}" for item in (wanted - read).elements()]
    extra = [f"invented {item}" for item in (read - wanted).elements()]
    return f"{len(lost)} of {wanted.total()} lost, {len(extra)} invented\n" + "\n".join(lost[:25] + extra[:25])


@pytest.mark.parametrize(("truth", "file"), _CASES, ids=["-".join(case) for case in _CASES])
def test_every_format_gives_the_same_facts(truth: str, file: str) -> None:
    """Figures, as a multiset, are those of the truth."""
    wanted, read = TRUTHS[truth].facts(), figures_of(_read(truth, file))
    assert read == wanted, _difference(wanted, read)


@pytest.mark.parametrize("file", [file for file in FILES if file not in _STATEMENTS_ONLY])
def test_every_format_gives_the_same_indicators(file: str) -> None:
    """Indicator rows: levels carried down through merged cells, target, actual, weight and score."""
    wanted = TRUTHS["performance"].indicators()
    read = indicators_of(_read("performance", file))
    assert read == wanted, _difference(wanted, read)


@pytest.mark.parametrize(("truth", "file"), _CASES, ids=["-".join(case) for case in _CASES])
def test_no_number_of_a_statement_is_left_over(truth: str, file: str) -> None:
    """No number of a recognised statement is unmapped, and nothing is rejected but what a reader should reject."""
    parsed = _read(truth, file)
    recognised = {table["table_ordinal"] for table in parsed.rows["tables"] if table["statement_code"]}
    left = [
        (number["value_printed"], number["reason"])
        for number in parsed.rows["cell_numbers"]
        if number["role"] == "unmapped" and number["table_ordinal"] in recognised
    ]
    assert left == []
    codes = {row["code"] for row in parsed.rows["rejects"]} - {"attachment_not_fetched"}
    assert codes <= ({"table_not_recognised"} if file == "xlsx_hidden_sheet_and_rows" else set())


def test_a_page_of_one_cell_a_line_gives_the_same_facts() -> None:
    """Without any table markup: merged cells stand once, blanks leave no trace.

    A table of one row is lost where its head has several: what stands under what only its lines could tell. Nothing is
    invented.
    """
    data = web.page(TRUTHS["final"], web.PageStyle(cells_as_lines=True))
    facts = TRUTHS["final"].facts()
    read = figures_of(parse_bytes(data, "文件"))
    assert not read - facts, _difference(facts, read)
    lost = facts - read
    assert {fact.statement for fact in lost} == {"final_three_public"} and lost.total() == 12


@pytest.mark.parametrize("truth", TRUTHS)
def test_an_embedded_font_gives_the_same_facts(truth: str) -> None:
    """A TrueType font in the file instead of one the viewer brings, where this machine has a Chinese one."""
    folders = [folder for folder in (os.environ.get("GONGKAI_FONTS"),) if folder]
    font = pdf.truetype_font(*folders)
    if font is None:
        pytest.skip("no Chinese TrueType font: install fonts-wqy-zenhei or set GONGKAI_FONTS to a folder with one")
    wanted = TRUTHS[truth].facts()
    read = figures_of(parse_bytes(pdf.render(TRUTHS[truth], pdf.PdfStyle(font_file=font)), "文件"))
    assert read == wanted, _difference(wanted, read)


def test_the_comparison_sees_a_moved_figure() -> None:
    """The comparison itself: one figure under another column, or in another unit, is a difference."""
    fact = Fact.of("final_income", "205", "教育支出", "", "财政拨款收入", "1,204.50", "万元")
    assert fact == Fact.of("final_income", "205", "教 育支出", "", "收入/财政拨款收入", "1204.5", "万元")
    assert fact != Fact.of("final_income", "205", "教育支出", "", "其他收入", "1204.5", "万元")
    assert fact != Fact.of("final_income", "205", "教育支出", "", "财政拨款收入", "1204.5", "元")
    assert Counter([fact]) != Counter([fact, fact])
