import { expect, test } from '@jest/globals';
import type { ReceiverTools } from '../../../src/notify/receivers/receiver-kind.ts';
import { createReceivers, receiverKinds, type ReceiverSettings } from '../../../src/notify/receivers/receiver-table.ts';

const unused = (): never => {
  throw new Error('nothing is sent');
};
const client = () => ({ send: unused });
const tools: ReceiverTools = {
  sns: client,
  findingsBus: () => unused,
  securityHub: client,
  secret: unused,
  fetch: unused,
  sleep: unused,
  random: unused,
  now: unused,
};

const examples: Readonly<Record<ReceiverSettings['kind'], Omit<ReceiverSettings, 'kind'>>> = {
  sns: {},
  'slack-webhook': { address: '/trailwatch/slack' },
  'slack-bot': { token: '/trailwatch/token', channel: '#alerts' },
  teams: { address: '/trailwatch/teams' },
  pagerduty: { routingKey: '/trailwatch/key' },
  webhook: { address: 'https://siem.example.com/', signingKey: '/trailwatch/key' },
  gelf: { address: 'https://graylog.example.com/gelf' },
  'security-hub': {},
  'findings-bus': { busArn: 'arn:aws:events:eu-west-1:444455556666:event-bus/security' },
};

test.each(Object.entries(examples))('the table says of %s what its receivers do', async (kind, options) => {
  const name = kind as ReceiverSettings['kind'];
  const stage = { alertsTopic: 'arn:aws:sns:eu-west-1:111122223333:alerts', slackWebhookParameter: '' };
  const [receiver] = await createReceivers({ one: { kind: name, ...options } }, stage, tools);
  expect(receiver?.grouping ?? 'grouped').toBe(receiverKinds[name].grouping);
});
