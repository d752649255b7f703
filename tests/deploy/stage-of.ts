import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { loadSources } from '../../deploy/build/sources.ts';
import { functionRows } from '../../deploy/functions/rows.ts';
import type { ParameterName } from '../../deploy/parameters/table.ts';
import { createStage, type Stage } from '../../deploy/stage.ts';

const root = path.resolve(import.meta.dirname, '../..');

type Given = Readonly<Record<string, string | number>>;

const { params } = parse(readFileSync(path.join(root, 'serverless.yml'), 'utf8'), { logLevel: 'silent' }) as {
  readonly params: Readonly<Record<'default' | 'staging' | 'prod', Given>>;
};

/** stageParameters are the parameters as serverless.yml sets them: of every stage (`default`), and what a stage changes. */
export const stageParameters = params;

/** functionKeys are the functions' names in serverless.yml. */
export const functionKeys: readonly string[] = Object.keys(functionRows);

const sources = await loadSources(root, 'prod');

/** stageOf makes the stage `prod` with these parameters and the defaults of serverless.yml, in eu-west-1. @throws {ParameterError} */
export function stageOf(given: Given = {}): Stage {
  return createStage(
    { service: 'trailwatch', name: 'prod', region: 'eu-west-1' },
    { ...stageParameters.default, ...given } as Readonly<Record<ParameterName, string | number>>,
    sources,
  );
}
