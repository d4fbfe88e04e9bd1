import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EnvironmentReader, type Environment } from '../../src/base/environment.ts';
import { readCrmSettings } from '../../src/crm/settings.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';

function read(environment: Environment) {
  const reader = new EnvironmentReader(environment);
  return { settings: readCrmSettings(reader), problems: reader.problems };
}

test('our own, unless another is named', () => {
  for (const CRM of [undefined, '', 'postgres'])
    expect(read({ CRM })).toEqual({ settings: { is: 'postgres' }, problems: [] });
});

test('a file describes a REST service', () => {
  for (const CRM of ['crm.yaml', './crm.yml'])
    expect(read({ CRM })).toEqual({ settings: { is: 'http', file: resolve(CRM) }, problems: [] });
});

test('HubSpot needs its token', () => {
  expect(
    read({ CRM: 'hubspot', HUBSPOT_ACCESS_TOKEN: 'pat-1', HUBSPOT_BASE_URL: 'http://127.0.0.1:1/' }),
  ).toEqual({
    settings: {
      ...{ is: 'hubspot', accessToken: 'pat-1', baseUrl: 'http://127.0.0.1:1' },
      ...{ ownerId: undefined, country: undefined, factProperties: undefined, ticketPipeline: undefined },
    },
    problems: [],
  });
  const more = {
    ...{ HUBSPOT_OWNER_ID: '77', CRM_COUNTRY: 'GB', HUBSPOT_TICKET_STAGE: '3/9' },
    HUBSPOT_FACTS: 'job_title, next_visit = next visit',
  };
  expect(read({ CRM: 'hubspot', HUBSPOT_ACCESS_TOKEN: 'pat-1', ...more }).settings).toMatchObject({
    ...{ ownerId: '77', country: 'GB', ticketPipeline: { pipeline: '3', stage: '9' } },
    factProperties: { job_title: 'job title', next_visit: 'next visit' },
  });
  const faulty = {
    ...{ HUBSPOT_OWNER_ID: 'ada', CRM_COUNTRY: 'XX', HUBSPOT_TICKET_STAGE: 'new', HUBSPOT_FACTS: 'a b' },
  };
  expect(read({ CRM: 'hubspot', HUBSPOT_ACCESS_TOKEN: 'pat-1', ...faulty }).problems).toEqual([
    'HUBSPOT_OWNER_ID is not the id of an owner, a number',
    'CRM_COUNTRY is "XX", which no phone numbers are known of',
    'HUBSPOT_FACTS is not a list of properties such as company, next_visit=next visit',
    'HUBSPOT_TICKET_STAGE is not a pipeline and a stage of it, such as 0/1',
  ]);
  expect(read({ CRM: 'hubspot' }).problems).toEqual([
    'HUBSPOT_ACCESS_TOKEN must be set: the access token of a private app',
  ]);
});

describe('Salesforce', () => {
  const reached = {
    CRM: 'salesforce',
    SALESFORCE_LOGIN_URL: 'https://acme.my.salesforce.com',
    SALESFORCE_CLIENT_ID: '3MVG',
  };

  test('by client credentials', () => {
    const more = {
      ...{ SALESFORCE_CLIENT_SECRET: 'shh', SALESFORCE_KEY_FIELD: 'Liveline_Key__c' },
      CRM_COUNTRY: 'DE',
    };
    expect(read({ ...reached, ...more })).toEqual({
      settings: {
        ...{ is: 'salesforce', loginUrl: 'https://acme.my.salesforce.com', clientId: '3MVG' },
        ...{ by: { clientSecret: 'shh' }, keyField: 'Liveline_Key__c', messagesAs: 'task' },
        country: 'DE',
      },
      problems: [],
    });
  });

  test('by a key of its own', (context) => {
    const file = join(freshFolder(context), 'key.pem');
    writeFileSync(file, 'PEM');
    const more = { SALESFORCE_PRIVATE_KEY_FILE: file, SALESFORCE_USERNAME: 'bot@acme.com' };
    expect(read({ ...reached, ...more }).settings).toMatchObject({
      by: { privateKeyPem: 'PEM', username: 'bot@acme.com' },
    });
    expect(read({ ...reached, SALESFORCE_PRIVATE_KEY_FILE: file }).problems).toEqual([
      'SALESFORCE_USERNAME must be set: the user whom SALESFORCE_PRIVATE_KEY_FILE signs in',
    ]);
    expect(read({ ...reached, ...more, SALESFORCE_PRIVATE_KEY_FILE: `${file}x` }).problems).toEqual([
      expect.stringMatching(/^SALESFORCE_PRIVATE_KEY_FILE cannot be read: ENOENT/),
    ]);
  });

  test('everything that is missing at once', () => {
    expect(read({ CRM: 'salesforce', SALESFORCE_KEY_FIELD: 'Key' }).problems).toEqual([
      'SALESFORCE_LOGIN_URL must be set: the address of your own domain, https://….my.salesforce.com',
      'SALESFORCE_CLIENT_ID must be set: the consumer key of a connected app',
      'SALESFORCE_KEY_FIELD is not the name of a custom field, such as Liveline_Key__c',
      'SALESFORCE_CLIENT_SECRET must be set, or SALESFORCE_PRIVATE_KEY_FILE with SALESFORCE_USERNAME',
    ]);
  });
});

test('another word is told with those that there are', () => {
  expect(read({ CRM: 'pipedrive' }).problems).toEqual([
    'CRM is "pipedrive"; it takes postgres, hubspot, salesforce, or a YAML file that describes a REST service',
  ]);
});
