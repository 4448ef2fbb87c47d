"""A site built by the real command from documents of every format, and a browser to walk it.

The browser is Debian's Chromium, driven by Playwright; neither is downloaded here. Tests that need them skip with a
reason where they are absent.
"""

from __future__ import annotations

import functools
import http.server
import importlib.util
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("shared_fixtures", ROOT / "tests" / "conftest.py")
shared_fixtures = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(shared_fixtures)

HOSTILE_NAME = '附"><img src=x onerror="window.pwned=1">.txt'
PERSON, TELEPHONE = "欧阳测试", "0578-7654321"
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@pytest.fixture(scope="session")
def site_documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Samples with one figure changed, a hostile name, a hostile label and a person; one document of each format; those
    with errors and what cannot be read."""
    folder = tmp_path_factory.mktemp("site-documents")
    samples = ROOT / "samples"
    final = (samples / "青禾市水务局2023年度部门决算公开.txt").read_text(encoding="utf-8")
    assert final.count("水利工程建设\t369.90\t369.90") >= 1
    # In the income statement alone the figure differs from all others that print it.
    final = final.replace("水利工程建设\t369.90\t369.90", "水利工程建设\t396.90\t369.90", 1)
    final += "\n<script>window.pwned = 1</script>\n"
    (folder / "final-2023.txt").write_text(final, encoding="utf-8")
    shutil.copy(samples / "青禾市水务局2022年度部门决算.txt", folder / HOSTILE_NAME)
    shutil.copy(samples / "青禾市水务局2024年部门预算公开.txt", folder)
    shutil.copy(samples / "青禾市水务局2023年部门预算.txt", folder)
    sheet = (samples / "云和县青梯田文化展示馆2024年度单位决算.txt").read_text(encoding="utf-8")
    lines = sheet.split("\n")
    place = next(number for number, line in enumerate(lines) if line.startswith("项目名称\t"))
    lines.insert(place + 1, f"项目负责人\t{PERSON}\t\t\t联系电话\t{TELEPHONE}\t\t")
    (folder / "performance.txt").write_text("\n".join(lines), encoding="utf-8")
    shutil.copytree(ROOT / "samples-with-errors" / "公开文件", folder / "flawed")
    made = tmp_path_factory.mktemp("site-synth") / "out"
    command = ["synth", "--out", made, "--units", "4", "--years", "2023", "--formats", "pdf,xlsx,docx,html",
               "--kinds", "final_account", "--jobs", "1"]  # fmt: skip
    subprocess.run([sys.executable, "-m", "gongkai", *map(str, command)], check=True, capture_output=True)
    shutil.copytree(made / "documents", folder / "synth")
    return folder


@pytest.fixture(scope="session")
def site_home(site_documents: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The warehouse of those documents, built once for all workers."""
    return shared_fixtures._published_home("site-home", site_documents, tmp_path_factory, request)


@pytest.fixture(scope="session")
def site(site_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built by the command."""
    out = tmp_path_factory.mktemp("site") / "公开 site"
    command = [sys.executable, "-m", "gongkai", "site", "--home", str(site_home), "--out", str(out), "--jobs", "1"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "[site_done]" in run.stderr
    return out


@pytest.fixture(scope="session")
def served(site: Path) -> Iterator[str]:
    """Address of the site on a web server of this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@dataclass
class Watched:
    """A page whose complaints and requests are written down."""

    page: Any
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def outside(self, own: str) -> list[str]:
        """Requests that went anywhere but to the site's own files."""
        return [url for url in self.requests if not url.startswith((own, "data:", "blob:"))]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A headless browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium fonts-noto-cjk")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e .[dev]")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=list(_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def watch(chromium: Any) -> Iterator[Any]:
    """Opens watched pages: ``watch(width=…, javascript=…)``."""
    contexts = []

    def opened(width: int = 1360, height: int = 900, javascript: bool = True) -> Watched:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", java_script_enabled=javascript,
            accept_downloads=True,
        )  # fmt: skip
        contexts.append(context)
        made = Watched(context.new_page())
        made.page.on("console", lambda message: made.complaints.append(f"{message.type}: {message.text}")
                     if message.type in ("error", "warning") else None)  # fmt: skip
        made.page.on("pageerror", lambda error: made.complaints.append(f"pageerror: {error}"))
        made.page.on("request", lambda request: made.requests.append(request.url))
        made.page.set_default_timeout(10_000)
        return made

    yield opened
    for context in contexts:
        context.close()
