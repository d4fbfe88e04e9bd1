// An operator whose page one server shows, and a call of another server on the same database: they listen to it, speak in it,
// whisper into it and transfer it as if it were here.
import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { silenceByte, MULAW_8K } from '../../src/audio/format.ts';
import { soundFromWav } from '../../src/audio/wav.ts';
import type { AuditPage } from '../../src/console/audit-entry.ts';
import type { ActsNow } from '../../src/console/call-commands.ts';
import { wav } from './rig.ts';
import { twoNodes, until } from './nodes-rig.ts';

vi.setConfig({ testTimeout: 120_000 });

const FRAME_BYTES = 160;
const SILENT = silenceByte(MULAW_8K);
const isLoud = (sound: Uint8Array): boolean => sound.some((code) => Math.abs(code - SILENT) > 20);

test('a call of another server is listened to, taken over and given back from here', async (context) => {
  const [here, there] = await twoNodes(context);
  const call = there.place({ patienceMs: 120_000 });
  await call.until('agentQuiet');
  const id = call.callSid;
  const acts = async (): Promise<ActsNow> =>
    (await (await here.ask('GET', `/api/v1/calls/${id}/acts`)).json()) as ActsNow;
  expect(await acts()).toMatchObject({ listen: null, takeOver: null, operator: null });

  const ear = here.open(`/console/listen?call=${id}`);
  const heard = { caller: false, agent: false };
  ear.on('message', (both: Buffer) => {
    heard.caller ||= isLoud(both.subarray(0, both.length / 2));
    heard.agent ||= isLoud(both.subarray(both.length / 2));
  });
  await once(ear, 'open');
  call.say(wav('caller/hello-opening-hours'));
  await until(() => expect(heard).toEqual({ caller: true, agent: true }));

  const voice = here.open(`/console/take-over?call=${id}`);
  const words: string[] = [];
  voice.on('message', (data: Buffer) => words.push((JSON.parse(data.toString()) as { type: string }).type));
  await until(() => expect(words).toEqual(['taken-over']));
  expect(await acts()).toMatchObject({ takeOver: 'taken', operator: 'operator' });
  heard.agent = false;
  const speech = soundFromWav(wav('caller/hello-opening-hours'), MULAW_8K);
  let at = 0;
  const speaking = setInterval(() => {
    const frame = Buffer.alloc(FRAME_BYTES, SILENT);
    frame.set(speech.subarray(at, at + FRAME_BYTES));
    at += FRAME_BYTES;
    voice.send(frame);
  }, 20);
  context.onTestFinished(() => clearInterval(speaking));
  // What the operator says is on the agent's side of the line.
  await until(() => expect(heard.agent).toBe(true));
  voice.send(JSON.stringify({ type: 'give-back', note: 'They want a cleaning.' }));
  await until(() => expect(words).toEqual(['taken-over', 'over']));
  expect(there.told(call, 'operator-took-over')).toMatchObject([{ by: 'operator' }]);
  expect(there.told(call, 'operator-gave-back')).toMatchObject([{ note: 'They want a cleaning.' }]);
  expect(here.told(call, 'operator-took-over')).toEqual([]);

  const note = { text: 'They are a member of the board.', answer: false };
  for (const path of ['whisper', 'notes'])
    expect((await here.ask('POST', `/api/v1/calls/${id}/${path}`, note)).status).toBe(202);
  expect(there.told(call, 'told')).toMatchObject([note, note]);
  const closed = once(ear, 'close');
  expect((await here.ask('POST', `/api/v1/calls/${id}/hang-up`)).status).toBe(202);
  expect((await closed)[0]).toBe(1000);
  await call.done;
  await until(async () => {
    const page = (await (await there.ask('GET', `/api/v1/audit?callId=${id}`)).json()) as AuditPage;
    expect(page.acts.map(({ action, outcome }) => `${action} ${outcome}`).toReversed()).toEqual([
      ...['listen-in done', 'take-over done', 'whisper done', 'whisper done', 'hang-up done'],
    ]);
  });
});

test('a server that is gone is gone for its listeners too, and one that is not there is nowhere', async (context) => {
  const [here, there] = await twoNodes(context);
  const call = there.place({ patienceMs: 120_000 });
  await call.until('agentQuiet');
  const ear = here.open(`/console/listen?call=${call.callSid}`);
  await once(ear, 'message');
  const closed = once(ear, 'close');
  await Promise.all([there.app.stop(), there.app.stop()]);
  expect([1000, 1011]).toContain((await closed)[0]);
  const [code, reason] = (await once(here.open(`/console/listen?call=${call.callSid}`), 'close')) as [
    number,
    Buffer,
  ];
  expect([code, String(reason)]).toEqual([1008, 'no call of this id is in progress']);
});
