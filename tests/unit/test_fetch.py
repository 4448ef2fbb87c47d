"""Fetching what the list names: what is brought home, under which name, what is asked again, what a refresh is told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner
from misbehaving_server import Handler, Server, serving

from gongkai import fetch as fetching
from gongkai.cli import cli
from gongkai.fetch import FetchReport, expected_rows, fetch, fetched_folder, fetched_rows, file_name, listed_folders
from gongkai.fetch_http import Clock, FetchLimits
from gongkai.fetch_sources import Expected, HostRule, ListedSource, SourceList, read_sources
from gongkai.home import Home, open_home
from gongkai.messages import GongkaiError
from ingest.landing.writer import Landing
from ingest.run import IngestOptions, ingest

ROOT = Path(__file__).resolve().parents[2]
LIMITS = FetchLimits(connect_seconds=2, read_seconds=1, file_seconds=3, attempts=2, backoff_seconds=0.01)
DAY = 86400.0


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


class World:
    """A home, a server, a list, and a clock that tests move."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.home, self.server, self.now = open_home(folder / "home"), server, 1_700_000_000.0
        self.source = ListedSource("water", (server.url("/page.html"),))

    def fetch(self, *sources: ListedSource, force: bool = False) -> FetchReport:
        listed = SourceList(sources or (self.source,), {self.server.host: HostRule(allow_private=True)}, 0.0)
        clock = Clock(lambda: self.now, sleep=lambda seconds: None)
        return fetch(self.home, listed, force=force, limits=LIMITS, clock=clock)

    def page(self, *links: str, path: str = "/page.html", text: str = "年度部门决算公开") -> str:
        body = "".join(f'<p><a href="{link}">{link}</a></p>' for link in links)
        whole = f"<html><body><h1>{text}</h1>{body}</body></html>".encode()
        return self.server.put(path, whole, Content_Type="text/html")

    def files(self) -> dict[str, bytes]:
        folder = fetched_folder(self.home)
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def world(tmp_path: Path, server: Server) -> World:
    return World(tmp_path, server)


def _actions(report: FetchReport) -> list[tuple[str, str, str | None]]:
    return [(outcome.url.rsplit("/", 1)[-1], outcome.action, outcome.code) for outcome in report.outcomes]


def test_a_page_and_its_attachments_come_home_one_step_far(world: World) -> None:
    world.page("files/a.pdf", "/b.xlsx?download=1", "more.html", "c.pdf#page=2", "mailto:x@example.com.pdf")
    world.server.put("/files/a.pdf", b"%PDF-a")
    world.server.put("/b.xlsx?download=1", b"PK-b")
    world.server.put("/c.pdf", b"%PDF-c")
    world.page("far.pdf", path="/more.html")
    report = world.fetch()
    assert _actions(report) == [
        ("page.html", "new", None), ("a.pdf", "new", None), ("b.xlsx?download=1", "new", None), ("c.pdf", "new", None),
    ]  # fmt: skip
    assert world.server.asked["/more.html"] == world.server.asked["/far.pdf"] == 0
    assert sorted(world.files().values())[0] == b"%PDF-a" and len(world.files()) == 4
    rows = fetched_rows(world.home)
    [row] = [row for row in rows if row["url"].endswith("/files/a.pdf")]
    assert row["document_id"] == hashlib.sha256(b"%PDF-a").hexdigest()
    assert (row["page_url"], row["link_text"], row["source"]) == (world.source.addresses[0], "files/a.pdf", "water")


def test_nothing_new_costs_one_short_answer_each(world: World) -> None:
    def conditional(handler: Handler) -> None:
        is_known = handler.headers.get("If-None-Match") == '"7"'
        handler.give(304 if is_known else 200, b"" if is_known else b"%PDF-a", ETag='"7"')

    world.page("a.pdf")
    world.server.do("/a.pdf", conditional)
    world.fetch()
    ledger = (world.home.root / "fetched" / "ledger.jsonl").read_bytes()
    world.now += 2 * DAY
    assert [action for _, action, _ in _actions(world.fetch())] == ["unchanged", "unchanged"]
    assert (world.home.root / "fetched" / "ledger.jsonl").read_bytes() == ledger
    assert world.server.requests[-1][1]["if-none-match"] == '"7"'


