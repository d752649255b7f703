import { findingOf, type Sent } from './findings.ts';
import { startMs } from './schedule.ts';
import type { Plan, Planner } from './network.ts';

const minute = 60_000;

/** crashStory has one of each: an alert, an update, a critical alert, a finding that is refused for good, and an addition. */
export const crashStory: readonly Sent[] = [
  { rule: 'rule-3', level: 'high', actor: 'mallory', minute: 0 },
  { rule: 'rule-3', level: 'high', actor: 'mallory', minute: 1 },
  { rule: 'rule-5', level: 'critical', actor: 'ben', minute: 1 },
  { rule: 'rule-7', level: 'medium', actor: 'ana', minute: 2 },
  { rule: 'rule-3', level: 'high', actor: 'mallory', minute: 2, completes: 'call-1', of: 0 },
].map(({ minute: at, of, ...facts }, index) => {
  const time = new Date(startMs + at * minute).toISOString();
  return {
    finding: findingOf({ ...facts, level: facts.level as 'high', event: `story-${of ?? index}`, time }),
    atMs: startMs + at * minute,
  };
});

/** dieAt plans a run with one fault: the copy that makes a call dies, before or after the call did its work. */
export function dieAt(number: number, after: boolean): () => Planner {
  return () =>
    ({ index }): Plan =>
      index === number ? { kind: after ? 'crash-after' : 'crash-before', ms: 5 } : { kind: 'done', ms: 5 };
}
