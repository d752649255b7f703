import type { Part } from '../cloudformation.ts';
import type { Stage } from '../stage.ts';

/** What of a stage decides on its state table. */
type StateStage = Pick<Stage, 'prefix'> & { readonly params: Pick<Stage['params'], 'dataKeyArn' | 'protectState'> };

/**
 * stateTable gives the table of state that may be lost without losing evidence: correlation windows, what happened to instances,
 * and what was sent. Items expire by themselves; docs/state-table.md lists them.
 */
export function stateTable({ prefix, params }: StateStage): Part {
  return {
    Resources: {
      StateTable: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: `${prefix}-state`,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [
            { AttributeName: 'pk', AttributeType: 'S' },
            { AttributeName: 'sk', AttributeType: 'S' },
          ],
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          SSESpecification: {
            SSEEnabled: true,
            ...(params.dataKeyArn !== undefined && { SSEType: 'KMS', KMSMasterKeyId: params.dataKeyArn }),
          },
          ...(params.protectState && { DeletionProtectionEnabled: true }),
        },
      },
    },
  };
}
