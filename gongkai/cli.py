"""The command line: parse arguments, call one function, end with an exit code (命令行).

Exit codes: 0 published (or nothing new), 1 not published, 2 usage, 3 published with rejected input under --strict.
Everything heavy is imported inside the commands, so that ``gongkai --help`` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gongkai import __version__
from gongkai.audit_command import audit
from gongkai.export_command import export
from gongkai.help import complete
from gongkai.messages import GongkaiError, text
from gongkai.metric_command import metric
from gongkai.site_command import site
from gongkai.synth_command import synth

if TYPE_CHECKING:
    from gongkai.home import Home
    from gongkai.runlog import Run
    from ingest.run import IngestOptions, IngestReport

_CODES = {KeyboardInterrupt: "interrupted", click.Abort: "interrupted"}
EXIT_PUBLISHED, EXIT_NOT_PUBLISHED, EXIT_USAGE, EXIT_REJECTED = 0, 1, 2, 3

_home = click.option(
    "--home", "home_path", type=click.Path(path_type=Path, file_okay=False), default=Path("warehouse"),
    envvar="GONGKAI_HOME", show_default=True, help="仓库所在的文件夹。",
)  # fmt: skip
_wait = click.option("--wait", type=float, default=0.0, metavar="秒", help="另一个运行正在写时，最多等多久。")
_as_json = click.option("--json", "as_json", is_flag=True, help="结果以 JSON 输出到标准输出。")
_strict = click.option("--strict", is_flag=True, help="有输入未读入时，以退出码 3 结束。")
_allow_shrink = click.option("--allow-shrink", is_flag=True, help="来源变空、或数字少了一半以上，也照办。")


def _ingest_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of commands that read documents."""
    options = [
        click.argument("sources", nargs=-1, type=click.Path(path_type=Path), metavar="[来源]..."),
        click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="并行的进程数。默认为处理器核数。"),
        click.option("--prune", is_flag=True, help="给出的来源是完整的：其中不再有的文件从仓库移除。"),
        click.option("--retry", is_flag=True, help="重新读取以前未能读入的文件。"),
        click.option("--time-limit", type=click.FloatRange(1), default=300.0, show_default=True, metavar="秒",
                     help="读取一个文件最多用多久。"),
        click.option("--max-size", type=click.IntRange(1), default=256, show_default=True, metavar="MiB",
                     help="读取的最大文件。"),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gongkai", help="显示版本。")
def cli() -> None:
    """把部门预算、部门决算、绩效公开文档变成可以用 SQL 查询的仓库。

    \b
    常用：
      gongkai refresh 文件夹 --home 我的仓库     读入、构建、检查、发布
      gongkai status                            里面有什么，什么没有读出
      gongkai query "select * from zh.目录"      用 SQL 问；表和列有中文名
      gongkai explain 单位 年度 列名              一个数字的来历
      gongkai audit 单位                         核对单
    每个命令的选项与示例：gongkai 命令 --help。

    出错时显示 [代码] 与处理办法，代码见 docs/messages.md。

    退出码：0 已发布；1 未发布；2 用法错误；3 已发布，但 --strict 下有输入未读入。
    """


@cli.command()
@_ingest_options
@_home
@_wait
@_strict
@_allow_shrink
@click.option("--force", is_flag=True, help="没有变化也重新构建。")
@click.option("--full", is_flag=True, help="只并入了新内容时，也在整个文件上做全部检查。")
@_as_json
def refresh(
    sources: tuple[Path, ...], home_path: Path, wait: float, strict: bool, allow_shrink: bool, force: bool,
    full: bool, as_json: bool, **reading: Any,
) -> None:  # fmt: skip
    """读入来源、构建、检查、发布，一步到位。

    来源是文件或文件夹；不给来源时，重新查看以前登记过的。
    """
    from gongkai import steps

    with _writing(home_path, wait, "refresh") as (home, run), _bars() as bars:
        outcome = steps.refresh(
            home, run, sources, _options(reading, bars, allow_shrink), progress=bars.nodes, allow_shrink=allow_shrink,
            force=force, full=full,
        )
        rejected = _rejected_count(home, outcome.ingested) + len(outcome.quarantined)
        run.log("run_finished", outcome="published" if outcome.is_new else "nothing_new", rejected=rejected)
    held = [
        {"document_id": entry.document_id, "file_name": entry.file_name, "checks": entry.checks, "run": entry.run}
        for entry in outcome.quarantined
    ]
    number = outcome.generation.number
    if outcome.is_new:
        _say("published", generation=number, path=home.shown(home.database))
    else:
        _say("nothing_new", generation=number)
    if held:
        names = "、".join(entry["file_name"] for entry in held[:8]) + ("等" if len(held) > 8 else "")
        _say("quarantined", count=len(held), names=names)
    more = {"generation": number, "is_new": outcome.is_new, "quarantined": held}
    _finish_reading(outcome.ingested, rejected, strict, as_json, run=run, **more)


