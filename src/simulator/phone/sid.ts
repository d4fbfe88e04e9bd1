// Twilio's names for things: two letters and 32 hexadecimal digits.
import { randomBytes } from 'node:crypto';

export const newSid = (kind: 'AC' | 'CA' | 'CF' | 'MZ' | 'QU' | 'RE' | 'SM'): string =>
  kind + randomBytes(16).toString('hex');
