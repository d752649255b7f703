import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from './packaged.ts';

/** runbookProblems names the alarms that docs/operations.md has no entry for, and the queues of dead letters without a row. */
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
    ...(entries.some((entry) => entry.test(name)) ? [] : [`no entry for the alarm ${name}`]),
    ...(name.endsWith('-dead-letters') && !page.includes(`| \`${name}\` `) ? [`no row for the queue ${name}`] : []),
  ]);
}
