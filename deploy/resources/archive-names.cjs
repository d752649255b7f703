// The names of the archive's parts that functions are told: `${file(./deploy/resources/archive-names.cjs):database}`.
const { stageOf } = require('./names.cjs');

const hostLogParameters = ['logGroups', 'logsStream', 'trailBucket'];

/** hasHostLogs says whether lines of host logs can come, and there is an archive to keep them in. */
const hasHostLogs = ({ logGroups, logsStream, trailBucket }) =>
  trailBucket !== '' && (logGroups !== '' || String(logsStream) === 'true');

module.exports = async ({ resolveVariable }) => {
  const { service, stage, prefix, params } = await stageOf(resolveVariable, hostLogParameters);
  return {
    database: `${service}_${stage}`.replaceAll('-', '_'),
    workGroup: `${prefix}-reports`,
    deliveriesStream: params.trailBucket === '' ? '' : `${prefix}-deliveries`,
    hostAuthStream: hasHostLogs(params) ? `${prefix}-host-auth` : '',
  };
};
module.exports.hasHostLogs = hasHostLogs;
module.exports.hostLogParameters = hostLogParameters;
