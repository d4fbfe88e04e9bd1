// What is known of the messages that were left in a call: by the API, and as the command line prints it. Knows no case.
import { expect, vi, type TestContext } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { silentLog } from '../../../src/base/log.ts';
import { showCall } from '../../../src/cli/calls.ts';
import { createPostgresOptOuts } from '../../../src/records/opt-outs.ts';
import { createPostgresRecords } from '../../../src/records/postgres.ts';
import type { VoicemailEntry, VoicemailPage } from '../../../src/records/voicemail/entry.ts';
import { voicemailStore } from '../../../src/records/voicemail/voicemail.ts';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import { installationName } from '../../../src/store/installation.ts';
import { rig } from '../../cli/calls-rig.ts';
import type { Desk } from '../desk.ts';
import { openReady } from '../traces.ts';

export const pageOf = async (desk: Desk, call: PhoneCall): Promise<readonly VoicemailEntry[]> => {
  const response = await fetch(`${desk.app.publicBaseUrl}/api/v1/voicemails?call=${call.callSid}`);
  return ((await response.json()) as VoicemailPage).voicemails;
};

/** Once nothing more is to be done about it. */
export const over = (desk: Desk, call: PhoneCall): Promise<VoicemailEntry> =>
  vi.waitFor(
    async () => {
      const [entry, ...more] = await pageOf(desk, call);
      expect(entry).toMatchObject({ stage: 'over' });
      expect(more).toEqual([]);
      return entry!;
    },
    { timeout: 45_000, interval: 100 },
  );

/** As `liveline calls show` prints it. */
export async function shown(
  context: Pick<TestContext, 'onTestFinished'>,
  desk: Desk,
  dataDir: string,
  call: PhoneCall,
): Promise<string[]> {
  const database = await openReady(context, desk.databaseUrl, dataDir);
  const installation = await installationName(dataDir, silentLog);
  const { desk: terminal, out } = rig([]);
  const open = () =>
    Promise.resolve({
      where: { database: '', dataDir },
      store: createPostgresRecords(database),
      voicemails: voicemailStore({ database, dataDir, installation }),
      optOuts: createPostgresOptOuts(database),
      forget: () => Promise.reject(new Error('nobody asked for it')),
      close: () => Promise.resolve(),
    });
  const code = await showCall(call.callSid, { utc: true }, { ...terminal, clock: systemClock, open });
  expect(code).toBe(0);
  return out;
}
