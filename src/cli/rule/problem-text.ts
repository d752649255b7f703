import { shown } from '../../text/escape.ts';
import type { Problem } from '../../sigma/index.ts';
import type { Colors } from '../shell/terminal.ts';

/** problemText writes a problem on one line that editors can follow: `path:line: error: what [code]`. */
export function problemText({ path, line, severity, message, code }: Problem, colors: Colors): string {
  const paint = severity === 'error' ? colors.red : colors.yellow;
  return `${shown(path)}:${line}: ${paint(severity)}: ${shown(message, 2_000)} ${colors.dim(`[${code}]`)}\n`;
}

/** countsOf counts problems by severity. */
export function countsOf(problems: readonly Problem[]): { readonly errors: number; readonly warnings: number } {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return { errors, warnings: problems.length - errors };
}
