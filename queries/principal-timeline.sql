-- Names are compared without regard to case, as IAM does.
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
WHERE LOWER(:principal) IN (
    LOWER(actor), LOWER(principal), LOWER(useridentity.arn), LOWER(useridentity.username),
    -- A role's name covers all its sessions.
    LOWER(useridentity.sessioncontext.sessionissuer.username)
  )
ORDER BY eventtime, eventid, account, region, actor, eventsource, eventname, target, sourceipaddress,
  access_key, errorcode
