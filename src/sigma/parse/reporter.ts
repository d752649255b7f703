import type { Place, Problem } from '../rule.ts';

/** Reporter collects the problems of one document and knows whether any of them refuses it. */
export interface Reporter {
  error(line: number, code: string, message: string): void;
  warn(line: number, code: string, message: string): void;
  /** Whether an error was reported through this reporter. */
  refused(): boolean;
}

/** createReporter reports into `problems`, with the document's path and number already filled in. */
export function createReporter(problems: Problem[], document: Place): Reporter {
  let errors = 0;
  const report = (severity: Problem['severity'], line: number, code: string, message: string): void => {
    problems.push({ path: document.path, line, document: document.document, severity, code, message });
  };
  return {
    error(line, code, message) {
      errors += 1;
      report('error', line, code, message);
    },
    warn(line, code, message) {
      report('warning', line, code, message);
    },
    refused: () => errors > 0,
  };
}

/** quoted shows a name or value from a rule inside a message: JSON quotes, cut to a readable length. */
export function quoted(text: string): string {
  const limit = 80;
  return JSON.stringify(text.length > limit ? `${text.slice(0, limit)}…` : text);
}
