"""Ruled tables: the same cells come out however the rulings are drawn and the page is turned."""

from __future__ import annotations

import pytest
from pdf_drawing import RULING_STYLES, Drawing, Put, Ruled, fund_table, width

from ingest.document import Document, Paragraph, Table
from ingest.readers import pdf
from ingest.readers.limits import ReaderLimits


def read(data: bytes) -> Document:
    return pdf.read(data, limits=ReaderLimits())


def tables(document: Document) -> list[Table]:
    return [block for block in document.blocks if isinstance(block, Table)]


def paragraphs(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def rows(table: Table) -> list[list[str]]:
    """Texts of the non-empty cells, row by row; empty rows are empty lists."""
    lines: list[list[str]] = [[] for _ in range(table.row_count)]
    for cell in table.cells:
        lines[cell.row].append(cell.text)
    return lines


def grid(table: Table) -> dict[tuple[int, int], tuple[str, int, int]]:
    return {(cell.row, cell.column): (cell.text, cell.row_span, cell.column_span) for cell in table.cells}


def expected(table: Ruled) -> dict[tuple[int, int], tuple[str, int, int]]:
    spans = {(row, column): (height, breadth) for row, column, height, breadth in table.merges}
    return {place: (put.text, *spans.get(place, (1, 1))) for place, put in table.cells.items()}


@pytest.mark.parametrize("style", RULING_STYLES)
def test_every_way_of_drawing_rulings_gives_the_same_cells(style: str) -> None:
    drawing, table = Drawing(), fund_table()
    drawing.text(297, 90, "支出明细表", 16, "c")
    drawing.ruled(table, style)
    document = read(drawing.pdf())
    [found] = tables(document)
    assert grid(found) == expected(table)
    assert (found.row_count, found.column_count) == (11, 9)
    assert found.has_spans
    assert all(cell.page == 1 for cell in found.cells)
    assert rows(found)[8] == [], "the empty ruled row keeps its place"
    assert paragraphs(document) == ["支出明细表"]


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_page_with_a_rotation_entry_is_read_as_displayed(angle: int) -> None:
    """Content is drawn so that the /Rotate entry brings it upright."""
    drawing = Drawing(595, 842)  # reportlab turns the media box with the entry, so this is the size shown
    drawing.canvas.setPageRotation(angle)
    moves = {90: (842, 0), 180: (595, 842), 270: (0, 595)}
    drawing.canvas.translate(*moves[angle])
    drawing.canvas.rotate(angle)
    table = fund_table()
    drawing.ruled(table)
    [found] = tables(read(drawing.pdf()))
    assert grid(found) == expected(table)
    box = found.cells[0].box
    assert (box.x0, box.top) == pytest.approx((table.xs[0], table.ys[0]), abs=1.0)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_text_and_table_set_sideways_on_an_upright_page(turn: int) -> None:
    """A landscape table printed on a portrait page without a rotation entry: boxes are those of the page shown."""
    drawing = Drawing(842, 595) if turn == 180 else Drawing(595, 842)
    inner = Drawing.__new__(Drawing)
    inner.canvas, inner.buffer, inner.width, inner.height = drawing.canvas, drawing.buffer, 842, 595
    moves = {90: (595, 0), 180: (842, 595), 270: (0, 842)}
    drawing.canvas.translate(*moves[turn])
    drawing.canvas.rotate(turn)
    table = fund_table()
    inner.ruled(table)
    [found] = tables(read(inner.pdf()))
    assert grid(found) == expected(table)
    box = found.cells[0].box
    left, top, breadth, depth = table.xs[0], table.ys[0], table.xs[4] - table.xs[0], 16
    if turn == 90:
        assert (box.x0, box.bottom) == pytest.approx((top, 842 - left), abs=1.0)
        assert (box.x1 - box.x0, box.bottom - box.top) == pytest.approx((depth, breadth), abs=1.0)
    elif turn == 180:
        assert (box.x1, box.bottom) == pytest.approx((842 - left, 595 - top), abs=1.0)
    else:
        assert (box.x1, box.top) == pytest.approx((595 - top, left), abs=1.0)


@pytest.mark.parametrize("scale", [0.35, 0.6, 2.5])
def test_scaled_pages_read_alike(scale: float) -> None:
    drawing = Drawing(595 * max(scale, 1), 842 * max(scale, 1))
    drawing.canvas.translate(0, drawing.height - 842 * scale)
    drawing.canvas.scale(scale, scale)
    inner = Drawing.__new__(Drawing)
    inner.canvas, inner.buffer, inner.width, inner.height = drawing.canvas, drawing.buffer, 595, 842
    table = fund_table()
    inner.ruled(table, "rects")
    [found] = tables(read(inner.pdf()))
    assert grid(found) == expected(table)


def test_a_cropped_page_counts_points_from_the_visible_corner() -> None:
    drawing, table = Drawing(), fund_table()
    drawing.canvas.setCropBox((20, 30, 560, 800))
    drawing.text(5, 20, "裁掉的文字")
    drawing.ruled(table)
    document = read(drawing.pdf())
    [found] = tables(document)
    assert grid(found) == expected(table)
    assert found.cells[0].box.x0 == pytest.approx(table.xs[0] - 20, abs=0.6)
    assert found.cells[0].box.top == pytest.approx(table.ys[0] - 42, abs=0.6)
    assert paragraphs(document) == []


def test_open_sides_and_lines_that_stop_short() -> None:
    drawing, table = Drawing(), fund_table()
    table.open_sides = True
    drawing.ruled(table)
    assert grid(tables(read(drawing.pdf()))[0]) == expected(table)

    drawing = Drawing()
    for y in (100, 120, 140, 160):
        drawing.line(51.5, y, 298.5, y)
    for x in (50, 150, 225, 300):
        drawing.line(x, 101.5, x, 158.5)
    table = Ruled([50, 150, 225, 300], [100, 120, 140, 160], [], {})
    for row in range(3):
        table.cells[row, 0] = Put(f"第{row}项支出", "l")
        table.cells[row, 1] = Put(f"{row}.10", "r")
        table.cells[row, 2] = Put(f"{row}.20", "r")
    drawing.fill(table)
    assert grid(tables(read(drawing.pdf()))[0]) == expected(table)


def test_a_table_cut_by_the_page_without_its_last_ruling() -> None:
    drawing = Drawing()
    for x in (50, 150, 225, 300):
        drawing.line(x, 85, x, 178)
    for y in (100, 120, 140, 160):
        drawing.line(50, y, 300, y)
    for number, base in enumerate((96, 113, 133, 153, 173)):
        drawing.text(53, base, f"第{number}项支出", 8)
        drawing.text(223, base, f"{number}.10", 8, "r")
        drawing.text(298, base, f"{number}.20", 8, "r")
    [found] = tables(read(drawing.pdf()))
    assert rows(found) == [[f"第{number}项支出", f"{number}.10", f"{number}.20"] for number in range(5)]


def test_continuation_pages_are_tables_of_their_own() -> None:
    drawing, table = Drawing(), fund_table()
    drawing.ruled(table)
    drawing.next_page()
    more = Ruled(table.xs, [60, 80, 100], [(1, 0, 1, 4)], {})
    for column, text in enumerate(("302", "01", "", "办公费", "5.00", "5.00")):
        if text:
            more.cells[0, column] = Put(text)
    more.cells[1, 0], more.cells[1, 4] = Put("合 计"), Put("5.00", "r")
    drawing.ruled(more)
    drawing.next_page()
    last = Ruled([40, 184, 246, 534], [60, 82], [], {(0, 0): Put("合计"), (0, 1): Put("9.00", "r")})
    drawing.ruled(last, "rects")
    found = tables(read(drawing.pdf()))
    assert [table.page for table in found] == [1, 2, 3]
    assert {cell.page for cell in found[1].cells} == {2}
    assert rows(found[2]) == [["合计", "9.00"]]


def test_touching_numbers_are_parted_and_overflowing_numbers_stay_whole() -> None:
    table = Ruled([50, 120, 190, 260, 330], [100, 120, 140, 160, 180], [], {})
    drawing = Drawing()
    drawing.ruled(table)
    # Two amounts that fill their cells to the very ruling, printed one after the other.
    size = 70 / width("123,456,789.00", 1)
    drawing.text(50, 113, "123,456,789.00", size)
    drawing.text(120, 113, "987,654,321.00", size)
    # An amount wider than its cell, right-aligned: it begins in the cell before.
    drawing.text(259, 133, "12,345,678,901,234.56", 9, "r")
    # Amount at the right edge, label of the next cell at the left edge.
    drawing.text(120, 153, "371.00", 9, "r")
    drawing.text(120, 153, "一般支出", 9)
    # A word that runs over the ruling.
    drawing.text(60, 173, "机关事业单位基本养老", 9)
    assert rows(tables(read(drawing.pdf()))[0]) == [
        ["123,456,789.00", "987,654,321.00"],
        ["12,345,678,901,234.56"],
        ["371.00", "一般支出"],
        ["机关事业单位基本养老"],
    ]
    cells = {cell.text: cell.column for cell in tables(read(drawing.buffer.getvalue()))[0].cells}
    assert cells["12,345,678,901,234.56"] == 2
    assert cells["一般支出"] == 1
    assert cells["机关事业单位基本养老"] == 0


def test_amounts_printed_in_one_stroke_across_cells_are_parted() -> None:
    """Some printing systems write a whole row as one string whose digits happen to fill the cells."""
    text = "1,234.562,345.67"
    size = 60 / width("1,234.56", 1)
    drawing = Drawing()
    drawing.ruled(Ruled([50, 110, 170], [100, 120, 140], [], {(0, 0): Put("甲"), (0, 1): Put("乙")}))
    drawing.text(50, 133, text, size)
    assert rows(tables(read(drawing.pdf()))[0])[1] == ["1,234.56", "2,345.67"]


def test_letter_spaced_labels_and_double_printing() -> None:
    table = Ruled([50, 200, 270], [100, 120, 140, 160], [], {(2, 0): Put("小计"), (2, 1): Put("7", "r")})
    drawing = Drawing()
    drawing.ruled(table)
    drawing.text(90, 113, "合计", 9, spread=36)
    drawing.text(55, 133, "本年收入合计", 9, spread=14)
    drawing.text(205, 133, "1,100.11", 9)
    drawing.text(205.3, 133, "1,100.11", 9, spread=0.001)
    for ch, x in (("2", 205.0), ("2", 209.2), (".", 213.4), ("0", 215.6), ("0", 219.8)):
        drawing.text(x, 113, ch)
        drawing.text(x + 0.25, 113.2, ch)
    document, counts = pdf.read_counted(drawing.pdf(), limits=ReaderLimits())
    assert rows(tables(document)[0]) == [["合 计", "22.00"], ["本年收入合计", "1,100.11"], ["小计", "7"]]
    assert counts.doubled_characters == len("1,100.11")  # single characters pdfium itself takes once


def test_labels_wrapped_round_a_centred_amount_in_a_tall_cell() -> None:
    table = Ruled([50, 140, 220], [100, 160, 240], [], {})
    table.cells = {
        (0, 0): Put("使用非财政拨款\n结余（含专用\n结余）", "l"),
        (0, 1): Put("12.30", "r"),
        (1, 0): Put("其他", "l"),
        (1, 1): Put("0.70", "r"),
    }
    drawing = Drawing()
    drawing.ruled(table)
    assert grid(tables(read(drawing.pdf()))[0]) == expected(table)


@pytest.mark.parametrize("frame", ["one grid", "page border"])
def test_title_and_unit_line_inside_the_frame_are_paragraphs(frame: str) -> None:
    drawing, table = Drawing(), fund_table(top=160)
    if frame == "one grid":
        table = Ruled(table.xs, [100, 135, 160, *table.ys[1:]], [], table.cells)
        moved = fund_table(top=160)
        table.ys = [100, 135, *moved.ys]
        table.cells = {(row + 2, column): put for (row, column), put in moved.cells.items()}
        table.merges = [(0, 0, 1, 9), (1, 0, 1, 9), *((r + 2, c, h, w) for r, c, h, w in moved.merges)]
        table.cells[0, 0] = Put("某项支出决算表", "c", 16)
    else:
        drawing.rect(20, 60, 575, 800, stroke=1, fill=0)
        drawing.text(297, 120, "某项支出决算表", 16, "c")
    drawing.ruled(table)
    drawing.text(46, 152, "编制单位：某某局")
    drawing.text(530, 152, "单位：万元", 9, "r")
    document = read(drawing.pdf())
    [found] = tables(document)
    assert grid(found) == expected(fund_table())
    assert paragraphs(document) == ["某项支出决算表", "编制单位：某某局  单位：万元"]


def test_a_head_over_all_columns_stays_a_header_row() -> None:
    table = Ruled([50, 120, 190, 260], [100, 120, 140, 160], [(0, 0, 1, 3)], {})
    table.cells = {
        (0, 0): Put("公务接待费\n（含外宾接待）", size=6),
        (1, 0): Put("合计"),
        (1, 1): Put("国内"),
        (1, 2): Put("国外"),
    }
    table.cells |= {(2, 0): Put("0.95", "r"), (2, 1): Put("0.95", "r")}
    drawing = Drawing()
    drawing.ruled(table)
    document = read(drawing.pdf())
    assert grid(tables(document)[0]) == expected(table)
    assert paragraphs(document) == []


def test_rows_without_rulings_between_them() -> None:
    """Columns are ruled, rows are not: the amounts' lines make the rows."""
    table = Ruled([50, 170, 240, 310], [100, 120, 200], [], {})
    table.cells = {(0, 0): Put("项目"), (0, 1): Put("预算数"), (0, 2): Put("决算数")}
    drawing = Drawing()
    drawing.ruled(table)
    for number, (label, budget, final) in enumerate(
        [("办公费", "1.00", "0.90"), ("印刷费", "2.00", ""), ("水费", "3.00", "3.10"), ("电费", "", "4.00")]
    ):
        base = 136 + 18 * number
        drawing.text(53, base, label)
        drawing.text(238, base, budget, align="r")
        drawing.text(308, base, final, align="r")
    [found] = tables(read(drawing.pdf()))
    assert rows(found) == [
        ["项目", "预算数", "决算数"],
        ["办公费", "1.00", "0.90"],
        ["印刷费", "2.00"],
        ["水费", "3.00", "3.10"],
        ["电费", "4.00"],
    ]
    assert {cell.text: cell.column for cell in found.cells}["4.00"] == 2


def test_header_ruled_and_body_without_upright_rulings() -> None:
    table = Ruled([50, 170, 240, 310], [100, 120, 200], [(1, 0, 1, 3)], {})
    table.cells = {(0, 0): Put("项目"), (0, 1): Put("预算数"), (0, 2): Put("决算数")}
    drawing = Drawing()
    drawing.ruled(table)
    for number, (label, budget, final) in enumerate(
        [("办公费", "1.00", "0.90"), ("印刷费", "2.00", "2.10"), ("水费", "3.00", "3.10"), ("电费", "", "4.00")]
    ):
        base = 136 + 18 * number
        drawing.text(53, base, label)
        drawing.text(238, base, budget, align="r")
        drawing.text(308, base, final, align="r")
    [found] = tables(read(drawing.pdf()))
    assert rows(found)[1:] == [
        ["办公费", "1.00", "0.90"],
        ["印刷费", "2.00", "2.10"],
        ["水费", "3.00", "3.10"],
        ["电费", "4.00"],
    ]


def test_side_by_side_and_nested_tables() -> None:
    left = Ruled([40, 120, 180], [100, 120, 140], [], {(0, 0): Put("甲"), (0, 1): Put("1"), (1, 0): Put("乙")})
    right = Ruled([300, 380, 440], [106, 126, 146], [], {(0, 0): Put("丙"), (0, 1): Put("2"), (1, 1): Put("3")})
    outer = Ruled([40, 250, 440], [200, 300, 320], [], {(1, 0): Put("外"), (1, 1): Put("9")})
    inner = Ruled([60, 120, 200], [220, 240, 260], [], {(0, 0): Put("内"), (1, 1): Put("8")})
    drawing = Drawing()
    for table in (left, right, outer, inner):
        drawing.ruled(table)
    found = [sorted(grid(table).items()) for table in tables(read(drawing.pdf()))]
    assert found == [sorted(expected(table).items()) for table in (left, right, outer, inner)]


def test_backgrounds_masks_and_underlines_make_no_cells() -> None:
    drawing, table = Drawing(), fund_table()
    drawing.canvas.setFillGray(0.9)
    for row in (0, 2, 5):
        drawing.rect(table.xs[0], table.ys[row], table.xs[-1], table.ys[row + 1])
    drawing.canvas.setFillColorRGB(1, 1, 0)
    drawing.rect(table.xs[3] + 8, table.ys[5] + 6, table.xs[3] + 50, table.ys[5] + 20)
    drawing.canvas.setFillGray(1)
    drawing.rect(0, 0, 595, 842, fill=1)
    drawing.rect(table.xs[4], table.ys[6], table.xs[5], table.ys[7])
    drawing.canvas.setFillGray(0)
    drawing.ruled(table)
    drawing.line(table.xs[3] + 6, table.ys[5] + 21, table.xs[3] + 60, table.ys[5] + 21)
    assert grid(tables(read(drawing.pdf()))[0]) == expected(table)


def test_white_lines_and_lines_under_a_mask_are_not_seen() -> None:
    drawing = Drawing()
    table = Ruled([50, 120, 190, 260], [100, 120, 140, 160], [], {})
    drawing.ruled(table)
    drawing.canvas.setFillGray(1)
    drawing.rect(50.5, 100.5, 189.5, 119.5)
    drawing.canvas.setFillGray(0)
    drawing.canvas.setStrokeGray(1)
    drawing.line(225, 100, 225, 160)
    drawing.canvas.setStrokeGray(0)
    drawing.text(120, 113, "合并的标题", 9, "c")
    for column, text in enumerate(("甲", "乙", "丙")):
        drawing.text(70 + 70 * column, 133, text)
    [found] = tables(read(drawing.pdf()))
    assert grid(found)[0, 0] == ("合并的标题", 1, 2)
    assert found.column_count == 3


def test_a_label_set_sideways_is_one_cell_and_reads_in_order() -> None:
    table = Ruled([50, 75, 160, 230], [100, 140, 180], [(0, 0, 2, 1)], {})
    table.cells = {(0, 1): Put("产出指标"), (0, 2): Put("10"), (1, 1): Put("效益指标"), (1, 2): Put("20")}
    drawing = Drawing()
    drawing.ruled(table)
    drawing.canvas.saveState()
    drawing.canvas.translate(66, drawing.height - 165)
    drawing.canvas.rotate(90)
    drawing.canvas.setFont("STSong-Light", 9)
    drawing.canvas.drawString(0, 0, "绩效指标")
    drawing.canvas.restoreState()
    assert grid(tables(read(drawing.pdf()))[0])[0, 0] == ("绩效指标", 2, 1)


def test_a_crossed_head_cell_keeps_both_labels() -> None:
    table = Ruled([50, 130, 200], [100, 140, 160], [], {(0, 1): Put("金额"), (1, 0): Put("甲"), (1, 1): Put("1.00")})
    drawing = Drawing()
    drawing.ruled(table)
    drawing.line(50, 100, 130, 140)
    drawing.text(95, 112, "栏次")
    drawing.text(55, 134, "项目")
    found = grid(tables(read(drawing.pdf()))[0])
    assert found[0, 0][0] == "栏次\n项目"
    assert len(found) == 4


@pytest.mark.parametrize("gap", [0.0, 1.5])
def test_cells_known_by_their_background_alone(gap: float) -> None:
    """Web pages print tables whose cells are coloured boxes with white between them."""
    table = fund_table()
    drawing = Drawing()
    spans = {(row, column): (height, breadth) for row, column, height, breadth in table.merges}
    covered = {
        (row + down, column + right)
        for (row, column), (height, breadth) in spans.items()
        for down in range(height)
        for right in range(breadth)
        if (down, right) != (0, 0)
    }
    for row in range(len(table.ys) - 1):
        for column in range(len(table.xs) - 1):
            if (row, column) in covered:
                continue
            height, breadth = spans.get((row, column), (1, 1))
            drawing.canvas.setFillGray(0.85 if (row + column) % 2 else 0.93)
            drawing.rect(
                table.xs[column] + gap / 2,
                table.ys[row] + gap / 2,
                table.xs[column + breadth] - gap / 2,
                table.ys[row + height] - gap / 2,
            )
    drawing.canvas.setFillGray(0)
    drawing.fill(table)
    assert grid(tables(read(drawing.pdf()))[0]) == expected(table)


def test_rows_known_by_coloured_bands() -> None:
    drawing = Drawing()
    body = [("项目", "预算数", "决算数"), ("办公费", "1.00", "0.90"), ("印刷费", "2.00", "2.10"), ("水费", "", "3.10")]
    body += [("电费", "4.00", "4.10"), ("合计", "7.00", "10.20")]
    for number, (label, *amounts) in enumerate(body):
        if number % 2 == 0:
            drawing.canvas.setFillGray(0.9)
            drawing.rect(50, 100 + 20 * number, 400, 120 + 20 * number)
            drawing.canvas.setFillGray(0)
        drawing.text(60, 113 + 20 * number, label)
        for column, amount in enumerate(amounts):
            drawing.text(250 + 120 * column, 113 + 20 * number, amount, 9, "r")
    assert rows(tables(read(drawing.pdf()))[0]) == [[text for text in record if text] for record in body]


def test_thick_borders_round_small_type() -> None:
    table = Ruled([50, 110, 170], [100, 112, 124], [], {(0, 0): Put("项目", size=5), (0, 1): Put("金额", size=5)})
    table.cells |= {(1, 0): Put("水费", size=5), (1, 1): Put("1.00", size=5)}
    drawing = Drawing()
    for x in table.xs:
        drawing.rect(x - 1.1, 99, x + 1.1, 125)
    for y in table.ys:
        drawing.rect(49, y - 1.1, 171, y + 1.1)
    drawing.fill(table)
    assert grid(tables(read(drawing.pdf()))[0]) == expected(table)


def test_an_upright_watermark_is_kept_out_of_the_cells() -> None:
    drawing, table = Drawing(), fund_table()
    drawing.ruled(table)
    drawing.text(100, 300, "公开稿", 60)
    document = read(drawing.pdf())
    assert grid(tables(document)[0]) == expected(table)
    assert paragraphs(document) == ["公开稿"]