def test_what_is_not_due_is_not_asked(world: World) -> None:
    world.page()
    source = replace(world.source, every=timedelta(hours=12))
    world.fetch(source)
    world.now += 11 * 3600
    assert _actions(world.fetch(source)) == [("page.html", "not_due", None)]
    assert _actions(world.fetch(source, force=True)) == [("page.html", "unchanged", None)]
    world.now += 12 * 3600
    assert _actions(world.fetch(source)) == [("page.html", "unchanged", None)]
    world.now -= 30 * DAY
    assert _actions(world.fetch(source)) == [("page.html", "unchanged", None)], "a clock set back starves nobody"


def test_a_corrected_file_is_a_new_version_under_the_same_name(world: World) -> None:
    world.page("a.csv")
    world.server.put("/a.csv", "支出合计 100".encode())
    world.fetch()
    names = set(world.files())
    store = (world.home.landing, world.home.sources, IngestOptions(jobs=1))
    ingest([fetched_folder(world.home)], *store)
    world.server.put("/a.csv", "支出合计 101".encode())
    world.now += 2 * DAY
    assert [action for _, action, _ in _actions(world.fetch())] == ["unchanged", "changed"]
    assert set(world.files()) == names and len(fetched_rows(world.home)) == 3
    ingest([], *store)
    texts = [name for name in Landing(world.home.landing).names() if name.file.endswith(".csv")]
    assert sorted(name.is_replaced for name in texts) == [False, True]


def test_one_bad_address_stops_nothing_and_is_asked_again_next_time(world: World) -> None:
    world.page("gone.pdf", "login.pdf", "good.pdf")
    world.page(path="/login.pdf", text="请登录")
    world.server.put("/good.pdf", b"%PDF-g")
    bad = ListedSource("bad", (world.server.url("/no-such-page"),))
    report = world.fetch(bad, world.source)
    assert _actions(report) == [
        ("no-such-page", "failed", "fetch_gone"), ("page.html", "new", None), ("gone.pdf", "failed", "fetch_gone"),
        ("login.pdf", "failed", "fetch_wrong_kind"), ("good.pdf", "new", None),
    ]  # fmt: skip
    world.server.put("/no-such-page", b"now")
    assert _actions(world.fetch(bad)) == [("no-such-page", "new", None)]
    held = json.loads((world.home.root / "fetched" / "report.json").read_text())
    assert held["counts"]["new"] == 1


def test_what_was_fetched_before_outlives_a_failure(world: World) -> None:
    world.page("a.pdf")
    world.server.put("/a.pdf", b"%PDF-a")
    world.fetch()
    before = world.files()
    world.server.put("/a.pdf", b"", 404)
    world.now += 2 * DAY
    assert _actions(world.fetch())[1] == ("a.pdf", "failed", "fetch_gone") and world.files() == before


def test_content_decides_what_is_a_file_not_its_type(world: World) -> None:
    world.page("a.pdf", "b.pdf")
    world.server.put("/a.pdf", b"%PDF-a", Content_Type="text/html")
    world.server.put("/b.pdf", b"<!DOCTYPE html><html><body>404</body></html>", Content_Type="application/pdf")
    assert _actions(world.fetch())[1:] == [("a.pdf", "new", None), ("b.pdf", "failed", "fetch_wrong_kind")]


def test_a_busy_server_is_left_alone_until_it_said(world: World) -> None:
    world.server.put("/page.html", b"", 503, Retry_After="7200")
    assert world.fetch().outcomes[0].code == "fetch_status"
    world.page()
    world.now += 3600
    assert _actions(world.fetch()) == [("page.html", "not_due", None)]
    world.now += 3601
    assert _actions(world.fetch()) == [("page.html", "new", None)]


