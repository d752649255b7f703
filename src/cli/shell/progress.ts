import type { Progress } from './read-input.ts';
import type { Output } from './terminal.ts';
import { bytes, count } from '../../text/amounts.ts';

const patienceMs = 500;
const everyMs = 100;
const widestBar = 24;

/** showProgress draws a bar on a person's terminal once the work has taken half a second; the returned function removes it. */
export function showProgress(err: Output, progress: Progress, startedAt: number, now: () => Date): () => void {
  if (!err.interactive) return () => undefined;
  let drawn = false;
  const timer = setInterval(() => {
    const elapsed = now().getTime() - startedAt;
    if (elapsed < patienceMs) return;
    drawn = true;
    void err.write(`\r${progressLine(progress, elapsed, err.width - 1)}\u001b[K`);
  }, everyMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    if (drawn) void err.write('\r\u001b[K');
  };
}

/** progressLine is the bar as text: how much of the bytes, how many files, how fast. */
export function progressLine(progress: Progress, elapsedMs: number, width: number): string {
  const { totalBytes, totalFiles } = progress;
  const rate = `${bytes(Math.round((progress.bytes / Math.max(elapsedMs, 1)) * 1000))}/s`;
  // Standard input has no end to measure against.
  if (totalBytes === 0) return `${bytes(progress.bytes)}  ${rate}`.slice(0, width);
  const part = Math.min(progress.bytes / totalBytes, 1);
  const files = totalFiles > 1 ? `  ${count(progress.files)}/${count(totalFiles)} files` : '';
  const words = ` ${`${Math.floor(part * 100)}%`.padStart(4)}  ${bytes(progress.bytes)} of ${bytes(totalBytes)}${files}  ${rate}`;
  const cells = Math.max(Math.min(widestBar, width - words.length), 0);
  const filled = Math.floor(part * cells);
  return ('━'.repeat(filled) + '─'.repeat(cells - filled) + words).slice(0, width);
}
