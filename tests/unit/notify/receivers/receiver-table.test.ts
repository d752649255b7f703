import { describe, expect, test } from '@jest/globals';
import { ReceiverConfigError } from '../../../../src/notify/receivers/receiver-kind.ts';
import type { Need, ReceiverTools } from '../../../../src/notify/receivers/receiver-kind.ts';
import {
  createReceivers,
  receiverKinds,
  receiverNeeds,
  receiverProblem,
} from '../../../../src/notify/receivers/receiver-table.ts';
import type { ReceiverSettings } from '../../../../src/notify/receivers/receiver-table.ts';

const unused = (): never => {
  throw new Error('no receiver asked for this');
};
const tools: ReceiverTools = {
  sns: unused,
  findingsBus: unused,
  securityHub: unused,
  secret: unused,
  fetch: unused,
  sleep: unused,
  random: unused,
  now: unused,
};
const stage = { alertsTopic: 'arn:aws:sns:eu-central-1:111122223333:alerts', slackWebhookParameter: '' };

const topicArn = 'arn:aws:sns:eu-central-1:111122223333:others';
const busArn = 'arn:aws:events:eu-central-1:111122223333:event-bus/security';
const [bot, key, key2] = ['ssm:/t/bot', '/t/key', 'secretsmanager:t/key#pd'];

/** Of each kind, a configuration that holds, and what it needs. */
const sound: readonly (readonly [settings: ReceiverSettings, needs: readonly Need[]])[] = [
  [{ kind: 'sns' }, []],
  [{ kind: 'sns', topicArn }, [{ kind: 'publish', topicArn }]],
  [{ kind: 'slack-webhook', address: key }, [{ kind: 'parameter', name: '/t/key' }]],
  [{ kind: 'slack-bot', token: bot, channel: 'C0123456789' }, [{ kind: 'parameter', name: '/t/bot' }]],
  [{ kind: 'slack-bot', token: bot, channel: '#überwachung' }, [{ kind: 'parameter', name: '/t/bot' }]],
  [{ kind: 'teams', address: key }, [{ kind: 'parameter', name: '/t/key' }]],
  [{ kind: 'pagerduty', routingKey: key2 }, [{ kind: 'secret', name: 't/key' }]],
  [{ kind: 'pagerduty', routingKey: key2, region: 'eu', autoResolve: true }, [{ kind: 'secret', name: 't/key' }]],
  [{ kind: 'webhook', address: 'https://siem.example.com/', signingKey: key }, [{ kind: 'parameter', name: '/t/key' }]],
  [
    { kind: 'webhook', address: bot, signingKey: key },
    [
      { kind: 'parameter', name: '/t/bot' },
      { kind: 'parameter', name: '/t/key' },
    ],
  ],
  [{ kind: 'gelf', address: 'https://graylog.example.com:12202/gelf' }, []],
  [
    { kind: 'gelf', address: 'http://localhost:12201/gelf', authorization: key, gzip: false },
    [{ kind: 'parameter', name: '/t/key' }],
  ],
  [{ kind: 'security-hub' }, [{ kind: 'import-findings' }]],
  [{ kind: 'findings-bus', busArn }, [{ kind: 'put-events', busArn }]],
];

describe.each(sound)('%j', (settings, needs) => {
  test('holds, and needs no more than it names', () => {
    expect(receiverProblem(settings)).toBeUndefined();
    expect(receiverNeeds({ x: settings })).toEqual(needs);
  });

  test('is refused with a key that means nothing', () => {
    expect(receiverProblem({ ...settings, adress: 'x' })).toMatch(/adress|address|topicArn/);
  });

  test('makes a receiver by its name', async () => {
    const idle = { send: unused };
    const made = await createReceivers({ x: settings }, stage, {
      ...tools,
      sns: () => idle,
      findingsBus: async () => unused,
      securityHub: async () => idle,
    });
    const programs = ['webhook', 'gelf', 'security-hub', 'findings-bus'];
    expect(made.map(({ name, grouping = 'grouped' }) => [name, grouping])).toEqual([
      ['x', programs.includes(settings.kind) ? 'each' : 'grouped'],
    ]);
  });
});

test('every kind has a row in `sound`', () => {
  expect(new Set(sound.map(([{ kind }]) => kind))).toEqual(new Set(Object.keys(receiverKinds)));
});

