import type { Template } from '../account.ts';
import type { Check } from '../check.ts';
import { broken, command, ok, warning } from '../result.ts';

/** EventBridge's default quota of rules on a bus. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const rulesOfABus = { code: 'L-244521F2', usual: 300 };
const concurrency = 'L-B99A9384';
/** Lambda always keeps this much concurrency for functions without reserved concurrency. https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html */
const keptBack = 100;

export const lambdaConcurrency: Check = {
  name: 'concurrency',
  withoutStage: true,
  async run({ account, stage }) {
    const { limit, unreserved } = await account.lambdaConcurrency();
    const wanted = wantedOf(stage.template);
    const more = command(
      'aws',
      'service-quotas',
      'request-service-quota-increase',
      '--service-code',
      'lambda',
      '--quota-code',
      concurrency,
      '--desired-value',
      '1000',
      '--region',
      stage.region,
    );
    const says = `this account's Lambda concurrency is ${limit}, of which ${unreserved} is unreserved; the stage's queues can use ${wanted}`;
    if (wanted > unreserved) return [broken(`${says}: alerts can be delayed by throttling`, more)];
    if (limit < 2 * keptBack || wanted > unreserved / 2)
      return [warning(`${says}: little is left for other functions`, more)];
    return [ok(says)];
  },
};

function wantedOf(template: Template): number {
  return Object.values(template).reduce((sum, { Type, Properties }) => {
    if (Type !== 'AWS::Lambda::EventSourceMapping') return sum;
    const scaling = Properties?.['ScalingConfig'] as { readonly MaximumConcurrency?: unknown } | undefined;
    return sum + (Number(scaling?.MaximumConcurrency) || 0);
  }, 0);
}

export const ruleQuota: Check = {
  name: 'rule-quota',
  withoutStage: true,
  async run({ account, stage }) {
    const [names, quota = rulesOfABus.usual] = await Promise.all([
      account.eventRuleNames(),
      account.quota('events', rulesOfABus.code),
    ]);
    const says = `the default event bus has ${names.length} of ${quota} rules`;
    if (names.length < quota * 0.9) return [ok(says)];
    return [
      warning(
        says,
        command(
          'aws',
          'service-quotas',
          'request-service-quota-increase',
          '--service-code',
          'events',
          '--quota-code',
          rulesOfABus.code,
          '--desired-value',
          String(quota * 2),
          '--region',
          stage.region,
        ),
      ),
    ];
  },
};
