// How Twilio reads the attributes of TwiML: what is blank or odd counts as absent. Pure.
import type { Callback, Hold, Link, Method } from './verb.ts';
import type { XmlElement } from '../../base/xml.ts';

export type Attributes = XmlElement['attributes'];

export const methodOf = (text: string | undefined): Method =>
  text?.toUpperCase() === 'GET' ? 'GET' : 'POST';

/** A non-negative whole number; anything else is what Twilio takes when the attribute is absent. */
export const countOf = (text: string | undefined, orElse: number): number =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : orElse;

export const blankIsAbsent = (text: string | undefined): string | undefined =>
  text === '' ? undefined : text;

export const flagOf = (text: string | undefined, orElse: boolean): boolean =>
  text === undefined ? orElse : text.toLowerCase() === 'true';

/** The URL of one attribute and the method of another. */
export function linkOf(attributes: Attributes, name: string, methodName: string): Link | undefined {
  const url = blankIsAbsent(attributes[name]);
  return url === undefined ? undefined : { url, method: methodOf(attributes[methodName]) };
}

/** `prefix`: `statusCallback`, or what begins with `recordingStatusCallback`. `usual`: the events when none are named. */
export function callbackOf(attributes: Attributes, prefix: string, usual: string): Callback | undefined {
  const link = linkOf(attributes, prefix, `${prefix}Method`);
  return link && { ...link, events: (attributes[`${prefix}Event`] ?? usual).split(/\s+/).filter(Boolean) };
}

/** An empty waitUrl is silence, none at all is the carrier's music (Twilio docs, TwiML <Conference>). */
export function holdOf(attributes: Attributes, methodName: string): Hold {
  if (attributes['waitUrl'] === '') return 'silence';
  return linkOf(attributes, 'waitUrl', methodName) ?? 'music';
}
