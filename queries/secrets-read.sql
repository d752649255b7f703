-- A batch names several; it is listed under their list.
SELECT
  actor,
  account,
  COALESCE(
    json_extract_scalar(requestparameters, '$.secretId'),
    json_format(json_extract(requestparameters, '$.secretIdList')),
    json_extract_scalar(requestparameters, '$.name'),
    json_extract_scalar(requestparameters, '$.path'),
    json_format(json_extract(requestparameters, '$.names')),
    'not named'
  ) AS secret,
  COUNT(*) FILTER (WHERE errorcode IS NULL) AS reads,
  COUNT(*) FILTER (WHERE (errorcode LIKE '%AccessDenied%' OR errorcode LIKE '%Unauthorized%' OR errorcode = 'AuthFailure')) AS denied,
  array_join(array_agg(DISTINCT sourceipaddress ORDER BY sourceipaddress), ', ') AS addresses,
  MIN(eventtime) AS first_seen,
  MAX(eventtime) AS last_seen
FROM trail
WHERE (eventsource = 'secretsmanager.amazonaws.com' AND eventname IN ('GetSecretValue', 'BatchGetSecretValue'))
  OR (
    eventsource = 'ssm.amazonaws.com'
    AND eventname IN ('GetParameter', 'GetParameters', 'GetParametersByPath', 'GetParameterHistory')
    AND LOWER(json_extract_scalar(requestparameters, '$.withDecryption')) = 'true'
  )
GROUP BY 1, 2, 3
ORDER BY reads DESC, denied DESC, actor, secret, account
