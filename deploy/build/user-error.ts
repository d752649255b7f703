import { ConfigurationError } from '../../src/config/load-configuration.ts';
import { ReportError } from '../../src/report/definition/report-error.ts';
import { ParameterError } from '../parameters/read.ts';
import { CompileRulesError } from './rules.ts';

const kinds = [CompileRulesError, ConfigurationError, ParameterError, ReportError];

/** isUserError says whether an error is about the user's files or parameters, so that its message says it all. */
export function isUserError(error: unknown): error is Error {
  return kinds.some((kind) => error instanceof kind);
}
