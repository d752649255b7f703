import { jest } from '@jest/globals';

export interface CapturedOutput {
  /** Every line written to standard output, parsed: logs and metrics are JSON lines. */
  lines(): readonly Readonly<Record<string, unknown>>[];
  text(): string;
  restore(): void;
}

/** captureOutput takes what a handler writes to standard output and error, where Lambda's log agent would read it. */
export function captureOutput(): CapturedOutput {
  const written: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation((chunk: string | Uint8Array) => {
      written.push(String(chunk));
      return true;
    }),
  );
  const text = (): string => written.join('');
  return {
    text,
    lines: () =>
      text()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    restore: () => {
      for (const spy of spies) spy.mockRestore();
    },
  };
}
