#!/usr/bin/env python3
"""Messages of many hosts' rings as Parquet, by date and host.

    spark-submit messages.py HOSTS OUT [--program btcshark] [--partitions N]

HOSTS is a table with tabs: a host's name, the address of its node, how many seconds its clock is ahead, and a ring: the
folder into which that host recorded, at the same path on every worker. A host may have several lines.

A ring is read by one process, in order, so that connections that began in one file and went on in the next are one.
"""

import argparse
import collections
import shlex
import subprocess

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

Ring = collections.namedtuple("Ring", "host node offset path")


def read_rings(path):
    """The lines of HOSTS; text after # alone on a line is skipped."""
    rings = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            columns = line.split("\t")
            if len(columns) != len(Ring._fields):
                raise SystemExit(f"{path}: line {number}: {len(columns)} columns, not {len(Ring._fields)}")
            host, node, offset, ring = columns
            rings.append(Ring(host, node, float(offset), ring))
    return rings


def records(spark, rings, program="btcshark", partitions=None):
    """Host and line of each record, as `-T ndjson` writes it.

    A partition a ring: two rings in one would be read as one capture, and parts of one would cut its connections. With
    `partitions` a task starts several programs, one after another. A program that fails fails its task, which is then
    tried again; what it had written until then is in no result.
    """
    hosts = [ring.host for ring in rings]
    if not rings:
        raise SystemExit("no rings")
    command = f"{shlex.quote(program)} --files-from - -T ndjson -Q"
    lines = spark.sparkContext.parallelize([ring.path for ring in rings], len(rings)).pipe(command, checkCode=True)
    tagged = lines.mapPartitionsWithIndex(lambda index, part: ((hosts[index], line) for line in part))
    return tagged.coalesce(partitions) if partitions else tagged


def schema(program="btcshark"):
    """The columns of records, as the program publishes them."""
    return subprocess.run([program, "-G", "schema,spark"], check=True, capture_output=True, text=True).stdout


def frame(spark, rings, program="btcshark", partitions=None):
    """Records with their types: host, date and time, then a column a layer."""
    rows = spark.createDataFrame(records(spark, rings, program, partitions), "host STRING, line STRING")
    # A line that is no record of that schema ends the job.
    record = F.from_json("line", schema(program), {"mode": "FAILFAST"})
    typed = rows.select("host", record.alias("record")).select("host", "record.*")
    time = F.col("frame")["frame.time_epoch"].cast("timestamp")
    return typed.withColumns({"time": time, "date": F.to_date(time)})


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("hosts", metavar="HOSTS")
    parser.add_argument("out", metavar="OUT", help="a folder that is not there yet")
    parser.add_argument("--program", default="btcshark", help="where btcshark is, on the driver and on every worker")
    parser.add_argument("--partitions", type=int, help="how many tasks read at once at most, instead of one a ring")
    arguments = parser.parse_args()
    spark = SparkSession.builder.appName("btcshark messages").getOrCreate()
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    rings = read_rings(arguments.hosts)
    messages = frame(spark, rings, arguments.program, arguments.partitions)
    messages.write.partitionBy("date", "host").mode("error").parquet(arguments.out)
    spark.stop()


if __name__ == "__main__":
    main()
