-- All events of a key: when it was created, used, deleted.
WITH signs AS (
  SELECT access_key, principal AS owner, eventtime, 'used' AS sign
  FROM trail
  WHERE access_key LIKE 'AKIA%'
  UNION ALL
  SELECT
    COALESCE(
      json_extract_scalar(responseelements, '$.accessKey.accessKeyId'),
      json_extract_scalar(requestparameters, '$.accessKeyId')
    ),
    COALESCE(
      json_extract_scalar(responseelements, '$.accessKey.userName'),
      json_extract_scalar(requestparameters, '$.userName'),
      actor
    ),
    eventtime,
    CASE eventname WHEN 'CreateAccessKey' THEN 'created' ELSE 'deleted' END
  FROM trail
  WHERE eventsource = 'iam.amazonaws.com'
    AND eventname IN ('CreateAccessKey', 'DeleteAccessKey')
    AND errorcode IS NULL
),
keys AS (
  SELECT
    access_key,
    -- The user's name when it is known, else the ARN that the calls carry.
    COALESCE(MAX(owner) FILTER (WHERE sign <> 'used'), MAX(owner)) AS owner,
    MIN(eventtime) FILTER (WHERE sign = 'created') AS created,
    MAX(eventtime) FILTER (WHERE sign = 'used') AS last_used,
    COUNT(*) FILTER (WHERE sign = 'deleted') AS deleted
  FROM signs
  WHERE access_key IS NOT NULL
  GROUP BY access_key
),
ends AS (
  SELECT LEAST(MAX(eventtime), :to) AS ended FROM trail
)
SELECT
  keys.access_key,
  keys.owner,
  keys.created,
  keys.last_used,
  date_diff(
    'day',
    from_iso8601_timestamp(COALESCE(keys.last_used, keys.created)),
    from_iso8601_timestamp(ends.ended)
  ) AS idle_days
FROM keys
CROSS JOIN ends
WHERE keys.deleted = 0
  AND date_diff(
    'day',
    from_iso8601_timestamp(COALESCE(keys.last_used, keys.created)),
    from_iso8601_timestamp(ends.ended)
  ) >= :days
ORDER BY idle_days DESC, keys.access_key
