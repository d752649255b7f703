import type { SummaryPart } from '../../model/audit-event.ts';
import type { LogRecord } from '../../model/log-record.ts';
import type { Description } from '../description.ts';
import { accountOf, at, defined, listOf, textAt, textOf } from '../read.ts';

/** What each kind of record is for a reader, what it is about, and whether it reports a problem. */
const kinds: Readonly<
  Record<
    string,
    { readonly action: string; readonly target: readonly [kind: string, field: string]; readonly fails?: true }
  >
> = {
  'source-silent': { action: 'source silent', target: ['source', 'name'], fails: true },
  'daily-digest': { action: 'daily digest', target: ['day', 'day'] },
  'trial-ended': { action: 'trial ended', target: ['trial', 'trial'] },
  'report-filed': { action: 'report filed', target: ['report', 'report'] },
  'report-failed': { action: 'report failed', target: ['report', 'report'], fails: true },
};

/** What a source is called, by the path that its records come by. */
const sourceKinds = new Map([
  ['logs', 'log group'],
  ['s3', 'bucket'],
  ['kinesis', 'stream'],
  ['event-bus', 'event source'],
]);

const mostParts = 10;
const mostLines = 50;

/** describePipeline describes what Trailwatch has to say of itself. Nobody did it. */
export function describePipeline({ fields, account, region }: LogRecord): Description {
  const kind = textAt(fields, 'kind') ?? 'unknown';
  const known = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  const target = known && textAt(fields, known.target[1]);
  const summary = listOf(at(fields, 'summary')).slice(0, mostParts).flatMap(partOf);
  return {
    category: { kind: 'other' },
    ...defined({ account: accountOf(account), region }),
    service: 'trailwatch',
    action: known?.action ?? kind,
    actor: { kind: 'unknown', name: 'unknown', chain: [] },
    targets:
      known === undefined || target === undefined ? [] : [{ kind: kindOf(fields) ?? known.target[0], id: target }],
    outcome: known?.fails
      ? { kind: 'failure', code: 'silent', ...defined({ message: textAt(fields, 'reason') }) }
      : { kind: 'success' },
    ...(summary.length > 0 && { summary }),
  };
}

/** describeCanary describes the event that only has to arrive; its detail names it. */
export function describeCanary({ fields, account, region }: LogRecord): Description {
  const canary = textAt(fields, 'detail', 'canary');
  return {
    category: { kind: 'other' },
    ...defined({ account: accountOf(account), region }),
    service: 'trailwatch',
    action: 'canary',
    actor: { kind: 'unknown', name: 'unknown', chain: [] },
    targets: canary === undefined ? [] : [{ kind: 'canary', id: canary }],
    outcome: { kind: 'success' },
  };
}

function kindOf(fields: LogRecord['fields']): string | undefined {
  return sourceKinds.get(textAt(fields, 'path') ?? '');
}

function partOf(value: unknown): readonly SummaryPart[] {
  const title = textAt(value, 'title');
  const lines = listOf(at(value, 'lines'))
    .slice(0, mostLines)
    .flatMap((line) => textOf(line) ?? []);
  return title === undefined ? [] : [{ title, lines }];
}
