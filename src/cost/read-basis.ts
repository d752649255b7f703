import { defaultSwitches, volumes } from './volumes.ts';
import type { Basis, StageSwitches, VolumeName } from './volumes.ts';

/** BasisError says which volume or switch is wrong, and what it may be. */
export class BasisError extends Error {
  override readonly name = 'BasisError';
}

/** Given is what somebody wrote: values as text or number, names not yet known to be any. */
export interface Given {
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly switches: Readonly<Record<string, unknown>>;
}

const largest = 1e12;
const forEver = 3_650;

/**
 * layBasis lays what was given over a basis.
 * @throws {BasisError} for a name that nothing has, and for a value that can't be.
 */
export function layBasis(base: Basis, given: Given): Basis {
  return {
    volumes: { ...base.volumes, ...readEach(given.volumes, readVolume) },
    switches: { ...base.switches, ...readEach(given.switches, readSwitch) },
  };
}

function readEach(given: Readonly<Record<string, unknown>>, read: (name: string, value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, read(name, value)]));
}

function readVolume(name: string, value: unknown): number {
  if (!Object.hasOwn(volumes, name))
    throw new BasisError(`${name}: unknown volume; expected one of ${Object.keys(volumes).join(', ')}`);
  return numberOf(name, value, 0);
}

const switchReaders: { readonly [Name in keyof StageSwitches]: (value: unknown) => StageSwitches[Name] } = {
  tracing: (value) => {
    if (value === 'Active' || value === 'PassThrough') return value;
    throw new BasisError(`tracing: expected Active or PassThrough, got ${textOf(value)}`);
  },
  logsStream: (value) => booleanOf('logsStream', value),
  readOnlyEvents: (value) => booleanOf('readOnlyEvents', value),
  healthAlarms: (value) => booleanOf('healthAlarms', value),
  trailInsights: (value) => booleanOf('trailInsights', value),
  logRetentionDays: (value) => numberOf('logRetentionDays', value, 1),
  findingsArchiveDays: (value) => numberOf('findingsArchiveDays', value, 1),
  // An empty value keeps the copy forever; the estimate needs a limit.
  archiveDays: (value) => (value === '' ? forEver : numberOf('archiveDays', value, 1)),
  probeMinutes: (value) => numberOf('probeMinutes', value, 1),
};

function readSwitch(name: string, value: unknown): unknown {
  if (!isSwitch(name))
    throw new BasisError(`${name}: unknown switch; expected one of ${Object.keys(defaultSwitches).join(', ')}`);
  return switchReaders[name](value);
}

/** isSwitch says whether a stage's parameter affects the bill. */
export function isSwitch(name: string): name is keyof StageSwitches {
  return Object.hasOwn(switchReaders, name);
}

export function isVolume(name: string): name is VolumeName {
  return Object.hasOwn(volumes, name);
}

function numberOf(name: string, value: unknown, least: number): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value.replaceAll('_', '')) : value;
  if (typeof number === 'number' && number >= least && number <= largest) return number;
  throw new BasisError(`${name}: must be a number from ${least} to 1e12, got ${textOf(value)}`);
}

function booleanOf(name: string, value: unknown): boolean {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new BasisError(`${name}: expected true or false, got ${textOf(value)}`);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}
