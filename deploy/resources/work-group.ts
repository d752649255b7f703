import { ref, sub, type Part } from '../cloudformation.ts';
import { archiveNames, type Stage } from '../stage.ts';

const gigabyte = 1024 ** 3;

/** workGroup gives Athena's work group for reports and hunts. It stops a query that reads more than the stage's limit. */
export function workGroup(stage: Stage): Part {
  return {
    Resources: {
      QueryWorkGroup: {
        Type: 'AWS::Athena::WorkGroup',
        Properties: {
          Name: archiveNames(stage).workGroup,
          Description: 'Reports and hunts over the trail; a query that reads more than the limit is stopped',
          State: 'ENABLED',
          RecursiveDeleteOption: true,
          WorkGroupConfiguration: {
            // A query can neither lift the limit nor send its results elsewhere.
            EnforceWorkGroupConfiguration: true,
            PublishCloudWatchMetricsEnabled: true,
            BytesScannedCutoffPerQuery: stage.params.queryCutoffGigabytes * gigabyte,
            ResultConfiguration: {
              OutputLocation: sub('s3://${ArchiveBucket}/results/'),
              EncryptionConfiguration: { EncryptionOption: 'SSE_S3' },
              ExpectedBucketOwner: ref('AWS::AccountId'),
            },
            EngineVersion: { SelectedEngineVersion: 'AUTO' },
          },
        },
      },
    },
    Outputs: {
      QueryWorkGroup: { Description: 'Athena work group for reports and hunts', Value: ref('QueryWorkGroup') },
    },
  };
}
