import { dayMs, daysAfter, startOf } from '../../time/days.ts';

/**
 * CellState is what is known of the log files of an account, a region and a day (of delivery, UTC): digests prove them complete
 * and unchanged, be it that there are none (`proven`); files are there, and nothing proves them (`present`); files are changed,
 * missing or added (`altered`); or neither files nor a proof that there are none (`absent`).
 */
export type CellState = 'proven' | 'present' | 'altered' | 'absent';

/** Place is an account in a region. */
export interface CoveragePlace {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
}

/** CoverageCell is the state of one day of a place. */
export interface CoverageCell extends CoveragePlace {
  /** yyyy-MM-dd */
  readonly day: string;
  readonly state: CellState;
}

/** CoverageStretch is days in a row of a place that are in one state. */
export interface CoverageStretch extends CoveragePlace {
  /** yyyy-MM-dd, both ends included. */
  readonly from: string;
  readonly to: string;
  readonly state: CellState;
}

/** RecordCounts says what became of the records that an answer was asked of. */
export interface RecordCounts {
  readonly read: number;
  /** Records and files that could not be read. */
  readonly setAside: number;
  /** Records that were there before, the same in every field. */
  readonly duplicates: number;
}

/** Coverage is what an answer rests on: the places and days that were asked for, each in a state; and records, where they are counted. */
export interface Coverage {
  /** Days, yyyy-MM-dd, both ends included. */
  readonly from: string;
  readonly to: string;
  /** By account, region and day. Each place that was asked for has stretches from the first day to the last, without a hole. */
  readonly stretches: readonly CoverageStretch[];
  readonly records?: RecordCounts;
}

/** CoverageRequest is what was asked for. */
export interface CoverageRequest {
  readonly places: readonly CoveragePlace[];
  readonly from: string;
  readonly to: string;
}

/** coverageOf lays what is known of cells over what was asked for: a cell that is not known is absent. */
export function coverageOf(
  { places, from, to }: CoverageRequest,
  cells: readonly CoverageCell[],
  records?: RecordCounts,
): Coverage {
  const states = new Map(cells.map((cell) => [nameOf(cell, cell.day), cell.state]));
  const distinct = new Map(places.map((place) => [nameOf(place, ''), place]));
  const stretches = [...distinct.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, place]) => stretchesOf(place, { from, to }, states));
  return { from, to, stretches, ...(records && { records }) };
}

function stretchesOf(
  { account, region }: CoveragePlace,
  { from, to }: Pick<Coverage, 'from' | 'to'>,
  states: ReadonlyMap<string, CellState>,
): readonly CoverageStretch[] {
  const stretches: { account: string; region: string; from: string; to: string; state: CellState }[] = [];
  for (let day = from; day <= to; day = daysAfter(day, 1)) {
    const state = states.get(nameOf({ account, region }, day)) ?? 'absent';
    const last = stretches.at(-1);
    if (last?.state === state) last.to = day;
    else stretches.push({ account, region, from: day, to: day, state });
  }
  return stretches;
}

/** CoverageCounts are a coverage in numbers. Cells are an account's region on a day. */
export interface CoverageCounts {
  readonly accounts: number;
  readonly regions: number;
  readonly days: number;
  /** Cells asked for: the sum of the four states. */
  readonly asked: number;
  readonly cells: Readonly<Record<CellState, number>>;
  /** Days of which every place is proven; of which every place is proven or has files. */
  readonly provenDays: number;
  readonly coveredDays: number;
}

/** coverageCounts counts accounts, regions, days and cells. */
export function coverageCounts({ from, to, stretches }: Coverage): CoverageCounts {
  const days = lengthOf({ from, to });
  const cells = { proven: 0, present: 0, altered: 0, absent: 0 };
  for (const stretch of stretches) cells[stretch.state] += lengthOf(stretch);
  return {
    accounts: new Set(stretches.map(({ account }) => account)).size,
    regions: new Set(stretches.map(({ region }) => region)).size,
    days,
    asked: cells.proven + cells.present + cells.altered + cells.absent,
    cells,
    // Of no place, nothing is known.
    provenDays: stretches.length === 0 ? 0 : days - daysWith(stretches, ({ state }) => state !== 'proven'),
    coveredDays: stretches.length === 0 ? 0 : days - daysWith(stretches, ({ state }) => state === 'absent'),
  };
}

/** On how many days some stretch is as asked. */
function daysWith(stretches: readonly CoverageStretch[], wanted: (stretch: CoverageStretch) => boolean): number {
  const ranges = stretches.filter(wanted).toSorted((a, b) => (a.from < b.from ? -1 : 1));
  let counted = 0;
  let reached = '';
  for (const { from, to } of ranges) {
    if (to <= reached) continue;
    counted += lengthOf({ from: from > reached ? from : daysAfter(reached, 1), to });
    reached = to;
  }
  return counted;
}

function lengthOf({ from, to }: Pick<CoverageStretch, 'from' | 'to'>): number {
  return from > to ? 0 : Math.round((startOf(to) - startOf(from)) / dayMs) + 1;
}

function nameOf({ account, region }: CoveragePlace, day: string): string {
  return `${account} ${region} ${day}`;
}
