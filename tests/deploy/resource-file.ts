import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { parse } from 'yaml';
import type { Template } from './packaged.ts';

const deploy = path.resolve(import.meta.dirname, '../../deploy');
export const requireOfDeploy = createRequire(path.join(deploy, 'x.cjs'));

type Parameters = Readonly<Record<string, string | number>>;

const serverless = readFileSync(path.join(deploy, '../serverless.yml'), 'utf8');

const { params, functions } = parse(serverless, { logLevel: 'silent' }) as {
  readonly params: Readonly<Record<'default' | 'staging' | 'prod', Parameters>>;
  readonly functions: Readonly<Record<string, object>>;
};

/** stageParameters are the parameters as serverless.yml sets them: of every stage (`default`), and what a stage changes. */
export const stageParameters = params;

/** functionKeys are the functions' names in serverless.yml. */
export const functionKeys: readonly string[] = Object.keys(functions);

/** Made is what a file of resources adds to the stack. */
export interface Made {
  readonly Resources: Template['Resources'];
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

/** resourcesOf asks a file of deploy/ for its resources, as Serverless would for the stage `prod` with these parameters. */
export async function resourcesOf(file: string, given: Parameters = {}): Promise<Made> {
  const names: Readonly<Record<string, string>> = { 'self:service': 'trailwatch', 'sls:stage': 'prod' };
  const resolveVariable = async (variable: string): Promise<string | number | undefined> => {
    const name = variable.replace(/^param:/, '');
    return names[variable] ?? given[name] ?? stageParameters.default[name];
  };
  const make = requireOfDeploy(`./resources/${file}`) as (of: unknown) => Promise<Made>;
  return make({ resolveVariable, options: {} });
}
