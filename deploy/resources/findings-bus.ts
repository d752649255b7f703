import { attribute, type Part } from '../cloudformation.ts';
import type { Stage } from '../stage.ts';

/** findingsBus gives the bus of findings, with an archive from which a range of time can be replayed to a repaired receiver. */
export function findingsBus({ prefix, params }: Stage): Part {
  return {
    Resources: {
      FindingsBus: {
        Type: 'AWS::Events::EventBus',
        Properties: { Name: `${prefix}-findings`, Description: 'Findings of Trailwatch' },
      },
      FindingsArchive: {
        Type: 'AWS::Events::Archive',
        Properties: {
          ArchiveName: `${prefix}-findings`,
          Description: 'Findings of Trailwatch, for replay',
          SourceArn: attribute('FindingsBus'),
          EventPattern: { source: ['trailwatch'], 'detail-type': ['Trailwatch Finding'] },
          RetentionDays: params.findingsArchiveDays,
        },
      },
    },
    Outputs: {
      FindingsBusArn: { Description: 'Rules on this bus receive every finding', Value: attribute('FindingsBus') },
    },
  };
}
