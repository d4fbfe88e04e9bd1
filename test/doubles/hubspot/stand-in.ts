// A HubSpot on loopback: version 3 of its REST interface as documented, strict, and with faults on demand.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { faultOf, REQUIRED } from './properties.ts';
import { Store, type SearchBody, type Stored } from './store.ts';

export const TOKEN = 'pat-na1-11111111-secret';

/** `done`: it is carried out before the connection is lost. */
export type Fault =
  | { is: 'status'; status: number; headers?: Record<string, string>; body?: string }
  | { is: 'cut'; when: 'at once' | 'in mid-body' | 'done' }
  | { is: 'silent' };

export interface HubSpotStandIn {
  readonly baseUrl: string;
  readonly store: Store;
  /** `GET /crm/v3/objects/contacts?limit=1`, in the order they came. */
  readonly asked: readonly string[];
  /** For the next request with this method and path, `POST /crm/v3/objects/notes`; with `*` behind it, that begins so. */
  fault(request: string, fault: Fault): void;
  close(): Promise<void>;
}

const LINKS: Readonly<Record<string, number>> = {
  meetings: 200,
  notes: 202,
  calls: 194,
  tickets: 16,
  orders: 507,
};
const STAGES = {
  tickets: ['New', 'Waiting on contact', 'Waiting on us', 'Closed'],
  orders: ['Open', 'Shipped'],
};
const category = {
  400: 'VALIDATION_ERROR',
  401: 'INVALID_AUTHENTICATION',
  404: 'OBJECT_NOT_FOUND',
  409: 'CONFLICT',
};

interface Reply {
  status: number;
  body: unknown;
}
type Body = SearchBody & {
  properties?: Record<string, string> & string[];
  inputs?: { id: string }[];
  associations?: { to: { id: string }; types: { associationTypeId: number }[] }[];
};

const refusal = (status: keyof typeof category, message: string, code?: string): Reply => ({
  status,
  body: {
    status: 'error',
    message,
    correlationId: 'aeb5f871-7f07-4993-9211-075dc63e7cbf',
    category: category[status],
    ...(code === undefined ? {} : { errors: [{ message, code }] }),
  },
});

