"""Set-up of the client tests: ``python -m tests.clients`` brings the clients from the registries to build/clients/.

What is there already stays; a client that cannot be had is said and left out, and its test skips.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "build" / "clients"
PYTHON = ("1.0.0", "1.1.3")
"""Python clients: the oldest that the storage version promises, and the next."""
NODE = "1.2.0-alpha.13"
"""``@duckdb/node-api``."""
COMMAND_LINE = "1.5.6"
"""``duckdb-cli``: the command line as a wheel."""


def python_folder(version: str) -> Path:
    """Where a Python client lies."""
    return FOLDER / f"python-{version}"


def node_folder() -> Path:
    """Where the Node client lies."""
    return FOLDER / f"node-{NODE}"


def command_line_folder() -> Path:
    """Where the command line lies."""
    return FOLDER / f"cli-{COMMAND_LINE}"


def command_line() -> Path | None:
    """The program itself."""
    found = [path for path in command_line_folder().rglob("duckdb*") if path.is_file() and path.parent.name == "bin"]
    return found[0] if found else None


def _bring(folder: Path, command: list[str]) -> bool:
    if folder.exists():
        return True
    partial = folder.with_name(folder.name + ".new")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    ended = subprocess.run([*command, str(partial)], capture_output=True, text=True, check=False)
    if ended.returncode:
        shutil.rmtree(partial, ignore_errors=True)
        print(f"{folder.name} cannot be had: {(ended.stderr or ended.stdout).strip()[-300:]}", file=sys.stderr)
        return False
    partial.rename(folder)
    return True


def main() -> int:
    """0 where every client is there."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    brought = [_bring(python_folder(version), [*pip, f"duckdb=={version}", "--target"]) for version in PYTHON]
    brought.append(_bring(command_line_folder(), [*pip, f"duckdb-cli=={COMMAND_LINE}", "--target"]))
    npm = shutil.which("npm")
    if npm:
        install = [npm, "install", "--silent", "--no-audit", "--no-fund", f"@duckdb/node-api@{NODE}", "--prefix"]
        brought.append(_bring(node_folder(), install))
    else:
        print("the Node client cannot be had: there is no npm", file=sys.stderr)
    return 0 if npm and all(brought) else 1


if __name__ == "__main__":
    sys.exit(main())
