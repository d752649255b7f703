import pc from 'picocolors';
import type { Level } from '../../model/level.ts';
import type { Receiver } from './receiver.ts';
import { DeliveryError } from './receiver.ts';
import { renderText } from '../render/text.ts';
import type { Paint } from '../render/text.ts';

export interface ConsoleOptions {
  readonly name?: string;
  readonly stream: Pick<NodeJS.WritableStream, 'write'>;
  readonly colour: boolean;
  /** Columns to wrap at. */
  readonly width?: number;
}

/** createConsole shows each notification as a compact block of text, in the order of the findings. */
export function createConsole({ name = 'console', stream, colour, width = 100 }: ConsoleOptions): Receiver {
  const paint = paintOf(colour);
  return {
    name,
    concurrency: 1,
    send: ({ message, group }) =>
      write(stream, `${renderText(message, { detail: 'compact', width, paint }, group)}\n`, name),
  };
}

// Waiting for the write keeps a slow pipe from filling memory.
function write(stream: ConsoleOptions['stream'], text: string, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error?: Error | null) => {
      if (!error) return resolve();
      const options = { reason: 'unreachable', retryable: false, cause: error } as const;
      return reject(new DeliveryError(`${name}: could not write: ${error.message}`, options));
    });
  });
}

function paintOf(colour: boolean): Paint {
  const { bgRed, bold, blue, cyan, dim, gray, white, yellow } = pc.createColors(colour);
  const levels: Readonly<Record<Level, (text: string) => string>> = {
    informational: gray,
    low: blue,
    medium: cyan,
    high: (text) => bold(yellow(text)),
    critical: (text) => bgRed(bold(white(text))),
  };
  return { level: (text, level) => levels[level](text), strong: bold, faint: dim };
}
