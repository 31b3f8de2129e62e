"""The table of -G schema,clickhouse takes all records, and gives every value back; ClickHouse comes as the library chdb."""

import decimal
import hashlib
import json
import os
import tempfile
import unittest

from chdb import session

import check_duckdb
import common
from rings import Capture

# What is read through both engines and from the lines themselves: keys from the record inwards, [] after those of arrays.
PATHS = [
    "frame / frame.time_epoch", "frame / frame.file", "ip / ip.src", "ipv6 / ipv6.dst", "tcp / tcp.srcport",
    "bitcoin.message / bitcoin.message.number", "bitcoin.message / bitcoin.frame[]",
    "bitcoin / bitcoin.command", "bitcoin / bitcoin.checksum",
    "bitcoin / bitcoin.response_time[]",
    "bitcoin / bitcoin.version / bitcoin.version.nonce", "bitcoin / bitcoin.version / bitcoin.version.clock_offset",
    "bitcoin / bitcoin.version / bitcoin.version.relay", "bitcoin / bitcoin.version / bitcoin.version.user_agent",
    "bitcoin / bitcoin.inv / bitcoin.inv.item[] / bitcoin.inv.hash",
    "bitcoin / bitcoin.headers / bitcoin.headers.header[] / bitcoin.headers.hash",
    "bitcoin / bitcoin.tx / bitcoin.tx.out[] / bitcoin.tx.out.value",
    "bitcoin / bitcoin.block / bitcoin.tx[] / bitcoin.tx.in[] / bitcoin.tx.in.seq",
    "bitcoin / bitcoin.block / bitcoin.tx[] / bitcoin.tx.out[] / bitcoin.tx.out.value",
    "bitcoin / _ws.expert[] / name",
]


def steps(path):
    """Its keys, each with whether it is of an array."""
    return [(key.removesuffix("[]"), key.endswith("[]")) for key in path.split(" / ")]


def in_clickhouse(path):
    """A query for the values, each where it is as text."""
    expression = ""
    for key, is_list in steps(path):
        expression += f".`{key}`" if expression else f"`{key}`"
        if is_list:
            expression = f"arrayJoin({expression})"
    return f"SELECT value FROM (SELECT {expression} AS value FROM messages) WHERE value IS NOT NULL"


def in_duckdb(path):
    query, prefix = "messages", ""
    for key, is_list in steps(path):
        value = f'{prefix}"{key}"'
        query = f"(SELECT {f'unnest({value})' if is_list else value} AS value FROM {query})"
        prefix = "value."
    return f"SELECT value FROM {query} WHERE value IS NOT NULL"


def in_lines(path, records):
    values = records
    for key, is_list in steps(path):
        values = [value[key] for value in values if value.get(key) is not None]
        if is_list:
            values = [element for value in values for element in value if element is not None]
    return values


def digest(values):
    """Of the values in any order; numbers are the same with and without zeros at their end."""
    texts = sorted(
        format(decimal.Decimal(value).normalize(), "f")
        if isinstance(value, (int, decimal.Decimal)) and not isinstance(value, bool) else json.dumps(value)
        for value in values)
    return len(texts), hashlib.sha256("\n".join(texts).encode()).hexdigest()


def read(text):
    return [json.loads(line, parse_float=decimal.Decimal) for line in text.splitlines()]


