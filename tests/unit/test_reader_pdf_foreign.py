"""Pages as other programs print them: what breaks reading there, drawn by code."""

from __future__ import annotations

import io

from pdf_drawing import Drawing

from ingest.document import Document, Paragraph, Table
from ingest.readers import pdf
from ingest.readers.limits import ReaderLimits


def read(data: bytes) -> Document:
    return pdf.read(data, limits=ReaderLimits())


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def grids(document: Document) -> list[list[list[str]]]:
    """Every table as rows of texts; what a merged cell covers is empty."""
    found = []
    for block in document.blocks:
        if isinstance(block, Table):
            rows = [[""] * block.column_count for _ in range(block.row_count)]
            for cell in block.cells:
                rows[cell.row][cell.column] = cell.text.replace("\n", "")
            found.append(rows)
    return found


def _file(objects: list[bytes]) -> bytes:
    """A PDF of raw objects, the first of which is the catalogue."""
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n" % number + content + b"\nendobj\n")
    start = out.tell()
    size = len(objects) + 1
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % size + b"".join(b"%010d 00000 n \n" % at for at in offsets))
    out.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start))
    return out.getvalue()


def _glyph_numbers(text: str, to_unicode: bytes = b"") -> bytes:
    """A page whose first line is set in a font of glyph numbers; ``to_unicode`` is the table that says what they are.

    Every glyph's number is the character's code and two more, as subset fonts have them: taken for codes, 205 is 427.
    """
    glyphs = "".join(f"{ord(ch) + 2:04X}" for ch in text)
    content = f"BT /F1 10 Tf 100 700 Td <{glyphs}> Tj ET BT /F2 10 Tf 100 680 Td (Total 12) Tj ET".encode()
    said = b"/ToUnicode 9 0 R" if to_unicode else b""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R/F2 6 0 R>>>>>>",
        b"<</Length %d>>stream\n" % len(content) + content + b"\nendstream",
        b"<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+Any/Encoding/Identity-H/DescendantFonts[7 0 R]" + said + b">>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/ABCDEF+Any/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        b"/Supplement 0>>/DW 500/FontDescriptor 8 0 R>>",
        b"<</Type/FontDescriptor/FontName/ABCDEF+Any/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 900"
        b"/Descent -200/CapHeight 700/StemV 80>>",
    ]
    if to_unicode:
        objects.append(b"<</Length %d>>stream\n" % len(to_unicode) + to_unicode + b"\nendstream")
    return _file(objects)


def _table_of_characters(first: int) -> bytes:
    """A ToUnicode table that maps the glyphs of the digits to ten characters from ``first`` on."""
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
        b"1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        b"2 beginbfrange <0032> <003B> <%04X> <0030> <0030> <002E> endbfrange\n"
        b"endcmap CMapName currentdict /CMap defineresource pop end end" % first
    )


def test_glyph_numbers_are_never_read_as_digits() -> None:
    document = read(_glyph_numbers("205 1234.56 78.90"))
    assert [problem.code for problem in document.problems] == ["page_text_unmapped"]
    assert "427" not in "".join(texts(document))
    assert texts(document)[-1] == "Total 12"


def test_digits_a_font_gives_private_numbers_are_unknown_and_a_bullet_is_not_worth_a_word() -> None:
    document = read(_glyph_numbers("1234.56", _table_of_characters(0xE030)))
    assert [problem.code for problem in document.problems] == ["page_text_unmapped"]
    assert read(_glyph_numbers("1234.56", _table_of_characters(0x30))).problems == ()
    assert texts(read(_glyph_numbers("1234.56", _table_of_characters(0x30))))[0] == "1234.56"
    assert read(_glyph_numbers("1", _table_of_characters(0xF06C))).problems == ()


def test_captions_below_a_note_are_lines_of_their_own() -> None:
    drawing = Drawing()
    drawing.text(60, 100, "注：本表反映单位本年度各项支出情况。", 10.5)
    captions = ("财政拨款收入支出决算总表", "公开04表", "编制单位：某某中心2021年度", "金额单位：万元")
    for place, line in enumerate(captions):
        drawing.text(60, 124 + 20 * place, line, 10.5)
    for y in (230, 250, 270):
        drawing.line(60, y, 540, y)
    for x in (60, 300, 540):
        drawing.line(x, 230, x, 270)
    drawing.text(70, 244, "合计")
    drawing.text(530, 244, "12.30", align="r")
    assert texts(read(drawing.pdf()))[1:] == list(captions)


