// Records a call until it is killed, in the data folder that it is given, and says when there is something on disk.
import { RecordingFolder } from '../../../src/records/recording/folder.ts';
import { CallRecorder } from '../../../src/records/recording/call-recorder.ts';
import { MULAW_8K } from '../../../src/audio/format.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { callId } from '../../../src/base/ids.ts';
import { silentLog } from '../../../src/base/log.ts';
import { processOwner } from '../../../src/store/process-owner.ts';

const folder = new RecordingFolder(process.argv[2]!);
const owner = await processOwner();
const recorder = new CallRecorder({
  call: {
    id: callId('CA1'),
    format: MULAW_8K,
    startedMs: systemClock.epochMs(),
    keepDays: 30,
    log: silentLog,
  },
  ...{ rehearsal: false, owner: owner.id, begin: (note) => folder.begin(note), clock: systemClock },
  onWritten: (bytes) => {
    if (bytes > 10_000) process.stdout.write('written\n');
  },
  onFault: () => undefined,
  onWhole: () => undefined,
  onClosing: () => undefined,
});
recorder.start(() => undefined);
recorder.opened();
setInterval(() => recorder.heard(new Uint8Array(160).fill(7)), 2);
