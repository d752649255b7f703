import { expect, test, describe } from '@jest/globals';
import { layConfigurations } from '../../../../src/config/configuration.ts';
import { parseConfiguration } from '../../../../src/config/load-configuration.ts';
import { createDecider } from '../../../../src/notify/routing/decide.ts';
import { rootLogin } from '../specimens.ts';

function decider(...yaml: readonly string[]) {
  const layers = yaml.map((text) => {
    const { layer, problems } = parseConfiguration(text, 'config/test.yml');
    expect(problems).toEqual([]);
    return layer;
  });
  return createDecider(layConfigurations([{ receivers: { sns: { kind: 'sns' } } }, ...layers]));
}

const base = `
trials:
  new-rules: { rule: [4b1c, 'Cluster *'], until: 2026-06-30, owner: detection@example.com }
  'Bucket listed': 2026-05-31
`;

const march = '2026-03-14T12:00:00Z';

describe('what is on trial', () => {
  test.each([
    ['a rule by its id', ['4b1c', 'Pod started'], march, 'new-rules'],
    ['by its title', ['9f', 'Cluster opened'], march, 'new-rules'],
    ['by its title, in the short form', ['7a', 'Bucket listed'], march, 'Bucket listed'],
    ['to the end of the last day', ['4b1c'], '2026-06-30T23:59:59.999Z', 'new-rules'],
    ['no longer the day after', ['4b1c'], '2026-07-01T00:00:00Z', undefined],
    ['no other rule', ['9f', 'My cluster'], march, undefined],
  ])('%s', (_rule, rule, at, name) => {
    const { trial, route } = decider(base).decideFor({ rule, level: ['high'] }, new Date(at));
    expect(trial?.name).toBe(name);
    // What it would have reached is known all the same.
    expect(route.receivers).toEqual(['sns']);
  });

  test('a finding is, by its rule', () => {
    const yaml = `trials: { x: { rule: '${rootLogin.rule.title}', until: 2026-06-30 } }`;
    expect(decider(yaml).decide(rootLogin, new Date(march)).trial?.name).toBe('x');
  });

  test('a stage ends one by a line', () => {
    const asked = decider(base, "trials: { 'Bucket listed': off }");
    expect(asked.decideFor({ rule: ['7a', 'Bucket listed'] }, new Date(march)).trial).toBeUndefined();
    expect(asked.decideFor({ rule: ['4b1c'] }, new Date(march)).trial).toBeDefined();
  });

  test('those that ended are named, with what reports them', () => {
    const asked = decider(base);
    expect(asked.trials(new Date(march))).toEqual([]);
    expect(asked.trials(new Date('2026-06-01T00:00:00Z'))).toEqual([
      { name: 'Bucket listed', rules: ['Bucket listed'], until: '2026-05-31' },
    ]);
    expect(asked.trials(new Date('2026-07-01T00:00:00Z')).map(({ name }) => name)).toEqual([
      'new-rules',
      'Bucket listed',
    ]);
  });
});
