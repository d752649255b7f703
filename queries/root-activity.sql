-- What the root user did itself. AwsServiceEvents and calls by services on behalf of root are left out.
SELECT
  eventtime,
  account,
  region,
  eventsource,
  eventname,
  COALESCE(
    LOWER(json_extract_scalar(additionaleventdata, '$.MFAUsed')),
    CASE useridentity.sessioncontext.attributes.mfaauthenticated WHEN 'true' THEN 'yes' WHEN 'false' THEN 'no' END
  ) AS mfa,
  sourceipaddress,
  useragent,
  COALESCE(
    errorcode,
    CASE json_extract_scalar(responseelements, '$.ConsoleLogin') WHEN 'Failure' THEN COALESCE(errormessage, 'Failure') END
  ) AS errorcode,
  eventid
FROM trail
WHERE actor_type = 'Root'
  AND useridentity.invokedby IS NULL
  AND eventtype <> 'AwsServiceEvent'
ORDER BY eventtime, eventid, account, region, eventsource, eventname, mfa, sourceipaddress, useragent,
  errorcode
