// A page whose operator speaks in an agent's place: what it sends becomes their voice in the call, and whatever ends the
// connection gives the call back. Knows no socket.
import { z } from 'zod';
import { bytesOfMs, FRAME_MS, MULAW_8K } from '../audio/format.ts';
import type { Clock, StopTimer } from '../base/clock.ts';
import type { ActRefusal, OperatorDesk, TakenOver } from '../call/operator-desk.ts';
import type { CommandFault } from './call-commands.ts';
import { WHY_NOT } from './commands.ts';
import type { TakeOverWord } from './take-over-words.ts';

/** A microphone never falls silent on the wire; a connection that does is gone, whatever its socket says. */
const HEARD_WITHIN_MS = 3_000;
const FRAME_BYTES = bytesOfMs(MULAW_8K, FRAME_MS);

export const givingBack = z.strictObject({
  type: z.literal('give-back'),
  note: z.string().trim().max(4_000).default(''),
});

export interface Handset {
  tell(word: TakeOverWord): void;
  /** Nothing more is told. */
  close(): void;
}

export interface TakeOverOptions {
  /** Undefined: there is no such call here. */
  readonly desk: Pick<OperatorDesk, 'takeOver'> | undefined;
  /** Whose voice it is, for the record. */
  readonly name: string;
  readonly handset: Handset;
  readonly clock: Clock;
}

/** What the page's connection tells. */
export interface TakeOver {
  /** Whole frames, µ-law at 8 kHz. What is none is not heard. */
  heard(sound: Uint8Array): void;
  /** Undefined: it was taken. */
  said(text: string): string | undefined;
  /** The connection is gone. */
  gone(): void;
}

/** Takes the call at once. `refused`: why not, which the page was told. */
export function takeOver({
  desk,
  name,
  handset,
  clock,
}: TakeOverOptions): TakeOver | { refused: CommandFault } {
  let taken: TakenOver | undefined;
  let stopWaiting: StopTimer = () => undefined;
  const over = (): void => {
    taken = undefined;
    stopWaiting();
    handset.tell({ type: 'over' });
    handset.close();
  };
  const got: TakenOver | ActRefusal | undefined = desk?.takeOver({ name, onOver: over });
  if (got === undefined || typeof got === 'string') {
    const why = got ?? 'no-such-call';
    handset.tell({ type: 'refused', why, message: WHY_NOT[why] });
    handset.close();
    return { refused: why };
  }
  taken = got;
  const wait = (): void => {
    stopWaiting();
    stopWaiting = clock.after(HEARD_WITHIN_MS, () => taken?.giveBack());
  };
  wait();
  handset.tell({ type: 'taken-over' });
  return {
    heard(sound) {
      if (!taken) return;
      wait();
      for (let at = 0; at + FRAME_BYTES <= sound.length; at += FRAME_BYTES)
        taken.hear(sound.slice(at, at + FRAME_BYTES));
    },
    said(text) {
      const word = givingBack.safeParse(jsonOf(text));
      if (!word.success)
        return 'expected {"type":"give-back"}, with a note of at most 4,000 characters or none';
      taken?.giveBack(word.data.note);
      return undefined;
    },
    gone: () => taken?.giveBack(),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
