// <Record> and what becomes of recordings, over loopback sockets.
import { afterEach, expect, test } from 'vitest';
import { readWav } from '../../../src/audio/wav.ts';
import { wavOf } from './dial.ts';
import { closeRigs, networkRig, said } from './network-rig.ts';

afterEach(closeRigs);

const RECORD = (more = ''): string =>
  `<Record action="/recorded" timeout="1" recordingStatusCallback="/ready"
    recordingStatusCallbackEvent="completed absent" ${more}/><Say>none</Say>`;

test('what the caller says is recorded until they are silent, and can be fetched and deleted', async () => {
  const { call, forms, rest } = await networkRig({ '/twilio/voice': RECORD() });
  const phone = call({ script: [{ say: wavOf(1_200) }] });
  await phone.done;
  const [recorded] = forms('/recorded');
  expect(recorded).toMatchObject({ RecordingDuration: '1', CallStatus: 'in-progress' });
  expect(recorded).not.toHaveProperty('Digits');
  const sid = recorded!['RecordingSid']!;
  expect(forms('/ready')).toEqual([
    expect.objectContaining({
      ...{ RecordingSid: sid, RecordingStatus: 'completed', RecordingDuration: '1', CallSid: phone.callSid },
      RecordingUrl: recorded!['RecordingUrl'],
    }),
  ]);
  const got = await rest('GET', `Recordings/${sid}.wav`);
  expect(got.headers.get('content-type')).toBe('audio/x-wav');
  const wav = readWav(new Uint8Array(await got.arrayBuffer()));
  expect(wav).toMatchObject({ sampleRateHz: 8_000 });
  expect(Math.abs(wav.channels[0]!.length - 1_200 * 8)).toBeLessThan(10);
  expect(Math.abs(wav.channels[0]![4_000]! - 8_000)).toBeLessThan(300);
  expect(await (await rest('GET', `Recordings/${sid}.json`)).json()).toMatchObject({
    ...{ sid, call_sid: phone.callSid, duration: '1' },
  });
  expect((await rest('DELETE', `Recordings/${sid}.json`)).status).toBe(204);
  expect((await rest('GET', `Recordings/${sid}.wav`)).status).toBe(404);
  expect((await rest('DELETE', `Recordings/${sid}.json`)).status).toBe(404);
  expect(said(phone)).toEqual([]);
});

test('a recording is not there at once, and only for the account', async () => {
  const { call, network, rest } = await networkRig({ '/twilio/voice': RECORD('maxLength="1"') });
  const phone = call({ script: [{ say: wavOf(3_000) }] });
  await phone.until('document');
  const [sid = ''] = network.recordingSids;
  expect((await rest('GET', `Recordings/${sid}.wav`)).status).toBe(404);
  await phone.done;
  expect((await rest('GET', `Recordings/${sid}`)).status).toBe(200);
  expect((await rest('PUT', `Recordings/${sid}`)).status).toBe(405);
  const stranger = await fetch(
    `${network.url}/2010-04-01/Accounts/${phone.accountSid}/Recordings/${sid}.wav`,
  );
  expect(stranger.status).toBe(401);
});

test('the silence around it is kept on demand', async () => {
  const { call, forms } = await networkRig({
    '/twilio/voice': RECORD('trim="do-not-trim" playBeep="false"'),
  });
  await call({ script: [{ say: wavOf(1_000), when: { afterMs: 600 } }] }).done;
  expect(forms('/recorded')).toEqual([
    expect.objectContaining({ RecordingDuration: expect.stringMatching(/^[34]$/) as string }),
  ]);
});

test('silence is no recording: the next verb, and the callback says so', async () => {
  const { call, forms } = await networkRig({ '/twilio/voice': RECORD() });
  const phone = call();
  await phone.done;
  expect(forms('/recorded')).toEqual([]);
  expect(forms('/ready')).toEqual([expect.objectContaining({ RecordingStatus: 'absent' })]);
  expect(said(phone)).toEqual(['none']);
});

test.each([
  ['a key ends it', [{ press: '#', when: { afterMs: 600 } }] as const, '#'],
  [
    'hanging up ends it, and the action is still asked',
    [{ hangUp: true, when: { afterMs: 600 } }] as const,
    'hangup',
  ],
])('%s', async (_, then, Digits) => {
  const { call, forms } = await networkRig({ '/twilio/voice': RECORD('playBeep="false"') });
  await call({ script: [{ say: wavOf(800), when: { afterMs: 100 } }, ...then] }).done;
  const CallStatus = Digits === 'hangup' ? 'completed' : 'in-progress';
  expect(forms('/recorded')).toEqual([
    expect.objectContaining({ Digits, CallStatus, RecordingDuration: '1' }),
  ]);
  expect(forms('/ready')).toEqual([expect.objectContaining({ RecordingStatus: 'completed' })]);
});
