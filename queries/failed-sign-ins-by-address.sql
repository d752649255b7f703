-- Failures by address, beside who got in from there after the first of them.
WITH attempts AS (
  SELECT
    eventtime,
    sourceipaddress,
    actor,
    COALESCE(json_extract_scalar(responseelements, '$.ConsoleLogin'), 'Failure') AS outcome
  FROM trail
  WHERE eventname = 'ConsoleLogin'
),
failed AS (
  SELECT
    sourceipaddress,
    COUNT(*) AS failures,
    COUNT(DISTINCT actor) AS users,
    array_join(array_agg(DISTINCT actor ORDER BY actor), ', ') AS names,
    MIN(eventtime) AS first_seen,
    MAX(eventtime) AS last_seen
  FROM attempts
  WHERE outcome = 'Failure'
  GROUP BY sourceipaddress
),
entered AS (
  SELECT failed.sourceipaddress, array_join(array_agg(DISTINCT attempts.actor ORDER BY attempts.actor), ', ') AS names
  FROM failed
  JOIN attempts ON attempts.sourceipaddress = failed.sourceipaddress
  WHERE attempts.outcome = 'Success' AND attempts.eventtime >= failed.first_seen
  GROUP BY failed.sourceipaddress
)
SELECT
  failed.sourceipaddress,
  failed.failures,
  failed.users,
  failed.names,
  failed.first_seen,
  failed.last_seen,
  entered.names AS got_in_after
FROM failed
LEFT JOIN entered ON entered.sourceipaddress = failed.sourceipaddress
ORDER BY failed.failures DESC, failed.sourceipaddress
