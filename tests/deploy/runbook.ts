import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wayBackOf } from '../../src/replay/letter.ts';
import type { Template } from './packaged.ts';

/**
 * runbookProblems names the alarms that docs/operations.md has no entry for, and the queues of dead letters without a row there or in
 * src/replay/letter.ts, each as file and problem.
 */
export function runbookProblems(resources: Template['Resources'], prefix: string): readonly string[] {
  const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
  // `### …-*-errors`: … is the stage, and * stands for any part of the stack.
  const entries = [...page.matchAll(/^### …-(.+)$/gm)].map(([, name = '']) => {
    const parts = name.replaceAll('\\', '').split('*');
    return new RegExp(`^${parts.map((part) => part.replaceAll(/[.?+^$()[\]{}|]/g, '\\$&')).join('.+')}$`);
  });
  const alarms = Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm' || Type === 'AWS::CloudWatch::CompositeAlarm')
    .map(({ Properties }) => String(Properties['AlarmName']).slice(prefix.length + 1));
  return alarms.flatMap((name) => [
    ...(entries.some((entry) => entry.test(name)) ? [] : [`docs/operations.md: no entry for the alarm ${name}`]),
    ...(name.endsWith('-dead-letters') && !page.includes(`| \`${name}\` `)
      ? [`docs/operations.md: no row for the queue ${name}`]
      : []),
    ...lettersProblems(name),
  ]);
}

/** `replay --dead-letters` sends back only the letters of functions that it knows. */
function lettersProblems(alarm: string): readonly string[] {
  if (!alarm.endsWith('-dead-letters')) return [];
  const step = alarm.slice(0, -'-dead-letters'.length);
  return wayBackOf(step) === undefined ? [`src/replay/letter.ts: no row for ${step}`] : [];
}
