"""How long a refresh takes: from nothing, with one new document, with nothing new.

    python benchmarks/refresh.py --counts 500,2000,8000

Documents are made here: small disclosures of invented units, every one different, as text or (``--format pdf``) as
ruled PDF. Prints seconds of each step and the share of a full refresh that one new document costs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SUBJECTS = (("201", "一般公共服务支出"), ("20103", "政府办公厅（室）及相关机构事务"), ("2010301", "行政运行"))


def document(number: int) -> str:
    """A small final account of unit ``number``: summary, expenditure by subject, 三公, some prose."""
    chance = random.Random(number)
    basic, project = chance.randrange(10_000, 900_000), chance.randrange(1_000, 400_000)
    year, unit = 2019 + number % 5, f"白杨县第{number // 5}服务中心"
    total, cents = basic + project, lambda value: f"{value // 100}.{value % 100:02d}"
    rows = "\n".join(f"{code}\t{name}\t{cents(total)}\t{cents(basic)}\t{cents(project)}" for code, name in SUBJECTS)
    head = f"部门：{unit}\t金额单位：万元"
    return (
        f"{unit}{year}年度单位决算\n\n收入支出决算总表\n公开01表\n{head}\n收入\t\t支出\t\n项目\t决算数\t项目\t决算数\n"
        f"一、一般公共预算财政拨款收入\t{cents(total)}\t一、一般公共服务支出\t{cents(total)}\n"
        f"本年收入合计\t{cents(total)}\t本年支出合计\t{cents(total)}\n总计\t{cents(total)}\t总计\t{cents(total)}\n\n"
        f"支出决算表\n公开03表\n{head}\n科目编码\t科目名称\t本年支出合计\t基本支出\t项目支出\n"
        f"合计\t\t{cents(total)}\t{cents(basic)}\t{cents(project)}\n{rows}\n\n"
        f"财政拨款“三公”经费支出决算表\n公开08表\n{head}\n项目\t预算数\t决算数\n合计\t3.00\t2.{number % 90 + 10}\n"
        f"公务接待费\t3.00\t2.{number % 90 + 10}\n\n"
        f"{year}年度本年支出合计{cents(total)}万元，其中：基本支出{cents(basic)}万元，项目支出{cents(project)}万元。\n"
    )


def as_pdf(text: str) -> bytes:
    """The document as a PDF with ruled tables."""
    import io

    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("body", fontName="STSong-Light", fontSize=9, leading=13)
    look = [("FONT", (0, 0), (-1, -1), "STSong-Light", 8), ("GRID", (0, 0), (-1, -1), 0.5, "black")]
    story, rows = [], []
    for line in [*text.splitlines(), ""]:
        cells = line.split("\t")
        if len(cells) > 2:
            rows.append(cells)
            continue
        if rows:
            width = max(map(len, rows))
            story.append(Table([row + [""] * (width - len(row)) for row in rows], style=look))
            rows = []
        if line:
            story.append(Paragraph(line.replace("\t", "　　"), style))
    sink = io.BytesIO()
    SimpleDocTemplate(sink, pagesize=A4, invariant=1).build(story)
    return sink.getvalue()


def write(folder: Path, number: int, form: str) -> None:
    """Write document ``number`` into ``folder``."""
    text = document(number)
    path = folder / f"{number // 1000:03d}" / f"{number}.{'pdf' if form == 'pdf' else 'txt'}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_pdf(text) if form == "pdf" else text.encode())


def refresh(inbox: Path, home: Path) -> tuple[float, dict[str, float], str]:
    """Seconds of the whole command, of its steps, and its code. Raises where it failed."""
    began = time.monotonic()
    command = [sys.executable, "-m", "gongkai", "refresh", str(inbox), "--home", str(home), "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    if run.returncode != 0:
        raise SystemExit(f"refresh ended with {run.returncode}:\n{run.stderr}")
    code = "nothing_new" if "[nothing_new]" in run.stderr else "published"
    return seconds, json.loads(run.stdout)["seconds"], code


def measure(count: int, folder: Path, form: str) -> dict[str, float]:
    """One line of the report."""
    inbox, home = folder / "inbox", folder / "home"
    for number in range(count):
        write(inbox, number, form)
    # The cache of hashes does not trust files younger than two seconds.
    time.sleep(2.5)
    full, full_steps, _ = refresh(inbox, home)
    write(inbox, count, form)
    time.sleep(2.5)
    one, one_steps, code = refresh(inbox, home)
    assert code == "published"
    nothing, _, code = refresh(inbox, home)
    assert code == "nothing_new"
    return {
        "documents": count,
        "full": full,
        **{f"full_{step}": seconds for step, seconds in full_steps.items()},
        "one_new": one,
        **{f"one_{step}": seconds for step, seconds in one_steps.items()},
        "nothing_new": nothing,
        "share": one / full,
    }


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", default="500,2000,8000")
    parser.add_argument("--format", choices=("text", "pdf"), default="text")
    options = parser.parse_args()
    print(f"{len(os.sched_getaffinity(0))} processors, load {os.getloadavg()[0]:.1f}, {options.format}\n")
    print("| documents | full s (read, build, check) | one new s (read, build, check) | share | nothing new s |")
    print("|---|---|---|---|---|", flush=True)
    for count in map(int, options.counts.split(",")):
        folder = Path(tempfile.mkdtemp(prefix="gongkai-refresh-"))
        try:
            found = measure(count, folder, options.format)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        steps = ("ingest", "build", "check")
        full, one = (", ".join(f"{found[f'{kind}_{step}']:.1f}" for step in steps) for kind in ("full", "one"))
        print(
            f"| {count} | {found['full']:.1f} ({full}) | {found['one_new']:.1f} ({one}) | {found['share']:.0%}"
            f" | {found['nothing_new']:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
