"""What ``--help`` says besides each command's own words: examples, exit codes, and click's phrases in Chinese (帮助).

Examples stand here together, so that a test can see that every command has some and that each is a line the command
line takes.
"""

from __future__ import annotations

import click

EXAMPLES: dict[str, tuple[str, ...]] = {
    "refresh": (
        "gongkai refresh 公开文件夹 --home 我的仓库",
        "gongkai refresh --home 我的仓库 --wait 600 --strict",
        "gongkai refresh 全部文件 --prune --retry",
    ),
    "fetch": ("gongkai fetch --sources sources.yml --home 我的仓库",),
    "ingest": ("gongkai ingest 公开文件夹 --home 我的仓库 --jobs 4",),
    "build": ("gongkai build --home 我的仓库",),
    "check": ("gongkai check --home 我的仓库",),
    "publish": ("gongkai publish --home 我的仓库",),
    "rollback": ("gongkai rollback --home 我的仓库", "gongkai rollback 12 --home 我的仓库"),
    "status": ("gongkai status --home 我的仓库", "gongkai status --json"),
    "query": (
        'gongkai query "select 视图, 说明 from zh.目录"',
        "gongkai query \"select 列, 说明 from zh.字段 where 视图 = '单位年度概况'\"",
        'gongkai query "select 文件名, 位置, 打印文字, 原因 from zh.未读内容" --wide',
        'gongkai query "select 单位名称, 年度, 三公经费决算数_元 from zh.单位年度概况" --csv',
    ),
    "explain": (
        "gongkai explain c53fd459c572b54f-t5r22c7n1",
        "gongkai explain 青禾市水务局 2023 三公经费决算数",
    ),
    "metric": (
        "gongkai metric",
        "gongkai metric 决算支出 人均支出 --by 单位名称,年度",
        "gongkai metric 决算支出 --by 年度 --only 单位名称=青禾市水务局 --csv",
    ),
    "audit": ("gongkai audit 青禾市水务局", "gongkai audit --html 核对.html --xlsx 核对.xlsx"),
    "site": ("gongkai site --out 网站", "gongkai site --out 网站 --pictures none --no-data"),
    "export": (
        "gongkai export --out 导出",
        "gongkai export --out 导出 --format csv --table 单位年度概况 --table 未读内容",
        "gongkai export --out 数据包 --format fiscal",
    ),
    "synth": (
        "gongkai synth --out 试验 --units 5 --years 2022-2023",
        "gongkai synth --out 试验 --units 20 --damage light --formats pdf,xlsx --seed 7",
    ),
}
"""Command → lines to type."""

_WRITES = {"refresh", "ingest", "build", "check", "publish", "rollback"}
_MAY_BE_STRICT = {"refresh", "ingest", "fetch"}
_READS = {"status", "query", "explain", "metric", "audit", "site", "export"}

_PHRASES = {
    "Usage:": "用法：",
    "Options": "选项",
    "Commands": "命令",
    "Show this message and exit.": "显示这段说明。",
    "default: {default}": "默认 {default}",
    "required": "必填",
    "Error: {message}": "错误：{message}",
    "Try '{command} {option}' for help.": "运行 '{command} {option}' 看用法。",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "No such command {name!r}.": "没有命令 {name!r}。",
    "No such option: {name}": "没有选项：{name}",
    "No such option {name!r}.": "没有选项 {name!r}。",
    "Did you mean {possibility}?": "是不是 {possibility}？",
    "(Possible options: {possibilities})": "（相近的选项：{possibilities}）",
    "Invalid value: {message}": "值不对：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 的值不对：{message}",
    "Option {name!r} requires an argument.": "选项 {name!r} 要跟一个值。",
    "Option {name!r} does not take a value.": "选项 {name!r} 不带值。",
    "Got unexpected extra argument ({args})": "多出来的参数（{args}）",
    "Got unexpected extra arguments ({args})": "多出来的参数（{args}）",
    "{value!r} is not a valid {number_type}.": "{value!r} 不是所要的数（{number_type}）。",
    "{value} is not in the range {range}.": "{value} 不在范围 {range} 内。",
    "{value!r} is not one of {choice}.": "{value!r} 不是 {choice} 之一。",
    "{value!r} is not one of {choices}.": "{value!r} 不是 {choices} 之一。",
    "{name} {filename!r} does not exist.": "{name} {filename!r} 不存在。",
    "{name} {filename!r} is a file.": "{name} {filename!r} 是文件，这里要文件夹。",
    "{name} {filename!r} is a directory.": "{name} {filename!r} 是文件夹，这里要文件。",
    "File": "文件",
    "Directory": "文件夹",
    "Path": "路径",
}
_MODULES = ("core", "decorators", "exceptions", "formatting", "parser", "types")


def _chinese(text: str) -> str:
    return _PHRASES.get(text, text)


def _chinese_of_count(one: str, many: str, count: int) -> str:
    return _chinese(one if count == 1 else many)


def speak_chinese() -> None:
    """Put click's own phrases into Chinese; what a later click says otherwise stays in English."""
    for name in _MODULES:
        module = getattr(click, name, None)
        if hasattr(module, "_"):
            module._ = _chinese
        if hasattr(module, "ngettext"):
            module.ngettext = _chinese_of_count


def exit_codes(name: str) -> str:
    """What a command's exit codes mean, in one line."""
    codes = ["0 成功" if name not in ("refresh", "publish") else "0 已发布，或没有新内容"]
    if name in _WRITES:
        codes.append("1 未完成，已发布的不受影响" if name != "refresh" else "1 未发布，原有仓库不受影响")
    elif name in _READS:
        codes.append("1 仓库没有发布，或所问的不存在")
    else:
        codes.append("1 未完成")
    codes.append("2 用法错误")
    if name in _MAY_BE_STRICT:
        codes.append("3 已完成，但 --strict 下有输入未读入、下载失败或在隔离中")
    return "；".join(codes)


def complete(group: click.Group) -> None:
    """Give every command of the group its examples and exit codes, and the whole its Chinese."""
    speak_chinese()
    for name, command in group.commands.items():
        lines = [f"  {line}" for line in EXAMPLES.get(name, ())]
        command.epilog = "\n".join(["\b", "示例：", *lines, "", f"退出码：{exit_codes(name)}。"])
