-- Which software do peers run, and since when are they seen? By day, of the first version message of each side but those of
-- the node of node.sql: over all days the connections that btcshark -q -z census says.
WITH versions AS (
    SELECT frame."frame.time_epoch" AS time, bitcoin."bitcoin.version"."bitcoin.version.user_agent" AS user_agent,
        coalesce(ip."ip.src", ipv6."ipv6.src") AS address, coalesce(ip."ip.dst", ipv6."ipv6.dst") AS other_address,
        coalesce(ip."ip.src", '[' || ipv6."ipv6.src" || ']') || ':' || tcp."tcp.srcport" AS sender,
        coalesce(ip."ip.dst", '[' || ipv6."ipv6.dst" || ']') || ':' || tcp."tcp.dstport" AS receiver
    FROM messages
    WHERE bitcoin."bitcoin.command" = 'version'
    QUALIFY row_number() OVER (
        PARTITION BY tcp."tcp.stream", sender ORDER BY "bitcoin.message"."bitcoin.message.number") = 1
)
SELECT CAST(to_timestamp(CAST(time AS DOUBLE)) AT TIME ZONE 'UTC' AS DATE) AS day, user_agent,
    count(*) AS connections, count(DISTINCT address) AS addresses
FROM versions
WHERE NOT (address IN (FROM node) OR sender IN (FROM node))
    OR other_address IN (FROM node) OR receiver IN (FROM node)
GROUP BY ALL
ORDER BY day, connections DESC, user_agent;
