// TwiML documents as an old IVR answered them: read, and found by the address that another one names. What their verbs mean is not
// known here. Names of files are the addresses, as documents were saved: `billing?Digits=1.xml` is the answer to key 1 of /billing.
import { readXmlInOrder, XmlError, type XmlNode } from '../../base/xml.ts';

export interface Verb {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly inside: readonly Verb[];
  /** Of everything inside. */
  readonly text: string;
}

export interface TwimlDocument {
  /** From where the documents are, with slashes. */
  readonly path: string;
  readonly verbs: readonly Verb[];
}

const verbOf = (node: XmlNode): Verb => ({
  name: node.name,
  attributes: node.attributes,
  inside: node.content.flatMap((part) => (typeof part === 'string' ? [] : [verbOf(part)])),
  text: textOf(node).replaceAll(/\s+/g, ' ').trim(),
});

const textOf = ({ content }: XmlNode): string =>
  content.map((part) => (typeof part === 'string' ? part : textOf(part))).join('');

/** In words with the line, where it is no TwiML. */
export function readTwiml(path: string, xml: string): TwimlDocument | { readonly fault: string } {
  try {
    const root = verbOf(readXmlInOrder(xml));
    if (root.name === 'Response') return { path, verbs: root.inside };
    return { fault: `${path}: expected <Response>, as in TwiML, not <${root.name}>` };
  } catch (thrown) {
    if (!(thrown instanceof XmlError)) throw thrown;
    return {
      fault: `${path}:${thrown.line}  no XML that can be read: ${thrown.words.replaceAll(/\s+/g, ' ')}`,
    };
  }
}

/** Of files that may be documents. */
export const isTwimlName = (path: string): boolean => /\.(?:xml|twiml)$|[?.]Digits=[^/]*$/i.test(path);

const STARTS = ['index', 'main', 'voice'];
const withoutEnding = (path: string): string => path.replace(/\.(?:xml|twiml)$/i, '');
/** The address that was asked, without the keys that were pressed. */
export const addressOf = (path: string): string =>
  withoutEnding(path)
    .replace(/(?:[?.&]Digits=[^/?&.]*)$/i, '')
    .replace(/\/index$/, '');

const SIGNS: Readonly<Record<string, readonly string[]>> = {
  '*': ['*', '%2A', 'star'],
  '#': ['%23', '#', 'pound', 'hash'],
};

export class TwimlDocuments {
  readonly #byPath: ReadonlyMap<string, TwimlDocument>;

  constructor(documents: readonly TwimlDocument[]) {
    this.#byPath = new Map(documents.map((document) => [document.path, document]));
  }

  all(): Iterable<TwimlDocument> {
    return this.#byPath.values();
  }

  start(named: string | undefined): TwimlDocument | undefined {
    const names = named === undefined ? STARTS : [named];
    return this.#first(names.flatMap((name) => [name, `${name}.xml`, `${name}.twiml`]));
  }

  /** What was answered there, after these keys; `address` as it is written in the document at `from`. */
  find(from: string, address: string | undefined, digits?: string): TwimlDocument | undefined {
    const own = addressOf(from);
    for (const base of [own, '']) {
      const url = URL.parse(address ?? `/${own}`, `http://old.invalid/${base}`);
      if (url === null) return undefined;
      const pressed = digits ?? url.searchParams.get('Digits') ?? undefined;
      url.searchParams.delete('Digits');
      const path = decoded(url.pathname).replaceAll(/^\/|\/$/g, '');
      const query = decoded(url.search.slice(1));
      const found = this.#first(
        (path === '' ? STARTS : [path, path.replace(/\.[a-z]+$/i, '')]).flatMap((one) =>
          pressed === undefined ? plain(one, query) : after(one, query, pressed),
        ),
      );
      if (found) return found;
    }
    return undefined;
  }

  #first(paths: readonly string[]): TwimlDocument | undefined {
    for (const path of paths) {
      const found = this.#byPath.get(path);
      if (found) return found;
    }
    return undefined;
  }
}

const plain = (path: string, query: string): string[] =>
  (query === '' ? [path] : [`${path}?${query}`, `${path}.${query}`, path]).flatMap((one) => [
    ...[one, `${one}.xml`, `${one}.twiml`, `${one}/index.xml`],
  ]);

const after = (path: string, query: string, digits: string): string[] =>
  (SIGNS[digits] ?? [digits]).flatMap((sign) => {
    const asked = query === '' ? [`Digits=${sign}`] : [`${query}&Digits=${sign}`, `Digits=${sign}`];
    return [
      ...asked.flatMap((one) => [
        `${path}?${one}`,
        `${path}?${one}.xml`,
        `${path}.${one}.xml`,
        `${path}.${one}`,
      ]),
      ...[`${path}/${sign}.xml`, `${path}/${sign}/index.xml`],
    ];
  });

/** Broken escapes stay as they are. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
