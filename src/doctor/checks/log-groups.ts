import type { Check, Patient } from '../check.ts';
import { broken, command, ok, quoted } from '../result.ts';
import type { Result } from '../result.ts';
import { partitionOf, physicalId } from '../stage.ts';
import type { Stage } from '../stage.ts';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html */
const mostFilters = 2;

export const logGroups: Check = {
  name: 'log-groups',
  async run(patient) {
    const filters = Object.values(patient.stage.template).filter(
      ({ Type }) => Type === 'AWS::Logs::SubscriptionFilter',
    );
    if (filters.length === 0) return [ok('the stage subscribes to no log groups (parameter logGroups)')];
    const looked = await Promise.all(
      filters.map(({ Properties }) =>
        lookAt(String(Properties?.['LogGroupName']), String(Properties?.['FilterName']), patient),
      ),
    );
    return looked;
  },
};

async function lookAt(group: string, filter: string, { account, stage }: Patient): Promise<Result> {
  const at = ['--region', stage.region];
  const logs = (call: string, ...more: readonly string[]): string =>
    command('aws', 'logs', call, '--log-group-name', group, ...more, ...at);
  const subscribe = logs(
    'put-subscription-filter',
    '--filter-name',
    filter,
    '--filter-pattern',
    '',
    '--destination-arn',
    functionArn(stage),
  );
  if (!(await account.logGroup(group))) {
    return broken(`log group ${group} does not exist`, `${logs('create-log-group')} && ${subscribe}`);
  }
  const names = (await account.subscriptionFilters(group)).map(({ name }) => name);
  if (names.includes(filter)) return ok(`log group ${group} is read`);
  const last = names.at(-1);
  if (names.length < mostFilters || last === undefined) {
    return broken(`log group ${group} is not read: the subscription filter ${filter} is missing`, subscribe);
  }
  return broken(
    `log group ${group} is not read: it already has its maximum of ${mostFilters} subscription filters (${names.join(', ')})`,
    `${logs('delete-subscription-filter', '--filter-name', last)} && ${subscribe}   # if ${quoted(last)} is no longer needed`,
  );
}

function functionArn(stage: Stage): string {
  const name = physicalId(stage, 'LogsSubscriptionLambdaFunction') ?? '';
  return `arn:${partitionOf(stage.region)}:lambda:${stage.region}:${stage.account}:function:${name}`;
}
