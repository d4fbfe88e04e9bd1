// TwiML documents become a menu: each verb, where documents are found, and what is not carried over.
import { describe, expect, test } from 'vitest';
import { readTwiml } from '../../../src/ivr/menus/twiml-documents.ts';
import { lost, ofTwiml, shortly } from './import-rig.ts';

const MAIN = '<Gather action="/key" numDigits="1"><Say>For sales, press 1.</Say></Gather>';
const DIAL_YOURSELF =
  'This line cannot connect you with 911. If it is an emergency, hang up now and dial it yourself.';
/** The answer to key 1 of a menu. */
const answered = (xml: string, queues?: ReadonlyMap<string, string>) =>
  ofTwiml({ 'index.xml': MAIN, 'key?Digits=1.xml': xml }, undefined, queues);

describe('an answer with', () => {
  test.each([
    ['<Dial>+12025550140</Dial>', 'connects with sales'],
    ['<Dial><Number>+12025550140</Number></Dial>', 'connects with sales'],
    ['<Dial><Sip>sip:a@pbx.example.com</Sip></Dial>', 'connects with sales'],
    ['<Refer><Sip>sip:a@pbx.example.com</Sip></Refer>', 'connects with sales'],
    ['<Say>Wait.</Say><Dial>+12025550140</Dial>', 'says "Wait.", then connects with sales'],
    ['<Record/>', 'voicemail'],
    ['<Hangup/>', 'ends the call'],
    ['<Reject/>', 'ends the call'],
    ['<Leave/>', 'ends the call'],
    ['', 'ends the call'],
    [
      '<Say>Open from <break time="1s"/>eight <emphasis>to</emphasis> six.</Say>',
      'says "Open from eight to six."',
    ],
    [
      '<Say>Don&#39;t worry.</Say><Pause/><Say>Bye.</Say><Hangup/>',
      'says "Don\'t worry. Bye.", then ends the call',
    ],
    ['<Redirect>/index</Redirect>', 'says the menu again'],
    [
      '<Gather numDigits="8" action="/account"><Say>Your number, please.</Say></Gather>',
      'tool account, after "Your number, please."',
    ],
    ['<Gather action="/more" numDigits="1"><Say>For one, press 1.</Say></Gather>', 'menu sales'],
  ])('%s', (xml, leads) => expect(shortly(answered(xml))[0]).toBe(`main 1: ${leads}`));

  test.each([
    [
      '<Dial><Client>anna</Client></Dial>',
      'tool take_message',
      ['key?Digits=1.xml: <Dial><Client>anna</Client></Dial> has no phone number'],
    ],
    [
      '<Dial><Number>+12025550140</Number><Number>+12025550141</Number></Dial>',
      'connects with sales',
      ['key?Digits=1.xml: 1 more numbers of <Dial>: +12025550141'],
    ],
    [
      '<Dial>911</Dial>',
      `tool take_message, after "${DIAL_YOURSELF}"`,
      [expect.stringContaining('emergency') as string],
    ],
    [
      '<Enqueue>sales</Enqueue>',
      'tool take_message',
      [expect.stringContaining('--queue "sales=+…"') as string],
    ],
    ['<Sms>Thanks</Sms><Hangup/>', 'ends the call', ['key?Digits=1.xml: <Sms> is not carried over']],
    [
      '<Redirect>/gone</Redirect>',
      'tool take_message',
      ['key?Digits=1.xml: there is no document for <Redirect>/gone</Redirect>'],
    ],
    [
      '<Redirect>/key?Digits=1</Redirect>',
      'tool take_message',
      ['key?Digits=1.xml: it leads back to itself, and no key leads out'],
    ],
  ])('%s, of which something is lost', (xml, leads, losses) => {
    const result = answered(xml);
    expect(shortly(result)).toEqual([`main 1: ${leads}`]);
    expect(lost(result)).toEqual(losses);
  });

  test.each([
    ['<Pay/>', 'tool take_payment', '<Pay> takes a payment: needs a tool, such as "take_payment"'],
    [
      '<Play>https://x.example.com/hours.mp3</Play>',
      'says "(a recording: hours.mp3)"',
      'says a recording, hours.mp3: write its words',
    ],
    [
      '<Gather numDigits="8" action="/account"/>',
      'tool account',
      'collects digits: needs a tool, such as "account"',
    ],
  ])('%s, which the author has to finish', (xml, leads, remark) => {
    const result = answered(xml);
    expect(shortly(result)).toEqual([`main 1: ${leads}`]);
    expect([...result.remarks.values()].flat()).toEqual([remark]);
  });

  test('<Enqueue>, of a queue that somebody is named for', () => {
    const result = answered('<Enqueue>sales</Enqueue>', new Map([['sales', '+12025550150']]));
    expect(result.destinations).toEqual([
      { name: 'sales', to: '+12025550150', asked: new Set(['sales']), isQueue: true },
    ]);
    expect(result.losses).toEqual([]);
  });
});

