"""Makes the report readable without a network: what it would load from elsewhere is taken out (离线报告).

Data Docs pages load style sheets and scripts from content networks. A warehouse's machine may have no way there, and a
report on it should tell nobody that it was opened. One small style sheet of our own takes their place.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

STYLE = """
body { font: 15px/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; margin: 0 auto; max-width: 80rem;
       padding: 1rem; color: #1d2733; background: #fff }
a { color: #0b5cad }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem }
th, td { border: 1px solid #d5dbe1; padding: .3rem .5rem; text-align: left; vertical-align: top }
td { overflow-wrap: anywhere }
th { background: #f1f4f7 }
pre, code { white-space: pre-wrap; font-size: 13px }
.collapse, .tab-pane { display: block !important }
.fa-times::before { content: "✗ "; color: #b3261e; font-weight: bold }
.fa-check-circle::before { content: "✓ "; color: #1b7f3b }
.modal, .navbar-toggler, .dropdown-menu { display: none }
@media (prefers-color-scheme: dark) {
  body { color: #e3e8ee; background: #14181d } a { color: #7db7ff }
  th, td { border-color: #3a434d } th { background: #1e242b }
}
"""
_ELSEWHERE = (
    re.compile(r"<script\b[^>]*>[^<]*(?:<(?!/script>)[^<]*)*</script>", re.IGNORECASE),
    re.compile(r"<link\b[^>]*>", re.IGNORECASE),
    re.compile(r"<img\b[^>]*>", re.IGNORECASE),
)


def make_offline(folder: Path) -> None:
    """Rewrite every page below ``folder``; links to other pages stay. Fonts and logos, unused now, go."""
    shutil.rmtree(folder / "static", ignore_errors=True)
    for page in folder.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for pattern in _ELSEWHERE:
            text = pattern.sub("", text)
        text = re.sub(r"url\(['\"]?https?://[^)]*\)", "none", text)
        text = re.sub(r'<a\b[^>]*href="https?://[^"]*"[^>]*>', "<a>", text)
        head = f'<meta charset="utf-8"><style>{STYLE}</style>'
        page.write_text(text.replace("<head>", f"<head>{head}", 1), encoding="utf-8")
