// What those who take a call out of a queue were told of it, as the <Task> of an <Enqueue> has it (twilio.com, TwiML <Enqueue>, <Task>). Pure.
import type { Verb } from './twiml-documents.ts';

/** A task without attributes says nothing. */
const isBare = (attributes: string): boolean => /^\s*(?:\{\s*\})?\s*$/.test(attributes);

/** What of `attributes` nobody hears: a skill, a product. Empty: they hold nothing. */
export const untold = (attributes: string, of = ''): string[] =>
  isBare(attributes) ? [] : [`those who answer are not told ${attributes.trim()}${of}`];

export function taskLost({ inside }: Verb): string[] {
  return inside
    .filter(({ name }) => name === 'Task')
    .flatMap(({ text, attributes: { priority = '0', timeout } }) => [
      ...untold(text, ' of <Task>'),
      ...(priority === '0' ? [] : [`priority="${priority}" of <Task>`]),
      ...(timeout === undefined ? [] : [`timeout="${timeout}" of <Task>`]),
    ]);
}
