import { expect, test } from 'vitest';
import { scriptOf } from '../../src/simulator/model/script.ts';
import { freePort } from '../doubles/free-port.ts';
import { audioDir, wav, world } from './rig.ts';

const whoAmI = scriptOf(
  {
    name: 'who-am-i',
    greeting: { say: 'Hello.' },
    turns: [
      {
        hears: 'Who am I?',
        steps: [{ call: { name: 'look_up_contact' } }, { call: { name: 'end_call', args: {} } }],
      },
    ],
  },
  audioDir,
);

test.concurrent.for<[string, Record<string, string>, number]>([
  ['a rehearsal knows the sample contacts', {}, 1],
  ['a real server knows none of them', { GEMINI_API_KEY: 'key', HOST: '127.0.0.1' }, 0],
])('%s', async ([, settings, found], context) => {
  const PORT = String(await freePort());
  const environment = { ...settings, PORT, PUBLIC_BASE_URL: `http://127.0.0.1:${PORT}` };
  const { place, told } = await world(context, { script: whoAmI }, environment);
  const call = place({ script: [{ say: wav('caller/yes') }] });
  await call.done;
  expect(told(call, 'tool-done')).toMatchObject([{ response: { found } }, { tool: 'end_call' }]);
});
