// What holds for every log group, and for whatever is attached to one that the stack itself makes.
const { ofType } = require('./resources.cjs');

/** encryptLogs gives the log groups a key. Without one CloudWatch Logs encrypts with a key of its own. */
exports.encryptLogs = function encryptLogs(resources, key) {
  if (key === '') return;
  for (const [, { Properties }] of ofType(resources, 'AWS::Logs::LogGroup')) Properties.KmsKeyId = key;
};

/** attachAfter lets filters of a log group wait for it where the stack makes it, since they name it by its text. */
exports.attachAfter = function attachAfter(resources) {
  const made = new Map(
    ofType(resources, 'AWS::Logs::LogGroup').map(([id, { Properties }]) => [Properties.LogGroupName, id]),
  );
  for (const type of ['AWS::Logs::SubscriptionFilter', 'AWS::Logs::MetricFilter']) {
    for (const [, resource] of ofType(resources, type)) {
      const group = made.get(resource.Properties.LogGroupName);
      if (group !== undefined) resource.DependsOn = [resource.DependsOn ?? [], group].flat();
    }
  }
};
