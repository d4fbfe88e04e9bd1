// Speaking with a caller in the agent's place: this page's microphone goes to one call until it is given back, by whatever. One for
// the whole page: it goes on while other views are looked at.
import type { GiveBackWord, TakeOverWord } from '../../take-over-words.ts';
import type { LevelSource } from '../parts/meter.tsx';
import { HandsetAudio } from '../phone/handset-audio.ts';
import { CallSocket } from './call-socket.ts';

/** `why`: it was not taken, or is no more, through no deed of this page; else ''. */
export type TakingOver =
  | { readonly is: 'off'; readonly why: string }
  | { readonly is: 'asking' }
  | { readonly is: 'speaking'; readonly level: LevelSource; readonly isMuted: boolean };

export interface TakeOverState {
  /** Of which call; '' before the first. */
  readonly callId: string;
  readonly now: TakingOver;
}

const OVER = 'The call is over, or the caller goes somewhere else: you are not heard any more.';

export class TakeOver {
  #state: TakeOverState = { callId: '', now: { is: 'off', why: '' } };
  readonly #listeners = new Set<() => void>();
  #socket: CallSocket | undefined;
  #audio: HandsetAudio | undefined;
  /** Of the attempt under way: one that was given up is not gone on with. */
  #attempt = 0;

  /** For useSyncExternalStore. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly read = (): TakeOverState => this.#state;

  /**
   * First the microphone and then the call: nobody is left in silence while a permission is asked for. A call that was held is
   * given back. Throws SoundFault.
   */
  async start(callId: string): Promise<void> {
    this.leave();
    const attempt = ++this.#attempt;
    this.#set({ callId, now: { is: 'asking' } });
    try {
      const audio = await HandsetAudio.open(
        { is: 'microphone', deviceId: '' },
        { onMicrophoneGone: (why) => this.#end(why) },
      );
      if (attempt !== this.#attempt) return void audio.close();
      this.#audio = audio;
      this.#connect(callId, audio);
    } catch (thrown) {
      if (attempt === this.#attempt) this.#end('');
      throw thrown;
    }
  }

  mute(isMuted: boolean): void {
    const { callId, now } = this.#state;
    if (now.is !== 'speaking') return;
    this.#audio?.mute(isMuted);
    this.#set({ callId, now: { ...now, isMuted } });
  }

  giveBack(note: string): void {
    this.#socket?.say({ type: 'give-back', note } satisfies GiveBackWord);
    this.#end('');
  }

  /** The call is given back. */
  leave(): void {
    if (this.#state.now.is !== 'off') this.#end('');
  }

  #connect(callId: string, audio: HandsetAudio): void {
    this.#socket = new CallSocket(
      callId,
      { do: 'take-over', microphone: audio.wires.microphone },
      {
        onSaid: (text) => {
          const word = JSON.parse(text) as TakeOverWord;
          if (word.type === 'taken-over')
            this.#set({ callId, now: { is: 'speaking', level: audio.mouthLevel, isMuted: false } });
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
    this.#set({ ...this.#state, now: { is: 'off', why } });
  }

  #set(state: TakeOverState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

export const takeOver = new TakeOver();
addEventListener('pagehide', () => takeOver.leave());
