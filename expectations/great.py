"""Great Expectations, imported without Spark (不带 Spark 载入).

Where pyspark is installed, Great Expectations imports it, and with it a client that needs packages this project has no
use for: that costs a second, and in a process without a main file (a test worker) pyspark then ends the process. Every
import of Great Expectations goes through here.
"""

from __future__ import annotations

import sys
from types import ModuleType


def _import() -> tuple[ModuleType, type]:
    is_loaded = "pyspark" in sys.modules
    if not is_loaded:
        sys.modules["pyspark"] = None  # type: ignore[assignment]  # an import of it now fails as if it were absent
    try:
        import great_expectations
        from great_expectations.expectations import UnexpectedRowsExpectation
    finally:
        if not is_loaded:
            del sys.modules["pyspark"]
    return great_expectations, UnexpectedRowsExpectation


gx, UnexpectedRowsExpectation = _import()
