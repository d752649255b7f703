import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { estimate } from '../../cost/estimate.ts';
import { BasisError, isSwitch, isVolume, layBasis } from '../../cost/read-basis.ts';
import type { Given } from '../../cost/read-basis.ts';
import { defaultSwitches, profileOf } from '../../cost/volumes.ts';
import type { Basis, Profile, VolumeName } from '../../cost/volumes.ts';
import { costJson, costTable } from './cost-text.ts';
import { exitCode, UsageError } from '../shell/exit.ts';
import type { ExitCode } from '../shell/exit.ts';
import { measureVolumes } from './measure-volumes.ts';
import { projectPath } from '../shell/options.ts';
import { reasonOf } from '../shell/write-error.ts';
import type { Surroundings } from '../shell/terminal.ts';

/** CostOptions are the flags of `trailwatch cost`, and one for each volume. */
export interface CostOptions extends Partial<Readonly<Record<VolumeName, string>>> {
  readonly profile: Profile;
  readonly region: string;
  readonly stage?: string;
  readonly set: readonly string[];
  readonly volumes?: string;
  readonly fromArchive?: string;
  readonly assumptions?: boolean;
  readonly format: 'table' | 'json';
}

/** estimateCost prints the cost of a month. Later sources override earlier ones: profile, stage, measured archive, file, options. */
export async function estimateCost(options: CostOptions, surroundings: Surroundings): Promise<ExitCode> {
  const { out, cwd } = surroundings;
  const measured =
    options.fromArchive === undefined ? undefined : await measureVolumes(options.fromArchive, surroundings);
  let basis: Basis = { volumes: profileOf(options.profile), switches: defaultSwitches };
  try {
    if (options.stage !== undefined) basis = layBasis(basis, await stageSwitches(options.stage));
    if (measured !== undefined) basis = layBasis(basis, { volumes: { ...measured.volumes }, switches: {} });
    if (options.volumes !== undefined) basis = layBasis(basis, await readVolumes(resolve(cwd, options.volumes)));
    basis = layBasis(basis, givenOf(options));
  } catch (error) {
    if (!(error instanceof BasisError)) throw error;
    throw new UsageError(error.message, undefined, error);
  }
  const printed = {
    basis,
    profile: options.profile,
    measured,
    estimate: estimate(basis, options.region),
    assumptions: options.assumptions === true,
  };
  await out.write(options.format === 'json' ? costJson(printed) : costTable(printed, out.colors));
  return measured !== undefined && measured.failed > 0 ? exitCode.someUnread : exitCode.done;
}

function givenOf(options: CostOptions): Given {
  const switches = options.set.map((text): readonly [string, string] => {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`--set ${text}: expected name=value`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  const given = Object.entries<unknown>({ ...options }).filter(([name]) => isVolume(name));
  // `--volumes` is the file, and no volume has that name.
  return { volumes: Object.fromEntries(given), switches: Object.fromEntries(switches) };
}

async function readVolumes(path: string): Promise<Given> {
  const value = await readYamlFile(path);
  const { switches = {}, ...volumes } = value;
  if (typeof switches !== 'object' || switches === null)
    throw new UsageError(`${path}: switches: expected a map of names to values`);
  return { volumes, switches: switches as Readonly<Record<string, unknown>> };
}

/** The stage's parameters in serverless.yml that affect the bill. */
async function stageSwitches(stage: string): Promise<Given> {
  const path = projectPath('serverless.yml');
  const { params } = (await readYamlFile(path)) as { readonly params?: Readonly<Record<string, object | undefined>> };
  const own = params?.[stage];
  if (own === undefined && stage !== 'dev') {
    throw new UsageError(
      `--stage ${stage}: serverless.yml has no parameters for this stage`,
      'Expected dev, staging, prod, or a stage that you added under `params`.',
    );
  }
  const all = { ...params?.['default'], ...own };
  const switches = Object.entries(all).filter(([name]) => isSwitch(name));
  return { volumes: {}, switches: Object.fromEntries(switches) };
}

async function readYamlFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  const { parse } = await import('yaml');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`${path}: cannot be read: ${reasonOf(cause)}`, undefined, cause);
  });
  let value: unknown;
  try {
    // serverless.yml has CloudFormation's short forms, such as !Ref, which don't matter here.
    value = parse(text, { logLevel: 'silent' });
  } catch (cause) {
    throw new UsageError(`${path}: ${(cause as Error).message}`, undefined, cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${path}: expected a map of names to numbers`);
  }
  return value as Readonly<Record<string, unknown>>;
}
