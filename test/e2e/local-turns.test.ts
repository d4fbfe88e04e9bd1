// Local turn-taking end to end: this server hears the caller, tells the model, lowers the agent's voice and cuts it off.
import { expect, test } from 'vitest';
import { agentsWith, durationMs, wav, world } from './rig.ts';

test.concurrent(
  'a caller interrupts: lowered, cut, heard by the model, and answered',
  { timeout: 60_000 },
  async (context) => {
    const { place, told, model, log } = await world(
      context,
      {},
      { AGENTS_DIR: agentsWith('turn_taking: local', context) },
    );
    const call = place({
      script: [
        { say: wav('caller/hello-opening-hours') },
        { say: wav('caller/interrupt'), when: { agentSpokeForMs: 3_000 } },
        { say: wav('caller/thanks-goodbye') },
        { hangUp: true, when: 'agentQuiet' },
      ],
    });
    const outcome = await call.done;
    expect(outcome.errors).toEqual([]);
    expect(told(call, 'session-switching'), 'the model took everything it was sent').toEqual([]);
    const [bargeIn, ...more] = told(call, 'barge-in');
    expect(more).toEqual([]);
    expect(told(call, 'sound-over-agent').map(({ is }) => is)).toContain('speech');
    expect(bargeIn!.heardMs).toBeLessThan(durationMs('agent/opening-hours') - 1_000);
    const { events } = model.sessions[0]!;
    expect(events.filter(({ type }) => type === 'interrupted')).toHaveLength(1);
    const said = told(call, 'transcript').map(({ entry }) => entry);
    expect(
      said
        .filter(({ who }) => who === 'caller')
        .map(({ text }) => text)
        .join(' '),
    ).toMatch(/open on Saturdays.*appointment/s);
    expect(log.join('\n')).not.toMatch(/"level":"(error|warn)"/);
  },
);

test.concurrent(
  'our own voice, coming back at -12 dB, is not taken for the caller',
  { timeout: 60_000 },
  async (context) => {
    const { place, told, model } = await world(
      context,
      {},
      { AGENTS_DIR: agentsWith('turn_taking: local', context) },
    );
    const call = place({
      script: [
        { say: wav('caller/hello-opening-hours') },
        { say: wav('caller/thanks-goodbye') },
        { hangUp: true, when: 'agentQuiet' },
      ],
      faults: { stream: { echo: { db: -12, delayMs: 180 } } },
    });
    const outcome = await call.done;
    expect(outcome.errors).toEqual([]);
    expect(told(call, 'barge-in')).toEqual([]);
    const { events } = model.sessions[0]!;
    expect(events.filter(({ type }) => type === 'interrupted')).toEqual([]);
    expect(
      events.filter(({ type }) => type === 'speechStarted'),
      'nothing but what the caller said',
    ).toHaveLength(2);
    expect(outcome.heardMs).toBeGreaterThan(
      durationMs('agent/greeting') + durationMs('agent/opening-hours') - 100,
    );
  },
);

test.concurrent(
  'a “yes” over the guarded beginning of the greeting interrupts nothing, with either detector',
  { timeout: 60_000 },
  async (context) => {
    for (const turnTaking of ['server', 'local']) {
      const agents = agentsWith(`turn_taking: ${turnTaking}\nbarge_in: { greeting_guard_ms: 2000 }`, context);
      const { place, told, model } = await world(context, {}, { AGENTS_DIR: agents });
      const call = place({
        script: [
          { say: wav('caller/yes'), when: { agentSpokeForMs: 300 } },
          { say: wav('caller/hello-opening-hours') },
        ],
      });
      await call.until('agentQuiet');
      expect(told(call, 'barge-in')).toEqual([]);
      expect(Math.abs(call.heardMs - durationMs('agent/greeting'))).toBeLessThanOrEqual(80);
      await model.sessions[0]!.until('speechEnded');
      await model.sessions[0]!.until('replied', ({ greeting }) => !greeting);
      expect(model.sessions[0]!.events.filter(({ type }) => type === 'speechStarted')).toHaveLength(1);
      call.hangUp();
      await call.done;
    }
  },
);

test.concurrent(
  'who talks over the greeting is answered, whether the model speaks it or it was kept; what was cut off is not kept',
  { timeout: 90_000 },
  async (context) => {
    const agents = agentsWith('turn_taking: local', context);
    const { place, told, model } = await world(context, { setupMs: 800 }, { AGENTS_DIR: agents });
    const interrupting = async (): Promise<readonly string[]> => {
      const call = place({
        script: [{ say: wav('caller/hello-opening-hours'), when: { agentSpokeForMs: 600 } }],
      });
      const spoke = await call.until('saidEnd');
      await call.until('agentStarted', ({ atMs }) => atMs > spoke.atMs);
      call.hangUp();
      expect(await call.done).toMatchObject({ errors: [] });
      const [bargeIn, ...more] = told(call, 'barge-in');
      expect(more).toEqual([]);
      expect(bargeIn!.heardMs).toBeLessThan(durationMs('agent/greeting') - 1_000);
      expect(model.sessions.at(-1)!.events.filter(({ type }) => type === 'speechStarted')).toHaveLength(1);
      const said = new Map(told(call, 'transcript').map(({ entry }) => [entry.n, entry]));
      const [greeting, question, answer] = [...said.values()];
      expect(greeting).toMatchObject({ who: 'agent', state: 'cut' });
      expect(question).toMatchObject({ who: 'caller', text: expect.stringMatching(/Saturday/) as string });
      expect(answer).toMatchObject({ who: 'agent', text: expect.stringMatching(/^On Saturdays/) as string });
      return told(call, 'greeting-played').map(({ from }) => from);
    };
    expect(await interrupting()).toEqual([]);
    const whole = place();
    await whole.until('agentQuiet');
    whole.hangUp();
    await whole.done;
    expect(told(whole, 'greeting-played'), 'what was cut off was not kept').toEqual([]);
    expect(await interrupting()).toEqual(['cache']);
  },
);
