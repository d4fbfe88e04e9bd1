// The story of a call, told in the terminal as it happens: one line per thing, in the order in which they began.
import { styleText } from 'node:util';
import type { Notice } from '../call/notices.ts';
import type { Entry } from '../call/transcript.ts';
import { textOf, type Fault } from '../simulator/model/faults/fault.ts';
import type { PhoneEvent } from '../simulator/phone/events.ts';

type Style = Parameters<typeof styleText>[0];

interface Line {
  atMs: number;
  /** A line of the transcript waits until it is complete, and what came later waits behind it. */
  text: string | undefined;
}

const LABEL_WIDTH = 7;

export class Story {
  readonly #print: (line: string) => void;
  readonly #lines: Line[] = [];
  readonly #entries = new Map<number, Line>();
  /** What the phone's caller said and the server has not transcribed yet, oldest first. */
  readonly #untold: (Line & { what: string })[] = [];
  /** Between the phone's clock, which starts with the ringing, and the server's, which starts with the answer. */
  #serverStartedMs = 0;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** Tells what the server says of the call. `phoneMs`: now, by the phone's clock. */
  notice(notice: Notice, phoneMs: number): void {
    const atMs = this.#serverStartedMs + notice.atMs;
    switch (notice.type) {
      case 'call-started':
        this.#serverStartedMs = phoneMs;
        return this.#add(phoneMs, 'server', 'blue', `${notice.profile} answers`);
      case 'session-failed':
        return this.#add(atMs, 'server', 'red', `the model is gone (${notice.code}): ${notice.message}`);
      case 'session-switching':
        return this.#add(atMs, 'server', 'yellow', `renewing the connection to the model (${notice.why})`);
      case 'session-switched': {
        const memory = notice.memory === 'kept' ? 'it remembers' : 'a new one, told what was said';
        return this.#add(
          atMs,
          'server',
          'yellow',
          `the model is back after ${seconds(notice.gapMs)} s; ${memory}`,
        );
      }
      case 'transcript':
        return this.#entry(notice.entry);
      case 'tool-called':
        return this.#add(atMs, 'tool', 'magenta', `${notice.tool} ${JSON.stringify(notice.args)}`);
      case 'tool-done':
        return this.#add(atMs, 'tool', 'magenta', `${notice.tool} → ${JSON.stringify(notice.response)}`);
      case 'tool-cancelled':
        return this.#add(atMs, 'tool', 'magenta', 'cancelled');
      case 'barge-in': {
        const heard = `${seconds(notice.heardMs)} s of it heard, ${seconds(notice.sentMs - notice.heardMs)} s forgotten by the carrier`;
        return this.#add(atMs, 'server', 'blue', `the caller interrupts: ${heard}`);
      }
      case 'line-lost':
        return this.#add(atMs, 'server', 'red', 'the line is lost; waiting for the carrier to open another');
      case 'call-ended':
        return this.#add(atMs, 'server', 'blue', `call ended: ${notice.reason.replaceAll('-', ' ')}`);
      case 'greeting-played':
        return this.#add(atMs, 'server', 'blue', `greets with a recording (${notice.from})`);
      case 'watchdog':
        return this.#add(atMs, 'server', 'yellow', `watchdog: ${notice.saw}: ${notice.did}`);
      case 'sound-over-agent':
        return this.#add(atMs, 'server', 'dim', `over the agent's voice: ${notice.is}`);
      case 'line-opened':
      case 'told':
      case 'session-ready':
      case 'tokens-used':
      case 'digit':
        return;
    }
  }

  /** Tells what the simulated phone saw. */
  phone(event: PhoneEvent): void {
    switch (event.type) {
      case 'ringing':
        return this.#add(event.atMs, 'phone', 'dim', `${event.from} calls ${event.to}`);
      case 'streamOpened':
        return this.#add(event.atMs, 'phone', 'dim', 'the media stream is open');
      case 'said': {
        const line = { atMs: event.atMs, text: undefined, what: event.what };
        this.#untold.push(line);
        return this.#insert(line);
      }
      case 'digit':
        return this.#add(
          event.atMs,
          'phone',
          'dim',
          `key ${event.digit}${event.sent ? '' : ' (no stream was open)'}`,
        );
      case 'error':
        return this.#add(
          event.atMs,
          'phone',
          'red',
          `${event.error.code ? `error ${event.error.code}: ` : ''}${event.error.message}`,
        );
      case 'hungUp':
        return this.#add(
          event.atMs,
          'phone',
          'dim',
          `hung up by the ${event.by}${event.why === 'hung up' ? '' : `: ${event.why}`}`,
        );
      default:
        return;
    }
  }

  /** Tells what the simulated model does wrong on purpose. */
  fault(fault: Fault, phoneMs: number): void {
    this.#add(phoneMs, 'fault', 'yellow', textOf(fault));
  }

  /** The call is over: nothing waits any longer. */
  end(): void {
    for (const line of this.#untold)
      line.text = format(line.atMs, 'caller', 'green', `(${line.what}, not transcribed)`);
    for (const line of this.#lines) line.text ??= '';
    this.#flush();
  }

  #entry(entry: Entry): void {
    let line = this.#entries.get(entry.n);
    if (!line) {
      const said = entry.who === 'caller' ? this.#untold.shift() : undefined;
      line = said ?? { atMs: this.#serverStartedMs + entry.atMs, text: undefined };
      this.#entries.set(entry.n, line);
      if (!said) this.#insert(line);
    }
    if (entry.state === 'open' || line.text !== undefined) return;
    line.text =
      entry.who === 'caller'
        ? format(line.atMs, 'caller', 'green', entry.text.trim())
        : format(line.atMs, 'agent', 'cyan', spoken(entry));
    this.#flush();
  }

  #add(atMs: number, label: string, style: Style, text: string): void {
    this.#insert({ atMs, text: format(atMs, label, style, text) });
    this.#flush();
  }

  #insert(line: Line): void {
    const at = this.#lines.findLastIndex(({ atMs }) => atMs <= line.atMs) + 1;
    this.#lines.splice(at, 0, line);
  }

  #flush(): void {
    while (this.#lines[0]?.text !== undefined) {
      const { text } = this.#lines.shift()!;
      if (text !== '') this.#print(text!);
    }
  }
}

function spoken(entry: Extract<Entry, { who: 'agent' }>): string {
  const all = entry.text.trim();
  if (entry.state === 'done') return all;
  const unheard = all.slice(entry.heard.trim().length).trim();
  return `${entry.heard.trim()} ${styleText('dim', `✂ not heard: ${unheard}`)}`.trimStart();
}

const format = (atMs: number, label: string, style: Style, text: string): string =>
  `${styleText('dim', `${seconds(atMs).padStart(6)} s`)}  ${styleText(style, label.padEnd(LABEL_WIDTH))} ${text}`;

export const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
