// TwiML → what the network does next, in order. Strict where Twilio is: a broken document is an error, an unknown verb a
// warning and skipped (twilio.com/docs/api/errors/12100, /12102, /12200). Knows nothing of calls.
import type { TwilioError } from './twilio-error.ts';
import { blankIsAbsent, countOf, methodOf } from './twiml-attributes.ts';
import { readDial, readEnqueue, readGather, readRecord, readRefer } from './twiml-people.ts';
import type { StreamNoun, Verb } from './verb.ts';
import { readXml, XmlError, type XmlElement } from '../../base/xml.ts';

export type { Method, StreamNoun, Verb } from './verb.ts';

export type Twiml =
  { ok: true; verbs: readonly Verb[]; warnings: readonly TwilioError[] } | { ok: false; error: TwilioError };

const TWILIO_ONLY = new Set('Pay Prompt Sms Start Stop'.split(' '));
/** Name and value of a `<Parameter>` together stay below this (Twilio docs, TwiML <Stream>). */
const PARAMETER_LIMIT = 500;

function readStream({ attributes, children }: XmlElement, warn: (message: string) => void): StreamNoun {
  const parameters: [string, string][] = [];
  for (const child of children) {
    const { name = '', value = '' } = child.attributes;
    if (child.name !== 'Parameter') warn(`<${child.name}> does not belong into <Stream>`);
    else if (name === '') warn('a <Parameter> without a name');
    else if (name.length + value.length >= PARAMETER_LIMIT)
      warn(`<Parameter name="${name}"> is longer than ${PARAMETER_LIMIT} characters and is left out`);
    else parameters.push([name, value]);
  }
  return {
    url: attributes['url'] ?? '',
    name: blankIsAbsent(attributes['name']),
    track: blankIsAbsent(attributes['track']),
    statusCallback: blankIsAbsent(attributes['statusCallback']),
    statusCallbackMethod: methodOf(attributes['statusCallbackMethod']),
    parameters: Object.fromEntries(parameters),
  };
}

function readVerb(element: XmlElement, warn: (message: string) => void): Verb | undefined {
  const { name, attributes, children } = element;
  const text = element.text.trim();
  switch (name) {
    case 'Connect': {
      const [noun] = children;
      if (noun?.name !== 'Stream')
        return { verb: 'Unsupported', name: `Connect with ${noun ? `<${noun.name}>` : 'nothing'} in it` };
      if (children.length > 1) warn('<Connect> takes one noun; those after the first are ignored');
      const action = blankIsAbsent(attributes['action']);
      return { verb: name, action, method: methodOf(attributes['method']), stream: readStream(noun, warn) };
    }
    case 'Hangup':
      return { verb: name };
    case 'Say':
      return { verb: name, text, language: attributes['language'], loop: countOf(attributes['loop'], 1) };
    case 'Play':
      return attributes['digits'] === undefined
        ? { verb: name, url: text, loop: countOf(attributes['loop'], 1) }
        : { verb: 'PlayDigits', digits: attributes['digits'] };
    case 'Pause':
      return { verb: name, lengthS: countOf(attributes['length'], 1) };
    case 'Redirect':
      return { verb: name, url: text, method: methodOf(attributes['method']) };
    case 'Reject':
      return { verb: name, reason: attributes['reason'] === 'busy' ? 'busy' : 'rejected' };
    case 'Leave':
      return { verb: name };
    case 'Gather':
      return readGather(element, readVerbs(children, warn), warn);
    case 'Record':
      return readRecord(element);
    case 'Dial':
      return readDial(element, warn);
    case 'Enqueue':
      return readEnqueue(element);
    case 'Refer':
      return readRefer(element);
    default:
      if (TWILIO_ONLY.has(name)) return { verb: 'Unsupported', name };
      warn(`<${name}> is no TwiML verb and is skipped; verbs are case-sensitive`);
      return undefined;
  }
}

const readVerbs = (elements: readonly XmlElement[], warn: (message: string) => void): Verb[] =>
  elements.flatMap((element) => readVerb(element, warn) ?? []);

export function parseTwiml(xml: string): Twiml {
  const warnings: TwilioError[] = [];
  const warn = (message: string): void => void warnings.push({ code: 12200, message });
  try {
    const root = readXml(xml);
    if (root.name !== 'Response')
      return failed(12102, `the root of TwiML must be <Response>, not <${root.name}>`);
    return { ok: true, verbs: readVerbs(root.children, warn), warnings };
  } catch (thrown) {
    if (thrown instanceof XmlError) return failed(12100, `the TwiML is not valid XML, ${thrown.message}`);
    throw thrown;
  }
}

const failed = (code: number, message: string): Twiml => ({ ok: false, error: { code, message } });
