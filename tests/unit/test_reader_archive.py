"""Archives: names in GBK, nesting once, limits of size, count and ratio, and names that try to climb out."""

from __future__ import annotations

import io
import zipfile

import pytest

from ingest.errors import LimitExceeded, UnreadableFile
from ingest.readers import ReaderLimits, expand, read_document
from ingest.readers.archive import Member


def packed(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_gbk_names(members: dict[str, bytes]) -> bytes:
    """An archive as Chinese Windows tools write it: names in GBK, no mark that says so."""
    data = packed(
        {
            f"name{index:04d}".ljust(len(name.encode("gbk")), "x"): content
            for index, (name, content) in enumerate(members.items())
        }
    )
    for index, name in enumerate(members):
        raw = name.encode("gbk")
        data = data.replace(f"name{index:04d}".ljust(len(raw), "x").encode(), raw)
    return data


def test_a_file_that_is_no_archive_is_its_only_member() -> None:
    assert expand(b"abc", "a.zip") == [Member("a.zip", b"abc")]


def test_members_come_in_order_with_the_archive_named() -> None:
    members = expand(packed({"甲/一.txt": b"1", "二.txt": b"2"}), "包.zip")
    assert [(member.name, member.data, member.archive_name) for member in members] == [
        ("甲/一.txt", b"1", "包.zip"),
        ("二.txt", b"2", "包.zip"),
    ]


def test_gbk_names_are_turned_back() -> None:
    members = expand(with_gbk_names({"某单位决算公开说明.txt": b"1", "部门预算/附表一.txt": b"2"}), "a.zip")
    assert [member.name for member in members] == ["某单位决算公开说明.txt", "部门预算/附表一.txt"]


def test_an_archive_inside_is_opened_once_and_no_deeper() -> None:
    third = packed({"c.txt": b"3"})
    second = packed({"b.txt": b"2", "三.zip": third})
    members = expand(packed({"a.txt": b"1", "二.zip": second}), "一.zip")
    assert [(member.name, member.archive_name, member.data) for member in members] == [
        ("a.txt", "一.zip", b"1"),
        ("b.txt", "一.zip/二.zip", b"2"),
        ("三.zip", "一.zip/二.zip", b""),
    ]
    assert members[2].error is not None
    assert members[2].error.code == "archive_nested"


def test_office_files_inside_are_members_not_archives() -> None:
    office = packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
    (member,) = expand(packed({"a.xlsx": office}), "a.zip")
    assert member.data == office


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\..\\windows\\a.txt", "/etc/a.txt", "C:/../a.txt", "./a"])
def test_names_that_climb_are_only_labels(name: str) -> None:
    (member,) = expand(packed({name: b"x"}), "a.zip")
    assert ".." not in member.name.split("/")
    assert not member.name.startswith("/")
    assert member.data == b"x"


def test_a_member_without_a_name_is_a_member() -> None:
    data = packed({"a": b"x"})
    for mark, offset in ((b"PK\x03\x04", 26), (b"PK\x01\x02", 28)):
        place = data.index(mark) + offset
        name = place + 4 if mark == b"PK\x03\x04" else place + 18
        data = data[:place] + b"\0\0" + data[place + 2 : name] + data[name + 1 :]
    end = data.index(b"PK\x05\x06")
    start = data.index(b"PK\x01\x02")
    data = data[: end + 12] + (end - start).to_bytes(4, "little") + start.to_bytes(4, "little") + data[end + 20 :]
    (member,) = expand(data, "a.zip")
    assert (member.name, member.data) == ("未命名", b"x")


def test_rubbish_of_systems_is_left_out() -> None:
    archive = packed({"__MACOSX/a": b"x", "b/.DS_Store": b"x", "~$a.docx": b"x", "Thumbs.db": b"x", "c.txt": b"x"})
    assert [member.name for member in expand(archive, "a.zip")] == ["c.txt"]


def test_a_bomb_is_one_bad_member_and_the_others_are_read() -> None:
    members = expand(packed({"bomb.txt": bytes(30_000_000), "good.txt": "说明".encode()}), "a.zip")
    assert members[0].error is not None
    assert members[0].error.code == "archive_bomb"
    assert members[0].data == b""
    assert members[1].data == "说明".encode()


def test_members_that_lie_about_their_size_are_bounded_too() -> None:
    data = bytearray(packed({"a.txt": bytes(9_000_000)}))
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(mark) + offset
        data[place : place + 4] = (10).to_bytes(4, "little")
    (member,) = expand(bytes(data), "a.zip")
    assert member.error is not None or len(member.data) <= 10


def test_limits_of_count_and_size() -> None:
    with pytest.raises(LimitExceeded):
        expand(packed({f"{number}.txt": b"x" for number in range(20)}), "a.zip", ReaderLimits(max_members=10))
    big = packed({f"{number}.txt": bytes(1000) for number in range(20)}, zipfile.ZIP_STORED)
    with pytest.raises(LimitExceeded) as caught:
        expand(big, "a.zip", ReaderLimits(max_unpacked_bytes=5000))
    assert caught.value.code == "archive_too_large"
    (member,) = expand(packed({"a": bytes(3000)}), "a.zip", ReaderLimits(max_member_bytes=2000))
    assert member.error is not None
    assert member.error.code == "member_too_large"


def test_nested_archives_share_the_limits_of_the_outer_one() -> None:
    inner = {f"{number}.zip": packed({f"{n}.txt": b"x" for n in range(10)}) for number in range(5)}
    with pytest.raises(LimitExceeded):
        expand(packed(inner), "a.zip", ReaderLimits(max_members=30))


def test_encrypted_and_damaged_members_come_with_their_reason() -> None:
    data = bytearray(packed({"a.txt": "说明".encode() * 50, "b.txt": b"good"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    members = expand(bytes(data), "a.zip")
    assert [member.error.code if member.error else None for member in members] == ["encrypted_file", None]
    assert members[0].error is not None
    assert members[0].error.place == "a.zip/a.txt"

    data = bytearray(packed({"a.txt": bytes(range(256)) * 50, "b.txt": b"good"}))
    data[60:70] = bytes(10)
    members = expand(bytes(data), "a.zip")
    assert [member.error.code if member.error else None for member in members] == ["damaged_archive", None]


def test_truncated_and_empty_archives_are_refused() -> None:
    whole = packed({"a.txt": b"1" * 1000})
    for data, code in (
        (whole[:-30], "damaged_archive"),
        (packed({}), "empty_archive"),
        (b"PK\x03\x04", "damaged_archive"),
    ):
        with pytest.raises(UnreadableFile) as caught:
            expand(data, "a.zip")
        assert caught.value.code == code
        assert caught.value.place == "a.zip"


def test_an_archive_given_to_the_reader_says_what_to_do() -> None:
    from ingest.errors import UnsupportedFormat

    with pytest.raises(UnsupportedFormat) as caught:
        read_document(packed({"a.txt": b"1"}))
    assert caught.value.code == "archive_not_expanded"
