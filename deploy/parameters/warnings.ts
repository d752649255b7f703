import { matchesGlob } from '../../src/model/glob.ts';
import type { Stage } from '../stage.ts';

/** parameterWarnings says which parameters are probably a slip, a line each. */
export function parameterWarnings({
  configuration,
  name,
  params,
}: Pick<Stage, 'configuration' | 'name' | 'params'>): readonly string[] {
  const patterns = configuration.logs.flatMap(({ groups }) => groups);
  return params.logGroups
    .filter((group) => !patterns.some((pattern) => matchesGlob(pattern, group)))
    .map(
      (group) =>
        `parameter logGroups: warning: no row of \`logs\` in config/${name}.yml names ${group}: its lines are read by their shape, ` +
        'so that its writers can forge CloudTrail records; add a row that says its format',
    );
}
