// The rules every live session keeps. Run for Gemini over real sockets and for the scripted double.
import { describe, expect, test } from 'vitest';
import { bytesOfMs, PCM16_16K, PCM16_24K } from '../../src/audio/format.ts';
import { LivelineError } from '../../src/base/errors.ts';
import { toolCallId, turnId, type TurnId } from '../../src/base/ids.ts';
import type {
  JsonObject,
  LiveSession,
  ModelMemory,
  Resumption,
  Said,
  SessionEvent,
  SessionListener,
  TokenUsage,
} from '../../src/live/session.ts';

/** A session with both its ends in the test's hands. */
export interface SessionRig {
  readonly session: LiveSession;
  /** What the model does. None of it reaches the listener for sure before `settle()`. */
  readonly model: {
    ready(): void;
    /** It gives a handle for what it knows now. */
    remember(handle: string): void;
    /** To a session that was opened with a memory: it does not take it up, but begins anew; until that was told. */
    forget(): Promise<void>;
    /** Sound; the first of it starts a turn. */
    say(ms: number): void;
    /** Sound of a turn that is over. */
    lateSound(ms: number): void;
    endTurn(): void;
    idle(): void;
    interrupt(): void;
    callTools(...calls: { id: string; name: string; args: JsonObject }[]): void;
    cancelTools(...ids: string[]): void;
    callerSaid(text: string): void;
    agentSaid(text: string): void;
    used(usage: TokenUsage): void;
    /** Its side of the connection is closed, and nobody waits for what follows from it. */
    hangUp(): void;
    /** The connection is lost; until that was told. */
    lose(): Promise<void>;
    /** It takes the next connection; until that was told. */
    comeBack(): Promise<void>;
    /** The connection is lost and no other one is taken; until that was told. */
    loseForGood(): Promise<void>;
  };
  /** What the caller does, as the session's ear has it. */
  readonly caller: {
    /** Half a second of a voice. */
    speaks(): void;
    /** Silence, until what was said counts as over. */
    stops(): void;
  };
  /** What reached the model, on any connection but for `sound`. */
  readonly heard: {
    /** On the newest connection alone. */
    sound(): Uint8Array;
    prompts(): readonly string[];
    notes(): readonly string[];
    answers(): readonly { name: string; response: JsonObject }[];
    /** How many connections there ever were. */
    connections(): number;
  };
  /** A minute goes by. */
  wait(): void;
  /** Until all that either side did has reached the other. */
  settle(): Promise<void>;
  dispose(): Promise<void>;
}

/** Opens a session and listens to it in the same tick; `resume`: to go on with what another one began. */
export type OpenRig = (to: SessionListener, resume?: Resumption) => Promise<SessionRig>;

class Recorder implements SessionListener {
  readonly events: SessionEvent[] = [];
  /** Events and sound together, in order: `turnStarted 1`, `sound 1`. */
  readonly order: string[] = [];
  readonly soundBytes = new Map<TurnId, number>();
  onEventToo: (event: SessionEvent) => void = () => undefined;

  onAudio(pcm: Uint8Array, turn: TurnId): void {
    this.soundBytes.set(turn, (this.soundBytes.get(turn) ?? 0) + pcm.length);
    if (this.order.at(-1) !== `sound ${turn}`) this.order.push(`sound ${turn}`);
  }

  recall(): readonly Said[] {
    return [{ who: 'agent', text: 'Hello.' }];
  }

  onEvent(event: SessionEvent): void {
    this.events.push(event);
    this.order.push('turn' in event ? `${event.type} ${event.turn}` : event.type);
    this.onEventToo(event);
  }
}

const frame = (value: number): Uint8Array => new Uint8Array(bytesOfMs(PCM16_16K, 20)).fill(value);
const call = (id: string): { id: string; name: string; args: JsonObject } => ({
  id,
  name: 'look_up_contact',
  args: { phone: id },
});

