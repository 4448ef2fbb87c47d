"""The check sheet as text, workbook and web page (审核表的三种样式).

The workbook is written as plain OOXML with the standard library: every cell is text, and a text that a spreadsheet
could take for a formula gets an apostrophe in front. The page is one file without any outside request.
"""

from __future__ import annotations

import html
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from gongkai.audit import DIFFERS, Finding, Sheet, Unread

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_LINE_HEADS = ("报表或章节", "结论", "完全相符", "四舍五入", "不符", "未能核对", "说明")
_FINDING_HEADS = (
    "序号", "严重程度", "位置", "所列数", "应为", "勾稽关系", "核对情况", "原文位置", "原文", "更正建议", "依据",
)  # fmt: skip
_UNREAD_HEADS = ("种类", "位置", "所在与打印文字", "原因")
_MOST_SHEETS = 200
"""Documents with a worksheet of their own; more than that only stand in the overview."""


def as_text(sheets: Sequence[Sheet]) -> str:
    """The sheets for a terminal, one after the other."""
    return "\n\n".join(_text(sheet) for sheet in sheets)


def _text(sheet: Sheet) -> str:
    head = " ".join(part for part in (sheet.unit_name, f"{sheet.fiscal_year}年度" if sheet.fiscal_year else "") if part)
    lines = [f"审核表：{sheet.title}", f"  文件：{sheet.file_name}"]
    if head:
        lines.append(f"  单位：{head}")
    lines.append(f"  结论：{sheet.verdict}（问题 {len(sheet.findings)} 项；{_coverage(sheet)}）")
    for line in sheet.lines:
        counts = f"相符 {line.exact}，四舍五入 {line.rounding}，不符 {line.discrepant}，未能核对 {line.incomplete}"
        counted = line.exact + line.rounding + line.discrepant + line.incomplete
        words = "；".join(part for part in (counts if counted or not line.note else "", line.note) if part)
        lines.append(f"  [{line.verdict}] {line.name}：{words}")
    for finding in sheet.findings:
        lines.append(f"  {finding.number}. 〔{finding.severity}〕{finding.place}")
        lines.append(f"     所列 {finding.printed}，应为 {finding.expected}")
        lines += [f"     勾稽关系：{rule}" for rule in finding.rules]
        lines += [f"     核对：{detail}" for detail in finding.details]
        lines += [f"     原文（{quote.place}）：{quote.text}" for quote in finding.quotes]
        lines.append(f"     更正：{finding.mend}")
        lines += [f"     依据：{basis}" for basis in finding.basis]
    if sheet.unread:
        lines.append(f"  没有读出或没有归处，因而没有核对的内容 {len(sheet.unread)} 处：")
        lines += [f"     〔{one.kind}〕{_at(one)}：{one.reason}" for one in sheet.unread]
    return "\n".join(lines)


def _at(unread: Unread) -> str:
    return " ".join(part for part in (unread.place, unread.text) if part)


def _coverage(sheet: Sheet) -> str:
    return (
        f"规则已核对 {sheet.rules_applied} 条，缺数未核对 {sheet.rules_not_evaluable} 条，"
        f"不适用 {sheet.rules_not_applicable} 条"
    )


def _finding_cells(finding: Finding) -> tuple[str, ...]:
    return (
        str(finding.number),
        finding.severity,
        finding.place,
        finding.printed,
        finding.expected,
        "\n".join(finding.rules),
        "\n".join(finding.details),
        "\n".join(quote.place for quote in finding.quotes),
        "\n".join(quote.text for quote in finding.quotes),
        finding.mend,
        "\n".join(finding.basis),
    )


def _unread_cells(unread: Unread) -> tuple[str, ...]:
    return (unread.kind, unread.place, unread.text, unread.reason)


def _line_cells(sheet: Sheet) -> list[tuple[str, ...]]:
    return [
        (
            line.name,
            line.verdict,
            str(line.exact),
            str(line.rounding),
            str(line.discrepant),
            str(line.incomplete),
            line.note,
        )
        for line in sheet.lines
    ]


# ---- web page

_STYLE = """
body{font-family:system-ui,"PingFang SC","Microsoft YaHei",sans-serif;margin:2rem auto;max-width:72rem;line-height:1.6}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}th,td{border:1px solid #bbb;padding:.3rem .5rem;
text-align:left;vertical-align:top;white-space:pre-line}th{background:#f2f2f2}.bad{color:#a40000;font-weight:600}
h2{margin-top:2.5rem;border-bottom:2px solid #444}
blockquote{margin:.2rem 0;padding-left:.8rem;border-left:3px solid #bbb}
@media print{h2{break-before:page}}
"""


def as_html(sheets: Sequence[Sheet]) -> str:
    """The sheets as one self-contained page; everything printed by documents is escaped."""
    parts = [
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>预决算公开审核表</title>',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<style>{_STYLE}</style></head><body><h1>预决算公开审核表</h1>",
    ]
    if len(sheets) > 1:
        rows = [
            (sheet.unit_name, str(sheet.fiscal_year or ""), sheet.file_name, sheet.verdict, str(len(sheet.findings)))
            for sheet in sheets
        ]
        parts.append(_html_table(("单位", "年度", "文件", "结论", "问题"), rows))
    parts += [_html_sheet(sheet) for sheet in sheets]
    return "".join(parts) + "</body></html>\n"


