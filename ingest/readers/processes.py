"""Running outside programs (LibreOffice, tesseract): with a time limit, and ended with all their children."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence

from ingest.errors import LimitExceeded


def run(
    command: Sequence[str],
    *,
    seconds: float,
    what: str,
    stdin: bytes | None = None,
    environment: Mapping[str, str] | None = None,
    folder: str | None = None,
) -> tuple[int, bytes, bytes]:
    """(exit code, standard output, standard error) of a command.

    ``what`` names the work in Chinese for the message. Raises ``LimitExceeded`` after ``seconds``; the program and
    its children are ended then. ``FileNotFoundError`` where the program is missing is the caller's to prevent.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment} if environment else None,
        cwd=folder,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(stdin, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        _end(process)
        raise LimitExceeded(f"{what}超过{seconds:g}秒，已停止。请拆分或转换后再试。", code="too_slow") from error
    except BaseException:
        _end(process)
        raise
    return process.returncode, output, errors


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the session this module started for the process, then collect it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
