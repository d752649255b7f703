import deliveries from '../../schemas/tables/deliveries.json' with { type: 'json' };
import findings from '../../schemas/tables/findings.json' with { type: 'json' };
import hostAuth from '../../schemas/tables/host_auth.json' with { type: 'json' };
import { attribute, kept, policy, ref, sub, tlsOnly, type Part } from '../cloudformation.ts';
import { archiveBucketName, hasHostLogs, type Stage } from '../stage.ts';
import { closedBucket } from './closed-bucket.ts';

/** archiveBucket gives the bucket of what the stage writes: findings, host logs, the columnar copy, evidence, results of queries. */
export function archiveBucket(stage: Stage): Part {
  return {
    Resources: {
      // Findings are evidence: they outlive the stack.
      ArchiveBucket: kept('AWS::S3::Bucket', {
        ...closedBucket(sub(archiveBucketName(stage.prefix))),
        LoggingConfiguration: { DestinationBucketName: ref('AccessLogBucket'), LogFilePrefix: 'archive/' },
        LifecycleConfiguration: { Rules: lifecycle(stage) },
      }),
      ArchiveBucketPolicy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          Bucket: ref('ArchiveBucket'),
          PolicyDocument: policy([tlsOnly('s3:*', [attribute('ArchiveBucket'), sub('${ArchiveBucket.Arn}/*')])]),
        },
      },
    },
  };
}

/** The folder of the columnar copy, as src/archive/copy names it. */
const copyFolder = 'cloudtrail_columnar';

/**
 * Results are kept for days, evidence for as long as the stage says, colder with age but always so that Athena can read it. The files
 * of the columnar copy belong to a table that knows each of them: the function that fills it removes them, never their age.
 */
function lifecycle(stage: Stage): readonly object[] {
  const { queryResultDays, archiveDays } = stage.params;
  return [
    {
      Id: 'results',
      Status: 'Enabled',
      Prefix: 'results/',
      ExpirationInDays: queryResultDays,
      NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    },
    evidence(findings.folder, stage, archiveDays),
    evidence(deliveries.folder, stage, archiveDays),
    ...(hasHostLogs(stage) ? [evidence(hostAuth.folder, stage, archiveDays)] : []),
    evidence(copyFolder, stage),
    {
      Id: 'leftovers',
      Status: 'Enabled',
      // A deleted or overwritten object can be restored for a month.
      NoncurrentVersionExpiration: { NoncurrentDays: 30 },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 },
    },
    // Delete markers, once no version is left below them.
    { Id: 'markers', Status: 'Enabled', ExpiredObjectDeleteMarker: true },
  ];
}

function evidence(folder: string, { params }: Stage, expiration?: number): object {
  const transitions = [
    { StorageClass: 'STANDARD_IA', TransitionInDays: params.archiveColdAfterDays },
    { StorageClass: 'GLACIER_IR', TransitionInDays: params.archiveFrozenAfterDays },
  ]
    // S3 refuses to move what it deletes before.
    .filter(({ TransitionInDays: days }) => days !== undefined && (expiration === undefined || days < expiration));
  return {
    Id: folder,
    Status: 'Enabled',
    Prefix: `${folder}/`,
    ...(transitions.length > 0 && { Transitions: transitions }),
    ...(expiration !== undefined && { ExpirationInDays: expiration }),
  };
}
