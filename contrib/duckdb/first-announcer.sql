-- Who announces transactions first? For each side of a connection what btcshark -q -z relay says. What the node of
-- node.sql announces itself competes with nobody.
--
-- A transaction is announced by its wtxid or its txid; where a tx message has brought it, both are one. First to
-- announce is not the origin: nodes wait random times.
WITH inventory AS (
    SELECT tcp."tcp.stream" AS stream,
        coalesce(ip."ip.src", ipv6."ipv6.src") AS address, coalesce(ip."ip.dst", ipv6."ipv6.dst") AS other_address,
        coalesce(ip."ip.src", '[' || ipv6."ipv6.src" || ']') || ':' || tcp."tcp.srcport" AS sender,
        coalesce(ip."ip.dst", '[' || ipv6."ipv6.dst" || ']') || ':' || tcp."tcp.dstport" AS receiver,
        (address IN (FROM node) OR sender IN (FROM node))
            AND NOT (other_address IN (FROM node) OR receiver IN (FROM node)) AS is_node,
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
    SELECT stream, sender, is_node, coalesce(names.wtxid, item."bitcoin.inv.hash") AS transaction,
        min(number) AS number, min(time) AS time
    FROM inventory
    LEFT JOIN names ON names.txid = item."bitcoin.inv.hash"
    WHERE item."bitcoin.inv.type.name" IN ('MSG_TX', 'MSG_WTX')
    GROUP BY ALL
), contest AS (
    SELECT *, NOT is_node AND count(*) OVER same > 1 AS is_contested,
        row_number() OVER (same ORDER BY number) AS place,
        time - min(time) OVER same AS lag
    FROM announcements
    WINDOW same AS (PARTITION BY transaction, is_node)
)
SELECT stream, sender, count(*) AS announced,
    if(is_node, NULL, count(*) FILTER (is_contested)) AS contested,
    if(is_node, NULL, count(*) FILTER (is_contested AND place = 1)) AS first,
    -- Of fewer than five half of them say nothing.
    if(count(*) FILTER (is_contested AND place > 1) < 5, NULL,
        quantile_disc(lag, 0.5) FILTER (is_contested AND place > 1)) AS lag_p50,
    max(lag) FILTER (is_contested AND place > 1) AS lag_max
FROM contest
GROUP BY stream, sender, is_node
ORDER BY first DESC NULLS LAST, announced DESC, stream, sender;
