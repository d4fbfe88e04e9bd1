// A strict reader for small XML documents: what is not well-formed is refused with its line, as Twilio refuses it. Knows
// nothing of TwiML. Document types and processing instructions are refused too: TwiML has none.

/** With texts and elements as they follow each other. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: readonly (string | XmlNode)[];
}

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text with the CDATA sections, without that of its children. */
  readonly text: string;
}

export class XmlError extends Error {
  override readonly name = 'XmlError';
  /** Counts from 1. */
  readonly line: number;
  readonly words: string;

  constructor(line: number, words: string) {
    super(`line ${line}: ${words}`);
    this.line = line;
    this.words = words;
  }
}

/** Whose line is not known yet. */
class NotXml extends Error {}

interface Building {
  name: string;
  attributes: Record<string, string>;
  content: (string | XmlNode)[];
}

const NAME = '[A-Za-z_:][\\w:.-]*';
const ATTRIBUTE = `${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*')`;
const TOKEN = new RegExp(
  [
    '(?<skipped><\\?xml\\s[^?<]*\\?>|<!--(?:(?!--)[^])*-->)',
    '<!\\[CDATA\\[(?<cdata>[^]*?)\\]\\]>',
    `</(?<closing>${NAME})\\s*>`,
    `<(?<opening>${NAME})(?<attributes>(?:\\s+${ATTRIBUTE})*)\\s*(?<empty>/?)>`,
    '(?<text>[^<]+)',
  ].join('|'),
  'y',
);
const ONE_ATTRIBUTE = new RegExp(`(${NAME})\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'g');
const REFERENCE = /&(?:(?<name>amp|lt|gt|quot|apos)|#(?<decimal>\d{1,7})|#x(?<hex>[\da-fA-F]{1,6}));|&/g;
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replaceAll(REFERENCE, (reference, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return NAMED[name]!;
    const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal);
    if (code > 0 && code <= 0x10ffff) return String.fromCodePoint(code);
    throw new NotXml(`'${reference}' is no character; write &amp; for an ampersand`);
  });
}

function readAttributes(text: string): Record<string, string> {
  const pairs = [...text.matchAll(ONE_ATTRIBUTE)].map(
    ([, name, double, single]) => [name!, decode(double ?? single ?? '')] as const,
  );
  const names = new Set(pairs.map(([name]) => name));
  if (names.size < pairs.length) throw new NotXml('an attribute is repeated');
  return Object.fromEntries(pairs);
}

/** The root element. Throws XmlError. */
export function readXmlInOrder(document: string): XmlNode {
  const xml = document.replace(/^\uFEFF/, '');
  const top: Building = { name: '', attributes: {}, content: [] };
  const open: Building[] = [top];
  let at = 0;
  try {
    for (; at < xml.length; at = TOKEN.lastIndex) {
      TOKEN.lastIndex = at;
      const token = TOKEN.exec(xml)?.groups;
      if (!token) throw new NotXml(`'${xml.slice(at, at + 20)}' is not XML`);
      const parent = open.at(-1)!;
      if (token['opening'] !== undefined) {
        const attributes = readAttributes(token['attributes'] ?? '');
        const element: Building = { name: token['opening'], attributes, content: [] };
        parent.content.push(element);
        if (token['empty'] === '') open.push(element);
      } else if (token['closing'] !== undefined) {
        if (token['closing'] !== parent.name)
          throw new NotXml(`</${token['closing']}> closes nothing; ${openName(parent)} is open`);
        open.pop();
      } else if (token['skipped'] === undefined) {
        parent.content.push(token['cdata'] ?? decode(token['text'] ?? ''));
      } else if (token['skipped'].startsWith('<?') && at > 0) {
        throw new NotXml('the XML declaration must be the very first thing');
      }
    }
    if (open.length > 1) throw new NotXml(`${openName(open.at(-1)!)} is never closed`);
    const roots = top.content.filter((part) => typeof part !== 'string');
    if (top.content.some((part) => typeof part === 'string' && part.trim() !== ''))
      throw new NotXml('there is text outside the root element');
    if (roots.length !== 1) throw new NotXml(`${roots.length} root elements, not 1`);
    return roots[0]!;
  } catch (thrown) {
    if (!(thrown instanceof NotXml)) throw thrown;
    const line = xml.slice(0, at).split('\n').length;
    throw new XmlError(line, thrown.message);
  }
}

/** The root element. Throws XmlError. */
export const readXml = (document: string): XmlElement => elementOf(readXmlInOrder(document));

const elementOf = ({ name, attributes, content }: XmlNode): XmlElement => ({
  ...{ name, attributes },
  children: content.flatMap((part) => (typeof part === 'string' ? [] : [elementOf(part)])),
  text: content.filter((part) => typeof part === 'string').join(''),
});

const openName = ({ name }: Building): string => (name === '' ? 'no element' : `<${name}>`);
