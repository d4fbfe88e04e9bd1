// What HubSpot's CRM makes of what people typed into HubSpot, and what it writes there.
import type { CountryCode } from 'libphonenumber-js';
import { describe, expect, test, type TestContext } from 'vitest';
import type { Crm } from '../../src/crm/crm.ts';
import type { HubSpotOptions } from '../../src/crm/hubspot/hubspot.ts';
import { NOW_MS, WORLD } from '../contracts/crm.contract.ts';
import type { HubSpotStandIn } from '../doubles/hubspot/stand-in.ts';
import { WaitingClock } from '../web/rest-rig.ts';
import { crmOf, fill, openHubSpot } from './hubspot-rig.ts';

const go = (): AbortSignal => new AbortController().signal;

async function open(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  options: Partial<HubSpotOptions> = {},
  pageSize?: number,
): Promise<{ crm: Crm; hubspot: HubSpotStandIn; clock: WaitingClock }> {
  const hubspot = await openHubSpot(NOW_MS, pageSize);
  onTestFinished(() => hubspot.close());
  fill(hubspot, WORLD);
  const clock = new WaitingClock();
  return { hubspot, clock, crm: crmOf(hubspot, { clock, ...options }).crm };
}

const failing = (code: string): unknown => expect.objectContaining({ code });
const visit = { contactId: 'c1', startsAtMs: NOW_MS + 86_400_000 * 40, minutes: 30, about: 'a visit' };

describe('numbers as people type them', () => {
  test.for<[string, string]>([
    ['phone', '(555) 010-0142'],
    ['phone', '+1 555 010 0142'],
    ['phone', '1-555-010-0142'],
    ['mobilephone', '555 0100142'],
  ])('%s %s is found, and given in E.164', async ([property, typed], context) => {
    const { crm, hubspot } = await open(context, { country: 'US' });
    hubspot.store.add('contacts', { firstname: 'Zoe', [property]: typed }, NOW_MS);
    expect(await crm.findByPhone('+15550100142', go())).toMatchObject({ name: 'Zoe', phone: '+15550100142' });
  });

  test('the same digits in another country are somebody else', async (context) => {
    const { crm, hubspot } = await open(context);
    hubspot.store.add('contacts', { firstname: 'Brit', phone: '+44 5550100142' }, NOW_MS);
    expect(await crm.findByPhone('+15550100142', go())).toBeUndefined();
  });

  test.for<[string, CountryCode | undefined, string]>([
    ['+442125550142', 'US', '(212) 555-0142'],
    ['+612125550142', undefined, '(212) 555-0142'],
    ['+12125550142', undefined, '(212) 555-0142'],
  ])('who calls from %s is, where numbers are of %s, not "%s"', async ([phone, country, typed], context) => {
    const { crm, hubspot } = await open(context, { country });
    hubspot.store.add('contacts', { firstname: 'Zoe', phone: typed }, NOW_MS);
    expect(await crm.findByPhone(phone, go())).toBeUndefined();
  });

  test.for(['+15550100142', '(555) 010-0142', '+1 555 010 0142 ext. 7'])(
    'a number that somebody else has too, as "%s", is nobody\'s',
    async (typed, context) => {
      const { crm, hubspot } = await open(context, { country: 'US' });
      hubspot.store.add('contacts', { firstname: 'Zoe', phone: '+15550100142' }, NOW_MS);
      expect(await crm.findByPhone('+15550100142', go())).toMatchObject({ name: 'Zoe' });
      hubspot.store.add('contacts', { firstname: 'Zack', mobilephone: typed }, NOW_MS);
      expect(await crm.findByPhone('+15550100142', go())).toBeUndefined();
    },
  );

  test('an extension is behind a number that others share', async (context) => {
    const { crm, hubspot } = await open(context, { country: 'US' });
    hubspot.store.add('contacts', { firstname: 'Zoe', phone: '555.010.0142 ext. 7' }, NOW_MS);
    expect(await crm.findByPhone('+15550100142', go())).toBeUndefined();
  });

  test('without a country a number is only known by who asks for it, unless the settings name one', async (context) => {
    const { crm, hubspot, clock } = await open(context);
    const { id } = hubspot.store.add('contacts', { firstname: 'Zoe', phone: '(212) 555-0142' }, NOW_MS);
    expect((await crm.findById(id, go()))?.phone).toBeUndefined();
    const american = crmOf(hubspot, { clock, country: 'US' }).crm;
    expect((await american.findById(id, go()))?.phone).toBe('+12125550142');
  });
});