def test_attachments_elsewhere_are_skipped_unless_listed(world: World) -> None:
    with serving() as other:
        target = other.put("/a.pdf", b"%PDF-a").replace("127.0.0.1", "localhost")
        world.page(target)
        assert _actions(world.fetch())[1] == ("a.pdf", "skipped", "fetch_elsewhere") and other.requests == []
        world.now += 2 * DAY
        near = replace(world.source, attachment_hosts=("localhost",))
        assert _actions(world.fetch(near))[1] == ("a.pdf", "failed", "fetch_private"), "listed is not yet allowed"


@pytest.mark.parametrize(
    ("page", "target", "near"),
    [
        ("https://www.a.gov.cn/x", "https://www.a.gov.cn/y.pdf", True),
        ("https://www.a.gov.cn/x", "https://files.a.gov.cn/y.pdf", True),
        ("https://www.a.gov.cn/x", "https://a.gov.cn/y.pdf", True),
        ("https://a.gov.cn/x", "https://b.gov.cn/y.pdf", False),
        ("https://example.com/x", "https://other.com/y.pdf", False),
        ("https://www.example.com/x", "https://evilexample.com/y.pdf", False),
        ("https://10.0.0.1/x", "https://9.0.0.1/y.pdf", False),
        ("https://[fd00::1]/x", "https://[fd00::2]/y.pdf", False),
    ],
)
def test_which_attachments_are_near(page: str, target: str, near: bool) -> None:
    assert fetching._is_near(page, target, ()) is near


def test_a_page_of_too_many_attachments_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MOST_ATTACHMENTS", 2)
    for number in range(4):
        world.server.put(f"/{number}.pdf", b"%%PDF-%d" % number)
    world.page(*(f"{number}.pdf" for number in range(4)))
    assert _actions(world.fetch())[-1] == ("page.html", "skipped", "fetch_too_many") and len(world.files()) == 3


@pytest.mark.parametrize(
    "url",
    [
        "http://x/../../etc/passwd", "http://x/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "http://x/.hidden", "http://x/",
        "http://x/a%00b.pdf", "http://x/" + "长" * 300 + ".pdf", "http://x/a/b\\..\\c.pdf", "http://x/con.pdf?x=/../y",
        "http://x/" + "a" * 300, "http://x/a.tar.gz", "http://x/%E5%86%B3%E7%AE%97.pdf",
    ],
)  # fmt: skip
def test_names_of_files_are_harmless_and_unique(url: str) -> None:
    name = file_name(url)
    assert not name.startswith(".") and "/" not in name and "\\" not in name and "\0" not in name and ".." not in name
    assert len(name.encode()) < 200 and name != file_name(url + "?2") and name == file_name(url)


def test_a_torn_ledger_and_a_lost_state_cost_nothing(world: World) -> None:
    world.page("a.pdf")
    world.server.put("/a.pdf", b"%PDF-a")
    world.fetch()
    rows, folder = fetched_rows(world.home), world.home.root / "fetched"
    with (folder / "ledger.jsonl").open("a") as handle:
        handle.write('{"at": "2026')
    (folder / "state.json").write_text("{torn")
    (folder / ".incoming-1").write_bytes(b"half")
    assert fetched_rows(world.home) == rows
    world.fetch()
    assert [(row["url"], row["document_id"]) for row in fetched_rows(world.home)] == [
        (row["url"], row["document_id"]) for row in rows
    ]
    assert not (folder / ".incoming-1").exists()
    world.server.put("/a.pdf", b"%PDF-b")
    world.now += 2 * DAY
    world.fetch()
    assert len(fetched_rows(world.home)) == 3, "the line after the torn one is whole"


def test_a_file_lost_at_home_is_fetched_again(world: World) -> None:
    world.page()
    world.fetch()
    for path in fetched_folder(world.home).rglob("*.html"):
        path.write_bytes(b"damaged")
    world.now += 2 * DAY
    assert _actions(world.fetch()) == [("page.html", "new", None)]
    assert next(iter(world.files().values())).startswith(b"<html>")