def _right(drawing: Drawing, base: float, entries: list[tuple[float, str]], size: float = 9.0) -> None:
    for x, text in entries:
        drawing.text(x, base, text, size, "r")


def _rows(lines: str) -> list[list[str]]:
    return [line.split() for line in lines.splitlines()]


def test_an_amount_that_touches_the_next_code_or_label_ends_at_the_seam() -> None:
    """Without rulings 789.24 beside 302 is printed as 789.24302: the seam runs down the whole table."""
    drawing = Drawing()
    drawing.text(60, 100, "人员经费")
    drawing.text(300, 100, "公用经费")
    rows = [("301", "工资福利支出", "789.24", "302", "商品和服务支出", "45.52"),
            ("30101", "基本工资", "220.60", "30201", "办公费", "3.47"),
            ("30102", "津贴补贴", "63.73", "30202", "印刷费", "0.63"),
            ("30103", "奖金", "8.00", "30204", "手续费", "0.00")]  # fmt: skip
    for number, (code, name, amount, other, label, against) in enumerate(rows):
        base = 118 + 14 * number
        drawing.text(60, base, code)
        drawing.text(100, base, name)
        _right(drawing, base, [(240, amount), (420, against)])
        drawing.text(241.8, base, other)
        drawing.text(290, base, label)
    assert [[text for text in row if text] for row in grids(read(drawing.pdf()))[0]][-4:] == [list(row) for row in rows]


def test_an_amount_that_touches_the_label_of_the_other_side_ends_at_the_seam() -> None:
    drawing = Drawing()
    rows = _rows(
        """一、财政拨款收入 1314.81 一、一般公共服务支出 0.00
        二、事业收入 39.58 二、外交支出 0.00
        三、其他收入 2.02 三、国防支出 12.31
        总计 1356.41 总计 12.31"""
    )
    for number, (label, amount, other, against) in enumerate(rows):
        base = 100 + 14 * number
        drawing.text(60, base, label)
        _right(drawing, base, [(240, amount), (420, against)])
        drawing.text(241.2, base, other)
    assert grids(read(drawing.pdf())) == [[list(row) for row in rows]]


def test_heads_of_two_lines_stand_over_one_column() -> None:
    drawing = Drawing()
    ends = [(220, "合计"), (290, "一般公共预算拨"), (360, "政府性基金预算"), (430, "上级补助收"), (500, "其他收入")]
    below = {290: "款", 360: "拨款", 430: "入"}
    drawing.text(80, 104.5, "科目名称", align="c")
    for x, text in ends:
        drawing.text(x - 20, 100 if x in below else 104.5, text, 8, "c")
        if x in below:
            drawing.text(x - 20, 109, below[x], 8, "c")
    rows = _rows(
        """教育支出 1037.20 993.74 0.00 43.46 0.00
        卫生健康支出 36.11 36.11 0.00 0.00 0.00
        合计 1073.31 1029.85 0.00 43.46 0.00"""
    )
    for number, (label, *amounts) in enumerate(rows):
        drawing.text(60, 126 + 14 * number, label)
        _right(drawing, 126 + 14 * number, [(x, text) for (x, _), text in zip(ends, amounts, strict=True)])
    (table,) = grids(read(drawing.pdf()))
    assert [list(row) for row in rows] == table[-3:]
    heads = ["".join(row[column] for row in table[:-3]) for column in range(6)]
    assert heads == ["科目名称", "合计", "一般公共预算拨款", "政府性基金预算拨款", "上级补助收入", "其他收入"]


