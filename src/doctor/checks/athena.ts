import type { Check } from '../check.ts';
import { broken, command, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { remakeSteps, physicalId, resourcesOf } from '../stage.ts';

export const athena: Check = {
  name: 'athena',
  async run({ account, stage }) {
    const [workGroup] = resourcesOf(stage, 'AWS::Athena::WorkGroup');
    if (workGroup === undefined) return [ok('the stage has no reports, because it has no trail bucket')];
    const state = await account.workGroup(workGroup.physicalId);
    const { physicalId: name } = workGroup;
    if (state === 'ENABLED') return [ok(`work group ${name} exists`)];
    if (state === undefined)
      return [
        broken(`work group ${name} does not exist: reports cannot run`, remakeSteps(stage, `the work group ${name}`)),
      ];
    return [
      broken(
        `work group ${name} is disabled: reports cannot run`,
        command(
          'aws',
          'athena',
          'update-work-group',
          '--work-group',
          name,
          '--state',
          'ENABLED',
          '--region',
          stage.region,
        ),
      ),
    ];
  },
};

export const tables: Check = {
  name: 'tables',
  async run({ account, stage }) {
    const database = physicalId(stage, 'ArchiveDatabase');
    if (database === undefined) return [];
    const found = await account.tables(database);
    if (found === undefined)
      return [
        broken(
          `database ${database} does not exist: reports cannot run`,
          remakeSteps(stage, `the database ${database}`),
        ),
      ];
    const wanted = Object.values(stage.template).flatMap(({ Type, Properties }) => {
      if (Type !== 'AWS::Glue::Table') return [];
      const input = Properties?.['TableInput'] as { readonly Name?: unknown } | undefined;
      return typeof input?.Name === 'string' ? [input.Name] : [];
    });
    const missing: readonly Result[] = wanted
      .filter((name) => !found.includes(name))
      .map((name) => broken(`table ${database}.${name} does not exist`, remakeSteps(stage, `the table ${name}`)));
    return missing.length > 0 ? missing : [ok(`database ${database} has its ${wanted.length} tables`)];
  },
};
