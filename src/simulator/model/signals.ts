// What the model tells its client beside sound and its words: what the caller said, that a turn was cut, that it is over.
// Knows neither why nor whose turn it was.
import { fragmentsOf } from './line.ts';
import type { TalkOptions } from './talk-options.ts';
import type { Usage } from './usage.ts';

export class Signals {
  readonly #options: TalkOptions;
  readonly #usage: Usage;

  constructor(options: TalkOptions, usage: Usage) {
    this.#options = options;
    this.#usage = usage;
  }

  callerSaid(hears: string | undefined): void {
    for (const text of fragmentsOf(hears ?? '', true))
      this.#options.send({ serverContent: { inputTranscription: { text } } });
  }

  callsCancelled(ids: string[]): void {
    if (ids.length === 0) return;
    this.#options.note({ type: 'toolsCancelled', ids });
    this.#options.send({ toolCallCancellation: { ids } });
  }

  /** `interrupted`, then `turnComplete`; never a `generationComplete`. */
  interrupted(): void {
    this.#options.note({ type: 'interrupted' });
    this.#options.send({ serverContent: { interrupted: true } });
    this.turnComplete();
  }

  turnComplete(): void {
    const { note, send, rules, onSettled } = this.#options;
    note({ type: 'turnComplete' });
    send({
      serverContent: { turnComplete: true, ...(rules.saysIdle && { interactionStatus: 'IDLE' }) },
      usageMetadata: this.#usage.close(),
    });
    onSettled();
  }
}
