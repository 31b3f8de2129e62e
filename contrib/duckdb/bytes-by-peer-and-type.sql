-- Who sends how much of what? Messages and bytes, header and payload: the sums over peers are what
-- btcshark -q -z bitcoin,tree says, those over types what -z endpoints,tcp says of what was sent.
SELECT coalesce(ip."ip.src", ipv6."ipv6.src") AS peer, tcp."tcp.srcport" AS port,
    bitcoin."bitcoin.command" AS type,
    count(*) AS messages, sum("bitcoin.message"."bitcoin.message.length") AS bytes
FROM messages
-- Gaps, closes and the like are records, but no messages.
WHERE "bitcoin.message"."bitcoin.message.number" IS NOT NULL
GROUP BY ALL
ORDER BY bytes DESC, peer, port, type;
