#!/usr/bin/env python3
"""Who heard of what first: announcements of transactions and blocks, joined across hosts.

    spark-submit announcements.py HOSTS MESSAGES OUT

MESSAGES is what messages.py wrote, HOSTS the same table. OUT has a row for each host and thing announced to its
node by inv: when and by whom first, by the corrected clock, and how long after the first of all hosts. A transaction's
hash is its wtxid, also where it was announced by its txid, if any host has received it.
"""

import argparse
import sys

from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F

from messages import read_rings


def announcements(spark, messages, rings):
    """Announcements that nodes received: host, hash, what it is, by whom, when by the host's clock, and its offset."""
    known = spark.createDataFrame(
        sorted({(ring.host, node, ring.offset) for ring in rings for node in ring.nodes}),
        "host STRING, node STRING, clock_offset DOUBLE")
    bitcoin, ip, ipv6 = F.col("bitcoin"), F.col("ip"), F.col("ipv6")
    inventory = messages.where(bitcoin["bitcoin.command"] == "inv").select(
        "host",
        F.coalesce(ip["ip.src"], ipv6["ipv6.src"]).alias("peer"),
        F.coalesce(ip["ip.dst"], ipv6["ipv6.dst"]).alias("receiver"),
        F.col("frame")["frame.time_epoch"].alias("seen"),
        F.explode(bitcoin["bitcoin.inv"]["bitcoin.inv.item"]).alias("item"))
    received = inventory.join(F.broadcast(known), (inventory.host == known.host) & (inventory.receiver == known.node))
    transaction = bitcoin["bitcoin.tx"]
    names = messages.where(bitcoin["bitcoin.command"] == "tx").groupBy(
        transaction["bitcoin.tx.txid"].alias("txid")).agg(F.min(transaction["bitcoin.tx.wtxid"]).alias("wtxid"))
    item = F.col("item")
    named = received.join(names, item["bitcoin.inv.hash"] == names.txid, "left")
    return named.select(
        inventory.host, "peer", "seen", "clock_offset",
        F.coalesce(names.wtxid, item["bitcoin.inv.hash"]).alias("hash"), item["bitcoin.inv.type.name"].alias("type"))


def first_seen(announced):
    """Of each thing and host the first announcement, and where it stands among the hosts."""
    corrected = announced.withColumn(
        "first_seen", (F.col("seen") - F.col("clock_offset").cast("decimal(18,9)")).cast("decimal(28,9)"))
    of_host = Window.partitionBy("hash", "host").orderBy("first_seen", "peer")
    of_all = Window.partitionBy("hash")
    order = Window.partitionBy("hash").orderBy("first_seen", "host")
    return (
        corrected.withColumn("place", F.row_number().over(of_host)).where("place = 1").drop("place", "seen")
        .withColumn("hosts", F.count("*").over(of_all))
        .withColumn("first_host", F.first("host").over(order))
        .withColumn("delay", F.col("first_seen") - F.min("first_seen").over(of_all)))


def unheard(found, rings):
    """The rings of hosts of which no announcement was found, by their names."""
    heard = {row.host for row in found.select("host").distinct().collect()}
    return {ring.host: ring for ring in rings if ring.host not in heard}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("hosts", metavar="HOSTS")
    parser.add_argument("messages", metavar="MESSAGES")
    parser.add_argument("out", metavar="OUT", help="a folder that is not there yet")
    arguments = parser.parse_args()
    spark = SparkSession.builder.appName("btcshark announcements").getOrCreate()
    rings = read_rings(arguments.hosts)
    first_seen(announcements(spark, spark.read.parquet(arguments.messages), rings)).write.mode("error").parquet(arguments.out)
    for host, ring in unheard(spark.read.parquet(arguments.out), rings).items():
        print(
            f"{host}: nothing was announced to {', '.join(ring.nodes)}: are these its node's addresses in the capture?",
            file=sys.stderr)
    spark.stop()


if __name__ == "__main__":
    main()
