// Brakes on a stage that is running: fewer copies of a function at once, or nothing at all, without removing anything.
import type { Resources } from '../cloudformation.ts';
import { changed, idOf, ofType, sourcesOf, withProperties } from './read-template.ts';

/**
 * reserve gives each function that events call as many copies as it may have at once, and keeps so many for it. A function that reads
 * a queue has a limit of its own (`queueConcurrency`): with fewer copies reserved, its messages would become dead letters. A schedule
 * calls one copy.
 */
export function reserve(resources: Resources, copies: number | undefined): Resources {
  if (copies === undefined) return resources;
  const others = new Set([...sourcesOf(resources).map(({ to }) => to), ...scheduled(resources)]);
  return changed(resources, 'AWS::Lambda::Function', (lambda, id) =>
    // An asynchronously called function has dead letters of its own.
    lambda.Properties.DeadLetterConfig !== undefined && !others.has(id)
      ? withProperties(lambda, { ReservedConcurrentExecutions: copies })
      : lambda,
  );
}

function scheduled(resources: Resources): readonly (string | undefined)[] {
  return ofType(resources, 'AWS::Events::Rule')
    .filter(([, { Properties }]) => Properties.ScheduleExpression !== undefined)
    .flatMap(([, { Properties }]) => Properties.Targets.map(({ Arn }) => idOf(Arn)));
}

/**
 * stop keeps every function from running and loses as little as possible: queues fill for four days and streams for three, and
 * CloudWatch Logs retries its subscriptions for a day. What EventBridge would have brought at once comes with the trail's files.
 */
export function stop(resources: Resources): Resources {
  const functions = new Set(ofType(resources, 'AWS::Lambda::Function').map(([id]) => id));
  const callsFunction = (targets: readonly { readonly Arn: unknown }[]) =>
    targets.some(({ Arn }) => functions.has(idOf(Arn) ?? ''));
  const stopped = changed(resources, 'AWS::Lambda::Function', (one) =>
    withProperties(one, { ReservedConcurrentExecutions: 0 }),
  );
  const detached = changed(stopped, 'AWS::Lambda::EventSourceMapping', (one) =>
    withProperties(one, { Enabled: false }),
  );
  const unscheduled = changed(detached, 'AWS::Scheduler::Schedule', (one) =>
    withProperties(one, { State: 'DISABLED' }),
  );
  return changed(unscheduled, 'AWS::Events::Rule', (one) =>
    callsFunction(one.Properties.Targets) ? withProperties(one, { State: 'DISABLED' }) : one,
  );
}
