"""``gongkai site``: arguments of the command (命令行：网站)."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from gongkai.messages import GongkaiError, text


@click.command()
@click.option(
    "--home", "home_path", type=click.Path(path_type=Path, file_okay=False), default=Path("warehouse"),
    envvar="GONGKAI_HOME", show_default=True, help="仓库所在的文件夹。",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("site-out"), show_default=True,
    help="写到哪个文件夹：新的、空的，或以前生成的网站（会整个换掉）。",
)  # fmt: skip
@click.option(
    "--pictures", type=click.Choice(["tables", "all", "none"]), default="tables", show_default=True,
    help="PDF 的页面图像：tables 有表或有发现的页，all 全部，none 不要。",
)  # fmt: skip
@click.option("--no-data", is_flag=True, help="不附上整表下载（CSV、Parquet）。")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="并行的进程数。默认为处理器核数。")
@click.option("--json", "as_json", is_flag=True, help="结果以 JSON 输出到标准输出。")
def site(home_path: Path, out: Path, pictures: str, no_data: bool, jobs: int | None, as_json: bool) -> None:
    """由已发布的仓库生成一个静态网站：不需要服务器，可离线打开，也可放到任何静态主机。

    打开 <out>/index.html 即可。
    """
    from gongkai.home import Home
    from gongkai.site import build_site

    if not home_path.is_dir():
        raise GongkaiError("not_published", home=home_path)
    report = build_site(
        Home(home_path.resolve()), out, jobs=jobs or len(os.sched_getaffinity(0)), pictures=pictures, data=not no_data
    )
    click.echo(
        f"[site_done] {text('site_done', out=report.out, units=report.units, documents=report.documents)}", err=True
    )
    if not report.has_sql:
        click.echo(f"[site_without_sql] {text('site_without_sql')}", err=True)
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
