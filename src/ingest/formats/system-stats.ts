import type { RecordSource } from '../../model/log-record.ts';
import type { LineFields, LineReader } from './text-format.ts';

/** Log sources of what `df` and `uptime` measure. */
export const diskUsage: RecordSource = { product: 'linux', services: ['df', 'system'] };
export const systemLoad: RecordSource = { product: 'linux', services: ['uptime', 'system'] };

/** isTableHeading recognises `df`'s column heading, which says nothing of the system. */
export function isTableHeading(line: string): boolean {
  return /^Filesystem {1,400}(?:Type +)?(?:Size|1K-blocks|1024-blocks|1M-blocks|512-blocks|Inodes) {1,40}/.test(
    line.slice(0, 512),
  );
}

/** readDf reads one mount of `df` or `df -h`: `overlay  50G  47G  3.0G  95% /var/lib/docker/overlay2/…/merged`; `-T` adds a type. */
export const readDf: LineReader = (line) => {
  const percent = line.slice(0, 1024).search(/ \d{1,3}% \//);
  if (percent === -1) return undefined;
  const words = line.slice(0, percent).trim().split(/ +/);
  const [use = ''] = line.slice(percent + 1).split('%', 1);
  // Long device names stand on a line of their own, and the sizes on the next.
  const [size = '', used = '', available = ''] = words.slice(-3);
  const names = words.slice(0, -3);
  if (words.length < 3 || names.length > 8 || ![size, used, available].every((word) => sizeOf(word) !== undefined)) {
    return undefined;
  }
  const [filesystem, type] = names;
  return {
    source: diskUsage,
    fields: {
      message: line,
      ...(filesystem !== undefined && { filesystem }),
      ...(names.length === 2 && type !== undefined && { type }),
      ...dfFields(size, used, available, Number(use), line.slice(percent + use.length + 3)),
    },
  };
};

/** dfFields names what `df` measures of one mount; sizes are as `df` writes them, and in bytes. */
export function dfFields(
  size: string,
  used: string,
  available: string,
  usePercent: number,
  mountedOn: string,
): LineFields {
  const bytes = { size_bytes: sizeOf(size), used_bytes: sizeOf(used), available_bytes: sizeOf(available) };
  const fields: LineFields = {
    action: 'disk usage',
    activity: 'measurement',
    size,
    used,
    available,
    use_percent: usePercent,
    mounted_on: mountedOn,
  };
  for (const [name, value] of Object.entries(bytes)) if (value !== undefined) fields[name] = value;
  return fields;
}

/** `47G`, `3.0G`, `512`: powers of 1,024; without a unit, blocks of 1,024 bytes as `df` counts them. `-` is not known. */
function sizeOf(text: string): number | undefined {
  if (text === '-') return 0;
  const found = /^(\d{1,18}(?:[.,]\d{1,3})?)([KMGTPE]?)(?:i?B)?$/i.exec(text);
  if (found === null) return undefined;
  const number = Number((found[1] ?? '').replace(',', '.'));
  const unit = (found[2] ?? '').toUpperCase();
  if (unit === '') return text === '0' || !/b$/i.test(text) ? number * 1024 : number;
  return Math.round(number * 1024 ** (units.indexOf(unit) + 1));
}

const units = 'KMGTPE';

/** readUptime reads ` 10:15:32 up 12 days,  3:04,  2 users,  load average: 0.08, 0.03, 0.05`, also of BSD and BusyBox. */
export const readUptime: LineReader = (line) => {
  const found =
    /^\s{0,8}(?:\d{1,2}:\d\d(?::\d\d)?(?: ?[AP]M)?)? {0,4}up {1,4}([^a-z]?[\w :,]{1,80}?), {1,4}load averages?: (\d{1,6}[.,]\d\d)[, ] {0,2}(\d{1,6}[.,]\d\d)[, ] {0,2}(\d{1,6}[.,]\d\d)\s*$/.exec(
      line.slice(0, 256),
    );
  if (found === null || line.length > 256) return undefined;
  const [, up = '', load1 = '', load5 = '', load15 = ''] = found;
  const users = /(\d{1,6}) users?$/.exec(up)?.[1];
  return {
    source: systemLoad,
    fields: {
      message: line,
      ...uptimeFields(secondsOf(up), numberOf(load1), numberOf(load5), numberOf(load15)),
      ...(users !== undefined && { users: Number(users) }),
    },
  };
};

/** uptimeFields names what `uptime` measures. */
export function uptimeFields(seconds: number | undefined, load1: number, load5: number, load15: number): LineFields {
  return {
    action: 'system load',
    activity: 'measurement',
    load1,
    load5,
    load15,
    ...(seconds !== undefined && { uptime_seconds: seconds, uptime_days: Math.floor(seconds / 86_400) }),
  };
}

/** `12 days,  3:04`, `1 day, 5 min`, `2 hours`, `45 secs`. */
function secondsOf(up: string): number {
  const of = (pattern: RegExp) => Number(pattern.exec(up)?.[1] ?? 0);
  const clock = /(?:^|[ ,])(\d{1,2}):(\d\d)(?:[, ]|$)/.exec(up);
  const hours = clock === null ? of(/(\d{1,6}) (?:hrs?|hours?)/) : Number(clock[1]);
  const minutes = clock === null ? of(/(\d{1,6}) min/) : Number(clock[2]);
  return of(/(\d{1,6}) days?/) * 86_400 + hours * 3600 + minutes * 60 + of(/(\d{1,6}) sec/);
}

function numberOf(text: string): number {
  return Number(text.replace(',', '.'));
}
