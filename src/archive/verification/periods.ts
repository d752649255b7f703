/** Period is the time range of a digest: it names every log file that was delivered in it. */
export interface Period {
  /** ISO 8601, UTC, to the second. */
  readonly start: string;
  readonly end: string;
}

/** Stretch is periods without a hole between them, in milliseconds since 1970. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** joined gives the stretches that periods cover together, in order. */
export function joined(periods: readonly Period[]): readonly Stretch[] {
  const stretches: { from: number; to: number }[] = [];
  for (const { start, end } of periods.toSorted((a, b) => (a.start < b.start ? -1 : 1))) {
    const [from, to] = [Date.parse(start), Date.parse(end)];
    const last = stretches.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else stretches.push({ from, to });
  }
  return stretches;
}

/** covers is true when one of the stretches has the whole range. */
export function covers(stretches: readonly Stretch[], { from, to }: Stretch): boolean {
  return stretches.some((stretch) => stretch.from <= from && to <= stretch.to);
}
