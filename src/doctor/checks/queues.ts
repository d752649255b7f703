import type { Check } from '../check.ts';
import { broken, command, ok, warning } from '../result.ts';
import type { Result } from '../result.ts';
import { deployCommand, remakeSteps, resourcesOf } from '../stage.ts';

/** In messages: a longer queue means that a function is throttled. */
const backlog = 10_000;

export const deadLetters: Check = {
  name: 'dead-letters',
  async run({ account, stage }) {
    const queues = resourcesOf(stage, 'AWS::SQS::Queue').filter(({ logicalId }) => logicalId.endsWith('DeadLetters'));
    const looked = await Promise.all(
      queues.map(async ({ physicalId: url }): Promise<readonly Result[]> => {
        const name = nameOf(url);
        const depth = await account.queueDepth(url);
        if (depth === undefined)
          return [
            broken(
              `queue ${name} does not exist: failed messages would be lost`,
              remakeSteps(stage, `the queue ${name}`),
            ),
          ];
        const waiting = depth.waiting + depth.underWay;
        if (waiting === 0) return [];
        const replay = command('npx', 'trailwatch', 'replay', '--stage', stage.name, '--region', stage.region);
        const step = name.slice(stage.stack.name.length + 1).replace(/-dead-letters$/, '');
        return [
          broken(
            `${name} holds ${waiting} ${waiting === 1 ? 'message' : 'messages'}`,
            `${replay}   # lists the reasons; fix the cause, then send them again with --dead-letters ${step}`,
          ),
        ];
      }),
    );
    const wrong = looked.flat();
    return wrong.length > 0 ? wrong : [ok(`${queues.length} dead-letter queues are empty`)];
  },
};

export const queues: Check = {
  name: 'queues',
  async run({ account, stage }) {
    const all = resourcesOf(stage, 'AWS::SQS::Queue').filter(({ logicalId }) => !logicalId.endsWith('DeadLetters'));
    return Promise.all(
      all.map(async ({ physicalId: url }) => {
        const name = nameOf(url);
        const depth = await account.queueDepth(url);
        if (depth === undefined) return broken(`queue ${name} does not exist`, remakeSteps(stage, `the queue ${name}`));
        const says = `queue ${name} holds ${depth.waiting} ${depth.waiting === 1 ? 'message' : 'messages'}`;
        return depth.waiting > backlog ? warning(says, deployCommand(stage, 'queueConcurrency=20')) : ok(says);
      }),
    );
  },
};

export const alarms: Check = {
  name: 'alarms',
  async run({ account, stage }) {
    const names = ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) =>
      resourcesOf(stage, type).map(({ physicalId }) => physicalId),
    );
    const all = await account.alarms(names);
    const gone = names.filter((name) => !all.some((alarm) => alarm.name === name));
    const wrong = [
      ...gone.map((name) => broken(`alarm ${name} does not exist`, remakeSteps(stage, `the alarm ${name}`))),
      ...all
        .filter(({ state }) => state === 'ALARM')
        .map(({ name, reason }) => broken(`alarm ${name}: ${reason}`, `see ${name} in docs/operations.md`)),
      ...all
        .filter(({ actionsEnabled }) => !actionsEnabled)
        .map(({ name }) =>
          warning(
            `alarm ${name} notifies nobody: its actions are disabled`,
            command('aws', 'cloudwatch', 'enable-alarm-actions', '--alarm-names', name, '--region', stage.region),
          ),
        ),
    ];
    return wrong.length > 0 ? wrong : [ok(`none of ${names.length} alarms is in state ALARM`)];
  },
};

function nameOf(url: string): string {
  return url.split('/').at(-1) ?? url;
}
