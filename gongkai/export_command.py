"""The command ``gongkai export``: tables for spreadsheets and other tools (导出)."""

from __future__ import annotations

from pathlib import Path

import click

from gongkai.messages import GongkaiError


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="写到哪个文件夹。")
@click.option(
    "--format", "kind", type=click.Choice(["xlsx", "csv", "parquet", "fiscal"]), default="xlsx", show_default=True,
    help="xlsx 一个工作簿；csv、parquet 每表一个文件；fiscal 财政数据包（Fiscal Data Package）。",
)  # fmt: skip
@click.option(
    "--table",
    "tables",
    multiple=True,
    metavar="表",
    help="只要这张表或中文视图，可给多次；默认全部事实与汇总的中文视图。",
)
@click.option(
    "--home", "home_path", type=click.Path(path_type=Path, file_okay=False), default=Path("warehouse"),
    envvar="GONGKAI_HOME", show_default=True, help="仓库所在的文件夹。",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="写出的文件以 JSON 输出。")
def export(out: Path, kind: str, tables: tuple[str, ...], home_path: Path, as_json: bool) -> None:
    """把已发布的表导出为 Excel 工作簿、CSV、Parquet 或财政数据包。"""
    from gongkai import export as exporting
    from gongkai.home import Home

    if not home_path.is_dir():
        raise GongkaiError("not_published", home=home_path)
    if kind == "fiscal" and tables:
        raise click.UsageError("财政数据包的内容是固定的，不能与 --table 同时使用。")
    written = exporting.export(Home(home_path.resolve()), out, kind, tables)
    if as_json:
        click.echo(exporting.as_json_line(written))
    else:
        click.echo(f"已写出 {len(written)} 个文件：{'、'.join(path.name for path in written)}，在 {out}。")
