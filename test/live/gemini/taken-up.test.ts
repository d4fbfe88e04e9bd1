// A conversation that another process began: by which way and memory it is gone on with, and what the model is told first.
import { describe, expect, test } from 'vitest';
import { toolCallId } from '../../../src/base/ids.ts';
import type { Api } from '../../../src/live/gemini/access.ts';
import type { Ending } from '../../../src/live/gemini/close-policy.ts';
import { takenUpFrom } from '../../../src/live/gemini/taken-up.ts';
import type { ModelMemory, Resumption } from '../../../src/live/session.ts';
import { calls, CLOSED, COMPLETE, converse, handle, READY, sound, summary } from './conversation-rig.ts';

const HOUR_MS = 3_600_000;
const memory: ModelMemory = {
  ...{ handle: 'h-1', model: 'models/gemini-3.8-live', atMs: 0, known: 1, waitsFor: [] },
};
const call = { id: toolCallId('a'), name: 'look_up', args: {} };
const UNKNOWN: Ending = { is: 'closed', code: 1008, reason: 'session not found' };

/** Said before, the last of it after the handle; the first connection is dialled. */
function gone(left: Partial<Resumption> = {}, epochMs = 0) {
  const rig = converse({ wanted: { resume: { memory, pending: [], ...left } }, epochMs });
  rig.said.push(
    { who: 'agent', text: 'Hello, this is Harbour Dental.' },
    { who: 'caller', text: 'Are you open?' },
  );
  rig.clock.advance(0);
  return rig;
}

describe('by which way', () => {
  const ways = (count: number, api: Api = 'developer') =>
    converse({ ways: count }).ways.map((way) => ({ ...way, access: { ...way.access, api } }));
  const from = (left: ModelMemory | undefined, among: ReturnType<typeof ways>, epochMs = 0) =>
    takenUpFrom({ memory: left, pending: [] }, among, epochMs);

  test('that which knows the model by this name, with the handle', () => {
    const [first] = ways(1);
    const other = { ...first!, setup: { ...first!.setup, model: 'projects/p/models/gemini-3.8-live' } };
    expect(from(memory, [other, first!])).toEqual({ way: 1, handle: 'h-1' });
    expect(from({ ...memory, model: other.setup.model }, [other, first!])).toEqual({ way: 0, handle: 'h-1' });
  });

  test('the preferred one and no handle: another model, or no memory', () => {
    expect(from({ ...memory, model: 'models/another' }, ways(2))).toEqual({ way: 0, handle: undefined });
    expect(from(undefined, ways(2))).toEqual({ way: 0, handle: undefined });
  });

  test.each([
    ['developer', 2 * HOUR_MS],
    ['cloud', 24 * HOUR_MS],
  ] as const)('%s: a handle is good for %i ms', (api, goodForMs) => {
    expect(from(memory, ways(1, api), goodForMs - 1).handle).toBe('h-1');
    expect(from(memory, ways(1, api), goodForMs).handle).toBeUndefined();
  });
});

