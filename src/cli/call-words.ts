// What happens in a call, in words: the same ones while it happens and when its record is read.
import { styleText } from 'node:util';
import type { Span, Style } from './plain-text.ts';

export interface EventWords {
  readonly style: Style;
  readonly text: string;
}

/** What became of a person who is called for the caller. */
const PERSON: Readonly<Record<string, string>> = {
  called: 'is being called',
  briefed: 'hears who it is',
  joined: 'has taken the call',
  left: 'has hung up',
  busy: 'busy',
  'no-answer': 'nobody answers',
  failed: 'cannot be reached',
  declined: 'does not take the call',
  'hung-up': 'hung up at once',
  closed: 'nobody is there at this hour',
  refused: 'may not be dialled',
  'queue-full': 'the queue takes nobody more',
  'queue-long': 'nobody was free for too long',
};

/** Why nothing more of a call is recorded; other words are those of its beginning. */
const RECORDING: Readonly<Record<string, EventWords>> = {
  'broke-off': { style: 'red', text: 'the recording of the call ends here: the disk has refused it' },
  'left-behind': {
    style: 'yellow',
    text: 'the recording of the call ends here: another process goes on with the call, and records nothing of it',
  },
};

/** What is no place that a caller is sent to. */
const ROUTED: Readonly<Record<string, string>> = {
  nowhere: '',
  goodbye: '',
  apology: 'an apology is said: ',
  callback: '',
};

const SECRETS: Readonly<Record<string, string>> = {
  card: 'a card number',
  pin: 'a PIN',
  birth_date: 'a date of birth',
  digits: 'a number',
};

/** What became of an entry; other words are those of an entry of which nothing came. */
const TYPED: Readonly<Record<string, string>> = {
  received: 'received',
  'not-valid': 'not valid',
  cancelled: 'cancelled',
  'timed-out': 'not finished in time',
  'hung-up': 'the caller hung up; nothing of it is kept',
  elsewhere: 'the caller went elsewhere; nothing of it is kept',
};

function secretWords(kind: string, is: string, keys: string): string {
  const what = SECRETS[kind] ?? kind;
  if (is === 'opened') return `the caller is to type ${what}, unseen`;
  if (is === 'late') return `the caller typed on behind ${what}: ${keys} keys, which nobody gets`;
  return `the caller typed ${what}: ${keys} keys, ${TYPED[is] ?? is}`;
}

