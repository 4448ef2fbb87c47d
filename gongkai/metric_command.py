"""The command ``gongkai metric``: measures declared once, asked by name (指标查询)."""

from __future__ import annotations

import json
from pathlib import Path

import click

from gongkai.messages import GongkaiError


@click.command()
@click.argument("metrics", nargs=-1, metavar="[指标]...")
@click.option("--by", default="", metavar="维度,…", help="按什么分组，逗号隔开，例如 年度,单位名称。")
@click.option("--only", multiple=True, metavar="维度=值", help="只看维度等于该值的；可以给多次。")
@click.option(
    "--home", "home_path", type=click.Path(path_type=Path, file_okay=False), default=Path("warehouse"),
    envvar="GONGKAI_HOME", show_default=True, help="仓库所在的文件夹。",
)  # fmt: skip
@click.option("--csv", "as_csv", is_flag=True, help="结果以 CSV 输出。")
@click.option("--json", "as_json", is_flag=True, help="结果以 JSON 输出。")
@click.option("--sql", "as_sql", is_flag=True, help="只输出生成的 SQL，可放进别的工具里用。")
@click.option("--wide", is_flag=True, help="长文字与多行也全部列出。")
def metric(
    metrics: tuple[str, ...],
    by: str,
    only: tuple[str, ...],
    home_path: Path,
    as_csv: bool,
    as_json: bool,
    as_sql: bool,
    wide: bool,
) -> None:
    """查询统一定义的指标：决算支出、人均支出、预算执行率……；不给指标则列出全部指标和可用的维度。"""
    from gongkai import metrics as metering
    from gongkai import query as queries
    from gongkai.home import Home

    if as_csv + as_json + as_sql > 1:
        raise click.UsageError("--csv、--json 与 --sql 只能用一个。")
    if not home_path.is_dir():
        raise GongkaiError("not_published", home=home_path)
    home = Home(home_path.resolve())
    conditions = {}
    for pair in only:
        word, found, value = pair.partition("=")
        if not found:
            raise click.UsageError(f"--only 要写成 维度=值：{pair}")
        conditions[word] = value
    semantics = metering.semantics_of(home)
    if not metrics:
        _list(metering.catalogue(semantics), as_json)
        return
    dimensions = [word.strip() for word in by.replace("，", ",").split(",") if word.strip()]
    chosen = [semantics.metric(word) for word in metrics]
    sql = semantics.compile(chosen, dimensions, conditions)
    if as_sql:
        click.echo(sql)
        return
    answer = queries.run_query(home, sql)
    if as_csv:
        click.echo(queries.as_csv(answer), nl=False)
    else:
        click.echo(queries.as_json(answer) if as_json else queries.for_stdout(answer, wide))
        if not as_json and {"单位名称", "unit_name"} & set(dimensions):
            click.echo(_COUNTED_ONCE, err=True)


_COUNTED_ONCE = (
    "注：部门汇总与它的本级、下级单位只计其一（计入合计）：各部分合起来等于汇总时计各部分，否则计汇总；没有计入的单位这里是空的。"
    "文件没有写明主管部门的下级单位会与汇总一起计入。"
)


def _list(metrics: list[dict], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(metrics, ensure_ascii=False, indent=1))
        return
    for held in metrics:
        click.echo(f"{held['label']}  {held['name']}\n    {held['description']}")
        click.echo(f"    维度：{'、'.join(held['dimensions'])}")
