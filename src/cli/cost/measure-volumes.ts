import type { VolumeName } from '../../cost/volumes.ts';
import type { Ingested } from '../../model/log-record.ts';
import { detectFiles, prepareDetection } from '../findings/detect-files.ts';
import { UsageError } from '../shell/exit.ts';
import type { Surroundings } from '../shell/terminal.ts';
import { dayMs } from '../../time/days.ts';

/** Measured holds the volumes of a folder of logs. */
export interface Measured {
  readonly path: string;
  readonly records: number;
  readonly failed: number;
  /** What the records cover; less than a day counts as one. */
  readonly days: number;
  readonly volumes: Partial<Readonly<Record<VolumeName, number>>>;
}

/** measureVolumes reads a folder of logs as `scan` does, and computes daily volumes. */
export async function measureVolumes(path: string, surroundings: Surroundings): Promise<Measured> {
  const prepared = await prepareDetection([path], {}, surroundings);
  const seen = { trail: 0, bus: 0, lines: 0, lineBytes: 0, from: Infinity, to: -Infinity };

  async function* watched(records: AsyncIterable<Ingested>): AsyncIterable<Ingested> {
    for await (const item of records) {
      if (item.kind === 'record') look(item.record);
      yield item;
    }
  }
  function look({ time, source, fields }: Extract<Ingested, { kind: 'record' }>['record']): void {
    const ms = Date.parse(time);
    if (!Number.isNaN(ms)) {
      seen.from = Math.min(seen.from, ms);
      seen.to = Math.max(seen.to, ms);
    }
    if (source.product === 'aws') {
      seen.trail++;
      // EventBridge brings read-only calls only to rules that ask for them.
      if (fields['readOnly'] !== true && fields['readOnly'] !== 'true') seen.bus++;
    } else {
      seen.lines++;
      seen.lineBytes += JSON.stringify(fields).length;
    }
  }

  let findings = 0;
  const fingerprints = new Set<string>();
  const outcome = await detectFiles(
    { ...prepared, input: { ...prepared.input, records: watched(prepared.input.records) } },
    {},
    surroundings,
    (finding) => {
      findings++;
      fingerprints.add(finding.fingerprint);
    },
  );
  const { records, failed } = outcome.tally;
  if (records === 0) throw new UsageError(`--from-archive ${path}: no records found`);
  const days = Math.max((seen.to - seen.from) / dayMs, 1);
  const perDay = (count: number): number => Math.round((count / days) * 10) / 10;
  const { read } = outcome.input.summary();
  const { bytes } = outcome.input.progress;
  // A record doesn't say whether its file holds lines or a trail, so bytes are split by the number of records.
  const trailShare = seen.trail / Math.max(seen.trail + seen.lines, 1);
  const gb = (size: number): number => Number((size / days / 1e9).toPrecision(3));
  return {
    path,
    records,
    failed,
    days,
    volumes: {
      trailEventsPerDay: perDay(seen.trail),
      busEventsPerDay: perDay(seen.bus),
      trailFilesPerDay: perDay(read * trailShare),
      trailGbPerDay: gb(bytes * trailShare),
      hostLogGbPerDay: gb(seen.lineBytes),
      findingsPerDay: perDay(findings),
      // Findings with the same fingerprint are one notification.
      notificationsPerDay: perDay(fingerprints.size),
    },
  };
}
