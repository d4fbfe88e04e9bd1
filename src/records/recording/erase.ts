// Recordings of calls that are forgotten. The sound that is here goes at once; what is elsewhere is marked, and whoever keeps it
// deletes it at its next sweep.
import type { Kysely } from 'kysely';
import type { Tables } from '../../store/tables.ts';
import { diskName } from './disk-storage.ts';
import type { RecordingFolder } from './folder.ts';
import { deleteRecording, eraseRecordings } from './rows.ts';

export interface ForgottenRecordings {
  readonly recordings: number;
  /** Of these: where the sound still is, one entry for each. */
  readonly elsewhere: readonly string[];
}

/** `calls`: those whose records were deleted. One that is still going on goes on, and nothing more of it is kept. */
export async function forgetRecordings(
  db: Kysely<Tables>,
  folder: RecordingFolder,
  installation: string,
  calls: ReadonlySet<string>,
): Promise<ForgottenRecordings> {
  const gone = new Set<string>();
  for (const { note } of await folder.noted()) {
    if (!calls.has(note.callId)) continue;
    await folder.remove(note.callId);
    gone.add(note.callId);
  }
  const elsewhere: string[] = [];
  for (const { callId, place } of await eraseRecordings(db, [...calls])) {
    gone.add(callId);
    if (place === diskName(installation)) {
      await folder.remove(callId);
      await deleteRecording(db, callId);
    } else elsewhere.push(place);
  }
  return { recordings: gone.size, elsewhere };
}
