import type { Configuration } from '../src/config/configuration.ts';
import type { Report } from '../src/report/definition/report.ts';
import type { ScheduledReport } from '../src/report/stage/schedule.ts';
import { checkTogether } from './parameters/contradictions.ts';
import { readParameters, type Given } from './parameters/read.ts';
import type { ParameterName, Parameters } from './parameters/table.ts';

/** StageSources are the files of the project that decide what a stage's stack holds, read and checked. */
export interface StageSources {
  readonly configuration: Configuration;
  readonly reports: readonly Report[];
  readonly schedules: readonly ScheduledReport[];
}

/** Stage is all that the stack of a stage is made from. */
export interface Stage extends StageSources {
  readonly service: string;
  /** `dev`, `staging`, `prod`. */
  readonly name: string;
  readonly region: string;
  /** The beginning of every name: `trailwatch-dev`. */
  readonly prefix: string;
  readonly params: Parameters;
}

/** createStage reads the parameters. @throws {ParameterError} with a line for each that is wrong. */
export function createStage(
  { service, name, region }: Pick<Stage, 'service' | 'name' | 'region'>,
  given: Readonly<Record<ParameterName, Given>>,
  sources: StageSources,
): Stage {
  const prefix = `${service}-${name}`;
  const params = readParameters(given);
  checkTogether(params, name);
  return { ...sources, service, name, region, prefix, params };
}

/** archiveNames are the names of the archive's parts, which functions get in their environment; empty for what the stage lacks. */
export function archiveNames(stage: Stage) {
  const { service, name, prefix } = stage;
  return {
    database: `${service}_${name}`.replaceAll('-', '_'),
    workGroup: `${prefix}-reports`,
    deliveriesStream: hasArchive(stage) ? `${prefix}-deliveries` : '',
    hostAuthStream: hasHostLogs(stage) ? `${prefix}-host-auth` : '',
  };
}

/** archiveBucketName is the name of the archive's bucket, with what CloudFormation fills in. */
export const archiveBucketName = (prefix: string): string => `${prefix}-archive-\${AWS::AccountId}-\${AWS::Region}`;

/** evidenceBucketName is the name of the bucket of locked evidence. */
export const evidenceBucketName = (prefix: string): string => `${prefix}-evidence-\${AWS::AccountId}-\${AWS::Region}`;

/** hasArchive says whether the stage has tables, reports and an archive: with a trail's bucket it does. */
export function hasArchive({ params }: Pick<Stage, 'params'>): boolean {
  return params.trailBucket !== undefined;
}

/** hasHostLogs says whether lines of host logs can arrive, and whether there is an archive to keep them in. */
export function hasHostLogs({ params }: Pick<Stage, 'params'>): boolean {
  return hasArchive({ params }) && (params.logGroups.length > 0 || params.logsStream);
}
