// Asking a described service: finding, where nobody is an answer, and making, where what was done must be said. Knows
// neither contacts nor appointments.
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import { fillRequest, type DescribedRequest } from '../../web/described.ts';
import { secretFaults } from '../../web/described-faults.ts';
import { rowsAt } from '../../web/json-path.ts';
import { createRest, type RestAnswer, type RestRequest } from '../../web/rest.ts';
import { ValueRefused, type Secrets } from '../../web/template.ts';
import { requestsIn, type HttpCrmDescription } from './description.ts';

const CODES = { unavailable: 'CRM_UNAVAILABLE', refused: 'CRM_REFUSED', inDoubt: 'CRM_IN_DOUBT' } as const;

/** More are not read: the sound of all calls of this process waits while an answer is. */
const MOST_ROWS = 100;
/** Then the sound has its turn; so many take a millisecond. */
const ROWS_AT_ONCE = 25;
/** A hundred records of two kilobytes each. */
const MOST_BYTES = 200_000;

interface Asking {
  /** As it is called in the description. */
  readonly method: string;
  readonly request: DescribedRequest;
  /** By variable. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

type AskingForRows = Asking & {
  /** Of more rows than are read none is taken: what was left out may matter. */
  readonly wantsAll?: boolean;
  readonly request: { readonly response: { readonly list?: string | undefined } };
};

/** `expects`: 404 and 409, where they mean what the door says of them. */
type Writing = Required<Pick<RestRequest, 'repeatable' | 'expects'>>;
type Read<Row> = (row: unknown) => Row | undefined;

export interface Asker {
  /** Throws CRM_UNSUPPORTED where there is no request. */
  readonly described: <Request>(request: Request | undefined, method: string) => Request;
  /** What can be read of the answer; nothing for 404, and for a value that cannot be sent. */
  readonly find: <Row>(asking: AskingForRows, read: Read<Row>) => Promise<Row[]>;
  /** Throws CRM_UNKNOWN and CRM_CONFLICT. */
  readonly write: (asking: Asking, how: Writing) => Promise<RestAnswer>;
  /** Throws CRM_IN_DOUBT also where the answer cannot be read. */
  readonly make: <Row>(asking: AskingForRows, how: Writing, read: Read<Row>) => Promise<Row>;
}

export interface HttpCrmOptions {
  readonly description: HttpCrmDescription;
  readonly secrets: Secrets;
  readonly clock: Clock;
}

/** Throws CRM_INVALID when a secret that the description names is not set. */
export function createAsker({ description, secrets, clock }: HttpCrmOptions): Asker {
  const { name, headers } = description;
  const requests = requestsIn(description).map(({ request }) => ({
    ...request,
    headers: { ...headers, ...request.headers },
  }));
  const faults = secretFaults(requests, secrets);
  if (faults.length > 0) throw new LivelineError('CRM_INVALID', `the CRM ${name}: ${faults.join('; ')}`);
  const rest = createRest({
    name,
    baseUrl: description.base_url,
    codes: CODES,
    allowPrivate: description.allow_private,
    attemptTimeoutMs: description.timeout_ms,
    maxBytes: MOST_BYTES,
    clock,
  });
  const fault = (code: LivelineError['code'], method: string, why: string, cause?: unknown): LivelineError =>
    new LivelineError(code, `${name}: ${method}: ${why}`, cause === undefined ? {} : { cause });

  function described<Request>(request: Request | undefined, method: string): Request {
    if (request === undefined) throw fault('CRM_UNSUPPORTED', method, 'the description has no such request');
    return request;
  }

  /** Gives the refusal of a value that cannot stand where the description puts it; nothing was sent then. */
  async function ask(
    { method, request, values, signal }: Asking,
    how: Pick<RestRequest, 'repeatable' | 'expects'>,
  ): Promise<RestAnswer | ValueRefused> {
    signal.throwIfAborted();
    const whole = { ...request, headers: { ...headers, ...request.headers } };
    try {
      const filled = fillRequest(whole, new Map(Object.entries(values)), secrets);
      return await rest.ask({ ...filled, ...how, label: method, signal });
    } catch (thrown) {
      if (thrown instanceof ValueRefused) return thrown;
      throw thrown;
    }
  }

  /** A filter of a JSONPath that compares what is nested deeply can run out of stack. */
  async function readRows<Row>(
    { method, request, wantsAll }: AskingForRows,
    body: unknown,
    read: Read<Row>,
  ): Promise<Row[]> {
    const list = request.response.list;
    const words = 'its answer cannot be read as described; look at response:';
    let tooMany = false;
    try {
      const rows = list === undefined ? [body] : rowsAt(list, body);
      tooMany = wantsAll === true && rows.length > MOST_ROWS;
      const readable: Row[] = [];
      for (let at = 0; at < Math.min(rows.length, MOST_ROWS) && !tooMany; at += ROWS_AT_ONCE) {
        if (at > 0) await setImmediate();
        const some = rows.slice(at, Math.min(at + ROWS_AT_ONCE, MOST_ROWS));
        readable.push(...some.flatMap((row) => read(row) ?? []));
      }
      if (rows.length === 0 || readable.length > 0) return readable;
    } catch (cause) {
      throw fault('CRM_REFUSED', method, words, cause);
    }
    throw fault(
      'CRM_REFUSED',
      method,
      tooMany ? `it answered with more than ${MOST_ROWS} rows; its search must be narrower` : words,
    );
  }

  async function find<Row>(asking: AskingForRows, read: Read<Row>): Promise<Row[]> {
    const answer = await ask(asking, { repeatable: true, expects: [404] });
    // Whoever has such an id or number is nobody.
    if (answer instanceof ValueRefused || answer.status === 404) return [];
    if (answer.body === undefined || answer.body === null) return [];
    return readRows(asking, answer.body, read);
  }

  async function write(asking: Asking, how: Writing): Promise<RestAnswer> {
    const answer = await ask(asking, how);
    const { method } = asking;
    if (answer instanceof ValueRefused) {
      const isId = answer.variable === 'id' || answer.variable === 'contact_id';
      throw fault(isId ? 'CRM_UNKNOWN' : 'CRM_REFUSED', method, `${answer.message}; nothing was sent`);
    }
    if (answer.status === 404) throw fault('CRM_UNKNOWN', method, 'it knows nothing under this id');
    if (answer.status === 409) throw fault('CRM_CONFLICT', method, 'the time is taken');
    return answer;
  }

  async function make<Row>(asking: AskingForRows, how: Writing, read: Read<Row>): Promise<Row> {
    const { body } = await write(asking, how);
    const words = 'it took the request, but its answer cannot be read as described; look at response:';
    try {
      const [row] = await readRows(asking, body, read);
      if (row !== undefined) return row;
    } catch (cause) {
      throw fault('CRM_IN_DOUBT', asking.method, words, cause);
    }
    throw fault('CRM_IN_DOUBT', asking.method, words);
  }

  return { described, find, write, make };
}
