"""Text without what only the page needs: blanks, markup and widths folded, every character traceable to its place."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache

from ingest.dictionaries import read_seed

_FULL = "０１２３４５６７８９％．＋－＝＜＞／＊（），：；！"
_HALF = "0123456789%.+-=<>/*（），：；！"
_WIDTHS = str.maketrans(
    _FULL
    + "()：:;!﹪٪−–〈"
    + "".join(chr(code) for code in range(ord("Ａ"), ord("Ｚ") + 1))
    + "".join(chr(code) for code in range(ord("ａ"), ord("ｚ") + 1)),
    _HALF
    + "（）：：；！%%--《"
    + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    + "abcdefghijklmnopqrstuvwxyz",
)
"""One character to one character: brackets to full width, digits, percent and letters to half width."""

_JUNK = re.compile(
    r"(?P<blank>[\s\u00a0\u3000\u200b-\u200f\ufeff]+)"
    # Mirrors of old pages leave the pronunciation behind a character: 費（fèi）.
    r"|(?P<drop>\$|\*\*|</?[A-Za-z]{1,10} ?/?>|（[a-z]{0,5}[à-öø-ÿ\u0101-\u01dc][a-z]{0,5}）)"
    r"|\\(?P<command>geq?|leq?|times|%|sim)(?![A-Za-z])"
)
_COMMAND = {"ge": "≥", "geq": "≥", "le": "≤", "leq": "≤", "times": "×", "%": "%", "sim": "~"}
_WORD = re.compile(r"[0-9A-Za-z.]")
_THOUSANDS = re.compile(r"\d{3}(?!\d)")


@cache
def _fold() -> dict[int, int | str]:
    """Widths folded, traditional characters (繁体) made simplified: one character to one character."""
    rows = read_seed("prose_traditional", ("traditional", "simplified"))
    return _WIDTHS | {ord(row["traditional"]): row["simplified"] for row in rows}


class Compact:
    """``text`` is what is read; ``span`` gives back offsets of the original."""

    __slots__ = ("_starts", "_targets", "original", "text")

    def __init__(self, original: str) -> None:
        folded = original.translate(_fold())
        pieces: list[str] = []
        starts: list[int] = []
        targets: list[int] = []
        length = position = 0

        def keep(text: str, at: int) -> None:
            nonlocal length
            if text:
                starts.append(length)
                targets.append(at)
                pieces.append(text)
                length += len(text)

        for junk in _JUNK.finditer(folded):
            start, end = junk.span()
            keep(folded[position:start], position)
            if junk.lastgroup == "blank":
                before, after = pieces[-1][-1] if pieces else "", folded[end : end + 1]
                if before == "," and folded[start - 2 : start - 1].isdigit() and after.isdigit():
                    if not _THOUSANDS.match(folded, end):
                        keep(" ", start)
                elif after and _WORD.match(before) and _WORD.match(after):
                    keep(" ", start)
            elif junk.lastgroup == "command":
                keep(_COMMAND[junk["command"]], start)
            position = end
        keep(folded[position:], position)
        self.original = original
        self.text = "".join(pieces)
        self._starts = starts
        self._targets = targets

    def origin(self, offset: int) -> int:
        """Offset in the original of the character at ``offset`` of the compact text."""
        if not self._starts:
            return 0
        piece = bisect_right(self._starts, offset) - 1
        return self._targets[piece] + offset - self._starts[piece]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets of a stretch of the compact text in the original: first character, and after the last."""
        if end <= start:
            at = self.origin(start)
            return at, at
        return self.origin(start), self.origin(end - 1) + 1
