/**
 * Colours and other terminal sequences: CSI (`ESC [ … letter`), OSC (`ESC ] … BEL`), and two-character ones. Each part takes
 * characters that the next can't, so that the time is linear.
 */
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const terminalSequence = /\u001b(?:\[[0-?]*[ -/]*[@-~]?|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-Z\\^-~]?)/g;

/** cleanText takes out what a terminal or a crash put into a line, but no person wrote: colours, NULs, the line's end. */
export function cleanText(text: string): string {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === 0x0a || text.charCodeAt(end - 1) === 0x0d)) end--;
  const line = end === text.length ? text : text.slice(0, end);
  if (!hasNoise(line)) return line;
  return line.replaceAll('\0', '').replaceAll(terminalSequence, '');
}

/** hasNoise says whether cleanText takes out more than the line's end. */
export function hasNoise(text: string): boolean {
  return text.includes('\u001b') || text.includes('\0');
}
