-- Calls that a service makes carry its name in place of an address and are not seen here.
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
WHERE sourceipaddress = :address
ORDER BY eventtime, eventid, account, region, actor, eventsource, eventname, target, sourceipaddress,
  access_key, errorcode
