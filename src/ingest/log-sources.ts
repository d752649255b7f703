import type { Ingested, RecordSource } from '../model/log-record.ts';
import { matchesGlob } from '../model/glob.ts';
import { ignoredAsOwn } from './ingested.ts';
import type { LogPlace, Opener } from './ingested.ts';
import { openAs, openTrailFile, openUnlisted } from './log-formats.ts';
import type { LogFormat } from './log-formats.ts';
import { isOwnLogGroup } from './own-output.ts';

/** LogSource says how the logs of some places are read. Of several that fit a place, the first decides. */
export interface LogSource {
  /** Patterns of CloudWatch log groups' names. */
  readonly groups: readonly string[];
  /** Patterns of the ends of files' paths and S3 keys. */
  readonly paths: readonly string[];
  /** Patterns of the sources of EventBridge events that are not AWS's own. */
  readonly events?: readonly string[];
  readonly format: LogFormat;
  /** The Sigma log source of its records, where it isn't what the format says. */
  readonly source?: RecordSource;
}

/** What a place that no row names is: a file of CloudTrail's, or one of which nothing is known. */
type Unlisted = 'trail-file' | 'unknown';

/** chooseOpener gives the opener for a place: what the sources say of it, else what the place is by itself. */
export function chooseOpener(
  sources: readonly LogSource[],
  place: LogPlace,
  detect: Opener,
  unlisted: Unlisted,
): Opener {
  if (place.kind === 'group' && isOwnLogGroup(place.name)) return ownLog;
  const { at, deep, within } = detect;
  const found = sources.find((source) => covers(source, place));
  if (found === undefined) {
    if (unlisted === 'trail-file') return { at, deep, within, configured: true, ...openTrailFile(detect) };
    return deep ? detect : { at, deep, within, configured: false, ...openUnlisted(detect) };
  }
  const open = openAs(found.format, detect);
  const { source } = found;
  return {
    at,
    deep,
    within,
    configured: true,
    value: source === undefined ? open.value : (...args) => withSource(open.value(...args), source),
    text: source === undefined ? open.text : (...args) => withSource(open.text(...args), source),
  };
}

function covers({ groups, paths, events = [] }: LogSource, { kind, name }: LogPlace): boolean {
  switch (kind) {
    case 'group':
      return groups.some((pattern) => matchesGlob(pattern, name));
    case 'event':
      return events.some((pattern) => matchesGlob(pattern, name));
    case 'path':
      return paths.some((pattern) => matchesGlob(pattern, name) || matchesGlob(`*/${pattern}`, name));
    default:
      throw new Error(kind satisfies never);
  }
}

/** unlistedLogGroups gives the log groups that no row names: of those, nothing is read as CloudTrail or as another service's event. */
export function unlistedLogGroups(groups: readonly string[], sources: readonly LogSource[]): readonly string[] {
  return groups.filter((name) => !sources.some((source) => covers(source, { kind: 'group', name })));
}

function* withSource(items: Iterable<Ingested>, source: RecordSource): Iterable<Ingested> {
  for (const item of items) {
    yield item.kind === 'record' ? { ...item, record: { ...item.record, source } } : item;
  }
}

const ownLog: Opener = {
  at: () => ownLog,
  deep: false,
  within: () => undefined,
  configured: true,
  value: (_value, origin) => [ignoredAsOwn(origin, 'log')],
  text: (_text, origin) => [ignoredAsOwn(origin, 'log')],
};
