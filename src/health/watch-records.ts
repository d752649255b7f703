import type { SummaryPart } from '../model/audit-event.ts';
import type { LogRecord } from '../model/log-record.ts';
import type { Heartbeat } from './heartbeat.ts';
import { ownRecord, type Home } from './own-record.ts';
import { durationWords } from '../time/duration.ts';
import type { Silence } from './silence.ts';
import { isTrail, sourceKey, sourceWords } from './source.ts';
import type { TrialCount } from './trial-log.ts';

/** silenceRecord makes the record of a source that fell silent: one record for one silence. */
export function silenceRecord(
  { last, source }: Heartbeat,
  { quietMs, why }: Extract<Silence, { kind: 'silent' }>,
  time: string,
  home: Home,
): LogRecord {
  const since = new Date(last).toISOString();
  return ownRecord(
    ['source-silent', sourceKey(source), since],
    time,
    {
      source: sourceWords(source),
      trail: isTrail(source),
      path: source.path,
      name: source.name,
      account: source.account,
      region: source.region,
      since,
      minutes: Math.round(quietMs / 60_000),
      reason: `none since ${since}, ${durationWords(quietMs)} ago: ${why}`,
    },
    {
      ...home,
      ...(source.account !== '' && { account: source.account }),
      ...(source.region !== '' && { region: source.region }),
    },
  );
}

/** digestRecord makes the record of a day's digest. */
export function digestRecord(day: string, summary: readonly SummaryPart[], time: string, home: Home): LogRecord {
  return ownRecord(['daily-digest', day], time, { day, summary }, home);
}

/** TrialEnd is a trial that is over. */
export interface TrialEnd {
  readonly name: string;
  readonly rules: readonly string[];
  readonly until: string;
}

/** trialRecord makes the record of a trial that is over, with what it would have sent. */
export function trialRecord(
  { name, rules, until }: TrialEnd,
  counted: TrialCount,
  time: string,
  home: Home,
): LogRecord {
  const receivers = Object.entries(counted.receivers).toSorted(([, a], [, b]) => b - a);
  const summary: readonly SummaryPart[] = [
    {
      title: 'Would have been sent',
      lines:
        counted.findings === 0
          ? ['Nothing: its rules found nothing in that time.']
          : receivers.map(([receiver, times]) =>
              receiver === 'none' ? `nobody: ${times}, as no route sends them anywhere` : `${receiver}: ${times}`,
            ),
    },
    ...(counted.examples.length > 0 ? [{ title: 'For example', lines: counted.examples }] : []),
    { title: 'From now on', lines: [`${rules.join(', ')}: notify like all other rules`] },
  ];
  return ownRecord(
    ['trial-ended', name, until],
    time,
    { trial: name, until, findings: counted.findings, summary },
    home,
  );
}