@cli.command()
@click.option(
    "--sources", "list_path", type=click.Path(path_type=Path, dir_okay=False), default=Path("sources.yml"),
    show_default=True, help="来源清单。",
)
@_home
@_wait
@click.option("--force", is_flag=True, help="没到时间的也重新查看。")
@_strict
@_as_json
def fetch(list_path: Path, home_path: Path, wait: float, force: bool, strict: bool, as_json: bool) -> None:
    """按来源清单下载公开文件到仓库文件夹，只取新的和变化的；之后由 refresh 读入。

    遵守 robots.txt，限制频率与大小；网页上的附件跟进一步。
    """
    from gongkai import fetch as fetching
    from gongkai.fetch_sources import read_sources
    from gongkai.home import Home, open_home, write_lock

    sources = read_sources(list_path)
    home = open_home(home_path)
    (home.root / "fetched").mkdir(exist_ok=True)
    # A lock of its own: a slow server must not keep a refresh waiting.
    with write_lock(Home(home.root / "fetched"), wait):
        report = fetching.fetch(home, sources, force=force)
    for outcome in report.outcomes:
        if outcome.action in ("failed", "skipped"):
            click.echo(f"[{outcome.code}] {outcome.url}：{outcome.reason}", err=True)
    for folder in report.folders_missing:
        _say("source_missing", path=folder)
    failed = report.count("failed") + len(report.folders_missing)
    counts = {action: report.count(action) for action in ("new", "changed", "unchanged", "not_due", "skipped")}
    _say("fetched", **counts, failed=failed)
    if as_json:
        _print_json(report.as_dict())
    if strict and failed:
        raise click.exceptions.Exit(EXIT_REJECTED)


@cli.command()
@_ingest_options
@_home
@_wait
@_strict
@_allow_shrink
@_as_json
def ingest(
    sources: tuple[Path, ...], home_path: Path, wait: float, strict: bool, allow_shrink: bool, as_json: bool,
    **reading: Any,
) -> None:
    """第一步：只读入来源，更新落地层。"""
    from gongkai import steps

    with _writing(home_path, wait, "ingest") as (home, run), _bars() as bars:
        report = steps.ingest_step(home, run, sources, _options(reading, bars, allow_shrink))
        rejected = _rejected_count(home, report)
        run.log("run_finished", outcome="ingested", rejected=rejected)
    _finish_reading(report, rejected, strict, as_json, run=run)


@cli.command()
@_home
@_wait
def build(home_path: Path, wait: float) -> None:
    """第二步：由落地层构建仓库，不发布。"""
    from gongkai import steps

    with _writing(home_path, wait, "build") as (home, run), _bars() as bars:
        record = steps.build_step(home, run, progress=bars.nodes)
        run.log("run_finished", outcome="built")
    click.echo(f"已构建：{record.documents} 份文档，{record.figures} 个数字。", err=True)


@cli.command()
@_home
@_wait
def check(home_path: Path, wait: float) -> None:
    """第三步：对构建好的文件做硬性检查。"""
    from gongkai import steps

    with _writing(home_path, wait, "check") as (home, run):
        outcomes = steps.check_step(home, run)
        run.log("run_finished", outcome="checked")
    click.echo(f"{len(outcomes)} 项检查全部通过。报告：{home.shown(home.docs / 'index.html')}", err=True)


