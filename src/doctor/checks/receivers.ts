import type { Check, Patient } from '../check.ts';
import { broken, command, ok, warning } from '../result.ts';
import type { Result } from '../result.ts';
import { settingOf } from '../stage.ts';
import { secretsOf } from '../secrets.ts';

export const subscriptions: Check = {
  name: 'subscriptions',
  async run({ account, stage }) {
    const topic = settingOf(stage, 'TRAILWATCH_ALERTS_TOPIC') ?? stage.stack.outputs['AlertsTopicArn'];
    if (topic === undefined)
      return [warning('the stage has no alerts topic', 'deploy the stage, then run the doctor again')];
    const all = await account.subscriptions(topic);
    const name = topic.split(':').at(-1);
    const subscribe = command(
      'aws',
      'sns',
      'subscribe',
      '--topic-arn',
      topic,
      '--protocol',
      'email',
      '--notification-endpoint',
      'security@example.com',
      '--region',
      stage.region,
    );
    if (all.length === 0)
      return [warning(`topic ${name} has no subscriptions: it delivers neither alerts nor alarms`, subscribe)];
    return all.map(({ protocol, endpoint, confirmed }) =>
      confirmed
        ? ok(`${protocol} ${endpoint} is subscribed`)
        : broken(
            `${protocol} ${endpoint} has not confirmed its subscription, so SNS sends nothing to it`,
            `confirm it with the email from AWS Notifications, or request a new one: ${command('aws', 'sns', 'subscribe', '--topic-arn', topic, '--protocol', protocol, '--notification-endpoint', endpoint, '--region', stage.region)}`,
          ),
    );
  },
};

export const secrets: Check = {
  name: 'secrets',
  async run(patient) {
    const { parameters, secrets: ids } = secretsOf(patient.stage);
    if (parameters.length + ids.length === 0) return [ok('no receiver uses a secret')];
    return Promise.all([
      ...parameters.map((name) => parameter(name, patient)),
      ...ids.map((id) => secret(id, patient)),
    ]);
  },
};

async function parameter(name: string, { account, stage }: Patient): Promise<Result> {
  const type = await account.parameterType(name);
  const put = ['aws', 'ssm', 'put-parameter', '--type', 'SecureString', '--name', name];
  const at = ['--region', stage.region];
  if (type === undefined)
    return broken(
      `parameter ${name} does not exist, so its receiver fails`,
      `${command(...put)} --value "$SECRET" ${command(...at)}`,
    );
  if (type !== 'SecureString') {
    return broken(
      `parameter ${name} is a ${type}: expected a SecureString`,
      `${command('aws', 'ssm', 'delete-parameter', '--name', name, ...at)} && ${command(...put)} --value "$SECRET" ${command(...at)}`,
    );
  }
  return ok(`parameter ${name} exists and is encrypted`);
}

async function secret(id: string, { account, stage }: Patient): Promise<Result> {
  if (await account.secretExists(id)) return ok(`secret ${id} exists`);
  return broken(
    `secret ${id} does not exist, so its receiver fails`,
    `${command('aws', 'secretsmanager', 'create-secret', '--name', id)} --secret-string "$SECRET" ${command('--region', stage.region)}`,
  );
}

/** Public addresses of receiver kinds, which answer without a secret. */
const places: Readonly<Record<string, string>> = {
  // https://api.slack.com/methods/api.test
  'slack-webhook': 'https://slack.com/api/api.test',
  'slack-bot': 'https://slack.com/api/api.test',
  pagerduty: 'https://events.pagerduty.com/',
};

export const reachable: Check = {
  name: 'reachable',
  async run({ machine, stage }, signal) {
    const parameter = settingOf(stage, 'TRAILWATCH_SLACK_WEBHOOK_PARAMETER');
    const used = Object.values(machine.receivers)
      // Without an address of its own, it uses the stage's webhook, which may not be set.
      .filter((settings) => settings.kind !== 'slack-webhook' || 'address' in settings || parameter !== undefined)
      .flatMap(({ kind }) => places[kind] ?? []);
    return Promise.all(
      [...new Set(used)].map(async (address) => {
        const { host } = new URL(address);
        try {
          await machine.fetch(address, signal);
          return ok(`${host} is reachable from this machine`);
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          return warning(
            `${host} is not reachable from this machine (${why}); the stage's functions use another network`,
            `${command('npx', 'trailwatch', 'doctor', '--stage', stage.name, '--region', stage.region, '--send')}   # on a machine that can reach it`,
          );
        }
      }),
    );
  },
};
