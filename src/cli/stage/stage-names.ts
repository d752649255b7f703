import { UsageError } from '../shell/exit.ts';

/** StageOptions name a stage, and those of its resources that do not have the stack's own names. */
export interface StageOptions {
  readonly stage?: string;
  readonly workGroup?: string;
  readonly database?: string;
  readonly stateTable?: string;
}

/** StageNames are the names of the resources that a stage's stack creates. */
export interface StageNames {
  readonly workGroup: string;
  readonly database: string;
  readonly stateTable: string;
}

/** checkStage gives back a stage's name. @throws {UsageError} when the text can't be one. */
export function checkStage(stage: string): string {
  if (/^[a-z][a-z0-9-]{0,40}$/.test(stage)) return stage;
  throw new UsageError(`--stage ${stage}: expected lower-case letters, digits and hyphens, such as prod`);
}

/** checkRegion gives back a region's name. @throws {UsageError} when the text can't be one. */
export function checkRegion(region: string): string {
  if (/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) return region;
  throw new UsageError(`--region ${region}: expected an AWS region, such as eu-central-1`);
}

/** namesOf gives a stage's names. @throws {UsageError} when the stage's name can't be one. */
export function namesOf({ stage = '', workGroup, database, stateTable }: StageOptions): StageNames {
  checkStage(stage);
  return {
    workGroup: workGroup ?? `trailwatch-${stage}-reports`,
    database: database ?? `trailwatch_${stage.replaceAll('-', '_')}`,
    stateTable: stateTable ?? `trailwatch-${stage}-state`,
  };
}
