// find_order: how an order stands, by its number, or the latest of whoever is calling.
import { z } from 'zod';
import { parsePhoneNumber } from '../../base/phone-number.ts';
import { defineTool } from '../define-tool.ts';
import { toldObject } from './told.ts';
import type { ToolContext, ToolResult } from '../tool.ts';
import { warning, whoseToRead } from './whose.ts';

/** More than these cannot be told apart by ear. */
const MOST_ORDERS = 3;

export const findOrder = defineTool({
  name: 'find_order',
  description:
    'Finds out how an order stands: by its number or, with no argument, the latest orders of whoever is calling.',
  args: z.object({
    number: z
      .string()
      .trim()
      .max(50)
      .optional()
      .describe('The number of the order as the caller said it, letters and digits.'),
  }),
  timeoutMs: 4_000,
  run: ({ number }, context) => (number ? byNumber(number, context) : latest(context)),
});

async function byNumber(number: string, { caller, crm, signal }: ToolContext): Promise<ToolResult> {
  const order = await crm.findObject('order', number, signal);
  if (order === undefined)
    return {
      tell: {
        found: 0,
        message: 'No order has this number. Ask the caller to read it out once more, digit by digit.',
      },
    };
  const calling = parsePhoneNumber(caller);
  const contact = calling && (await crm.findByPhone(calling, signal));
  const own = contact !== undefined && order.contactId === contact.id;
  return { tell: { found: 1, orders: [toldObject(order)], message: warning(own) } };
}

async function latest(context: ToolContext): Promise<ToolResult> {
  const found = await whoseToRead({}, context);
  if (found.is === 'ask')
    return {
      tell: {
        ...found.tell,
        message: 'The caller is not known by their number. Ask for the number of the order.',
      },
    };
  const orders = await context.crm.objectsOf(found.contact.id, 'order', MOST_ORDERS, context.signal);
  const message =
    orders.length === 0
      ? 'They have no order in the records; do not look again without the number of an order.'
      : `Their latest orders, the newest first. ${warning(found.own)}`;
  return { tell: { found: orders.length, orders: orders.map(toldObject), message } };
}
