// Recordings as Twilio's REST server knows them (Twilio docs, Recordings resource): described, and listed page by page.
// Knows no HTTP beyond status codes.
import { rfc2822 } from './fields.ts';
import type { Recording } from './recordings.ts';
import { refusal, type Reply } from './reply.ts';

const PAGE_SIZE = { usual: 50, most: 1_000 };

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
  const size = Math.min(PAGE_SIZE.most, Number(query.get('PageSize') ?? PAGE_SIZE.usual));
  const page = Number(query.get('Page') ?? 0);
  if (!(size >= 1 && page >= 0)) return refusal(400, 20001, 'Page or PageSize is no number');
  const found = kept.filter(({ madeEpochMs }) => madeEpochMs >= fromMs).toReversed();
  const uriOf = (nth: number): string => {
    const other = new URLSearchParams(query);
    other.set('PageSize', String(size));
    other.set('Page', String(nth));
    return `${path}?${other.toString()}`;
  };
  const [start, end] = [page * size, (page + 1) * size];
  const recordings = found.slice(start, end);
  return {
    status: 200,
    body: {
      recordings: recordings.map((each) => describeRecording(each, accountSid)),
      ...{ page, page_size: size, start, end: start + recordings.length - 1, uri: uriOf(page) },
      first_page_uri: uriOf(0),
      previous_page_uri: page === 0 ? null : uriOf(page - 1),
      next_page_uri: end < found.length ? uriOf(page + 1) : null,
    },
  };
}
