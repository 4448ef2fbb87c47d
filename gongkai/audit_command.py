"""The ``audit`` command of the command line (审核命令)."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gongkai.messages import GongkaiError


@click.command()
@click.argument("target", required=False, metavar="[文档或单位]")
@click.option(
    "--home", "home_path", type=click.Path(path_type=Path, file_okay=False), default=Path("warehouse"),
    envvar="GONGKAI_HOME", show_default=True, help="仓库所在的文件夹。",
)  # fmt: skip
@click.option("--xlsx", "workbook", type=click.Path(path_type=Path, dir_okay=False), help="另存为工作簿。")
@click.option("--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="另存为一个网页文件。")
@click.option("--json", "as_json", is_flag=True, help="结果以 JSON 输出到标准输出。")
def audit(target: str | None, home_path: Path, workbook: Path | None, page: Path | None, as_json: bool) -> None:
    """审核表：逐表逐节说明符合或不符合，每个问题列出两方的数、差额、容差、原文和更正建议。

    [文档或单位]：文件名、标题或单位名称的一部分，或文档键；不给则审核全部现行文档。
    """
    from gongkai import audit as auditing
    from gongkai import audit_render as rendering
    from gongkai.home import Home
    from gongkai.query import plain

    if not home_path.is_dir():
        raise GongkaiError("not_published", home=home_path)
    sheets = auditing.audit(Home(home_path.resolve()), target)
    if workbook:
        rendering.write_xlsx(workbook, sheets)
    if page:
        page.write_text(rendering.as_html(sheets), encoding="utf-8")
    if as_json:
        click.echo(json.dumps([sheet.as_dict() for sheet in sheets], ensure_ascii=False, indent=1, default=plain))
    elif not workbook and not page:
        click.echo(rendering.as_text(sheets))
    else:
        click.echo(f"已审核 {len(sheets)} 份文档，发现问题 {sum(len(sheet.findings) for sheet in sheets)} 项。")
