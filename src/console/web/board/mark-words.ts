// What happened to a conversation, in a line. Pure.
import type { MarkFacts } from '../../board-notice.ts';
import type { Tone } from '../parts/tone.ts';
import { durationWords, factsOf, latencyWords, spokenName } from '../words.ts';

export interface MarkWords {
  readonly title: string;
  readonly detail: string;
  readonly tone: Tone;
}

const mark = (tone: Tone, title: string, detail = ''): MarkWords => ({ tone, title, detail });

export function markWords(notice: MarkFacts): MarkWords {
  switch (notice.type) {
    case 'barge-in':
      return mark(
        'warn',
        'Barge-in',
        `the caller had heard ${latencyWords(notice.heardMs)} of ${latencyWords(notice.sentMs)}`,
      );
    case 'session-switching':
      return mark('warn', notice.planned ? 'Model is renewed' : 'Model reconnects', notice.why);
    case 'session-switched':
      return mark(
        'info',
        'Model is back',
        `after ${latencyWords(notice.gapMs)}; it ${notice.memory === 'kept' ? 'remembers' : 'was told'} the conversation`,
      );
    case 'session-failed':
      return mark('bad', 'Model is gone', `${notice.code}: ${notice.message}`);
    case 'watchdog':
      return mark('bad', 'Watchdog', `${notice.saw}: ${notice.did}`);
    case 'call-rejoined':
      return mark(
        notice.planned ? 'info' : 'bad',
        notice.planned ? 'Handed to another process' : 'Process was gone',
        `goes on at ${notice.node} after ${latencyWords(notice.gapMs)}`,
      );
    case 'line-lost':
      return mark('bad', 'Line lost');
    case 'line-opened':
      return mark('info', 'Line is back');
    case 'caller-looked-up':
      if (notice.cause !== undefined) return mark('bad', 'Records did not answer', notice.cause);
      return mark(
        'neutral',
        notice.found ? `In the records: ${notice.name ?? 'without a name'}` : 'Not in the records',
        `looked up in ${latencyWords(notice.tookMs)}${notice.inTime ? '' : ', after the first word'}`,
      );
    case 'departed':
      return mark('info', `Goes to ${notice.to}`, notice.reason);
    case 'handed-over':
      return mark('info', `Handed from ${notice.from} to ${notice.to}`, notice.reason);
    case 'returned':
      return mark('info', 'Comes back to the agent', notice.why);
    case 'caller-silent':
      return mark('warn', notice.times === 1 ? 'Silent caller is asked' : 'Silent caller is let go');
    case 'placed-call':
      return mark('neutral', spokenName(notice.is), notice.why);
    case 'routed':
      return mark('info', `Sent to ${notice.to}`, notice.why);
    case 'person':
      return mark('neutral', `${notice.destination}: ${spokenName(notice.is).toLowerCase()}`);
    case 'told':
      return mark('info', notice.answer ? 'Agent is told, and answers' : 'Agent is told', notice.text);
    case 'recording':
      if (notice.is === 'began') return mark('neutral', 'Recorded from here on');
      return notice.is === 'broke-off'
        ? mark('bad', 'Recording broke off', 'the disk has refused it')
        : mark('warn', 'Recording ends here', 'another process goes on with the call, and records nothing');
    case 'operator-took-over':
      return mark('warn', `${notice.by} took over`);
    case 'operator-gave-back':
      return mark('info', `${notice.by} gave back after ${durationWords(notice.forMs)}`, notice.note);
    case 'digit':
      return mark('neutral', `Key ${notice.digit}`);
    case 'secret-keys':
      return mark(
        'neutral',
        `Secret (${notice.kind}): ${spokenName(notice.is).toLowerCase()}`,
        `${notice.keys} keys`,
      );
    case 'call-ended':
      return mark('neutral', spokenName(notice.reason), `after ${durationWords(notice.durationMs)}`);
    default:
      return unknownWords(notice);
  }
}

/** Of a server that is newer than the page. */
function unknownWords(notice: { readonly type: string }): MarkWords {
  const { type, callId: _call, atMs: _at, ...facts } = notice as Record<string, unknown> & { type: string };
  return mark('neutral', spokenName(type), factsOf(facts));
}
