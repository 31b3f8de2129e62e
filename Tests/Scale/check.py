#!/usr/bin/env python3
"""Whether engines read records as the schema says, and answer as the program does: make check-scale.

BTCSHARK is the program. Names of tests, as in check.py DuckDB, run some of them.
"""

import sys
import unittest

from check_schema import Schema  # noqa: F401
from check_clickhouse import ClickHouse  # noqa: F401
from check_duckdb import DuckDB, DuckDBTable, DuckDBWithNode  # noqa: F401
from check_spark import Spark  # noqa: F401

if __name__ == "__main__":
    outcome = unittest.main(verbosity=2, exit=False).result
    failed = len(outcome.failures) + len(outcome.errors)
    print(f"{outcome.testsRun - failed - len(outcome.skipped)} passed, {failed} failed, {len(outcome.skipped)} skipped")
    sys.exit(1 if failed else 0)
