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

/** What stands around an element, such as a <break>, is words of their own; no sign is. */
const textOf = ({ content }: XmlNode): string =>
  content
    .map((part, at) => {
      if (typeof part === 'string') return part;
      const next = content[at + 1];
      const inner = textOf(part);
      const gap = typeof next === 'string' && /^[.,;:!?)]/.test(next) ? '' : ' ';
      return inner === '' ? gap : ` ${inner}${gap}`;
    })
    .join('');

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

export interface Found {
  readonly document: TwimlDocument;
  /** Why it may not be what was answered, for the author; empty: it is. */
  readonly lost: string;
}

/** Whoever names no server means that of the document. */
const SAME = 'http://old.invalid';

/** Undefined: none is named. */
function hostOf(address: string): string | undefined {
  const url = URL.parse(address, SAME);
  return url === null || url.host === '' || url.origin === SAME ? undefined : url.host;
}

/** Where a call goes on. */
const addressesOf = ({ name, attributes, text, inside }: Verb): string[] => [
  ...[attributes['action'] ?? '', name === 'Redirect' ? text : ''].filter((address) => address !== ''),
  ...inside.flatMap(addressesOf),
];

/** Servers that they name; undefined among them: some address names none. */
const hostsOf = (documents: readonly TwimlDocument[]): ReadonlySet<string | undefined> =>
  new Set(documents.flatMap(({ verbs }) => verbs.flatMap(addressesOf)).map(hostOf));

export class TwimlDocuments {
  /** The one that answers the call; undefined: nobody knows which. */
  readonly start: TwimlDocument | undefined;
  readonly #byName: ReadonlyMap<string, TwimlDocument>;
  /** Servers that documents name. */
  readonly #hosts: ReadonlySet<string | undefined>;
  /** Of them, the one that the folder was saved from; undefined: nobody knows. */
  readonly #own: string | undefined;
  readonly #isOwnSure: boolean;

  /** `start`: the name of the first document; index, main or voice when left out. */
  constructor(documents: readonly TwimlDocument[], start?: string) {
    this.#byName = new Map(documents.toReversed().map((document) => [inOrder(document.path), document]));
    const names = start === undefined ? STARTS : [start];
    this.start =
      this.#first(names.flatMap((name) => [name, `${name}.xml`, `${name}.twiml`])) ??
      (documents.length === 1 && start === undefined ? documents[0] : undefined);
    this.#hosts = hostsOf(documents);
    const named = [...this.#hosts].filter((host) => host !== undefined);
    const first = [...hostsOf(this.start === undefined ? [] : [this.start])];
    // The document that answers the call names its own server, if it names no other.
    const isSaid = first.length === 1 && first[0] !== undefined;
    this.#own = isSaid ? first[0] : named.length === 1 ? named[0] : undefined;
    this.#isOwnSure = isSaid || !this.#hosts.has(undefined);
  }

  /** Of an address without a document, for the author. */
  missing(address: string, written = address): string {
    const host = hostOf(address);
    return host !== undefined && host !== this.#own
      ? `${address} is answered by another server, ${host}`
      : `there is no document for ${written}`;
  }

  /** What was answered there, after these keys; `address` as it is written in the document at `from`. */
  find(from: string, address: string | undefined, digits?: string): Found | undefined {
    const named = hostOf(address ?? '');
    const folder = from.split('/', 1)[0]!;
    const home = this.#hosts.has(folder) && from !== folder ? `${folder}/` : '';
    const roots = named === undefined ? [home] : [`${named}/`, ...(named === this.#own ? [''] : [])];
    for (const root of roots) {
      const found = this.#within(root, addressOf(from.slice(home.length)), address, digits);
      if (found === undefined) continue;
      const { document, ignored } = found;
      const pressed = digits === undefined ? '' : `, key ${digits},`;
      const isDoubtful = named !== undefined && root === '' && !this.#isOwnSure;
      const doubt = isDoubtful ? `${address} may be answered by another server, ${named}` : '';
      const lost =
        ignored === '' ? doubt : `there is no document for ${address ?? from}${pressed} with ${ignored}`;
      return { document, lost };
    }
    return undefined;
  }

  /** The keys, two or more of them, that have a document of their own. */
  numbers(from: string, address: string | undefined): string[] {
    const all = [...this.#byName.values()].map(({ path }) => ({ path, digits: digitsOf(path) }));
    return all
      .filter(({ path, digits }) => {
        if (digits.length < 2) return false;
        return this.find(from, address, digits)?.document.path === path;
      })
      .map(({ digits }) => digits)
      .sort();
  }

  /** Below `root`; `own` is the address that asks. `ignored`: of the address, what the document was saved without. */
  #within(
    root: string,
    own: string,
    address: string | undefined,
    digits: string | undefined,
  ): { readonly document: TwimlDocument; readonly ignored: string } | undefined {
    for (const base of [own, '']) {
      const url = URL.parse(address ?? `/${own}`, `${SAME}/${base}`);
      if (url === null) return undefined;
      const pressed = digits ?? url.searchParams.get('Digits') ?? undefined;
      url.searchParams.delete('Digits');
      const path = decoded(url.pathname).replaceAll(/^\/|\/$/g, '');
      const query = decoded(url.search.slice(1));
      const places = path === '' ? STARTS : [path, path.replace(/\.[a-z]+$/i, '')];
      for (const kept of query === '' ? [''] : [query, '']) {
        const document = this.#first(
          places.flatMap((one) =>
            pressed === undefined ? plain(`${root}${one}`, kept) : after(`${root}${one}`, kept, pressed),
          ),
        );
        if (document) return { document, ignored: kept === query ? '' : query };
      }
    }
    return undefined;
  }

  #first(names: readonly string[]): TwimlDocument | undefined {
    for (const name of names) {
      const found = this.#byName.get(inOrder(name));
      if (found) return found;
    }
    return undefined;
  }
}

/** That a document was saved under: `key?Digits=101.xml`, `key/101.xml`. */
const digitsOf = (path: string): string =>
  (/[?.&]Digits=(\d+)(?:&|$)/i.exec(withoutEnding(path)) ?? /\/(\d+)$/.exec(withoutEnding(path)))?.[1] ?? '';

/** The fields of a query mean the same in any order. */
function inOrder(name: string): string {
  const [, path = '', query, ending = ''] = /^(.*?)\?(.*?)(\.xml|\.twiml)?$/is.exec(name) ?? [];
  return query === undefined ? name : `${path}?${query.split('&').sort().join('&')}${ending}`;
}

const plain = (path: string, query: string): string[] =>
  (query === '' ? [path] : [`${path}?${query}`, `${path}.${query}`]).flatMap((one) => [
    ...[one, `${one}.xml`, `${one}.twiml`, `${one}/index.xml`],
  ]);

const after = (path: string, query: string, digits: string): string[] =>
  (SIGNS[digits] ?? [digits]).flatMap((sign) => {
    const asked = query === '' ? `Digits=${sign}` : `${query}&Digits=${sign}`;
    return [
      ...[`${path}?${asked}`, `${path}?${asked}.xml`, `${path}.${asked}.xml`, `${path}.${asked}`],
      ...(query === '' ? [`${path}/${sign}.xml`, `${path}/${sign}/index.xml`] : []),
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