@cli.command()
@_home
@_wait
@_allow_shrink
def publish(home_path: Path, wait: float, allow_shrink: bool) -> None:
    """第四步：发布通过检查的文件。"""
    from gongkai import steps

    with _writing(home_path, wait, "publish") as (home, run):
        generation = steps.publish_step(home, run, allow_shrink=allow_shrink)
        run.log("run_finished", outcome="published")
    _say("published", generation=generation.number, path=home.shown(home.database))


@cli.command()
@click.argument("generation", type=int, required=False, metavar="[代]")
@_home
@_wait
def rollback(generation: int | None, home_path: Path, wait: float) -> None:
    """回到上一代，或指定的一代（见 status）。"""
    from gongkai import publish as publishing

    with _writing(home_path, wait, "rollback") as (home, run):
        publishing.rollback(home, generation)
        number = publishing.current_number(home)
        run.log("run_finished", outcome="rolled_back", generation=number)
    _say("rolled_back", generation=number, path=home.shown(home.database))


@cli.command()
@_home
@_as_json
def status(home_path: Path, as_json: bool) -> None:
    """说明发布的是什么、来自哪次运行、里面有什么。"""
    from gongkai import status as statuses

    home = _existing(home_path)
    found = statuses.status(home)
    if as_json:
        _print_json(found)
        return
    click.echo(statuses.as_text(found))
    if found["published"] is not None:
        click.echo()
        click.echo(statuses.units_table(home))


@cli.command()
@click.argument("sql")
@click.option("--csv", "as_csv", is_flag=True, help="结果以 CSV 输出。")
@_as_json
@click.option("--wide", is_flag=True, help="长文字与多行也全部列出。终端里默认截短；写进文件或管道时从不截短。")
@_home
def query(sql: str, as_csv: bool, as_json: bool, wide: bool, home_path: Path) -> None:
    """在已发布的仓库上运行一条 SQL，只读。"""
    from gongkai import query as queries

    if as_csv and as_json:
        raise click.UsageError("--csv 与 --json 不能同时使用。")
    answer = queries.run_query(_existing(home_path), sql)
    if as_csv:
        click.echo(queries.as_csv(answer), nl=False)
    else:
        click.echo(queries.as_json(answer) if as_json else queries.for_stdout(answer, wide))
    if not answer.rows:
        click.echo(f"[no_rows] {text('no_rows')}", err=True)


@cli.command()
@click.argument("words", nargs=-1, required=True, metavar="AMOUNT_KEY | 单位 年度 列名")
@_home
@_as_json
def explain(words: tuple[str, ...], home_path: Path, as_json: bool) -> None:
    """说明一个数字的来历：文件、位置、表头、原文、换算、用处；推算的数给出算式和所用的各数。

    给 amount_key（数据键），或给单位、年度、列名，说明 zh.单位年度概况 里的一格。
    """
    from gongkai import explain as explaining

    if len(words) == 3:
        cells = explaining.explain_cell(_existing(home_path), *words)
        if as_json:
            _print_json(cells)
        else:
            click.echo(explaining.cells_as_text(cells))
        return
    if len(words) != 1:
        raise click.UsageError("给一个 amount_key，或给单位、年度、列名三个词。")
    found = explaining.explain(_existing(home_path), words[0])
    if as_json:
        _print_json(found.as_dict())
    else:
        click.echo(explaining.as_text(found))


cli.add_command(audit)
cli.add_command(site)
cli.add_command(export)
cli.add_command(metric)
cli.add_command(synth)
complete(cli)


def main() -> None:
    """Entry point: runs the command and turns every failure into a message and an exit code."""
    try:
        ended = cli.main(standalone_mode=False)
        sys.exit(ended if isinstance(ended, int) else EXIT_PUBLISHED)
    except click.Abort:
        _fail(text("interrupted"), "interrupted", EXIT_NOT_PUBLISHED)
    except click.ClickException as error:
        error.show()
        sys.exit(EXIT_USAGE)
    except GongkaiError as error:
        _fail(str(error), error.code, error.exit_code)
    except KeyboardInterrupt:
        _fail(text("interrupted"), "interrupted", EXIT_NOT_PUBLISHED)
    except BrokenPipeError:
        # Whoever read our output (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_PUBLISHED)
    except OSError as error:
        _fail(text("storage_failed", reason=error), "storage_failed", EXIT_NOT_PUBLISHED)


