import { describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../../src/model/audit-event.ts';
import { consoleLinkOf } from '../../../src/notify/message/console-link.ts';
import { messageOf } from '../../../src/notify/message/message.ts';
import { renderText } from '../../../src/notify/render/text.ts';
import { dedupeKeyOf, dedupeKeysOf, wholeAlertOf } from '../../../src/notify/delivery/dedupe-key.ts';
import { completion, instanceStopped, instanceStoppedByBen, rootLogin } from './specimens.ts';

describe('a message that completes an alert', () => {
  const stateOf = (state: string): AuditEvent => ({
    ...completion.event,
    action: state,
    category: { kind: 'instance-state', state },
  });

  test.each([
    ['pending', 'started'],
    ['running', 'started'],
    ['stopping', 'stopped'],
    ['stopped', 'stopped'],
    ['shutting-down', 'terminated'],
    ['terminated', 'terminated'],
  ])('says of %s that it was %s', (state, done) => {
    expect(messageOf({ ...completion, event: stateOf(state) }).title).toBe(
      `Now known: ${done} by ben@example.com → instance i-03de5fa90b71c264e in 111122223333 (Instance stopped or terminated)`,
    );
  });

  test('takes back what turned out to be wrong', () => {
    const message = messageOf({ ...instanceStopped, completes: 'not 2f1e3d4c' });
    expect(message.title).toBe(
      'No longer certain who did it → instance i-03de5fa90b71c264e in 111122223333 (Instance stopped or terminated)',
    );
    expect(renderText(message, { detail: 'full', width: 76 })).toContain('who       unknown (no call seen yet)');
  });
});

describe('the dedupe keys of a finding', () => {
  const [fact, who] = [dedupeKeyOf(instanceStopped), dedupeKeyOf(completion)];

  test.each([
    ['an alert has one for the fact', instanceStopped, [fact]],
    ['an alert that names its actor has one for the actor too', instanceStoppedByBen, [fact, who]],
    ['an addition has only the one for the actor', completion, [who, who]],
    ['an addition as a whole alert has both', wholeAlertOf(completion), [fact, who]],
    ['any other finding has its own ID', rootLogin, [rootLogin.id]],
  ])('%s', (_rule, finding, tellings) => {
    expect(dedupeKeysOf(finding)).toEqual(tellings);
  });

  test('an alert and what completes it are apart', () => {
    expect(new Set([fact, who, dedupeKeyOf({ ...completion, completes: 'another' })]).size).toBe(3);
  });
});

test('the console shows the call behind a change of state, which it has no page for itself', () => {
  expect(consoleLinkOf(instanceStopped.event)).toBeUndefined();
  expect(consoleLinkOf(instanceStoppedByBen.event)).toMatch(/EventId=2f1e3d4c-5b6a-4789-8abc-def012345678$/);
});
