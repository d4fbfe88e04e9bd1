// What the API's description says of calls that we place: campaigns, their contacts, consents, lists and single calls.
import { z } from 'zod';
import { numberAuditQuery } from './dial-audit-routes.ts';
import { attemptSeen, callPlaced, newCall } from './call-routes.ts';
import { uploadQuery } from './campaign-contact-routes.ts';
import {
  auditPage,
  auditQuery,
  campaignEntry,
  campaignList,
  campaignProgress,
  campaignStart,
  contactImport,
  contactImports,
  contactsCheck,
  newCampaignDescribed,
  newClone,
} from './campaign-schemas.ts';
import { consentAdded, consentList, consentQuery, newConsent } from './consent-routes.ts';
import { json, queryParameters, ref, refusals, type Fault } from './openapi-parts.ts';
import {
  suppressionList,
  suppressionLists,
  suppressionQuery,
  suppressionUpload,
} from './suppression-routes.ts';

export const received = [newCall, newCampaignDescribed, campaignStart, newClone, newConsent] as const;
export const sent = [
  ...[
    callPlaced,
    attemptSeen,
    campaignEntry,
    campaignList,
    campaignProgress,
    contactImport,
    contactImports,
    contactsCheck,
    auditPage,
  ],
  ...[consentAdded, consentList, suppressionList, suppressionLists],
] as const;

const ALWAYS = ['NOT_AUTHORISED', 'DATABASE_REFUSED', 'DATABASE_UNAVAILABLE'] as const;
const BEGINNING = ['CAMPAIGN_UNKNOWN', 'CAMPAIGN_INVALID', 'CAMPAIGN_CONFLICT', 'SERVER_STOPPING'] as const;
const BODY = ['API_REQUEST_INVALID', 'API_REQUEST_TOO_LARGE'] as const;

const pathPart = (name: string, description: string): object => ({
  ...{ name, in: 'path', required: true, description, schema: { type: 'string' } },
});
const campaignId = pathPart('campaignId', 'The campaign.');

const answers = (
  status: number,
  description: string,
  schema: string,
  ...faults: readonly Fault[]
): object => ({
  [status]: { description, content: json(ref(schema)) },
  ...refusals(...ALWAYS, ...faults),
});
const CSV = { 'text/csv': { schema: { type: 'string' } } };
const csv = (description: string, ...faults: readonly Fault[]): object => ({
  200: { description, content: CSV },
  ...refusals(...ALWAYS, ...faults),
});
const body = (schema: string, required = true): object => ({ required, content: json(ref(schema)) });
const parameters = (query: z.ZodObject): readonly object[] => {
  const { required = [] } = z.toJSONSchema(query, { io: 'input' });
  // In a query all is text, however it is read.
  return queryParameters(query, 'input').map((each) =>
    'name' in each && required.includes(String(each.name)) ? { ...each, required: true } : each,
  );
};

const move = (operationId: string, summary: string): object => ({
  post: {
    ...{ operationId, summary, parameters: [campaignId] },
    responses: answers(200, 'It is done.', 'Campaign', 'CAMPAIGN_UNKNOWN', 'CAMPAIGN_CONFLICT'),
  },
});

const campaignPaths = (): object => ({
  '/api/v1/campaigns': {
    get: {
      ...{ operationId: 'listCampaigns', summary: 'All campaigns.' },
      responses: answers(200, 'The campaigns.', 'CampaignList'),
    },
    post: {
      operationId: 'createCampaign',
      summary:
        'Makes a campaign, as a draft without contacts. Every fault of its settings is named by its field.',
      requestBody: body('NewCampaign'),
      responses: answers(201, 'It is made.', 'Campaign', ...BODY, 'CAMPAIGN_INVALID', 'CAMPAIGN_CONFLICT'),
    },
  },
  '/api/v1/campaigns/{campaignId}': {
    get: {
      ...{ operationId: 'getCampaign', summary: 'How far a campaign is.', parameters: [campaignId] },
      responses: answers(200, 'Its progress.', 'CampaignProgress', 'CAMPAIGN_UNKNOWN'),
    },
  },
  '/api/v1/campaigns/{campaignId}/start': {
    post: {
      operationId: 'startCampaign',
      summary: 'Starts a draft, now or later.',
      parameters: [campaignId],
      requestBody: body('CampaignStart', false),
      responses: answers(...([200, 'It runs, or is scheduled.', 'Campaign', ...BODY] as const), ...BEGINNING),
    },
  },
  '/api/v1/campaigns/{campaignId}/pause': move(
    'pauseCampaign',
    'Calls nobody more; calls that were placed go on.',
  ),
  '/api/v1/campaigns/{campaignId}/resume': {
    post: {
      ...{ operationId: 'resumeCampaign', summary: 'Goes on with a paused one.', parameters: [campaignId] },
      responses: answers(...([200, 'It runs.', 'Campaign'] as const), ...BEGINNING),
    },
  },
  '/api/v1/campaigns/{campaignId}/stop': move(
    'stopCampaign',
    'Ends it for good: calls that wait or ring are canceled, those that are talked on go on.',
  ),
  '/api/v1/campaigns/{campaignId}/clone': {
    post: {
      operationId: 'cloneCampaign',
      summary: 'Makes a draft with the same settings, of those contacts whose last outcome is one of these.',
      parameters: [campaignId],
      requestBody: body('NewClone'),
      responses: answers(
        ...([201, 'It is made.', 'Campaign', ...BODY, 'CAMPAIGN_INVALID'] as const),
        ...(['CAMPAIGN_UNKNOWN', 'CAMPAIGN_CONFLICT'] as const),
      ),
    },
  },
  '/api/v1/campaigns/{campaignId}/contacts': {
    post: {
      operationId: 'importContacts',
      summary: 'Reads a file of contacts: all of its good rows, or, when it cannot be read to its end, none.',
      parameters: [campaignId, ...parameters(uploadQuery)],
      requestBody: { required: true, content: CSV },
      responses: answers(
        ...([201, 'What became of it.', 'ContactImport'] as const),
        ...(['API_REQUEST_INVALID', 'CAMPAIGN_UNKNOWN', 'CONTACTS_INVALID'] as const),
      ),
    },
  },
  '/api/v1/campaigns/{campaignId}/contacts/check': {
    post: {
      operationId: 'checkContacts',
      summary: 'Reads a file of contacts as an import would, and takes nothing of it.',
      parameters: [campaignId, ...parameters(uploadQuery)],
      requestBody: { required: true, content: CSV },
      responses: answers(
        ...([200, 'What would be left out of it.', 'ContactsCheck'] as const),
        ...(['API_REQUEST_INVALID', 'CAMPAIGN_UNKNOWN', 'CONTACTS_INVALID'] as const),
      ),
    },
  },
  '/api/v1/campaigns/{campaignId}/imports': {
    get: {
      ...{
        operationId: 'listImports',
        summary: 'The files that were read into it.',
        parameters: [campaignId],
      },
      responses: answers(200, 'The imports.', 'ContactImports', 'CAMPAIGN_UNKNOWN'),
    },
  },
  '/api/v1/campaigns/{campaignId}/imports/{importId}/faults': {
    get: {
      operationId: 'getImportFaults',
      summary: 'The rows of a file that were left out, and why: line, field, words.',
      parameters: [campaignId, pathPart('importId', 'The import.')],
      responses: csv('The faults, by line.', 'CAMPAIGN_UNKNOWN', 'RECORD_UNKNOWN'),
    },
  },
  '/api/v1/campaigns/{campaignId}/results': {
    get: {
      ...{ operationId: 'getResults', summary: 'What came of each contact.', parameters: [campaignId] },
      responses: csv('A line for each contact.', 'CAMPAIGN_UNKNOWN'),
    },
  },
  '/api/v1/campaigns/{campaignId}/audit': {
    get: {
      operationId: 'getAudit',
      summary:
        'Every decision of it: which rule, by which data, why somebody was called or not; a page at a time.',
      parameters: [campaignId, ...parameters(auditQuery)],
      responses: answers(
        200,
        'A page of the audit.',
        'DialAuditPage',
        'API_REQUEST_INVALID',
        'CAMPAIGN_UNKNOWN',
      ),
    },
  },
});

