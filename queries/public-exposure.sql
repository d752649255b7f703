-- A row a way of opening something; the event is listed with the first that applies.
WITH changes AS (
  SELECT
    *,
    CASE
      WHEN eventname IN ('DeletePublicAccessBlock', 'DeleteBucketPublicAccessBlock', 'DeleteAccountPublicAccessBlock')
        THEN 'public access block removed'
      WHEN eventname IN ('PutBucketPublicAccessBlock', 'PutAccountPublicAccessBlock', 'PutPublicAccessBlock')
        AND regexp_like(requestparameters, '(?i)"(BlockPublicAcls|BlockPublicPolicy|IgnorePublicAcls|RestrictPublicBuckets)"\s*:\s*"?false')
        THEN 'public access block weakened'
      WHEN eventname IN ('PutBucketAcl', 'PutObjectAcl', 'CreateBucket')
        AND regexp_like(requestparameters, 'public-read|authenticated-read|global/AllUsers|global/AuthenticatedUsers')
        THEN 'ACL grants to everybody'
      WHEN eventname IN ('PutBucketPolicy', 'PutKeyPolicy', 'SetRepositoryPolicy', 'PutResourcePolicy', 'AddPermission', 'AddPermission20150331v2')
        AND regexp_like(requestparameters, '[Pp]rincipal[\\]*"\s*:\s*([{]\s*[\\]*"AWS[\\]*"\s*:\s*)?[\[]?\s*[\\]*"[*][\\]*"')
        THEN 'policy names everybody'
      WHEN eventname IN ('ModifySnapshotAttribute', 'ModifyImageAttribute', 'ModifyFpgaImageAttribute')
        AND regexp_like(requestparameters, '"add":.*"group":\s*"all"')
        THEN 'shared with everybody'
      WHEN eventname IN ('ModifyDBSnapshotAttribute', 'ModifyDBClusterSnapshotAttribute')
        AND regexp_like(requestparameters, '"valuesToAdd":\s*\[[^\]]*"all"')
        THEN 'shared with everybody'
      WHEN eventname IN ('CreateDBInstance', 'ModifyDBInstance', 'CreateDBInstanceReadReplica', 'CreateCluster', 'ModifyCluster')
        AND LOWER(json_extract_scalar(requestparameters, '$.publiclyAccessible')) = 'true'
        THEN 'database reachable from the internet'
      WHEN eventname LIKE '%FunctionUrlConfig%' AND json_extract_scalar(requestparameters, '$.authType') = 'NONE'
        THEN 'function URL without authentication'
    END AS how
  FROM trail
  WHERE NOT is_read
)
SELECT
  eventtime,
  account,
  region,
  actor,
  eventname,
  COALESCE(
    json_extract_scalar(requestparameters, '$.bucketName'),
    json_extract_scalar(requestparameters, '$.snapshotId'),
    json_extract_scalar(requestparameters, '$.imageId'),
    json_extract_scalar(requestparameters, '$.dBSnapshotIdentifier'),
    json_extract_scalar(requestparameters, '$.dBClusterSnapshotIdentifier'),
    json_extract_scalar(requestparameters, '$.dBInstanceIdentifier'),
    json_extract_scalar(requestparameters, '$.functionName'),
    json_extract_scalar(requestparameters, '$.keyId'),
    json_extract_scalar(requestparameters, '$.repositoryName'),
    element_at(resources, 1).arn
  ) AS target,
  how,
  sourceipaddress,
  errorcode,
  eventid
FROM changes
WHERE how IS NOT NULL
ORDER BY eventtime, eventid, account, region, actor, eventname, target, how, sourceipaddress, errorcode
