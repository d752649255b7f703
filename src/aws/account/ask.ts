import { NotAllowedError } from '../../doctor/account.ts';

/** Ask makes one call to AWS, and says which permission it needs when that is what fails. */
export type Ask = <T>(
  permission: string,
  call: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
) => Promise<T>;

/** createAsk bounds calls by a signal. */
export function createAsk(signal: AbortSignal): Ask {
  return async (permission, call) => {
    try {
      return await call({ abortSignal: signal });
    } catch (error) {
      if (!isDenied(error)) throw error;
      throw new NotAllowedError(namedIn(error) ?? permission, error);
    }
  };
}

/** orNothing gives undefined for what does not exist, by the names that a service's errors have for that. */
export async function orNothing<T>(asked: Promise<T>, ...names: readonly string[]): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (names.includes(nameOf(error))) return undefined;
    throw error;
  }
}

const denied: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'Forbidden',
  'UnauthorizedOperation',
  'NotAuthorized',
]);

function isDenied(error: unknown): boolean {
  return denied.has(nameOf(error));
}

function nameOf(error: unknown): string {
  const { name, Code } = error as { readonly name?: unknown; readonly Code?: unknown };
  return String(Code ?? name);
}

/** AWS says it itself in most of its messages, and then knows better: a call can need more than one permission. */
function namedIn(error: unknown): string | undefined {
  const { message } = error as { readonly message?: unknown };
  return /not authorized to perform: ([a-z0-9-]{1,40}:[A-Za-z]{1,60})/.exec(String(message))?.[1];
}
