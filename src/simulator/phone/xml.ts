// A strict reader for small XML documents: what is not well-formed is refused with its line, as Twilio refuses it. Knows
// nothing of TwiML. Document types and processing instructions are refused too: TwiML has none.

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text with the CDATA sections, without that of its children. */
  readonly text: string;
}

export class XmlError extends Error {
  override readonly name = 'XmlError';
}

interface Building {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
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
    throw new XmlError(`'${reference}' is no character; write &amp; for an ampersand`);
  });
}

function readAttributes(text: string): Record<string, string> {
  const pairs = [...text.matchAll(ONE_ATTRIBUTE)].map(
    ([, name, double, single]) => [name!, decode(double ?? single ?? '')] as const,
  );
  const names = new Set(pairs.map(([name]) => name));
  if (names.size < pairs.length) throw new XmlError('an attribute is repeated');
  return Object.fromEntries(pairs);
}

/** The root element. Throws XmlError naming the line. */
export function readXml(document: string): XmlElement {
  const xml = document.replace(/^\uFEFF/, '');
  const top: Building = { name: '', attributes: {}, children: [], text: '' };
  const open: Building[] = [top];
  let at = 0;
  try {
    for (; at < xml.length; at = TOKEN.lastIndex) {
      TOKEN.lastIndex = at;
      const token = TOKEN.exec(xml)?.groups;
      if (!token) throw new XmlError(`'${xml.slice(at, at + 20)}' is not XML`);
      const parent = open.at(-1)!;
      if (token['opening'] !== undefined) {
        const attributes = readAttributes(token['attributes'] ?? '');
        const element: Building = { name: token['opening'], attributes, children: [], text: '' };
        parent.children.push(element);
        if (token['empty'] === '') open.push(element);
      } else if (token['closing'] !== undefined) {
        if (token['closing'] !== parent.name)
          throw new XmlError(`</${token['closing']}> closes nothing; ${openName(parent)} is open`);
        open.pop();
      } else if (token['skipped'] === undefined) {
        parent.text += token['cdata'] ?? decode(token['text'] ?? '');
      } else if (token['skipped'].startsWith('<?') && at > 0) {
        throw new XmlError('the XML declaration must be the very first thing');
      }
    }
    if (open.length > 1) throw new XmlError(`${openName(open.at(-1)!)} is never closed`);
    if (top.text.trim() !== '') throw new XmlError('there is text outside the root element');
    if (top.children.length !== 1) throw new XmlError(`${top.children.length} root elements, not 1`);
    return top.children[0]!;
  } catch (thrown) {
    if (!(thrown instanceof XmlError)) throw thrown;
    const line = xml.slice(0, at).split('\n').length;
    throw new XmlError(`line ${line}: ${thrown.message}`);
  }
}

const openName = ({ name }: Building): string => (name === '' ? 'no element' : `<${name}>`);
