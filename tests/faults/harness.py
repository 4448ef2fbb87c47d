"""A home that is harmed again and again, and looked at after each time.

The inputs walk between a few states (documents come and go, one archive, one file that is no document). Of each state
a clean warehouse is built once. After a fault the published file must equal the warehouse of the state before or of
the state after, and hold its hard expectations; the next refresh must end well and equal the clean one.
"""

from __future__ import annotations

import io
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from expectations.looking import columns_of, query_of, statements
from expectations.suites import SUITES
from gongkai.home import Home

from .child import check_small

ROOT = Path(__file__).resolve().parents[2]
TIMES = ("ingested_at", "fetched_at", "content")
"""Columns that say when, not what; ``content`` is a digest of what was read, and when."""


class FaultFound(AssertionError):
    """A fault that was not survived."""


def _document(number: int) -> bytes:
    rows = "\n".join(
        f"20{number % 9 + 1}{part:02d}\t科目{part}\t{number * 37 + part}.{part:02d}\t{number * 11 + part}.50\t{part}.25"
        for part in range(1, 6)
    )
    text = (
        f"白杨县第{number}服务中心2023年度单位决算\n\n支出决算表\n\n公开03表\n部门：白杨县第{number}服务中心\t金额单位：万元\n"
        f"科目编码\t科目名称\t本年支出合计\t基本支出\t项目支出\n{rows}\n\n"
        f"2023年度本年支出合计{number * 5}.75万元，比上年增加{number}.5万元。\n"
    )
    return text.encode()


def _archive(*numbers: int) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as packed:
        for number in numbers:
            packed.writestr(zipfile.ZipInfo(f"决算{number}.txt"), _document(number))
    return sink.getvalue()


STATES: tuple[dict[str, bytes], ...] = (
    {"1.txt": _document(1), "2.txt": _document(2), "sub/3.txt": _document(3)},
    {"1.txt": _document(1), "sub/3.txt": _document(3), "4.txt": _document(4), "5.txt": _document(5)},
    {"more.zip": _archive(6, 7), "2.txt": _document(2), "empty.txt": b"", "5.txt": _document(5)},
    {f"{number}.txt": _document(number) for number in (1, 2, 4, 6, 8, 9)},
)


