// A reader of SOSL for the two searches that this project sends. It folds no accents and breaks words at every sign, so
// that nothing relies on a kinder index.
import { parse, QueryFault, type Query, type Row } from './soql.ts';

const SHAPE = /^FIND \{([^{}]*)\} IN (NAME|PHONE) FIELDS RETURNING Contact\(([^()]*)\)$/;
/** Unescaped, none of Salesforce's reserved characters may stand in a search but the wildcards. */
const TERM = /^[\p{L}\p{N}\p{M}][\p{L}\p{N}\p{M}?]*\*?$/u;

export interface Search {
  readonly finds: (row: Row) => boolean;
  /** What comes after RETURNING, as a query. */
  readonly query: string;
  readonly returning: Query;
}

export function readSearch(sosl: string): Search {
  const [, terms, scope, returning] = SHAPE.exec(sosl) ?? [];
  if (terms === undefined || returning === undefined)
    throw new QueryFault('MALFORMED_SEARCH', 'unexpected token');
  const [, fields, rest] = /^(.*?)((?: ORDER BY .*)?(?: LIMIT \d+)?)$/.exec(returning)!;
  const query = `SELECT ${fields} FROM Contact${rest}`;
  const finds = scope === 'PHONE' ? phoneTest(terms) : nameTest(terms);
  return { finds, query, returning: parse(query) };
}

function phoneTest(term: string): Search['finds'] {
  if (!/^\d{2,}$/.test(term)) throw new QueryFault('MALFORMED_SEARCH', 'no digits');
  return (row) =>
    ['Phone', 'MobilePhone', 'HomePhone'].some((field) =>
      String(row[field] ?? '')
        // Here the kinder index is the worse one: it finds whose number is another's extension.
        .replace(/\s*(ext|x).*$/i, '')
        .replaceAll(/\D/g, '')
        .endsWith(term),
    );
}

function nameTest(terms: string): Search['finds'] {
  const isOr = terms.includes(' OR ');
  const patterns = terms.split(isOr ? ' OR ' : ' AND ').map((term) => {
    if (!TERM.test(term)) throw new QueryFault('MALFORMED_SEARCH', `unexpected token in ${term}`);
    if (Array.from(term.replace(/\*$/, '')).length < 2)
      throw new QueryFault('MALFORMED_SEARCH', 'search term must be longer than one character');
    const source = RegExp.escape(term).replaceAll('\\?', '.').replaceAll('\\*', '.*');
    return new RegExp(`^${source}$`, 'iu');
  });
  return (row) => {
    const words = `${row['FirstName'] ?? ''} ${row['LastName'] ?? ''}`.split(/[^\p{L}\p{N}\p{M}]+/u);
    const has = (pattern: RegExp): boolean => words.some((word) => pattern.test(word));
    return isOr ? patterns.some(has) : patterns.every(has);
  };
}
