// What the page asks of campaigns, with the types of the schemas that the server answers by.
import type { z } from 'zod';
import type {
  auditPage,
  campaignEntry,
  campaignList,
  campaignProgress,
  contactImport,
  contactImports,
  contactsCheck,
} from '../../../http/campaign-schemas.ts';
import { get, send, upload, withParameters } from '../api.ts';
import type { Schema } from './settings-fields.ts';

export type CampaignEntry = z.output<typeof campaignEntry>;
export type CampaignProgress = z.output<typeof campaignProgress>;
export type ContactImport = z.output<typeof contactImport>;
export type ContactsCheck = z.output<typeof contactsCheck>;
export type AuditPage = z.output<typeof auditPage>;
export type AuditEntry = AuditPage['lines'][number];
export type Move = 'pause' | 'resume' | 'stop';

const ALL = '/api/v1/campaigns';
const pathOf = (id: string): string => `${ALL}/${encodeURIComponent(id)}`;

type Mapping = Readonly<Record<string, string>>;
const withFile = (path: string, { name }: File, mapping: Mapping): string =>
  withParameters(path, {
    file: name.slice(0, 200),
    mapping: Object.keys(mapping).length === 0 ? undefined : JSON.stringify(mapping),
  });

export const DECISIONS_A_PAGE = 100;

/** Each throws ApiFault. */
export const campaigns = {
  list: (signal: AbortSignal) => get<z.output<typeof campaignList>>(ALL, undefined, signal),
  progress: (id: string, signal: AbortSignal) => get<CampaignProgress>(pathOf(id), undefined, signal),
  imports: (id: string, signal: AbortSignal) =>
    get<z.output<typeof contactImports>>(`${pathOf(id)}/imports`, undefined, signal),
  /** Newest first. `kind`: refusals, attempts, or '' for all. */
  audit: (id: string, kind: string, cursor: string, signal: AbortSignal) =>
    get<AuditPage>(`${pathOf(id)}/audit`, { limit: DECISIONS_A_PAGE, order: 'newest', kind, cursor }, signal),
  create: (name: string, settings: unknown) => send<CampaignEntry>('POST', ALL, { name, settings }),
  /** `at`: ISO 8601; undefined: when its settings say, or at once. */
  start: (id: string, at: string | undefined) =>
    send<CampaignEntry>('POST', `${pathOf(id)}/start`, at === undefined ? {} : { at }),
  move: (id: string, move: Move) => send<CampaignEntry>('POST', `${pathOf(id)}/${move}`),
  clone: (id: string, name: string, outcomes: readonly string[]) =>
    send<CampaignEntry>('POST', `${pathOf(id)}/clone`, { name, outcomes }),
  /** `mapping`: by the name of a column, what it is. */
  upload: (id: string, file: File, mapping: Mapping) =>
    upload<ContactImport>(withFile(`${pathOf(id)}/contacts`, file, mapping), file, 'text/csv'),
  /** As an upload, and nothing of it is taken. */
  check: (id: string, file: File, mapping: Mapping) =>
    upload<ContactsCheck>(withFile(`${pathOf(id)}/contacts/check`, file, mapping), file, 'text/csv'),
  settingsSchema: async (signal: AbortSignal): Promise<Schema> => {
    const { components } = await get<{
      components: { schemas: { NewCampaign: { properties: { settings: Schema } } } };
    }>('/api/v1/openapi.json', undefined, signal);
    return components.schemas.NewCampaign.properties.settings;
  },
};

/** Of files, for the browser to keep. */
export const files = {
  results: (id: string): string => `${pathOf(id)}/results`,
  faults: (id: string, importId: string): string =>
    `${pathOf(id)}/imports/${encodeURIComponent(importId)}/faults`,
};
