-- CloudTrail, Config, GuardDuty, Security Hub, Macie, Inspector, Access Analyzer, flow logs, log groups, and the alarms on them.
SELECT
  eventtime,
  account,
  region,
  actor,
  eventsource,
  eventname,
  regexp_like(eventname, '^(Stop|Delete|Disable|Disassociate|Deregister|Archive|Remove|PutEventSelectors|PutRetentionPolicy)')
    OR (eventname = 'UpdateDetector' AND LOWER(json_extract_scalar(requestparameters, '$.enable')) = 'false') AS weakens,
  COALESCE(
    json_extract_scalar(requestparameters, '$.name'),
    json_extract_scalar(requestparameters, '$.trailName'),
    json_extract_scalar(requestparameters, '$.detectorId'),
    json_extract_scalar(requestparameters, '$.configurationRecorderName'),
    json_extract_scalar(requestparameters, '$.deliveryChannelName'),
    json_extract_scalar(requestparameters, '$.logGroupName'),
    json_extract_scalar(requestparameters, '$.alarmNames[0]'),
    json_extract_scalar(requestparameters, '$.analyzerName'),
    json_extract_scalar(requestparameters, '$.DeleteFlowLogsRequest.FlowLogId.content')
  ) AS target,
  sourceipaddress,
  errorcode,
  eventid
FROM trail
WHERE NOT is_read
  AND (
    eventsource IN (
      'cloudtrail.amazonaws.com', 'guardduty.amazonaws.com', 'config.amazonaws.com', 'securityhub.amazonaws.com',
      'macie2.amazonaws.com', 'inspector2.amazonaws.com', 'access-analyzer.amazonaws.com', 'detective.amazonaws.com'
    )
    OR (eventsource = 'logs.amazonaws.com' AND regexp_like(eventname, '^(Delete|PutRetentionPolicy|PutSubscriptionFilter|DisassociateKmsKey)'))
    OR (eventsource = 'monitoring.amazonaws.com' AND eventname IN ('DeleteAlarms', 'DisableAlarmActions', 'PutMetricAlarm'))
    OR (eventsource = 'events.amazonaws.com' AND eventname IN ('DeleteRule', 'DisableRule', 'RemoveTargets'))
    OR (eventsource = 'ec2.amazonaws.com' AND eventname IN ('CreateFlowLogs', 'DeleteFlowLogs'))
    OR eventname IN ('DeleteBucketLogging', 'PutBucketLogging')
  )
  AND eventname NOT IN ('LookupEvents', 'PutEvaluations', 'BatchImportFindings', 'StartConfigRulesEvaluation')
ORDER BY eventtime, eventid, account, region, actor, eventsource, eventname, weakens, target,
  sourceipaddress, errorcode
