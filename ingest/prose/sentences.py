"""The sentences of a paragraph, cut out of its original text once each."""

from __future__ import annotations

from ingest.prose.compact import Compact
from ingest.prose.lexer import Token


class Sentences:
    """The sentences of a paragraph by offset; each is cut out of the original once."""

    def __init__(self, tokens: list[Token], compact: Compact) -> None:
        self.compact = compact
        self.ends = [token.end for token in tokens if token.kind == "mark" and token.code in "。！"]
        if not self.ends or self.ends[-1] < len(compact.text):
            self.ends.append(len(compact.text))
        self.index = 0
        self.cut: tuple[int, str] = (-1, "")

    def at(self, position: int) -> str:
        """The sentence around a position; positions are asked for in order."""
        while self.index + 1 < len(self.ends) and self.ends[self.index] <= position:
            self.index += 1
        if self.cut[0] != self.index:
            begin = self.ends[self.index - 1] if self.index else 0
            first, last = self.compact.span(begin, self.ends[self.index])
            self.cut = (self.index, self.compact.original[first:last].strip())
        return self.cut[1]
