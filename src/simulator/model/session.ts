// One socket of a client: setup first and once, then a conversation; anything the API would not take closes it with the
// API's own code and words. Nothing that a client sends throws out of here. Knows no HTTP and no other socket.
import type { RawData, WebSocket } from 'ws';
import type { Clock, StopTimer } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { ServerMessage } from '../../live/gemini/messages.ts';
import { reasonOf } from './close-reason.ts';
import { toCloud, withIds } from './cloud.ts';
import type { HeardMessage, HeardSetup, HeardToolAnswer } from './heard.ts';
import { judge, refuse, Refused } from './judge.ts';
import { judgeSetup } from './models.ts';
import type { Deed } from './faults/deeds.ts';
import type { Faults } from './faults/faults.ts';
import { SocketFaults } from './faults/socket-faults.ts';
import { Diary, type SimulatedSession } from './record.ts';
import type { Pace } from './reply.ts';
import type { Handles } from './handles.ts';
import type { Api } from './rules.ts';
import type { Script } from './script.ts';
import { Talk, type TalkSnapshot } from './talk.ts';

export interface SessionOptions {
  readonly number: number;
  readonly api: Api;
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
  /** When a handle is issued: at rest only, or whenever the conversation has moved. */
  readonly issues: 'settled' | 'always';
  readonly faults: Faults;
  /** What the upgrade brought on. */
  readonly due: readonly Deed[];
  readonly clock: Clock;
  readonly log: Log;
}

type Phase =
  | { readonly is: 'awaiting setup' | 'setting up' | 'over' }
  /** `dying`: the next message ends it (affective dialog, removed in 3.8: ai.google.dev, gemini-3.8-live). */
  | { readonly is: 'talking'; readonly talk: Talk; readonly dying: boolean };

export class Session implements SimulatedSession {
  readonly number: number;
  readonly keyIn: 'header' | 'query';
  readonly #socket: WebSocket;
  readonly #options: SessionOptions;
  readonly #log: Log;
  readonly #diary: Diary;
  readonly #faults: SocketFaults;
  #frames: 'binary' | 'text';
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
    this.#frames = options.frames;
    this.#faults = new SocketFaults(options.faults, options.number, options.due, options.clock, {
      write: (message) => this.send(message),
      note: (happening) => this.#diary.note(happening),
      close: (code, reason) => this.close(code, reason),
      terminate: () => {
        this.#end();
        // What was sent in this tick has gone out by then; destroyed at once, the socket would take it back.
        setImmediate(() => socket.terminate());
      },
      read: (reads) => (reads ? socket.resume() : socket.pause()),
      switchFrames: (to) => (this.#frames = to),
      cancelCalls: () => {
        if (this.#phase.is === 'talking') this.#phase.talk.cancelCalls();
      },
    });
    socket.on('message', (data) => this.#receive(data));
    socket.on('error', (error) =>
      this.#log.warn({ err: error }, 'a client of the simulated model broke its socket'),
    );
    socket.on('close', (code, reason) => {
      this.#end();
      this.#diary.note({ type: 'closed', code, reason: reason.toString() });
    });
    this.#faults.act();
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
    const frame =
      message instanceof Uint8Array
        ? message
        : JSON.stringify(this.#options.api === 'cloud' ? toCloud(message) : message);
    this.#socket.send(frame, { binary: this.#frames === 'binary' });
  }

  close(code: number, reason: string): void {
    this.#end();
    this.#socket.close(code, reasonOf(reason));
  }

  terminate(): void {
    this.#end();
    this.#socket.terminate();
  }

  #end(): void {
    this.#faults.stop();
    // A close is read from the socket, too.
    this.#socket.resume();
    this.#stopSetupTimer();
    if (this.#phase.is === 'talking') this.#phase.talk.close();
    this.#phase = { is: 'over' };
  }

  #receive(data: RawData): void {
    try {
      // `ws` gives one Buffer unless told otherwise.
      if (this.#phase.is !== 'over' && Buffer.isBuffer(data)) this.#take(judge(data.toString()));
    } catch (thrown) {
      const isRefusal = thrown instanceof Refused;
      const { code, message: reason } = isRefusal ? thrown : new Refused(1011, 'Internal error encountered.');
      if (isRefusal)
        this.#log.warn({ code, reason }, 'the simulated model refuses what its client sent and closes');
      else this.#log.error({ err: thrown, code }, 'the simulated model failed, and closes');
      this.#diary.note({ type: 'refused', code, reason });
      this.close(code, reason);
    }
    this.#faults.act();
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
    if (message.toolResponse !== undefined)
      this.#toolResponse(talk, message.toolResponse.functionResponses ?? []);
  }

  #toolResponse(talk: Talk, answers: readonly HeardToolAnswer[]): void {
    const known = this.#options.api === 'cloud' ? withIds(answers, talk.snapshot().calls.pending) : answers;
    if (known.length > 0 || answers.length === 0) talk.toolResponse(known);
  }

