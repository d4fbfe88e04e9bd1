// The invented service that fixtures/crm/example.yaml describes: a CRM in memory behind HTTP, with words of its own.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LivelineError } from '../../../src/base/errors.ts';
import type { Appointment, Contact, CrmObject, ObjectKind } from '../../../src/crm/crm.ts';
import { createMemoryCrm } from '../../../src/crm/memory.ts';
import type { World } from '../../contracts/crm.contract.ts';

export const TOKEN = 'token-of-the-example';

export interface Asked {
  readonly method: string;
  /** As it came, encoded. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** Undefined: as the service would answer. Otherwise this, and nothing is done. */
export type Fault = (asked: Asked, response: ServerResponse) => boolean;

export interface RestCrmServer {
  readonly baseUrl: string;
  readonly asked: Asked[];
  /** True: it has answered, or never will. */
  fault: Fault;
  close(): Promise<void>;
}

type Fields = Readonly<Record<string, unknown>>;
interface Question {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Fields;
  readonly key: string;
}

const go = new AbortController().signal;
const personOf = ({ id, name, phone, email, facts }: Contact): Fields => ({
  id,
  display_name: name,
  // As people write it: (555) 010-0102.
  mobile: phone?.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3') ?? null,
  mail: email ?? null,
  notes: facts,
});
/** With a zone of its own. */
const local = (epochMs: number): string => new Date(epochMs + 7_200_000).toISOString().replace('Z', '+02:00');
const visitOf = (one: Appointment): Fields => ({
  id: one.id,
  person: one.contactId,
  begins: local(one.startsAtMs),
  ends: local(one.startsAtMs + one.minutes * 60_000),
  reason: one.about,
  state: one.status === 'booked' ? 'confirmed' : 'called off',
});
const thingOf = ({ id, number, contactId, title, status, facts }: CrmObject): Fields => ({
  id,
  reference: number,
  person: contactId ?? null,
  title,
  state: status,
  details: facts,
});
const found = <T>(one: T | undefined): T => {
  if (one === undefined) throw new LivelineError('CRM_UNKNOWN', 'nobody');
  return one;
};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const changesOf = ({ display_name, mobile, mail, notes }: Fields) => ({
  ...(display_name !== undefined && { name: text(display_name) }),
  ...(mobile !== undefined && { phone: text(mobile) }),
  ...(mail !== undefined && { email: text(mail) }),
  ...(notes !== undefined && { facts: notes as Record<string, string> }),
});

function serviceOf({
  contacts,
  appointments,
  objects,
}: World): (method: string, asked: Question) => Promise<unknown> {
  const byAge = [...objects].sort((a, b) => a.createdAtMs - b.createdAtMs);
  const crm = createMemoryCrm({ contacts, appointments, objects: byAge });
  const kindOf = (plural: string | undefined): ObjectKind | undefined =>
    (['order', 'ticket', 'message'] as const).find((kind) => `${kind}s` === plural);

  async function people(query: URLSearchParams): Promise<readonly Contact[]> {
    const [phone, mail, q] = [query.get('phone'), query.get('mail'), query.get('q')];
    if (q !== null) return crm.findByName(q, Number(query.get('limit')), go);
    const one = phone !== null ? await crm.findByPhone(phone, go) : await crm.findByEmail(mail ?? '', go);
    const several = phone === null ? [] : contacts.filter((contact) => contact.phone === phone);
    if (several.length > 1) return several;
    // A broad search: it gives a stranger too.
    return [...(await crm.findByName('benedikt ruiz', 1, go)), ...(one ? [one] : [])];
  }

  return async (method, { parts, query, body, key }) => {
    const [first, id = '', third] = parts;
    const kind = kindOf(first);
    const kindOfTheirs = kindOf(third);
    const route = `${method} ${parts.map((part, i) => (i === 1 ? '*' : part)).join('/')}`;
    if (route === 'GET ping') return { pong: true };
    if (route === 'GET people') return { people: (await people(query)).map(personOf) };
    if (route === 'GET people/*') return personOf(found(await crm.findById(id, go)));
    if (route === 'POST people')
      return personOf(
        await crm.createContact({ ...changesOf(body), name: text(body['display_name']) }, key, go),
      );
    if (route === 'PATCH people/*') return personOf(await crm.updateContact(id, changesOf(body), go));
    if (route === 'GET people/*/visits')
      return {
        visits: (await crm.appointmentsOf(id, Date.parse(query.get('after') ?? ''), go)).map(visitOf),
      };
    if (route === 'POST visits') {
      const startsAtMs = Date.parse(text(body['begins']));
      const minutes = (Date.parse(text(body['ends'])) - startsAtMs) / 60_000;
      const asked = { contactId: text(body['person']), startsAtMs, minutes, about: text(body['reason']) };
      return visitOf(await crm.bookAppointment(asked, key, go));
    }
    if (route === 'POST visits/*/cancel') return visitOf(await crm.cancelAppointment(id, go));
    if (kindOfTheirs !== undefined && method === 'GET')
      return { items: (await crm.objectsOf(id, kindOfTheirs, Number(query.get('limit')), go)).map(thingOf) };
    if (kind !== undefined && method === 'GET') return thingOf(found(await crm.findObject(kind, id, go)));
    if (kind !== undefined && kind !== 'order' && route === `POST ${first}`) {
      const { person, title, text: words, from } = body;
      const asked = { kind, title: text(title), text: text(words), from: text(from) };
      return thingOf(
        await crm.createObject(
          { ...asked, ...(person !== undefined && { contactId: text(person) }) },
          key,
          go,
        ),
      );
    }
    if (route === 'PUT calls/*') return undefined;
    throw new LivelineError('CRM_UNKNOWN', 'no such route');
  };
}

const bodyOf = async (request: IncomingMessage): Promise<unknown> => {
  let words = '';
  for await (const chunk of request) words += String(chunk);
  return words === '' ? undefined : JSON.parse(words);
};

export async function openRestCrm(world: World): Promise<RestCrmServer> {
  const service = serviceOf(world);
  const asked: Asked[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request;
    const one: Asked = { method, url, headers, body: await bodyOf(request) };
    asked.push(one);
    if (server.fault(one, response)) return;
    const say = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    if (headers.authorization !== `Bearer ${TOKEN}`) {
      say(401, { error: 'unauthorized' });
      return;
    }
    const { pathname, searchParams: query } = new URL(url, 'http://localhost');
    const [version, ...parts] = pathname.slice(1).split('/').map(decodeURIComponent);
    if (version !== 'v2') {
      say(404, { error: 'not_found' });
      return;
    }
    try {
      const key = headers['idempotency-key'];
      const body = await service(method, { parts, query, body: (one.body ?? {}) as Fields, key: text(key) });
      say(body === undefined ? 204 : 200, body);
    } catch (thrown) {
      say(thrown instanceof LivelineError ? thrown.status : 500, { error: 'failed' });
    }
  };
  const http = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: RestCrmServer = {
    baseUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v2`,
    asked,
    fault: () => false,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}
