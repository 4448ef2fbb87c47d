"""Small whole documents of every format, to be spoiled. Invented throughout."""

from __future__ import annotations

import io
import zipfile
from functools import cache

ROWS = (
    ("科目编码", "科目名称", "本年支出合计", "基本支出", "项目支出"),
    ("合计", "", "1,286.40", "860.15", "426.25"),
    ("205", "教育支出", "1,100.00", "700.00", "400.00"),
    ("20502", "普通教育", "1,100.00", "700.00", "400.00"),
    ("2050202", "小学教育", "1,100.00", "700.00", "400.00"),
    ("208", "社会保障和就业支出", "186.40", "160.15", "26.25"),
    ("2080505", "机关事业单位基本养老保险缴费支出", "186.40", "160.15", "26.25"),
)
THREE_PUBLIC = (
    ("项目", "预算数", "决算数"),
    ("“三公”经费合计", "12.50", "9.86"),
    ("1.因公出国（境）费", "0.00", "0.00"),
    ("2.公务用车购置及运行费", "8.00", "7.21"),
    ("3.公务接待费", "4.50", "2.65"),
)
PERFORMANCE = (
    ("项目支出绩效自评表", "", "", ""),
    ("项目名称", "校舍维修", "主管部门", "白杨县教育局"),
    ("一级指标", "二级指标", "三级指标", "年度指标值"),
    ("产出指标", "数量指标", "维修校舍面积", "≥3200平方米"),
    ("效益指标", "满意度指标", "师生满意度", "≥95%"),
)
PROSE = (
    "白杨县实验小学2023年度单位决算公开",
    "2023年度支出总计1,286.40万元，与上年相比增加86.20万元，增长7.2%，主要原因是校舍维修增加。",
    "“三公”经费支出决算9.86万元，完成预算的78.9%；其中公务接待费2.65万元，接待21批次、168人次。",
    "年末公务用车保有量2辆。政府采购支出总额320.5万元。",
)


def _text(separator: str) -> str:
    tables = [("支出决算表", ROWS), ("“三公”经费支出决算表", THREE_PUBLIC), ("", PERFORMANCE)]
    parts = [PROSE[0], "", *PROSE[1:], ""]
    for title, rows in tables:
        parts += [title, "部门：白杨县实验小学\t金额单位：万元"]
        edge = separator.strip()
        parts += [f"{edge}{separator.join(row)}{edge}" for row in rows] + [""]
    return "\n".join(parts)


def _html() -> str:
    def table(rows: tuple[tuple[str, ...], ...]) -> str:
        body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        return f"<table border=1><tr><td colspan={len(rows[0])}>金额单位：万元</td></tr>{body}</table>"

    prose = "".join(f"<p>{line}</p>" for line in PROSE)
    tables = f"<h2>支出决算表</h2>{table(ROWS)}<h2>“三公”经费支出决算表</h2>{table(THREE_PUBLIC)}{table(PERFORMANCE)}"
    return f"<!DOCTYPE html><html><head><title>{PROSE[0]}</title></head><body>{prose}{tables}</body></html>"


def _xlsx() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for number, (title, rows) in enumerate((("支出决算表", ROWS), ("三公", THREE_PUBLIC), ("绩效", PERFORMANCE))):
        sheet = book.active if number == 0 else book.create_sheet()
        sheet.title = title
        sheet.append([title])
        sheet.append(["部门：白杨县实验小学", "", "单位：万元"])
        for row in rows:
            sheet.append([_typed(cell) for cell in row])
        sheet.merge_cells("A1:C1")
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _typed(cell: str) -> str | float:
    plain = cell.replace(",", "")
    return float(plain) if plain.replace(".", "").isdecimal() and "." in plain else cell


def _xls() -> bytes:
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("支出决算表")
    for row, cells in enumerate((("支出决算表",), ("单位：万元",), *ROWS)):
        for column, cell in enumerate(cells):
            sheet.write(row, column, _typed(cell))
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _docx() -> bytes:
    import docx

    document = docx.Document()
    for line in PROSE:
        document.add_paragraph(line)
    for rows in (ROWS, THREE_PUBLIC, PERFORMANCE):
        table = document.add_table(len(rows), len(rows[0]))
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                table.cell(row, column).text = cell
    sink = io.BytesIO()
    document.save(sink)
    return sink.getvalue()


def _pdf() -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("body", fontName="STSong-Light", fontSize=10, leading=14)
    look = [("FONT", (0, 0), (-1, -1), "STSong-Light", 9), ("GRID", (0, 0), (-1, -1), 0.5, "black")]
    story = [Paragraph(line, style) for line in PROSE]
    for rows in (ROWS, THREE_PUBLIC, PERFORMANCE):
        story += [Paragraph("金额单位：万元", style), Table([list(row) for row in rows], style=look)]
    sink = io.BytesIO()
    SimpleDocTemplate(sink, pagesize=A4, invariant=1).build(story)
    return sink.getvalue()


def _mhtml() -> bytes:
    import base64

    body = base64.encodebytes(_html().encode()).decode()
    return (
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\n'
        f"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{body}\n--b--\n"
    ).encode()


def _zip(members: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return sink.getvalue()


@cache
def seeds() -> dict[str, bytes]:
    """Format → one whole document of it."""
    held = {
        "tabs.txt": _text("\t").encode(),
        "gbk.txt": _text("\t").encode("gb18030"),
        "utf16.txt": _text("\t").encode("utf-16"),
        "lines.txt": _text("\n").encode(),
        "pipes.md": _text(" | ").encode(),
        "commas.csv": _text(",").encode("utf-8-sig"),
        "page.html": _html().encode(),
        "page_gbk.html": _html().encode("gb18030"),
        "page.mht": _mhtml(),
        "book.xlsx": _xlsx(),
        "book.xls": _xls(),
        "report.docx": _docx(),
        "report.pdf": _pdf(),
    }
    return held | {"all.zip": _zip({name: held[name] for name in ("tabs.txt", "book.xlsx", "page.html")})}
