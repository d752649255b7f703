-- What the key signed, and what was signed with keys that STS returned to it.
SELECT
  eventtime,
  account,
  region,
  actor,
  eventsource,
  eventname,
  target,
  sourceipaddress,
  access_key,
  errorcode,
  eventid
FROM timeline
WHERE access_key = :key
  OR access_key IN (
    SELECT json_extract_scalar(responseelements, '$.credentials.accessKeyId')
    FROM trail
    WHERE access_key = :key AND eventsource = 'sts.amazonaws.com'
  )
ORDER BY eventtime, eventid, account, region, actor, eventsource, eventname, target, sourceipaddress,
  access_key, errorcode