describe('pages', () => {
  test('a name on the third page is found, and not one on the fourth', async (context) => {
    const { crm, hubspot } = await open(context, {}, 4);
    const add = (name: string): unknown =>
      hubspot.store.add('contacts', { firstname: name, lastname: 'Quill' }, NOW_MS);
    for (let i = 0; i < 11; i++) add(`Quillon${i}`);
    add('Third');
    add('Fourth');
    expect(await crm.findByName('third quill', 5, go())).toMatchObject([{ name: 'Third Quill' }]);
    expect(await crm.findByName('fourth quill', 5, go())).toMatchObject([{ name: 'Fourth Quill' }]);
    // "quill" is in every name, "fourth" in one alone: the longest word is asked for first.
    expect(hubspot.asked.filter((line) => line.endsWith('/search'))).toHaveLength(3 - 1);
    expect(await crm.findByName('quill', 20, go())).toHaveLength(12);
  });

  test('of very many appointments the newest hundred are read, over pages', async (context) => {
    const { crm, hubspot } = await open(context, {}, 60);
    for (let i = 0; i < 150; i++)
      hubspot.store.add(
        'meetings',
        {
          hs_meeting_title: `visit ${i}`,
          hs_meeting_start_time: new Date(NOW_MS + i * 3_600_000).toISOString(),
        },
        NOW_MS,
        ['c5'],
      );
    const found = await crm.appointmentsOf('c5', NOW_MS, go());
    expect(found.map(({ about }) => about)).toEqual(Array.from({ length: 20 }, (_, i) => `visit ${i + 50}`));
    expect(found[0]?.minutes).toBe(30);
  });
});

test('what a caller says is words in a note and in a call, and never markup', async (context) => {
  const { crm, hubspot } = await open(context);
  const text = '<script>alert(1)</script> & "quotes"\nsecond line';
  const made = await crm.createObject({ kind: 'message', title: '<b>', text, from: 'Eve' }, 'k', go());
  const note = hubspot.store.records.get(`notes/${made.id}`)!;
  expect(note.properties['hs_note_body']).toBe(
    '<p>&lt;b&gt;</p><p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot;<br>second line</p><p>Eve</p>',
  );
  expect(made).toMatchObject({ title: '<b>', facts: { text: `${text}\nEve` } });
});

test('a call is logged with all that HubSpot has a place for', async (context) => {
  const { crm, hubspot } = await open(context);
  await crm.logCall(
    {
      callId: 'CA7',
      contactId: 'c2',
      from: '+15550100102',
      to: '+15550100100',
      direction: 'inbound',
      startedAtMs: NOW_MS,
      durationMs: 61_500.4,
      outcome: 'caller-hung-up',
      summary: 'She asked & went.',
      recordingUrl: 'https://example.com/r/1',
    },
    go(),
  );
  expect(hubspot.store.of('calls')).toMatchObject([
    {
      contactIds: ['c2'],
      properties: {
        hs_timestamp: new Date(NOW_MS).toISOString(),
        hs_call_title: 'Call from +15550100102',
        hs_call_body: '<p>She asked &amp; went.</p><p>Outcome: caller-hung-up</p><p>Call CA7</p>',
        hs_call_direction: 'INBOUND',
        hs_call_duration: '61500',
        hs_call_status: 'COMPLETED',
        hs_call_recording_url: 'https://example.com/r/1',
      },
    },
  ]);
});

describe('while searches do not find yet what was just made', () => {
  const openLate = async (context: TestContext): ReturnType<typeof open> => {
    const opened = await open(context);
    opened.hubspot.store.indexedUpToMs = NOW_MS;
    return opened;
  };
  const conflict: unknown = expect.objectContaining({ code: 'CRM_CONFLICT' });

  test('an appointment is told of, and its time is not booked again', async (context) => {
    const { crm } = await openLate(context);
    const booked = await crm.bookAppointment(visit, 'k', go());
    expect(await crm.appointmentsOf('c1', visit.startsAtMs, go())).toEqual([booked]);
    await expect(crm.bookAppointment({ ...visit, contactId: 'c2' }, 'k2', go())).rejects.toEqual(conflict);
    await crm.cancelAppointment(booked.id, go());
    expect(await crm.bookAppointment(visit, 'k3', go())).toMatchObject(visit);
  });

  test('of two who book at the same time one gets it', async (context) => {
    const { crm, hubspot } = await openLate(context);
    const both = await Promise.allSettled([
      crm.bookAppointment(visit, 'k', go()),
      crm.bookAppointment({ ...visit, contactId: 'c2' }, 'k2', go()),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(hubspot.store.of('meetings')).toHaveLength(WORLD.appointments.length + 1);
  });

  test('a time is free again when its booking was refused, and held while that is in doubt', async (context) => {
    const { crm, hubspot, clock } = await openLate(context);
    hubspot.fault('POST /crm/v3/objects/meetings', { is: 'status', status: 400 });
    await expect(crm.bookAppointment(visit, 'k', go())).rejects.toThrow();
    hubspot.fault('POST /crm/v3/objects/meetings', { is: 'cut', when: 'at once' });
    await expect(crm.bookAppointment(visit, 'k', go())).rejects.toThrow(/UND_ERR_SOCKET/);
    await expect(crm.bookAppointment(visit, 'k', go())).rejects.toEqual(conflict);
    clock.advance(60_000);
    expect(await crm.bookAppointment(visit, 'k', go())).toMatchObject(visit);
  });
});

test('with an owner only their meetings take up time, and new ones are theirs', async (context) => {
  const { crm, hubspot, clock } = await open(context);
  await crm.bookAppointment(visit, 'k', go());
  const ofSam = crmOf(hubspot, { clock, ownerId: '77' }).crm;
  const { id } = await ofSam.bookAppointment(visit, 'k', go());
  expect(hubspot.store.records.get(`meetings/${id}`)?.properties['hubspot_owner_id']).toBe('77');
  await expect(ofSam.bookAppointment(visit, 'k2', go())).rejects.toEqual(failing('CRM_CONFLICT'));
});
