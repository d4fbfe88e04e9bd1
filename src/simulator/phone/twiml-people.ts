// Reads the verbs of TwiML that bring people together or ask them something (Twilio docs, TwiML <Dial>, <Gather>,
// <Record>, <Enqueue>, <Refer>; the defaults are from there). Pure.
import { blankIsAbsent, callbackOf, countOf, flagOf, holdOf, linkOf, methodOf } from './twiml-attributes.ts';
import type { ConferenceNoun, NumberNoun, QueueNoun, Verb } from './verb.ts';
import type { XmlElement } from '../../base/xml.ts';

type Warn = (message: string) => void;

const TIME_LIMIT_S = 4 * 3_600;
const MOST_IN_QUEUE = 1_000;

const textOf = ({ text }: XmlElement): string => text.trim();
const unsupported = (name: string): Verb => ({ verb: 'Unsupported', name });

const readNumber = (element: XmlElement, noun: 'Number' | 'Sip'): NumberNoun => ({
  noun,
  to: textOf(element),
  whisper: linkOf(element.attributes, 'url', 'method'),
  status: callbackOf(element.attributes, 'statusCallback', 'completed'),
});

const readConference = (element: XmlElement): ConferenceNoun => ({
  noun: 'Conference',
  name: textOf(element),
  startOnEnter: flagOf(element.attributes['startConferenceOnEnter'], true),
  endOnExit: flagOf(element.attributes['endConferenceOnExit'], false),
  hold: holdOf(element.attributes, 'waitMethod'),
  beep: element.attributes['beep'] !== 'false',
  status: callbackOf(element.attributes, 'statusCallback', ''),
});

const readQueue = (element: XmlElement): QueueNoun => ({ noun: 'Queue', name: textOf(element) });

export function readDial(element: XmlElement, warn: Warn): Verb {
  const { attributes, children } = element;
  const [first, ...others] = children;
  const verb = {
    verb: 'Dial' as const,
    action: linkOf(attributes, 'action', 'method'),
    answerOnBridge: flagOf(attributes['answerOnBridge'], false),
    timeoutS: attributes['timeout'] === undefined ? undefined : countOf(attributes['timeout'], 30),
    timeLimitS: countOf(attributes['timeLimit'], TIME_LIMIT_S),
    callerId: blankIsAbsent(attributes['callerId']),
  };
  if (!first)
    return textOf(element) === ''
      ? unsupported('Dial without anybody in it')
      : { ...verb, nouns: [{ noun: 'Number', to: textOf(element), whisper: undefined, status: undefined }] };
  const alone = (): void => {
    if (others.length > 0) warn(`<Dial> takes one <${first.name}>; what comes after it is ignored`);
  };
  switch (first.name) {
    case 'Conference':
      alone();
      return { ...verb, nouns: [readConference(first)] };
    case 'Queue':
      alone();
      return { ...verb, nouns: [readQueue(first)] };
    case 'Number':
    case 'Sip': {
      const more = others.flatMap((other) => {
        if (other.name === 'Number' || other.name === 'Sip') return readNumber(other, other.name);
        warn(`<${other.name}> cannot be dialled together with <${first.name}>`);
        return [];
      });
      return { ...verb, nouns: [readNumber(first, first.name), ...more] };
    }
    default:
      return unsupported(`Dial with <${first.name}> in it`);
  }
}

/** `prompt`: the nested verbs, read already. */
export function readGather({ attributes }: XmlElement, prompt: readonly Verb[], warn: Warn): Verb {
  const input = attributes['input'] ?? 'dtmf';
  if (!/\bdtmf\b/.test(input)) return unsupported(`Gather input="${input}"`);
  return {
    verb: 'Gather',
    action: linkOf(attributes, 'action', 'method'),
    method: methodOf(attributes['method']),
    numDigits: countOf(attributes['numDigits'], 0) || Infinity,
    finishOnKey: attributes['finishOnKey'] ?? '#',
    timeoutS: countOf(attributes['timeout'], 5),
    actionOnEmptyResult: flagOf(attributes['actionOnEmptyResult'], false),
    prompt: prompt.filter(({ verb }) => {
      if (['Say', 'Play', 'Pause'].includes(verb)) return true;
      warn(`<${verb}> does not belong into <Gather>`);
      return false;
    }),
  };
}

export const readRecord = ({ attributes }: XmlElement): Verb => ({
  verb: 'Record',
  action: linkOf(attributes, 'action', 'method'),
  method: methodOf(attributes['method']),
  maxLengthS: countOf(attributes['maxLength'], 3_600),
  timeoutS: countOf(attributes['timeout'], 5),
  playBeep: flagOf(attributes['playBeep'], true),
  trim: attributes['trim'] !== 'do-not-trim',
  finishOnKey: attributes['finishOnKey'] ?? '1234567890*#',
  status: callbackOf(attributes, 'recordingStatusCallback', 'completed'),
});

export function readEnqueue(element: XmlElement): Verb {
  const { attributes } = element;
  const name = textOf(element);
  if (attributes['workflowSid'] !== undefined) return unsupported('Enqueue to a workflow');
  return {
    verb: 'Enqueue',
    name,
    action: linkOf(attributes, 'action', 'method'),
    hold: holdOf(attributes, 'waitUrlMethod'),
    maxQueueSize: countOf(attributes['maxQueueSize'], MOST_IN_QUEUE),
  };
}

export function readRefer({ attributes, children }: XmlElement): Verb {
  const [noun] = children;
  if (noun?.name !== 'Sip') return unsupported('Refer without <Sip> in it');
  return { verb: 'Refer', action: linkOf(attributes, 'action', 'method'), to: textOf(noun) };
}
