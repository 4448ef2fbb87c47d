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
    drawing.text(60, 100, "注：本表反映本单位本年度的总收支情况，数据取自批复口径。", 10.5)
    for place, line in enumerate(("支出决算表", "公开03表", "编制单位：某某中心", "2021年度", "金额单位：万元")):
        drawing.text(60, 124 + 20 * place, line, 10.5)
    for y in (230, 250, 270):
        drawing.line(60, y, 540, y)
    for x in (60, 300, 540):
        drawing.line(x, 230, x, 270)
    drawing.text(70, 244, "合计")
    drawing.text(530, 244, "12.30", align="r")
    assert texts(read(drawing.pdf()))[1:] == [
        "支出决算表", "公开03表", "编制单位：某某中心", "2021年度", "金额单位：万元"]  # fmt: skip
