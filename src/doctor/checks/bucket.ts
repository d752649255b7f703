import type { Check } from '../check.ts';
import { broken, command, ok, unknown, warning } from '../result.ts';
import { bucketPolicyPage, trailBucketOf } from './trail.ts';

export const bucketPolicy: Check = {
  name: 'bucket-policy',
  async run(patient) {
    const bucket = trailBucketOf(patient);
    if (bucket === undefined) return [];
    const text = await patient.account.bucketPolicy(bucket);
    if (text === undefined)
      return [broken(`${bucket} has no bucket policy, so CloudTrail cannot write to it`, bucketPolicyPage)];
    const statements = statementsOf(text);
    if (statements === undefined) return [unknown(`the policy of ${bucket} cannot be read`)];
    const missing = ['s3:GetBucketAcl', 's3:PutObject'].filter(
      (action) => !statements.some((statement) => allowsCloudTrail(statement, action)),
    );
    if (missing.length === 0) return [ok(`${bucket} allows CloudTrail to write`)];
    return [broken(`${bucket} does not allow ${missing.join(' and ')} for cloudtrail.amazonaws.com`, bucketPolicyPage)];
  },
};

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
}

function statementsOf(text: string): readonly Statement[] | undefined {
  try {
    const { Statement: found = [] } = JSON.parse(text) as { readonly Statement?: Statement | readonly Statement[] };
    return [found].flat();
  } catch {
    return undefined;
  }
}

function allowsCloudTrail({ Effect, Principal, Action }: Statement, wanted: string): boolean {
  if (Effect !== 'Allow') return false;
  const services = [(Principal as { readonly Service?: unknown } | undefined)?.Service ?? []].flat();
  if (!services.includes('cloudtrail.amazonaws.com')) return false;
  const [service, call = ''] = wanted.toLowerCase().split(':');
  return [Action].flat().some((action) => {
    const [own, pattern] = String(action).toLowerCase().split(':');
    if (own === '*') return true;
    return (
      own === service &&
      (pattern === call || (pattern?.endsWith('*') === true && call.startsWith(pattern.slice(0, -1))))
    );
  });
}

export const bucketEvents: Check = {
  name: 'bucket-events',
  async run(patient) {
    const bucket = trailBucketOf(patient);
    if (bucket === undefined) return [];
    if (await patient.account.bucketNotifiesEventBridge(bucket))
      return [ok(`${bucket} sends notifications of new files to EventBridge`)];
    // The call replaces all notifications of the bucket, so the present ones must be included.
    return [
      broken(
        `${bucket} does not send notifications of new files to EventBridge, so the stage reads none of them`,
        `${command('aws', 's3api', 'get-bucket-notification-configuration', '--bucket', bucket)}   # include these in the next command:
${command('aws', 's3api', 'put-bucket-notification-configuration', '--bucket', bucket, '--notification-configuration', '{"EventBridgeConfiguration":{}}')}`,
      ),
    ];
  },
};

export const bucketPublic: Check = {
  name: 'bucket-public',
  async run(patient) {
    const bucket = trailBucketOf(patient);
    if (bucket === undefined) return [];
    const { publicPolicy, blocked } = await patient.account.bucketExposure(bucket);
    const mend = command(
      'aws',
      's3api',
      'put-public-access-block',
      '--bucket',
      bucket,
      '--public-access-block-configuration',
      'BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true',
    );
    if (publicPolicy && !blocked) return [broken(`${bucket} is public through its bucket policy`, mend)];
    if (!blocked) return [warning(`${bucket} does not block public access`, mend)];
    return [ok(`${bucket} blocks public access`)];
  },
};
