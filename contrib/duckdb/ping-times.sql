-- Who is slow? Pings that were answered, and how long their pongs took: what btcshark -q -z latency says, in seconds.
WITH sides AS (
    SELECT tcp."tcp.stream" AS stream,
        "bitcoin.message"."bitcoin.message.number" AS number,
        coalesce(ip."ip.src", '[' || ipv6."ipv6.src" || ']') || ':' || tcp."tcp.srcport" AS sender,
        coalesce(ip."ip.dst", '[' || ipv6."ipv6.dst" || ']') || ':' || tcp."tcp.dstport" AS receiver,
        frame."frame.time_epoch" AS time,
        bitcoin."bitcoin.command" AS command,
        coalesce(bitcoin."bitcoin.ping"."bitcoin.ping.nonce", bitcoin."bitcoin.pong"."bitcoin.pong.nonce") AS nonce
    FROM messages
    WHERE bitcoin."bitcoin.command" IN ('ping', 'pong')
), pairs AS (
    -- The first pong after a ping that has its number.
    SELECT ping.stream, ping.sender, ping.receiver, ping.number, min_by(pong.time - ping.time, pong.number) AS seconds
    FROM sides AS ping
    LEFT JOIN sides AS pong
        ON pong.command = 'pong' AND pong.stream = ping.stream AND pong.sender = ping.receiver
        AND pong.nonce = ping.nonce AND pong.number > ping.number
    WHERE ping.command = 'ping' AND ping.nonce IS NOT NULL
    GROUP BY ping.stream, ping.sender, ping.receiver, ping.number
)
SELECT stream, sender AS asked_by, receiver AS answered_by,
    count(*) AS pings, count(seconds) AS answered,
    min(seconds) AS ping_min,
    -- Of fewer than five answers half of them say nothing.
    if(count(seconds) < 5, NULL, quantile_disc(seconds, 0.5)) AS ping_p50,
    if(count(seconds) < 5, NULL, quantile_disc(seconds, 0.95)) AS ping_p95,
    max(seconds) AS ping_max
FROM pairs
GROUP BY ALL
ORDER BY ping_p50 DESC NULLS LAST, ping_max DESC NULLS LAST, stream, asked_by;
