// The log, and the one redaction rule: caller data goes under `pii` and is masked there; as a second net, no phone
// number and no known secret leaves in any line, wherever it stands.
import { pino, type DestinationStream, type Logger } from 'pino';
import { maskPhoneNumber } from './phone-number.ts';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'> & { child(bindings: object): Log };

export interface LogOptions {
  level: string;
  /** Values that must never appear: API keys, auth tokens. */
  secrets: readonly string[];
  /** Where lines go; standard output when absent. */
  destination?: DestinationStream;
}

/** Also as forms and URLs write the plus. */
const PHONE_NUMBER = /(?:\+|%2B)[1-9]\d{6,14}\b/gi;

/** Masks caller data: numbers keep their ends, every other text becomes its length, shapes stay. */
export function maskPii(value: unknown): unknown {
  if (typeof value === 'string') {
    const masked = value.replaceAll(PHONE_NUMBER, maskPhoneNumber);
    return masked !== value && masked.length <= 16 ? masked : `[${value.length} characters]`;
  }
  if (Array.isArray(value)) return value.map(maskPii);
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskPii(inner)]));
  return typeof value === 'number' ? '[number]' : value;
}

/** An error's name, words and place, and its causes'; whatever else libraries hang on errors (a request's body) stays out. */
function errorFacts(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return typeof thrown;
  const { name, message, stack, cause } = thrown;
  const code = 'code' in thrown ? thrown.code : undefined;
  return { name, code, message, stack, cause: cause === undefined ? undefined : errorFacts(cause) };
}

export function createLog({ level, secrets, destination }: LogOptions): Log {
  const known = secrets.filter((secret) => secret.length >= 6);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { pii: maskPii, err: errorFacts },
      hooks: {
        streamWrite(line) {
          const unsaid = known.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line);
          return unsaid.replaceAll(PHONE_NUMBER, maskPhoneNumber);
        },
      },
    },
    destination ?? pino.destination(1),
  );
}

export const silentLog: Log = pino({ level: 'silent' });
