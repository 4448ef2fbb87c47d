"""A disclosure as a web page, with everything that stands on such pages around it."""

from __future__ import annotations

import html
from dataclasses import dataclass

from synth.model import Cell, Printed, PrintedDisclosure
from synth.render.plain import caption


@dataclass(frozen=True, slots=True)
class PageStyle:
    """How the page is made."""

    encoding: str = "utf-8"
    declared: str | None = "utf-8"
    """Charset said in the page; None where it says nothing."""
    has_site: bool = True
    """Navigation, scripts, attachments and a foot around the text."""
    nested: int = 0
    """Layout tables wrapped around every statement."""
    caption_in_grid: bool = False
    """Title, body and unit line as first rows of the table itself."""
    broken_labels: bool = False
    """Labels broken with <br>, blanks as &nbsp;, spans and fonts around text, as office programs export."""
    cells_as_lines: bool = False
    """No table at all: every cell is a line of its own, as some sites' editors leave it; merged cells stand once."""


_HEAD = """<div class="header"><nav><ul><li><a href="/index.html">首页</a></li><li><a href="/zwgk/">政务公开</a></li>
<li><a href="/bsfw/">办事服务</a></li></ul></nav></div>
<script>var total = 9876.54; document.write("<table><tr><td>合计</td><td>1234.56</td></tr></table>");</script>
<style>.t td{width:12.5px}</style>
<div class="crumbs">当前位置：首页 &gt; 政务公开 &gt; 预决算公开</div>
"""
_FOOT = """<p>附件：<a href="/attach/2024/W020240101.xls">公开报表.xls</a></p>
<div class="footer">版权所有：某某人民政府办公室　网站标识码：5100000001　<a href="#">网站地图</a></div>
<script src="/js/count.js"></script>"""


def page(disclosure: PrintedDisclosure, style: PageStyle | None = None) -> bytes:
    """The page's bytes."""
    style = style or PageStyle()
    body: list[str] = [f"<h1>{html.escape(disclosure.title)}</h1>"]
    for block in disclosure.blocks:
        if isinstance(block, str):
            body.append(f"<p>{html.escape(block)}</p>")
            continue
        if not style.caption_in_grid:
            body += [f'<p style="text-align:center">{_text(line, style)}</p>' for line in caption(block)]
        table = _lines(block, style) if style.cells_as_lines else _table(block, style)
        for _ in range(style.nested):
            table = f'<table width="100%"><tbody><tr><td valign="top">{table}</td></tr></tbody></table>'
        body.append(table)
        body += [f"<p>{html.escape(note)}</p>" for note in block.notes]
    said = f'<meta charset="{style.declared}">' if style.declared else ""
    inner = "\n".join(body)
    if style.has_site:
        inner = f'{_HEAD}<div class="content" id="zoom">\n{inner}\n</div>\n{_FOOT}'
    title = html.escape(disclosure.title)
    return f"<!DOCTYPE html>\n<html><head>{said}<title>{title}</title></head><body>\n{inner}\n</body></html>".encode(
        style.encoding
    )


def _table(statement: Printed, style: PageStyle) -> str:
    rows: dict[int, list[Cell]] = {}
    for cell in statement.cells():
        rows.setdefault(cell.row, []).append(cell)
    lines: list[str] = []
    width = len(statement.rows()[0])
    if style.caption_in_grid:
        lines.append(f'<tr><td colspan="{width}">{_text(statement.title, style)}</td></tr>')
        if statement.number:
            lines.append(f'<tr><td colspan="{width}" align="right">{statement.number}</td></tr>')
        left, middle, right = statement.body, statement.period, statement.unit_line
        if left:
            lines.append(
                f'<tr><td colspan="{width - 2}">{left}</td><td>{middle}</td><td align="right">{right}</td></tr>'
            )
        elif middle:
            lines.append(f'<tr><td colspan="{width}">{middle}</td></tr>')
    for row in range(len(statement.rows())):
        cells = []
        for cell in rows.get(row, []):
            spans = (f' rowspan="{cell.rows}"' if cell.rows > 1 else "") + (
                f' colspan="{cell.columns}"' if cell.columns > 1 else ""
            )
            cells.append(f"<td{spans}>{_text(cell.text, style, cell.kind)}</td>")
        lines.append("<tr>" + "".join(cells) + "</tr>")
    return '<table border="1" class="t">\n' + "\n".join(lines) + "\n</table>"


def _lines(statement: Printed, style: PageStyle) -> str:
    return "\n".join(f"<p>{_text(cell.text, style) or '&nbsp;'}</p>" for cell in statement.cells())


def _text(text: str, style: PageStyle, kind: str = "text") -> str:
    escaped = html.escape(text)
    if not style.broken_labels:
        return escaped
    if not escaped:
        return "&nbsp;"
    if kind == "head" and len(text) > 6 and "&" not in escaped:
        middle = len(text) // 2
        escaped = f"{text[:middle]}<br>{text[middle:]}"
    if kind == "amount":
        return f'<p style="margin:0"><span lang="EN-US"><font face="宋体">&nbsp;{escaped}</font></span>&nbsp;</p>'
    return f'<p style="margin:0"><span><font face="宋体">{escaped}</font></span></p>'
