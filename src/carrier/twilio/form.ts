// What a form of Twilio's holds. Twilio adds fields as it likes, so only those asked for are looked at. Knows no meanings.
import { LivelineError } from '../../base/errors.ts';
import type { CarrierRequest } from '../webhooks.ts';

export type Form = CarrierRequest['form'];

/** A form may repeat a key; the first value counts. */
export function first(form: Form, name: string): string | undefined {
  const value = form[name];
  return typeof value === 'string' ? value : value?.[0];
}

/** Throws CARRIER_REQUEST_INVALID naming the field. */
export function field(form: Form, name: string, { mayBeEmpty = false } = {}): string {
  const value = first(form, name);
  if (value === undefined || (value === '' && !mayBeEmpty))
    throw new LivelineError('CARRIER_REQUEST_INVALID', `Twilio's form has no ${name}`);
  return value;
}

/** Throws CARRIER_REQUEST_INVALID naming the field. */
export function oneOf<T>(known: ReadonlyMap<string, T>, form: Form, name: string): T {
  const text = field(form, name);
  const value = known.get(text);
  if (value === undefined) throw unknown(name, text);
  return value;
}

/** 0 when there is none, or it is no number: no caller is lost over a duration. */
export function seconds(form: Form, name: string): number {
  const value = Number(first(form, name)?.trim() ?? '');
  return Number.isFinite(value) ? Math.max(0, value) : 0;
}

/** At least 1; undefined when there is none. Throws CARRIER_REQUEST_INVALID naming the field. */
export function place(form: Form, name: string): number | undefined {
  const text = first(form, name) ?? '';
  if (text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw unknown(name, text);
  return Math.max(1, Number(text));
}

const unknown = (name: string, text: string): LivelineError =>
  new LivelineError(
    'CARRIER_REQUEST_INVALID',
    `Twilio's form has ${name} ${JSON.stringify(text.slice(0, 40))}, not known here`,
  );
