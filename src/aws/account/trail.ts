import {
  CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Account, ManagementEvents } from '../../doctor/account.ts';
import { orNothing, type Ask } from './ask.ts';
import type { ClientOptions } from './client-options.ts';

export function trailOf(
  options: ClientOptions,
  ask: Ask,
): Pick<
  Account,
  'trails' | 'trailStatus' | 'trailSelects' | 'bucketPolicy' | 'bucketNotifiesEventBridge' | 'bucketExposure'
> {
  // A trail answers in its home region alone, which may be another one.
  const regions = new Map<string, CloudTrailClient>();
  const at = (region: string): CloudTrailClient => {
    const known = regions.get(region) ?? new CloudTrailClient({ ...options, region });
    regions.set(region, known);
    return known;
  };
  const homeOf = (arn: string): CloudTrailClient => at(arn.split(':')[3] || options.region);
  const s3 = new S3Client({ ...options, followRegionRedirects: true });

  return {
    async trails() {
      const { trailList = [] } = await ask('cloudtrail:DescribeTrails', (signal) =>
        at(options.region).send(new DescribeTrailsCommand({ includeShadowTrails: true }), signal),
      );
      return trailList.map((one) => ({
        name: one.Name ?? '',
        arn: one.TrailARN ?? '',
        homeRegion: one.HomeRegion ?? options.region,
        bucket: one.S3BucketName ?? '',
        validated: one.LogFileValidationEnabled === true,
        multiRegion: one.IsMultiRegionTrail === true,
        globalEvents: one.IncludeGlobalServiceEvents !== false,
        organization: one.IsOrganizationTrail === true,
      }));
    },
    async trailStatus(arn) {
      const status = await ask('cloudtrail:GetTrailStatus', (signal) =>
        homeOf(arn).send(new GetTrailStatusCommand({ Name: arn }), signal),
      );
      return {
        logging: status.IsLogging === true,
        lastDelivery: status.LatestDeliveryTime,
        deliveryError: status.LatestDeliveryError || undefined,
        digestError: status.LatestDigestDeliveryError || undefined,
      };
    },
    async trailSelects(arn) {
      const { EventSelectors = [], AdvancedEventSelectors = [] } = await ask('cloudtrail:GetEventSelectors', (signal) =>
        homeOf(arn).send(new GetEventSelectorsCommand({ TrailName: arn }), signal),
      );
      return EventSelectors.reduce<ManagementEvents>((all, { IncludeManagementEvents, ReadWriteType }) => {
        const taken = IncludeManagementEvents === true;
        return {
          reads: all.reads || (taken && ReadWriteType !== 'WriteOnly'),
          writes: all.writes || (taken && ReadWriteType !== 'ReadOnly'),
        };
      }, advanced(AdvancedEventSelectors));
    },
    async bucketPolicy(bucket) {
      const asked = ask('s3:GetBucketPolicy', (signal) =>
        s3.send(new GetBucketPolicyCommand({ Bucket: bucket }), signal),
      );
      return (await orNothing(asked, 'NoSuchBucketPolicy'))?.Policy;
    },
    async bucketNotifiesEventBridge(bucket) {
      const { EventBridgeConfiguration } = await ask('s3:GetBucketNotification', (signal) =>
        s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: bucket }), signal),
      );
      return EventBridgeConfiguration !== undefined;
    },
    async bucketExposure(bucket) {
      const [status, block] = await Promise.all([
        orNothing(
          ask('s3:GetBucketPolicyStatus', (signal) =>
            s3.send(new GetBucketPolicyStatusCommand({ Bucket: bucket }), signal),
          ),
          'NoSuchBucketPolicy',
        ),
        orNothing(
          ask('s3:GetBucketPublicAccessBlock', (signal) =>
            s3.send(new GetPublicAccessBlockCommand({ Bucket: bucket }), signal),
          ),
          'NoSuchPublicAccessBlockConfiguration',
        ),
      ]);
      const switches = block?.PublicAccessBlockConfiguration;
      return {
        publicPolicy: status?.PolicyStatus?.IsPublic === true,
        blocked:
          switches?.BlockPublicAcls === true &&
          switches.BlockPublicPolicy === true &&
          switches.IgnorePublicAcls === true &&
          switches.RestrictPublicBuckets === true,
      };
    },
  };
}

interface AdvancedSelector {
  readonly FieldSelectors?:
    readonly { readonly Field?: string | undefined; readonly Equals?: readonly string[] | undefined }[] | undefined;
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html */
function advanced(selectors: readonly AdvancedSelector[]): ManagementEvents {
  const management = selectors.filter(({ FieldSelectors = [] }) =>
    FieldSelectors.some(({ Field, Equals = [] }) => Field === 'eventCategory' && Equals.includes('Management')),
  );
  const takes = (readOnly: string): boolean =>
    management.some(({ FieldSelectors = [] }) =>
      FieldSelectors.every(({ Field, Equals = [] }) => Field !== 'readOnly' || Equals.includes(readOnly)),
    );
  return { reads: takes('true'), writes: takes('false') };
}
