// A call's side of one that we placed: what is found out of who answered becomes facts of the call.
import { msOfBytes } from '../audio/format.ts';
import type { CallOptions } from './call-options.ts';
import type { Casts } from './cast.ts';
import type { Recording } from './greetings.ts';
import type { TalkCall } from './placed-talk.ts';
import type { CallFact } from './state.ts';

export interface PlacedPartOptions extends Pick<CallOptions, 'message' | 'lineFormat'> {
  readonly casts: Casts;
  readonly recording: Recording | undefined;
  readonly take: (fact: CallFact) => void;
}

export const placedPart = ({ message, lineFormat, casts, recording, take }: PlacedPartOptions): TalkCall => ({
  /** The agent falls silent for good, and the call ends: nobody is to be talked with. */
  withdraw() {
    recording?.drop();
    take({ type: 'machine', waitMs: 0, upTo: casts.session.takeTurn() });
  },

  /** For the agent alone: something that it has to say at once. */
  instruct: (text) => take({ type: 'told', text, answer: true }),

  /** The agent falls silent for good. `waitMs`: for the moment to leave a message; 0: the call ends. */
  machineAnswered(waitMs) {
    recording?.drop();
    take({ type: 'machine', waitMs, upTo: casts.session.takeTurn() });
  },

  /** That moment: `words` are said by the carrier, where there is no sound of ours. */
  leaveMessage(words) {
    if (message === undefined) {
      take({ type: 'messageDue', by: 'carrier', words });
      return;
    }
    const ms = msOfBytes(lineFormat, message.sound.length);
    take({ type: 'messageDue', by: 'us', turn: casts.session.takeTurn(), ms });
  },
});
