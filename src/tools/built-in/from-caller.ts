// Whom something that is written down for the staff comes from.
import { parsePhoneNumber } from '../../base/phone-number.ts';
import type { ToolContext } from '../tool.ts';

/** Who it is is a kindness to the reader: what is written down must not be lost over it, so a failed look-up is nobody. */
export async function fromCaller(
  name: string | undefined,
  { caller, crm, signal }: ToolContext,
): Promise<{ readonly from: string; readonly contactId: string | undefined }> {
  const number = parsePhoneNumber(caller);
  const contact = number && (await crm.findByPhone(number, signal).catch(() => undefined));
  return { from: name ? `${name}, ${caller}` : caller, contactId: contact?.id };
}
