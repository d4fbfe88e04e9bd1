// What is kept of an event of a call beside when it was: plain values, as columns take them. Pure.
import { unreachable } from '../base/errors.ts';
import type { Notice } from '../call/notices.ts';
import { name, whole } from './columns.ts';
import { storableText } from './storable.ts';

export type Facts = Readonly<Record<string, string | number | boolean>>;

/** All but what has a place of its own in the record. */
type EventNotice = Exclude<
  Notice,
  {
    type:
      | 'call-started'
      | 'call-refused'
      | 'call-ended'
      | 'call-rejoined'
      | 'call-moved'
      | 'transcript'
      | 'tool-called'
      | 'tool-done'
      | 'tool-cancelled'
      | 'tokens-used';
  }
>;

/** Undefined: of this nothing is kept. */
export function eventFacts(notice: EventNotice): Facts | undefined {
  switch (notice.type) {
    case 'tool-late': {
      const { id, tool, response, cause, after, told } = notice;
      return {
        ...{ id: name(id), tool: name(tool), after, told },
        response: storableText(JSON.stringify(response)),
        ...(cause !== undefined && { cause: storableText(cause) }),
      };
    }
    case 'caller-looked-up': {
      const { found, inTime, tookMs, cause } = notice;
      return {
        ...{ found, inTime, tookMs: whole(tookMs) },
        ...(notice.name !== undefined && { name: storableText(notice.name) }),
        ...(cause !== undefined && { cause: storableText(cause) }),
      };
    }
    case 'line-opened':
    case 'line-lost':
      return {};
    case 'departed':
      return { to: name(notice.to), reason: storableText(notice.reason) };
    case 'handed-over': {
      const { from, to, model, reason } = notice;
      return { from: name(from), to: name(to), model: name(model), reason: storableText(reason) };
    }
    case 'returned':
      return { why: storableText(notice.why) };
    case 'caller-silent':
      return { times: notice.times };
    case 'placed-call':
      return { is: notice.is, why: storableText(notice.why) };
    case 'routed':
      return { to: name(notice.to), why: storableText(notice.why) };
    case 'person':
      return { destination: name(notice.destination), is: notice.is };
    case 'greeting-played':
      return { from: notice.from, ms: whole(notice.ms) };
    case 'recording':
      return { is: notice.is };
    case 'session-ready':
      return { afterMs: whole(notice.afterMs) };
    case 'session-failed':
      return { code: notice.code, message: storableText(notice.message) };
    case 'session-switching':
      return { planned: notice.planned, why: storableText(notice.why) };
    case 'session-switched': {
      const { memory, gapMs, setupMs } = notice;
      return { memory, gapMs: whole(gapMs), setupMs: whole(setupMs) };
    }
    case 'watchdog':
      return { saw: notice.saw, did: notice.did };
    case 'sound-over-agent':
      return { is: notice.is, afterMs: whole(notice.afterMs) };
    case 'told':
      return { text: storableText(notice.text), answer: notice.answer };
    case 'operator-took-over':
      return { by: name(notice.by) };
    case 'operator-gave-back': {
      const { by, forMs, note } = notice;
      return { by: name(by), forMs: whole(forMs), note: storableText(note) };
    }
    case 'barge-in': {
      const { turn, heardMs, sentMs } = notice;
      return { turn, heardMs: whole(heardMs), sentMs: whole(sentMs) };
    }
    case 'digit':
      return { digit: name(notice.digit) };
    case 'secret-keys': {
      const { kind, is, keys } = notice;
      return is === 'typing' ? undefined : { kind, is, keys };
    }
    default:
      return unreachable(notice);
  }
}
