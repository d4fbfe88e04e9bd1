// Campaigns as the API takes and tells them: these schemas are the check, the types and the documentation. Knows no route.
import { z } from 'zod';
import type { AuditLine, AuditReading } from '../campaign/audit.ts';
import type { CampaignProgress } from '../campaign/campaigns.ts';
import type { ImportReport } from '../campaign/contacts/contacts-store.ts';
import type { ContactsCheck } from '../campaign/contacts/import.ts';
import { campaignSettings } from '../campaign/settings.ts';
import type { Campaign } from '../campaign/store.ts';

const MOMENT = 'expected a moment with its offset, such as 2026-12-01T09:00:00-05:00';
export const moment = z.iso.datetime({ offset: true, error: MOMENT }).transform((text) => Date.parse(text));
export const isoOf = (epochMs: number): string => new Date(epochMs).toISOString();
const isoOrNull = (epochMs: number | undefined): string | null =>
  epochMs === undefined ? null : isoOf(epochMs);
const when = z.iso.datetime();

const NAME = 'expected a name of 1 to 200 characters';
const name = z.string(NAME).trim().min(1, NAME).max(200, NAME).describe('No two campaigns share it.');

const CREATED = 'expected the fields name and settings, and no others';
/** The settings are checked where campaigns are made: beside the numbers, profiles and rules that there are. */
export const newCampaign = z.strictObject({ name, settings: z.unknown() }, CREATED);
/** As it is described. */
export const newCampaignDescribed = z
  .strictObject({ name, settings: campaignSettings })
  .meta({ id: 'NewCampaign' });

export const campaignStart = z
  .strictObject(
    { at: moment.optional().describe('Not before then; left out: when its settings say, or at once.') },
    'expected no other field than at',
  )
  .meta({ id: 'CampaignStart' });

const OUTCOMES = 'expected a list of outcomes, such as ["busy", "no-answer"]';
export const newClone = z
  .strictObject(
    {
      name,
      outcomes: z
        .array(z.string(OUTCOMES).regex(/^[a-z][a-z0-9_.-]{0,59}$/, OUTCOMES), OUTCOMES)
        .min(1, OUTCOMES)
        .max(50, OUTCOMES)
        .describe('Contacts whose last outcome is one of these, as `outcomes` of a campaign names them.'),
    },
    'expected the fields name and outcomes, and no others',
  )
  .meta({ id: 'NewClone' });

export const campaignEntry = z
  .object({
    id: z.string(),
    name: z.string(),
    profile: z.string().describe('Who speaks.'),
    state: z.enum(['draft', 'scheduled', 'running', 'paused', 'stopped', 'done']),
    pausedBy: z
      .string()
      .nullable()
      .describe('Why it paused itself; null: it is not paused, or a person did.'),
    createdAt: when,
    startsAt: when.nullable(),
    startedAt: when.nullable().describe('The last time.'),
    endedAt: when.nullable(),
    clonedFrom: z.string().nullable().describe('The id of another campaign.'),
    settings: z.unknown().describe('As they were given.'),
  })
  .meta({ id: 'Campaign' });

export const entryOf = (campaign: Campaign): z.output<typeof campaignEntry> => ({
  ...{ id: campaign.id, name: campaign.name, profile: campaign.profile, state: campaign.state },
  pausedBy: campaign.pausedBy ?? null,
  createdAt: isoOf(campaign.createdAtMs),
  startsAt: isoOrNull(campaign.startsAtMs),
  startedAt: isoOrNull(campaign.startedAtMs),
  endedAt: isoOrNull(campaign.endedAtMs),
  clonedFrom: campaign.clonedFrom ?? null,
  settings: campaign.settings,
});

export const campaignList = z
  .object({ campaigns: z.array(campaignEntry).describe('Oldest first.') })
  .meta({ id: 'CampaignList' });

const counts = z.record(z.string(), z.int().min(0));
export const campaignProgress = z
  .object({
    campaign: campaignEntry,
    contacts: counts.describe('By state: waiting, dialling, done, never, stopped.'),
    outcomes: counts.describe(
      'Contacts by what came of their last attempt, or by the rule that forbids them.',
    ),
    attempts: counts.describe('By state: claimed, placed, over, void.'),
    waits: counts.describe(
      'Contacts that wait, by the rule that said so when they were due last, such as suppression.missing.',
    ),
    remaining: z.int().min(0).describe('Contacts that are neither done nor given up.'),
    endedLately: z.int().min(0).describe('Contacts that came to their end within ten minutes.'),
    nextAt: when.nullable().describe('Nobody is due before.'),
    lastAt: when.nullable().describe('All who wait are due by then.'),
    estimateMs: z.int().min(0).nullable().describe('Until it is done, at least; null: nobody can say.'),
  })
  .meta({ id: 'CampaignProgress' });

