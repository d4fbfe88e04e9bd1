// The page's telephone: one call at a time, from the button to the end. One for the whole page: the call goes on while other
// views are looked at.
import type { PhoneAsks, PhoneBegun, PhoneCall, PhoneVerb } from '../../phone-view.ts';
import { send } from '../api.ts';
import { messageOf } from '../words.ts';
import { HandsetAudio, type Mouth } from './handset-audio.ts';
import NetWorker from './net.worker.ts?worker';
import { NOT_LOADED } from './sound-faults.ts';
import { callOf, IDLE, remarked, whereWords, type PhoneState, type Sent } from './phone-state.ts';
import type { FromWorker, ToWorker } from './wires.ts';

/** Long enough to read where the caller would be; then nobody has answered there. */
const SHOWN_MS = 3_000;
const MENU_MS = 10_000;
/** Between two keys pressed at once, as fingers do it. */
const KEY_EVERY_MS = 180;

export interface Dialled {
  readonly profile: string;
  readonly from: string;
  readonly mouth: Mouth;
  readonly speakerId: string;
}

interface Equipment {
  readonly audio: HandsetAudio;
  readonly worker: Worker;
}

export class Phone {
  #state = IDLE;
  #listeners = new Set<() => void>();
  #equipment: Equipment | undefined;
  #dialled: Dialled | undefined;
  /** Of the verb that was given last. */
  #step: number | undefined;
  #attempts = 0;
  #streams = 0;
  #streamId = '';
  #timers = new Set<ReturnType<typeof setTimeout>>();

  /** For useSyncExternalStore. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly read = (): PhoneState => this.#state;

  /** Undefined between calls. */
  get audio(): HandsetAudio | undefined {
    return this.#equipment?.audio;
  }

  /** Last; undefined: nobody yet. */
  get dialled(): Dialled | undefined {
    return this.#dialled;
  }

