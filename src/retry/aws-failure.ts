import type { Failure } from './failure.ts';

// Names of errors of SNS, EventBridge, Security Hub and the services behind them. Any other error goes by its HTTP status.
const verdicts: readonly (readonly [name: RegExp, verdict: Failure])[] = [
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

/** awsVerdict judges an AWS error code: the reason, and whether the same call can succeed later. */
export function awsVerdict(code: string, status?: number): Failure {
  const verdict = verdicts.find(([name]) => name.test(code))?.[1];
  if (verdict !== undefined) return verdict;
  if (status === undefined) return { reason: 'unexpected', retryable: true };
  if (status === 429) return { reason: 'rate-limited', retryable: true };
  return status >= 500 ? { reason: 'unavailable', retryable: true } : { reason: 'rejected', retryable: false };
}

/** AwsFailure is a failure with its text: `AccessDeniedException: not authorized to …`. */
export interface AwsFailure extends Failure {
  readonly text: string;
}

/** awsFailureOf judges an error that an AWS client threw. */
export function awsFailureOf(cause: unknown): AwsFailure {
  // Anything may have been thrown; reading properties of its object is safe.
  const { $metadata, code, message, name } = Object(cause) as Partial<AwsError>;
  const said = message ?? String(cause);
  // Node's network errors carry a code; AWS's carry a name. What the SDK wraps has its code in the message only.
  const named = code ?? (name === 'Error' ? wrappedCode(said) : name) ?? 'Error';
  return { ...awsVerdict(named, $metadata?.httpStatusCode), text: `${named}: ${said}` };
}

function wrappedCode(said: string): string | undefined {
  return said.endsWith('socket hang up') ? 'ECONNRESET' : /\bE[A-Z_]{4,20}\b/.exec(said)?.[0];
}

/** The properties that errors of the SDK and of Node's network share; they may come from another realm. */
interface AwsError {
  readonly $metadata: { readonly httpStatusCode?: number };
  readonly code: string;
  readonly message: string;
  readonly name: string;
}