def _fail(message: str, code: str, exit_code: int) -> None:
    click.echo(f"[{code}] {message}", err=True)
    sys.exit(exit_code)


def _say(code: str, **values: object) -> None:
    click.echo(f"[{code}] {text(code, **values)}", err=True)


def _print_json(value: Any) -> None:
    from gongkai.query import plain

    click.echo(json.dumps(value, ensure_ascii=False, indent=1, default=plain))


@contextmanager
def _writing(home_path: Path, wait: float, command: str) -> Iterator[tuple[Home, Run]]:
    """The home, locked, and a new run in it; a run that fails says so in its log."""
    from gongkai.home import open_home, write_lock
    from gongkai.runlog import start_run

    home = open_home(home_path)
    with write_lock(home, wait) as stale:
        run = start_run(home, command)
        if stale is not None:
            run.log("stale_lock", pid=stale.pid, started=stale.started)
            _say("stale_lock", pid=stale.pid, started=stale.started)
        try:
            yield home, run
        except BaseException as error:
            code = getattr(error, "code", None) or _CODES.get(type(error)) or type(error).__name__
            if isinstance(error, OSError):
                code = "storage_failed"
            run.log("run_finished", outcome="failed", code=code, reason=str(error))
            raise


def _existing(home_path: Path) -> Home:
    """A home to read from. Raises ``GongkaiError`` not_published where there is no such folder."""
    from gongkai.home import Home

    if not home_path.is_dir():
        raise GongkaiError("not_published", home=home_path)
    return Home(home_path.resolve())


def _options(reading: dict[str, Any], bars: _Bars, allow_shrink: bool) -> IngestOptions:
    from ingest.run import IngestOptions
    from ingest.workers import WorkerLimits

    return IngestOptions(
        jobs=reading["jobs"] or len(os.sched_getaffinity(0)),
        prune=reading["prune"],
        retry=reading["retry"],
        allow_shrink=allow_shrink,
        max_bytes=reading["max_size"] * 2**20,
        limits=WorkerLimits(seconds=reading["time_limit"]),
        progress=bars.files,
    )


def _rejected_count(home: Home, report: IngestReport) -> int:
    """Inputs that could not be read: files, and members of archives."""
    from ingest.landing.writer import Landing

    rejects = Landing(home.landing).read_table("rejects")
    missing = sum(file.action == "missing" for file in report.files)
    return missing + rejects.filter(rejects["stage"] == "file").height


def _finish_reading(report: IngestReport, rejected: int, strict: bool, as_json: bool, *, run: Run, **more: Any) -> None:
    """Say what was read and what was not; under ``strict`` rejected input decides the exit code."""
    summary = f"读入 {len(report.documents)}，未变 {report.unchanged}，移除 {report.removed}，未读入 {rejected}"
    click.echo(f"{summary}（文档）。", err=True)
    if rejected:
        _say("input_rejected", count=rejected)
    if as_json:
        counts = {"read": len(report.documents), "unchanged": report.unchanged, "removed": report.removed}
        _print_json({"run_id": run.run_id, **more, **counts, "rejected": rejected, "seconds": run.seconds})
    if strict and rejected:
        raise click.exceptions.Exit(EXIT_REJECTED)


class _Bars:
    """Progress bars on a terminal; silent anywhere else."""

    def __init__(self, progress: Any = None) -> None:
        self._progress = progress
        self._tasks: dict[str, Any] = {}

    def files(self, progress: Any) -> None:
        """Show how far the reading of files is (``ingest.run.Progress``)."""
        name = {"hash": "登记文件", "expand": "展开压缩包", "read": "读取文档"}[progress.step]
        self._show(name, progress.done, progress.total)

    def nodes(self, done: int, total: int, _node: str) -> None:
        """Show how far dbt is."""
        self._show("构建仓库", done, total)

    def _show(self, name: str, done: int, total: int) -> None:
        if self._progress is None:
            return
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=total)
        self._progress.update(self._tasks[name], completed=done, total=total)


@contextmanager
def _bars() -> Iterator[_Bars]:
    if not sys.stderr.isatty():
        yield _Bars()
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as progress:
        yield _Bars(progress)
