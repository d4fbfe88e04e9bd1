// A spoken line that the model sends twice: its sound and words are kept, and sent again when the line is over.
// Knows nothing of sockets or time.
import type { ServerMessage } from '../../../live/gemini/messages.ts';

export type Outgoing = ServerMessage | Uint8Array;

/** The model's sound is encoded beforehand and nothing else is. */
export const isSound = (message: Outgoing): message is Uint8Array => message instanceof Uint8Array;

export class Echo {
  #line: Outgoing[] | undefined;

  /** The line that begins now is said twice. */
  start(): void {
    this.#line = [];
  }

  /** What to send in place of this message. */
  take(message: Outgoing): readonly Outgoing[] {
    if (this.#line === undefined) return [message];
    if (isSound(message) || message.serverContent?.outputTranscription !== undefined) {
      this.#line.push(message);
      return [message];
    }
    // An interrupted line has no end at which it could be said again.
    if (message.serverContent?.interrupted) this.#line = undefined;
    return [...this.end(), message];
  }

  /** The line is over: what is to be sent again. */
  end(): readonly Outgoing[] {
    const line = this.#line ?? [];
    this.#line = undefined;
    let isFirst = true;
    return line.map((message) => {
      if (isSound(message) || !isFirst) return message;
      isFirst = false;
      return spaced(message);
    });
  }
}

/** Fragments of a transcript carry the space before them, except the first of a turn. */
function spaced(message: ServerMessage): ServerMessage {
  const text = message.serverContent?.outputTranscription?.text?.trimStart() ?? '';
  return { serverContent: { outputTranscription: { text: ` ${text}` } } };
}
