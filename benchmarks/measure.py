"""What a command costs, and on which machine: wall time, processor time, peak memory (测量)."""

from __future__ import annotations

import contextlib
import os
import platform
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Usage:
    """Cost of one command, its child processes included."""

    wall: float
    """Seconds of the clock: other work on the machine counts in."""
    cpu: float
    """Seconds of processor time, user and system, all processes together."""
    peak_mb: float
    """Largest resident set of any one process."""
    status: int
    output: str
    errors: str
    disk: int = 0
    """Most bytes that lay in the watched folder at once, looked at every second."""


def run(command: Sequence[str], environment: Mapping[str, str] | None = None, watched: Path | None = None) -> Usage:
    """Run a command in the project's folder and wait for it."""
    done = threading.Event()
    sizes = [0]

    def watch() -> None:
        while not done.wait(1.0):
            sizes[0] = max(sizes[0], _bytes_below(watched))

    if watched is not None:
        threading.Thread(target=watch, daemon=True).start()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        child = subprocess.Popen(
            command, stdout=output, stderr=errors, cwd=ROOT, env=os.environ | dict(environment or {})
        )
        _, status, used = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
        done.set()
        child.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for stream in (output, errors):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, child.returncode, *texts, sizes[0])


def machine() -> str:
    """The machine in one line: processor, cores, memory; no names of hosts."""
    model = platform.processor() or platform.machine()
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    cores = len(os.sched_getaffinity(0))
    return f"{model}, {cores} cores, {memory / 2**20:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def load() -> float:
    """Processes that wanted a processor during the last minute: above the number of cores others were at work too."""
    return os.getloadavg()[0]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _bytes_below(folder: Path) -> int:
    """Files and folders may go while they are counted."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(root, name)).st_size
    return total


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
