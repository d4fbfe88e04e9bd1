// The story of a call, told in the terminal as it happens: one line per thing, in the order in which they began.
import type { Notice } from '../call/notices.ts';
import type { Entry } from '../call/transcript.ts';
import { textOf, type Fault } from '../simulator/model/faults/fault.ts';
import type { PhoneEvent } from '../simulator/phone/events.ts';
import { agentWords, eventWords, margin, seconds } from './call-words.ts';
import { styled, visible, type Style } from './plain-text.ts';

interface Line {
  atMs: number;
  /** A line of the transcript waits until it is complete, and what came later waits behind it. */
  text: string | undefined;
}

export { seconds };

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
      case 'call-refused':
        return notice.why === 'closed'
          ? this.#add(phoneMs, 'server', 'blue', 'no agent answers: it is closed')
          : this.#add(phoneMs, 'server', 'red', `nobody answers: ${notice.why.replaceAll('-', ' ')}`);
      case 'call-started':
        this.#serverStartedMs = phoneMs;
        return this.#add(phoneMs, 'server', 'blue', `${notice.profile} answers`);
      case 'transcript':
        return this.#entry(notice.entry);
      case 'tool-called':
        return this.#add(atMs, 'tool', 'magenta', visible(`${notice.tool} ${JSON.stringify(notice.args)}`));
      case 'tool-done':
        return this.#add(
          atMs,
          'tool',
          'magenta',
          visible(`${notice.tool} → ${JSON.stringify(notice.response)}`),
        );
      case 'tool-cancelled':
        return this.#add(atMs, 'tool', 'magenta', 'cancelled');
      case 'call-ended':
        return this.#add(atMs, 'server', 'blue', `call ended: ${notice.reason.replaceAll('-', ' ')}`);
      case 'session-failed':
      case 'session-switching':
      case 'session-switched':
      case 'barge-in':
      case 'line-lost':
      case 'departed':
      case 'handed-over':
      case 'returned':
      case 'caller-silent':
      case 'operator-took-over':
      case 'operator-gave-back':
      case 'placed-call':
      case 'routed':
      case 'person':
      case 'greeting-played':
      case 'recording':
      case 'watchdog':
      case 'tool-late':
      case 'caller-looked-up':
      case 'secret-keys':
      case 'sound-over-agent': {
        const words = eventWords(notice.type, notice);
        if (words) this.#add(atMs, 'server', words.style, visible(words.text));
        return;
      }
      // Of another process: a rehearsal has but one.
      case 'call-rejoined':
      case 'call-moved':
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
      case 'said-by-carrier':
        return this.#add(event.atMs, 'voice', 'cyan', visible(event.text));
      case 'recording':
        return this.#add(event.atMs, 'phone', 'dim', 'a beep: what is said is recorded');
      case 'dialling':
        return this.#add(event.atMs, 'phone', 'dim', `hears ${event.to} ring`);
      case 'held':
      case 'queued':
        return this.#add(event.atMs, 'phone', 'dim', `waits in a ${WAITS[event.type]}, with music`);
      case 'connected':
        return this.#add(event.atMs, 'phone', 'dim', 'connected with a person');
      case 'disconnected':
        return this.#add(event.atMs, 'phone', 'dim', 'the person is no longer on the line');
      case 'text':
        return this.#add(event.atMs, 'phone', 'dim', visible(`a text from ${event.from}: ${event.body}`));
      case 'digit':
        return this.#add(
          event.atMs,
          'phone',
          'dim',
          `key ${event.digit}${event.sent ? '' : ' (no stream was open)'}`,
        );
      case 'keyPlayed':
        return this.#add(event.atMs, 'phone', 'dim', `hears the tone of key ${event.key}`);
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
        ? format(line.atMs, 'caller', 'green', visible(entry.text.trim()))
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

const WAITS = { held: 'conference', queued: 'queue' } as const;

const spoken = (entry: Extract<Entry, { who: 'agent' }>): string =>
  styled(agentWords(entry).map((span) => ({ ...span, text: visible(span.text) })));

const format = (atMs: number, label: string, style: Style, text: string): string =>
  `${margin(atMs, label, style)}${text}`;
