// The rules every live session keeps. Run for Gemini over real sockets and for the scripted double.
import { describe, expect, test } from 'vitest';
import { bytesOfMs, PCM16_16K, PCM16_24K } from '../../src/audio/format.ts';
import { toolCallId, turnId, type TurnId } from '../../src/base/ids.ts';
import type {
  JsonObject,
  LiveSession,
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
    hangUp(): void;
  };
  /** What reached the model. */
  readonly heard: {
    sound(): Uint8Array;
    prompts(): readonly string[];
    answers(): readonly { name: string; response: JsonObject }[];
  };
  /** Until all that either side did has reached the other. */
  settle(): Promise<void>;
  dispose(): Promise<void>;
}

/** Opens a session and listens to it in the same tick. */
export type OpenRig = (to: SessionListener) => Promise<SessionRig>;

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

export function sessionContract(name: string, open: OpenRig): void {
  const rule = (title: string, keep: (rig: SessionRig, recorder: Recorder) => Promise<void>): void =>
    test(title, async () => {
      const recorder = new Recorder();
      const rig = await open(recorder);
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

    rule('[SE2] nothing is told before the model is ready, then `ready` first', async (rig, { order }) => {
      await rig.settle();
      expect(order).toEqual([]);
      rig.model.ready();
      rig.model.say(20);
      await rig.settle();
      expect(order).toEqual(['ready', 'turnStarted 1', 'sound 1']);
    });

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

    rule('[SE13] usage is told', async (rig, { events }) => {
      const usage = { promptTokens: 12, responseTokens: 3, totalTokens: 15 };
      rig.model.ready();
      rig.model.used(usage);
      await rig.settle();
      expect(events).toContainEqual({ type: 'used', usage });
    });

    rule(
      '[SE14] a lost model is told once and last, and nothing throws after it',
      async (rig, { events }) => {
        rig.model.ready();
        await rig.settle();
        rig.model.hangUp();
        await rig.settle();
        expect(events.at(-1)).toMatchObject({ type: 'failed', error: { code: 'LIVE_CLOSED' } });
        useAll(rig.session);
        rig.session.close();
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
  });
}

function useAll(session: LiveSession): void {
  session.send(frame(1));
  session.prompt('anything');
  session.answerTool({ id: toolCallId('a'), name: 'x', response: {} });
}
