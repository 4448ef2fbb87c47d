"""Named failures of ingestion. Each carries a stable code, a Chinese reason and what to do about it."""

from __future__ import annotations


class IngestError(Exception):
    """A file, or a part of one, cannot be read. ``code`` is stable; see docs/messages.md."""

    code = "ingest_error"

    def __init__(self, reason: str, *, code: str | None = None, place: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place
        if code is not None:
            self.code = code


class UnreadableFile(IngestError):
    """The bytes are not what any reader understands, or are damaged beyond reading."""

    code = "unreadable_file"


class UnsupportedFormat(IngestError):
    """The format is known but no reader for it is installed."""

    code = "unsupported_format"


class LimitExceeded(IngestError):
    """A limit of size, pages, cells, nesting or time was reached."""

    code = "limit_exceeded"


class DictionaryError(IngestError):
    """A seed file is missing a column or holds a value it must not."""

    code = "dictionary_error"
