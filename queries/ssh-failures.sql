WITH attempts AS (
  SELECT src_ip, hostname, username, time, outcome, COALESCE(invalid_user = 'true', FALSE) AS is_unknown
  FROM host_events
  WHERE program LIKE 'sshd%'
    AND activity = 'authentication'
    AND src_ip IS NOT NULL
),
failed AS (
  SELECT
    src_ip,
    hostname,
    COUNT(*) AS failures,
    COUNT(DISTINCT username) AS users,
    COUNT(*) FILTER (WHERE is_unknown) AS unknown_users,
    MIN(time) AS first_seen,
    MAX(time) AS last_seen
  FROM attempts
  WHERE outcome = 'failure'
  GROUP BY src_ip, hostname
),
entered AS (
  SELECT failed.src_ip, failed.hostname, array_join(array_agg(DISTINCT attempts.username ORDER BY attempts.username), ', ') AS names
  FROM failed
  JOIN attempts ON attempts.src_ip = failed.src_ip AND attempts.hostname = failed.hostname
  WHERE attempts.outcome = 'success' AND attempts.time >= failed.first_seen
  GROUP BY failed.src_ip, failed.hostname
)
SELECT
  failed.src_ip,
  failed.hostname,
  failed.failures,
  failed.users,
  failed.unknown_users,
  failed.first_seen,
  failed.last_seen,
  entered.names AS got_in_after
FROM failed
LEFT JOIN entered ON entered.src_ip = failed.src_ip AND entered.hostname = failed.hostname
ORDER BY failed.failures DESC, failed.src_ip, failed.hostname
