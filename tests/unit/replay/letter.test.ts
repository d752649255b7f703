import { describe, expect, test } from '@jest/globals';
import { openLetter, reasonOf, stepOf, wayBackOf } from '../../../src/replay/letter.ts';
import { deadLetterBody } from '../../../src/notify/delivery/dead-letter-body.ts';
import { rootLogin } from '../notify/specimens.ts';

describe('which step a queue belongs to', () => {
  test.each([
    { rule: 'a queue of dead letters', queue: 'trailwatch-dev-deliver-dead-letters', step: 'deliver' },
    {
      rule: 'of a step with hyphens',
      queue: 'trailwatch-dev-logs-subscription-dead-letters',
      step: 'logs-subscription',
    },
    { rule: 'of a step that only a later version knows', queue: 'trailwatch-dev-new-dead-letters', step: 'new' },
    { rule: 'no dead letters', queue: 'trailwatch-dev-deliver', step: undefined },
    { rule: 'another stage', queue: 'trailwatch-prod-deliver-dead-letters', step: undefined },
    { rule: 'another stage that begins alike', queue: 'trailwatch-dev-blue-deliver-dead-letters', step: undefined },
    { rule: 'nobody', queue: 'trailwatch-dev--dead-letters', step: undefined },
  ])('$rule: $queue', ({ queue, step }) => {
    expect(stepOf(queue, 'dev')).toBe(step);
  });
});

describe('where letters go', () => {
  const event = JSON.stringify({ source: 'aws.s3', detail: {} });
  const finding = deadLetterBody(rootLogin, 'id', new Date('2026-03-11T12:00:00Z'));

  test.each([
    { rule: 'a finding, to its queue', step: 'deliver', body: finding, goes: 'queue' },
    { rule: 'a finding for the table, to the bus', step: 'findings-table', body: finding, goes: 'findings-bus' },
    { rule: 'a notice of a file, to its queue', step: 'trail-file', body: event, goes: 'queue' },
    { rule: 'an event, to its function', step: 'event-bus', body: event, goes: 'function' },
    { rule: 'a run of a schedule, to its function', step: 'watch', body: event, goes: 'function' },
  ])('$rule', ({ body, goes, step }) => {
    expect(openLetter(step, { body })).toEqual({ kind: 'send', way: { kind: goes } });
  });

  test.each([
    { rule: 'a finding that is none', step: 'deliver', body: event, why: /holds no finding: event.source/ },
    { rule: 'no JSON', step: 'event-bus', body: 'hello', why: /holds no JSON/ },
    { rule: 'JSON that is no event', step: 'probe', body: '[1]', why: /holds no event/ },
    { rule: 'nothing', step: 'trail-file', body: '', why: /holds no JSON/ },
    { rule: 'a part of a stream', step: 'kinesis', body: event, why: /the stream may still hold/ },
    { rule: 'what an unknown step gave up', step: 'new', body: event, why: /cannot be sent again by this version/ },
    {
      rule: 'a step with a name of JavaScript',
      step: 'constructor',
      body: event,
      why: /cannot be sent again by this version/,
    },
  ])('$rule stays', ({ body, step, why }) => {
    expect(openLetter(step, { body })).toEqual({ kind: 'left', reason: expect.stringMatching(why) });
  });

  test('a step without a way back has none', () => {
    expect(wayBackOf('new')).toBeUndefined();
  });
});

describe('why a letter is there', () => {
  test.each([
    {
      by: 'a receiver',
      attributes: { receiver: 'oncall', reason: 'unauthorized', why: 'Slack: invalid_auth' },
      says: 'oncall: unauthorized',
    },
    {
      by: 'Lambda',
      attributes: { ErrorCode: '200', ErrorMessage: 'boom', RequestID: 'r' },
      says: 'the function failed: boom',
    },
    {
      by: 'EventBridge',
      attributes: { ERROR_CODE: 'NO_PERMISSIONS', ERROR_MESSAGE: 'not allowed', RULE_ARN: 'arn' },
      says: 'EventBridge could not deliver it: NO_PERMISSIONS, not allowed',
    },
    { by: 'nobody', attributes: {}, says: 'received as often as its queue allows; the function’s log has the reason' },
  ])('as $by says', ({ attributes, says }) => {
    expect(reasonOf({ attributes })).toBe(says);
  });

  test('is cut where it is longer than a line', () => {
    expect(reasonOf({ attributes: { ErrorMessage: 'x'.repeat(5_000) } })).toHaveLength(121);
  });
});
