// What Trailwatch's own stacks write: no source may be one of these, or it would read itself in circles. The functions ignore
// what comes from there all the same, and count it: src/ingest/own-output.ts.

/** refuseOwn throws when a parameter names something of Trailwatch's own; log groups of any stage, since two could read each other. */
exports.refuseOwn = function refuseOwn(parameter, name, { service, prefix }) {
  const own = [`/aws/lambda/${service}-`, `${prefix}-`].find((start) => name.startsWith(start));
  if (own !== undefined) {
    throw new Error(`parameter ${parameter}: ${name} is Trailwatch's own: reading it would go round in circles`);
  }
  return name;
};
