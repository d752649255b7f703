-- CloudTrail's events of the period, with what nearly every question needs: who it was, by which name and which identity, and how it ended.
-- The first three conditions choose partitions (a file may lie on the day after its events), the next two are exact.
SELECT
  eventid,
  happened AS eventtime,
  substr(happened, 1, 10) AS eventday,
  account,
  awsregion AS region,
  eventsource,
  eventname,
  eventtype,
  useridentity,
  -- The name people know: root, a user, role/session, a service.
  COALESCE(
    CASE useridentity.type
      WHEN 'Root' THEN 'root'
      WHEN 'IAMUser' THEN useridentity.username
      WHEN 'AssumedRole' THEN NULLIF(regexp_extract(useridentity.arn, ':assumed-role/(.+)$', 1), '')
      WHEN 'FederatedUser' THEN NULLIF(regexp_extract(useridentity.arn, ':federated-user/(.+)$', 1), '')
      WHEN 'AWSService' THEN useridentity.invokedby
      WHEN 'IdentityCenterUser' THEN useridentity.onbehalfof.userid
    END,
    useridentity.username,
    useridentity.invokedby,
    useridentity.arn,
    -- An anonymous caller has an empty principal, and the account `anonymous`.
    NULLIF(useridentity.principalid, ''),
    useridentity.accountid,
    'unknown'
  ) AS actor,
  -- The identity that permissions hang on: sessions of one role are one principal.
  COALESCE(
    useridentity.sessioncontext.sessionissuer.arn,
    useridentity.arn,
    useridentity.invokedby,
    NULLIF(useridentity.principalid, ''),
    useridentity.accountid,
    'unknown'
  ) AS principal,
  COALESCE(useridentity.type, 'Unknown') AS actor_type,
  useridentity.accountid AS actor_account,
  NULLIF(useridentity.accesskeyid, '') AS access_key,
  COALESCE(sessioncredentialfromconsole = 'true', FALSE) AS from_console,
  sourceipaddress,
  useragent,
  errorcode,
  errormessage,
  COALESCE(readonly = 'true', FALSE) AS is_read,
  requestparameters,
  responseelements,
  additionaleventdata,
  serviceeventdetails,
  resources,
  sharedeventid,
  tlsdetails,
  COALESCE(eventcategory, 'Management') AS eventcategory
FROM (
  SELECT
    cloudtrail.*,
    -- A time that is not in the calendar must not fail the query: a leap second is the second before, any other the start of its day.
    CASE
      WHEN TRY(from_iso8601_timestamp(eventtime)) IS NOT NULL THEN eventtime
      WHEN substr(eventtime, 17) = ':60Z' THEN substr(eventtime, 1, 17) || '59Z'
      ELSE replace(day, '/', '-') || 'T00:00:00Z'
    END AS happened
  FROM cloudtrail
  WHERE day BETWEEN :from_day AND :to_day
    AND (:account = '*' OR account = :account)
    AND (:region = '*' OR region = :region)
    AND eventtime >= :from
    AND eventtime < :to
    AND COALESCE(eventcategory, 'Management') <> 'Insight'
) AS events
