SELECT
  COALESCE(element_at(resources, 1).arn, json_extract_scalar(requestparameters, '$.keyId'), 'not named') AS key_id,
  principal,
  useridentity.invokedby AS through,
  COUNT(*) FILTER (WHERE errorcode IS NULL AND regexp_like(eventname, '^(Encrypt|GenerateDataKey|ReEncrypt|GenerateMac|Sign)')) AS encrypts,
  COUNT(*) FILTER (WHERE errorcode IS NULL AND eventname IN ('Decrypt', 'Verify', 'VerifyMac')) AS decrypts,
  COUNT(*) FILTER (WHERE (errorcode LIKE '%AccessDenied%' OR errorcode LIKE '%Unauthorized%' OR errorcode = 'AuthFailure')) AS denied,
  MIN(eventtime) AS first_seen,
  MAX(eventtime) AS last_seen
FROM trail
WHERE eventsource = 'kms.amazonaws.com'
  AND regexp_like(eventname, '^(Encrypt|Decrypt|ReEncrypt|GenerateDataKey|GenerateMac|Sign|Verify)')
GROUP BY 1, 2, 3
ORDER BY decrypts DESC, encrypts DESC, key_id, principal, through
