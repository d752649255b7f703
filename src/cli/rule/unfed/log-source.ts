import { knownSources } from '../../../ingest/known-sources.ts';
import type { LogSource as PlaceOfLogs } from '../../../ingest/log-sources.ts';
import type { RecordSource } from '../../../model/log-record.ts';
import { nearestOf, type LogSource, type Remark } from '../../../sigma/index.ts';
import { awsCalls } from '../aws-calls/calls.ts';

/** What Trailwatch's own records are of: probes, the pipeline, the verification of a trail, the canary. */
const ownSources: readonly RecordSource[] = [
  { product: 'trailwatch', services: ['probe'], category: 'availability' },
  { product: 'trailwatch', services: ['pipeline'] },
  { product: 'trailwatch', services: ['verify'] },
  { product: 'trailwatch', services: ['canary'] },
];

/** feedingSources gives the log sources of all records that there can be: ingest's, and those that rows of the configuration name. */
export function feedingSources(logs: readonly PlaceOfLogs[]): readonly RecordSource[] {
  return [...knownSources, ...ownSources, ...logs.flatMap(({ source }) => (source === undefined ? [] : [source]))];
}

/** logSourceRemarks warns of a log source that no record has. */
export function logSourceRemarks(logsource: LogSource, sources: readonly RecordSource[]): readonly Remark[] {
  if (sources.some((source) => covers(logsource, source)) || isServiceEvent(logsource)) return [];
  const asked = (['product', 'service', 'category'] as const)
    .flatMap((key) => (logsource[key] === undefined ? [] : [`${key}: ${logsource[key]}`]))
    .join(', ');
  const meant = nearestSource(logsource, sources);
  const hint = meant === undefined ? 'docs/sources.md lists the log sources that are' : `did you mean ${meant}?`;
  const message = `nothing yields the log source ${asked}, so the rule never sees a record; ${hint}`;
  return [{ code: 'unfed-logsource', message }];
}

function covers({ product, service, category }: LogSource, source: RecordSource): boolean {
  return (
    (product === undefined || product === source.product) &&
    (service === undefined || source.services.includes(service)) &&
    (category === undefined || category === source.category)
  );
}

/** An AWS service's events on the bus go by the service's name, where no other is agreed. */
function isServiceEvent({ product, service, category }: LogSource): boolean {
  return product === 'aws' && service !== undefined && category === undefined && awsCalls().hasSource(service);
}

function nearestSource(
  { product, service, category }: LogSource,
  sources: readonly RecordSource[],
): string | undefined {
  const ofProduct = sources.filter((source) => product === undefined || source.product === product);
  if (ofProduct.length === 0) {
    const elsewhere = service === undefined ? undefined : sources.find(({ services }) => services.includes(service));
    const near = elsewhere?.product ?? nearestOf(product ?? '', new Set(sources.map((source) => source.product)));
    return near === undefined ? undefined : `product: ${near}`;
  }
  if (service !== undefined && !ofProduct.some(({ services }) => services.includes(service))) {
    const near = nearestOf(service, new Set(ofProduct.flatMap(({ services }) => services)));
    if (near !== undefined) return `service: ${near}`;
    const elsewhere = sources.find(({ services }) => services.includes(service));
    return elsewhere === undefined ? undefined : `product: ${elsewhere.product}, service: ${service}`;
  }
  if (category === undefined) return undefined;
  const categories = new Set(ofProduct.flatMap((source) => source.category ?? []));
  const near = nearestOf(category, categories);
  return near === undefined ? undefined : `category: ${near}`;
}
