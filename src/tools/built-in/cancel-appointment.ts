// cancel_appointment: takes back a coming appointment, which the caller names by its date.
import { z } from 'zod';
import { defineTool } from '../define-tool.ts';
import { dateField, nameField, optionalTimeField, phoneField } from './fields.ts';
import { localTimeOf } from './local-time.ts';
import { ToolRefusal } from '../refusal.ts';
import { toldAppointment } from './told.ts';
import { visitDay } from './visit-time.ts';
import { knownToChange } from './whose.ts';

export const cancelAppointment = defineTool({
  name: 'cancel_appointment',
  description:
    'Cancels a coming appointment of whoever is calling. Say its day and time back to the caller first, and call this when ' +
    'they have agreed.',
  args: z.object({
    date: dateField('The date of the appointment where the office is, as YYYY-MM-DD.'),
    time: optionalTimeField(
      'Its time of the day, on a 24-hour clock, as HH:MM. Needed when there are several on that date.',
    ),
    name: nameField(
      'Only for somebody whose number the call does not come from: the full name that they are registered with.',
    ),
    phone: phoneField('With the name: the phone number that they are registered with.'),
  }),
  timeoutMs: 6_000,
  // What was cancelled may be booked anew.
  effect: { reverses: ['book_appointment'], about: visitDay },
  async run({ date, time, name, phone }, context) {
    const { crm, epochMs, office, signal } = context;
    const contact = await knownToChange({ name, phone }, context);
    const coming = (await crm.appointmentsOf(contact.id, epochMs, signal)).filter(
      ({ startsAtMs }) => startsAtMs > epochMs,
    );
    const meant = coming.filter(({ startsAtMs }) => {
      const at = localTimeOf(startsAtMs, office.timeZone);
      return at.date === date && (time === undefined || at.time === time);
    });
    const [appointment, ...others] = meant;
    const tell = (of: typeof coming): object => ({
      appointments: of.map((one) => toldAppointment(one, office)),
    });
    if (appointment === undefined)
      throw new ToolRefusal(
        coming.length === 0
          ? 'They have no coming appointment, so there is nothing to cancel. Say so, and do not try again.'
          : 'They have no appointment then. Ask the caller which of these is meant.',
        { ...tell(coming) },
      );
    if (others.length > 0)
      throw new ToolRefusal('Several appointments fit. Ask the caller which of them is meant, by its time.', {
        ...tell(meant),
      });
    await crm.cancelAppointment(appointment.id, signal);
    const told = toldAppointment(appointment, office);
    return { tell: { ...told, message: `Cancelled: ${String(told['when'])}.` } };
  },
});
