import { awsFailureOf } from '../../retry/aws-failure.ts';
import { DeliveryError } from './receiver.ts';

/** awsFailure turns what an AWS client threw into a DeliveryError of the receiver `name`. */
export function awsFailure(name: string, cause: unknown): DeliveryError {
  const { text, ...failure } = awsFailureOf(cause);
  return new DeliveryError(`${name}: ${text}`, { ...failure, cause });
}