class ClickHouse(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.database = session.Session(os.path.join(cls.folder.name, "database"))
        cls.lines = common.all_lines()
        cls.database.query("CREATE DATABASE captures")
        cls.database.query("USE captures")
        cls.make_table()
        # Two parts, which are then merged, as it does to all tables in time.
        half = len(cls.lines) // 2
        for lines in (cls.lines[:half], cls.lines[half:]):
            cls.insert(lines)
        cls.database.query("OPTIMIZE TABLE messages FINAL")

    @classmethod
    def tearDownClass(cls):
        cls.database.close()
        cls.folder.cleanup()

    @classmethod
    def make_table(cls):
        cls.database.query("DROP TABLE IF EXISTS messages")
        cls.database.query(common.run("-G", "schema,clickhouse"))

    @classmethod
    def insert(cls, lines, table="messages"):
        """By the statement of Documentation/scale.md, with the settings that ClickHouse has by itself."""
        cls.database.query(f"INSERT INTO {table} FORMAT JSONEachRow " + "\n".join(lines))

    def ask(self, query):
        return read(str(self.database.query(query + " FORMAT JSONEachRow")))

    def test_every_value_is_in_the_table(self):
        rows = str(self.database.query("SELECT * FROM messages FORMAT JSONEachRow")).splitlines()
        self.assertEqual(len(rows), len(self.lines))
        # Numbers that are equal are so with other zeros at their end, and so have no order by their text.
        def place(record):
            message = record.get("bitcoin.message", {})
            return (
                record["frame"]["frame.file"], record["frame"]["frame.number"],
                message.get("bitcoin.message.number", -1), json.dumps(record, sort_keys=True, default=float))

        rows, records = ([common.value(line) for line in lines] for lines in (rows, self.lines))
        for row, record in zip(sorted(rows, key=place), sorted(records, key=place)):
            self.assertEqual(row, record)

    def test_columns_are_those_of_duckdb_and_of_the_lines(self):
        duckdb = check_duckdb.loaded(self.lines)
        records = read("\n".join(self.lines))
        for path in PATHS:
            with self.subTest(path):
                values = [row["value"] for row in self.ask(in_clickhouse(path))]
                self.assertGreater(len(values), 0)
                self.assertEqual(digest(values), digest(in_lines(path, records)))
                self.assertEqual(digest(values), digest(row[0] for row in duckdb.execute(in_duckdb(path)).fetchall()))

    def test_numbers_of_64_bits_are_exact(self):
        record = json.loads(self.lines[0])
        version = record["bitcoin"]["bitcoin.version"]
        numbers = {
            "bitcoin.version.nonce": 2**64 - 1, "bitcoin.version.services": 2**63 + 1,
            "bitcoin.version.timestamp.epoch": -2**63,
        }
        version.update(numbers)
        self.database.query("CREATE TABLE numbers AS messages")
        self.insert([json.dumps(record)], "numbers")
        (row,) = self.ask("SELECT bitcoin.`bitcoin.version` AS version FROM numbers")
        self.assertEqual({key: row["version"][key] for key in numbers}, numbers)

    def test_what_is_not_there_is_null(self):
        (row,) = self.ask(
            "SELECT count() AS records, count(bitcoin.`bitcoin.ping`.`bitcoin.ping.nonce`) AS pings, "
            "countIf(empty(bitcoin.`bitcoin.inv`.`bitcoin.inv.item`)) AS no_inventories FROM messages")
        records = [json.loads(line)["bitcoin"] for line in self.lines]
        pings = [record["bitcoin.ping"].get("bitcoin.ping.nonce") for record in records if "bitcoin.ping" in record]
        self.assertIn(None, pings)
        self.assertEqual(row["records"], len(records))
        self.assertEqual(row["pings"], sum(nonce is not None for nonce in pings))
        self.assertEqual(row["no_inventories"], sum(
            not record.get("bitcoin.inv", {}).get("bitcoin.inv.item") for record in records))

    def test_a_long_capture_goes_in(self):
        """A file a column would be more open files than a process may have."""
        path = os.path.join(self.folder.name, "long.pcap")
        Capture.read(common.RELAY).repeated(50, 0.2).write(path)
        lines = common.run("-r", path, "-T", "ndjson").splitlines()
        self.database.query("CREATE TABLE long AS messages")
        self.insert(lines, "long")
        self.assertEqual(self.ask("SELECT count() AS rows FROM long"), [{"rows": len(lines)}])
        self.assertEqual(
            self.ask("SELECT DISTINCT part_type FROM system.parts WHERE active AND table IN ('long', 'messages')"),
            [{"part_type": "Compact"}])

    def test_a_wrong_type_is_refused(self):
        line = json.loads(self.lines[0])
        self.database.query("CREATE TABLE wrong AS messages")
        for value in ("text", 0.5, {}):
            line["tcp"]["tcp.srcport"] = value
            with self.assertRaises(Exception) as caught:
                self.insert([json.dumps(line)], "wrong")
            self.assertIn("tcp", str(caught.exception))
