import type { Ingested, RecordSource } from '../model/log-record.ts';
import { matchesGlob } from '../model/glob.ts';
import { ignoredAsOwn } from './ingested.ts';
import type { LogPlace, Opener } from './ingested.ts';
import { openAs } from './log-formats.ts';
import type { LogFormat } from './log-formats.ts';
import { isOwnLogGroup } from './own-output.ts';

/** LogSource says how the logs of some places are read. Of several that fit a place, the first decides. */
export interface LogSource {
  /** Patterns of CloudWatch log groups' names. */
  readonly groups: readonly string[];
  /** Patterns of the ends of files' paths and S3 keys. */
  readonly paths: readonly string[];
  readonly format: LogFormat;
  /** The Sigma log source of its records, where it isn't what the format says. */
  readonly source?: RecordSource;
}

/** chooseOpener gives the opener for a place: what the sources say of it, else `detect`. */
export function chooseOpener(sources: readonly LogSource[], place: LogPlace, detect: Opener): Opener {
  if (place.kind === 'group' && isOwnLogGroup(place.name)) return ownLog;
  const found = sources.find((source) => covers(source, place));
  if (found === undefined) return detect;
  const open = openAs(found.format, detect);
  const { source } = found;
  return {
    at: detect.at,
    value: source === undefined ? open.value : (...args) => withSource(open.value(...args), source),
    text: source === undefined ? open.text : (...args) => withSource(open.text(...args), source),
  };
}

function covers({ groups, paths }: LogSource, { kind, name }: LogPlace): boolean {
  if (kind === 'group') return groups.some((pattern) => matchesGlob(pattern, name));
  return paths.some((pattern) => matchesGlob(pattern, name) || matchesGlob(`*/${pattern}`, name));
}

function* withSource(items: Iterable<Ingested>, source: RecordSource): Iterable<Ingested> {
  for (const item of items) {
    yield item.kind === 'record' ? { kind: 'record', record: { ...item.record, source } } : item;
  }
}

const ownLog: Opener = {
  at: () => ownLog,
  value: (_value, origin) => [ignoredAsOwn(origin, 'log')],
  text: (_text, origin) => [ignoredAsOwn(origin, 'log')],
};
