// A stand-in for Salesforce on a loopback socket: login, REST resources and faults on demand, as its public documentation
// has them (developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest).
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Clock } from '../../../src/base/clock.ts';
import { Login } from './login.ts';
import { Records } from './records.ts';
import { readSearch } from './sosl.ts';
import { QueryFault, type Row } from './soql.ts';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly body: string;
}

export type Fault =
  | {
      readonly is: 'answers';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Record<string, string>;
    }
  /** 200, and half an answer. */
  | { readonly is: 'malformed' }
  | { readonly is: 'silent' }
  /** Does what it was asked for, and closes the connection without a word. */
  | { readonly is: 'lost' };

interface Planned {
  readonly fault: Fault;
  readonly when: (asked: Asked) => boolean;
  times: number;
}

export interface SalesforceStandInOptions {
  readonly clock: Clock;
  readonly keyField?: string;
  /** Rows a page; Salesforce gives 2,000. */
  readonly pageSize?: number;
}

const DATA = '/services/data/v62.0';
const STATUS: Readonly<Record<string, number>> = { NOT_FOUND: 404, ENTITY_IS_DELETED: 404 };

export class SalesforceStandIn {
  readonly login: Login;
  readonly records: Records;
  readonly asked: Asked[] = [];
  /** Named by the login instead of its own address. */
  instanceUrl: string | undefined;
  readonly #pageSize: number;
  readonly #server: Server;
  readonly #planned: Planned[] = [];
  readonly #cursors = new Map<string, readonly unknown[]>();

  private constructor({ clock, keyField, pageSize = 2_000 }: SalesforceStandInOptions) {
    this.login = new Login(clock);
    this.records = new Records(keyField);
    this.#pageSize = pageSize;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(options: SalesforceStandInOptions): Promise<SalesforceStandIn> {
    const standIn = new SalesforceStandIn(options);
    standIn.#server.listen(0, '127.0.0.1');
    await once(standIn.#server, 'listening');
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next `times` requests that fit meet this fault. */
  plan(
    fault: Fault,
    { times = 1, when = () => true }: { times?: number; when?: Planned['when'] } = {},
  ): void {
    this.#planned.push({ fault, when, times });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, body?: unknown, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8', ...headers });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    const url = new URL(request.url ?? '/', this.url);
    const [path, query] = [url.pathname, url.searchParams.get('q') ?? ''];
    const asked = { method: request.method ?? '', path, query, body: await text(request) };
    this.asked.push(asked);
    const fault = this.#faultFor(asked);
    if (fault?.is === 'silent') return;
    if (fault?.is === 'answers') {
      send(fault.status, fault.body, fault.headers);
      return;
    }
    if (fault?.is === 'malformed') {
      response.writeHead(200).end('{"records":[{"Id":');
      return;
    }
    if (path === '/services/oauth2/token') {
      const answer = await this.login.answer(
        new URLSearchParams(asked.body),
        this.url,
        this.instanceUrl ?? this.url,
      );
      send(answer.status, answer.body);
      return;
    }
    const given = this.login.holds(request.headers.authorization)
      ? this.#do(asked)
      : { status: 401, body: faultBody('INVALID_SESSION_ID', 'Session expired or invalid') };
    if (fault?.is === 'lost') request.socket.destroy();
    else send(given.status, given.body);
  }

  #faultFor(asked: Asked): Fault | undefined {
    const planned = this.#planned.find(({ when, times }) => times > 0 && when(asked));
    if (planned !== undefined) planned.times--;
    return planned?.fault;
  }

  #do(asked: Asked): { status: number; body?: unknown } {
    try {
      return this.#route(asked);
    } catch (thrown) {
      if (!(thrown instanceof QueryFault)) throw thrown;
      return { status: STATUS[thrown.errorCode] ?? 400, body: faultBody(thrown.errorCode, thrown.message) };
    }
  }

  #route({ method, path, query, body }: Asked): { status: number; body?: unknown } {
    const [resource, ...parts] = path.startsWith(`${DATA}/`) ? path.slice(DATA.length + 1).split('/') : [];
    const [type = '', second = '', third] = parts;
    switch (`${method} ${resource}`) {
      case 'GET query':
      case 'GET queryAll':
        return {
          status: 200,
          body: type === '' ? this.#query(query, resource === 'queryAll') : this.#page(type),
        };
      case 'GET search':
        return { status: 200, body: { searchRecords: this.#search(query) } };
      case 'POST sobjects': {
        const id = this.records.create(type, fieldsOf(body));
        return { status: 201, body: { id, success: true, errors: [] } };
      }
      case 'PATCH sobjects': {
        if (third === undefined) {
          this.records.change(type, second, fieldsOf(body));
          return { status: 204 };
        }
        const { id, created } = this.records.upsert(type, second, third, fieldsOf(body));
        return { status: created ? 201 : 200, body: { id, success: true, errors: [], created } };
      }
      case 'DELETE sobjects':
        this.records.delete(type, second);
        return { status: 204 };
      default:
        throw new QueryFault('NOT_FOUND', 'The requested resource does not exist');
    }
  }

  #query(soql: string, deletedToo: boolean): object {
    return this.#paged(this.records.query(soql, deletedToo).map(sent), 0, `01g${this.#cursors.size}`);
  }

  #page(cursor: string): object {
    const [name = '', from = ''] = cursor.split('-');
    const rows = this.#cursors.get(name);
    if (rows === undefined) throw new QueryFault('INVALID_QUERY_LOCATOR', 'invalid query locator');
    return this.#paged(rows, Number(from), name);
  }

  #paged(rows: readonly unknown[], from: number, name: string): object {
    const to = from + this.#pageSize;
    const records = rows.slice(from, to);
    if (to >= rows.length) return { totalSize: rows.length, done: true, records };
    this.#cursors.set(name, rows);
    return { totalSize: rows.length, done: false, records, nextRecordsUrl: `${DATA}/query/${name}-${to}` };
  }

  #search(sosl: string): readonly object[] {
    const { finds, query, returning } = readSearch(sosl);
    const found = new Set(
      this.records
        .all('Contact')
        .filter(finds)
        .map((row) => row['Id']),
    );
    return this.records
      .query(query.replace(/ LIMIT \d+$/, ''), false)
      .filter(({ Id }) => Id !== undefined && found.has(Id))
      .slice(0, returning.limit)
      .map(sent);
  }
}

const sent = (row: Row): object => ({ attributes: { type: 'of the tests', url: '/' }, ...row });
const faultBody = (errorCode: string, message: string): object => [{ message, errorCode, fields: [] }];

function fieldsOf(body: string): Readonly<Record<string, unknown>> {
  const fields: unknown = JSON.parse(body);
  if (typeof fields !== 'object' || fields === null) throw new QueryFault('JSON_PARSER_ERROR', 'no object');
  return { ...fields };
}
