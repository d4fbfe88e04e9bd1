// send_text: a text message to the caller, and to nobody else: numbers that a model names freely would be toll fraud.
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { z } from 'zod';
import { LivelineError } from '../../base/errors.ts';
import { parsePhoneNumber, type PhoneNumber } from '../../base/phone-number.ts';
import { defineTool } from '../define-tool.ts';
import { ToolRefusal } from '../refusal.ts';
import type { ToolContext } from '../tool.ts';

/** Three segments of an SMS, or seven when it is not in the GSM alphabet (3GPP TS 23.038). */
const MOST_CHARACTERS = 480;

export const sendText = defineTool({
  name: 'send_text',
  description:
    'Sends a text message to the number that the caller calls from: an address, a link, a confirmation. Ask the caller first ' +
    'whether they want it.',
  args: z.object({
    body: z
      .string()
      .transform(cleaned)
      .pipe(z.string().min(1, 'expected the words to send').max(MOST_CHARACTERS))
      .describe(`What to send, complete, at most ${MOST_CHARACTERS} characters, without formatting.`),
    to_registered_number: z
      .boolean()
      .optional()
      .describe(
        'True to send it to the number that the records have for the caller, when the one they call from takes no texts.',
      ),
  }),
  timeoutMs: 6_000,
  effect: {},
  async run({ body, to_registered_number }, context) {
    const from = parsePhoneNumber(context.called);
    if (from === undefined)
      throw new LivelineError(
        'CARRIER_REFUSED',
        'the number that was called is none that texts can come from',
      );
    const calling = parsePhoneNumber(context.caller);
    if (calling === undefined)
      throw new ToolRefusal("The caller's number is withheld, so no text can be sent. Say it aloud instead.");
    const to = to_registered_number === true ? await registered(calling, from, context) : calling;
    await context.texts.send({ from, to, body }, context.signal);
    return {
      tell: { message: 'The text is on its way; it arrives within a minute or so. Do not send it again.' },
    };
  },
});

async function registered(
  calling: PhoneNumber,
  from: PhoneNumber,
  { crm, signal }: ToolContext,
): Promise<PhoneNumber> {
  const contact = await crm.findByPhone(calling, signal);
  const number = contact?.phone === undefined ? undefined : parsePhoneNumber(contact.phone);
  if (number === undefined)
    throw new ToolRefusal('The records have no number for the caller. Send it to the number they call from.');
  // Callers can have their entry changed: a number of a country that has nothing to do with the call may be dear.
  if (number !== calling && ![calling, from].some((known) => isSameCountry(known, number)))
    throw new ToolRefusal(
      'The number in the records is of another country, so no text is sent there. Send it to the number they call from.',
    );
  return number;
}

/** Jamaica shares its code with the United States, so a country that nobody can tell, such as of +1 555, is not the same. */
function isSameCountry(a: PhoneNumber, b: PhoneNumber): boolean {
  const country = parsePhoneNumberFromString(a)?.country;
  return country !== undefined && country === parsePhoneNumberFromString(b)?.country;
}

/** Without control characters other than the end of a line, and without halves of characters. */
function cleaned(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{Cc}\n]/gu, ' ')
    .trim();
}