def test_a_code_beside_a_label_of_two_lines_does_not_end_the_table() -> None:
    drawing = Drawing()
    rows = _rows(
        """2080502 事业单位离退休 34.93 0.00
        2080505 机关事业单位基本养老保/险缴费支出 71.41 0.00
        2080506 机关事业单位职业年金缴/费支出 36.43 0.00
        221 住房保障支出 53.01 9.30"""
    )
    base = 100.0
    for code, label, amount, other in [(code, label.split("/"), *amounts) for code, label, *amounts in rows]:
        base += 6 * (len(label) - 1)
        drawing.text(60, base, code)
        for place, line in enumerate(label):
            drawing.text(120, base + 10 * place - 5 * (len(label) - 1), line)
        _right(drawing, base, [(300, amount), (380, other)])
        base += 14 + 6 * (len(label) - 1)
    assert grids(read(drawing.pdf())) == [[[text.replace("/", "") for text in row] for row in rows]]


def test_column_numbers_are_heads_and_one_row_of_amounts_is_a_table() -> None:
    drawing = Drawing()
    places = [120 + 70 * number for number in range(6)]
    for x, head in zip(places, ("合计", "因公出国费", "小计", "购置费", "运行维护费", "公务接待费"), strict=True):
        drawing.text(x - 25, 100, head, align="c")
    _right(drawing, 116, list(zip(places, ("7.50", "0.00", "5.00", "0.00", "5.00", "2.50"), strict=True)))
    (table,) = grids(read(drawing.pdf()))
    assert table[-1] == ["7.50", "0.00", "5.00", "0.00", "5.00", "2.50"]


def test_column_numbers_in_the_middle_of_their_columns_make_no_columns_of_their_own() -> None:
    drawing = Drawing()
    for x, head, number in ((80, "项目", "栏次"), (200, "决算数", "1"), (320, "项目", "栏次"), (440, "决算数", "2")):
        drawing.text(x, 100, head, align="c")
        drawing.text(x, 114, number, align="c")
    rows = _rows(
        """本年收入合计 356.40 本年支出合计 366.36
        年初结转和结余 22.82 年末结转和结余 12.87
        总计 379.23 总计 379.23"""
    )
    for number, (label, amount, other, against) in enumerate(rows):
        drawing.text(50, 128 + 14 * number, label)
        drawing.text(290, 128 + 14 * number, other)
        _right(drawing, 128 + 14 * number, [(250, amount), (490, against)])
    assert grids(read(drawing.pdf())) == [
        [["项目", "决算数", "项目", "决算数"], ["栏次", "1", "栏次", "2"], *(list(row) for row in rows)]
    ]


def test_heads_nearer_to_the_figures_of_their_neighbour_keep_their_order() -> None:
    drawing = Drawing()
    for x, head in ((370, "年初预算数"), (443, "全年预算数"), (514, "全年执行数")):
        drawing.text(x, 100, head, 7, "c")
    rows = _rows(
        """年度资金总额 404.88 389.96 369.79
        其中：当年财政拨款 404.88 375.03 354.87
        上年结转资金 0.00 14.93 14.93"""
    )
    for number, (label, *amounts) in enumerate(rows):
        drawing.text(220, 112 + 12 * number, label, 7)
        _right(drawing, 112 + 12 * number, list(zip((424, 495, 566), amounts, strict=True)), 7)
    (table,) = grids(read(drawing.pdf()))
    assert table == [["", "年初预算数", "全年预算数", "全年执行数"], *rows]


def _level_rules(drawing: Drawing, heights: list[float]) -> None:
    for y in heights:
        drawing.line(40, y, 440, y)


def test_tables_of_one_width_ruled_between_rows_only_are_kept_apart_by_their_titles() -> None:
    drawing = Drawing()
    top = 100.0
    for title, unit in (("收入预算总表", "单位：元"), ("支出预算总表", "单位：元")):
        _level_rules(drawing, [top + 18 * row for row in range(6)])
        drawing.text(240, top + 13, title, 13, "c")
        drawing.text(436, top + 31, unit, 9, "r")
        rows = [["科目名称", "合计", "上年结转"], ["教育支出", f"{top:.2f}", "0.00"], ["合计", f"{top:.2f}", "0.00"]]
        for number, (label, *amounts) in enumerate(rows, 2):
            drawing.text(44, top + 18 * number + 13, label)
            _right(drawing, top + 18 * number + 13, list(zip((300, 430), amounts, strict=True)))
        drawing.text(44, top + 106, "注：本表反映年度预算情况。")
        top += 130
    document = read(drawing.pdf())
    assert [table[1:] for table in grids(document)] == [
        [["教育支出", "100.00", "0.00"], ["合计", "100.00", "0.00"]],
        [["教育支出", "230.00", "0.00"], ["合计", "230.00", "0.00"]],
    ]
    assert [text for text in texts(document) if "表" in text and "注" not in text] == ["收入预算总表", "支出预算总表"]


