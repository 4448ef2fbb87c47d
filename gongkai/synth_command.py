"""The command ``gongkai synth``: documents of an invented country with the truth beside them (合成公开文档)."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import click

from gongkai.messages import GongkaiError, text
from synth.choices import FIRST_YEAR, FORMATS, KINDS, LAST_YEAR, LEVELS


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="写到哪个文件夹（须为空）。"
)
@click.option(
    "--units", type=click.IntRange(1, 1_000_000), default=10, show_default=True, metavar="N", help="多少个部门和单位。"
)
@click.option(
    "--years",
    default="2023",
    show_default=True,
    metavar="年[-年]",
    help=f"哪些年度，在 {FIRST_YEAR} 到 {LAST_YEAR} 之间。",
)
@click.option("--seed", type=int, default=1, show_default=True, help="种子；同一种子得到同样的文档。")
@click.option("--formats", default=",".join(FORMATS), show_default=True, metavar="格式,…", help="轮流使用的文件格式。")
@click.option(
    "--kinds",
    default="final_account,budget",
    show_default=True,
    metavar="种类,…",
    help="文档种类：final_account 决算，budget 预算，performance 绩效。",
)
@click.option("--damage", type=click.Choice(LEVELS), default="none", show_default=True, help="损坏与公开差错的程度。")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="并行的进程数。默认为处理器核数。")
def synth(
    out: Path, units: int, years: str, seed: int, formats: str, kinds: str, damage: str, jobs: int | None
) -> None:  # fmt: skip
    """生成一个虚构地区的公开文档，并附真值，用来测量与演示。

    文档在 <out>/documents，真值（每个数字、每处公开差错）在 <out>/truth 的 Parquet 文件里。
    """
    first, last = _years(years)
    chosen = _among(formats, FORMATS, "--formats")
    wanted = _among(kinds, KINDS, "--kinds")
    if out.exists() and any(out.iterdir()):
        raise GongkaiError("synth_not_empty", out=out)
    try:
        from synth.write import Order, write

        order = Order(units, tuple(range(first, last + 1)), seed, chosen, damage, wanted)
        count = write(order, out, jobs or len(os.sched_getaffinity(0)), _progress() if sys.stderr.isatty() else None)
    except ModuleNotFoundError as error:
        raise GongkaiError("synth_library_missing", name=error.name) from error
    click.echo(f"[synth_done] {text('synth_done', count=count, out=out)}", err=True)


def _years(text_given: str) -> tuple[int, int]:
    """2019-2024 or 2023. Raises ``click.UsageError`` for anything else."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", text_given.strip())
    first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if not FIRST_YEAR <= first <= last <= LAST_YEAR:
        raise click.UsageError(f"--years 应为 {FIRST_YEAR} 到 {LAST_YEAR} 之间的一年或一段，如 2019-2024：{text_given}")
    return first, last


def _among(given: str, known: tuple[str, ...], option: str) -> tuple[str, ...]:
    """Comma-separated names, in the order given. Raises ``click.UsageError`` for one that is not known."""
    names = tuple(name.strip() for name in given.split(",") if name.strip())
    wrong = [name for name in names if name not in known]
    if wrong or not names:
        raise click.UsageError(f"{option} 只能是 {'、'.join(known)}：{given}")
    return names


def _progress():
    """A bar on the terminal, driven by how many documents are done."""
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True))
    task = bar.add_task("生成文档", total=None)
    bar.start()

    def show(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)
        if done == total:
            bar.stop()

    return show
