import type { Level } from '../../model/level.ts';
import { programPolicy, quietUntil, type Addressee } from '../../notify/index.ts';
import type { GroupPolicy, QuietHours } from '../../notify/settings.ts';
import { durationText } from '../../time/duration.ts';
import type { Colors } from '../shell/terminal.ts';

/** Asked is the moment and the level by which quiet hours are decided. */
export interface Asked {
  /** Undefined when it wasn't given: then every quiet hour holds. */
  readonly level: Level | undefined;
  readonly at: Date;
  /** Whether a program reads there: it gets every finding by itself. */
  readonly readByProgram: (receiver: string) => boolean;
}

/** addresseeLines says how each receiver is notified, once for receivers with the same policy. */
export function addresseeLines(to: readonly Addressee[], asked: Asked, colors: Colors): readonly string[] {
  const alike = new Map<string, { readonly names: string[]; readonly rows: readonly Row[] }>();
  for (const { receiver, policy } of to) {
    const program = asked.readByProgram(receiver);
    const rows = policyRows(program ? programPolicy(policy) : policy, asked, program);
    const key = JSON.stringify(rows);
    const same = alike.get(key);
    if (same === undefined) alike.set(key, { names: [receiver], rows });
    else same.names.push(receiver);
  }
  return [...alike.values()].flatMap(({ names, rows }) => [
    `  ${names.join(', ')}`,
    ...rows.map(([what, how]) => `    ${colors.dim(what.padEnd(9))} ${how}`),
  ]);
}

type Row = readonly [what: string, how: string];

function policyRows(policy: GroupPolicy, asked: Asked, program: boolean): readonly Row[] {
  const { by, waitMs, updateMs, repeatMs, most, quiet } = policy;
  const every = updateMs < repeatMs ? `every ${durationText(updateMs)} for` : 'once, after';
  const bound =
    most === Number.MAX_SAFE_INTEGER ? 'off' : `${most} of one rule in ${durationText(repeatMs)}, the rest as one`;
  return [
    ['together', program ? 'nothing: a program reads there and gets each finding' : togetherText(by)],
    ['wait', waitMs === 0 ? 'none: notified at once' : `${durationText(waitMs)} for more findings, then notified`],
    ...(program || by === 'finding'
      ? []
      : [['more', `${every} ${durationText(repeatMs)}; a finding after that opens a new group`] as const]),
    ...(program ? [] : [['throttle', bound] as const]),
    ...(quiet === undefined ? [] : [['quiet', quietText(quiet, asked)] as const]),
  ];
}

function togetherText(by: GroupPolicy['by']): string {
  if (by === 'finding') return 'nothing: each finding by itself';
  return by === 'news'
    ? 'the same fingerprint: rule, actor, account and address, or the groupby of the rule'
    : `the same ${by.join(', ')}`;
}

function quietText(quiet: QuietHours, { level, at }: Asked): string {
  const until = quietUntil(quiet, level ?? 'informational', at);
  if (until !== undefined) {
    return `until ${clockText(until, quiet.timezone)} in ${quiet.timezone}; ${quiet.except} and above notify at once`;
  }
  const exempt = level !== undefined && quietUntil(quiet, 'informational', at) !== undefined;
  return `${hoursText(quiet)}: ${exempt ? `not for ${level}` : `not at ${clockText(at, quiet.timezone)}`}`;
}

function hoursText({ from, to, days, timezone }: QuietHours): string {
  const parts = [...(from === to ? [] : [`${from} to ${to}`]), ...days];
  return `${parts.join(', ')} in ${timezone}`;
}

/** clockText is what a clock shows there: `2026-03-14 07:00`. */
function clockText(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at);
}