def test_two_labels_of_two_lines_in_one_row_go_to_their_own_columns() -> None:
    drawing = Drawing()
    rows = _rows(
        """30228 工会经费 1.10 39906 赠与 0.00
        30231 公务用车运行维/护费 17.81 39908 对民间非营利组织和群/众性自治组织补贴 0.00
        30239 其他交通费用 54.60 39909 经常性赠与 0.00
        30240 税金及附加费用 0.00 39910 资本性赠与 2.30"""
    )
    base = 100.0
    for row in rows:
        height = 5 * any("/" in text for text in row)
        base += height
        for text, x, align in zip(row, (50, 90, 230, 260, 300, 480), "llrllr", strict=True):
            lines = text.split("/")
            for place, line in enumerate(lines):
                drawing.text(x, base + 10 * place - 5 * (len(lines) - 1), line, 9, align)
        base += 14 + height
    assert grids(read(drawing.pdf())) == [[[text.replace("/", "") for text in row] for row in rows]]


def test_amounts_half_a_blank_apart_are_two_in_a_table_of_one_row() -> None:
    drawing = Drawing()
    heads = ("合计", "出国费", "用车费", "购置费", "运行费", "接待费")
    amounts = ("20.350000", "0.000000", "19.070000", "0.000000", "19.070000", "1.280000")
    x = 60.0
    for head, amount in zip(heads, amounts, strict=True):
        drawing.text(x + 20, 100, head, align="c")
        drawing.text(x, 114, amount)
        x += 9 * 0.5 * len(amount) + 4.5
    (table,) = grids(read(drawing.pdf()))
    assert table == [list(heads), list(amounts)]


def test_text_without_ink_is_no_part_of_the_page() -> None:
    drawing = Drawing()
    drawing.text(60, 100, "本表无数据。", 10)
    hidden = drawing.canvas.beginText(60, drawing.height - 130)
    hidden.setFont("Helvetica", 9)
    hidden.setTextRenderMode(3)
    hidden.textLine("777.77")
    drawing.canvas.drawText(hidden)
    document, counts = pdf.read_counted(drawing.pdf(), limits=ReaderLimits())
    assert texts(document) == ["本表无数据。"]
    assert counts.off_page_characters == 6


def test_a_group_over_the_edge_of_a_column_does_not_take_its_head_away() -> None:
    drawing = Drawing()
    drawing.text(140, 88, "收入", 7, "c")
    drawing.text(382, 88, "支出", 7, "c")
    for x, head in ((111, "项目"), (199, "预算数"), (287, "项目"), (375, "合计"), (437, "一般公共预算")):
        drawing.text(x, 100, head, 7, "c")
    rows = _rows(
        """一、本年收入 848.19 一、本年支出 889.38 889.38
        二、上年结转 41.20 （一）交通运输支出 741.97 741.97
        收入总计 889.39 支出总计 889.38 889.38"""
    )
    for number, (label, amount, other, *amounts) in enumerate(rows):
        base = 111 + 10 * number
        drawing.text(55, base, label, 7)
        drawing.text(231, base, other, 7)
        _right(drawing, base, [(230, amount), *zip((406, 467), amounts, strict=True)], 7)
    (table,) = grids(read(drawing.pdf()))
    assert table[1:] == [["项目", "预算数", "项目", "合计", "一般公共预算"], *rows]


def test_rows_without_amounts_between_rows_with_some_are_rows() -> None:
    drawing = Drawing()
    labels = ["208社会保障和就业支出", "209社会保险基金支出", "210卫生健康支出", "211节能环保支出", "221住房保障支出"]
    rows = [[label, amount] for label, amount in zip(labels, ("84.38", "", "38.01", "", "61.20"), strict=True)]
    for number, (label, amount) in enumerate(rows):
        drawing.text(60, 100 + 13 * number, label)
        drawing.text(300, 100 + 13 * number, amount, align="r")
    assert grids(read(drawing.pdf())) == [rows]
