"""Bad input of every kind: a clear refusal with code and place, in bounded time, and never another exception."""

from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ingest.document import Document, Paragraph, Table
from ingest.errors import IngestError, LimitExceeded, UnreadableFile, UnsupportedFormat
from ingest.readers import detect, expand, ocr, read_document

TEXT = "某某单位说明\n项目\t行次\t金额\n甲\t1\t2.00\n"
HTML = "<html><meta charset=gbk><p>某某单位说明</p><table><tr><td>甲</td><td>1</td></tr></table>"


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def xlsx() -> bytes:
    workbook = openpyxl.Workbook()
    workbook.active.append(["项目", "金额"])
    workbook.active.append(["甲", 1.5])
    workbook.active.merge_cells("A4:B5")
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def xls() -> bytes:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("一")
    for row in range(30):
        sheet.write(row, 0, f"项目{row}")
        sheet.write(row, 1, row * 1.5)
    sheet.write_merge(40, 41, 0, 3, "合计")
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def word() -> bytes:
    document = docx.Document()
    document.add_paragraph("说明")
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(1, 1)).text = "甲"
    document.add_paragraph("一", style="List Number")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").save(buffer, "PNG")
    return buffer.getvalue()


def ole(*streams: str) -> bytes:
    """A compound file with these empty streams at its top."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    header[26:32] = b"\x03\x00\xfe\xff\x09\x00"
    header[44:48] = (1).to_bytes(4, "little")
    header[48:52] = (1).to_bytes(4, "little")
    header[76:512] = b"\xff" * 436
    header[76:80] = (0).to_bytes(4, "little")
    fat = bytearray(b"\xff" * 512)
    fat[:8] = b"\xfd\xff\xff\xff\xfe\xff\xff\xff"
    directory = bytearray()
    for index, name in enumerate(("Root Entry", *streams)):
        entry = bytearray(128)
        raw = (name + "\0").encode("utf-16-le")
        entry[: len(raw)] = raw
        entry[64:66] = len(raw).to_bytes(2, "little")
        entry[66] = 5 if index == 0 else 2
        right = index + 1 if 0 < index < len(streams) else 0xFFFFFFFF
        child = 1 if index == 0 and streams else 0xFFFFFFFF
        entry[68:80] = b"\xff\xff\xff\xff" + right.to_bytes(4, "little") + child.to_bytes(4, "little")
        directory += entry
    return bytes(header + fat + directory.ljust(512, b"\0"))


def refused(data: bytes, file_name: str = "甲.bin") -> IngestError:
    with pytest.raises(IngestError) as caught:
        read_document(data, file_name=file_name)
    assert caught.value.reason
    assert caught.value.place
    return caught.value


def test_the_content_decides_never_the_name() -> None:
    for data, kind in (
        (TEXT.encode(), "text"),
        (HTML.encode("gbk"), "html"),
        (xlsx(), "xlsx"),
        (xls(), "xls"),
        (word(), "docx"),
    ):
        for name in ("a.pdf", "a.xls", "a.docx", "a.txt", ""):
            assert read_document(data, file_name=name).file_format == kind


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "text"),
        (b"%PDF-1.7\n", "pdf"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><html>", "html"),
        ("<html><p>甲".encode("utf-16"), "html"),
        (b"<table><tr><td>1</td></tr></table>", "html"),
        (b"# T\n<table><tr><td>1</td></tr></table>", "text"),
        (b"<table><tr><td>1</td></tr></table>\n# T\n", "text"),
        (b"{\\rtf1 x}", "rtf"),
        (b"Rar!\x1a\x07\x00", "rar"),
        (b"MZ is a word here", "text"),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w/>', "word_xml"),
        (packed({"OFD.xml": b"<ofd/>"}), "ofd"),
        (packed({"a.txt": b"x"}), "zip"),
        (packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b""}), "ods"),
        (packed({"[Content_Types].xml": b"", "ppt/presentation.xml": b""}), "pptx"),
        (ole("WordDocument", "1Table"), "doc"),
        (ole("Workbook"), "xls"),
        (ole("EncryptionInfo", "EncryptedPackage"), "encrypted_office"),
        (ole("PowerPoint Document"), "ppt"),
        (ole("x"), "ole"),
    ],
)
def test_formats_by_content(data: bytes, kind: str) -> None:
    assert detect(data) == kind


@pytest.mark.parametrize(
    ("data", "code", "error"),
    [
        (b"", "empty_file", UnreadableFile),
        (b"\n \t\r\n", "empty_file", UnreadableFile),
        (bytes(range(256)) * 20, "binary_content", UnreadableFile),
        (ole("EncryptionInfo", "EncryptedPackage"), "encrypted_file", UnreadableFile),
        (ole("Workbook"), "damaged_file", UnreadableFile),
        (ole("x"), "unsupported_format", UnsupportedFormat),
        (b"Rar!\x1a\x07\x00" + bytes(50), "unsupported_format", UnsupportedFormat),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "unsupported_format", UnsupportedFormat),
        (packed({"OFD.xml": b"<ofd/>"}), "unsupported_format", UnsupportedFormat),
        (packed({"[Content_Types].xml": b"", "ppt/presentation.xml": b""}), "unsupported_format", UnsupportedFormat),
        (packed({"a.txt": b"x"}), "archive_not_expanded", UnsupportedFormat),
        (xlsx()[:-400], "damaged_file", UnreadableFile),
        (xlsx()[:2000], "damaged_file", UnreadableFile),
        (word()[: len(word()) // 2], "damaged_file", UnreadableFile),
        (xls()[:3000], "damaged_file", UnreadableFile),
    ],
)
def test_each_kind_of_bad_file_has_its_code(data: bytes, code: str, error: type[IngestError]) -> None:
    caught = refused(data)
    assert caught.code == code
    assert isinstance(caught, error)


def test_a_file_beyond_the_size_limit_is_refused_unread() -> None:
    from ingest.readers import ReaderLimits

    with pytest.raises(LimitExceeded):
        read_document(TEXT.encode(), limits=ReaderLimits(max_bytes=10))


def document_xml(prologue: str, text: str) -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f'<w:document xmlns:w="{space}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>'
    return f'<?xml version="1.0"?>{prologue}{body}'.encode()


def docx_with(document: bytes) -> bytes:
    return packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": document})


def shown(document: Document) -> str:
    return "\n".join(
        block.text if isinstance(block, Paragraph) else "\t".join(cell.text for cell in block.cells)
        for block in document.blocks
    )


def test_external_entities_of_a_docx_reach_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET-CONTENT")
    for target in (secret.as_uri(), "http://127.0.0.1:9/x"):
        prologue = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{target}">]>'
        try:
            text = shown(read_document(docx_with(document_xml(prologue, "前&x;后"))))
        except UnreadableFile as error:
            text = error.reason
        assert "SECRET-CONTENT" not in text
    remote = '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">'
    assert shown(read_document(docx_with(document_xml(remote, "正文")))) == "正文"


def test_entities_that_multiply_are_not_expanded() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    prologue = f'<!DOCTYPE d [<!ENTITY e0 "xxxxxxxxxx">{entities}]>'
    started = time.perf_counter()
    try:
        text = shown(read_document(docx_with(document_xml(prologue, "前&e11;后"))))
    except UnreadableFile:
        text = ""
    assert len(text) < 1000
    assert time.perf_counter() - started < 5


def test_external_entities_of_a_sheet_reach_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET-CONTENT")
    data = xlsx()
    members = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            members[name] = package.read(name)
    members["xl/sharedStrings.xml"] = (
        f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>甲&x;</t></si><si><t>乙</t></si>'
        "<si><t>丙</t></si></sst>"
    ).encode()
    try:
        text = shown(read_document(packed(members)))
    except UnreadableFile as error:
        text = error.reason
    assert "SECRET-CONTENT" not in text


def test_a_bomb_inside_an_office_file_is_refused() -> None:
    started = time.perf_counter()
    for members in (
        {"[Content_Types].xml": b"<Types/>", "word/document.xml": bytes(150_000_000)},
        {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": bytes(150_000_000)},
    ):
        with pytest.raises(LimitExceeded) as caught:
            read_document(packed(members))
        assert caught.value.code == "archive_bomb"
    assert time.perf_counter() - started < 20


def test_deeply_nested_word_xml_is_refused_or_read() -> None:
    deep = "<w:sdt><w:sdtContent>" * 20_000 + "</w:sdtContent></w:sdt>" * 20_000
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f'<w:document xmlns:w="{space}"><w:body>{deep}</w:body></w:document>'.encode()
    assert refused(docx_with(body)).code == "damaged_file"


def test_merged_areas_of_the_whole_sheet_cost_nothing() -> None:
    data = xlsx()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    sheet = sheet.replace(b'<mergeCell ref="A4:B5"', b'<mergeCell ref="A4:XFD1048576"/><mergeCell ref="D1:XFD3"')
    members["xl/worksheets/sheet1.xml"] = sheet
    started = time.perf_counter()
    document = read_document(packed(members))
    assert time.perf_counter() - started < 5
    (table,) = [block for block in document.blocks if isinstance(block, Table)]
    assert table.column_count == 2


SEEDS: dict[str, Callable[[], bytes]] = {
    "text": lambda: TEXT.encode("gb18030") * 5,
    "html": lambda: HTML.encode("gbk") * 5,
    "xlsx": xlsx,
    "xls": xls,
    "docx": word,
    "zip": lambda: packed({"甲.txt": TEXT.encode(), "乙.zip": packed({"丙.html": HTML.encode("gbk")})}),
    "ole": lambda: ole("Workbook", "x"),
    "picture": picture,
}


@pytest.mark.parametrize("kind", sorted(SEEDS))
def test_mutated_files_are_read_or_refused(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes flipped, cut out, doubled and cut off: nothing but ``IngestError`` ever comes out."""
    monkeypatch.setattr(ocr, "missing", lambda: None)
    monkeypatch.setattr(ocr, "ocr_page", lambda *args, **keywords: [])
    seed = SEEDS[kind]()
    chance = random.Random(kind)
    started = time.perf_counter()
    outcomes = {"read": 0, "refused": 0}
    for _ in range(150):
        data = bytearray(seed)
        for _ in range(chance.choice((1, 1, 2, 5, 20))):
            place = chance.randrange(len(data))
            match chance.randrange(5):
                case 0:
                    data[place] = chance.randrange(256)
                case 1:
                    del data[place : place + chance.randrange(1, 40)]
                case 2:
                    data[place:place] = data[place : place + chance.randrange(1, 200)]
                case 3:
                    data[place : place + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff"))
                case _:
                    data = data[: max(place, 1)]
            if not data:
                data = bytearray(b"\0")
        try:
            for member in expand(bytes(data), "a"):
                if member.error is None:
                    read_document(member.data, file_name=member.name)
            outcomes["read"] += 1
        except IngestError as error:
            assert error.code
            assert error.reason
            outcomes["refused"] += 1
    assert time.perf_counter() - started < 60
    assert sum(outcomes.values()) == 150


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_mutated_parts_of_office_files_are_read_or_refused(kind: str) -> None:
    """The package stays whole, its XML does not: this reaches what the checksums of the package hide."""
    with zipfile.ZipFile(io.BytesIO(SEEDS[kind]())) as package:
        members = {name: package.read(name) for name in package.namelist()}
    names = sorted(name for name in members if name.endswith((".xml", ".rels")) and members[name])
    chance = random.Random(kind)
    for _ in range(200):
        changed = dict(members)
        name = chance.choice(names)
        data = bytearray(changed[name])
        for _ in range(chance.choice((1, 2, 6))):
            place = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    digits = [index for index, byte in enumerate(data) if 48 <= byte <= 57]
                    if digits:
                        data[chance.choice(digits)] = chance.choice(b"0123456789-")
                case 1:
                    data[place] = chance.randrange(32, 127)
                case 2:
                    data[place:place] = b"9" * chance.randrange(1, 20)
                case _:
                    del data[place : place + chance.randrange(1, 10)]
        changed[name] = bytes(data)
        try:
            read_document(packed(changed), file_name="a")
        except IngestError as error:
            assert error.code


SOUP = (
    *("<table>", "</table>", "<tr>", "</tr>", "<td rowspan=3>", "<td colspan='2'>", "</td>", "<th colspan=0>", "<br>"),
    *(
        "<p>",
        "</p>",
        "</div>",
        "<div style=display:none>",
        "1,2",
        "<pre>",
        "</pre>",
        "\t",
        "\n",
        "<a href=a.pdf>",
        "</a>",
    ),
    *("<caption>", "<tbody>", "<script>", "<!--", "-->", "&nbsp;", "<td", "rowspan=-1>", "\x0b", "<h1>", "甲"),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.sampled_from(SOUP),
        max_size=60,
    )
)
def test_any_soup_of_tags_is_read_or_refused(parts: list[str]) -> None:
    try:
        document = read_document(("<html>" + "".join(parts)).encode())
    except IngestError as error:
        assert error.code
        return
    for block in document.blocks:
        if isinstance(block, Table):
            for cell in block.cells:
                assert cell.row + cell.row_span <= block.row_count
                assert cell.column + cell.column_span <= block.column_count
