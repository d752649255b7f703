-- A call without a userName is about the caller's own key.
SELECT
  eventtime,
  account,
  actor,
  eventname,
  COALESCE(
    json_extract_scalar(responseelements, '$.accessKey.userName'),
    json_extract_scalar(requestparameters, '$.userName'),
    actor
  ) AS owner,
  COALESCE(
    json_extract_scalar(responseelements, '$.accessKey.userName'),
    json_extract_scalar(requestparameters, '$.userName'),
    actor
  ) <> actor AS for_another,
  COALESCE(
    json_extract_scalar(responseelements, '$.accessKey.accessKeyId'),
    json_extract_scalar(requestparameters, '$.accessKeyId')
  ) AS key_id,
  CASE
    WHEN errorcode IS NOT NULL THEN NULL
    WHEN eventname = 'DeleteAccessKey' THEN 'Deleted'
    ELSE COALESCE(
      json_extract_scalar(responseelements, '$.accessKey.status'),
      json_extract_scalar(requestparameters, '$.status')
    )
  END AS status,
  sourceipaddress,
  errorcode,
  eventid
FROM trail
WHERE eventsource = 'iam.amazonaws.com'
  AND eventname IN ('CreateAccessKey', 'UpdateAccessKey', 'DeleteAccessKey')
ORDER BY eventtime, eventid, account, actor, eventname, owner, for_another, key_id, status, sourceipaddress,
  errorcode
