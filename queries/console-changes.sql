-- The console is known by the flag that CloudTrail sets, and by the agents that it uses.
WITH changes AS (
  SELECT
    principal,
    account,
    replace(eventsource, '.amazonaws.com', '') AS service,
    eventtime,
    from_console
      OR COALESCE(regexp_like(useragent, '^(console|signin)[.]amazonaws[.]com|^Mozilla/|S3Console|AWS-Console|aws-internal/.*console'), FALSE)
      AS by_hand
  FROM trail
  WHERE NOT is_read
    AND eventcategory <> 'Data'
    AND errorcode IS NULL
    AND useridentity.invokedby IS NULL
    AND actor_type <> 'AWSService'
    AND eventsource <> 'signin.amazonaws.com'
    AND eventsource <> 'sts.amazonaws.com'
    AND eventtype <> 'AwsServiceEvent'
)
SELECT
  principal,
  account,
  COUNT(*) FILTER (WHERE by_hand) AS by_hand,
  COUNT(*) FILTER (WHERE NOT by_hand) AS by_api,
  ROUND(100.0 * COUNT(*) FILTER (WHERE by_hand) / CAST(COUNT(*) AS DOUBLE), 1) AS by_hand_percent,
  array_join(array_agg(DISTINCT service ORDER BY service) FILTER (WHERE by_hand), ', ') AS services,
  MIN(eventtime) FILTER (WHERE by_hand) AS first_seen,
  MAX(eventtime) FILTER (WHERE by_hand) AS last_seen
FROM changes
GROUP BY principal, account
HAVING COUNT(*) FILTER (WHERE by_hand) > 0
ORDER BY by_hand DESC, principal, account
