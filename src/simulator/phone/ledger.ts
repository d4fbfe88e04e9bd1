// Every call of a network, as Twilio's REST server tells of it long after it is over (Twilio docs, Call resource): what is
// under way as it stands, the rest as it ended. Knows no HTTP beyond status codes.
import type { PhoneCall } from './call.ts';
import { rfc2822 } from './fields.ts';
import { pageOf } from './pages.ts';
import { refusal, type Reply } from './reply.ts';

/** A call as REST describes it (Twilio docs, Call resource). */
export function describeCall(call: PhoneCall) {
  const over = call.ended;
  const { dialledEpochMs } = call;
  const queuedMs = (dialledEpochMs ?? call.placedEpochMs + call.elapsedMs) - call.placedEpochMs;
  const endedEpochMs = call.placedEpochMs + call.elapsedMs;
  return {
    sid: call.callSid,
    account_sid: call.accountSid,
    from: call.from,
    from_formatted: call.from,
    to: call.to,
    to_formatted: call.to,
    // `initiated` is the name of an event, not of a state.
    status: call.status === 'initiated' ? 'queued' : call.status,
    direction: call.direction,
    duration: over ? String(Math.ceil(call.durationMs / 1_000)) : null,
    // Empty until it is dialled.
    start_time: dialledEpochMs === undefined ? null : rfc2822(dialledEpochMs),
    end_time: over ? rfc2822(endedEpochMs) : null,
    date_created: rfc2822(call.placedEpochMs),
    date_updated: rfc2822(endedEpochMs),
    answered_by: call.answeredBy ?? null,
    queue_time: String(Math.round(queuedMs)),
    parent_call_sid: call.parentCallSid ?? null,
    phone_number_sid: null,
    price: null,
    price_unit: 'USD',
    api_version: '2010-04-01',
    uri: `/2010-04-01/Accounts/${call.accountSid}/Calls/${call.callSid}.json`,
  };
}

export type CallResource = ReturnType<typeof describeCall>;

/** Ended calls that are kept whole, each with its sound; of older ones only what REST tells. */
const KEPT_CALLS = 100;

export class Ledger {
  /** All that have not ended, and the latest that have. */
  readonly calls = new Map<string, PhoneCall>();
  readonly #over: string[] = [];
  /** In the order of their coming; undefined: it is among `calls`. */
  readonly #all = new Map<string, CallResource | undefined>();

  add(call: PhoneCall): void {
    this.calls.set(call.callSid, call);
    this.#all.set(call.callSid, undefined);
    void call.done.then(() => {
      this.#over.push(call.callSid);
      if (this.#over.length > KEPT_CALLS) this.#forget(this.#over.shift()!);
    });
  }

  find(sid: string): CallResource | undefined {
    const call = this.calls.get(sid);
    return call ? describeCall(call) : this.#all.get(sid);
  }

  /** The latest first. */
  list(query: URLSearchParams, path: string): Reply {
    const day = /^\d{4}-\d{2}-\d{2}/;
    const [at, after, before] = ['StartTime', 'StartTime>', 'StartTime<'].map((name) => query.get(name));
    for (const text of [at, after, before])
      if (typeof text === 'string' && !day.test(text))
        return refusal(400, 20001, `StartTime is no date: ${text}`);
    const [on, from, to] = [at, after, before].map((text) => text?.slice(0, 'YYYY-MM-DD'.length));
    const wanted = (call: CallResource): boolean => {
      const started =
        call.start_time === null ? undefined : new Date(call.start_time).toISOString().slice(0, 10);
      return (
        is(query.get('To'), call.to) &&
        is(query.get('From'), call.from) &&
        is(query.get('Status'), call.status) &&
        is(query.get('ParentCallSid'), call.parent_call_sid) &&
        // Whole days, and none for a call that was not dialled yet.
        (on === undefined || started === on) &&
        (from === undefined || (started !== undefined && started >= from)) &&
        (to === undefined || (started !== undefined && started <= to))
      );
    };
    const found = [...this.#all.keys()].toReversed().flatMap((sid) => this.find(sid) ?? []);
    return pageOf('calls', found.filter(wanted), (call) => call, query, path);
  }

  #forget(sid: string): void {
    const call = this.calls.get(sid);
    if (call) this.#all.set(sid, describeCall(call));
    this.calls.delete(sid);
  }
}

const is = (wanted: string | null, value: string | null): boolean => wanted === null || wanted === value;
