-- Everything whose name says that something goes away for good; management events only.
SELECT
  eventtime,
  account,
  region,
  actor,
  eventsource,
  eventname,
  COALESCE(
    element_at(resources, 1).arn,
    json_extract_scalar(requestparameters, '$.bucketName'),
    json_extract_scalar(requestparameters, '$.userName'),
    json_extract_scalar(requestparameters, '$.roleName'),
    json_extract_scalar(requestparameters, '$.policyArn'),
    json_extract_scalar(requestparameters, '$.groupId'),
    json_extract_scalar(requestparameters, '$.instancesSet.items[0].instanceId'),
    json_extract_scalar(requestparameters, '$.snapshotId'),
    json_extract_scalar(requestparameters, '$.volumeId'),
    json_extract_scalar(requestparameters, '$.tableName'),
    json_extract_scalar(requestparameters, '$.dBInstanceIdentifier'),
    json_extract_scalar(requestparameters, '$.functionName'),
    json_extract_scalar(requestparameters, '$.logGroupName'),
    json_extract_scalar(requestparameters, '$.keyId'),
    json_extract_scalar(requestparameters, '$.secretId'),
    json_extract_scalar(requestparameters, '$.detectorId'),
    json_extract_scalar(requestparameters, '$.stackName'),
    json_extract_scalar(requestparameters, '$.name')
  ) AS target,
  sourceipaddress,
  errorcode,
  eventid
FROM trail
WHERE NOT is_read
  AND eventcategory <> 'Data'
  AND regexp_like(eventname, '^(Delete|Terminate|Purge|Destroy|ScheduleKeyDeletion|Deregister|BatchDelete)')
ORDER BY eventtime, eventid, account, region, actor, eventsource, eventname, target, sourceipaddress,
  errorcode
