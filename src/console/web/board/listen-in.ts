// Listening to a call in the browser: the caller on the left, the agent on the right, as they come.
import { playoutNode, openLineAudio } from '../phone/line-audio.ts';
import { CallSocket } from './call-socket.ts';

/** Before it is opened, while it is, and why it is no more; '' when it was stopped here. */
export type Listening =
  { readonly is: 'off'; readonly why: string } | { readonly is: 'opening' } | { readonly is: 'on' };

export class ListenIn {
  readonly #callId: string;
  readonly #onChange: (now: Listening) => void;
  #close: (() => void) | undefined;
  /** One that was given up is not gone on with. */
  #attempt = 0;

  constructor(callId: string, onChange: (now: Listening) => void) {
    this.#callId = callId;
    this.#onChange = onChange;
  }

  /** Within a gesture: browsers let no page sound by itself. Throws SoundFault. */
  async start(): Promise<void> {
    if (this.#close) return;
    const attempt = ++this.#attempt;
    this.#close = () => undefined;
    this.#onChange({ is: 'opening' });
    try {
      const sound = await openLineAudio((context) => ({
        context,
        caller: side(context, -1),
        agent: side(context, 1),
      }));
      if (attempt !== this.#attempt) return void sound.context.close();
      this.#listen(sound);
    } catch (thrown) {
      if (attempt !== this.#attempt) return;
      this.#close = undefined;
      this.#onChange({ is: 'off', why: '' });
      throw thrown;
    }
  }

  stop(): void {
    this.#attempt += 1;
    this.#close?.();
    this.#close = undefined;
    this.#onChange({ is: 'off', why: '' });
  }

  #listen({ context, caller, agent }: Sound): void {
    const socket = new CallSocket(
      this.#callId,
      { do: 'listen', caller, agent },
      {
        onOpen: () => this.#onChange({ is: 'on' }),
        onClosed: (why) => {
          this.#close = undefined;
          void context.close();
          this.#onChange({ is: 'off', why });
        },
      },
    );
    this.#close = () => {
      socket.close();
      void context.close();
    };
  }
}

interface Sound {
  readonly context: AudioContext;
  readonly caller: MessagePort;
  readonly agent: MessagePort;
}

function side(context: AudioContext, pan: number): MessagePort {
  const { node, wire } = playoutNode(context);
  node.connect(new StereoPannerNode(context, { pan })).connect(context.destination);
  return wire;
}
