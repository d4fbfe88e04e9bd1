// A context to run a tool in, with contacts that its tests can name.
import { callId, toolCallId } from '../../src/base/ids.ts';
import type { Contact, Crm, Message } from '../../src/crm/crm.ts';
import { createMemoryCrm } from '../../src/crm/memory.ts';
import type { ToolContext } from '../../src/tools/tool.ts';

const contact = (name: string, phone: string, facts: Record<string, string> = {}): Contact => ({
  id: `id-of-${phone}`,
  name,
  phone,
  facts,
});

export const ADA = contact('Ada Moreno', '+15550100123', {
  'next appointment': 'Thursday at half past nine',
});
export const CONTACTS: readonly Contact[] = [
  ADA,
  contact('Adam Moreno', '+15550100124'),
  contact('Ada Morenova', '+15550100125'),
  contact('John Smith', '+15550100141'),
  contact('John Smith', '+15550100142'),
];

export const memoryCrm = (): Crm => createMemoryCrm({ contacts: CONTACTS });

/** Passes everything on, and keeps what was written and under which key. */
export function listeningCrm(): Crm & { taken: { message: Omit<Message, 'id'>; key: string }[] } {
  const inner = memoryCrm();
  const taken: { message: Omit<Message, 'id'>; key: string }[] = [];
  return {
    ...inner,
    taken,
    takeMessage(message, key, signal) {
      taken.push({ message, key });
      return inner.takeMessage(message, key, signal);
    },
  };
}

export const contextOf = (given: Partial<ToolContext> = {}): ToolContext => ({
  callId: callId('CA1'),
  toolCallId: toolCallId('fc-1'),
  caller: ADA.phone,
  crm: memoryCrm(),
  signal: new AbortController().signal,
  ...given,
});
