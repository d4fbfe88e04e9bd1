// Recordings as Twilio's REST server knows them (Twilio docs, Recordings resource): described, and listed page by page.
// Knows no HTTP beyond status codes.
import { rfc2822 } from './fields.ts';
import { pageOf } from './pages.ts';
import type { Recording } from './recordings.ts';
import { refusal, type Reply } from './reply.ts';

export const describeRecording = (recording: Recording, accountSid: string): object => ({
  sid: recording.sid,
  account_sid: accountSid,
  call_sid: recording.callSid,
  conference_sid: null,
  status: 'completed',
  channels: 1,
  source: 'RecordVerb',
  error_code: null,
  duration: String(recording.durationS),
  date_created: rfc2822(recording.madeEpochMs),
  date_updated: rfc2822(recording.madeEpochMs),
  start_time: rfc2822(recording.madeEpochMs - recording.durationS * 1_000),
  price: null,
  price_unit: 'USD',
  api_version: '2010-04-01',
  uri: `/2010-04-01/Accounts/${accountSid}/Recordings/${recording.sid}.json`,
});

/** `kept`: oldest first; told newest first. Of the filters only the lower bound of the day is understood. */
export function listRecordings(
  kept: readonly Recording[],
  query: URLSearchParams,
  path: string,
  accountSid: string,
): Reply {
  const after = query.get('DateCreated>');
  const fromMs = after === null ? -Infinity : Date.parse(after.slice(0, 'YYYY-MM-DD'.length));
  if (Number.isNaN(fromMs)) return refusal(400, 20001, `DateCreated> is no date: ${after}`);
  const found = kept.filter(({ madeEpochMs }) => madeEpochMs >= fromMs).toReversed();
  return pageOf('recordings', found, (each) => describeRecording(each, accountSid), query, path);
}
