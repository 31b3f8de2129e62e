-- Which software do peers run, and since when are they seen? By day, of the version messages: over all days what
-- btcshark -q -z census says.
SELECT CAST(to_timestamp(CAST(frame."frame.time_epoch" AS DOUBLE)) AT TIME ZONE 'UTC' AS DATE) AS day,
    bitcoin."bitcoin.version"."bitcoin.version.user_agent" AS user_agent,
    count(*) AS connections,
    count(DISTINCT coalesce(ip."ip.src", ipv6."ipv6.src")) AS addresses
FROM messages
WHERE bitcoin."bitcoin.command" = 'version'
GROUP BY ALL
ORDER BY day, connections DESC, user_agent;
