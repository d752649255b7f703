import { unlistedLogGroups } from '../../src/ingest/log-sources.ts';
import type { Stage } from '../stage.ts';

/** parameterWarnings says which parameters are probably a slip, a line each. */
export function parameterWarnings({
  configuration,
  name,
  params,
}: Pick<Stage, 'configuration' | 'name' | 'params'>): readonly string[] {
  return unlistedLogGroups(params.logGroups, configuration.logs).map(
    (group) =>
      `parameter logGroups: warning: no row of \`logs\` in config/${name}.yml names ${group}: records of CloudTrail and of other ` +
      'services are refused there, since anybody who may write to it could forge them; add a row with its format',
  );
}
