// What comes of tools, made into facts of the call, and into what is known in it. Decides nothing.
import type { ToolDone, ToolLate } from '../tools/run/runner.ts';
import type { Casts } from './cast.ts';
import type { Earshot } from './earshot.ts';
import { lateFact, lateNotice } from './late-tool.ts';
import type { Learned } from './learned.ts';
import type { NoticeBody } from './notices.ts';
import type { SecretEntry } from './secret-entry.ts';
import type { CallFact } from './state.ts';
import { isKeyed } from './typed.ts';

export interface ToolResultsOptions {
  readonly casts: Casts;
  readonly learned: Learned;
  readonly isEnded: () => boolean;
  readonly earshot: Pick<Earshot, 'callerSpeaks'>;
  /** Open while they type what nobody is to hear of. */
  readonly secrets: Pick<SecretEntry, 'isOpen'>;
  readonly take: (fact: CallFact) => void;
  readonly notice: (body: NoticeBody) => void;
}

export class ToolResults {
  readonly #options: ToolResultsOptions;
  /** Of keys. */
  #held: readonly ToolDone[] = [];

  constructor(options: ToolResultsOptions) {
    this.#options = options;
  }

  /** What a key has run nobody waits for: told at once, the agent would talk over one who types. */
  readonly done = (done: ToolDone): void => {
    if (isKeyed(done.id) && this.#options.secrets.isOpen) this.#held = [...this.#held, done];
    else this.#take(done);
  };

  /** They do not type any more. */
  giveHeld(): void {
    const held = this.#held;
    this.#held = [];
    for (const done of held) this.#take(done);
  }

  #take({ then, ...answer }: ToolDone): void {
    const { casts, learned, take } = this.#options;
    // What it asks of the call is of no use to anybody later.
    if (then === undefined) learned.toolAnswered(answer);
    const silent = casts.now.silentTools.has(answer.name);
    take({ type: 'toolDone', answer, silent, then });
  }

  readonly late = (late: ToolLate): void => {
    const { learned, isEnded, earshot, take, notice } = this.#options;
    const told = late.tell === 'tell' && !isEnded();
    if (told) learned.toolAnswered(late);
    notice(lateNotice(late, told));
    if (told) take(lateFact(late, earshot.callerSpeaks));
  };
}
