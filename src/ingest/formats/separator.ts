import { isTableHeading } from './system-stats.ts';

/** Lines that tools print between records, and that hold none. A new one is a row. */
const separators: readonly { readonly is: (line: string) => boolean; readonly reason: string }[] = [
  { is: isTableHeading, reason: "df's column heading: it holds no record" },
  {
    is: (line) =>
      /^-- (?:(?:Logs|Journal) begins? at .{1,100}|Boot [\da-f]{32}|Reboot|No entries|cursor: \S{1,256}|Journal file rotated.{0,100})(?: --)?\.?$/.test(
        line,
      ),
    reason: "journalctl's own line: it holds no record",
  },
  {
    is: (line) => line === '----' || /^time->[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/.test(line),
    reason: "ausearch's own line: it holds no record",
  },
];

/** separatorReason says why a line holds no record; undefined for one that does. */
export function separatorReason(line: string): string | undefined {
  if (line.length > 600) return undefined;
  return separators.find(({ is }) => is(line))?.reason;
}
