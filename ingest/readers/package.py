"""Office packages (.xlsx, .docx): parts by name, relations, and XML that can reach nothing outside itself."""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterator

from lxml import etree

from ingest.errors import LimitExceeded, UnreadableFile
from ingest.readers.archive import DAMAGE, read_member
from ingest.readers.limits import ReaderLimits


class Package:
    """An office file's parts, unpacked on demand and within limits. Use as a context manager."""

    def __init__(self, data: bytes, limits: ReaderLimits) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._entries = {entry.filename.replace("\\", "/").lstrip("/"): entry for entry in self._zip.infolist()}
        except DAMAGE as error:
            raise _damaged(type(error).__name__) from error
        self._folded = {name.lower(): name for name in self._entries}
        self._limits = limits
        self._spent = 0

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def names(self) -> list[str]:
        """Names of all parts."""
        return list(self._entries)

    def has(self, name: str) -> bool:
        """True where the part exists (letter case does not matter)."""
        return name.lower() in self._folded

    def part(self, name: str) -> bytes:
        """Bytes of a part. Raises ``UnreadableFile`` (``damaged_file``) where it is missing or broken."""
        real = self._folded.get(name.lower())
        if real is None:
            raise _damaged(f"缺少部件 {name}")
        try:
            content = read_member(self._zip, self._entries[real], self._limits, spent=self._spent, name=name)
        except UnreadableFile as error:
            if error.code == "damaged_archive":
                raise _damaged(f"部件 {name}") from error
            raise
        self._spent += len(content)
        return content

    def xml(self, name: str) -> etree._Element:
        """Root of an XML part, without outside entities, DTDs or network."""
        data = self.part(name)
        if len(data) > self._limits.max_tree_bytes:
            most = self._limits.max_tree_bytes
            raise LimitExceeded(f"Office 文件的部件 {name} 有{len(data)}字节，超过上限{most}字节。")
        return parse_xml(data, name)

    def relations(self, name: str) -> dict[str, tuple[str, str, bool]]:
        """Relations of a part: id → (kind, target part name or address, is external)."""
        folder, base = posixpath.split(name)
        place = posixpath.join(folder, "_rels", f"{base}.rels")
        if not self.has(place):
            return {}
        found: dict[str, tuple[str, str, bool]] = {}
        for relation in self.xml(place):
            if not isinstance(relation.tag, str):
                continue
            target = relation.get("Target") or ""
            is_external = (relation.get("TargetMode") or "").lower() == "external"
            if not is_external:
                target = target.lstrip("/") if target.startswith("/") else posixpath.normpath(
                    posixpath.join(folder, target)
                )
            found[relation.get("Id") or ""] = ((relation.get("Type") or "").rpartition("/")[2], target, is_external)
        return found


def parse_xml(data: bytes, name: str = "") -> etree._Element:
    """Root of an XML document; entities stay unresolved, nothing is loaded. Raises ``UnreadableFile``."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _damaged(f"部件 {name} 不是完整的 XML") from error


def iterate_xml(data: bytes, name: str, wanted: tuple[str, ...]) -> Iterator[etree._Element]:
    """Elements with these local names as they end, freed after use. Raises ``UnreadableFile``."""
    events = etree.iterparse(
        io.BytesIO(data), events=("end",), tag=[f"{{*}}{local}" for local in wanted], resolve_entities=False,
        no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )
    try:
        for _, element in events:
            yield element
            element.clear()
            parent = element.getparent()
            if parent is not None:
                while element.getprevious() is not None:
                    del parent[0]
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _damaged(f"部件 {name} 不是完整的 XML") from error


def local(element: etree._Element) -> str:
    """Local name of an element, whatever its namespace (strict and transitional files differ)."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: etree._Element, name: str) -> str | None:
    """Value of an attribute by its local name."""
    value = element.get(name)
    if value is not None:
        return value
    for key, found in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return found
    return None


def _damaged(detail: str) -> UnreadableFile:
    return UnreadableFile(f"Office 文件已损坏或不完整，无法读取（{detail}）。请重新获取原文件。", code="damaged_file")
