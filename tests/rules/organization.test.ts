import { describe, expect, test } from '@jest/globals';
import path from 'node:path';
import type { Finding } from '../../src/model/finding.ts';
import { isAtLeast } from '../../src/model/level.ts';
import { findingsOf } from '../organization/measure.ts';
import { intrusion } from '../organization/organization.ts';

const rules = path.resolve(import.meta.dirname, '../../rules');
const findings = await findingsOf(rules, true);
const steps = intrusion();
const planted = new Set(steps.flatMap(({ records }) => records.map(({ eventID }) => eventID)));

/** The records that a finding is about. */
const eventsOf = ({ event, correlated }: Finding): readonly string[] => [event.id, ...correlated.map(({ id }) => id)];
const ofIntrusion = findings.filter((finding) => planted.has(finding.event.id));
const ordinary = findings.filter((finding) => !planted.has(finding.event.id));

describe('two weeks of a busy organization in which nothing bad happens', () => {
  test('fewer than five findings a day are of medium or above', () => {
    expect(ordinary.length / 14).toBeLessThan(5);
  });

  test('none is high', () => {
    expect(ordinary.filter(({ rule }) => isAtLeast(rule.level, 'high')).map(({ rule }) => rule.title)).toEqual([]);
  });
});

describe('an intrusion on the twelfth day', () => {
  const acts = steps.filter(({ discovery }) => !discovery);
  const isSeen = ({ records }: (typeof steps)[number]): boolean =>
    records.some(({ eventID }) => ofIntrusion.some((finding) => eventsOf(finding).includes(String(eventID))));

  test('nine of ten steps beyond discovery are seen at medium or above', () => {
    const missed = acts.filter((step) => !isSeen(step)).map(({ name }) => name);
    expect(missed.length).toBeLessThanOrEqual(acts.length / 10);
  });

  test('one story of high or above joins what one address did, through all keys and roles', () => {
    const stories = ofIntrusion.filter(
      ({ rule }) => rule.title === 'Several kinds of suspicious activity from one address',
    );
    expect(stories.map(({ rule, event }) => [rule.level, event.sourceAddress])).toEqual([['high', '45.137.20.9']]);
  });
});
