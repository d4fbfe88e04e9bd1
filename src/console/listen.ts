// Listening in: a call's sound as it passes, for one page. Knows no socket.
import type { LineTape } from '../call/tape.ts';

export interface Listener {
  /** The caller's frame, and then as much of the agent's, in the line's format. The bytes are the listener's. */
  send(sound: Uint8Array): void;
  /** Sent, and not yet on its way. */
  readonly unsentBytes: number;
  /** The call is over. */
  close(): void;
}

/** Two seconds of both: whoever is further behind hears what is now, and not what was. */
const MOST_UNSENT_BYTES = 32_000;

/** Gives back how to stop. */
export const listenIn = (tape: LineTape, listener: Listener): (() => void) =>
  tape.subscribe({
    heard(caller, agent) {
      if (listener.unsentBytes > MOST_UNSENT_BYTES) return;
      const both = new Uint8Array(caller.length + agent.length);
      both.set(caller);
      both.set(agent, caller.length);
      listener.send(both);
    },
    closed: () => listener.close(),
  });
