#!/usr/bin/env python3
"""Messages of many hosts' rings as Parquet, by date and host.

    spark-submit messages.py HOSTS OUT [--program btcshark] [--filter FILTER] [--partitions N]

HOSTS is a table with tabs: a host's name, the address of its node (several with commas between them), how many seconds its
clock is ahead, and a ring: the folder into which that host recorded, at the same path on every worker. A host that
records into several rings has a line for each.

A ring is read by one process, in order, so that connections that began in one file and went on in the next are one.
"""

import argparse
import collections
import ipaddress
import os
import shlex
import subprocess

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

Ring = collections.namedtuple("Ring", "host nodes offset path")


def read_rings(path):
    """The lines of HOSTS; empty ones, and those that begin with #, are skipped."""
    rings = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            try:
                ring = read_ring(line)
                # Either would be in the result without a word, and wrong.
                if any(os.path.normpath(ring.path) == os.path.normpath(other.path) for other in rings):
                    raise ValueError("this ring is there already, and would be read twice")
                if any(ring.host == other.host and ring.offset != other.offset for other in rings):
                    raise ValueError("this host has another offset in a line before")
            except ValueError as error:
                raise SystemExit(f"{path}: line {number}: {error}") from error
            rings.append(ring)
    return rings


def read_ring(line):
    columns = line.split("\t")
    if len(columns) != len(Ring._fields):
        raise ValueError(f"{len(columns)} columns with tabs between them, not {len(Ring._fields)}")
    host, nodes, offset, path = columns
    # As the records have addresses.
    return Ring(host, tuple(str(ipaddress.ip_address(node.strip())) for node in nodes.split(",")), float(offset), path)


def records(spark, rings, program="btcshark", partitions=None, filter=None):
    """Host and line of each record, as `-T ndjson` writes it; of those that the display filter lets through.

    A partition a ring: two rings in one would be read as one capture, and parts of one would cut its connections. With
    `partitions` a task starts several programs, one after another. A program that fails fails its task, which is then
    tried again; what it had written until then is in no result.
    """
    hosts = [ring.host for ring in rings]
    if not rings:
        raise SystemExit("no rings")
    # As many tasks as processors run beside each other already.
    command = f"{shlex.quote(program)} --files-from - -T ndjson -Q --threads 1"
    if filter:
        command += f" -Y {shlex.quote(filter)}"
    lines = spark.sparkContext.parallelize([ring.path for ring in rings], len(rings)).pipe(command, checkCode=True)
    tagged = lines.mapPartitionsWithIndex(lambda index, part: ((hosts[index], line) for line in part))
    return tagged.coalesce(partitions) if partitions else tagged


def schema(program="btcshark"):
    """The columns of records, as the program publishes them."""
    return subprocess.run([program, "-G", "schema,spark"], check=True, capture_output=True, text=True).stdout


def frame(spark, rings, program="btcshark", partitions=None, filter=None):
    """Records with their types: host, a column a layer, time and date."""
    rows = spark.createDataFrame(records(spark, rings, program, partitions, filter), "host STRING, line STRING")
    return typed(rows, schema(program))


def typed(rows, schema):
    """The same of hosts and lines."""
    # A line that is no record of that schema ends the job.
    record = F.from_json("line", schema, {"mode": "FAILFAST"})
    typed = rows.select("host", record.alias("record")).select("host", "record.*")
    time = F.col("frame")["frame.time_epoch"].cast("timestamp")
    return typed.withColumns({"time": time, "date": F.to_date(time)})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("hosts", metavar="HOSTS")
    parser.add_argument("out", metavar="OUT", help="a folder that is not there yet")
    parser.add_argument("--program", default="btcshark", help="where btcshark is, on the driver and on every worker")
    parser.add_argument("--filter", help="a display filter, as -Y: other messages are left out")
    parser.add_argument("--partitions", type=int, help="how many tasks read at once at most, instead of one a ring")
    arguments = parser.parse_args()
    spark = SparkSession.builder.appName("btcshark messages").getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    rings = read_rings(arguments.hosts)
    messages = frame(spark, rings, arguments.program, arguments.partitions, arguments.filter)
    messages.write.partitionBy("date", "host").mode("error").parquet(arguments.out)
    spark.stop()


if __name__ == "__main__":
    main()
