"""contrib/spark on a cluster of two workers: the same rows however they are spread, also where a worker dies."""

import decimal
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest

import common
from rings import Capture, long_messages

sys.path.insert(0, os.path.join(common.ROOT, "contrib/spark"))

# The first that is called with rings writes some records, and then kills the worker that started it, as a failing host.
FAILING = """#!/bin/sh
if [ "$1" = --files-from ] && mkdir "$(dirname "$0")/killed" 2>/dev/null; then
    PROGRAM "$@" | head -n 20
    process=$$
    while [ "$process" -gt 1 ] && [ "$(cat "/proc/$process/comm")" != java ]; do
        process=$(sed -n 's/^PPid:\\t//p' "/proc/$process/status")
    done
    [ "$process" -gt 1 ] && kill -9 "$process" && echo "$process" >"$(dirname "$0")/killed/worker"
    exit 1
fi
exec PROGRAM "$@"
"""


def digest(rows):
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()


class Spark(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        import pyspark
        from pyspark.sql import SparkSession

        import messages

        os.environ["SPARK_HOME"] = os.path.dirname(pyspark.__file__)
        os.environ["PYSPARK_PYTHON"] = sys.executable
        cls.folder = tempfile.TemporaryDirectory()
        relay = Capture.read(common.RELAY)
        # The second host sees all a quarter of a second later, and its clock is an hour ahead.
        hosts = [
            ("alpha", "10.20.0.1", 0, relay), ("beta", "10.20.0.1", 3600, relay.shifted(3600.25)),
            ("gamma", "fd20::1", 0, Capture.read(os.path.join(common.ROOT, "captures/relay-ipv6.pcap"))),
        ]
        cls.table = cls.path("hosts.tsv")
        cls.files = {}
        with open(cls.table, "w", encoding="utf-8") as file:
            for host, node, offset, capture in hosts:
                cls.files[host] = capture.write_ring(cls.path(host), 4)
                file.write(f"{host}\t{node}\t{offset}\t{cls.path(host)}\n")
        cls.rings = messages.read_rings(cls.table)
        cls.messages = messages
        cls.spark = (
            SparkSession.builder.master("local-cluster[2,1,1024]").appName("check")
            .config("spark.driver.memory", "1g").config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "4")
            .config("spark.executorEnv.PYTHONPATH", os.pathsep.join(sys.path))
            .config("spark.local.dir", cls.path("local")).getOrCreate())
        cls.spark.sparkContext.setLogLevel("OFF")
        cls.plain = [
            f"{ring.host}\t{line}" for ring in cls.rings
            for line in common.run("--files-from", "-", "-T", "ndjson", "-Q", input=ring.path + "\n").splitlines()
        ]

    @classmethod
    def tearDownClass(cls):
        cls.spark.stop()
        cls.folder.cleanup()

    @classmethod
    def path(cls, *names):
        return os.path.join(cls.folder.name, *names)

    def rows(self, program=common.PROGRAM, partitions=None, rings=None):
        found = self.messages.records(self.spark, rings or self.rings, program, partitions)
        return ["\t".join(row) for row in found.collect()]

    def test_rows_are_those_of_plain_runs(self):
        self.assertGreater(len(self.plain), 700)
        for partitions in (1, 2, 8):
            self.assertEqual(digest(self.rows(partitions=partitions)), digest(self.plain), partitions)

    def test_every_value_is_in_the_table(self):
        out = self.path("parquet")
        frame = self.messages.frame(self.spark, self.rings, common.PROGRAM)
        frame.write.partitionBy("date", "host").parquet(out)
        self.assertEqual({name.split("=")[0] for name in os.listdir(out) if "=" in name}, {"date"})
        read = self.spark.read.parquet(out)
        columns = [f"`{name}`" for name in read.columns if name not in ("date", "time", "host")]
        rows = read.selectExpr("host", f"to_json(struct({', '.join(columns)})) AS line").collect()
        self.assertEqual(
            sorted(self.compared(row.host, row.line) for row in rows),
            sorted(self.compared(*line.split("\t", 1)) for line in self.plain))
        self.compare_announcements(read)
        self.compare_names(read)

    @staticmethod
    def compared(host, line):
        return host + json.dumps(common.value(line), sort_keys=True, default=str)

    def compare_announcements(self, read):
        """What both hosts saw alpha saw first, and beta a quarter of a second later; gamma saw other things."""
        from announcements import announcements, first_seen, unheard

        found = first_seen(announcements(self.spark, read, self.rings))
        # One whose node has another address than the table says.
        wrong = self.rings[0]._replace(host="wrong", nodes=("192.0.2.1",))
        self.assertEqual(unheard(found, [*self.rings, wrong]), {"wrong": wrong})
        rows = found.collect()
        of_host = {host: {row.hash: row for row in rows if row.host == host} for host in self.files}
        self.assertGreater(len(of_host["alpha"]), 3)
        self.assertEqual(of_host["alpha"].keys(), of_host["beta"].keys())
        for hash, row in of_host["alpha"].items():
            later = of_host["beta"][hash]
            self.assertEqual((row.delay, row.first_host, row.hosts, row.clock_offset), (0, "alpha", 2, 0))
            self.assertEqual((later.delay, later.first_host), (decimal.Decimal("0.25"), "alpha"))
            self.assertEqual(later.clock_offset, 3600)
        for host, node in ("alpha", "10.20.0.1"), ("gamma", "fd20::1"):
            expected = {item["bitcoin.inv.hash"] for item in self.announced(host, node)}
            self.assertGreater(len(expected), 3)
            self.assertEqual(of_host[host].keys(), expected)

    def compare_names(self, read):
        """A host to which the same was announced by txids heard of the same transactions."""
        from announcements import announcements, first_seen

        names, lines = {}, []
        for line in self.plain:
            host, record = line.split("\t", 1)
            record = json.loads(record, parse_float=decimal.Decimal)
            if host == "alpha" and record["bitcoin"].get("bitcoin.command") == "tx":
                names[record["bitcoin"]["bitcoin.tx"]["bitcoin.tx.wtxid"]] = record["bitcoin"]["bitcoin.tx"]["bitcoin.tx.txid"]
            elif host == "alpha" and record["bitcoin"].get("bitcoin.command") == "inv":
                lines.append(record)
        renamed = 0
        for record in lines:
            for item in record["bitcoin"]["bitcoin.inv"]["bitcoin.inv.item"]:
                if item["bitcoin.inv.hash"] in names:
                    item["bitcoin.inv.hash"] = names[item["bitcoin.inv.hash"]]
                    renamed += 1
        self.assertGreater(renamed, 3)
        rows = self.spark.createDataFrame(
            [("delta", json.dumps(record, default=float)) for record in lines], "host STRING, line STRING")
        both = read.unionByName(
            self.messages.typed(rows, self.messages.schema(common.PROGRAM)), allowMissingColumns=True)
        rings = [*self.rings, self.rings[0]._replace(host="delta")]
        found = first_seen(announcements(self.spark, both, rings)).collect()
        hashes = {host: {row.hash for row in found if row.host == host} for host in ("alpha", "delta")}
        self.assertEqual(hashes["alpha"], hashes["delta"])
        self.assertEqual({row.hosts for row in found if row.host == "delta"}, {3})

    def announced(self, host, node):
        """Entries of inv messages to a node, by the plain run."""
        for line in self.plain:
            record = json.loads(line.split("\t", 1)[1])
            to_node = line.startswith(host + "\t") and node in (
                record.get("ip", {}).get("ip.dst"), record.get("ipv6", {}).get("ipv6.dst"))
            if to_node and record["bitcoin"].get("bitcoin.command") == "inv":
                yield from record["bitcoin"]["bitcoin.inv"]["bitcoin.inv.item"]

    def test_a_killed_worker_is_no_loss(self):
        program = self.path("failing")
        with open(program, "w", encoding="utf-8") as file:
            file.write(FAILING.replace("PROGRAM", f"'{common.PROGRAM}'"))
        os.chmod(program, 0o755)
        rows = self.rows(program)
        self.assertTrue(os.path.exists(self.path("killed", "worker")), "no worker was killed")
        self.assertEqual(len(rows), len(self.plain))
        self.assertEqual(digest(rows), digest(self.plain))

    def test_a_ring_that_cannot_be_read_fails_the_job(self):
        ring = self.rings[0]._replace(path=self.path("nothing"))
        with self.assertRaises(Exception) as caught:
            self.rows(rings=[ring])
        self.assertIn("exited with error code 2", str(caught.exception))

    def test_a_filter_leaves_messages_out(self):
        found = self.messages.records(self.spark, self.rings, common.PROGRAM, filter="bitcoin.inv || bitcoin.tx")
        rows = ["\t".join(row) for row in found.collect()]
        kept = [line for line in self.plain if '"bitcoin.inv":' in line or '"bitcoin.tx":' in line]
        self.assertTrue(0 < len(kept) < len(self.plain))
        self.assertEqual(digest(rows), digest(kept))

    def test_rings_that_would_be_counted_twice_are_refused(self):
        def read(*lines):
            path = self.path("other.tsv")
            with open(path, "w", encoding="utf-8") as file:
                file.writelines("\t".join(line) + "\n" for line in lines)
            return self.messages.read_rings(path)

        self.assertEqual(
            read(("alpha", "192.0.2.1, 2001:DB8:0::1", "-0.5", "/r/a"), ("alpha", "192.0.2.1", "-0.5", "/r/b")),
            [("alpha", ("192.0.2.1", "2001:db8::1"), -0.5, "/r/a"), ("alpha", ("192.0.2.1",), -0.5, "/r/b")])
        for second, complaint in (
            (("beta", "192.0.2.2", "0", "/r/a/"), "read twice"), (("alpha", "192.0.2.1", "1", "/r/b"), "another offset"),
            (("beta", "node.example", "0", "/r/b"), "node.example"), (("beta", "192.0.2.2", "0"), "3 columns"),
            (("beta", "192.0.2.2", "soon", "/r/b"), "soon"),
        ):
            with self.assertRaises(SystemExit) as caught:
                read(("alpha", "192.0.2.1", "0", "/r/a"), second)
            self.assertIn("line 2", str(caught.exception))
            self.assertIn(complaint, str(caught.exception))

    @staticmethod
    def contents(*paths):
        """Records of files that are read as one, without the names of these."""
        lines = common.run(
            "--files-from", "-", "-T", "ndjson", "-Q", input="".join(path + "\n" for path in paths)).splitlines()
        records = [json.loads(line) for line in lines]
        for record in records:
            del record["frame"]["frame.file"]
        return records

    def test_cut_connections(self):
        """Together the files of a ring are the capture; apart, those after the first know no peer."""
        files = self.files["alpha"]
        uncut = self.contents(common.RELAY)
        self.assertEqual(self.contents(*files), uncut)
        self.assertTrue(all("bitcoin.peer" in record for record in uncut))
        for part in [self.contents(file) for file in files][1:]:
            self.assertFalse([record for record in part if "bitcoin.peer" in record])

    def test_cut_messages(self):
        """Together no message of a ring is cut; apart, those across the end of a file are, and are said to be."""
        messages, parts = 20 * 10, 4
        capture = long_messages(20, 10, 20_000)
        together = self.path("long.pcap")
        capture.write(together)
        files = capture.write_ring(self.path("long"), parts)

        def cut(records):
            return [record for record in records if "bitcoin.captured" in record["bitcoin"]]

        uncut = self.contents(together)
        self.assertEqual(len(uncut), messages)
        self.assertEqual(cut(uncut), [])
        self.assertEqual(self.contents(*files), uncut)
        apart = [self.contents(file) for file in files]
        found = sum(len(cut(part)) for part in apart)
        # Each of 20 connections is cut at the end of each file but the last.
        self.assertEqual(found, 20 * (parts - 1))
        for number, (file, part) in enumerate(zip(files, apart)):
            counts = subprocess.run(
                [common.PROGRAM, "-r", file, "-q"], capture_output=True, text=True, check=True).stderr
            self.assertEqual(f"{len(cut(part))} messages cut" in counts, number < parts - 1, counts)
            # What is left of a message at the beginning of a file.
            self.assertEqual(", 0 bytes skipped" not in counts, number > 0, counts)