def _html_sheet(sheet: Sheet) -> str:
    facts = f"{html.escape(sheet.unit_name)} {sheet.fiscal_year or ''}　文件：{html.escape(sheet.file_name)}"
    parts = [
        f"<h2>{html.escape(sheet.title)}</h2><p>{facts}</p>",
        f"<p>结论：{_marked(sheet.verdict)}。{_coverage(sheet)}。</p>",
        _html_table(_LINE_HEADS, _line_cells(sheet)),
    ]
    for finding in sheet.findings:
        quotes = "".join(
            f"<blockquote>{html.escape(quote.place)}：{html.escape(quote.text)}</blockquote>"
            for quote in finding.quotes
        )
        details = "".join(f"<li>{html.escape(detail)}</li>" for detail in finding.details)
        basis = "".join(f"<p>依据：{html.escape(text)}</p>" for text in finding.basis)
        parts.append(
            f"<h3>{finding.number}. 〔{html.escape(finding.severity)}〕{html.escape(finding.place)}</h3>"
            f"<p>所列 <b>{html.escape(finding.printed)}</b>，应为 <b>{html.escape(finding.expected)}</b></p>"
            f"<ul>{details}</ul>{quotes}<p>更正：{html.escape(finding.mend)}</p>{basis}"
        )
    if sheet.unread:
        parts.append("<h3>没有读出或没有归处，因而没有核对的内容</h3>")
        parts.append(_html_table(_UNREAD_HEADS, [_unread_cells(one) for one in sheet.unread]))
    return "<section>" + "".join(parts) + "</section>"


def _marked(verdict: str) -> str:
    return f'<span class="bad">{verdict}</span>' if verdict == DIFFERS else verdict


def _html_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{html.escape(text)}</th>" for text in heads)
    body = "".join(
        "<tr>"
        + "".join(f"<td>{_marked(cell) if cell == DIFFERS else html.escape(cell)}</td>" for cell in row)
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


# ---- workbook


def write_xlsx(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write the sheets as a workbook: an overview, all findings, and a worksheet per document."""
    overview = [("单位", "年度", "文件", "标题", "结论", "问题", "已核对规则", "缺数未核对", "不适用")]
    found = [("单位", "年度", "文件", *_FINDING_HEADS)]
    unread = [("单位", "年度", "文件", *_UNREAD_HEADS)]
    for sheet in sheets:
        identity = (sheet.unit_name, str(sheet.fiscal_year or ""), sheet.file_name)
        overview.append(
            (
                *identity,
                sheet.title,
                sheet.verdict,
                str(len(sheet.findings)),
                str(sheet.rules_applied),
                str(sheet.rules_not_evaluable),
                str(sheet.rules_not_applicable),
            )
        )
        found += [(*identity, *_finding_cells(finding)) for finding in sheet.findings]
        unread += [(*identity, *_unread_cells(one)) for one in sheet.unread]
    pages = [("总览", overview), ("问题", found), ("未读内容", unread)]
    for number, sheet in enumerate(sheets[:_MOST_SHEETS], 1):
        rows = [(sheet.title,), (f"结论：{sheet.verdict}", _coverage(sheet)), _LINE_HEADS, *_line_cells(sheet)]
        rows += [("",), _FINDING_HEADS, *(_finding_cells(finding) for finding in sheet.findings)]
        pages.append((f"{number}", rows))
    _write_workbook(path, pages)


def neutral(text: str) -> str:
    """A text no spreadsheet takes for a formula, without characters XML forbids."""
    kept = "".join(letter for letter in text if letter in "\t\n" or letter >= " ")
    # a number stays what it is
    if kept.startswith(_FORMULA_STARTS) and not kept[1:].replace(".", "", 1).replace(",", "").isdigit():
        return "'" + kept
    return kept


def _write_workbook(path: Path, pages: Sequence[tuple[str, Sequence[Sequence[str]]]]) -> None:
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        for number in range(1, len(pages) + 1)
    )
    names = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, (name, _) in enumerate(pages, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
        f' Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(pages) + 1)
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr(
            "[Content_Types].xml",
            f'{head}<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml"'
            ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
            f"{types}</Types>",
        )
        book.writestr(
            "_rels/.rels",
            f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type='
            f'"{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            f'{head}<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{names}</sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'{head}<Relationships xmlns="{package}/relationships">{links}</Relationships>',
        )
        for number, (_, rows) in enumerate(pages, 1):
            book.writestr(f"xl/worksheets/sheet{number}.xml", f"{head}{_worksheet(main, rows)}")


def _worksheet(main: str, rows: Sequence[Sequence[str]]) -> str:
    body = "".join(
        f'<row r="{number}">'
        + "".join(
            f'<c r="{_column(column)}{number}" t="inlineStr">'
            f'<is><t xml:space="preserve">{escape(neutral(text))}</t></is></c>'
            for column, text in enumerate(row, 1)
        )
        + "</row>"
        for number, row in enumerate(rows, 1)
    )
    return f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'


def _column(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