  /** Within a gesture. */
  async call(dialled: Dialled): Promise<void> {
    if (this.#state.phase.is !== 'idle' && this.#state.phase.is !== 'over') return;
    this.#dialled = dialled;
    const { profile, from, mouth, speakerId } = dialled;
    this.#set({ ...IDLE, phase: { is: 'calling' } });
    const attempt = ++this.#attempts;
    try {
      const audio = await HandsetAudio.open(mouth, {
        onCut: (cut) => this.#set({ ...this.#state, cut }),
        onMicrophoneGone: (fault) => this.#set({ ...this.#state, fault }),
      });
      if (this.#isGivenUp(attempt)) return void audio.close();
      this.#equip(audio);
      if (speakerId !== '') await audio.playTo(speakerId);
      const { call, verb } = await send<PhoneBegun>('POST', '/console/phone/calls', { profile, from });
      if (this.#isGivenUp(attempt)) {
        tellOver(call);
        return;
      }
      this.#follow(call, verb);
    } catch (thrown) {
      if (this.#isGivenUp(attempt)) return;
      this.#letGo();
      this.#set({ ...IDLE, fault: messageOf(thrown) });
    }
  }

  /** The caller has hung up before there was an answer, and may be calling again. */
  #isGivenUp(attempt: number): boolean {
    return this.#attempts !== attempt || this.#state.phase.is !== 'calling';
  }

  #equip(audio: HandsetAudio): void {
    const worker = new NetWorker();
    this.#equipment = { audio, worker };
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#hearWorker(data);
    worker.onerror = () => {
      if (this.#equipment?.worker === worker) this.#breakOff(NOT_LOADED);
    };
    const { microphone, playout } = audio.wires;
    worker.postMessage({ do: 'take', microphone, playout } satisfies ToWorker, [microphone, playout]);
  }

  hangUp(): void {
    const call = callOf(this.#state);
    if (!call) {
      if (this.#state.phase.is === 'calling') this.#set(IDLE);
      this.#letGo();
      return;
    }
    this.#tellWorker({ do: 'stop' });
    this.#end(call, 'You hung up.');
    tellOver(call);
  }

  /** Nothing more can be said or heard. */
  #breakOff(fault: string): void {
    const call = callOf(this.#state);
    this.#letGo();
    this.#set({ ...IDLE, fault });
    if (call) tellOver(call);
  }

  mute(isMuted: boolean): void {
    this.audio?.mute(isMuted);
    this.#set({ ...this.#state, isMuted });
  }

  /** Kept until they are sent. */
  keep(keys: string): void {
    this.#set({ ...this.#state, keys: keys.replaceAll(/[^0-9*#]/g, '').slice(0, 40) });
  }

  /** A key on the line, or in a menu; whoever presses it hears it. */
  press(key: string): void {
    const { phase } = this.#state;
    this.audio?.tone(key);
    if (phase.is === 'elsewhere' && phase.sent.by === 'menu') this.#goOn(phase.call, phase.sent, key);
    else if (phase.is === 'connected') this.#tellWorker({ do: 'press', key });
  }

  sendKeys(): void {
    Array.from(this.#state.keys).forEach((key, n) => this.#after(n * KEY_EVERY_MS, () => this.press(key)));
    this.#set({ ...this.#state, keys: '' });
  }

  async say(file: Blob): Promise<void> {
    try {
      await this.audio?.say(file);
    } catch (thrown) {
      this.#set({ ...this.#state, fault: messageOf(thrown) });
    }
  }

  async playTo(speakerId: string): Promise<void> {
    try {
      await this.audio?.playTo(speakerId);
    } catch (thrown) {
      this.#set({ ...this.#state, fault: messageOf(thrown) });
    }
  }

  #follow(call: PhoneCall, verb: PhoneVerb): void {
    switch (verb.do) {
      case 'stream':
        this.#step = verb.step;
        return this.#openStream(call, verb);
      case 'hang-up':
        if (verb.say !== undefined) this.#remark(`A voice says: “${verb.say}”`);
        return this.#end(call, 'The call is over.');
      case 'elsewhere':
        if (verb.say !== undefined) this.#remark(`A voice says: “${verb.say}”`);
        this.#remark(whereWords(verb));
        this.#set({ ...this.#state, phase: { is: 'elsewhere', call, sent: verb } });
        this.#after(verb.by === 'menu' ? MENU_MS : SHOWN_MS, () => this.#goOn(call, verb, ''));
    }
  }

  #openStream(call: PhoneCall, { token, keys }: Extract<PhoneVerb, { do: 'stream' }>): void {
    if (keys !== undefined) {
      this.#remark(`A carrier would press ${keys} on the line first.`);
      Array.from(keys).forEach((key, n) => this.#after(n * KEY_EVERY_MS, () => this.audio?.tone(key)));
    }
    this.#streams += 1;
    this.#streamId = `MZ${call.callId.slice(2, -4)}${String(this.#streams).padStart(4, '0')}`;
    const url = new URL('/console/phone', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const { callId } = call;
    this.#set({ ...this.#state, phase: { is: 'connected', call, isOpen: false, sinceMs: Date.now() } });
    this.#tellWorker({ do: 'open', url: url.href, streamId: this.#streamId, callId, token });
  }

  /** Nobody has answered there. */
  #goOn(call: PhoneCall, { by, step }: Sent, key: string): void {
    const { phase } = this.#state;
    if (phase.is !== 'elsewhere' || phase.sent.step !== step) return;
    if (by === 'menu' && key !== '') this.#remark(`The caller pressed ${key}.`);
    else if (by !== 'menu') this.#remark('This telephone goes no further: as if nobody had answered there.');
    void this.#askNext(call, { step, by, key });
  }

  async #askNext(call: PhoneCall, asks: Omit<PhoneAsks, 'call'>): Promise<void> {
    this.#set({ ...this.#state, phase: { is: 'asking', call } });
    const isStillAsked = (): boolean => {
      const { phase } = this.#state;
      return phase.is === 'asking' && phase.call.callId === call.callId;
    };
    try {
      const verb = await this.#ask({ call, ...asks });
      if (isStillAsked()) this.#follow(call, verb);
    } catch (thrown) {
      if (!isStillAsked()) return;
      this.#set({ ...this.#state, fault: messageOf(thrown) });
      this.#end(call, 'The server could not say what is next.');
    }
  }

  #ask(asks: PhoneAsks): Promise<PhoneVerb> {
    return send<PhoneVerb>('POST', '/console/phone/next', asks);
  }

  #hearWorker(told: FromWorker): void {
    const { phase } = this.#state;
    if (told.is === 'cleared') {
      this.#set({ ...this.#state, cutToldMs: told.tookMs });
      return;
    }
    if (told.streamId !== this.#streamId || phase.is !== 'connected') return;
    if (told.is === 'open') this.#set({ ...this.#state, phase: { ...phase, isOpen: true } });
    else {
      // A stream that never opened was refused, or not reached; asking tells which.
      void this.#askNext(phase.call, { step: this.#step });
    }
  }

  #end(call: PhoneCall, why: string): void {
    this.#remark(why);
    this.#letGo();
    this.#set({ ...this.#state, phase: { is: 'over', call }, isMuted: false, keys: '' });
  }

  #letGo(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    const equipment = this.#equipment;
    this.#equipment = undefined;
    this.#streamId = '';
    if (!equipment) return;
    void equipment.audio.close();
    // Its last word is on the way.
    setTimeout(() => equipment.worker.terminate(), 2_000);
  }

  #tellWorker(told: ToWorker): void {
    this.#equipment?.worker.postMessage(told);
  }

  #after(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, ms);
    this.#timers.add(timer);
  }

  #remark(text: string): void {
    this.#set(remarked(this.#state, text, Date.now()));
  }

  #set(state: PhoneState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** As a carrier's status does. A page that is being closed has no time for an answer. */
function tellOver(call: PhoneCall): void {
  const asks: PhoneAsks = { call, isOver: true };
  navigator.sendBeacon('/console/phone/next', new Blob([JSON.stringify(asks)], { type: 'application/json' }));
}

export const phone = new Phone();
addEventListener('pagehide', () => phone.hangUp());
