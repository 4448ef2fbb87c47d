"""What a refresh costs: from nothing, with one new document, with nothing new.

    python benchmarks/refresh.py --counts 500,2000,8000

Documents are made here: by default those of ``gongkai synth`` (departments and their units over several years, budgets
and accounts of the size of real ones, text, HTML, Markdown and workbooks in turn); ``--documents small`` and ``pdf``
make little ones of a summary, one table and a sentence, as text or as ruled PDF, every one of its own unit and year.
Prints seconds of processor time (user and system, all processes: others may be at work on the machine), seconds of the
clock by step, and the share of a full refresh that one new document costs. ``--equal`` also builds the whole star once
more and compares it with the one that the new document was spliced into, table by table.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
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


def write_small(folder: Path, number: int, form: str) -> Path:
    """Write small document ``number`` below ``folder``."""
    text = document(number)
    path = folder / f"{number // 1000:03d}" / f"{number}.{'pdf' if form == 'pdf' else 'txt'}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_pdf(text) if form == "pdf" else text.encode())
    return path


def write_documents(folder: Path, count: int, form: str) -> list[Path]:
    """Write ``count`` documents below ``folder``."""
    if form != "synth":
        return [write_small(folder, number, form) for number in range(count)]
    from synth.write import Order, write

    years, kinds = (2022, 2023), ("final_account", "budget")
    units = -(-count // (len(years) * len(kinds)))
    order = Order(units, years, 11, ("text", "html", "markdown", "xlsx"), "none", kinds)
    write(order, folder, len(os.sched_getaffinity(0)), None)
    shutil.rmtree(folder / "truth")
    found = sorted(path for path in (folder / "documents").rglob("*") if path.is_file())
    for path in found[count:]:
        path.unlink()
    return found[:count]


class Cost:
    """What one refresh took."""

    def __init__(self, inbox: Path, home: Path, *options: str) -> None:
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        command = [sys.executable, "-m", "gongkai", "refresh", str(inbox), "--home", str(home), "--json", *options]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        self.clock = time.monotonic() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        if run.returncode != 0:
            raise SystemExit(f"refresh ended with {run.returncode}:\n{run.stderr}")
        self.is_new = "[nothing_new]" not in run.stderr
        said = json.loads(run.stdout)
        steps: dict[str, float] = said["seconds"]
        self.steps = ", ".join(f"{steps[name]:.1f}" for name in ("ingest", "build", "check") if name in steps)
        log = (home / "runs" / said["run_id"] / "log.jsonl").read_text(encoding="utf-8")
        self.is_spliced = '"event": "spliced"' in log

    def __str__(self) -> str:
        return f"{self.processor:.1f} / {self.clock:.1f} ({self.steps})"


def differing(one: Path, other: Path) -> list[str]:
    """Tables of two published files that differ, the record of runs left out."""
    import duckdb

    found = []
    with duckdb.connect() as connection:
        for alias, home in (("one", one), ("other", other)):
            connection.execute(f"attach '{(home / 'gongkai.duckdb').resolve()}' as {alias} (read_only)")
        tables = connection.execute(
            "select distinct table_name from duckdb_tables() where schema_name = 'main'"
            " and table_name not like 'meta_run%' and database_name in ('one', 'other') order by 1"
        ).fetchall()
        for (table,) in tables:
            sides = [f'select * from {alias}.main."{table}"' for alias in ("one", "other")]
            unlike = f"({sides[0]} except all {sides[1]}) union all ({sides[1]} except all {sides[0]})"
            if connection.execute(f"select count(*) from ({unlike})").fetchone()[0]:
                found.append(table)
    return found


def measure(count: int, folder: Path, form: str, compared: bool) -> str:
    """One line of the report."""
    inbox, home, late = folder / "inbox", folder / "home", folder / "late"
    paths = write_documents(inbox, count + 1, form)
    # One from the midst: of a unit that others of are there.
    new = paths[count // 2]
    new.rename(late)
    # The cache of hashes does not trust files younger than two seconds.
    time.sleep(2.5)
    full = Cost(inbox, home)
    late.rename(new)
    time.sleep(2.5)
    one = Cost(inbox, home)
    assert full.is_new and one.is_new
    nothing = Cost(inbox, home)
    assert not nothing.is_new
    share = one.processor / full.processor
    how = "spliced" if one.is_spliced else "whole"
    equal = ""
    if compared:
        shutil.copytree(home, folder / "whole", symlinks=True)
        Cost(inbox, folder / "whole", "--force")
        unlike = differing(home, folder / "whole")
        equal = f" {'equal' if not unlike else 'DIFFERS: ' + ' '.join(unlike)}"
    spent = f"{nothing.processor:.1f} / {nothing.clock:.1f}"
    return f"| {count} | {full} | {one} | {share:.1%} | {how}{equal} | {spent} |"


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", default="500,2000,8000")
    parser.add_argument("--documents", choices=("synth", "small", "pdf"), default="synth")
    parser.add_argument("--equal", action="store_true", help="compare with a whole build, table by table")
    parser.add_argument("--folder", type=Path, help="where to work; a folder of the system's else")
    options = parser.parse_args()
    print(f"{len(os.sched_getaffinity(0))} processors, load {os.getloadavg()[0]:.1f}, {options.documents} documents")
    print("seconds: processor / clock (reading, building, checking)\n")
    print("| documents | full | one new | share | new star | nothing new |")
    print("|---|---|---|---|---|---|", flush=True)
    for count in map(int, options.counts.split(",")):
        if options.folder:
            options.folder.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="gongkai-refresh-", dir=options.folder))
        try:
            print(measure(count, folder, options.documents, options.equal), flush=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
