/** Numbers, sizes and times as a person reads them. Pure, and the same in every locale. */

/** count writes a whole number with thousands separators. */
export function count(value: number): string {
  // Intl.NumberFormat would take longer to load than the rest of the summary takes to write.
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** plural writes a number with its noun: `1 file`, `3 files`, `2 entries`. */
export function plural(value: number, noun: string, nouns = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : nouns}`;
}

/** bytes writes a size in decimal units, as storage is sold and S3 bills it. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let scaled = value;
  let unit = 'B';
  for (const next of units) {
    if (scaled < 999.5) break;
    scaled /= 1000;
    unit = next;
  }
  return `${scaled < 9.95 ? scaled.toFixed(1) : count(Math.round(scaled))} ${unit}`;
}

/** duration writes milliseconds as `0.42 s`, `12.3 s` or `3 min 20 s`. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 119.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** span writes the distance between two instants roughly: `45 s`, `12 min`, `3 h 5 min`, `9 days`. */
export function span(ms: number): string {
  if (ms < 59_500) return `${Math.round(ms / 1000)} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return plural(Math.round(hours / 24), 'day');
}
