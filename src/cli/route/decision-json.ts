import type { Level } from '../../model/level.ts';
import { programPolicy, quietUntil } from '../../notify/index.ts';
import type { Addressee, InhibitionStep, RouteStep } from '../../notify/index.ts';
import { durationText } from '../../time/duration.ts';
import { reachedBy, type Decided } from './decide-route.ts';

/** decisionJson is what `renderDecision` shows, for programs: options as a configuration writes them. */
export function decisionJson({ decision, inhibitions, at, readByProgram }: Decided): object {
  const { labels, suppressions, trials, route } = decision;
  const level = (labels.level?.[0] ?? 'informational') as Level;
  return {
    at: at.toISOString(),
    labels,
    suppressions: suppressions.map(({ kind, suppression: { name, owner, reason, expires }, why }) => {
      return { name, kind, why, owner, reason, expires };
    }),
    inhibitions: inhibitions.map(inhibitionJson),
    trials: trials.map(({ kind, trial: { name, until, owner }, why }) => ({ name, kind, why, until, owner })),
    route: routeJson(route.tree),
    why: route.why,
    to: route.to.map((one) => addresseeJson(one, level, at, readByProgram(one.receiver))),
    reaches: reachedBy(decision),
  };
}

function inhibitionJson({ inhibition, source, target, lacks, starts, mutable }: InhibitionStep): unknown {
  const { name, equal, forMs, reason } = inhibition;
  return {
    name,
    starts,
    mutable,
    source: source.why,
    target: target.why,
    lacks,
    equal,
    for: durationText(forMs),
    reason,
  };
}

function routeJson({ name, kind, why, decides, continues, receivers, steps }: RouteStep): unknown {
  return { name, kind, why, decides, continue: continues, receivers, routes: steps.map(routeJson) };
}

function addresseeJson({ receiver, policy }: Addressee, level: Level, at: Date, program: boolean): unknown {
  const { by, waitMs, updateMs, repeatMs, most, quiet } = program ? programPolicy(policy) : policy;
  return {
    receiver,
    groupBy: program ? 'finding' : by,
    groupWait: durationText(waitMs),
    groupInterval: durationText(updateMs),
    repeatInterval: durationText(repeatMs),
    throttle: program || most === Number.MAX_SAFE_INTEGER ? 'off' : most,
    ...(quiet && { quietHours: quiet }),
    quietUntil: quietUntil(quiet, level, at)?.toISOString() ?? null,
  };
}
