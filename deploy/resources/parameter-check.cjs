// Adds nothing to the stack: checks every parameter, also those that only serverless.yml uses, and that each one given exists.
const { stageOf } = require('./names.cjs');
const { parameters, refuseUnknown } = require('./parameters.cjs');

module.exports = async ({ options, resolveVariable }) => {
  const known = Object.values(await resolveVariable('self:params')).flatMap((params) => Object.keys(params ?? {}));
  refuseUnknown([options.param ?? []].flat(), [...new Set(known)]);
  await stageOf(resolveVariable, Object.keys(parameters));
  return { Resources: {} };
};
