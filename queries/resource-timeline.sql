-- A resource is named in parameters, in the answer, or in the list of resources: each service has its own way.
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
WHERE LENGTH(:resource) >= 3
  AND (
    strpos(LOWER(requestparameters), LOWER(:resource)) > 0
    OR strpos(LOWER(responseelements), LOWER(:resource)) > 0
    OR strpos(LOWER(json_format(CAST(resources AS JSON))), LOWER(:resource)) > 0
  )
ORDER BY eventtime, eventid, account, region, actor, eventsource, eventname, target, sourceipaddress,
  access_key, errorcode
