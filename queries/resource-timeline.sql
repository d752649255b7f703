-- A resource is named in parameters, in the answer, or in the list of resources: each service has its own way.
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
    json_extract_scalar(requestparameters, '$.roleArn'),
    json_extract_scalar(requestparameters, '$.userName'),
    json_extract_scalar(requestparameters, '$.roleName'),
    json_extract_scalar(requestparameters, '$.groupName'),
    json_extract_scalar(requestparameters, '$.policyArn'),
    json_extract_scalar(requestparameters, '$.secretId'),
    json_extract_scalar(requestparameters, '$.keyId'),
    json_extract_scalar(requestparameters, '$.name'),
    json_extract_scalar(requestparameters, '$.functionName'),
    json_extract_scalar(requestparameters, '$.groupId'),
    json_extract_scalar(requestparameters, '$.instanceId'),
    json_extract_scalar(requestparameters, '$.instancesSet.items[0].instanceId'),
    json_extract_scalar(requestparameters, '$.snapshotId'),
    json_extract_scalar(requestparameters, '$.tableName'),
    json_extract_scalar(requestparameters, '$.logGroupName'),
    json_extract_scalar(requestparameters, '$.dBInstanceIdentifier')
  ) AS target,
  sourceipaddress,
  access_key,
  errorcode,
  eventid
FROM trail
WHERE LENGTH(:resource) >= 3
  AND (
    strpos(LOWER(requestparameters), LOWER(:resource)) > 0
    OR strpos(LOWER(responseelements), LOWER(:resource)) > 0
    OR strpos(LOWER(json_format(CAST(resources AS JSON))), LOWER(:resource)) > 0
  )
ORDER BY eventtime, eventid
