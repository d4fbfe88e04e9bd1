// One socket of a client: setup first and once, then a conversation; anything the API would not take closes it with the
// API's own code and words. Nothing that a client sends throws out of here. Knows no HTTP and no other socket.
import type { RawData, WebSocket } from 'ws';
import type { Clock, StopTimer } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { ServerMessage } from '../../live/gemini/messages.ts';
import type { HeardMessage, HeardSetup } from './heard.ts';
import { judge, refuse, Refused } from './judge.ts';
import { judgeSetup } from './models.ts';
import { Diary, type SimulatedSession } from './record.ts';
import type { Pace } from './reply.ts';
import type { Handles } from './handles.ts';
import type { Script } from './script.ts';
import { Talk } from './talk.ts';

export interface SessionOptions {
  readonly number: number;
  readonly keyIn: 'header' | 'query';
  readonly pace: Pace;
  /** From the setup to `setupComplete`. */
  readonly setupMs: number;
  /** Google sends its JSON in binary frames. */
  readonly frames: 'binary' | 'text';
  readonly keepCallerAudio: boolean;
  /** Of a conversation that begins. */
  readonly nextScript: () => Script;
  readonly handles: Handles;
  readonly clock: Clock;
  readonly log: Log;
}

type Phase =
  | { readonly is: 'awaiting setup' | 'setting up' | 'over' }
  /** `dying`: the next message ends it (affective dialog, removed in 3.8: ai.google.dev, gemini-3.8-live). */
  | { readonly is: 'talking'; readonly talk: Talk; readonly dying: boolean };

/** RFC 6455: a close frame has room for 123 bytes of reason. */
const MOST_REASON_BYTES = 123;

function cut(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.length <= MOST_REASON_BYTES) return reason;
  return bytes
    .subarray(0, MOST_REASON_BYTES)
    .toString()
    .replace(/\uFFFD+$/, '');
}

export class Session implements SimulatedSession {
  readonly number: number;
  readonly keyIn: 'header' | 'query';
  readonly #socket: WebSocket;
  readonly #options: SessionOptions;
  readonly #log: Log;
  readonly #diary: Diary;
  readonly #sound: Uint8Array[] = [];
  #soundBytes = 0;
  #phase: Phase = { is: 'awaiting setup' };
  #setup: HeardSetup | undefined;
  #stopSetupTimer: StopTimer = () => undefined;

  constructor(socket: WebSocket, options: SessionOptions) {
    this.number = options.number;
    this.keyIn = options.keyIn;
    this.#socket = socket;
    this.#options = options;
    this.#log = options.log.child({ modelSession: options.number });
    this.#diary = new Diary(() => options.clock.nowMs());
    socket.on('message', (data) => this.#receive(data));
    socket.on('error', (error) =>
      this.#log.warn({ err: error }, 'a client of the simulated model broke its socket'),
    );
    socket.on('close', (code, reason) => {
      this.#end();
      this.#diary.note({ type: 'closed', code, reason: reason.toString() });
    });
  }

  get setup(): HeardSetup | undefined {
    return this.#setup;
  }

  get isOpen(): boolean {
    return this.#socket.readyState !== this.#socket.CLOSED;
  }

  get callerAudioBytes(): number {
    return this.#soundBytes;
  }

  callerAudio(): Uint8Array {
    return Buffer.concat(this.#sound);
  }

  get events(): SimulatedSession['events'] {
    return this.#diary.events;
  }

  until: SimulatedSession['until'] = (type, where) => this.#diary.until(type, where);

  send(message: ServerMessage | Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const frame = message instanceof Uint8Array ? message : JSON.stringify(message);
    this.#socket.send(frame, { binary: this.#options.frames === 'binary' });
  }

  close(code: number, reason: string): void {
    this.#end();
    this.#socket.close(code, cut(reason));
  }

  terminate(): void {
    this.#end();
    this.#socket.terminate();
  }

  #end(): void {
    this.#stopSetupTimer();
    if (this.#phase.is === 'talking') this.#phase.talk.close();
    this.#phase = { is: 'over' };
  }

  #receive(data: RawData): void {
    try {
      // `ws` gives one Buffer unless told otherwise.
      if (this.#phase.is !== 'over' && Buffer.isBuffer(data)) this.#take(judge(data.toString()));
    } catch (thrown) {
      const { code, message: reason } =
        thrown instanceof Refused ? thrown : new Refused(1011, 'Internal error encountered.');
      this.#log.warn(
        { err: thrown, code, reason },
        'the simulated model refuses what its client sent and closes',
      );
      this.#diary.note({ type: 'refused', code, reason });
      this.close(code, reason);
    }
  }

  #take(message: HeardMessage): void {
    if (message.setup !== undefined) {
      if (this.#phase.is !== 'awaiting setup') refuse();
      return this.#setUp(message.setup);
    }
    if (this.#phase.is !== 'talking' || this.#phase.dying) return refuse();
    const { talk } = this.#phase;
    if (message.realtimeInput !== undefined) talk.realtimeInput(message.realtimeInput);
    if (message.clientContent !== undefined) talk.clientContent(message.clientContent);
    if (message.toolResponse !== undefined) talk.toolResponse(message.toolResponse.functionResponses ?? []);
  }

  #setUp(setup: HeardSetup): void {
    const { clock, pace, handles, setupMs, keepCallerAudio, nextScript } = this.#options;
    this.#setup = setup;
    const { model, rules, outcome } = judgeSetup(setup);
    const handle = setup.sessionResumption?.handle;
    const resumed = handle === undefined ? undefined : handles.take(handle, model);
    const script = resumed?.script ?? nextScript();
    this.#diary.note({ type: 'setup', setup, script: script.name, resumed: resumed !== undefined });
    this.#phase = { is: 'setting up' };
    if (outcome === 'never ready') return;

    const settled = (): void => {
      if (setup.sessionResumption === undefined || this.#phase.is !== 'talking') return;
      const snapshot = this.#phase.talk.snapshot();
      const newHandle = handles.issue({ model, script, snapshot, isOpen: () => this.isOpen });
      this.send({ sessionResumptionUpdate: { newHandle, resumable: true } });
    };
    const talk = new Talk({
      setup,
      rules,
      script,
      from: resumed?.snapshot,
      pace,
      clock,
      log: this.#log,
      send: (frame) => this.send(frame),
      note: (happening) => this.#diary.note(happening),
      onCallerAudio: (pcm) => {
        this.#soundBytes += pcm.length;
        if (keepCallerAudio) this.#sound.push(pcm);
      },
      onSettled: settled,
    });
    this.#stopSetupTimer = clock.after(setupMs, () => {
      this.#phase = { is: 'talking', talk, dying: outcome === 'dying' };
      this.#diary.note({ type: 'ready' });
      this.send({ setupComplete: {} });
      settled();
    });
  }
}