  #setUp(setup: HeardSetup): void {
    const { pace, handles, issues, setupMs, keepCallerAudio, nextScript } = this.#options;
    const faults = this.#faults;
    this.#setup = setup;
    const { model, rules, outcome } = judgeSetup(setup, this.#options.api);
    faults.saw('setup');
    const refused = faults.snap('refuse-setup');
    if (refused !== undefined) refuse(refused.reason, refused.code);
    const resumed = this.#resumed(setup.sessionResumption?.handle, model);
    const script = resumed?.script ?? nextScript();
    this.#diary.note({ type: 'setup', setup, script: script.name, resumed: resumed !== undefined });
    this.#phase = { is: 'setting up' };
    if (outcome === 'never ready' || faults.snap('never-ready') !== undefined) return;

    const settled = (): void => {
      if (setup.sessionResumption === undefined || this.#phase.is !== 'talking') return;
      const snapshot = this.#phase.talk.snapshot();
      const newHandle = handles.issue({ model, script, snapshot, isOpen: () => this.isOpen });
      faults.send({ sessionResumptionUpdate: { newHandle, resumable: true } });
    };
    const talk = new Talk({
      setup,
      rules,
      script,
      from: resumed?.snapshot,
      pace,
      clock: faults.clock,
      log: this.#log,
      send: (frame) => faults.send(frame),
      note: (happening) => {
        this.#diary.note(happening);
        faults.noted(happening);
      },
      onCallerAudio: (pcm) => {
        this.#soundBytes += pcm.length;
        if (keepCallerAudio) this.#sound.push(pcm);
      },
      onSettled: settled,
      onMoved: issues === 'always' ? settled : undefined,
      faults: {
        ignores: (speechMs) => faults.snap('ignore-short', ({ under }) => speechMs < under) !== undefined,
        saysNothing: () => faults.snap('empty-turn') !== undefined,
        saysTwice: () => faults.snap('double-turn') !== undefined,
        interruptsNothing: () => faults.snap('needless-interrupt') !== undefined,
      },
    });
    this.#stopSetupTimer = faults.clock.after(setupMs, () => {
      this.#phase = { is: 'talking', talk, dying: outcome === 'dying' };
      this.#diary.note({ type: 'ready' });
      faults.send({ setupComplete: {} });
      settled();
      faults.saw('ready');
    });
  }

  /** Throws Refused. */
  #resumed(
    handle: string | undefined,
    model: string,
  ): { script: Script; snapshot: TalkSnapshot | undefined } | undefined {
    if (handle === undefined) return undefined;
    const refused = this.#faults.snap('refuse-handle');
    if (refused !== undefined) refuse(refused.reason, refused.code);
    if (this.#faults.snap('unknown-handle') !== undefined) refuse('Requested entity was not found.', 1008);
    const resumed = this.#options.handles.take(handle, model);
    return this.#faults.snap('forget') === undefined ? resumed : { ...resumed, snapshot: undefined };
  }
}
