// Which CRM there is, and how it is reached, out of what the environment says. Dials nobody.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isSupportedCountry, type CountryCode } from 'libphonenumber-js';
import type { EnvironmentReader } from '../base/environment.ts';
import { messageOf } from '../base/errors.ts';

export type CrmSettings =
  | { readonly is: 'postgres' }
  | {
      readonly is: 'hubspot';
      readonly accessToken: string;
      readonly baseUrl: string | undefined;
      readonly ownerId: string | undefined;
      readonly country: CountryCode | undefined;
      readonly factProperties: Readonly<Record<string, string>> | undefined;
      readonly ticketPipeline: { readonly pipeline: string; readonly stage: string } | undefined;
    }
  | {
      readonly is: 'salesforce';
      readonly loginUrl: string;
      readonly clientId: string;
      readonly by:
        { readonly clientSecret: string } | { readonly privateKeyPem: string; readonly username: string };
      readonly keyField: string | undefined;
      readonly messagesAs: 'task' | 'case';
      readonly country: CountryCode | undefined;
    }
  /** A REST service that this file describes. */
  | { readonly is: 'http'; readonly file: string };

const CHOICES = 'postgres, hubspot, salesforce, or a YAML file that describes a REST service';
const POSTGRES: CrmSettings = { is: 'postgres' };

/** Faults are told to the reader. */
export function readCrmSettings(read: EnvironmentReader): CrmSettings {
  const which = read.text('CRM') ?? 'postgres';
  if (/\.ya?ml$/.test(which)) return { is: 'http', file: resolve(which) };
  switch (which) {
    case 'postgres':
      return POSTGRES;
    case 'hubspot':
      return readHubSpot(read);
    case 'salesforce':
      return readSalesforce(read);
    default:
      read.fault('CRM', `is "${which}"; it takes ${CHOICES}`);
      return POSTGRES;
  }
}

function readHubSpot(read: EnvironmentReader): CrmSettings {
  const accessToken = needed(read, 'HUBSPOT_ACCESS_TOKEN', 'the access token of a private app');
  const baseUrl = read.url('HUBSPOT_BASE_URL', ['https:', 'http:']);
  const ownerId = read.matching('HUBSPOT_OWNER_ID', /^\d+$/, 'the id of an owner, a number');
  const country = readCountry(read);
  const factProperties = readFacts(read);
  const stage = read.matching(
    'HUBSPOT_TICKET_STAGE',
    /^[\w-]+\/[\w-]+$/,
    'a pipeline and a stage of it, such as 0/1',
  );
  const [pipeline = '', stageOfIt = ''] = stage?.split('/') ?? [];
  if (accessToken === undefined) return POSTGRES;
  return {
    ...{ is: 'hubspot', accessToken, baseUrl, ownerId, factProperties },
    country,
    ticketPipeline: stage === undefined ? undefined : { pipeline, stage: stageOfIt },
  };
}

/** Of numbers in the CRM that were typed without their country. */
function readCountry(read: EnvironmentReader): CountryCode | undefined {
  const country = read.matching('CRM_COUNTRY', /^[A-Z]{2}$/, 'a country of two capital letters, such as US');
  if (country === undefined || isSupportedCountry(country)) return country;
  read.fault('CRM_COUNTRY', `is "${country}", which no phone numbers are known of`);
  return undefined;
}

/** `next_visit=next visit, city`: properties, and what they are called aloud. */
function readFacts(read: EnvironmentReader): Readonly<Record<string, string>> | undefined {
  const pairs = read.list('HUBSPOT_FACTS').map((pair) => pair.split('=').map((part) => part.trim()));
  if (pairs.length === 0) return undefined;
  if (pairs.some(([property = '', , ...more]) => !/^\w+$/.test(property) || more.length > 0))
    read.fault('HUBSPOT_FACTS', 'is not a list of properties such as company, next_visit=next visit');
  return Object.fromEntries(
    pairs.map(([property = '', aloud = property.replaceAll('_', ' ')]) => [property, aloud]),
  );
}

function readSalesforce(read: EnvironmentReader): CrmSettings {
  const loginUrl = read.url('SALESFORCE_LOGIN_URL', ['https:', 'http:']);
  if (loginUrl === undefined && !read.names('SALESFORCE_LOGIN_URL'))
    read.fault(
      'SALESFORCE_LOGIN_URL',
      'must be set: the address of your own domain, https://….my.salesforce.com',
    );
  const clientId = needed(read, 'SALESFORCE_CLIENT_ID', 'the consumer key of a connected app');
  const keyField = read.matching(
    'SALESFORCE_KEY_FIELD',
    /^[A-Za-z]\w{0,79}__c$/,
    'the name of a custom field, such as Liveline_Key__c',
  );
  const country = readCountry(read);
  const messagesAs = read.oneOf('SALESFORCE_MESSAGES_AS', ['task', 'case'], 'task');
  const by = readGrant(read);
  return loginUrl === undefined || clientId === undefined || by === undefined
    ? POSTGRES
    : { is: 'salesforce', loginUrl, clientId, by, keyField, messagesAs, country };
}

function readGrant(read: EnvironmentReader): Extract<CrmSettings, { is: 'salesforce' }>['by'] | undefined {
  const [clientSecret, keyFile] = [
    read.text('SALESFORCE_CLIENT_SECRET'),
    read.text('SALESFORCE_PRIVATE_KEY_FILE'),
  ];
  if (clientSecret !== undefined) return { clientSecret };
  if (keyFile === undefined) {
    read.fault(
      'SALESFORCE_CLIENT_SECRET',
      'must be set, or SALESFORCE_PRIVATE_KEY_FILE with SALESFORCE_USERNAME',
    );
    return undefined;
  }
  const username = needed(read, 'SALESFORCE_USERNAME', 'the user whom SALESFORCE_PRIVATE_KEY_FILE signs in');
  try {
    const privateKeyPem = readFileSync(keyFile, 'utf8');
    return username === undefined ? undefined : { privateKeyPem, username };
  } catch (thrown) {
    read.fault('SALESFORCE_PRIVATE_KEY_FILE', `cannot be read: ${messageOf(thrown)}`);
    return undefined;
  }
}

function needed(read: EnvironmentReader, name: string, what: string): string | undefined {
  const value = read.text(name);
  if (value === undefined) read.fault(name, `must be set: ${what}`);
  return value;
}
