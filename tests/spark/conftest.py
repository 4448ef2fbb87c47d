"""What every test of this folder needs: Spark, and an environment that keeps it small and on this machine."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def spark_environment() -> Mapping[str, str]:
    """Environment for a process that runs Spark; its tests skip where Spark or Java is not installed."""
    for module in ("pyspark", "dbt.adapters.spark"):
        try:
            found = importlib.util.find_spec(module)
        except ModuleNotFoundError:
            found = None
        if found is None:
            pytest.skip(f"no {module} here: pip install -r requirements-spark.lock (make test does)")
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        pytest.skip("no Java here: Spark needs a Java 17 runtime on the path or in JAVA_HOME")
    return os.environ | {
        "SPARK_CONF_DIR": str(Path(__file__).parent / "conf"),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
    }
