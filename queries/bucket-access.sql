-- A number of bytes beyond the size of any object is not one that S3 counted.
WITH accesses AS (
  SELECT
    trail.*,
    TRY_CAST(json_extract_scalar(additionaleventdata, '$.bytesTransferredOut') AS DOUBLE) AS bytes_sent
  FROM trail
)
SELECT
  json_extract_scalar(requestparameters, '$.bucketName') AS bucket,
  actor,
  actor_type AS actor_kind,
  eventname,
  COUNT(*) AS calls,
  COUNT(DISTINCT json_extract_scalar(requestparameters, '$.key')) AS objects,
  TRY_CAST(COALESCE(SUM(CASE WHEN bytes_sent BETWEEN 0 AND 1e15 THEN bytes_sent END), 0) AS BIGINT) AS bytes_out,
  COUNT(*) FILTER (WHERE (errorcode LIKE '%AccessDenied%' OR errorcode LIKE '%Unauthorized%' OR errorcode = 'AuthFailure')) AS denied,
  COUNT(DISTINCT sourceipaddress) AS addresses,
  MIN(eventtime) AS first_seen,
  MAX(eventtime) AS last_seen
FROM accesses
WHERE eventsource = 's3.amazonaws.com'
  AND eventcategory = 'Data'
  AND (:bucket = '*' OR json_extract_scalar(requestparameters, '$.bucketName') = :bucket)
GROUP BY 1, 2, 3, 4
ORDER BY calls DESC, bucket, actor, eventname
