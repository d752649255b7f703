import { hasArchive, type Stage } from '../stage.ts';
import type { Rule } from './row.ts';

/** reportRules gives a rule for each report that the stage's configuration schedules; without a trail's bucket there is none. */
export function reportRules(stage: Stage): readonly Rule[] {
  return (hasArchive(stage) ? stage.schedules : []).map(({ expression, ...asked }) => ({
    id: `${pascalCase(asked.report)}ReportRule`,
    name: `report-${asked.report}`,
    description: `Schedule of the report ${asked.report}`,
    when: { schedule: expression },
    input: {
      // The schedule's own id and time, so that a retry asks the same question. EventBridge puts quotes round what it fills in.
      InputPathsMap: { id: '$.id', time: '$.time' },
      InputTemplate: JSON.stringify({ ...asked, id: '<id>', time: '<time>' }).replaceAll(/"(<(?:id|time)>)"/g, '$1'),
    },
  }));
}

/** pascalCase writes a report's name as a part of a logical id: `root-activity` as `RootActivity`. */
export function pascalCase(name: string): string {
  return name.replaceAll(/(?:^|[-_])([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}