def test_what_a_refresh_is_told(world: World, tmp_path: Path) -> None:
    world.page()
    (tmp_path / "post").mkdir()
    due = date(2023, 11, 30)
    expected = Expected("青禾市水务局", "青禾市", 2023, "budget", due)
    folder = ListedSource("post", folder=tmp_path / "post")
    down = ListedSource("down", (world.server.url("/none"),), expected=(replace(expected, fiscal_year=2022),))
    gone = ListedSource("x", folder=tmp_path / "no")
    report = world.fetch(replace(world.source, expected=(expected,)), folder, down, gone)
    assert report.folders_missing == (str(tmp_path / "no"),)
    assert listed_folders(world.home) == [fetched_folder(world.home), tmp_path / "post", tmp_path / "no"]
    seen, unseen = expected_rows(world.home)
    assert (seen["unit_name"], seen["due_on"], seen["looked_on"]) == ("青禾市水务局", "2023-11-30", "2023-11-14")
    assert unseen["looked_on"] is None
    side = {"fetches": fetched_rows(world.home), "expected_disclosures": expected_rows(world.home)}
    also = listed_folders(world.home)
    run = ingest([], world.home.landing, world.home.sources, IngestOptions(jobs=1), also=also, side=side)
    assert [file.code for file in run.files if file.action == "missing"] == ["source_missing"]
    landed = pl.read_parquet(world.home.landing / "fetches" / "*.parquet")
    assert landed["url"].to_list() == [world.server.url("/page.html")]
    wanted = pl.read_parquet(world.home.landing / "expected_disclosures" / "*.parquet")
    assert sorted(wanted["fiscal_year"]) == [2022, 2023]
    again = ingest([], world.home.landing, world.home.sources, IngestOptions(jobs=1), also=also, side=side)
    assert not again.is_changed


def test_side_tables_recover(world: World) -> None:
    world.page()
    world.fetch()
    side = {"fetches": fetched_rows(world.home)}
    arguments = ([fetched_folder(world.home)], world.home.landing, world.home.sources, IngestOptions(jobs=1))
    ingest(*arguments, side=side)
    [whole] = [path for path in (world.home.landing / "fetches").iterdir() if path.stem != "empty"]
    good = whole.read_bytes()
    whole.write_bytes(b"PAR1")
    ingest(*arguments, side=side)
    assert whole.read_bytes() == good
    (world.home.landing / "manifest.json").write_text("{")
    assert not ingest(*arguments, side=side).documents and whole.read_bytes() == good


# The list -------------------------------------------------------------------------------------------------------------


def _list(tmp_path: Path, text: str) -> SourceList:
    path = tmp_path / "sources.yml"
    path.write_text(text, encoding="utf-8")
    return read_sources(path)


def test_the_committed_list_is_good_and_asks_nobody() -> None:
    listed = read_sources(ROOT / "sources.yml")
    hosts = {address.split("/")[2] for source in listed.sources for address in source.addresses}
    assert hosts <= {"www.example.com"} and any(source.folder for source in listed.sources)


