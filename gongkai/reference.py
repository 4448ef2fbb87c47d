"""The reference under docs/reference/, made from what it describes: ``python -m gongkai.reference`` (参考手册).

Commands come from the command line's own declarations, tables and columns from the models' descriptions, rules and
metrics from where they are declared. A test compares the pages with what this makes; nothing is written by hand there.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import yaml

from gongkai.build import _COMMENTS as RECORDED
from gongkai.chinese_views import chinese_name, meaning_of
from gongkai.help import EXAMPLES, exit_codes
from gongkai.home import PROJECT
from gongkai.splice import _COMMENTS as SPLICED

FOLDER = PROJECT / "docs" / "reference"
_META = RECORDED | SPLICED
_NOTE = "<!-- 由 `python -m gongkai.reference` 生成，请勿手改。 Made by that command: do not edit. -->"
_DOC_BLOCK = re.compile(r"\{%\s*docs\s+(\w+)\s*%\}(.*?)\{%\s*enddocs\s*%\}", re.S)
_DOC_CALL = re.compile(r"\{\{\s*doc\('(\w+)'\)\s*\}\}")


def pages() -> dict[str, str]:
    """File name → text of every page."""
    return {
        "commands.md": _page("命令 · Commands", _commands()),
        "columns.md": _page("表与列 · Tables and columns", _columns()),
        "rules.md": _page("勾稽规则一览 · Identities", _rules()),
        "metrics.md": _page("指标与维度 · Metrics and dimensions", _metrics()),
    }


def _page(title: str, lines: Iterator[str]) -> str:
    return "\n".join([f"# {title}", "", _NOTE, "", *lines]).rstrip() + "\n"


def _cell(text: object) -> str:
    return " ".join(str(text if text is not None else "").split()).replace("|", "\\|")


# ---- commands


def _commands() -> Iterator[str]:
    from gongkai.cli import cli

    yield "退出码：0 已发布或无新内容；1 未发布；2 用法错误；3 已发布，但 `--strict` 下有输入未读入。"
    yield "消息代码见 [messages.md](../messages.md)。"
    yield ""
    context = click.Context(cli, info_name="gongkai")
    for name in sorted(cli.commands):
        command = cli.commands[name]
        usage = " ".join(command.collect_usage_pieces(click.Context(command, parent=context, info_name=name)))
        yield f"## gongkai {name}"
        yield ""
        yield f"`gongkai {name} {usage}`"
        yield ""
        yield _cell((command.help or "").split("\f")[0])
        yield ""
        told = EXAMPLES.get(name, ())
        yield from ("```", *told, "```", "") if told else ()
        yield f"退出码：{exit_codes(name)}。"
        yield ""
        options = [held for held in command.params if isinstance(held, click.Option)]
        if options:
            yield "| 选项 | 说明 | 默认 |"
            yield "|---|---|---|"
        for option in options:
            wanted = "、".join(f"`{one}`" for one in option.opts)
            takes = "" if option.is_flag else f"{option.metavar or _kind(option)}".strip()
            yield f"| {f'{wanted} {_cell(takes)}'.strip()} | {_cell(option.help)} | {_cell(_default(option))} |"
        yield ""


def _kind(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return " · ".join(map(str, option.type.choices))
    return {"integer": " 整数", "float": " 数", "text": " 文字"}.get(option.type.name.split(" ")[0], " 路径")


def _default(option: click.Option) -> str:
    if option.required:
        return "必填"
    if option.is_flag or option.default is None or callable(option.default):
        return ""
    shown = str(option.default)
    # click marks "none given" with a sentinel of its own.
    return "" if "UNSET" in shown.upper() or shown == "()" else shown


# ---- tables and columns


def described_models() -> Iterator[tuple[str, dict[str, Any]]]:
    """(room, model as declared, texts resolved) of every mart, in the order of the files and of the declarations."""
    blocks: dict[str, str] = {}
    for path in sorted((PROJECT / "models").rglob("*.md")):
        for name, text in _DOC_BLOCK.findall(path.read_text(encoding="utf-8")):
            blocks[name] = text.strip()

    def resolved(text: str | None) -> str:
        return _DOC_CALL.sub(lambda call: blocks[call.group(1)], text or "")

    for path in sorted((PROJECT / "models" / "marts").rglob("*.yml")):
        for model in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models", []):
            columns = [
                {"name": held["name"], "description": resolved(held.get("description"))}
                for held in model.get("columns", [])
            ]
            yield (
                path.parent.name,
                {
                    "name": model["name"],
                    "description": resolved(model.get("description")),
                    "columns": columns,
                },
            )
    for table in dict.fromkeys(name.partition(".")[0] for name in _META):
        columns = [
            {"name": name.partition(".")[2], "description": text}
            for name, text in _META.items()
            if name.startswith(f"{table}.")
        ]
        yield "record", {"name": table, "description": _META[table], "columns": columns}


_ROOMS = {
    "core": "事实与维度",
    "quality": "核对与台账",
    "reporting": "汇总",
    "record": "运行记录",
}


def _columns() -> Iterator[str]:
    yield "中文名就是中文视图里的名字：`main.mart_unit_year` 在 `zh.单位年度概况`。视图里代码旁边另有名称列。"
    yield ""
    models = list(described_models())
    for room, title in _ROOMS.items():
        held = sorted((model for where, model in models if where == room), key=lambda model: model["name"])
        yield f"- {title}：" + "、".join(f"[{model['name']}](#{model['name']})" for model in held)
    yield ""
    for room, title in _ROOMS.items():
        yield f"## {title}"
        yield ""
        for model in sorted((model for where, model in models if where == room), key=lambda model: model["name"]):
            yield f"### {model['name']}"
            yield ""
            yield f"`zh.{chinese_name(model['description']) or model['name']}` · {_cell(model['description'])}"
            yield ""
            yield "| 列 | 中文名 | 说明 | Description |"
            yield "|---|---|---|---|"
            view = chinese_name(model["description"]) or model["name"]
            for column in model["columns"]:
                name = chinese_name(column["description"]) or ""
                said = _cell(meaning_of(view, name))
                yield f"| `{column['name']}` | {name} | {said} | {_cell(column['description'])} |"
            yield ""


# ---- rules and metrics


def _rules() -> Iterator[str]:
    yield "怎样求值、怎样判断，见 [rules.md](../rules.md)。依据只列核对过原文的。"
    yield ""
    yield "| 规则 | 名称 | Name | 公式 | 性质 | 严重程度 | 适用 | 依据 |"
    yield "|---|---|---|---|---|---|---|---|"
    with (PROJECT / "seeds" / "rules.csv").open(encoding="utf-8", newline="") as source:
        for rule in csv.DictReader(source):
            basis = rule["basis"] if rule["basis_verified"].strip().lower() in ("y", "yes", "true", "1") else ""
            name = rule["name_zh"] + (
                "" if rule["is_default"].strip().lower() in ("y", "yes", "true", "1") else "（默认不运行）"
            )
            shown = (
                rule["rule_id"],
                name,
                rule["name_en"],
                rule["formula"],
                rule["evidence"],
                rule["severity"],
                rule["document_kinds"].replace("|", "、"),
                basis,
            )
            yield "| " + " | ".join(_cell(text) for text in shown) + " |"


def _metrics() -> Iterator[str]:
    folder = PROJECT / "models" / "semantics"
    metrics = yaml.safe_load((folder / "_metrics.yml").read_text(encoding="utf-8"))["metrics"]
    models = yaml.safe_load((folder / "_semantic_models.yml").read_text(encoding="utf-8"))["semantic_models"]
    yield "`gongkai metric 名称 --by 维度,…`；名称与维度都可以用中文或代码。`gongkai metric` 列出每个指标可用的维度。"
    yield ""
    yield "| 指标 | 代码 | 说明 |"
    yield "|---|---|---|"
    for metric in metrics:
        yield f"| {metric['label']} | `{metric['name']}` | {_cell(metric['description'])} |"
    yield ""
    yield "## 维度"
    yield ""
    yield "| 来自 | 维度 | 代码 |"
    yield "|---|---|---|"
    for model in models:
        for dimension in model.get("dimensions", []):
            yield f"| {model['label']} | {dimension['label']} | `{dimension['name']}` |"


def write() -> list[Path]:
    """Write the pages; returns those that changed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, text in pages().items():
        path = FOLDER / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


if __name__ == "__main__":
    for written in write():
        sys.stdout.write(f"{written.relative_to(PROJECT)}\n")