@dataclass(slots=True)
class World:
    """Folders of one run of the harness."""

    folder: Path
    is_small: bool = True
    seed: int = 20261120
    state: int = 0
    digests: list[dict[str, tuple]] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)
    not_permitted: set[str] = field(default_factory=set)
    """Faults that this machine does not let us bring about."""
    hit: int = 0
    """Kills that met a living refresh; the others came when it had ended."""
    landed_old: int = 0
    """Faults after which readers still saw the old warehouse."""
    landed_new: int = 0
    seconds: float = 1.0
    """How long an undisturbed refresh takes."""
    elsewhere: Path | None = None
    """Where the home lies while it is on a disk of its own."""
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def home(self) -> Home:
        return Home(self.elsewhere or self.folder / "home")

    # Processes ----------------------------------------------------------------------------------------------------

    def command(self, home: Home, *options: str) -> list[str]:
        """The command line of a refresh."""
        command = [sys.executable, "-m", "tests.faults.child", "--small" if self.is_small else "--splice", *options]
        command += ["refresh", str(self.inbox), "--home", str(home.root), "--jobs", "2", "--prune", "--allow-shrink"]
        return command

    def start(self, *options: str, home: Home | None = None) -> subprocess.Popen[str]:
        """Start a refresh in a session of its own."""
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            self.command(home or self.home, *options), cwd=ROOT, env=environment, start_new_session=True, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=_hear_interrupts,
        )  # fmt: skip

    def refresh(self, *options: str, home: Home | None = None) -> tuple[int, str]:
        """Run a refresh to its end; (exit code, what it said)."""
        process = self.start(*options, home=home)
        said = process.communicate(timeout=600)[0]
        return process.returncode, said

    # States -------------------------------------------------------------------------------------------------------

    def put(self, state: int) -> None:
        """Bring the inputs to a state; files that stay are left alone."""
        wanted = STATES[state]
        for path in [path for path in self.inbox.rglob("*") if path.is_file()]:
            if path.relative_to(self.inbox).as_posix() not in wanted:
                path.unlink()
        for name, data in wanted.items():
            path = self.inbox / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_bytes() != data:
                path.write_bytes(data)
        self.state = state

    def build_clean(self) -> None:
        """A warehouse of each state, built from nothing; then the home that will be harmed, at state 0."""
        for state in range(len(STATES)):
            self.put(state)
            home = Home(self.folder / f"clean-{state}")
            code, said = self.refresh(home=home)
            if code != 0:
                raise FaultFound(f"clean build of state {state} failed:\n{said}")
            self.digests.append(self.digest(home))
        if len({repr(digest) for digest in self.digests}) != len(STATES):
            raise FaultFound("the states cannot be told apart")
        for state in (0, 1):
            self.put(state)
            began = time.monotonic()
            self.finish("setting up")
            # Of the last one, which finds a warehouse there, as those do that will be harmed.
            self.seconds = time.monotonic() - began
        del self.tried["setting up"]

    def digest(self, home: Home) -> dict[str, tuple]:
        """Rows and their hashes of every table of the published file, the record of runs and times left out."""
        with duckdb.connect(str(home.database.resolve()), read_only=True) as connection:
            held = {}
            tables = connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'main' order by 1"
            ).fetchall()
            for (table,) in tables:
                if table.startswith("meta_run"):
                    continue
                columns = connection.execute(
                    "select column_name from duckdb_columns() where schema_name = 'main' and table_name = ?"
                    " order by column_index",
                    [table],
                ).fetchall()
                names = ", ".join(f'"{name}"' for (name,) in columns if name not in TIMES)
                held[table] = connection.execute(
                    f"select count(*), coalesce(sum(hash(t)::hugeint), 0) from (select {names} from {table}) as t"
                ).fetchall()[0]
        return held

    def differences(self) -> str:
        """Rows that only one of the published file and the clean one of the current state holds."""
        clean = Home(self.folder / f"clean-{self.state}")
        lines = []
        with duckdb.connect() as connection:
            for name, home in (("ours", self.home), ("clean", clean)):
                connection.execute(f"attach '{home.database.resolve()}' as {name} (read_only)")
            found, wanted = self.digest(self.home), self.digests[self.state]
            tables = sorted(found.keys() | wanted.keys())
            for table in (table for table in tables if found.get(table) != wanted.get(table)):
                for one, other in (("ours", "clean"), ("clean", "ours")):
                    held = connection.execute(f"describe {one}.{table}").fetchall()
                    columns = ", ".join(f'"{column}"' for column, *_ in held if column not in TIMES)
                    sql = f"select {columns} from {one}.{table} except select {columns} from {other}.{table} limit 3"
                    lines += [f"only {one}.{table}: {row}" for row in connection.execute(sql).fetchall()]
        return "\n".join(lines) + "\n"

    # Faults -------------------------------------------------------------------------------------------------------

    def next_state(self) -> tuple[int, int]:
        """Move the inputs on; (state before, state after)."""
        before = self.state
        self.put(self.random.choice([state for state in range(len(STATES)) if state != before]))
        return before, self.state

    def look(self, fault: str, *allowed: int) -> None:
        """The published file opens, is one of the warehouses allowed, and holds its claims."""
        found = self.digest(self.home)
        matches = [state for state in allowed if self.digests[state] == found]
        if not matches:
            other = [state for state, digest in enumerate(self.digests) if digest == found]
            raise FaultFound(f"after {fault}: the published file is none of the states {allowed} (it is {other})")
        if matches[0] == allowed[0] and len(allowed) > 1:
            self.landed_old += 1
        else:
            self.landed_new += 1
        self.gate(matches[0], fault)

    def gate(self, state: int, fault: str) -> None:
        """The hard expectations of the published file, beside the landing it was made from."""
        landing, database = self.folder / f"clean-{state}" / "landing", self.home.database.resolve()
        if self.is_small:
            broken = [outcome["name"] for outcome in check_small(str(landing), str(database)) if not outcome["success"]]
        else:
            broken = _broken_claims(landing, database)
        if broken:
            raise FaultFound(f"after {fault}: hard expectations do not hold: {broken}")

    def finish(self, fault: str, tries: int = 1) -> None:
        """The next refresh ends well, and equals a clean rebuild. ``tries``: runs it may need."""
        for attempt in range(1, tries + 1):
            code, said = self.refresh()
            if code != 0:
                raise FaultFound(f"after {fault}: the next refresh failed with {code}:\n{said}")
            if self.digest(self.home) == self.digests[self.state]:
                break
            if attempt == tries:
                shown = f"{self.differences()}{said}"
                raise FaultFound(f"after {fault}: the next refresh differs from a clean rebuild\n{shown}")
        leftovers = [path.name for path in self.home.generations.iterdir() if not path.name.startswith("gongkai-")]
        if leftovers:
            raise FaultFound(f"after {fault}: left behind {leftovers}")
        self.tried[fault] += 1

    def kill(self) -> None:
        """SIGKILL at a random moment: the process alone, so that its children find out, or its whole session."""
        before, after = self.next_state()
        process = self.start()
        time.sleep(self.random.uniform(0, self.seconds * 1.2))
        with_children = self.random.random() < 0.5
        if process.poll() is None:
            (os.killpg if with_children else os.kill)(process.pid, signal.SIGKILL)
            self.hit += 1
        process.communicate()
        self.look("kill", before, after)
        self.finish("kill")

    def interrupt(self) -> None:
        """Ctrl-C at a random moment: the whole group hears it."""
        before, after = self.next_state()
        known = {path.name for path in self.home.runs.iterdir()}
        process = self.start()
        while process.poll() is None and {path.name for path in self.home.runs.iterdir()} <= known:
            time.sleep(0.02)
        time.sleep(self.random.uniform(0, self.seconds))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=600)[0]
        is_told = process.returncode == 1 and "[interrupted]" in said
        if "Traceback" in said or not (process.returncode == 0 or is_told):
            raise FaultFound(f"Ctrl-C ended with {process.returncode}:\n{said}")
        self.look("interrupt", before, after)
        self.finish("interrupt")

    def full_disk(self) -> None:
        """No file can grow beyond a limit drawn at random: the first to meet it fails."""
        before, after = self.next_state()
        limit = int(2 ** self.random.uniform(8, 21))
        code, said = self.refresh("--file-limit", str(limit))
        if code not in (0, 1) or "Traceback" in said:
            raise FaultFound(f"a full disk ({limit} bytes) ended with {code}:\n{said}")
        self.look("full disk", before, after)
        self.finish("full disk")

    def small_disk(self) -> None:
        """The home lies on a disk that is nearly full; then there is room again. Where no disk can be mounted it is
        said so in ``not_permitted``."""
        disk, used = self.folder / "disk", _kilobytes(self.home.root)
        if not tmpfs(disk, used + self.random.randrange(16, 2048)):
            self.not_permitted.add("small disk")
            return
        try:
            before, after = self.next_state()
            shutil.copytree(self.home.root, disk / "home", symlinks=True)
            self.elsewhere = disk / "home"
            code, said = self.refresh("--blind")
            if code not in (0, 1) or "Traceback" in said:
                raise FaultFound(f"a small disk ended with {code}:\n{said}")
            self.look("small disk", before, after)
            subprocess.run(["mount", "-o", "remount,size=2g", str(disk)], check=True)
            self.finish("small disk")
            self.elsewhere = None
            shutil.rmtree(self.home.root)
            shutil.copytree(disk / "home", self.home.root, symlinks=True)
        finally:
            self.elsewhere = None
            unmount(disk)

    def dead_lock(self) -> None:
        """A process dies with the lock in its hands, having done nothing yet."""
        before, after = self.next_state()
        holding = (
            "import sys, time; from pathlib import Path; from gongkai.home import Home, write_lock\n"
            "with write_lock(Home(Path(sys.argv[1]))): print('held', flush=True); time.sleep(600)"
        )
        command = [sys.executable, "-c", holding, str(self.home.root)]
        holder = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        if holder.stdout.readline() != "held\n":
            raise FaultFound("the lock could not be taken")
        code, said = self.refresh()
        if code != 1 or "[home_locked]" not in said:
            raise FaultFound(f"a lock in living hands: ended with {code}:\n{said}")
        holder.kill()
        holder.communicate()
        self.look("dead lock", before)
        code, said = self.refresh()
        if code != 0 or "[stale_lock]" not in said:
            raise FaultFound(f"a dead lock: ended with {code}:\n{said}")
        self.look("dead lock", after)
        self.finish("dead lock")

    def truncated_landing(self) -> None:
        """A file of the landing loses its end (a disk that lied about fsync)."""
        files = [path for path in sorted(self.home.landing.rglob("*")) if path.is_file()]
        path = self.random.choice(files)
        os.truncate(path, self.random.randrange(path.stat().st_size or 1))
        before, after = (self.state, self.state) if self.random.random() < 0.3 else self.next_state()
        self.look("truncated landing", before, after)
        self.finish("truncated landing")

    def damaged_store(self) -> None:
        """The kept bytes of a document change, and its rows are lost with a batch: it comes from the source again."""
        kept = [path for path in sorted(self.home.sources.rglob("*")) if path.is_file() and path.stat().st_size]
        path = self.random.choice(kept)
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        for landed in (self.home.landing / "landed").glob("*.parquet"):
            if landed.stem != "empty":
                os.truncate(landed, 10)
        self.look("damaged store", self.state)
        self.finish("damaged store")

    def source_removed(self) -> None:
        """A source file vanishes while it is read."""
        before, after = self.next_state()
        name = self.random.choice(sorted(STATES[after]))
        process = self.start()
        time.sleep(self.random.uniform(0, self.seconds * 0.6))
        (self.inbox / name).unlink()
        said = process.communicate(timeout=600)[0]
        if process.returncode != 0:
            raise FaultFound(f"a source removed ended with {process.returncode}:\n{said}")
        self.put(after)
        if self.digest(self.home) not in (self.digests[before], self.digests[after]):
            # Read without the file: what is published is the new warehouse less that file.
            clean = self.folder / f"clean-{after}" / "gongkai.duckdb"
            with duckdb.connect() as connection:
                for alias, path in (("ours", self.home.database), ("clean", clean)):
                    connection.execute(f"attach '{path.resolve()}' as {alias} (read_only)")
                of = "select amount_key, row_label, value_printed from {}.fct_statement_amount"
                rows = f"{of.format('ours')} except {of.format('clean')}"
                surplus = connection.execute(rows).fetchall()
                lost = connection.execute(
                    "select count(distinct document_key) from clean.fct_statement_amount where document_key not in"
                    " (select document_key from ours.dim_document)"
                ).fetchall()[0][0]
            if surplus or lost > (2 if name.endswith(".zip") else 1):
                raise FaultFound(f"after a source removed: {len(surplus)} figures too many, {lost} documents too few")
        self.finish("source removed")

    def two_at_once(self) -> None:
        """Two refreshes start together: one does the work, the other leaves with a message or finds nothing new."""
        _, after = self.next_state()
        both = [self.start(), self.start()]
        ended = [(process.communicate(timeout=600)[0], process.returncode) for process in both]
        for said, code in ended:
            if code != 0 and not (code == 1 and "[home_locked]" in said):
                raise FaultFound(f"two at once: one ended with {code}:\n{said}")
        if all(code != 0 for _, code in ended):
            raise FaultFound("two at once: neither did the work")
        self.look("two at once", after)
        self.finish("two at once")

    def wrong_clock(self) -> None:
        """The clock stands years before or ahead; files of the source carry times of the future."""
        _, after = self.next_state()
        shift = self.random.choice([-20, -1, 1, 20]) * 366 * 86400
        for path in self.inbox.rglob("*.txt"):
            stamp = time.time() + self.random.choice([-1, 1]) * 10**8
            os.utime(path, (stamp, stamp))
        code, said = self.refresh("--clock", str(shift))
        if code != 0:
            raise FaultFound(f"a wrong clock ended with {code}:\n{said}")
        self.look("wrong clock", after)
        self.finish("wrong clock")

    def damaged_published(self) -> None:
        """The published file itself loses its end: the next refresh makes another, whether or not anything is new."""
        published = self.home.database.resolve()
        published.chmod(0o644)
        os.truncate(published, self.random.randrange(published.stat().st_size))
        if self.random.random() < 0.5:
            self.next_state()
        self.finish("damaged published")

    def stale_build(self) -> None:
        """What a crash may leave beside the published file: half a build, a log, a link never swapped, a torn lock."""
        before, _ = self.next_state()
        self.home.build_file.write_bytes(b"half a database")
        self.home.build_file.with_name("gongkai.duckdb.wal").write_bytes(b"log")
        self.home.build_record.write_text("{")
        (self.home.root / ".gongkai.duckdb.new").unlink(missing_ok=True)
        (self.home.root / ".gongkai.duckdb.new").symlink_to("generations/nowhere")
        (self.home.root / "lock").write_text('{"pid": 999999')
        self.look("stale build", before)
        self.finish("stale build")

    def faults(self) -> dict[str, Callable[[], None]]:
        """The faults beside killing, by name."""
        return {
            "interrupt": self.interrupt,
            "full disk": self.full_disk,
            "small disk": self.small_disk,
            "dead lock": self.dead_lock,
            "truncated landing": self.truncated_landing,
            "damaged store": self.damaged_store,
            "source removed": self.source_removed,
            "two at once": self.two_at_once,
            "wrong clock": self.wrong_clock,
            "stale build": self.stale_build,
            "damaged published": self.damaged_published,
        }

    def report(self) -> str:
        """Faults tried and survived."""
        lines = [f"{name:20} {count:>5} tried, {count:>5} survived" for name, count in sorted(self.tried.items())]
        lines += [f"{name:20} not permitted on this machine" for name in sorted(self.not_permitted)]
        lines.append(f"of the kills {self.hit} met a refresh at work, the others came after its end")
        lines.append(f"readers saw the old warehouse {self.landed_old} times, the new one {self.landed_new} times")
        return "\n".join(lines)


def _hear_interrupts() -> None:
    """What a shell starts in the background is deaf to Ctrl-C, and so are its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _broken_claims(landing: Path, database: Path) -> list[str]:
    """Hard expectations that do not hold, by the queries that Great Expectations would run."""
    with duckdb.connect() as connection:
        for statement in statements(landing, database):
            connection.execute(statement)
        columns = columns_of(connection)
        claims = [claim for held in SUITES.values() for claim in held]
        broken = [claim.name for claim in claims if claim.table not in columns]
        for claim in (claim for claim in claims if claim.table in columns):
            if connection.execute(f"select 1 from ({query_of(claim, columns)}) limit 1").fetchall():
                broken.append(claim.name)
    return broken


def _kilobytes(folder: Path) -> int:
    """What a folder takes up, whole pages counted."""
    return sum(-(-path.lstat().st_size // 4096) * 4 + 4 for path in folder.rglob("*"))


def tmpfs(folder: Path, kilobytes: int) -> bool:
    """Mount a small file system in memory; False where that is not permitted."""
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.which("mount") is None:
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def unmount(folder: Path) -> None:
    """Take a file system made by ``tmpfs`` away again."""
    subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)
