"""``gongkai status``: what is published, from which run, and what is in it (状态)."""

from __future__ import annotations

from typing import Any

import duckdb

from gongkai.home import Home
from gongkai.messages import GongkaiError
from gongkai.publish import current_number, generations, read_generation
from gongkai.query import Answer, as_table, plain
from gongkai.reader import open_published
from gongkai.runlog import number_of, read_events

_FACTS = (
    "fct_statement_amount",
    "fct_narrative_amount",
    "fct_expenditure",
    "fct_income",
    "fct_economic_expenditure",
    "fct_three_public",
    "fct_unit_statistic",
    "fct_project_funding",
    "fct_performance_indicator",
    "fct_reconciliation",
    "fct_finding",
    "mart_unmapped_cell",
    "mart_unread",
)
_UNREAD = 'select 未读种类名称, count(*) from zh."未读内容" group by all order by count(*) desc, 1'
_UNITS = """
    select
        units.unit_name as "单位",
        documents.fiscal_year as "年度",
        string_agg(distinct documents.document_kind, ' ' order by documents.document_kind) as "文档",
        max(years.expenditure_budget_yuan) as "支出预算（元）",
        max(years.expenditure_final_yuan) as "支出决算（元）",
        max(years.findings) as "发现"
    from dim_document as documents
    left join dim_unit as units on documents.unit_key = units.unit_key
    left join mart_unit_year as years
        on documents.unit_key = years.unit_key and documents.fiscal_year = years.fiscal_year
    where documents.is_current
    group by units.unit_name, documents.fiscal_year
    order by units.unit_name, documents.fiscal_year
"""


def status(home: Home) -> dict[str, Any]:
    """What is published, as plain values; ``published`` is None where nothing is."""
    number = current_number(home)
    record = read_generation(home, number) if number else None
    found: dict[str, Any] = {
        "home": str(home.root),
        "published": None,
        "generations": generations(home),
        "last_run": _last_run(home),
        "landing": _landing(home),
        "quarantined": _quarantined(home),
    }
    if number is None:
        return found
    found["published"] = {
        "generation": number,
        "run_id": record.run_id if record else None,
        "published_at": record.published_at if record else None,
        "byte_count": home.database.stat().st_size if home.database.exists() else None,
        "file": str(home.database),
    }
    with open_published(home) as connection:
        try:
            found["published"]["documents"] = dict(
                connection.execute(
                    "select coalesce(document_kind, '?'), count(*) from dim_document group by 1 order by 1"
                ).fetchall()
            )
            found["published"]["rows"] = {
                table: connection.execute(f"select count(*) from {table}").fetchone()[0] for table in _FACTS
            }
            found["published"]["unread"] = dict(connection.execute(_UNREAD).fetchall())
        except duckdb.Error as error:
            raise GongkaiError("warehouse_damaged", path=home.shown(home.database), reason=error) from error
    return found


def units_table(home: Home, most_rows: int = 40) -> str:
    """Units and years in the published file, with what they spend."""
    with open_published(home) as connection:
        cursor = connection.execute(_UNITS)
        answer = Answer(tuple(column[0] for column in cursor.description), cursor.fetchall())
    return as_table(answer, most_rows, whole="用 gongkai query 查 zh.单位年度概况 取全部")


def as_text(found: dict[str, Any]) -> str:
    """The status for a terminal, in Chinese."""
    lines = [f"home：{found['home']}"]
    landing, published, last = found["landing"], found["published"], found["last_run"]
    lines.append(f"落地层：{landing['documents']} 份文档，{landing['rejected']} 个输入未读入")
    for row in landing["rejects"]:
        lines.append(f"  未读入 {row['file_name']}：[{row['code']}] {row['reason']}")
    for row in found["quarantined"]:
        lines.append(f"  已隔离 {row['file_name']}：[{row['code']}] {row['reason']}")
    if last:
        lines.append(f"最近一次运行：{last['run_id']}，{last['outcome']}")
    if published is None:
        lines.append("尚未发布。")
        return "\n".join(lines)
    size = (published["byte_count"] or 0) / 2**20
    when = f"运行 {published['run_id']}，{published['published_at']}，{size:.1f} MiB"
    lines.append(f"已发布：第 {published['generation']} 代（{when}）")
    lines.append(f"  文件：{published['file']}")
    lines.append("  文档：" + "，".join(f"{kind} {count}" for kind, count in published["documents"].items()))
    lines += [f"  {table:28} {plain(count):>9}" for table, count in published["rows"].items()]
    lines.append(_unread_text(published["unread"]))
    return "\n".join(lines)


def _unread_text(unread: dict[str, int]) -> str:
    """What could not be read, by kind, and where it is listed."""
    if not unread:
        return "未读内容：没有。"
    counts = "，".join(f"{kind} {count}" for kind, count in unread.items())
    return f'未读内容：{counts}。逐项：gongkai query "select 文件名, 页码, 行号, 位置, 打印文字, 原因 from zh.未读内容"'


def _last_run(home: Home) -> dict[str, Any] | None:
    folders = sorted((path for path in home.runs.glob("*") if number_of(path)), key=number_of)
    if not folders:
        return None
    events = read_events(folders[-1])
    ended = next((event for event in reversed(events) if event.get("event") == "run_finished"), None)
    outcome = ended["outcome"] if ended else "未正常结束"
    return {"run_id": folders[-1].name, "outcome": outcome, "folder": str(folders[-1])}


def _quarantined(home: Home) -> list[dict[str, Any]]:
    """Documents kept out of what is published, as rows of ``rejects`` with the checks that failed."""
    from gongkai.quarantine import stored

    return [
        {
            "document_id": entry.document_id,
            "file_name": entry.file_name,
            "code": "quarantined",
            "reason": entry.reason,
            "checks": list(entry.checks),
            "run": entry.run,
        }
        for entry in stored(home).values()
    ]


def _landing(home: Home) -> dict[str, Any]:
    from ingest.landing.writer import Landing

    for attempt in range(3):
        # A refresh may take a batch away between its manifest and its files; the next look finds the successors.
        try:
            landing = Landing(home.landing)
            states = [landed.state for landed in landing.landed().values()]
            rejects = landing.read_table("rejects") if states else None
            break
        except OSError:
            if attempt == 2:
                raise
    files = rejects.filter(rejects["stage"] == "file").sort("file_name", "reject_ordinal") if states else ()
    return {
        "documents": states.count("read"),
        "rejected": len(files),
        "rejects": files.select("file_name", "code", "reason").head(20).to_dicts() if states else [],
    }