export const progressOf = (progress: CampaignProgress): z.output<typeof campaignProgress> => ({
  campaign: entryOf(progress.campaign),
  ...{ contacts: progress.contacts, outcomes: progress.outcomes, attempts: progress.attempts },
  ...{ waits: progress.waits, remaining: progress.remaining, endedLately: progress.endedLately },
  nextAt: isoOrNull(progress.nextAtMs),
  lastAt: isoOrNull(progress.lastAtMs),
  estimateMs: progress.estimateMs ?? null,
});

export const contactImport = z
  .object({
    id: z.string(),
    file: z.string(),
    state: z.enum(['reading', 'done', 'failed']),
    cause: z.string().nullable().describe('Why it failed; nothing of it became a contact then.'),
    rows: z.int().describe('All but the first line and empty ones.'),
    kept: z.int().describe('New contacts.'),
    merged: z.int().describe('Rows of a number that another row, or the campaign, had already.'),
    faulty: z.int().describe('Rows that were left out; the faults of the import name each.'),
  })
  .meta({ id: 'ContactImport' });

export const importOf = (report: ImportReport): z.output<typeof contactImport> => ({
  ...{ id: report.id, file: report.file, state: report.state, cause: report.cause ?? null },
  ...{ rows: report.rows, kept: report.kept, merged: report.merged, faulty: report.faulty },
});

export const contactsCheck = z
  .object({
    rows: z.number().describe('All but the header and empty lines.'),
    faulty: z.number().describe('Those that would be left out.'),
    faults: z
      .array(
        z.object({
          line: z.number(),
          field: z.string().describe('Empty: the whole line.'),
          words: z.string(),
        }),
      )
      .describe('The first hundred of them, by line.'),
  })
  .meta({ id: 'ContactsCheck' });

export const checkOf = ({ rows, faulty, faults }: ContactsCheck): z.output<typeof contactsCheck> => ({
  ...{ rows, faulty, faults: [...faults] },
});

export const contactImports = z
  .object({ imports: z.array(contactImport).describe('Oldest first.') })
  .meta({ id: 'ContactImports' });

export const auditEntry = z
  .object({
    id: z.string(),
    at: when,
    campaignId: z.string().nullable().describe('null: it is about one call, of no campaign.'),
    contactId: z.string().nullable(),
    attemptId: z.string().nullable(),
    to: z.string().nullable().describe('The number; null: it is about none, or forgotten.'),
    decision: z.enum(['dial', 'wait', 'never', 'settle', 'void', 'control']),
    rule: z.string().describe('Which rule decided, such as hours.law.'),
    data: z.string().describe('Versions of the rules and lists that were looked at.'),
    facts: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'DialAuditLine' });

export const auditEntryOf = (line: AuditLine & { readonly id: string }): z.output<typeof auditEntry> => ({
  ...{ id: line.id, at: isoOf(line.atMs), decision: line.decision, rule: line.rule },
  campaignId: line.campaignId ?? null,
  ...{ contactId: line.contactId ?? null, attemptId: line.attemptId ?? null, to: line.to ?? null },
  ...{ data: line.data ?? '', facts: line.facts ?? {} },
});

export const auditPage = z
  .object({
    lines: z.array(auditEntry).describe('In the order that was asked for.'),
    next: z.string().nullable().describe('The cursor of the next page; null: there is none yet.'),
  })
  .meta({ id: 'DialAuditPage' });

export const auditPageOf = (
  lines: readonly (AuditLine & { readonly id: string })[],
  limit: number,
): z.output<typeof auditPage> => ({
  lines: lines.map(auditEntryOf),
  next: lines.length < limit ? null : lines.at(-1)!.id,
});

const LIMIT = 'expected a whole number from 1 to 1000';
export const auditQuery = z.strictObject({
  limit: z.coerce.number(LIMIT).pipe(z.int(LIMIT).min(1, LIMIT).max(1_000, LIMIT)).default(200),
  cursor: z
    .string('expected `next` of the page before')
    .regex(/^\d{1,18}$/, 'expected `next` of the page before')
    .optional()
    .describe('`next` of the page before, in the same order and of the same kind.'),
  order: z
    .enum(['oldest', 'newest'], 'expected oldest or newest')
    .default('oldest')
    .describe('Which comes first.'),
  kind: z
    .enum(['refusals', 'attempts'], 'expected refusals or attempts')
    .optional()
    .describe(
      '`refusals`: who was not called, or not yet; `attempts`: who was, and what came of it; left out: all.',
    ),
});

const KINDS = { refusals: ['wait', 'never'], attempts: ['dial', 'settle', 'void'] } as const;

/** As the store is asked. */
export const auditReadingOf = ({
  order,
  kind,
}: Pick<z.output<typeof auditQuery>, 'order' | 'kind'>): AuditReading => ({
  newestFirst: order === 'newest',
  decisions: kind && KINDS[kind],
});
