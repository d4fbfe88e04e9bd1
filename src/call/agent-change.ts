// The change from one agent to another, carried out: what is told to whom, and what is closed. When it is made, and what
// becomes of the talk, handing-over.ts decides.
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { ToolRefusal } from '../tools/refusal.ts';
import type { Casts, NextCast, OpensNext } from './cast.ts';
import type { Recording } from './greetings.ts';
import type { Learned } from './learned.ts';
import type { NoticeBody } from './notices.ts';
import { silence, type Spoken } from './silencing.ts';
import type { CallFact } from './state.ts';

export interface AgentChangeOptions extends Spoken {
  /** Who answers now. */
  readonly casts: Casts;
  readonly learned: Learned;
  /** Of the first agent's voice. */
  readonly recording: Recording | undefined;
  readonly handOver: OpensNext;
  /** What became of it. */
  readonly onHandOver: (fact: Extract<CallFact, { type: 'agentChanged' | 'agentStays' }>) => void;
  readonly log: Log;
  readonly notice: (body: NoticeBody) => void;
}

/** The new session is opened before the old one is closed: were it not to be had, the old one goes on. */
export function changeAgent(options: AgentChangeOptions, name: string, reason: string): void {
  const { casts, media, playout, transcript, learned, recording } = options;
  const { handOver, onHandOver, log, notice } = options;
  // What was not heard by now is not heard at all, and the next agent is told what was.
  silence(options, casts.session.takeTurn());
  transcript.closeCaller();
  let next: NextCast;
  try {
    next = handOver(name, reason, transcript.said, learned.notes);
  } catch (thrown) {
    const why = messageOf(thrown);
    log.warn(
      { agent: name, reason: why },
      'the caller stays with their agent: the other one is not to be had',
    );
    const lastSound = { unheardMs: playout.unheardMs, turn: casts.session.takeTurn() };
    const words = thrown instanceof ToolRefusal ? thrown.told : 'That agent cannot be reached just now.';
    return onHandOver({ type: 'agentStays', told: asNotHandedOver(name, words), ...lastSound });
  }
  const { cast, from, to, model, greeting } = next;
  recording?.drop();
  media.stopRecording();
  casts.goOnWith(cast, transcript.entries.length);
  casts.session.prompt(greeting);
  log.info({ from, to, pii: { reason } }, 'the caller is handed to another agent');
  notice({ type: 'handed-over', from, to, model, reason });
  return onHandOver({ type: 'agentChanged' });
}

/** True whenever it is read. */
const asNotHandedOver = (name: string, why: string): string =>
  `The caller could not be handed over to ${name}: ${why} They are still with you. Tell them in one short sentence, and offer what else you can do.`;