def test_a_list_in_full(tmp_path: Path) -> None:
    listed = _list(
        tmp_path,
        """
version: 1
delay_seconds: 3
every: 2w
max_mib: 5
hosts: {"WWW.example.com:8080": {delay_seconds: 9, allow_private: true, robots: ignore}}
sources:
  - name: a
    address: https://www.example.com/
    unit: 甲局
    region: 330100
    expect:
      - {year: 2024, kind: budget, approved_on: 2024-02-08}
      - {year: 2023, kind: final_account, unit: 乙中心}
  - {name: b, folder: inbox, every: 30m}
""",
    )
    first, second = listed.sources
    assert first.every == timedelta(weeks=2) and second.every == timedelta(minutes=30)
    assert first.expected == (
        Expected("甲局", "330100", 2024, "budget", date(2024, 2, 28)),
        Expected("乙中心", "330100", 2023, "final_account", None),
    )
    assert second.folder == tmp_path / "inbox" and listed.max_bytes == 5 * 2**20
    assert listed.rule("http://www.EXAMPLE.com:8080/x") == HostRule(9.0, True, "ignore")
    assert listed.rule("http://www.example.com/x") == HostRule()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "清单"), ("[]", "清单"), ("version: 2\nsources: []", "version"), ("version: 1", "sources"),
        ("version: 1\nsources: [{name: a}]", "address"),
        ("version: 1\nsources: [{name: a, address: 'http://x/', folder: y}]", "之一"),
        ("version: 1\nsources: [{name: A b, folder: y}]", "name"),
        ("version: 1\nsources: [{name: ../a, folder: y}]", "name"),
        ("version: 1\nsources: [{name: a, folder: y}, {name: a, folder: z}]", "重复"),
        ("version: 1\nsources: [{name: a, address: 'file:///etc/passwd'}]", "http"),
        ("version: 1\nsources: [{name: a, address: 'https://user:word@x/'}]", "密码"),
        ("version: 1\nsources: [{name: a, address: 'https://x:99999/'}]", "http"),
        ("version: 1\nsources: [{name: a, folder: y, every: often}]", "every"),
        ("version: 1\nsources: [{name: a, folder: y, evry: 1d}]", "evry"),
        ("version: 1\nsources: [{name: a, folder: y, expect: [{year: 2024, kind: budget}]}]", "unit"),
        ("version: 1\nsources: [{name: a, folder: y, unit: 甲, expect: [{year: '24', kind: budget}]}]", "year"),
        ("version: 1\nsources: [{name: a, folder: y, unit: 甲, expect: [{year: 2024, kind: x}]}]", "kind"),
        ("version: 1\nsources: [{name: a, folder: y, unit: x, expect: [{year: 2024, kind: budget, due_on: 1}]}]", "期"),
        ("version: 1\nhosts: {x: {verify: false}}\nsources: [{name: a, folder: y}]", "verify"),
        ("version: 1\nsources: [{name: a, folder: !!python/object/apply:os.system ['true']}]", "python"),
        ("a: [", "line"), ("version: 1\nmax_mib: true\nsources: [{name: a, folder: y}]", "max_mib"),
    ],
)  # fmt: skip
def test_a_bad_list_says_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(GongkaiError) as caught:
        _list(tmp_path, text)
    assert caught.value.code == "sources_invalid" and caught.value.exit_code == 2 and says in str(caught.value)


def test_the_command_line(world: World, tmp_path: Path) -> None:
    world.page("a.pdf")
    listed = tmp_path / "list.yml"
    listed.write_text(
        f"version: 1\ndelay_seconds: 0\nhosts: {{'{world.server.host}': {{allow_private: true}}}}\n"
        f"sources: [{{name: a, address: '{world.server.url('/page.html')}'}}]\n"
    )
    arguments = ["fetch", "--sources", str(listed), "--home", str(world.home.root), "--json"]
    ran = CliRunner().invoke(cli, arguments)
    assert ran.exit_code == 0 and json.loads(ran.stdout)["counts"]["new"] == 1
    assert "[fetch_gone]" in ran.stderr and "[fetched]" in ran.stderr
    assert CliRunner().invoke(cli, [*arguments, "--force", "--strict"]).exit_code == 3


def test_two_fetches_at_once_do_not_meet(world: World, tmp_path: Path) -> None:
    from gongkai.home import write_lock

    world.page()
    world.fetch()
    listed = tmp_path / "list.yml"
    listed.write_text("version: 1\nsources: [{name: a, folder: x}]\n")
    with write_lock(Home(world.home.root / "fetched")):
        ran = CliRunner().invoke(cli, ["fetch", "--sources", str(listed), "--home", str(world.home.root)])
    assert isinstance(ran.exception, GongkaiError) and ran.exception.code == "home_locked"
