SELECT
  json_extract_scalar(requestparameters, '$.bucketName') AS bucket,
  actor,
  actor_type AS actor_kind,
  eventname,
  COUNT(*) AS calls,
  COUNT(DISTINCT json_extract_scalar(requestparameters, '$.key')) AS objects,
  CAST(COALESCE(SUM(TRY_CAST(json_extract_scalar(additionaleventdata, '$.bytesTransferredOut') AS DOUBLE)), 0) AS BIGINT) AS bytes_out,
  COUNT(*) FILTER (WHERE (errorcode LIKE '%AccessDenied%' OR errorcode LIKE '%Unauthorized%' OR errorcode = 'AuthFailure')) AS denied,
  COUNT(DISTINCT sourceipaddress) AS addresses,
  MIN(eventtime) AS first_seen,
  MAX(eventtime) AS last_seen
FROM trail
WHERE eventsource = 's3.amazonaws.com'
  AND eventcategory = 'Data'
  AND (:bucket = '*' OR json_extract_scalar(requestparameters, '$.bucketName') = :bucket)
GROUP BY 1, 2, 3, 4
ORDER BY calls DESC, bucket, actor, eventname
