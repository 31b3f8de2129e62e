-- Which node is the capture of? The other files read it from this table; see README.md. As btcshark -z finds it: the one
-- address at an end of every connection, or else the one address and port.
CREATE OR REPLACE TABLE node AS
WITH ends AS (
    SELECT tcp."tcp.stream" AS stream, coalesce(ip."ip.src", ipv6."ipv6.src") AS address,
        coalesce(ip."ip.src", '[' || ipv6."ipv6.src" || ']') || ':' || tcp."tcp.srcport" AS endpoint
    FROM messages
    UNION
    SELECT tcp."tcp.stream", coalesce(ip."ip.dst", ipv6."ipv6.dst"),
        coalesce(ip."ip.dst", '[' || ipv6."ipv6.dst" || ']') || ':' || tcp."tcp.dstport"
    FROM messages
), streams AS (
    SELECT stream, count(DISTINCT address) AS addresses FROM ends WHERE stream IS NOT NULL GROUP BY stream
), everywhere AS (
    SELECT address AS name, true AS is_address FROM ends
    GROUP BY address HAVING count(DISTINCT stream) = (SELECT count(*) FROM streams)
    UNION ALL
    SELECT endpoint, false FROM ends
    GROUP BY endpoint HAVING count(DISTINCT stream) = (SELECT count(*) FROM streams)
), address AS (
    SELECT any_value(name) AS name FROM everywhere WHERE is_address
    -- No connection has the same address at both ends.
    HAVING count(*) = 1 AND (SELECT min(addresses) FROM streams) = 2
), endpoint AS (
    SELECT any_value(name) AS name FROM everywhere WHERE NOT is_address HAVING count(*) = 1
)
SELECT name FROM address
UNION ALL
SELECT name FROM endpoint WHERE NOT EXISTS (FROM address) AND (SELECT count(*) FROM streams) > 1;
FROM node;
