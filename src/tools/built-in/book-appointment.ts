// book_appointment: agrees a time with the caller; a caller whom the records do not know is entered first.
import { z } from 'zod';
import { parsePhoneNumber } from '../../base/phone-number.ts';
import type { Appointment, Contact } from '../../crm/crm.ts';
import { defineTool } from '../define-tool.ts';
import { hashOfSubject } from '../effects/normalised.ts';
import { dateField, nameField, phoneField, timeField, wordsField } from './fields.ts';
import { ToolRefusal } from '../refusal.ts';
import { toldAppointment } from './told.ts';
import type { ToolContext } from '../tool.ts';
import { visitDay, visitStart } from './visit-time.ts';
import { whoseToChange } from './whose.ts';

const MINUTES = 30;
const MOST_MINUTES = 8 * 60;

export const bookAppointment = defineTool({
  name: 'book_appointment',
  description:
    'Books an appointment for whoever is calling. Agree date, time and reason with the caller first. A time that is taken, ' +
    'past or outside the opening hours is refused in words.',
  args: z.object({
    date: dateField('The date where the office is, as YYYY-MM-DD.'),
    time: timeField('The time of the day where the office is, on a 24-hour clock, as HH:MM.'),
    about: wordsField('What the appointment is about, in a few words.', 200),
    minutes: z
      .int()
      .min(0)
      .max(MOST_MINUTES)
      .transform((minutes) => minutes || undefined)
      .optional()
      .describe(`How long it takes, in minutes; ${MINUTES} when left out.`),
    name: nameField(
      'The full name of who it is for. Needed when the caller is not in the records, or when it is for somebody else.',
    ),
    phone: phoneField(
      'Needed with the name when it is for somebody else, or when the number of the caller is withheld: the phone number ' +
        'with its country code.',
    ),
  }),
  timeoutMs: 6_000,
  // What was cancelled may be booked, and then be cancelled once more.
  effect: { reverses: ['cancel_appointment'], about: visitDay },
  async run({ date, time, about, minutes = MINUTES, name, phone }, context) {
    const { crm, effectKey, epochMs, office, signal } = context;
    const startsAtMs = visitStart({ date, time }, minutes, office, epochMs);
    const known = await whoseToChange({ name, phone }, context);
    const already = known && (await appointmentAt(startsAtMs, known, context));
    const contact = known ?? (await enter(name, phone, context));
    const booked =
      already ??
      (await crm.bookAppointment({ contactId: contact.id, startsAtMs, minutes, about }, effectKey, signal));
    const told = toldAppointment(booked, office);
    const message = `${already ? 'Already booked' : 'Booked'} for ${contact.name}: ${String(told['when'])}.`;
    return { tell: { ...told, name: contact.name, message } };
  },
});

/** Nobody comes twice at one time: whoever asks for what they have must not hear that it is taken. */
async function appointmentAt(
  startsAtMs: number,
  { id }: Contact,
  { crm, signal }: ToolContext,
): Promise<Appointment | undefined> {
  const coming = await crm.appointmentsOf(id, startsAtMs, signal);
  return coming.find((appointment) => appointment.startsAtMs === startsAtMs);
}

async function enter(
  name: string | undefined,
  given: string | undefined,
  { callId, caller, crm, signal }: ToolContext,
): Promise<Contact> {
  if (name === undefined)
    throw new ToolRefusal('The caller is not in the records. Ask for their full name, then book with it.');
  const phone = given ?? parsePhoneNumber(caller);
  if (phone === undefined)
    throw new ToolRefusal(
      "The caller's number is withheld. Ask for a phone number to reach them, then book with it.",
    );
  // Not the key of the booking: when the first time is taken, the second one is for the same new contact. Of several that
  // share a number each is another.
  const key = `${callId}/new-contact/${phone}/${hashOfSubject(name)}`;
  return crm.createContact({ name, phone }, key, signal);
}
