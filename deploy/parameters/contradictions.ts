import { isOwnBucket, isOwnLogGroup } from '../../src/ingest/own-output.ts';
import { ParameterError } from './read.ts';
import type { Parameters } from './table.ts';

/**
 * checkTogether checks what parameters say together, each being right by itself.
 * @throws {ParameterError} with a line for each contradiction.
 */
export function checkTogether(params: Parameters, stage: string): void {
  const problems = [...ownSources(params, stage), ...trailOptions(params), ...archiveDays(params)];
  if (problems.length > 0) throw new ParameterError(problems.join('\n'));
}

/** No source may be Trailwatch's own, of any stage for log groups: it would read its own output in circles. */
function ownSources({ logGroups, trailBucket, eventBuses }: Parameters, stage: string): string[] {
  const own = {
    logGroups: logGroups.filter(isOwnLogGroup),
    trailBucket: trailBucket !== undefined && isOwnBucket(trailBucket, stage) ? [trailBucket] : [],
    // A stage's bus has a name like its buckets.
    eventBuses: eventBuses.filter((bus) => isOwnBucket(bus, stage)),
  };
  return Object.entries(own).flatMap(([parameter, names]) =>
    names.map(
      (name) => `parameter ${parameter}: ${name} is Trailwatch's own; Trailwatch would read its own output in circles`,
    ),
  );
}

/** What only a trail that the stage creates can have. */
const ofOwnTrail = [
  'createTrailKey',
  'trailDataBuckets',
  'trailInsights',
  'trailLockDays',
  'trailLogGroup',
  'trailRetentionDays',
] as const;

function trailOptions(params: Parameters): string[] {
  const { trailBucket, trailKeyArn, trailLockDays, trailRetentionDays } = params;
  if (!params.createTrail) {
    const unused = ofOwnTrail.filter((name) => isGiven(params[name]));
    return unused.map(
      (name) => `parameter ${name}: requires createTrail=true, since it is for a trail that the stage creates`,
    );
  }
  if (trailBucket === undefined)
    return ['parameter createTrail: requires trailBucket, the name of the bucket to create'];
  return [
    ...(params.createTrailKey && trailKeyArn !== undefined
      ? ['parameter createTrailKey: trailKeyArn names a key already; give one of the two']
      : []),
    ...(params.trailDataBuckets.includes(trailBucket)
      ? [`parameter trailDataBuckets: the trail writes to ${trailBucket}; each file would be an event in the next file`]
      : []),
    ...(trailLockDays !== undefined && trailRetentionDays !== undefined && trailLockDays > trailRetentionDays
      ? [`parameter trailRetentionDays: expected ${trailLockDays} (trailLockDays) or more, got ${trailRetentionDays}`]
      : []),
  ];
}

function isGiven(value: Parameters[(typeof ofOwnTrail)[number]]): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}

function archiveDays({ archiveColdAfterDays: cold, archiveFrozenAfterDays: frozen }: Parameters): string[] {
  return cold !== undefined && frozen !== undefined && frozen <= cold
    ? [`parameter archiveFrozenAfterDays: expected more than ${cold} (archiveColdAfterDays), got ${frozen}`]
    : [];
}