describe('the answer to a key is found', () => {
  test.each([
    'key?Digits=1.xml',
    'key.Digits=1.xml',
    'key?Digits=1',
    'key/1.xml',
    'key/1/index.xml',
    'key.xml',
    'key/index.xml',
  ])('in %s', (path) => {
    const result = ofTwiml({ 'index.xml': MAIN, [path]: '<Dial>+12025550140</Dial>' });
    expect(shortly(result)).toEqual(['main 1: connects with sales']);
    expect(result.losses).toEqual([]);
  });

  test.each([
    ['key?Digits=%23.xml', '#'],
    ['key/pound.xml', '#'],
    ['key?Digits=*.xml', '*'],
    ['key/star.xml', '*'],
  ])('in %s, for key %s, though nobody is told of it', (path, key) => {
    const result = ofTwiml({ 'index.xml': MAIN, 'key/1.xml': '<Hangup/>', [path]: '<Record/>' });
    expect(shortly(result)).toEqual(['main 1: ends the call', `main ${key}: voicemail`]);
  });

  test('nowhere: the key is named', () => {
    const result = ofTwiml({ 'index.xml': MAIN, 'old.xml': '<Hangup/>' });
    expect(lost(result)).toEqual([
      'old.xml: nothing leads to this document',
      'index.xml: there is no document for key 1 of /key',
    ]);
    expect(shortly(result)).toEqual(['main 1: tool take_message']);
  });
});

test('what is said before the first menu is its welcome, in the language of the old one', () => {
  const result = ofTwiml({
    'index.xml': `<Say language="es-MX">Bienvenido.</Say>${MAIN}`,
    'key/1.xml': '<Hangup/>',
  });
  expect(result).toMatchObject({ welcome: 'Bienvenido.', language: 'es-MX' });
});

test('a loop without a way out stays one, so that the check names it', () => {
  const one = (key: string): string =>
    `<Gather action="/${key}" numDigits="1"><Say>To go on, press 1.</Say></Gather>`;
  const result = ofTwiml({
    'index.xml': one('b'),
    'b/1.xml': one('c'),
    'c/1.xml': '<Redirect>/index</Redirect>',
  });
  expect(shortly(result)).toEqual(['main 1: menu go_on', 'go_on 1: menu main']);
});

describe('documents that are none', () => {
  test.each([
    ['', 'a.xml:1  no XML that can be read: 0 root elements, not 1'],
    ['hello', 'a.xml:1  no XML that can be read: there is text outside the root element'],
    [
      '<Response>\n<Say>a & b</Say></Response>',
      "a.xml:2  no XML that can be read: '&' is no character; write &amp; for an ampersand",
    ],
    [
      '<Response>\n\n<Say>a</Sai></Response>',
      'a.xml:3  no XML that can be read: </Sai> closes nothing; <Say> is open',
    ],
    [
      '<Response><Say>5 < 6</Say></Response>',
      "a.xml:1  no XML that can be read: '< 6</Say></Response>' is not XML",
    ],
    ['<Response>\n<Say>a</Say>', 'a.xml:2  no XML that can be read: <Response> is never closed'],
    ['<Response/><Response/>', 'a.xml:1  no XML that can be read: 2 root elements, not 1'],
    ['<html/>', 'a.xml: expected <Response>, as in TwiML, not <html>'],
    [
      '<!DOCTYPE r [<!ENTITY a "b">]><Response/>',
      `a.xml:1  no XML that can be read: '<!DOCTYPE r [<!ENTIT' is not XML`,
    ],
  ])('%j', (xml, fault) => expect(readTwiml('a.xml', xml)).toEqual({ fault }));
});

test('which document answers the call', () => {
  const two = { 'a.xml': MAIN, 'b.xml': '<Hangup/>' };
  expect(() => ofTwiml(two)).toThrow('which of the 2 documents answers the call is not known');
  expect(() => ofTwiml(two, 'c')).toThrow('there is no document "c"; there are a.xml, b.xml');
  expect(shortly(ofTwiml(two, 'a'))).toEqual(['main 1: tool take_message']);
  expect(() => ofTwiml(two, 'b')).toThrow('nothing in it asks callers for a key');
});

test('what stands around a pause, or in an element, is words of their own', () => {
  const say =
    'For sales press 1<break time="300ms"/>For <emphasis>parts</emphasis>, press <say-as interpret-as="digits">2</say-as>.<break/>';
  const carried = ofTwiml({
    'index.xml': `<Gather action="/key" numDigits="1"><Say>${say}</Say></Gather>`,
    'key?Digits=1.xml': '<Dial>+12025550140</Dial>',
    'key?Digits=2.xml': '<Record/>',
  });
  expect(carried.menu.menus[0]?.say).toBe('For sales press 1 For parts, press 2.');
  expect(carried.menu.menus[0]?.options).toMatchObject([{ spoken: 'sales' }, { spoken: 'parts' }]);
});
