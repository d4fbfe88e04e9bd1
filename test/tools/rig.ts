// A context to run a tool in, with contacts that its tests can name.
import { callId, toolCallId } from '../../src/base/ids.ts';
import { LivelineError } from '../../src/base/errors.ts';
import type { TextMessage, TextSender } from '../../src/carrier/texts.ts';
import type { Appointment, Contact, Crm, CrmObject, NewObject } from '../../src/crm/crm.ts';
import { createMemoryCrm, type MemoryCrmOptions } from '../../src/crm/memory.ts';
import type { JsonObject } from '../../src/live/session.ts';
import { failureResponse } from '../../src/tools/run/failure.ts';
import type { Tool, ToolContext, ToolResult } from '../../src/tools/tool.ts';

const contact = (name: string, phone: string, facts: Record<string, string> = {}): Contact => ({
  id: `id-of-${phone}`,
  name,
  phone,
  facts,
});

export const ADA_PHONE = '+15550100123';
export const ADA = contact('Ada Moreno', ADA_PHONE, {
  'next appointment': 'Thursday at half past nine',
});
export const CONTACTS: readonly Contact[] = [
  ADA,
  contact('Adam Moreno', '+15550100124'),
  contact('Ada Morenova', '+15550100125'),
  contact('John Smith', '+15550100141'),
  contact('John Smith', '+15550100142'),
];

export const memoryCrm = (more: Partial<MemoryCrmOptions> = {}): Crm =>
  createMemoryCrm({ contacts: CONTACTS, ...more });

/** Where the office of `contextOf` is; New York is five hours behind UTC in winter and four in summer. */
export const appointment = (startsAt: string, more: Partial<Appointment> = {}): Appointment => ({
  id: `id-of-${startsAt}`,
  contactId: ADA.id,
  startsAtMs: Date.parse(startsAt),
  minutes: 30,
  about: 'Check-up',
  status: 'booked',
  ...more,
});

export const order = (number: string, more: Partial<CrmObject> = {}): CrmObject => ({
  id: `id-of-${number}`,
  kind: 'order',
  number,
  contactId: ADA.id,
  title: 'Two chairs',
  status: 'on its way',
  facts: { arrives: 'on Friday' },
  ...more,
});

/** Keeps what it was given to send. */
export function listeningTexts(): TextSender & { readonly sent: TextMessage[] } {
  const sent: TextMessage[] = [];
  return {
    sent,
    send(message) {
      sent.push(message);
      return Promise.resolve({ id: `SM${sent.length}` });
    },
  };
}

/** Passes everything on, and keeps what was written and under which key. */
export function listeningCrm(): Crm & { taken: { message: NewObject; key: string }[] } {
  const inner = memoryCrm();
  const taken: { message: NewObject; key: string }[] = [];
  return {
    ...inner,
    taken,
    createObject(message, key, signal) {
      taken.push({ message, key });
      return inner.createObject(message, key, signal);
    },
  };
}

/** Sends nothing; a test that needs texts hands its own in. */
export const noTexts: TextSender = {
  send: () => Promise.reject(new LivelineError('CARRIER_REFUSED', 'there is no carrier here')),
};

export const contextOf = (given: Partial<ToolContext> = {}): ToolContext => ({
  callId: callId('CA1'),
  toolCallId: toolCallId('fc-1'),
  effectKey: 'CA1/take_message/1',
  caller: ADA_PHONE,
  called: '+15550100100',
  crm: memoryCrm(),
  texts: noTexts,
  office: { timeZone: 'America/New_York', language: 'en-US' },
  profile: 'reception',
  epochMs: Date.parse('2026-11-23T15:00:00Z'),
  signal: new AbortController().signal,
  ...given,
});

/** As the runner does: the arguments are checked, and then it runs. */
export const use = async (tool: Tool, args: unknown, context: ToolContext): Promise<ToolResult> =>
  tool.run(await tool.accept(args), context);

/** What the model is told, whether it works or not. */
export const tell = (tool: Tool, args: object, context: ToolContext): Promise<JsonObject> =>
  use(tool, args, context).then(
    (result) => result.tell,
    (thrown: unknown) => failureResponse(thrown),
  );