/** Of a notice or of the record's event, by its type; undefined for what has no words here. Facts may be missing. */
export function eventWords(type: string, facts: Readonly<Record<string, unknown>>): EventWords | undefined {
  const text = (name: string): string => {
    const value = facts[name];
    return typeof value === 'string' ? value : value === undefined ? '?' : JSON.stringify(value);
  };
  const ms = (name: string): number => {
    const value = facts[name];
    return typeof value === 'number' ? value : NaN;
  };
  switch (type) {
    case 'line-opened':
      return { style: 'dim', text: 'the line is open' };
    case 'caller-looked-up': {
      const took = `${Math.round(ms('tookMs'))} ms`;
      if (facts['cause'] !== undefined)
        return { style: 'yellow', text: `the records could not be asked who calls (${text('cause')})` };
      if (facts['found'] !== true)
        return { style: 'dim', text: `the number is not in the records (${took})` };
      const when = facts['inTime'] === true ? 'while it rang' : 'late: the model was told during the call';
      return { style: 'blue', text: `${text('name')} calls, as the records say (${took}, ${when})` };
    }
    case 'tool-late': {
      const why = facts['after'] === 'cancelled' ? 'cancelled' : 'timed out';
      const then = facts['told'] === true ? 'the model was told' : 'dropped';
      return { style: 'yellow', text: `${text('tool')} came late (${why}), ${then}: ${text('response')}` };
    }
    case 'call-rejoined': {
      const after = `after ${Math.round(Number(facts['gapMs'] ?? 0))} ms, at ${String(facts['node'])}`;
      return facts['planned'] === true
        ? { style: 'dim', text: `handed to another process, which goes on ${after}` }
        : { style: 'yellow', text: `its process was gone: another goes on ${after}` };
    }
    case 'line-lost':
      return { style: 'red', text: 'the line is lost; waiting for the carrier to open another' };
    case 'departed':
      return { style: 'blue', text: `the caller goes to ${text('to')}: ${text('reason')}` };
    case 'handed-over':
      return { style: 'blue', text: `${text('from')} hands the caller to ${text('to')}: ${text('reason')}` };
    case 'returned': {
      const why = facts['why'] === '' ? '' : `: ${text('why')}`;
      return { style: 'blue', text: `the caller comes back${why}` };
    }
    case 'caller-silent': {
      const then = facts['times'] === 2 ? 'they are said goodbye to' : 'they are asked';
      return { style: 'yellow', text: `the caller says nothing; ${then}` };
    }
    case 'operator-took-over':
      return { style: 'blue', text: `${text('by')} speaks with the caller in the agent’s place` };
    case 'operator-gave-back': {
      const note = facts['note'] === '' ? '' : `, and notes: ${text('note')}`;
      return { style: 'blue', text: `${text('by')} has given the call back${note}` };
    }
    case 'placed-call':
      return {
        style: 'blue',
        text: `the call that we placed: ${text('is').replaceAll('-', ' ')} (${text('why')})`,
      };
    case 'routed': {
      // Why is told as they come back.
      if (facts['to'] === 'agent') return { style: 'dim', text: 'the caller is given a stream to the agent' };
      const where = ROUTED[text('to')] ?? `the caller is sent to ${text('to')}: `;
      return { style: 'blue', text: `${where}${text('why')}` };
    }
    case 'person':
      return { style: 'blue', text: `${text('destination')}: ${PERSON[text('is')] ?? text('is')}` };
    case 'greeting-played':
      return { style: 'blue', text: `greets with a recording (${text('from')})` };
    case 'recording':
      return RECORDING[text('is')] ?? { style: 'dim', text: 'the call is recorded from now on' };
    case 'session-ready':
      return { style: 'dim', text: `the model is ready after ${seconds(ms('afterMs'))} s` };
    case 'session-failed':
      return { style: 'red', text: `the model is gone (${text('code')}): ${text('message')}` };
    case 'session-switching':
      return { style: 'yellow', text: `renewing the connection to the model (${text('why')})` };
    case 'session-switched': {
      const memory = facts['memory'] === 'kept' ? 'it remembers' : 'a new one, told what was said';
      return { style: 'yellow', text: `the model is back after ${seconds(ms('gapMs'))} s; ${memory}` };
    }
    case 'watchdog':
      return { style: 'yellow', text: `watchdog: ${text('saw')}: ${text('did')}` };
    case 'sound-over-agent':
      return { style: 'dim', text: `over the agent's voice: ${text('is')}` };
    case 'told': {
      const then = facts['answer'] === true ? ', to be answered at once' : '';
      return { style: 'blue', text: `the model was told${then}: ${text('text')}` };
    }
    case 'barge-in': {
      const heardMs = ms('heardMs');
      const forgotten = seconds(ms('sentMs') - heardMs);
      return {
        style: 'blue',
        text: `the caller interrupts: ${seconds(heardMs)} s of it heard, ${forgotten} s forgotten by the carrier`,
      };
    }
    case 'digit':
      return { style: 'green', text: `the caller presses ${text('digit')}` };
    case 'secret-keys':
      if (facts['is'] === 'typing') return undefined;
      return { style: 'green', text: secretWords(text('kind'), text('is'), text('keys')) };
    default:
      return undefined;
  }
}

/** What the agent said; of a turn that was cut, what was heard and what was not. */
export function agentWords(turn: {
  readonly text: string;
  readonly heard: string;
  readonly state: 'open' | 'done' | 'cut';
}): Span[] {
  const all = turn.text.trim();
  if (turn.state === 'done') return [{ text: all }];
  const heard = turn.heard.trim();
  const unheard = all.startsWith(heard) ? all.slice(heard.length).trim() : all;
  return [
    ...(heard === '' ? [] : [{ text: heard }]),
    { text: '✂ not heard:', style: 'dim' },
    { text: unheard, style: UNHEARD },
  ];
}

const UNHEARD: Style = ['dim', 'strikethrough'];

export const seconds = (ms: number): string => (Number.isFinite(ms) ? (ms / 1_000).toFixed(1) : '?');

const LABEL_COLUMNS = 7;
export const MARGIN_COLUMNS = '123456 s  '.length + LABEL_COLUMNS + 1;

/** What stands before every line of a call: when, in seconds since the answer, and who. */
export const margin = (atMs: number, who: string, style: Style): string =>
  `${styleText('dim', `${seconds(atMs).padStart(6)} s`)}  ${styleText(style, who.padEnd(LABEL_COLUMNS))} `;
