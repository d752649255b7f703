import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { messageOf } from '../text/system-error.ts';
import { readYamlMap } from '../text/yaml.ts';
import { configurationSchema, layConfigurations } from './configuration.ts';
import type { Configuration, ConfigurationFile } from './configuration.ts';
import { namingsOf } from './route.ts';
import { policyProblems } from './policy.ts';

/** ConfigurationError lists all problems of the files, a line each: `config/dev.yml:3: logs.0.format: …`. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * loadConfiguration reads configuration files and combines each with those before it.
 * @throws {ConfigurationError} with all problems of all files.
 */
export async function loadConfiguration(paths: readonly string[]): Promise<Configuration> {
  const problems: string[] = [];
  const files: ParsedFile[] = [];
  for (const path of paths) {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (cause) {
      throw new ConfigurationError(`${path}: cannot be read: ${messageOf(cause)}`, { cause });
    }
    const parsed = parseConfiguration(text, path);
    problems.push(...parsed.problems);
    files.push(parsed);
  }
  const configuration = layConfigurations(files.map(({ layer }) => layer));
  // A file may name what another has, so that this is known of all together.
  if (problems.length === 0) {
    problems.push(...unknownReceivers(configuration, files), ...senselessPolicies(configuration, files));
  }
  if (problems.length > 0) throw new ConfigurationError(problems.join('\n'));
  return configuration;
}

function unknownReceivers({ receivers }: Configuration, files: readonly ParsedFile[]): readonly string[] {
  const known = Object.keys(receivers).join(', ') || 'none';
  return files.flatMap(({ layer, place }) =>
    (layer.route ? namingsOf(layer.route) : [])
      .filter(({ receiver }) => !Object.hasOwn(receivers, receiver))
      .map(
        ({ receiver, keys }) => `${place(keys)}: ${keys.join('.')}: unknown receiver "${receiver}", known are ${known}`,
      ),
  );
}

function senselessPolicies({ route }: Configuration, files: readonly ParsedFile[]): readonly string[] {
  return files.flatMap(({ layer, place }) =>
    (layer.route ? policyProblems(layer.route, route) : []).map(
      ({ keys, problem }) => `${place(keys)}: ${keys.join('.')}: ${problem}`,
    ),
  );
}

/** ParsedFile is the content of one file. */
interface ParsedFile {
  readonly layer: ConfigurationFile;
  readonly problems: readonly string[];
  /** Where in the file keys lead to: `config/dev.yml:3`. */
  readonly place: (keys: readonly string[]) => string;
}

/** parseConfiguration checks one file's text; a file without anything but comments says nothing, and that is right. */
export function parseConfiguration(text: string, path: string): ParsedFile {
  const yaml = readYamlMap(text, 'a configuration is a map of sections (accounts, logs, …)');
  const place = (keys: readonly string[]): string => `${path}:${yaml.lineOf(keys)}`;
  const problems = yaml.problems.map(({ line, message }) => `${path}:${line}: ${message}`);
  if (yaml.value === undefined) return { layer: {}, problems, place };
  const checked = v.safeParse(configurationSchema, yaml.value);
  if (checked.success) return { layer: checked.output, problems, place };
  return {
    layer: {},
    place,
    problems: checked.issues.map((issue) => {
      const keys = (issue.path ?? []).map(({ key }) => String(key));
      return `${place(keys)}: ${keys.length > 0 ? `${keys.join('.')}: ` : ''}${issue.message}`;
    }),
  };
}
