// Brakes on a stage that is running: fewer copies of a function at once, or nothing at all, without taking anything away.
const { idOf, ofType, sourcesOf } = require('./resources.cjs');

/**
 * reserve gives each function that events call as many copies as it may have at once, and keeps so many for it. A queue's function has
 * its own brake (`queueConcurrency`): with fewer reserved, its messages would end among the dead letters. A schedule calls for one.
 */
exports.reserve = function reserve(resources, copies) {
  if (copies === '') return;
  const others = new Set([...sourcesOf(resources).map(({ to }) => to), ...scheduled(resources)]);
  for (const [id, { Properties }] of ofType(resources, 'AWS::Lambda::Function')) {
    // Whatever is called without being waited for has dead letters of its own; a function that nobody calls yet has none.
    const { DeadLetterConfig } = Properties;
    if (DeadLetterConfig !== undefined && !others.has(id)) Properties.ReservedConcurrentExecutions = Number(copies);
  }
};

function scheduled(resources) {
  return ofType(resources, 'AWS::Events::Rule')
    .filter(([, { Properties }]) => Properties.ScheduleExpression !== undefined)
    .flatMap(([, { Properties }]) => Properties.Targets.map(({ Arn }) => idOf(Arn)));
}

/**
 * stop keeps every function from running, and loses as little as can be: queues go on filling, for four days, and streams, for three;
 * CloudWatch Logs tries its subscriptions for a day. What EventBridge would have brought at once comes with the trail's files.
 */
exports.stop = function stop(resources, enabled) {
  if (enabled !== 'false') return;
  const functions = new Map(ofType(resources, 'AWS::Lambda::Function'));
  for (const { Properties } of functions.values()) Properties.ReservedConcurrentExecutions = 0;
  for (const [, { Properties }] of ofType(resources, 'AWS::Lambda::EventSourceMapping')) Properties.Enabled = false;
  for (const [, { Properties }] of ofType(resources, 'AWS::Scheduler::Schedule')) Properties.State = 'DISABLED';
  for (const [, { Properties }] of ofType(resources, 'AWS::Events::Rule')) {
    if (Properties.Targets.some(({ Arn }) => functions.has(idOf(Arn)))) Properties.State = 'DISABLED';
  }
};
