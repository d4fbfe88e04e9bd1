// Who answers a request of the carrier: decided here, with the other nodes as servers that say who they are.
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test, type TestContext } from 'vitest';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { callId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { STOPPING, type Answered } from '../../src/http/handing-on.ts';
import { NODE_HEADER } from '../../src/http/node-listener.ts';
import { OtherNodes, toldOnce } from '../../src/http/other-nodes.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { leastLoaded, type OtherNode } from '../../src/store/nodes/node.ts';

const CALL = callId('CA1');
const asked = (named?: string) => ({
  ...{ id: CALL, named, withinMs: 1_000 },
  post: {
    target: '/twilio/after-stream',
    signature: undefined,
    contentType: undefined,
    body: Buffer.from('x'),
  },
});

interface Options {
  readonly others?: readonly Partial<OtherNode>[];
  /** Of the call, by the journal; `away`: nobody can say. */
  readonly owner?: string | undefined;
  readonly isHere?: boolean;
  /** By the journal, once it could not be taken up here; left out: it can. */
  readonly lostTo?: string | undefined;
  readonly isDraining?: boolean;
  readonly hasRoom?: boolean;
  readonly clock?: Clock;
  /** What nodes answer, by their keys; left out: their keys. */
  readonly says?: Readonly<Record<string, Answered>>;
}

/** Each other answers with its own key, unless it has no address. */
async function rig(
  context: TestContext,
  {
    others = [],
    owner: written,
    lostTo,
    isHere = false,
    isDraining = false,
    hasRoom = true,
    clock = systemClock,
    says = {},
  }: Options,
) {
  let owner = written;
  const nodes: OtherNode[] = [];
  /** Who was asked, in turn, by their keys. */
  const reached: string[] = [];
  for (const other of others) {
    const key = other.key!;
    const server = createServer((_request, response) => {
      reached.push(key);
      response.setHeader(NODE_HEADER, key);
      response.statusCode = says[key]?.status ?? 200;
      response.end(says[key]?.body ?? key);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    context.onTestFinished(() => void server.close());
    nodes.push({
      ...{ node: `i/${key}`, key, name: key, publicUrl: 'http://x', startedAt: new Date(0), agoMs: 0 },
      ...{ calls: 0, capacity: undefined, isDraining: false, lagMs: 0, life: 'alive' },
      address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ...other,
    });
  }
  /** Of whom it hears once it asks. */
  const comes: OtherNode[] = [];
  const taken: string[] = [];
  const questions: string[] = [];
  const calls = {
    ...{ has: () => isHere, isDraining, hasRoom },
    takeUp(id: string) {
      taken.push(id);
      if (lostTo !== undefined) owner = lostTo;
      return Promise.resolve(lostTo === undefined);
    },
  };
  const other = (which: string): OtherNode | undefined =>
    nodes.find(({ node, key }) => node === which || key === which);
  const found = new OtherNodes({
    nodes: {
      get isAlone() {
        return nodes.every(({ life }) => life === 'dead');
      },
      other,
      find(which) {
        nodes.push(...comes.splice(0));
        return Promise.resolve(other(which));
      },
      pick: (besides?: readonly string[]) =>
        leastLoaded(nodes.filter(({ node }) => !besides?.includes(node))),
      heir: () => leastLoaded(nodes, (node) => !node.isDraining),
    },
    journals: {
      ownerOf(id) {
        questions.push(id);
        return owner === 'away' ? Promise.reject(new Error('away')) : Promise.resolve(owner);
      },
    },
    ...{ calls, clock, log: silentLog },
  });
  const whose = async (named?: string) => (await found.ofOwner(asked(named)))?.body.toString();
  return { found, whose, taken, questions, reached, calls, nodes, comes };
}

const A = { key: 'aaaaaaaa' };
const B = { key: 'bbbbbbbb' };
const NOWHERE = 'http://127.0.0.1:1';

test('alone, nobody is asked', async (context) => {
  const { whose, questions } = await rig(context, { owner: 'i/aaaaaaaa', others: [{ ...A, life: 'dead' }] });
  expect(await whose('aaaaaaaa')).toBeUndefined();
  expect(questions).toEqual([]);
});

test('of one that has come a moment ago, and gave the URL', async (context) => {
  const { whose, nodes, comes } = await rig(context, { others: [A] });
  comes.push(...nodes.splice(0));
  expect(await whose('aaaaaaaa')).toBe('aaaaaaaa');
});

test('a call that is here is here, whatever anybody has written', async (context) => {
  const { whose, questions } = await rig(context, { owner: 'i/aaaaaaaa', others: [A], isHere: true });
  expect(await whose('aaaaaaaa')).toBeUndefined();
  expect(questions).toEqual([]);
});

test.for<[string, Options, string | undefined, string | undefined]>([
  ['by the journal', { owner: 'i/aaaaaaaa' }, undefined, 'aaaaaaaa'],
  ['by the journal, as the call has moved since', { owner: 'i/bbbbbbbb' }, 'aaaaaaaa', 'bbbbbbbb'],
  ['by the URL, where nothing is written down', {}, 'aaaaaaaa', 'aaaaaaaa'],
  ['by the URL, while the database is away', { owner: 'away' }, 'aaaaaaaa', 'aaaaaaaa'],
  ['ours', { owner: 'i/own' }, 'aaaaaaaa', undefined],
  ['nobody’s', {}, undefined, undefined],
  ['of one that is gone', { owner: 'i/gone' }, 'aaaaaaaa', undefined],
  ['of a dead one', { owner: 'i/aaaaaaaa', others: [{ ...A, life: 'dead' }, B] }, undefined, undefined],
  [
    'of one that may be there',
    { owner: 'i/aaaaaaaa', others: [{ ...A, life: 'unknown' }, B] },
    undefined,
    'aaaaaaaa',
  ],
  [
    'of one that does not answer',
    { owner: 'i/aaaaaaaa', others: [{ ...A, address: NOWHERE }, B] },
    undefined,
    undefined,
  ],
])('whose it is: %s', async ([, options, named, expected], context) => {
  const { whose, taken } = await rig(context, { others: [A, B], ...options });
  expect(await whose(named)).toBe(expected);
  expect(taken, 'taking up is another question').toEqual([]);
});

test.for<[string, Options, readonly string[]]>([
  ['of nobody', {}, []],
  ['of one that has answered it', { owner: 'i/aaaaaaaa' }, []],
  ['of one that is gone', { owner: 'i/gone' }, [CALL]],
  ['of one that does not answer', { owner: 'i/aaaaaaaa', others: [{ ...A, address: NOWHERE }] }, [CALL]],
  ['of our own, from before', { owner: 'i/own' }, [CALL]],
])('to be answered: one %s', async ([, options, expected], context) => {
  const { found, taken } = await rig(context, { others: [A], ...options });
  await found.ofOwner({ ...asked(), isAnswer: true });
  expect(taken).toEqual(expected);
});

test.for<[string, Options, boolean]>([
  ['another node may have decided it', { others: [A] }, true],
  ['nobody else is there', {}, false],
  ['the call is here', { others: [A], isHere: true }, false],
])('whether what was decided is waited for: %s', async ([, options, isWaitedFor], context) => {
  const clock = new ManualClock();
  const { found } = await rig(context, { ...options, clock });
  const written = found.written(CALL);
  expect(clock.pending).toBe(isWaitedFor ? 1 : 0);
  clock.advance(500);
  await written;
});

test('taken up here, once it is not here', async (context) => {
  const { found, taken } = await rig(context, { others: [A] });
  expect(await found.takeUp(asked())).toBeUndefined();
  expect(taken).toEqual([CALL]);
  const here = await rig(context, { others: [A], isHere: true });
  expect(await here.found.takeUp(asked())).toBeUndefined();
  expect(here.taken).toEqual([]);
});

test.for<[string, string, string | undefined]>([
  ['another that has just done so', 'i/bbbbbbbb', 'bbbbbbbb'],
  ['one that is gone again', 'i/gone', undefined],
  ['nobody: it is over', '', undefined],
])('not taken up here, but by %s', async ([, lostTo, expected], context) => {
  const { found, taken, questions } = await rig(context, { others: [A, B], owner: 'i/gone', lostTo });
  expect((await found.takeUp(asked()))?.body.toString()).toBe(expected);
  expect([taken, questions], 'asked once more').toEqual([[CALL], [CALL]]);
});

test.for<[string, readonly Partial<OtherNode>[], string | undefined]>([
  [
    'by the one with the fewest calls',
    [
      { ...A, calls: 2 },
      { ...B, calls: 1 },
    ],
    'bbbbbbbb',
  ],
  ['by one that is full, where no other is', [{ ...A, calls: 2, capacity: 1 }], 'aaaaaaaa'],
  ['here, where all drain', [{ ...A, isDraining: true }], undefined],
  ['here, where nobody answers', [{ ...A, address: NOWHERE }], undefined],
])('draining, it is taken up %s', async ([, others, expected], context) => {
  const { found, taken } = await rig(context, { others, isDraining: true });
  expect((await found.takeUp(asked()))?.body.toString()).toBe(expected);
  expect(taken).toEqual(expected === undefined ? [CALL] : []);
});

test('a new call goes to another only where this one has no room, and one other has', async (context) => {
  const full = await rig(context, { others: [{ ...A, calls: 1, capacity: 1 }], hasRoom: false });
  expect([full.found.isFull, await full.found.instead(asked())]).toEqual([true, undefined]);
  const draining = await rig(context, { others: [A], isDraining: true });
  expect([draining.found.isFull, (await draining.found.instead(asked()))?.body.toString()]).toEqual([
    true,
    'aaaaaaaa',
  ]);
  expect((await rig(context, { others: [A] })).found.isFull).toBe(false);
});

test.for<[string, Options, string | undefined, readonly string[]]>([
  ['nothing is written of it: to be answered here', {}, undefined, []],
  ['nobody can say: to be answered here', { owner: 'away' }, undefined, []],
  ['it has answered all the same: gone on with here', { owner: 'i/aaaaaaaa' }, undefined, [CALL]],
  ['a third has it by now: theirs', { owner: 'i/bbbbbbbb' }, 'bbbbbbbb', []],
])('a new call, and the node with room does not answer; %s', async ([, options, expected, up], context) => {
  const others = [
    { ...A, address: NOWHERE },
    { ...B, calls: 1, capacity: 1 },
  ];
  const { found, taken } = await rig(context, { others, hasRoom: false, ...options });
  expect((await found.instead(asked('aaaaaaaa')))?.body.toString()).toBe(expected);
  expect(taken).toEqual(up);
});

test('a call that was taken up here is new to nobody', async (context) => {
  const { found, questions } = await rig(context, { others: [A], isHere: true, isDraining: true });
  expect(await found.instead(asked())).toBeUndefined();
  expect(questions).toEqual([]);
});

/** Of a node that has failed: nobody knows what it did before. */
const FAILED: Answered = { ...STOPPING, body: Buffer.from('{"error":"DATABASE_UNAVAILABLE"}') };

test.for<[string, Options, string | undefined, readonly string[]]>([
  ['has begun to drain: the next', { says: { [A.key]: STOPPING } }, B.key, [A.key, B.key]],
  [
    'drains, and so does the next: to be answered here',
    { says: { [A.key]: STOPPING, [B.key]: STOPPING } },
    ...([undefined, [A.key, B.key]] as const),
  ],
  ['fails: to be answered here', { says: { [A.key]: FAILED } }, undefined, [A.key]],
])('a new call, and the node with room %s', async ([, options, expected, asks], context) => {
  const { found, reached, taken } = await rig(context, {
    ...{ others: [A, { ...B, calls: 1 }], hasRoom: false, ...options },
  });
  expect((await found.instead(asked()))?.body.toString()).toBe(expected);
  expect([reached, taken]).toEqual([asks, []]);
});

test('a node that drains takes up nothing and answers nothing in the name of a call that is new', async (context) => {
  const { whose, found, taken } = await rig(context, {
    ...{ others: [A], owner: 'i/aaaaaaaa', says: { [A.key]: STOPPING } },
  });
  expect(await whose()).toBeUndefined();
  expect(taken).toEqual([]);
  await found.ofOwner({ ...asked(), isAnswer: true });
  expect(taken).toEqual([CALL]);
});

test('what was handed on to a node that drains is refused where it is new, and only there', async (context) => {
  const { calls } = await rig(context, { isDraining: true });
  const told = toldOnce(calls);
  expect([told.isFull, await told.instead(asked()), await told.ofOwner(asked())]).toEqual([
    ...[true, STOPPING, undefined],
  ]);
  expect(await toldOnce({ ...calls, has: () => true }).instead(asked())).toBeUndefined();
});

test('what was handed on is not handed on again, and taken up where it is', async (context) => {
  const { calls, taken } = await rig(context, {
    others: [A],
    hasRoom: false,
    owner: 'i/aaaaaaaa',
  });
  const told = toldOnce(calls);
  expect(told.isFull).toBe(false);
  expect([
    await told.ofOwner(asked('aaaaaaaa')),
    await told.instead(asked()),
    await told.takeUp(asked()),
  ]).toEqual([...[undefined, undefined, undefined]]);
  expect(taken).toEqual([CALL]);
});
