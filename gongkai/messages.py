"""What the command line says, by stable code (消息). docs/messages.md lists every code with what to do about it."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # Home and lock
    "home_locked": "另一个 gongkai（进程 {pid}，开始于 {started}）正在写 {home}；请等它结束，或用 --wait 秒数 等待。",
    "stale_lock": "上一次运行（进程 {pid}，开始于 {started}）没有正常结束；已接管并从中断处继续。",
    "home_unusable": "无法使用 home 目录 {home}：{reason}。",
    "disk_space": "磁盘空间不足：{home} 所在磁盘剩余 {free}，本次构建约需 {needed}；请清理后重试。已发布的不受影响。",
    # Sources
    "no_sources": "没有指定来源，{home} 里也没有登记过来源；请给出文件或文件夹，例如：gongkai refresh samples",
    "source_missing": "来源不存在：{path}",
    "source_unlistable": "来源文件夹无法列出：{path}",
    "source_emptied": (
        "来源 {path} 以前有文件，现在一个也没有，像是磁盘没有挂载，未读入；"
        "如果确实清空了，请加 --allow-shrink 重新运行。已发布的仓库不受影响。"
    ),
    "sources_invalid": "来源清单 {path} 有误：{reason}。",
    "fetched": (
        "下载完成：新 {new}，变化 {changed}，未变 {unchanged}，未到时间 {not_due}，略过 {skipped}，失败 {failed}。"
        "用 gongkai refresh 读入。"
    ),
    "input_rejected": "有 {count} 个输入未能读入，原因与处理见 gongkai status 或 zh.未读内容；其余已照常处理。",
    "landing_recovered": "上次运行留下的残件已清理：{files} 个文件；{batches} 个批次已损坏，其中的文件会重新读入。",
    "landing_empty": "落地层里没有任何文档，没有可发布的内容；请检查来源。已发布的仓库不受影响。",
    # Build
    "quarantined": (
        "有 {count} 份文档读入的内容未能通过检查，已隔离，不在仓库里：{names}；其余已照常发布。"
        "原因见 gongkai status；请报告给维护者，更新后会自动重新尝试。"
    ),
    "build_failed": "dbt 构建失败：{nodes}。日志：{log}。已发布的仓库不受影响。",
    "build_crashed": "dbt 进程异常退出（退出码 {status}）。日志：{log}。已发布的仓库不受影响。",
    "seal_failed": "构建文件缺少应有的表，或无法整理：{reason}。已发布的仓库不受影响。",
    "build_missing": "{home} 里没有构建好的文件；请先运行 gongkai build。",
    "wal_left": "构建文件关闭后仍留有预写日志 {path}，不能发布；请重新运行。",
    # Check
    "checks_failed": "{failed} 项硬性检查未通过（共 {total} 项）：{names}。报告：{report}。未发布，原有仓库不受影响。",
    "rules_jump": "{reason}：{rules}。已照常发布；请看 fct_reconciliation 里这些规则的结果，并报告给维护者。",
    "splice_refused": "并入的结果与上一代对不上（{names}），没有采用；改为全部重建并做全部检查。请报告给维护者。",
    "checks_crashed": "检查进程异常退出（退出码 {status}）。日志：{log}。未发布。",
    "not_checked": "构建文件没有通过检查的记录，或检查之后又变了；请先运行 gongkai check。",
    "volume_drop": (
        "新仓库只有 {new} 个数字，已发布的有 {old} 个，少了一半以上，未发布；"
        "如果确实如此，请加 --allow-shrink 重新运行。"
    ),
    # Publish
    "published": "已发布第 {generation} 代：{path}",
    "nothing_new": "没有新内容：来源、模型和检查都没有变化，仍为第 {generation} 代。",
    "not_published": "{home} 还没有发布过仓库；请先运行 gongkai refresh。仓库在别处时用 --home 指明。",
    "warehouse_damaged": "已发布的文件无法打开：{path}（{reason}）。可用 gongkai rollback 回到上一代。",
    "no_generation": "没有{generation}可回退；现有：{available}。",
    "rolled_back": "已回退到第 {generation} 代：{path}",
    # Query and explain
    "query_failed": "查询失败：{reason}\n能问的表见 zh.目录，列见 zh.字段。",
    "no_rows": (
        "没有符合条件的行。按名称找时要与仓库里的一字不差，或用 like '%…%'：单位见 gongkai status；"
        "区划名称只有国家公布的行政区划，认不出的为空。"
    ),
    "unknown_amount": (
        "没有这个数字：{amount_key}。amount_key 见 fct_statement_amount 或 fct_narrative_amount"
        "（zh.报表数据、zh.文字数据）；概况里的数用 gongkai explain 单位 年度 列名。"
    ),
    "unknown_cell": "说明不了 {what}：{remedy}。",
    "unknown_document": "没有这样的现行文档：{target}。可用文件名、标题、单位名称的一部分，或文档键。",
    # Metrics and export
    "unknown_metric": "没有这个指标：{word}。现有：{known}。",
    "unknown_dimension": "这些指标不能按它区分：{word}。可用：{known}。",
    "unknown_table": (
        "没有这张表或视图：{name}。视图见 zh.目录（gongkai query \"select 视图, 说明 from zh.目录\"），"
        "表见 docs/reference/columns.md。"
    ),
    "metrics_library_missing": "缺少查询指标所需的库 {name}；请安装：pip install 'gongkai[metrics]'。",
    # Synthetic documents
    "synth_done": (
        "已生成 {count} 份文档：{out}/documents；真值在 {out}/truth。用 gongkai refresh {out}/documents 读入。"
    ),
    "synth_not_empty": "文件夹 {out} 不是空的；请另选一个，或先清空它。",
    "synth_library_missing": "缺少生成文件所需的库 {name}；请安装：pip install 'gongkai[synth]'。",
    # Site
    "site_done": "网站已生成：{out}（{units} 个单位，{documents} 份文档）；打开其中的 index.html。",
    "site_without_sql": "没有 SQL 查询页：先运行 make site-assets，再生成一次即有；其余各页不受影响。",
    "site_out_not_empty": "文件夹 {out} 不是空的，也不是以前生成的网站；请另选一个，或先清空它。",
    # Anything else
    "interrupted": "已中断。已发布的仓库不受影响，下次运行会继续。",
    "storage_failed": "读写磁盘失败：{reason}。已发布的仓库不受影响，解决后重新运行即可继续。",
}


class GongkaiError(Exception):
    """A failure with a stable code and a Chinese message; the command line shows it and ends with ``exit_code``."""

    def __init__(self, code: str, exit_code: int = 1, **values: object) -> None:
        super().__init__(text(code, **values))
        self.code = code
        self.exit_code = exit_code
        self.values = values


def text(code: str, **values: object) -> str:
    """The message of a code with its values filled in."""
    return MESSAGES[code].format(**values)
