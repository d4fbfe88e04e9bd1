// What a failure says of the effect: known not to have happened, or in doubt. Pure.
import { LivelineError, type ErrorCode } from '../../base/errors.ts';

const NO_EFFECT: ReadonlySet<ErrorCode> = new Set([
  'ADDRESS_REFUSED',
  'CARRIER_REFUSED',
  'CARRIER_UNREACHABLE',
  'CRM_CONFLICT',
  'CRM_REFUSED',
  'CRM_UNAVAILABLE',
  'CRM_UNKNOWN',
  'CRM_UNSUPPORTED',
  'TOOL_ARGUMENTS_INVALID',
  'TOOL_REFUSED',
  'TOOL_UNAVAILABLE',
]);

/** Whether the same may be tried again without harm. Of a failure that nobody knows, the worst is believed. */
export const hadNoEffect = (thrown: unknown): boolean =>
  thrown instanceof LivelineError && NO_EFFECT.has(thrown.code);
