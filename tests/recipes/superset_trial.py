"""The dashboard in a real Apache Superset (看板实测): import it, ask every chart for its data, compare with DuckDB.

Not part of the test run, as Superset and its 160 libraries need an environment of their own:

    python3.11 -m venv superset
    superset/bin/pip install apache-superset==6.1.0 duckdb duckdb-engine rich 'flask-caching==2.3.1' 'cachetools<7'
    superset/bin/python tests/recipes/superset_trial.py 我的仓库

Charts are asked by the programming interface with a token; the dashboard's page is opened with a session, as a person
does. Works in a scratch folder with SQLite for Superset's own records; prints a line per chart and page, and ends with
0 where all answered.
"""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import sys
import tempfile
import zipfile
from decimal import Decimal
from pathlib import Path

DASHBOARD = Path(__file__).resolve().parent.parent.parent / "dashboards" / "superset"
_PLACEHOLDER = "duckdb:////srv/warehouse/gongkai.duckdb"


def bundle(database: Path, target: Path) -> None:
    """The zip Superset imports, with the address of this warehouse in it."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(DASHBOARD.rglob("*.yaml")):
            text = path.read_text(encoding="utf-8").replace(_PLACEHOLDER, f"duckdb:///{database}")
            archive.writestr(f"gongkai/{path.relative_to(DASHBOARD).as_posix()}", text)


def main(home: Path) -> int:
    """Import into a fresh Superset and query every chart; returns the number of charts that failed."""
    scratch = Path(tempfile.mkdtemp(prefix="superset-trial-"))
    config = scratch / "superset_config.py"
    config.write_text(
        f"SECRET_KEY = 'only-for-this-trial-{os.getpid()}-0123456789abcdef'\n"
        f"SQLALCHEMY_DATABASE_URI = 'sqlite:///{scratch}/superset.db'\nWTF_CSRF_ENABLED = False\n",
        encoding="utf-8",
    )
    os.environ["SUPERSET_CONFIG_PATH"] = str(config)
    os.environ["SUPERSET_HOME"] = str(scratch)
    from flask_appbuilder.security.sqla.models import User
    from superset.app import create_app

    app = create_app()
    with app.app_context():
        from flask_migrate import upgrade
        from superset import security_manager
        from superset.extensions import appbuilder, migrate

        upgrade(directory=migrate.directory)
        # As `superset init` does: without it the roles know no page, and every page answers 403, for Admin too.
        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        admin = security_manager.add_user(
            "admin", "a", "b", "a@example.org", security_manager.find_role("Admin"), password="trial"
        )
        assert isinstance(admin, User)
    target = scratch / "gongkai.zip"
    bundle((home / "gongkai.duckdb").resolve(), target)
    client = app.test_client()
    token = client.post(
        "/api/v1/security/login",
        json={"username": "admin", "password": "trial", "provider": "db", "refresh": False},
    ).get_json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with target.open("rb") as file:
        imported = client.post(
            "/api/v1/dashboard/import/",
            data={"formData": (file, "gongkai.zip"), "overwrite": "true"},
            headers=headers,
            content_type="multipart/form-data",
        )
    print("import", imported.status_code, imported.get_data(as_text=True)[:300])
    if imported.status_code != 200:
        return 1
    failed = 0
    listed = client.get("/api/v1/dashboard/gongkai/charts", headers=headers)
    if listed.status_code != 200:
        print("dashboard", listed.status_code, listed.get_data(as_text=True)[:300])
        return 1
    charts = listed.get_json()["result"]
    print("charts on the dashboard:", len(charts))
    for chart in charts:
        answer = client.post("/api/v1/chart/data", json=_query(chart["form_data"]), headers=headers)
        body = answer.get_json() or {}
        rows = body["result"][0]["rowcount"] if answer.status_code == 200 else None
        print(chart["slice_name"], answer.status_code, rows, "" if rows else json.dumps(body, ensure_ascii=False)[:400])
        failed += rows is None
        if chart["slice_name"] == "决算支出合计（元）" and rows:
            shown = Decimal(str(body["result"][0]["data"][0]["final_expenditure"]))
            print("  Superset", shown, "DuckDB", _total(home))
            failed += abs(shown - _total(home)) >= 1
    return failed + _page_failed(app.test_client())


def _page_failed(browser) -> int:
    """Sign in as a person does and open the dashboard's page; 1 where it does not come with the dashboard in it."""
    signed_in = browser.post("/login/", data={"username": "admin", "password": "trial"})
    page = browser.get("/superset/dashboard/gongkai/")
    text = html.unescape(page.get_data(as_text=True))
    title = re.search(r"<title>\s*(.*?)\s*</title>", text, re.S)
    opened = page.status_code == 200 and bool(title) and title[1] == "部门预决算公开" and "data-bootstrap" in text
    shown = title[1] if title else " ".join(text.split())[:400]
    print("sign in", signed_in.status_code, "page", page.status_code, shown)
    return not opened


def _total(home: Path) -> Decimal:
    import duckdb

    # A copy: one process cannot have a file open twice with different settings.
    copied = Path(tempfile.mkdtemp(prefix="superset-trial-")) / "copied.duckdb"
    shutil.copyfile(home / "gongkai.duckdb", copied)
    with duckdb.connect(str(copied), read_only=True) as connection:
        [(total,)] = connection.execute(
            "select sum(expenditure_final_items_yuan) from main.mart_unit_year where is_counted_final"
        ).fetchall()
    return total


def _query(form: dict) -> dict:
    """What the chart asks, in the words of the data API: its columns, metrics and limit."""
    columns = [*form.get("groupby", []), *form.get("all_columns", [])]
    if form.get("x_axis"):
        columns.insert(0, form["x_axis"])
    metrics = form.get("metrics") or ([form["metric"]] if form.get("metric") else [])
    identity, kind = form["datasource"].split("__")
    return {
        "datasource": {"id": int(identity), "type": kind},
        "queries": [
            {"columns": columns, "metrics": metrics, "filters": _filters(form), "row_limit": form.get("row_limit", 100)}
        ],
        "result_type": "full",
        "result_format": "json",
    }


def _filters(form: dict) -> list[dict]:
    return [
        {"col": condition["subject"], "op": condition["operator"], "val": condition["comparator"]}
        for condition in form.get("adhoc_filters") or []
        if condition.get("comparator") != "No filter"
    ]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
