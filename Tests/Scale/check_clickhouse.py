"""The table of -G schema,clickhouse takes all records; ClickHouse comes as the library chdb."""

import json
import tempfile
import unittest

import common

# What a record does not have is empty, and keys that have no column are no error.
SETTINGS = (
    "SETTINGS input_format_skip_unknown_fields = 1, input_format_json_defaults_for_missing_elements_in_named_tuple = 1"
)


class ClickHouse(unittest.TestCase):
    def test_every_value_is_in_the_table(self):
        try:
            from chdb import session
        except ImportError:
            self.skipTest("no chdb")
        lines = common.all_lines()
        with tempfile.TemporaryDirectory() as folder, session.Session(folder) as database:
            database.query("CREATE DATABASE capture")
            database.query("USE capture")
            database.query(common.run("-G", "schema,clickhouse"))
            with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
                file.writelines(line + "\n" for line in lines)
                file.flush()
                database.query(f"INSERT INTO messages SELECT * FROM file('{file.name}', JSONEachRow) {SETTINGS}")
            rows = str(database.query(
                "SELECT * FROM messages FORMAT JSONEachRow SETTINGS output_format_json_quote_64bit_integers = 0, "
                "output_format_json_named_tuples_as_objects = 1")).splitlines()
        self.assertEqual(len(rows), len(lines))
        self.assertEqual(*(
            sorted(json.dumps(emptied(common.value(line)), sort_keys=True, default=str) for line in part)
            for part in (rows, lines)))


def emptied(value):
    """Texts that are empty are nothing to a column that cannot be null."""
    return common.pruned({key: member or None for key, member in value.items()}) if isinstance(value, dict) else value
