// Calls that are over, as Salesforce's own telephony writes them: completed Tasks of the subtype Call.
// developer.salesforce.com/docs, Object Reference: Task.
import { z } from 'zod';
import type { CallLog } from '../crm.ts';
import { HAS_ID, type SalesforceApi } from './api.ts';
import { oneLine } from './facts.ts';

const making = { select: 'Id', shape: z.object(HAS_ID) };
/** Of Task.Subject, CallDisposition and CallObject. */
const MOST_TEXT = 255;
/** Of Task.Description. */
const MOST_DESCRIPTION = 32_000;

export async function logCall(api: SalesforceApi, log: CallLog, signal: AbortSignal): Promise<void> {
  const { callId, contactId, direction, from, to, outcome, summary, recordingUrl } = log;
  const description = [
    summary.toWellFormed(),
    '',
    `From ${from} to ${to}`,
    ...(recordingUrl === undefined ? [] : [`Recording: ${recordingUrl}`]),
  ].join('\n');
  const startedAt = new Date(log.startedAtMs).toISOString();
  const body = {
    Subject: oneLine(`Call: ${outcome}`).slice(0, MOST_TEXT),
    Status: 'Completed',
    TaskSubtype: 'Call',
    CallType: direction === 'inbound' ? 'Inbound' : 'Outbound',
    CallDurationInSeconds: Math.round(log.durationMs / 1_000),
    CallDisposition: oneLine(outcome).slice(0, MOST_TEXT),
    CallObject: oneLine(callId).slice(0, MOST_TEXT),
    ActivityDate: startedAt.slice(0, startedAt.indexOf('T')),
    Description: description.slice(0, MOST_DESCRIPTION),
    ...(contactId === undefined ? {} : { WhoId: contactId }),
  };
  await api.makeOnce('Task', { ...making, body, key: `call ${callId}` }, signal);
}
