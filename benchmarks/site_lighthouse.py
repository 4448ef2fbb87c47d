"""Lighthouse over the main pages of a site: accessibility, and how soon a page can be used (网站检查).

    make site-check
    python -m benchmarks.site_lighthouse SITE [--pages unit,document] [--json FILE]

Serves the folder on this machine's loopback and has Lighthouse (npm, ``site/check``) look at the overview, a region, a
unit, a year, a document, the comparison, the search and the findings, as on a desktop and on a phone. Nothing is slowed
down artificially (``--throttling-method=provided``): the time to interactive is this machine's own. Of each kind the
heaviest page is taken. Exits with 1 where a page has less than 95 points for accessibility or a unit's page takes more
than 2 seconds, with 2 where Lighthouse or the browser is absent.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

CHECK = Path(__file__).resolve().parent.parent / "site" / "check"
LIGHTHOUSE = CHECK / "node_modules" / "lighthouse" / "cli" / "index.js"
ENOUGH, SOON_MS = 95, 2000
FORMS = ("desktop", "phone")
_CATEGORIES = ("accessibility", "best-practices", "performance")
_FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update"
_OF_A_YEAR = re.compile(r"-\d{4}\Z")


@dataclass(frozen=True, slots=True)
class Score:
    """What Lighthouse says of one page on one kind of device; points of 100, milliseconds."""

    page: str
    form: str
    accessibility: int
    best_practices: int
    performance: int
    interactive_ms: int
    largest_paint_ms: int
    blocked_ms: int
    kilobytes: int
    faults: tuple[str, ...]
    """Audits of accessibility that did not pass."""


def missing() -> str:
    """Why Lighthouse cannot be run here; empty where it can."""
    if browser() is None:
        return "no Chromium on this machine: apt-get install chromium fonts-noto-cjk"
    if shutil.which("node") is None:
        return "Node is not installed here"
    if not LIGHTHOUSE.is_file():
        return "Lighthouse is not installed: make site-check"
    return ""


def browser() -> str | None:
    """Debian's browser, or another by name."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


def main_pages(site: Path) -> dict[str, str]:
    """Address below the site of one page of each kind, the heaviest there is."""
    years, units = [], []
    for path in (site / "u").glob("*.html"):
        (years if _OF_A_YEAR.search(path.stem) else units).append((path.stat().st_size, path.name))

    def largest(folder: str) -> str:
        return max((path.stat().st_size, path.name) for path in (site / folder).glob("*.html"))[1]

    unit = max(units)[1]
    return {
        "overview": "index.html",
        "region": f"r/{quote(largest('r'))}",
        "unit": f"u/{quote(unit)}",
        "year": f"u/{quote(max(years)[1])}",
        "document": f"d/{quote(largest('d'))}",
        "comparison": f"compare.html?u={quote(unit.removesuffix('.html'))}",
        "search": f"search.html?q={quote('水利')}",
        "findings": "findings.html",
    }


@contextmanager
def served(site: Path) -> Iterator[str]:
    """The site on a port of the loopback."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def judge(url: str, page: str, form: str, categories: Sequence[str] = _CATEGORIES) -> Score:
    """Run Lighthouse on one page. Raises ``RuntimeError`` with what it said where it does not come to an end."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        command = ["node", str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--output-path={report}",
                   "--no-enable-error-reporting", "--throttling-method=provided", "--max-wait-for-load=45000",
                   f"--only-categories={','.join(categories)}", f"--chrome-flags={_FLAGS}"]  # fmt: skip
        command += ["--preset=desktop"] if form == "desktop" else []
        environment = os.environ | {"CHROME_PATH": browser() or "", "HOME": scratch, "TMPDIR": scratch}
        run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=scratch, env=environment)
        if run.returncode or not report.exists():
            raise RuntimeError(f"{page} {form}: {(run.stdout + run.stderr).strip()[-800:]}")
        found = json.loads(report.read_text(encoding="utf-8"))
    audits = found["audits"]

    def points(category: str) -> int:
        return round(100 * (found["categories"].get(category, {}).get("score") or 0))

    def number(audit: str) -> int:
        return round(audits.get(audit, {}).get("numericValue") or 0)

    judged = [audits[one["id"]] for one in found["categories"].get("accessibility", {}).get("auditRefs", [])]
    return Score(
        page, form, points("accessibility"), points("best-practices"), points("performance"),
        number("interactive"), number("largest-contentful-paint"), number("total-blocking-time"),
        round(number("total-byte-weight") / 1024),
        tuple(audit["id"] for audit in judged if audit["score"] is not None and audit["score"] < 1),
    )  # fmt: skip


def shortfalls(scores: Sequence[Score]) -> list[str]:
    """Where a page falls short."""
    return [
        f"{one.page} {one.form}: accessibility {one.accessibility} ({', '.join(one.faults)})"
        for one in scores
        if one.accessibility < ENOUGH
    ] + [
        f"{one.page} {one.form}: interactive after {one.interactive_ms} ms"
        for one in scores
        if one.page == "unit" and not 0 < one.interactive_ms <= SOON_MS
    ]


def main() -> int:
    """Judge every page, print a table, say what falls short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("--pages", help="only these, with commas between")
    parser.add_argument("--json", type=Path, help="also write the scores here")
    given = parser.parse_args()
    if reason := missing():
        print(reason, file=sys.stderr)
        return 2
    pages = main_pages(given.site.resolve())
    scores = []
    heads = ("page", "device", "accessibility", "best practices", "performance", "interactive ms", "largest paint ms",
             "blocked ms", "KB", "not passed")  # fmt: skip
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}", flush=True)
    with served(given.site.resolve()) as address:
        for page in given.pages.split(",") if given.pages else pages:
            for form in FORMS:
                one = judge(f"{address}/{pages[page]}", page, form)
                scores.append(one)
                told = [*list(asdict(one).values())[:-1], " ".join(one.faults) or "–"]
                print(f"| {' | '.join(map(str, told))} |", flush=True)
    if given.json:
        given.json.write_text(json.dumps([asdict(one) for one in scores], indent=1), encoding="utf-8")
    for fault in (short := shortfalls(scores)):
        print(fault, file=sys.stderr)
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
