import { DeliveryError } from './receiver.ts';
import type { DeliveryErrorOptions } from './receiver.ts';

type Verdict = Pick<DeliveryErrorOptions, 'reason' | 'retryable'>;

// Names of errors of SNS, EventBridge, Security Hub and what stands behind them. Anything else goes by its HTTP status.
const verdicts: readonly (readonly [name: RegExp, verdict: Verdict])[] = [
  [/throttl|limitexceeded|toomanyrequests|slowdown/i, { reason: 'rate-limited', retryable: true }],
  [/timeout|abort/i, { reason: 'timeout', retryable: true }],
  [/expiredtoken|requestexpired|tokenrefresh/i, { reason: 'unauthorized', retryable: true }],
  [/credentials/i, { reason: 'unauthorized', retryable: true }],
  [
    /accessdenied|authorization|notauthorized|unrecognizedclient|signature/i,
    { reason: 'unauthorized', retryable: false },
  ],
  // Security Hub is not enabled here. https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html
  [/^invalidaccess/i, { reason: 'misconfigured', retryable: false }],
  [
    /notfound|resourcenotfound|kmsdisabled|kmsinvalidstate|endpointdisabled/i,
    { reason: 'misconfigured', retryable: false },
  ],
  [/econn|enotfound|eai_again|epipe|ehostunreach|networkingerror/i, { reason: 'unreachable', retryable: true }],
  [/internal|serviceunavailable|concurrentmodification/i, { reason: 'unavailable', retryable: true }],
];

/** awsVerdict judges an AWS error code: the short reason, and whether trying again can help. */
export function awsVerdict(code: string, status?: number): Verdict {
  const verdict = verdicts.find(([name]) => name.test(code))?.[1];
  if (verdict !== undefined) return verdict;
  if (status === undefined) return { reason: 'unexpected', retryable: true };
  if (status === 429) return { reason: 'rate-limited', retryable: true };
  return status >= 500 ? { reason: 'unavailable', retryable: true } : { reason: 'rejected', retryable: false };
}

/** awsFailure turns what an AWS client threw into a DeliveryError of the receiver `name`. */
export function awsFailure(name: string, cause: unknown): DeliveryError {
  // Whatever was thrown, reading its properties is safe.
  const { $metadata, code, message, name: type } = Object(cause) as Partial<AwsError>;
  const said = message ?? String(cause);
  // Node's network errors carry a code; AWS's carry a name. What the SDK wraps has its code in the message only.
  const wrapped = type === 'Error' ? wrappedCode(said) : type;
  const named = code ?? wrapped ?? 'Error';
  const verdict = awsVerdict(named, $metadata?.httpStatusCode);
  return new DeliveryError(`${name}: ${named}: ${said}`, { ...verdict, cause });
}

function wrappedCode(said: string): string | undefined {
  return said.endsWith('socket hang up') ? 'ECONNRESET' : /\bE[A-Z_]{4,20}\b/.exec(said)?.[0];
}

/** What errors of the SDK and of Node's network have in common; they may come from another realm than ours. */
interface AwsError {
  readonly $metadata: { readonly httpStatusCode?: number };
  readonly code: string;
  readonly message: string;
  readonly name: string;
}