const listPaths = (): object => ({
  '/api/v1/dial-audit': {
    get: {
      operationId: 'getAuditOfNumber',
      summary:
        'Every decision about one number, in all campaigns and in single calls, rehearsals among them: why it was called or not; a page at a time.',
      parameters: parameters(numberAuditQuery),
      responses: answers(200, 'A page of the audit.', 'DialAuditPage', 'API_REQUEST_INVALID'),
    },
  },
  '/api/v1/consents': {
    get: {
      ...{ operationId: 'findConsents', summary: 'The consents of a number that are on record.' },
      parameters: parameters(consentQuery),
      responses: answers(200, 'Its consents.', 'ConsentList', 'API_REQUEST_INVALID'),
    },
    post: {
      ...{ operationId: 'addConsent', summary: 'Puts a consent on record.', requestBody: body('NewConsent') },
      responses: answers(200, 'It is on record.', 'ConsentAdded', ...BODY),
    },
  },
  '/api/v1/suppression-lists': {
    get: {
      ...{
        operationId: 'listSuppressionLists',
        summary: 'The imported lists of numbers that are not called.',
      },
      responses: answers(200, 'The lists.', 'SuppressionLists'),
    },
    post: {
      operationId: 'importSuppressionList',
      summary: 'Takes a new version of a list: all of it, or, when a row of it is no number, nothing.',
      parameters: parameters(suppressionUpload),
      requestBody: { required: true, content: CSV },
      responses: answers(
        ...([200, 'It counts from now on.', 'SuppressionList'] as const),
        ...(['API_REQUEST_INVALID', 'CONTACTS_INVALID', 'SUPPRESSION_LIST_INVALID'] as const),
      ),
    },
    delete: {
      operationId: 'removeSuppressionList',
      summary: 'Takes a list away; campaigns that need it call nobody then.',
      parameters: parameters(suppressionQuery),
      responses: {
        204: { description: 'It is not there any more.' },
        ...refusals(...ALWAYS, 'API_REQUEST_INVALID', 'RECORD_UNKNOWN'),
      },
    },
  },
});

/** Of `/api/v1/calls`, beside what is described of it elsewhere. */
export const placeCall = (): object => ({
  operationId: 'placeCall',
  summary: 'Calls somebody now. Consent, hours and caps are yours to mind; who opted out is not called.',
  requestBody: body('NewCall'),
  responses: answers(
    ...([201, 'The carrier has it.', 'CallPlaced', ...BODY, 'DIAL_REFUSED'] as const),
    ...([
      'CARRIER_REFUSED',
      'CARRIER_UNREACHABLE',
      'CARRIER_BUSY',
      'SERVER_STOPPING',
      'CLOCK_APART',
    ] as const),
  ),
});

const attemptPaths = (): object => ({
  '/api/v1/attempts/{attemptId}': {
    get: {
      operationId: 'getAttempt',
      summary: 'What is known of one attempt to reach somebody, and what came of it.',
      parameters: [pathPart('attemptId', 'As it was told when it was asked for, or as the audit names it.')],
      responses: answers(200, 'The attempt.', 'Attempt', 'RECORD_UNKNOWN'),
    },
  },
});

export const outboundPaths = (): object => ({ ...campaignPaths(), ...listPaths(), ...attemptPaths() });
