import type { StackResource } from '../account.ts';
import type { Check, Patient } from '../check.ts';
import { broken, command, ok, warning } from '../result.ts';
import type { Result } from '../result.ts';
import { remakeSteps, resourcesOf } from '../stage.ts';
import { dayMs } from '../../time/days.ts';

const lookBackMs = dayMs;

/** The rule for management events; with a trail that is logging, a day without any of them means that something is broken. */
const managementRule = 'CloudTrailRule';

export const eventRules: Check = {
  name: 'event-rules',
  async run(patient) {
    const rules = resourcesOf(patient.stage, 'AWS::Events::Rule');
    const looked = await Promise.all(rules.map((rule) => stateOf(rule, patient)));
    const wrong = looked.flat();
    return wrong.length > 0 ? wrong : [ok(`${rules.length} EventBridge rules exist and are enabled`)];
  },
};

async function stateOf({ physicalId }: StackResource, { account, stage }: Patient): Promise<readonly Result[]> {
  const { name, bus } = ruleOf(physicalId);
  const state = await account.eventRule(name, bus);
  if (state === 'ENABLED') return [];
  if (state === undefined)
    return [broken(`EventBridge rule ${name} does not exist`, remakeSteps(stage, `the rule ${name}`))];
  const at = [...(bus === undefined ? [] : ['--event-bus-name', bus]), '--region', stage.region];
  return [
    broken(`EventBridge rule ${name} is disabled`, command('aws', 'events', 'enable-rule', '--name', name, ...at)),
  ];
}

export const eventsArrive: Check = {
  name: 'events-arrive',
  async run({ account, stage, now }) {
    const rules = resourcesOf(stage, 'AWS::Events::Rule').map(({ logicalId, physicalId }) => ({
      logicalId,
      ...ruleOf(physicalId),
    }));
    const onDefault = rules.filter(({ bus }) => bus === undefined).map(({ name }) => name);
    const from = new Date(now.getTime() - lookBackMs);
    const metric = { namespace: 'AWS/Events', dimension: 'RuleName' };
    const [invocations, failed] = await Promise.all([
      account.metricSums({ ...metric, name: 'Invocations' }, onDefault, from, now),
      account.metricSums({ ...metric, name: 'FailedInvocations' }, onDefault, from, now),
    ]);
    const undelivered = onDefault
      .filter((name) => (failed.get(name) ?? 0) > 0)
      .map((name) =>
        warning(
          `EventBridge rule ${name} failed to deliver ${failed.get(name)} events in the last 24 hours`,
          command('aws', 'events', 'list-targets-by-rule', '--rule', name, '--region', stage.region),
        ),
      );
    const management = rules.find(({ logicalId }) => logicalId === managementRule);
    if (management === undefined) return undelivered;
    const received = invocations.get(management.name) ?? 0;
    return [
      received > 0
        ? ok(`EventBridge delivered ${received} management events in the last 24 hours`)
        : broken(
            `EventBridge rule ${management.name} received no management events in the last 24 hours: EventBridge receives them only while a trail is logging`,
            'fix the results of trail and logging first; then make any write call, and run the doctor again after five minutes',
          ),
      ...undelivered,
    ];
  },
};

/** CloudFormation calls a rule of another bus `bus|rule`. */
function ruleOf(physicalId: string): { readonly name: string; readonly bus?: string } {
  const [first = '', second] = physicalId.split('|');
  return second === undefined ? { name: first } : { name: second, bus: first };
}