/** What another session of this vendor was told last, and the call that it had not answered. */
const leftBy = async (open: OpenRig): Promise<Resumption & { readonly memory: ModelMemory }> => {
  const recorder = new Recorder();
  const rig = await open(recorder);
  rig.model.ready();
  rig.model.callTools(call('a'));
  await rig.settle();
  rig.model.remember('handle 1');
  await rig.settle();
  rig.session.close();
  await rig.dispose();
  const { memory } = recorder.events.find((event) => event.type === 'remembered')!;
  return { memory, pending: [{ ...call('a'), id: toolCallId('a') }] };
};

export function sessionContract(name: string, open: OpenRig): void {
  const rule = (
    title: string,
    keep: (rig: SessionRig, recorder: Recorder) => Promise<void>,
    resume?: () => Promise<Resumption>,
  ): void =>
    test(title, async () => {
      const recorder = new Recorder();
      const rig = await open(recorder, await resume?.());
      try {
        await keep(rig, recorder);
      } finally {
        rig.session.close();
        await rig.dispose();
      }
    });

  describe(`session contract: ${name}`, () => {
    rule('[SE1] hears PCM16 at 16 kHz, speaks PCM16 at 24 kHz', async ({ session }) => {
      await Promise.resolve();
      expect(session.hears).toEqual(PCM16_16K);
      expect(session.speaks).toEqual(PCM16_24K);
    });

    rule(
      '[SE2] nothing of the model is told before it is ready, then `ready` first',
      async (rig, { order }) => {
        await rig.settle();
        expect(order).toEqual([]);
        rig.model.ready();
        rig.model.say(20);
        await rig.settle();
        expect(order).toEqual(['ready', 'turnStarted 1', 'sound 1']);
      },
    );

    rule('[SE3] caller sound arrives whole and in order, also what came before ready', async (rig) => {
      rig.session.send(frame(1));
      rig.session.send(frame(2));
      rig.model.ready();
      await rig.settle();
      rig.session.send(frame(3));
      await rig.settle();
      expect(Buffer.from(rig.heard.sound())).toEqual(Buffer.concat([frame(1), frame(2), frame(3)]));
    });

    rule('[SE4] the bytes given to `send` may be reused at once', async (rig) => {
      const pcm = frame(7);
      rig.session.send(pcm);
      pcm.fill(0);
      rig.model.ready();
      await rig.settle();
      pcm.fill(8);
      rig.session.send(pcm);
      pcm.fill(0);
      await rig.settle();
      expect(Buffer.from(rig.heard.sound())).toEqual(Buffer.concat([frame(7), frame(8)]));
    });

    rule('[SE5] a prompt reaches the model, also one given inside `ready`', async (rig, recorder) => {
      recorder.onEventToo = ({ type }) => {
        if (type === 'ready') rig.session.prompt('the call just connected');
      };
      rig.model.ready();
      await rig.settle();
      rig.session.prompt('the caller pressed 1');
      await rig.settle();
      expect(rig.heard.prompts()).toEqual(['the call just connected', 'the caller pressed 1']);
    });

    rule('[SE6] turns count from 1; each starts before its sound and ends once', async (rig, recorder) => {
      rig.model.ready();
      rig.model.say(100);
      rig.model.say(60);
      rig.model.endTurn();
      rig.model.idle();
      rig.model.say(40);
      rig.model.idle();
      await rig.settle();
      expect(recorder.order).toEqual([
        ...['ready', 'turnStarted 1', 'sound 1', 'turnEnded 1', 'idle'],
        ...['turnStarted 2', 'sound 2', 'turnEnded 2', 'idle'],
      ]);
      expect(recorder.soundBytes.get(turnId(1))).toBe(bytesOfMs(PCM16_24K, 160));
    });

    rule(
      '[SE7] an interruption is told before the end of the turn it kills',
      async (rig, { events, order }) => {
        rig.model.ready();
        rig.model.say(40);
        rig.model.interrupt();
        await rig.settle();
        expect(order).toEqual(['ready', 'turnStarted 1', 'sound 1', 'interrupted', 'turnEnded 1']);
        expect(events).toContainEqual({ type: 'interrupted', upTo: 1 });
      },
    );

    rule(
      '[SE8] an interruption is told whatever the state, 0 when nothing was said',
      async (rig, { events }) => {
        rig.model.ready();
        rig.model.interrupt();
        rig.model.idle();
        rig.model.say(40);
        rig.model.idle();
        rig.model.interrupt();
        await rig.settle();
        expect(events.filter(({ type }) => type === 'interrupted')).toEqual([
          { type: 'interrupted', upTo: 0 },
          { type: 'interrupted', upTo: 1 },
        ]);
      },
    );

    rule(
      '[SE9] late sound of a dead turn keeps its number; the next turn has a new one',
      async (rig, { order }) => {
        rig.model.ready();
        rig.model.say(40);
        rig.model.interrupt();
        rig.model.lateSound(40);
        rig.model.idle();
        rig.model.say(40);
        await rig.settle();
        expect(order.slice(3)).toEqual([
          ...['interrupted', 'turnEnded 1', 'sound 1', 'idle'],
          ...['turnStarted 2', 'sound 2'],
        ]);
      },
    );

    rule('[SE10] what was said is told, the agent under its turn', async (rig, { events }) => {
      rig.model.ready();
      rig.model.callerSaid(' Are you open?');
      rig.model.say(40);
      rig.model.agentSaid('Yes.');
      await rig.settle();
      expect(events).toContainEqual({ type: 'callerSaid', text: ' Are you open?' });
      expect(events).toContainEqual({ type: 'agentSaid', turn: 1, text: 'Yes.' });
    });

    rule('[SE11] a tool call is told and takes one answer; others are dropped', async (rig, { events }) => {
      rig.model.ready();
      rig.model.callTools(call('a'), call('b'));
      await rig.settle();
      expect(events).toContainEqual({ type: 'toolsCalled', calls: [call('a'), call('b')] });
      const answer = (id: string, status: string): void =>
        rig.session.answerTool({ id: toolCallId(id), name: 'look_up_contact', response: { status } });
      answer('never called', 'x');
      answer('b', 'found');
      answer('b', 'found again');
      await rig.settle();
      expect(rig.heard.answers()).toEqual([{ name: 'look_up_contact', response: { status: 'found' } }]);
    });

    rule(
      '[SE12] a cancelled tool call takes no answer; unknown ones are not told',
      async (rig, { events }) => {
        rig.model.ready();
        rig.model.callTools(call('a'), call('b'));
        rig.model.cancelTools('a', 'never called');
        rig.model.cancelTools('a');
        await rig.settle();
        expect(events.filter(({ type }) => type === 'toolsCancelled')).toEqual([
          { type: 'toolsCancelled', ids: ['a'] },
        ]);
        rig.session.answerTool({
          id: toolCallId('a'),
          name: 'look_up_contact',
          response: { status: 'late' },
        });
        await rig.settle();
        expect(rig.heard.answers()).toEqual([]);
      },
    );

    rule('[SE13] usage is told, with the agent’s last turn', async (rig, { events }) => {
      const usage: TokenUsage = {
        ...{ promptTokens: 12, responseTokens: 3, totalTokens: 15 },
        ...{ cachedTokens: 4, thoughtTokens: 2, toolUseTokens: 1 },
        ...{ prompt: { audio: 10, text: 2 }, response: { audio: 3 } },
      };
      rig.model.ready();
      rig.model.used(usage);
      rig.model.say(40);
      await rig.settle();
      rig.session.takeTurn();
      rig.model.used(usage);
      await rig.settle();
      expect(events.filter(({ type }) => type === 'used')).toEqual([
        { type: 'used', turn: 0, usage },
        { type: 'used', turn: 1, usage },
      ]);
    });

    rule(
      '[SE14] a model that is lost for good is told once and last, and nothing throws after it',
      async (rig, { events }) => {
        rig.model.ready();
        await rig.settle();
        await rig.model.loseForGood();
        expect(events.at(-1)).toMatchObject({ type: 'failed', error: expect.any(LivelineError) as Error });
        useAll(rig.session);
        rig.session.close();
        rig.wait();
        await rig.settle();
        expect(events.filter(({ type }) => type === 'failed')).toHaveLength(1);
        expect(events.at(-1)?.type).toBe('failed');
      },
    );

    rule('[SE15] close is silent, may be repeated, and nothing throws after it', async (rig, { order }) => {
      rig.model.ready();
      rig.model.say(40);
      await rig.settle();
      const before = order.length;
      rig.session.close();
      rig.session.close();
      rig.model.say(40);
      rig.model.hangUp();
      useAll(rig.session);
      await rig.settle();
      expect(order).toHaveLength(before);
      expect(rig.heard.prompts()).toEqual([]);
    });

    rule('[SE16] close before ready is silent too', async (rig, { order }) => {
      useAll(rig.session);
      rig.session.close();
      await rig.settle();
      expect(order).toEqual([]);
      expect(rig.heard.answers()).toEqual([]);
    });

    rule('[SE17] closed from inside an event, nothing more is told', async (rig, recorder) => {
      recorder.onEventToo = ({ type }) => {
        if (type === 'turnStarted') rig.session.close();
      };
      rig.model.ready();
      rig.model.say(100);
      rig.model.idle();
      await rig.settle();
      expect(recorder.order).toEqual(['ready', 'turnStarted 1']);
    });

    rule(
      '[SE18] a number taken is no turn of the model, and later turns have higher ones',
      async (rig, { order }) => {
        rig.model.ready();
        const numbers: number[] = [rig.session.takeTurn()];
        rig.model.say(40);
        await rig.settle();
        numbers.push(rig.session.takeTurn(), rig.session.takeTurn());
        rig.model.say(40);
        rig.model.idle();
        rig.model.say(40);
        await rig.settle();
        numbers.push(rig.session.takeTurn());
        expect(numbers).toEqual([1, 3, 4, 6]);
        expect(order.filter((line) => line.startsWith('turn'))).toEqual([
          ...['turnStarted 2', 'turnEnded 2', 'turnStarted 5'],
        ]);
      },
    );

    rule('[SE19] what the model shall know reaches it once, and not while it speaks', async (rig) => {
      rig.session.inform('the caller is a member');
      rig.model.ready();
      await rig.settle();
      expect(rig.heard.notes()).toEqual(['the caller is a member']);
      rig.model.say(40);
      await rig.settle();
      rig.session.inform('a colleague is free');
      await rig.settle();
      expect(rig.heard.notes()).toHaveLength(1);
      rig.model.idle();
      rig.model.idle();
      await rig.settle();
      await rig.settle();
      expect(rig.heard.notes()).toEqual(['the caller is a member', 'a colleague is free']);
      expect(rig.heard.prompts()).toEqual([]);
    });

    rule(
      '[SE20] a lost connection is told once, after the end of the turn that it broke, and so is the next one',
      async (rig, { events, order }) => {
        rig.model.ready();
        rig.model.say(40);
        await rig.settle();
        await rig.model.lose();
        expect(order.slice(3)).toEqual(['turnEnded 1', 'switching']);
        await rig.model.comeBack();
        await rig.settle();
        expect(order.slice(5)).toEqual(['switched']);
        expect(events.at(-1)).toMatchObject({ type: 'switched' });
        await rig.model.lose();
        await rig.model.comeBack();
        expect(order.slice(6)).toEqual(['switching', 'switched']);
      },
    );

    rule('[SE21] what the caller says meanwhile arrives whole and in order', async (rig) => {
      rig.model.ready();
      rig.session.send(frame(1));
      await rig.settle();
      await rig.model.lose();
      for (const value of [2, 3, 4]) rig.session.send(frame(value));
      await rig.model.comeBack();
      rig.session.send(frame(5));
      await rig.settle();
      const expected = Buffer.concat([2, 3, 4, 5].map(frame));
      expect(Buffer.from(rig.heard.sound()).subarray(-expected.length)).toEqual(expected);
    });

    rule('[SE22] a prompt and a note given meanwhile arrive', async (rig, recorder) => {
      recorder.onEventToo = ({ type }) => {
        if (type === 'switching') rig.session.prompt('the caller pressed 1');
      };
      rig.model.ready();
      await rig.settle();
      await rig.model.lose();
      rig.session.inform('the caller is a member');
      await rig.model.comeBack();
      rig.model.say(40);
      rig.model.idle();
      await rig.settle();
      await rig.settle();
      expect(rig.heard.prompts().filter((text) => text.includes('pressed 1'))).toHaveLength(1);
      expect(rig.heard.notes().filter((text) => text.includes('a member'))).toHaveLength(1);
    });

    rule('[SE23] a tool that was called before and answered meanwhile is told exactly once', async (rig) => {
      rig.model.ready();
      rig.model.callTools(call('a'), call('b'));
      await rig.settle();
      await rig.model.lose();
      const answer = (id: string): void =>
        rig.session.answerTool({
          id: toolCallId(id),
          name: 'look_up_contact',
          response: { status: `found ${id}` },
        });
      answer('a');
      answer('a');
      await rig.model.comeBack();
      answer('a');
      answer('b');
      answer('b');
      await rig.settle();
      const told = [...rig.heard.prompts(), ...rig.heard.answers().map((given) => JSON.stringify(given))];
      for (const id of ['a', 'b'])
        expect(told.filter((text) => text.includes(`found ${id}`))).toHaveLength(1);
    });

    rule('[SE24] the numbers of turns go on rising', async (rig, { order }) => {
      rig.model.ready();
      rig.model.say(40);
      await rig.settle();
      await rig.model.lose();
      expect(rig.session.takeTurn()).toBe(2);
      await rig.model.comeBack();
      rig.model.say(40);
      await rig.settle();
      expect(order.slice(5)).toEqual(['switched', 'turnStarted 3', 'sound 3']);
    });

    rule('[SE25] close meanwhile is silent, and nobody is dialled any more', async (rig, { order }) => {
      rig.model.ready();
      await rig.settle();
      await rig.model.lose();
      const [told, connections] = [order.length, rig.heard.connections()];
      rig.session.close();
      useAll(rig.session);
      rig.wait();
      await rig.settle();
      expect([order.length, rig.heard.connections()]).toEqual([told, connections]);
    });

    rule('[SE26] closed from inside `switching`, nothing more is told', async (rig, recorder) => {
      recorder.onEventToo = ({ type }) => {
        if (type === 'switching') rig.session.close();
      };
      rig.model.ready();
      await rig.settle();
      const connections = rig.heard.connections();
      await rig.model.lose();
      rig.wait();
      await rig.settle();
      expect([recorder.order, rig.heard.connections()]).toEqual([['ready', 'switching'], connections]);
    });

    rule(
      '[SE27] that the caller began to speak is told, and that they wait for an answer',
      async (rig, { events }) => {
        const told = (): string[] =>
          events.flatMap((event) => (event.type === 'callerSpeech' ? [event.is] : []));
        rig.model.ready();
        await rig.settle();
        expect(rig.session.callerSpeaks).toBe(false);
        rig.caller.speaks();
        expect([told(), rig.session.callerSpeaks]).toEqual([['started'], true]);
        rig.caller.stops();
        expect([told(), rig.session.callerSpeaks]).toEqual([['started', 'ended'], false]);
        rig.caller.speaks();
        rig.caller.stops();
        expect(told()).toEqual(['started', 'ended', 'started', 'ended']);
      },
    );

    rule('[SE28] and so it is before the model is ready, and while it is away', async (rig, { order }) => {
      rig.caller.speaks();
      rig.caller.stops();
      expect(order).toEqual(['callerSpeech', 'callerSpeech']);
      rig.model.ready();
      await rig.settle();
      await rig.model.lose();
      rig.caller.speaks();
      rig.caller.stops();
      expect(order.slice(2)).toEqual(['ready', 'switching', 'callerSpeech', 'callerSpeech']);
    });

    rule('[SE29] closed from inside `callerSpeech`, nothing more is told', async (rig, recorder) => {
      recorder.onEventToo = ({ type }) => {
        if (type === 'callerSpeech') rig.session.close();
      };
      rig.model.ready();
      await rig.settle();
      rig.caller.speaks();
      rig.caller.stops();
      rig.wait();
      await rig.settle();
      expect(recorder.order).toEqual(['ready', 'callerSpeech']);
    });

    rule('[SE30] to a model that listens itself, holding speech is nothing', async (rig, { order }) => {
      rig.model.ready();
      rig.session.holdSpeech(true);
      rig.session.send(frame(1));
      rig.session.holdSpeech(false);
      rig.session.letThrough(Infinity);
      rig.session.send(frame(2));
      await rig.settle();
      expect(Buffer.from(rig.heard.sound())).toEqual(Buffer.concat([frame(1), frame(2)]));
      expect(order).toEqual(['ready']);
    });

    rule(
      '[SE31] every handle is told, with how much of what was said it stands for and the calls it waits for',
      async (rig, { events }) => {
        const told = () => events.flatMap((event) => (event.type === 'remembered' ? [event.memory] : []));
        rig.model.ready();
        rig.model.remember('handle 1');
        await rig.settle();
        expect(told()).toEqual([
          {
            ...{ handle: 'handle 1', known: 1, waitsFor: [] },
            ...{ model: expect.any(String) as string, atMs: expect.any(Number) as number },
          },
        ]);
        rig.model.callTools(call('a'));
        await rig.settle();
        rig.model.remember('handle 2');
        await rig.settle();
        expect(told().at(-1)).toMatchObject({
          handle: 'handle 2',
          waitsFor: [{ id: 'a', name: 'look_up_contact' }],
        });
        expect(JSON.parse(JSON.stringify(told()))).toEqual(told());
      },
    );

    const begun = (): Promise<Resumption> => leftBy(open);

    rule(
      '[SE32] gone on with by its memory: `ready` says that it was kept, and nothing is asked of the model',
      async (rig, { events }) => {
        rig.model.ready();
        await rig.settle();
        expect(events).toEqual([{ type: 'ready', memory: 'kept' }]);
        expect(rig.heard.prompts()).toEqual([]);
      },
      begun,
    );

    rule(
      '[SE33] gone on with, and the memory is not taken: `ready` says that it was told, and nothing is asked either',
      async (rig, { events }) => {
        await rig.model.forget();
        await rig.settle();
        expect(events).toEqual([{ type: 'ready', memory: 'told' }]);
        expect(rig.heard.prompts()).toEqual([]);
      },
      begun,
    );

    rule(
      '[SE34] and what the caller says before `ready` arrives whole and in order, as does a prompt',
      async (rig) => {
        rig.session.send(frame(1));
        rig.session.prompt('the caller pressed 1');
        await rig.model.forget();
        rig.session.send(frame(2));
        await rig.settle();
        expect(Buffer.from(rig.heard.sound())).toEqual(Buffer.concat([frame(1), frame(2)]));
        expect(rig.heard.prompts()).toEqual(['the caller pressed 1']);
      },
      begun,
    );

    const tellsOnce = async (rig: SessionRig): Promise<void> => {
      const answer = (status: string): void =>
        rig.session.answerTool({ id: toolCallId('a'), name: 'look_up_contact', response: { status } });
      answer('found a');
      answer('found again');
      await rig.settle();
      const told = [...rig.heard.prompts(), ...rig.heard.answers().map((given) => JSON.stringify(given))];
      expect(told.filter((text) => text.includes('found a'))).toHaveLength(1);
    };

    rule(
      '[SE35] a tool that was called in the session before, and not answered, is told exactly once: to a model that kept it',
      async (rig) => {
        rig.model.ready();
        await rig.settle();
        await tellsOnce(rig);
      },
      begun,
    );

    rule(
      '[SE36] and to one that is new',
      async (rig) => {
        await rig.model.forget();
        await tellsOnce(rig);
      },
      begun,
    );

    rule(
      '[SE37] gone on with and closed in the same tick: silent, and nobody is dialled',
      async (rig, { order }) => {
        rig.session.close();
        useAll(rig.session);
        const connections = rig.heard.connections();
        rig.wait();
        await rig.settle();
        expect([order, rig.heard.connections()]).toEqual([[], connections]);
      },
      begun,
    );
  });
}

function useAll(session: LiveSession): void {
  session.send(frame(1));
  session.prompt('anything');
  session.inform('anything');
  session.holdSpeech(true);
  session.holdSpeech(false);
  session.letThrough(1_000);
  session.takeTurn();
  session.answerTool({ id: toolCallId('a'), name: 'x', response: {} });
}
