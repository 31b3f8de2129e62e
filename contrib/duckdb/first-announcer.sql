-- Who announces transactions first? For each side of a connection what btcshark -q -z relay says.
--
-- A transaction is announced by its wtxid or its txid; where a tx message has brought it, both are one. First to
-- announce is not the origin: nodes wait random times.
WITH inventory AS (
    SELECT tcp."tcp.stream" AS stream,
        coalesce(ip."ip.src", ipv6."ipv6.src") || ':' || tcp."tcp.srcport" AS sender,
        frame."frame.time_epoch" AS time,
        "bitcoin.message"."bitcoin.message.number" AS number,
        unnest(bitcoin."bitcoin.inv"."bitcoin.inv.item") AS item
    FROM messages
    WHERE bitcoin."bitcoin.command" = 'inv'
), names AS (
    SELECT DISTINCT bitcoin."bitcoin.tx"."bitcoin.tx.txid" AS txid, bitcoin."bitcoin.tx"."bitcoin.tx.wtxid" AS wtxid
    FROM messages
    WHERE bitcoin."bitcoin.command" = 'tx'
), announcements AS (
    SELECT stream, sender, coalesce(names.wtxid, item."bitcoin.inv.hash") AS transaction,
        min(number) AS number, min(time) AS time
    FROM inventory
    LEFT JOIN names ON names.txid = item."bitcoin.inv.hash"
    WHERE item."bitcoin.inv.type.name" IN ('MSG_TX', 'MSG_WTX')
    GROUP BY ALL
), contest AS (
    SELECT *, count(*) OVER (PARTITION BY transaction) AS sides,
        row_number() OVER (PARTITION BY transaction ORDER BY number) AS place,
        time - min(time) OVER (PARTITION BY transaction) AS lag
    FROM announcements
)
SELECT stream, sender, count(*) AS announced,
    count(*) FILTER (sides > 1) AS contested,
    count(*) FILTER (sides > 1 AND place = 1) AS first,
    quantile_disc(lag, 0.5) FILTER (place > 1) AS lag_p50, max(lag) FILTER (place > 1) AS lag_max
FROM contest
GROUP BY ALL
ORDER BY first DESC, announced DESC, stream, sender;
