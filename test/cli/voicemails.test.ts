import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { showCall } from '../../src/cli/calls.ts';
import { listVoicemails, saveVoicemail } from '../../src/cli/voicemails.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';
import { voicemail } from '../http/served.ts';
import { record, rig } from './calls-rig.ts';

const TROUBLED = voicemail('RE2', {
  ...{ from: 'evil\u001b[2J', words: 'failed', transcript: null, sound: 'lost' },
  deliveries: [
    { to: 'a@example.com', state: 'failed', cause: 'DELIVERY_REFUSED: it answers 550' },
    { to: 'https://hooks.example/x', state: 'in-doubt', cause: null },
  ],
});

test('the list: who and when, what was said, who has it; nothing in it steers the terminal', async () => {
  const { desk, out, voicemails, asked, state } = rig([]);
  voicemails.push(voicemail('RE1'), TROUBLED);
  expect(await listVoicemails({ number: '+1 555 010-0123', call: ' CA1', utc: true }, desk)).toBe(0);
  expect(asked).toEqual([
    { number: '+15550100123', profile: undefined, call: 'CA1', limit: 20, cursor: undefined },
  ]);
  expect(out).toEqual([
    '2026-01-31 08:00  +15550100123 → receptionist  0:12  (rehearsal)',
    '  “Please call me back.”',
    '  desk@example.com: delivered',
    '  RE1',
    '',
    '2026-01-31 08:00  evil\\x1b[2J → receptionist  0:12  (rehearsal)',
    '  THE CARRIER DID NOT GIVE ITS SOUND: look for it there · its words could not be written down',
    '  a@example.com: NOT DELIVERED, for good (DELIVERY_REFUSED: it answers 550)',
    '  https://hooks.example/x: may or may not be delivered: ask there',
    '  RE2',
    '',
    'The sound of one: liveline voicemails save <id> <file>',
  ]);
  expect(state).toEqual({ opened: 1, closed: 1 });
});

test('as JSON; none; asked wrongly', async () => {
  const one = rig([]);
  one.voicemails.push(voicemail('RE1'));
  expect(await listVoicemails({ json: true }, one.desk)).toBe(0);
  expect(JSON.parse(one.out.join('\n'))).toEqual({ voicemails: [voicemail('RE1')], next: null });
  const none = rig([]);
  expect(await listVoicemails({}, none.desk)).toBe(0);
  expect(await listVoicemails({ profile: 'x' }, none.desk)).toBe(0);
  expect(none.out).toEqual(['No voicemails yet.', 'No voicemails match this.']);
  expect(await listVoicemails({ limit: '900', number: '12' }, none.desk)).toBe(2);
  expect(none.state.opened).toBe(2);
});

test('the sound into a file of its owner, never over one that is there', async (context) => {
  const file = join(freshFolder(context), 'message.wav');
  const { desk, out, err, sounds } = rig([]);
  sounds.set('RE1', Buffer.from('RIFF'));
  expect(await saveVoicemail('RE1', file, desk)).toBe(0);
  expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['RIFF', 0o600]);
  expect(out).toEqual([`${file}: 4 bytes`]);
  expect(await saveVoicemail('RE1', file, desk)).toBe(1);
  expect(await saveVoicemail('RE2', `${file}2`, desk)).toBe(1);
  expect(err).toEqual([expect.stringContaining('cannot be written'), 'there is no such sound']);
});

test('a call’s record shows the messages that were left in it', async () => {
  const call = record();
  const { desk, out, voicemails, asked } = rig([call]);
  voicemails.push(voicemail('RE1'), TROUBLED);
  expect(await showCall(call.id, { utc: true }, desk)).toBe(0);
  expect(asked).toMatchObject([{ call: call.id }]);
  const shown = out.map(stripVTControlCharacters);
  const from = shown.findIndex((line) => line.startsWith('voicemail'));
  expect(shown.slice(from, from + 7)).toEqual([
    'voicemail  0:12 · “Please call me back.”',
    '           desk@example.com: delivered',
    '           liveline voicemails save RE1 message.wav',
    'voicemail  0:12 · THE CARRIER DID NOT GIVE ITS SOUND: look for it there · its words could not be written down',
    '           a@example.com: NOT DELIVERED, for good (DELIVERY_REFUSED: it answers 550)',
    '           https://hooks.example/x: may or may not be delivered: ask there',
    '           liveline voicemails save RE2 message.wav',
  ]);
});
