import type { Fields, Ingested, RecordSource } from '../../model/log-record.ts';
import { dfFields, diskUsage, systemLoad, uptimeFields } from '../formats/system-stats.ts';
import type { LineFields } from '../formats/text-format.ts';
import { digestId, failure, plainOrigin, record } from '../ingested.ts';
import type { OpenOrigin } from '../ingested.ts';
import { timeOf } from '../../time/iso-time.ts';

/** isDiskUsage recognises one mount of `df` as JSON, under the names that `df`'s columns have or that `jc` gives them. */
export function isDiskUsage(value: Fields): boolean {
  return typeof mountOf(value) === 'string' && numberOf(percentOf(value)) !== undefined;
}

/** openDiskUsage adds the fields that `df`'s text gives. */
export function* openDiskUsage(value: Fields, origin: OpenOrigin): Iterable<Ingested> {
  const text = (...names: readonly string[]) => {
    const found = names.map((name) => value[name]).find((one) => one !== undefined);
    return typeof found === 'string' || typeof found === 'number' ? String(found) : '-';
  };
  yield measured(value, origin, diskUsage, {
    ...dfFields(
      text('size', 'Size', '1k_blocks', '1K-blocks', 'total'),
      text('used', 'Used'),
      text('available', 'avail', 'Avail', 'Available'),
      numberOf(percentOf(value)) ?? 0,
      String(mountOf(value)),
    ),
  });
}

/** isSystemLoad recognises `uptime` as JSON. */
export function isSystemLoad(value: Fields): boolean {
  return loadsOf(value) !== undefined;
}

/** openSystemLoad adds the fields that `uptime`'s text gives. */
export function* openSystemLoad(value: Fields, origin: OpenOrigin): Iterable<Ingested> {
  const [load1 = 0, load5 = 0, load15 = 0] = loadsOf(value) ?? [];
  const seconds = numberOf(value['uptime_total_seconds'] ?? value['uptime_seconds']);
  const users = numberOf(value['users']);
  yield measured(value, origin, systemLoad, {
    ...uptimeFields(seconds, load1, load5, load15),
    ...(users !== undefined && { users }),
  });
}

function measured(value: Fields, origin: OpenOrigin, source: RecordSource, fields: LineFields): Ingested {
  const time = timeOf(value) ?? origin.time;
  if (time === undefined) return failure(origin, 'measurement without a time, and nothing else says when it was taken');
  const { account, region } = origin;
  return record({
    id: origin.id ?? digestId([time, JSON.stringify(value)]),
    time,
    source,
    fields: { ...value, ...fields },
    origin: plainOrigin(origin),
    ...(account !== undefined && { account }),
    ...(region !== undefined && { region }),
  });
}

function mountOf(value: Fields): unknown {
  return value['mounted_on'] ?? value['Mounted on'] ?? value['mount'] ?? value['mountpoint'];
}

function percentOf(value: Fields): unknown {
  return value['use_percent'] ?? value['Use%'] ?? value['capacity_percent'] ?? value['used_percent'];
}

const loadNames = [
  ['load_1m', 'load_5m', 'load_15m'],
  ['load1', 'load5', 'load15'],
] as const;

function loadsOf(value: Fields): readonly number[] | undefined {
  for (const names of loadNames) {
    const loads = names.map((name) => numberOf(value[name]));
    if (loads.every((load) => load !== undefined)) return loads;
  }
  const list = value['load_average'] ?? value['loadavg'];
  if (!Array.isArray(list) || list.length !== 3) return undefined;
  const loads = list.map(numberOf);
  return loads.every((load) => load !== undefined) ? loads : undefined;
}

/** `93`, `"93"`, `"93%"`. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^\d{1,12}(?:\.\d{1,6})?%?$/.test(value)) return undefined;
  return Number.parseFloat(value);
}