export async function openHubSpot(nowMs: number, pageSize = 200): Promise<HubSpotStandIn> {
  const store = new Store();
  const asked: string[] = [];
  const faults: { request: string; fault: Fault }[] = [];
  let clockMs = nowMs;

  const view = (one: Stored, wanted: readonly string[], withContacts = false) => ({
    id: one.id,
    properties: {
      ...Object.fromEntries(
        wanted.filter((name) => name !== '').map((name) => [name, one.properties[name] ?? null]),
      ),
      hs_object_id: one.id,
    },
    createdAt: new Date(one.createdAtMs).toISOString(),
    updatedAt: new Date(one.createdAtMs).toISOString(),
    archived: false,
    ...(withContacts && one.contactIds.length > 0
      ? {
          associations: { contacts: { results: one.contactIds.map((id) => ({ id, type: 'x_to_contact' })) } },
        }
      : {}),
  });

  const paged = <T>(all: readonly T[], after: string | null | undefined, limit: number) => {
    const from = Number(after ?? 0);
    const to = from + Math.min(limit, pageSize);
    return {
      results: all.slice(from, to),
      ...(to < all.length
        ? { paging: { next: { after: String(to), link: 'https://api.hubapi.com/…' } } }
        : {}),
    };
  };

  function search(type: string, body: Body): Reply {
    const limit = body.limit ?? 10;
    if (limit > 200) return refusal(400, 'limit is greater than 200');
    if (JSON.stringify(body).length > 3_000) return refusal(400, 'the body is too long');
    const found = store.search(type, body);
    if (found === 'VALIDATION_ERROR') return refusal(400, 'There was a problem with the request.');
    const { results, ...more } = paged(found, body.after, limit);
    const wanted = body.properties ?? [];
    return {
      status: 200,
      body: { total: found.length, results: results.map((one) => view(one, wanted)), ...more },
    };
  }

  function create(type: string, { properties = {} as Body['properties'], associations = [] }: Body): Reply {
    const fault = faultOf(store.known(type), properties!);
    if (fault !== undefined) return refusal(400, 'Property values were not valid: [{"value":"…"}]', fault);
    if ((REQUIRED[type] ?? []).some((name) => properties![name] === undefined))
      return refusal(400, 'Error creating. Some required properties were not set.');
    const wrong = associations.some(
      ({ to, types }) =>
        !store.records.has(`contacts/${to.id}`) || types.some((one) => one.associationTypeId !== LINKS[type]),
    );
    if (wrong) return refusal(400, 'One or more associations are not valid');
    const twin = type === 'contacts' ? store.byEmail(properties!['email'] ?? '-') : undefined;
    if (twin !== undefined) return refusal(409, `Contact already exists. Existing ID: ${twin.id}`);
    const links = associations.map(({ to }) => to.id);
    const made = store.add(type, properties!, ++clockMs, links);
    return { status: 201, body: view(made, Object.keys(properties!)) };
  }

  function route(method: string, url: URL, body: Body): Reply {
    const [, , , section = '', type = '', id, what, of] = url.pathname.split('/').map(decodeURIComponent);
    const wanted = (url.searchParams.get('properties') ?? '').split(',');
    const nowhere = refusal(404, 'resource not found');
    if (section === 'pipelines') {
      const labels = STAGES[type as keyof typeof STAGES];
      const stages = labels.map((label, i) => ({ id: String(i + 1), label, metadata: {} }));
      return { status: 200, body: { results: [{ id: '0', label: 'Pipeline', stages }] } };
    }
    if (section !== 'objects' || !(type in { ...LINKS, contacts: 0 })) return nowhere;
    if (method === 'POST' && id === 'search') return search(type, body);
    if (method === 'POST' && id === 'batch' && what === 'read') {
      const inputs = body.inputs ?? [];
      if (inputs.length > 100) return refusal(400, 'maximum of 100 inputs');
      const found = inputs.flatMap((input) => store.records.get(`${type}/${input.id}`) ?? []);
      return {
        status: found.length === inputs.length ? 200 : 207,
        body: { status: 'COMPLETE', results: found.map((one) => view(one, body.properties ?? [])) },
      };
    }
    if (method === 'POST' && id === undefined) return create(type, body);
    if (method === 'GET' && id === undefined)
      return {
        status: 200,
        body: paged(
          store.of(type).map((one) => view(one, wanted)),
          null,
          1,
        ),
      };
    const byEmail = type === 'contacts' && url.searchParams.get('idProperty') === 'email';
    const one = byEmail ? store.byEmail(id!) : store.records.get(`${type}/${id!}`);
    if (one === undefined) return nowhere;
    if (method === 'GET' && what === 'associations') {
      const linked = store.of(of!).filter(({ contactIds }) => contactIds.includes(one.id));
      const links = linked.map((other) => ({ id: other.id, type: `contact_to_${of!}` }));
      const limit = Number(url.searchParams.get('limit') ?? 500);
      return { status: 200, body: paged(links, url.searchParams.get('after'), limit) };
    }
    if (method === 'GET')
      return { status: 200, body: view(one, wanted, url.searchParams.get('associations') === 'contacts') };
    if (method !== 'PATCH') return refusal(400, 'method not allowed');
    const fault = faultOf(store.known(type), body.properties ?? {});
    if (fault !== undefined) return refusal(400, 'Property values were not valid', fault);
    const twin = store.byEmail(body.properties?.['email'] ?? '-');
    if (type === 'contacts' && twin !== undefined && twin !== one)
      return refusal(409, 'Contact already exists.');
    store.change(one, body.properties ?? {});
    return { status: 200, body: view(one, Object.keys(body.properties ?? {})) };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = request;
    asked.push(`${method} ${path}`);
    const line = `${method} ${path.replace(/\?.*/, '')}`;
    const at = faults.findIndex((one) =>
      one.request.endsWith('*') ? line.startsWith(one.request.slice(0, -1)) : line === one.request,
    );
    const fault = at < 0 ? undefined : faults.splice(at, 1)[0]!.fault;
    const body = method === 'GET' ? {} : ((await json(request)) as Body);
    const isOurs = request.headers.authorization === `Bearer ${TOKEN}`;
    const carriedOut = fault === undefined || (fault.is === 'cut' && fault.when === 'done');
    const reply = !isOurs
      ? refusal(401, 'Authentication credentials not found.')
      : carriedOut
        ? route(method, new URL(path, 'http://stand-in'), body)
        : undefined;
    if (fault?.is === 'silent') return;
    if (fault?.is === 'cut') {
      if (fault.when !== 'in mid-body') return void request.socket.destroy();
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
      response.write('{"results":[', () => request.socket.destroy());
      return;
    }
    if (fault?.is === 'status') {
      const headers = { 'content-type': 'application/json', ...fault.headers };
      return void response.writeHead(fault.status, headers).end(fault.body ?? '{"status":"error"}');
    }
    response
      .writeHead(reply!.status, { 'content-type': 'application/json;charset=utf-8' })
      .end(JSON.stringify(reply!.body));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => request.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    store,
    asked,
    fault: (request, fault) => void faults.push({ request, fault }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
