"""The table of -G schema,duckdb takes all records, and contrib/duckdb answers as -z does."""

import decimal
import os
import tempfile
import unittest

import duckdb

import common
from rings import Capture


def loaded(lines):
    """A database with these records."""
    database = duckdb.connect()
    database.execute(common.run("-G", "schema,duckdb"))
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
        file.writelines(line + "\n" for line in lines)
        file.flush()
        database.execute(f"COPY messages FROM '{file.name}' (FORMAT json)")
    return database


class Answers(unittest.TestCase):
    """The answers of contrib/duckdb for a capture of several connections, which announce the same."""

    # Their common address; none where there is none.
    node = None
    # The connections: each has two sides.
    connections = 5

    @classmethod
    def setUpClass(cls):
        if cls is Answers:
            raise unittest.SkipTest("what its subclasses share")
        cls.folder = tempfile.TemporaryDirectory()
        cls.capture = os.path.join(cls.folder.name, "relay.pcap")
        Capture.read(common.RELAY).repeated(cls.connections, 0.37, cls.node).write(cls.capture)
        cls.database = loaded(common.run("-r", cls.capture, "-T", "ndjson").splitlines())
        with open(os.path.join(common.ROOT, "contrib/duckdb/node.sql"), encoding="utf-8") as file:
            cls.database.execute(file.read())

    @classmethod
    def tearDownClass(cls):
        cls.database.close()
        cls.folder.cleanup()

    def ask(self, name):
        """The rows of a file of contrib/duckdb, by the names of their columns."""
        with open(os.path.join(common.ROOT, "contrib/duckdb", name + ".sql"), encoding="utf-8") as file:
            result = self.database.execute(file.read())
        names = [column[0] for column in result.description]
        return [dict(zip(names, row)) for row in result.fetchall()]

    def rows(self, question, row="peer"):
        return [answer for answer in common.answers(self.capture, question) if answer.get("row", row) == row]

    def test_node(self):
        (summary,) = self.rows("relay", "summary")
        self.assertEqual(summary["node"], self.node)
        self.assertEqual([row["name"] for row in self.ask("node")], [self.node] if self.node else [])

    def test_first_announcer(self):
        expected = {
            (row["stream"], row["from"]): (
                row["announced"], row["contested"], row["first"], row["lag_p50_seconds"], row["lag_max_seconds"])
            for row in self.rows("relay") if row["announced"]
        }
        self.assertEqual(len(expected), 2 * self.connections)
        self.assertGreater(sum(row[2] or 0 for row in expected.values()), 0)
        self.assertEqual(expected, {
            (row["stream"], row["sender"]): (
                row["announced"], row["contested"], row["first"], row["lag_p50"], row["lag_max"])
            for row in self.ask("first-announcer")
        })

    def test_ping_times(self):
        expected = {
            (row["stream"], row["from"], row["to"]): (
                row["pings"], row["answered"], row["ping_min_seconds"], row["ping_p50_seconds"],
                row["ping_p95_seconds"], row["ping_max_seconds"])
            for row in self.rows("latency") if row["pings"]
        }
        self.assertEqual(len(expected), 2 * self.connections)
        self.assertEqual(expected, {
            (row["stream"], row["asked_by"], row["answered_by"]): (
                row["pings"], row["answered"], row["ping_min"], row["ping_p50"], row["ping_p95"], row["ping_max"])
            for row in self.ask("ping-times")
        })

    def test_bytes_by_peer_and_type(self):
        by_type, by_peer = {}, {}
        for row in self.ask("bytes-by-peer-and-type"):
            for sums, key in ((by_type, row["type"]), (by_peer, f"{row['peer']}:{row['port']}")):
                messages, octets = sums.get(key, (0, 0))
                sums[key] = (messages + row["messages"], octets + row["bytes"])
        self.assertEqual(by_type, {
            row["command"]: (row["count"], row["bytes"]) for row in self.rows("bitcoin,tree", "command")
        })
        self.assertEqual(by_peer, {
            row["endpoint"]: (row["sent_messages"], row["sent_bytes"]) for row in self.rows("endpoints,tcp")
        })

    def test_user_agents(self):
        sums = {}
        for row in self.ask("user-agents"):
            connections, addresses = sums.get(row["user_agent"], (0, 0))
            sums[row["user_agent"]] = (connections + row["connections"], addresses + row["addresses"])
        self.assertEqual(sums, {
            row["value"]: (row["connections"], row["peers"])
            for row in self.rows("census", "value") if row["kind"] == "user_agent"
        })


class DuckDB(Answers):
    """Where no address is at all connections, nothing is the node's."""


class DuckDBWithNode(Answers):
    """Several peers of one node: what it says itself is no peer's."""

    node = "10.20.0.1"


class DuckDBTable(unittest.TestCase):
    def test_every_value_is_in_the_table(self):
        lines = common.all_lines()
        database = loaded(lines)
        rows = [row[0] for row in database.execute("SELECT to_json(messages) FROM messages").fetchall()]
        self.assertEqual(len(rows), len(lines))
        for row, line in zip(rows, lines):
            self.assertEqual(common.value(row), common.value(line))

    def test_a_wrong_type_is_refused(self):
        line = common.run("-r", common.RELAY, "-c", "1", "-T", "ndjson").replace('"tcp.srcport":', '"tcp.srcport":1000')
        with self.assertRaises(duckdb.Error):
            loaded([line.strip()])
