"""Runs the Spark job step after step in one process: ``python job_child.py STEPS_AS_JSON``.

A step is [arguments, landing, folder to copy the landing to afterwards].
"""

from __future__ import annotations

import json
import shutil
import sys

from ingest.spark_job import main

if __name__ == "__main__":
    for arguments, landing, copy in json.loads(sys.argv[1]):
        if main(arguments):
            sys.exit(1)
        shutil.copytree(landing, copy)
