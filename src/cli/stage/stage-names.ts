import { UsageError } from '../shell/exit.ts';

/** StageOptions name a stage, and what of it is not named as the stack names it. */
export interface StageOptions {
  readonly stage?: string;
  readonly workGroup?: string;
  readonly database?: string;
  readonly stateTable?: string;
}

/** StageNames are the names of what a stage's stack makes. */
export interface StageNames {
  readonly workGroup: string;
  readonly database: string;
  readonly stateTable: string;
}

/** namesOf gives a stage's names. @throws {UsageError} when it is no name of a stage. */
export function namesOf({ stage = '', workGroup, database, stateTable }: StageOptions): StageNames {
  if (!/^[a-z][a-z0-9-]{0,40}$/.test(stage)) throw new UsageError(`--stage ${stage}: no name of a stage, such as prod`);
  return {
    workGroup: workGroup ?? `trailwatch-${stage}-reports`,
    database: database ?? `trailwatch_${stage.replaceAll('-', '_')}`,
    stateTable: stateTable ?? `trailwatch-${stage}-state`,
  };
}
