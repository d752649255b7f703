import type { Trail } from '../account.ts';
import type { Check, Patient } from '../check.ts';
import { broken, command, ok, warning } from '../result.ts';
import type { Result } from '../result.ts';
import { deployCommand, settingOf } from '../stage.ts';
import { dayMs } from '../../time/days.ts';

/** CloudTrail writes about every five minutes, when there is something to write. */
const staleMs = dayMs;

/** trailBucketOf is the bucket whose files a stage reads. */
export function trailBucketOf({ stage }: Pick<Patient, 'stage'>): string | undefined {
  return settingOf(stage, 'TRAILWATCH_TRAIL_BUCKET');
}

export const trail: Check = {
  name: 'trail',
  async run(patient) {
    const { account, stage } = patient;
    const bucket = trailBucketOf(patient);
    const all = await account.trails();
    if (bucket === undefined) {
      const [found] = all;
      return [
        warning(
          'the stage has no trail bucket: it misses events that only trail files contain, and has no reports',
          deployCommand(stage, `trailBucket=${found?.bucket ?? 'my-trail-bucket'}`),
        ),
      ];
    }
    const here = all.filter((one) => one.bucket === bucket);
    if (here.length > 0) return here.flatMap((one) => settingsOf(one));
    const elsewhere = all.map((one) => `${one.name} writes to ${one.bucket}`).join('; ');
    return [
      broken(
        `no trail of this account writes to ${bucket}, the bucket that the stage reads${elsewhere === '' ? '; the account has no trail' : `; ${elsewhere}`}`,
        all[0] === undefined
          ? command(
              'aws',
              'cloudtrail',
              'create-trail',
              '--name',
              'trail',
              '--s3-bucket-name',
              bucket,
              '--is-multi-region-trail',
              '--enable-log-file-validation',
              '--region',
              stage.region,
            )
          : deployCommand(stage, `trailBucket=${all[0].bucket}`),
      ),
    ];
  },
};

function settingsOf({ name, arn, homeRegion, bucket, validated, multiRegion, globalEvents }: Trail): readonly Result[] {
  const update = (flag: string): string =>
    command('aws', 'cloudtrail', 'update-trail', '--name', arn, flag, '--region', homeRegion);
  return [
    ok(`trail ${name} writes to ${bucket}`),
    validated
      ? ok(`trail ${name}: log file validation is on`)
      : broken(
          `trail ${name}: log file validation is off, so its files cannot be verified`,
          update('--enable-log-file-validation'),
        ),
    multiRegion
      ? ok(`trail ${name} covers all regions`)
      : warning(
          `trail ${name} covers ${homeRegion} only: events of other regions are not recorded`,
          update('--is-multi-region-trail'),
        ),
    ...(globalEvents
      ? []
      : [
          warning(
            `trail ${name} does not record global services such as IAM`,
            update('--include-global-service-events'),
          ),
        ]),
  ];
}

export const logging: Check = {
  name: 'logging',
  withoutStage: true,
  async run(patient) {
    const bucket = trailBucketOf(patient);
    const all = await patient.account.trails();
    const watched = all.filter((one) => bucket === undefined || one.bucket === bucket);
    const looked = await Promise.all(watched.map((one) => loggingOf(one, patient)));
    return looked.flat();
  },
};

async function loggingOf(
  { name, arn, homeRegion, bucket }: Trail,
  { account, now }: Patient,
): Promise<readonly Result[]> {
  const [status, management] = await Promise.all([account.trailStatus(arn), account.trailSelects(arn)]);
  const selectors = command(
    'aws',
    'cloudtrail',
    'put-event-selectors',
    '--trail-name',
    arn,
    '--event-selectors',
    '[{"ReadWriteType":"All","IncludeManagementEvents":true}]',
    '--region',
    homeRegion,
  );
  const last = status.lastDelivery;
  return [
    status.logging
      ? ok(`trail ${name} is logging`)
      : broken(
          `trail ${name} is not logging`,
          command('aws', 'cloudtrail', 'start-logging', '--name', arn, '--region', homeRegion),
        ),
    ...(status.deliveryError === undefined
      ? []
      : [broken(`trail ${name} could not write to ${bucket}: ${status.deliveryError}`, bucketPolicyPage)]),
    ...(status.digestError === undefined
      ? []
      : [broken(`trail ${name} could not write its digests to ${bucket}: ${status.digestError}`, bucketPolicyPage)]),
    ...(status.logging && last !== undefined && now.getTime() - last.getTime() > staleMs
      ? [
          warning(
            `trail ${name} last delivered a file at ${last.toISOString().slice(0, 16).replace('T', ' ')} UTC, more than a day ago`,
            command('aws', 'cloudtrail', 'get-trail-status', '--name', arn, '--region', homeRegion),
          ),
        ]
      : []),
    management.writes
      ? management.reads
        ? ok(`trail ${name} records management events, reads and writes`)
        : warning(`trail ${name} records no read-only management events: reconnaissance is not detected`, selectors)
      : broken(`trail ${name} records no write management events`, selectors),
  ];
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html */
export const bucketPolicyPage =
  'give the bucket the policy described in https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html';
