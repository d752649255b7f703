import { DeliveryError, type Receiver } from '../receivers/receiver.ts';

/**
 * attempt calls a receiver with a time limit, and returns its result or its error. A receiver that ignores the signal is not
 * waited for either.
 */
export async function attempt<Result>(
  { name }: Pick<Receiver, 'name'>,
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<{ readonly result: Result } | { readonly error: DeliveryError }> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);
  try {
    const late = rejectWhen(controller.signal, `${name}: no answer within ${timeoutMs} ms`);
    return { result: await Promise.race([work(controller.signal), late]) };
  } catch (cause) {
    if (cause instanceof DeliveryError) return { error: cause };
    // An unknown fault is tried again; if it is permanent, the finding ends in the dead letters.
    const message = `${name}: ${cause instanceof Error ? cause.message : String(cause)}`;
    return { error: new DeliveryError(message, { reason: 'unexpected', retryable: true, cause }) };
  } finally {
    clearTimeout(timer);
  }
}

function rejectWhen(signal: AbortSignal, message: string): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new DeliveryError(message, { reason: 'timeout', retryable: true })));
  });
}
