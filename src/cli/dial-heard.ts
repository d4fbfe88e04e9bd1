// What is heard of a call that `liveline dial` asked for: its story by the server's notices, and what came of its attempt, which is
// asked for again and again, as nobody tells of a call that is never answered.
import type { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import type { Notice } from '../call/notices.ts';
import { attemptSeen } from '../http/call-routes.ts';
import { visible } from './plain-text.ts';
import { Story } from './story.ts';
import type { Terminal } from './terminal.ts';

export interface DialDesk {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly token: string | undefined;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly told: AbortSignal;
}

/** It waits at the carrier, rings for 25 s, is answered, and is settled a few seconds after its end. */
const ANSWERED_WITHIN_MS = 90_000;
/** After the end of the call: the carrier's last word, and the seconds in which more may come. */
const SETTLED_WITHIN_MS = 15_000;
const ASKED_EVERY_MS = 1_000;

/** Of the server, one question. */
const ANSWERS_WITHIN_MS = 10_000;

/** What is told of the call; also before it is known which one it is. */
export class Heard {
  readonly #desk: DialDesk;
  readonly #story: Story;
  readonly #startedMs: number;
  readonly #early: Notice[] = [];
  readonly #over = Promise.withResolvers<undefined>();
  #placed: { readonly callId: string; readonly attempt: string } | undefined;
  #talk: 'not-begun' | 'begun' | 'ended' = 'not-begun';
  #stopTimer: () => void = () => undefined;

  constructor(desk: DialDesk) {
    this.#desk = desk;
    this.#story = new Story((line) => desk.terminal.print(line));
    this.#startedMs = desk.clock.nowMs();
  }

  get isAwaited(): boolean {
    return this.#placed !== undefined;
  }

  take(notice: Notice): void {
    if (this.#placed === undefined) this.#early.push(notice);
    else if (notice.callId === this.#placed.callId) {
      const isEnd = notice.type === 'call-ended' || notice.type === 'call-refused';
      if (this.#talk !== 'ended') this.#talk = isEnd ? 'ended' : 'begun';
      this.#story.notice(notice, this.#desk.clock.nowMs() - this.#startedMs);
      if (isEnd) this.#within(SETTLED_WITHIN_MS);
      else if (this.#talk === 'begun') this.#stopTimer();
    }
  }

  await(callId: string, attempt: string): void {
    this.#placed = { callId, attempt };
    this.#within(ANSWERED_WITHIN_MS);
    for (const notice of this.#early.splice(0)) this.take(notice);
  }

  /** The server tells of no call any more: of a talk that goes on, the end may never be heard. */
  nothingMore(): void {
    if (this.#talk === 'begun') this.#within(SETTLED_WITHIN_MS);
  }

  /** Of the attempt, so that it also ends for who never answers. */
  async toItsEnd(): Promise<void> {
    const { clock, told, terminal } = this.#desk;
    const end = (): void => this.#over.resolve(undefined);
    told.addEventListener('abort', end, { once: true });
    if (told.aborted) end();
    const last: { status: string | null; outcome: string | null } = { status: null, outcome: null };
    let isAsking = false;
    const ask = async (): Promise<void> => {
      if (isAsking) return;
      isAsking = true;
      const seen = await this.#seen();
      isAsking = false;
      if (!seen) return;
      if (seen.status === 'ringing' && last.status !== 'ringing' && this.#talk === 'not-begun')
        terminal.print('It rings.');
      [last.status, last.outcome] = [seen.status, seen.outcome];
      if (seen.outcome !== null) end();
    };
    const stopAsking = clock.every(ASKED_EVERY_MS, () => void ask());
    await this.#over.promise;
    stopAsking();
    this.#stopTimer();
    this.#story.end();
    const { status, outcome } = last;
    if (outcome !== null) terminal.print(visible(`What came of it: ${outcome}`));
    else if (!told.aborted)
      terminal.print(visible(`What came of it is not known yet${status === null ? '' : ` (${status})`}.`));
  }

  #within(ms: number): void {
    this.#stopTimer();
    this.#stopTimer = this.#desk.clock.after(ms, () => this.#over.resolve(undefined));
  }

  /** Undefined: nobody can say now. */
  async #seen(): Promise<z.output<typeof attemptSeen> | undefined> {
    const { baseUrl, token, told } = this.#desk;
    try {
      const response = await fetch(
        `${baseUrl}/api/v1/attempts/${encodeURIComponent(this.#placed?.attempt ?? '')}`,
        {
          headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
          signal: AbortSignal.any([AbortSignal.timeout(ANSWERS_WITHIN_MS), told]),
        },
      );
      return attemptSeen.safeParse(await response.json()).data;
    } catch {
      return undefined;
    }
  }
}
