-- A role session named like an email address belongs to a federated user.
WITH local_times AS (
  SELECT *, at_timezone(from_iso8601_timestamp(eventtime), :timezone) AS local_at
  FROM trail
  WHERE NOT is_read
    AND eventcategory <> 'Data'
    AND useridentity.invokedby IS NULL
    AND (actor_type IN ('IAMUser', 'Root', 'SAMLUser', 'IdentityCenterUser') OR (actor_type = 'AssumedRole' AND strpos(actor, '@') > 0))
)
SELECT
  eventtime,
  substr('MonTueWedThuFriSatSun', 3 * day_of_week(local_at) - 2, 3) || ' ' || CAST(hour(local_at) AS VARCHAR) || 'h' AS local_time,
  account,
  region,
  actor,
  eventsource,
  eventname,
  sourceipaddress,
  errorcode,
  eventid
FROM local_times
WHERE day_of_week(local_at) > 5
  OR hour(local_at) < :begins
  OR hour(local_at) >= :ends
ORDER BY eventtime, eventid, local_time, account, region, actor, eventsource, eventname, sourceipaddress,
  errorcode
