// Speaking with a caller in the agent's place: this page's microphone goes to the call until it is given back, by whatever.
import type { GiveBackWord, TakeOverWord } from '../../take-over-words.ts';
import type { LevelSource } from '../parts/meter.tsx';
import { HandsetAudio } from '../phone/handset-audio.ts';
import { CallSocket } from './call-socket.ts';

/** `why`: it was not taken, or is no more, through no deed of this page; else ''. */
export type TakingOver =
  | { readonly is: 'off'; readonly why: string }
  | { readonly is: 'asking' }
  | { readonly is: 'speaking'; readonly level: LevelSource };

const OVER = 'The call is over, or the caller goes somewhere else: you are not heard any more.';

export class TakeOver {
  readonly #callId: string;
  readonly #onChange: (now: TakingOver) => void;
  #socket: CallSocket | undefined;
  #audio: HandsetAudio | undefined;
  /** Of the attempt under way: one that was given up is not gone on with. */
  #attempt = 0;

  constructor(callId: string, onChange: (now: TakingOver) => void) {
    this.#callId = callId;
    this.#onChange = onChange;
  }

  /** First the microphone and then the call: nobody is left in silence while a permission is asked for. Throws SoundFault. */
  async start(): Promise<void> {
    const attempt = ++this.#attempt;
    this.#onChange({ is: 'asking' });
    try {
      const audio = await HandsetAudio.open({ is: 'microphone', deviceId: '' }, () => undefined);
      if (attempt !== this.#attempt) return void audio.close();
      this.#audio = audio;
    } catch (thrown) {
      this.#end('');
      throw thrown;
    }
    this.#connect(this.#audio);
  }

  mute(isMuted: boolean): void {
    this.#audio?.mute(isMuted);
  }

  giveBack(note: string): void {
    this.#socket?.say({ type: 'give-back', note } satisfies GiveBackWord);
    this.#end('');
  }

  /** As the page goes: the call is given back. */
  leave(): void {
    this.#end('');
  }

  #connect(audio: HandsetAudio): void {
    this.#socket = new CallSocket(
      this.#callId,
      { do: 'take-over', microphone: audio.wires.microphone },
      {
        onSaid: (text) => {
          const word = JSON.parse(text) as TakeOverWord;
          if (word.type === 'taken-over') this.#onChange({ is: 'speaking', level: audio.mouthLevel });
          else this.#end(word.type === 'refused' ? word.message : OVER);
        },
        onClosed: (why) => this.#end(why),
      },
    );
  }

  #end(why: string): void {
    this.#attempt += 1;
    this.#socket?.close();
    this.#socket = undefined;
    void this.#audio?.close();
    this.#audio = undefined;
    this.#onChange({ is: 'off', why });
  }
}
