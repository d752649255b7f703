import type { Check, Patient } from '../check.ts';
import { broken, command, ok } from '../result.ts';
import type { Result } from '../result.ts';
import { deployCommand } from '../stage.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const mostFilters = 2;

export const logGroups: Check = {
  name: 'log-groups',
  async run(patient) {
    const filters = Object.values(patient.stage.template).filter(
      ({ Type }) => Type === 'AWS::Logs::SubscriptionFilter',
    );
    if (filters.length === 0) return [ok('no log group is read (parameter logGroups)')];
    const looked = await Promise.all(
      filters.map(({ Properties }) =>
        lookAt(String(Properties?.['LogGroupName']), String(Properties?.['FilterName']), patient),
      ),
    );
    return looked;
  },
};

async function lookAt(group: string, filter: string, { account, stage }: Patient): Promise<Result> {
  if (!(await account.logGroup(group))) {
    return broken(
      `log group ${group} does not exist`,
      `${command('aws', 'logs', 'create-log-group', '--log-group-name', group, '--region', stage.region)} && ${deployCommand(stage)}`,
    );
  }
  const filters = await account.subscriptionFilters(group);
  if (filters.some(({ name }) => name === filter)) return ok(`log group ${group} is read`);
  const others = filters.map(({ name }) => name);
  const remove = others.map((name) =>
    command(
      'aws',
      'logs',
      'delete-subscription-filter',
      '--log-group-name',
      group,
      '--filter-name',
      name,
      '--region',
      stage.region,
    ),
  );
  return others.length >= mostFilters
    ? broken(
        `log group ${group} is not read: it has its ${mostFilters} subscription filters already (${others.join(', ')})`,
        `${remove.at(-1)}   # if nobody needs it; then ${deployCommand(stage)}`,
      )
    : broken(`log group ${group} is not read: the subscription filter ${filter} is missing`, deployCommand(stage));
}
