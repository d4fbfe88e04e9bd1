// A line of the audit of operators, as it is shown and asked for. These schemas are its types and its documentation.
import { z } from 'zod';

export const OUTCOMES = ['done', 'refused', 'failed'] as const;

export const auditEntry = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    who: z.string().describe('As they call themselves; of a token: its role; `nobody`: they showed neither.'),
    role: z.enum(['viewer', 'operator']).nullable(),
    by: z
      .enum(['session', 'token', 'machine'])
      .nullable()
      .describe('How they showed who they are. `machine`: no token is set, and they sit at the server.'),
    action: z.string().describe('Such as hang-up, whisper, take-over, start-campaign, sign-in.'),
    callId: z.string().nullable(),
    campaignId: z.string().nullable(),
    outcome: z
      .enum(OUTCOMES)
      .describe(
        '`refused`: it was not theirs to do, or could not be done then. `failed`: the log says why; or they were gone before ' +
          'the answer (`unanswered` in `detail`), and it may have been done.',
      ),
    detail: z.record(z.string(), z.unknown()).describe('What else there is to say of it.'),
    address: z.string().describe('Of the peer that asked: behind a proxy, the proxy’s.'),
  })
  .meta({ id: 'OperatorAct' });
export type AuditEntry = z.output<typeof auditEntry>;

const ONE_OF = 'expected one of its words';
const TEXT = 'expected text of at most 200 characters';
const TIME = 'expected a time, such as 2026-11-01T08:00:00Z';

export const operatorAuditQuery = z.strictObject({
  action: z.string(TEXT).max(200, TEXT).optional().describe('This one alone, such as hang-up.'),
  callId: z.string(TEXT).max(200, TEXT).optional().describe('What was done to this call.'),
  campaignId: z.string(TEXT).max(200, TEXT).optional().describe('What was done to this campaign.'),
  who: z.string(TEXT).max(200, TEXT).optional().describe('What this person did.'),
  outcome: z.enum(OUTCOMES, ONE_OF).optional(),
  after: z.iso.datetime({ offset: true, error: TIME }).optional().describe('At this time or later.'),
  before: z.iso.datetime({ offset: true, error: TIME }).optional().describe('Before this time.'),
  limit: z.coerce.number('expected a whole number from 1 to 200').pipe(z.int().min(1).max(200)).default(50),
  cursor: z.string().optional().describe('`next` of the page before.'),
});
export type AuditQuery = z.output<typeof operatorAuditQuery>;

export const auditPage = z
  .object({
    acts: z.array(auditEntry).describe('Newest first.'),
    next: z.string().nullable().describe('The cursor of the next page; null: there is none.'),
  })
  .meta({ id: 'OperatorActPage' });
export type AuditPage = z.output<typeof auditPage>;

/** What is handed in: the rest comes by itself. */
export type Act = Omit<AuditEntry, 'id' | 'at' | 'callId' | 'campaignId' | 'detail'> &
  Partial<Pick<AuditEntry, 'callId' | 'campaignId' | 'detail'>>;
