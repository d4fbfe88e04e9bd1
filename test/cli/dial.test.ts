import type { ServerResponse } from 'node:http';
import { stripVTControlCharacters } from 'node:util';
import { Router } from 'express';
import { expect, test, type TestContext } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { callId, turnId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { Notices } from '../../src/call/notices.ts';
import type { CallStatus } from '../../src/carrier/webhooks.ts';
import type { AttemptOutcome } from '../../src/campaign/attempt.ts';
import type { AttemptSeen } from '../../src/campaign/attempts-postgres.ts';
import type { SingleCall, SingleCalls } from '../../src/campaign/single-calls.ts';
import { dial, type DialOptions } from '../../src/cli/dial.ts';
import type { DialDesk } from '../../src/cli/dial-heard.ts';
import { apiRoutes } from '../../src/http/api-routes.ts';
import { callRoutes } from '../../src/http/call-routes.ts';
import { freePort } from '../doubles/free-port.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { GUARDED, OPEN, served } from '../http/served.ts';
import { numberOf } from '../campaign/rig.ts';

const ASKED: DialOptions = { agent: 'Reminder', var: ['name=Ada', 'note=a=b'] };

const SEEN: Omit<AttemptSeen, 'status' | 'outcome'> = {
  ...{ id: 'a1', state: 'placed', callId: callId('CA1'), answeredBy: undefined },
};

async function office(context: TestContext, place?: SingleCalls['place'], operator = OPEN) {
  const placed: SingleCall[] = [];
  /** Of the attempt, as it is told when it is asked for. */
  const seen: { status?: CallStatus; outcome?: AttemptOutcome; asked: number } = { asked: 0 };
  const notices = new Notices(silentLog);
  const health = Router().get('/healthz', (_request, response) => void response.json({ status: 'alive' }));
  const { url } = await served(
    context,
    apiRoutes(notices, operator),
    health,
    callRoutes({
      calls: {
        place(call, signal) {
          placed.push(call);
          return place?.(call, signal) ?? Promise.resolve({ attempt: 'a1', call: callId('CA1') });
        },
      },
      switchboard: { isDraining: false },
      attempts: {
        find(id) {
          seen.asked += 1;
          const { status, outcome } = seen;
          return Promise.resolve(id === 'a1' ? { ...SEEN, status, outcome } : undefined);
        },
      },
      profileNamed: (name) =>
        name === 'Reminder'
          ? { name, direction: 'both', numbers: '*', onVoicemail: { do: 'hang-up' } }
          : undefined,
      ownNumbers: () => Promise.resolve([numberOf(1)]),
      operator,
    }),
  );
  return { placed, seen, notices, ...desk(url) };
}

function desk(baseUrl: string) {
  const out: string[] = [];
  const err: string[] = [];
  const told = new AbortController();
  const clock = new ManualClock();
  const made: DialDesk = {
    ...{ baseUrl, token: undefined, clock, told: told.signal },
    terminal: {
      ...{ columns: 120, isInteractive: false, output: process.stdout, ask: () => Promise.resolve('') },
      print: (line) => out.push(stripVTControlCharacters(line)),
      say: (line) => err.push(line),
    },
  };
  return { out, err, told, clock, desk: made };
}

test('the server is asked to call, with the variables', async (context) => {
  const { placed, out, err, desk } = await office(context);
  expect(await dial('+1 212 555 0100', ASKED, desk)).toBe(0);
  expect([out, err]).toEqual([['It is calling. Call CA1'], []]);
  expect(placed).toMatchObject([{ to: '+12125550100', variables: { name: 'Ada', note: 'a=b' } }]);
});

test('what is typed wrongly is all said, and nobody is asked', async (context) => {
  const { placed, err, desk } = await office(context);
  expect(await dial('555\u001b[2J', { agent: 'Reminder', var: ['name'], from: 'x' }, desk)).toBe(2);
  expect(err.map((line) => line.split(' ')[0])).toEqual(['dial', '--from', '--var']);
  expect([err.join('').includes('\u001b'), placed]).toEqual([false, []]);
});

test('no server, something else, another token, a refusal, an answer that nobody has', async (context) => {
  const nobody = desk(`http://127.0.0.1:${await freePort()}`);
  expect(await dial('+12125550100', ASKED, nobody.desk)).toBe(1);
  expect(nobody.err).toEqual([
    expect.stringMatching(/^Nothing answers at http.*; start one: npm start .*ECONNREFUSED/),
  ]);

  const { url } = await served(context);
  const other = desk(url);
  expect(await dial('+12125550100', ASKED, other.desk)).toBe(1);
  expect(other.err).toEqual([expect.stringContaining('answers something else than Liveline (HTTP 404)')]);

  const guarded = await office(context, undefined, GUARDED);
  expect(await dial('+12125550100', ASKED, guarded.desk)).toBe(1);
  expect(guarded.err).toEqual([expect.stringMatching(/^Nobody was called: send the OPERATOR_TOKEN/)]);

  const refused = await office(context, () =>
    Promise.reject(new LivelineError('DIAL_REFUSED', 'they opted out')),
  );
  expect(await dial('+12125550100', ASKED, refused.desk)).toBe(1);
  expect(await dial('+12125550100', { ...ASKED, agent: 'Nobody' }, refused.desk)).toBe(2);
  expect(refused.err).toEqual([
    'Nobody was called: they opted out',
    'Nobody was called: --agent: there is no profile of this name',
  ]);

  const inDoubt = await office(context, () => Promise.resolve({ attempt: 'a1', call: undefined }));
  expect(await dial('+12125550100', { ...ASKED, follow: true }, inDoubt.desk)).toBe(0);
  expect(inDoubt.out).toEqual([expect.stringMatching(/^The carrier has not answered: .* Attempt a1$/)]);
});

test('a call is followed to its end; others are not told', async (context) => {
  const { notices, seen, clock, out, desk } = await office(context, () => {
    publish('CA1', 'Early.', 0);
    publish('CA2', 'Of another.', 0);
    return Promise.resolve({ attempt: 'a1', call: callId('CA1') });
  });
  const publish = (id: string, text: string, n: number): void =>
    notices.publish({
      ...{ type: 'transcript', callId: callId(id), atMs: 1 },
      entry: { ...{ n, who: 'agent', atMs: 1, turn: turnId(1), text }, state: 'done', heard: text },
    });
  const following = dial('+12125550100', { ...ASKED, follow: true }, desk);
  while (out.length === 0) await new Promise(setImmediate);
  publish('CA1', 'Later.', 1);
  notices.publish({
    type: 'call-ended',
    callId: callId('CA1'),
    atMs: 2,
    reason: 'caller-hung-up',
    durationMs: 2,
    watchdog: {},
  });
  seen.outcome = 'human';
  clock.advance(1_000);
  expect(await following).toBe(0);
  const told = out.join('\n');
  for (const words of [
    ...['It is calling. Call CA1', 'Early.', 'Later.', 'call ended: caller hung up'],
    'What came of it: human',
  ])
    expect(told).toContain(words);
  expect(told).not.toContain('Of another.');
});

test('it rings, and nobody answers: it ends with what came of it', async (context) => {
  const { seen, clock, out, desk } = await office(context);
  const following = dial('+12125550100', { ...ASKED, follow: true }, desk);
  while (clock.pending < 2) await new Promise(setImmediate);
  seen.status = 'ringing';
  clock.advance(1_000);
  while (out.length < 2) await new Promise(setImmediate);
  [seen.status, seen.outcome] = ['no-answer', 'no-answer'];
  clock.advance(1_000);
  expect(await following).toBe(0);
  expect(out).toEqual(['It is calling. Call CA1', 'It rings.', 'What came of it: no-answer']);
  expect(clock.pending).toBe(0);
});

test('what is never settled is not waited for ever; Ctrl-C ends it at once', async (context) => {
  const patient = await office(context);
  const following = dial('+12125550100', { ...ASKED, follow: true }, patient.desk);
  while (patient.clock.pending < 2) await new Promise(setImmediate);
  patient.clock.advance(90_000);
  expect(await following).toBe(0);
  expect(patient.out.at(-1)).toBe('What came of it is not known yet.');

  const stopped = await office(context);
  const waiting = dial('+12125550100', { ...ASKED, follow: true }, stopped.desk);
  while (stopped.clock.pending < 2) await new Promise(setImmediate);
  stopped.told.abort();
  expect([await waiting, stopped.clock.pending, stopped.out.length]).toEqual([0, 0, 1]);
});

test('a server that dies while they talk is not waited for ever', async (context) => {
  const answered = { type: 'call-started', callId: 'CA1', atMs: 1, profile: 'Reminder' };
  const feeds: ServerResponse[] = [];
  const { url } = await served(
    context,
    Router()
      .get('/healthz', (_request, response) => void response.json({ status: 'alive' }))
      .get('/api/v1/notices', (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.flushHeaders();
        feeds.push(response);
      })
      .post('/api/v1/calls', (_request, response) => {
        response.status(201).json({ attempt: 'a1', callId: 'CA1' });
      }),
  );
  const { clock, out, desk: made } = desk(url);
  const following = dial('+12125550100', { ...ASKED, follow: true }, made);
  while (clock.pending < 2) await new Promise(setImmediate);
  feeds[0]!.write(`data: ${JSON.stringify(answered)}\n\n`);
  // Who talks is not hurried.
  while (clock.pending > 1) await new Promise(setImmediate);
  feeds[0]!.destroy();
  while (clock.pending < 2) await new Promise(setImmediate);
  clock.advance(15_000);
  expect(await following).toBe(0);
  expect([out.at(-1), clock.pending]).toEqual(['What came of it is not known yet.', 0]);
});