describe('the first dial', () => {
  test('by the handle, as the same model; what was said last is told, and nothing is asked', () => {
    const rig = gone();
    expect(rig.last().setup.sessionResumption).toEqual({ handle: 'h-1' });
    rig.receive(READY);
    expect(rig.told).toEqual(['ready, memory kept']);
    const [note, ...more] = summary(rig.sent());
    expect(note).toMatch(
      /^note \[The connection was renewed\.[^]*Caller: Are you open\?[^]*do not greet again/,
    );
    expect(more).toEqual([]);
  });

  test('is not waited for as long as a ringing phone would: the caller is on the line', () => {
    expect(gone().last().setupTimeoutMs).toBe(5_000);
  });

  test.each([
    ['no memory', () => gone({ memory: undefined })],
    ['one that is too old', () => gone({}, 2 * HOUR_MS)],
    ['that of another model', () => gone({ memory: { ...memory, model: 'models/another' } })],
  ])('%s: a new model is told what was said, as history, and nothing is asked', (_name, opened) => {
    const rig = opened();
    expect(rig.dialled).toHaveLength(1);
    expect(rig.last().setup.sessionResumption).toEqual({});
    rig.receive(READY);
    expect(rig.told).toEqual(['ready, memory told']);
    expect(summary(rig.sent())).toEqual([
      'history model: Hello, this is Harbour Dental. / user: Are you open?',
    ]);
  });

  test('refused as unknown: a new model at the next dial, told what was said', () => {
    const rig = gone();
    rig.end(UNKNOWN);
    rig.clock.advance(1_000);
    expect(rig.dialled.map(({ setup }) => setup.sessionResumption)).toEqual([{ handle: 'h-1' }, {}]);
    rig.receive(READY);
    expect(rig.told).toEqual(['ready, memory told']);
    expect(summary(rig.sent())).toEqual([
      'history model: Hello, this is Harbour Dental. / user: Are you open?',
    ]);
  });

  test('refused for the old socket, which is believed to live: tried as a lost connection is, then anew', () => {
    const rig = gone();
    for (let dials = 1; dials < 4; dials += 1) {
      rig.end(CLOSED);
      rig.clock.advance(2_000);
      expect(rig.dialled).toHaveLength(dials + 1);
    }
    expect(rig.dialled.map(({ setup }) => setup.sessionResumption?.handle)).toEqual([
      ...['h-1', 'h-1', 'h-1', undefined],
    ]);
    rig.receive(READY);
    expect(rig.told).toEqual(['ready, memory told']);
  });

  test('a model that is gone is told after half a minute, once', () => {
    const rig = gone();
    for (let waitedMs = 0; waitedMs < 60_000 && !rig.told.includes('failed'); waitedMs += 500) {
      if (rig.dialled.length > 0) rig.end({ is: 'unreachable', cause: new Error('ECONNREFUSED') });
      rig.clock.advance(500);
    }
    expect(rig.told).toEqual(['failed']);
  });

  test('a prompt given before is asked once, after the note', () => {
    const rig = gone();
    rig.session.prompt('Go on.');
    rig.receive(READY);
    expect(summary(rig.sent()).map((line) => line.slice(0, 12))).toEqual(['note [The co', 'ask Go on.']);
  });

  test('closed before it: nobody is dialled', () => {
    const rig = converse({ wanted: { resume: { memory, pending: [] } } });
    rig.session.close();
    rig.clock.advance(60_000);
    expect(rig.dialled).toEqual([]);
  });
});

describe('calls of before', () => {
  const answer = (rig: ReturnType<typeof gone>): void =>
    rig.session.answerTool({ id: call.id, name: 'look_up', response: { found: 'Ada' } });
  const waiting = { ...memory, waitsFor: [{ id: call.id, name: 'look_up' }] };

  test('that still run: the model is told that the result follows, and it does, once', () => {
    const rig = gone({ memory: waiting, pending: [call] });
    rig.receive(READY);
    expect(summary(rig.sent())[0]).toMatch(/^answer a .*The result follows/);
    answer(rig);
    answer(rig);
    expect(summary(rig.sent()).filter((line) => line.includes('Ada'))).toEqual([
      expect.stringMatching(/^ask \[The result of look_up/) as string,
    ]);
  });

  test('that were answered before the process was gone, after the handle: dealt with', () => {
    const rig = gone({ memory: waiting });
    rig.receive(READY);
    expect(summary(rig.sent())[0]).toMatch(/^answer a .*was dealt with/);
  });

  test('without an id of the model’s: answered without one', () => {
    const unnamed = { ...memory, waitsFor: [{ id: toolCallId('unnamed-1'), name: 'look_up' }] };
    const rig = gone({ memory: unnamed });
    rig.receive(READY);
    expect(summary(rig.sent())[0]).toMatch(/^answer - /);
  });

  test('another one without an id is not taken for the one that is pending', () => {
    const rig = gone({ pending: [{ ...call, id: toolCallId('unnamed-2') }] });
    rig.receive(READY, calls(undefined));
    expect(rig.told.at(-1)).toBe('called unnamed-3');
  });

  test('answered before the model is there: told with the rest', () => {
    const rig = gone({ memory: waiting, pending: [call] });
    answer(rig);
    rig.receive(READY);
    expect(summary(rig.sent()).map((line) => line.split(' ')[0])).toEqual(['answer', 'note', 'ask']);
    expect(summary(rig.sent()).at(-1)).toContain('Ada');
  });

  test('a new model is told of the result alone', () => {
    const rig = gone({ memory: undefined, pending: [call] });
    rig.receive(READY);
    answer(rig);
    expect(summary(rig.sent()).map((line) => line.split(' ')[0])).toEqual(['history', 'ask']);
  });
});

test('lost again before another handle came: by the same one, and what it waits for is answered again', () => {
  const rig = gone({ memory: { ...memory, waitsFor: [{ id: call.id, name: 'look_up' }] } });
  rig.receive(READY);
  rig.end();
  // As after any connection that was never well.
  rig.clock.advance(250);
  rig.receive(READY);
  const sent = summary(rig.sent());
  expect(rig.dialled).toHaveLength(2);
  expect(rig.last().setup.sessionResumption).toEqual({ handle: 'h-1' });
  expect(sent[0]).toMatch(/^answer a .*was dealt with/);
});

test('what it tells of its own handles goes on from what was said in all', () => {
  const rig = gone();
  rig.receive(READY, sound(), COMPLETE, handle('h-2'));
  expect(rig.events.find(({ type }) => type === 'remembered')).toEqual({
    type: 'remembered',
    memory: { ...memory, handle: 'h-2', known: 2, atMs: expect.any(Number) as number },
  });
});
