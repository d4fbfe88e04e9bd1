// list_appointments: what is agreed with somebody from now on.
import { z } from 'zod';
import { defineTool } from '../define-tool.ts';
import { nameField, phoneField } from './fields.ts';
import { toldAppointment } from './told.ts';
import { warning, whoseToRead } from './whose.ts';

export const listAppointments = defineTool({
  name: 'list_appointments',
  description:
    'Lists the coming appointments of whoever is calling, with no argument, or of somebody else by phone number or name.',
  args: z.object({
    phone: phoneField(
      "Only for somebody else: their phone number with its country code, such as '+1 555 010 0100'.",
    ),
    name: nameField('Only for somebody else: their name, without titles.'),
  }),
  timeoutMs: 4_000,
  async run(identity, context) {
    const found = await whoseToRead(identity, context);
    if (found.is === 'ask') return { tell: found.tell };
    const { crm, epochMs, office, signal } = context;
    const coming = await crm.appointmentsOf(found.contact.id, epochMs, signal);
    const count =
      coming.length === 0
        ? 'They have no coming appointment; do not look again. '
        : `They have ${coming.length} coming appointment${coming.length === 1 ? '' : 's'}. `;
    return {
      tell: {
        found: coming.length,
        name: found.contact.name,
        appointments: coming.map((appointment) => toldAppointment(appointment, office)),
        message: count + warning(found.own),
      },
    };
  },
});
