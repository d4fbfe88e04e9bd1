import twilio from 'twilio';
import { expect, test } from 'vitest';
import { parseTwiml, type Verb } from '../../../src/simulator/phone/twiml.ts';

function verbsOf(xml: string): readonly Verb[] {
  const twiml = parseTwiml(xml);
  if (!twiml.ok) throw new Error(twiml.error.message);
  return twiml.verbs;
}

const warningsOf = (xml: string): number[] => {
  const twiml = parseTwiml(`<Response>${xml}</Response>`);
  return twiml.ok ? twiml.warnings.map(({ code }) => code) : [];
};

test("what twilio's own generator writes of people, keys and recordings", () => {
  const response = new twilio.twiml.VoiceResponse();
  const gather = response.gather({
    numDigits: 1,
    timeout: 3,
    action: '/a',
    finishOnKey: '',
    actionOnEmptyResult: true,
  });
  gather.say('Press 1');
  const dial = response.dial({
    answerOnBridge: true,
    timeout: 20,
    timeLimit: 60,
    callerId: '+12025550100',
    action: '/b',
  });
  dial.number(
    { url: '/w', statusCallback: '/s', statusCallbackEvent: ['initiated', 'answered'] },
    '+12025550111',
  );
  dial.sip('sip:a@example.com');
  response.dial().conference(
    {
      startConferenceOnEnter: false,
      endConferenceOnExit: true,
      waitUrl: '/wait',
      waitMethod: 'GET',
      beep: 'false',
    },
    'room',
  );
  response.dial().queue('sales');
  response.enqueue({ action: '/e', waitUrl: '' }, 'sales');
  response.record({ action: '/r', maxLength: 90, timeout: 4, playBeep: false, finishOnKey: '#' });
  response.refer({ action: '/f' }).sip('sip:b@example.com');
  response.leave();
  const action = (url: string) => ({ url, method: 'POST' });
  expect(verbsOf(response.toString())).toMatchObject([
    {
      ...{ verb: 'Gather', numDigits: 1, timeoutS: 3, finishOnKey: '', actionOnEmptyResult: true },
      ...{ action: action('/a'), prompt: [{ verb: 'Say', text: 'Press 1' }] },
    },
    {
      ...{ verb: 'Dial', answerOnBridge: true, timeoutS: 20, timeLimitS: 60, callerId: '+12025550100' },
      action: action('/b'),
      nouns: [
        {
          ...{ noun: 'Number', to: '+12025550111', whisper: action('/w') },
          status: { url: '/s', method: 'POST', events: ['initiated', 'answered'] },
        },
        { noun: 'Sip', to: 'sip:a@example.com', whisper: undefined, status: undefined },
      ],
    },
    {
      verb: 'Dial',
      nouns: [
        {
          ...{ noun: 'Conference', name: 'room', startOnEnter: false, endOnExit: true, beep: false },
          hold: { url: '/wait', method: 'GET' },
        },
      ],
    },
    { verb: 'Dial', timeoutS: undefined, nouns: [{ noun: 'Queue', name: 'sales' }] },
    { verb: 'Enqueue', name: 'sales', action: action('/e'), hold: 'silence' },
    { verb: 'Record', action: action('/r'), maxLengthS: 90, timeoutS: 4, playBeep: false, finishOnKey: '#' },
    { verb: 'Refer', action: action('/f'), to: 'sip:b@example.com' },
    { verb: 'Leave' },
  ]);
});

test('without attributes all is as Twilio has it by default', () => {
  const xml =
    '<Response><Gather/><Record/><Dial>1<Conference>c</Conference></Dial><Enqueue>q</Enqueue></Response>';
  expect(verbsOf(xml)).toMatchObject([
    { numDigits: Infinity, finishOnKey: '#', timeoutS: 5, actionOnEmptyResult: false, prompt: [] },
    { maxLengthS: 3_600, timeoutS: 5, playBeep: true, finishOnKey: '1234567890*#', status: undefined },
    { nouns: [{ startOnEnter: true, endOnExit: false, hold: 'music', beep: true, status: undefined }] },
    { hold: 'music', maxQueueSize: 1_000, action: undefined },
  ]);
});

test.each([
  '<Dial/>',
  '<Dial><Client>a</Client></Dial>',
  '<Gather input="speech"/>',
  '<Enqueue workflowSid="WW1"/>',
  '<Refer/>',
])('%s is not something this network does', (xml) => {
  expect(verbsOf(`<Response>${xml}</Response>`)[0]?.verb).toBe('Unsupported');
});

test.each([
  '<Gather><Hangup/></Gather>',
  '<Dial><Conference>a</Conference><Number>+12025550111</Number></Dial>',
  '<Dial><Number>+12025550111</Number><Queue>q</Queue></Dial>',
])('%s is warned of', (xml) => {
  expect(warningsOf(xml)).toEqual([12200]);
});
