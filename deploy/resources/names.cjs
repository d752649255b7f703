// What the resource files have in common: a stage's names and parameters, and the few shapes that repeat.
const { checkParameter } = require('./parameters.cjs');

/** stageOf resolves the service, the stage and the named parameters for one resource file, and checks these. */
exports.stageOf = async function stageOf(resolveVariable, parameters = []) {
  const [service, stage, ...values] = await Promise.all(
    ['self:service', 'sls:stage', ...parameters.map((name) => `param:${name}`)].map((variable) =>
      resolveVariable(variable),
    ),
  );
  for (const [index, name] of parameters.entries()) checkParameter(name, values[index]);
  const params = Object.fromEntries(parameters.map((name, index) => [name, values[index]]));
  return { service, stage, prefix: `${service}-${stage}`, params };
};

/** listOf splits a parameter that holds several values, separated by commas. */
exports.listOf = (text) =>
  String(text)
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** choice refuses a parameter's value that means nothing, before a deployment does something else than was meant. */
exports.choice = function choice(name, value, choices) {
  if (choices.includes(String(value))) return String(value);
  throw new Error(`parameter ${name}: "${value}" is not one of ${choices.join(', ')}`);
};

/** arn writes an ARN in the stack's own partition, region and account. */
exports.arn = (service, resource) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`,
});

exports.attribute = (resource, name = 'Arn') => ({ 'Fn::GetAtt': [resource, name] });

/** tlsOnly refuses whatever doesn't come encrypted. */
exports.tlsOnly = (actions, resource) => ({
  Sid: 'OnlyByTls',
  Effect: 'Deny',
  Principal: '*',
  Action: actions,
  Resource: resource,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

exports.policy = (statements) => ({ Version: '2012-10-17', Statement: statements });