describe('what is refused', () => {
  test.each<[string, ReceiverSettings, RegExp]>([
    ['a topic that is none', { kind: 'sns', topicArn: 'alerts' }, /topicArn: must be an ARN/],
    ['a queue where a topic belongs', { kind: 'sns', topicArn: 'arn:aws:sqs:eu-west-1:111122223333:q' }, /topicArn/],
    [
      'a webhook in the open',
      { kind: 'slack-webhook', address: 'https://hooks.slack.com/services/x' },
      /name a secret/,
    ],
    ['a workflow in the open', { kind: 'teams', address: 'https://x.logic.azure.com/?sig=y' }, /name a secret/],
    ['a token in the open', { kind: 'slack-bot', token: 'xoxb-1-2-a', channel: '#a' }, /token: must name a secret/],
    ['a key in the open', { kind: 'pagerduty', routingKey: '0123456789abcdef0123456789abcdef' }, /name a secret/],
    ['a header in the open', { kind: 'gelf', address: key, authorization: 'Basic dXNlcg==' }, /name a secret/],
    ['no channel', { kind: 'slack-bot', token: key }, /channel/],
    ['a channel that is none', { kind: 'slack-bot', token: key, channel: 'alerts' }, /channel: must be a channel/],
    ['another region', { kind: 'pagerduty', routingKey: key, region: 'ap' }, /region: must be us or eu/],
    ['an address without TLS', { kind: 'gelf', address: 'http://graylog:12201/gelf' }, /address: must be an https/],
    ['an address with a password', { kind: 'webhook', address: 'https://a:b@x.example/', signingKey: key }, /address/],
    ['no key to sign with', { kind: 'webhook', address: 'https://x.example/' }, /signingKey/],
    ['a bus that is none', { kind: 'findings-bus', busArn: 'security' }, /busArn: must be an ARN/],
    ['an option too many', { kind: 'security-hub', region: 'eu-west-1' }, /region/],
  ])('%s', async (_what, settings, problem) => {
    const said = receiverProblem(settings);
    expect(said).toMatch(problem);
    // What is refused may be a secret.
    expect(said).not.toMatch(/xoxb|0123456789abcdef|dXNlcg|services\/x|sig=y/);
    await expect(createReceivers({ x: settings }, stage, tools)).rejects.toThrow(ReceiverConfigError);
  });
});

describe('createReceivers', () => {
  test('makes each kind, in order, and builds only the clients they need', async () => {
    const receivers = await createReceivers(
      {
        chat: { kind: 'slack-webhook', address: '/trailwatch/dev/slack' },
        mail: { kind: 'sns', topicArn: 'arn:aws:sns:eu-central-1:111122223333:others' },
      },
      stage,
      { ...tools, sns: () => ({ send: unused }) },
    );
    expect(receivers.map(({ name }) => name)).toEqual(['chat', 'mail']);
  });

  test.each([
    ['a topic alone', '', ['mail']],
    ['a topic and a Slack', '/trailwatch/dev/slack', ['mail', 'chat']],
  ])('makes of a stage with %s what is there', async (_what, slackWebhookParameter, names) => {
    const receivers = await createReceivers(
      { mail: { kind: 'sns' }, chat: { kind: 'slack-webhook' } },
      { ...stage, slackWebhookParameter },
      { ...tools, sns: () => ({ send: unused }) },
    );
    expect(receivers.map(({ name }) => name)).toEqual(names);
  });

  test.each<[string, Readonly<Record<string, ReceiverSettings>>, string]>([
    ['a missing option', { pager: { kind: 'pagerduty', region: 'eu' } }, 'pager: routingKey: is missing'],
    [
      'a misspelled option',
      { mail: { kind: 'sns', topic: 'x' } },
      'mail: topic: unknown key: known here are kind, top',
    ],
    ['an unknown option', { mail: { kind: 'sns', topicArn: stage.alertsTopic, color: true } }, 'mail: color: '],
    ['a wrong option', { mail: { kind: 'sns', topicArn: 'alerts' } }, 'mail: topicArn: '],
    [
      'an address where a parameter’s name belongs',
      { chat: { kind: 'slack-webhook', address: 'https://hooks.slack.com/services/T0/B0/x' } },
      'chat: address: must name a secret',
    ],
  ])('refuses %s', async (_what, settings, reason) => {
    const made = createReceivers(settings, stage, tools);
    await expect(made).rejects.toThrow(ReceiverConfigError);
    await expect(made).rejects.toThrow(reason);
  });
});
