// A reader of SOQL for the shapes that this project sends, and of nothing else: what it does not know is a fault, so that
// anything that escapes its literal shows.

export type Value = string | number | boolean | null;
export type Row = Readonly<Record<string, Value>>;

/** `errorCode` as Salesforce has it. */
export class QueryFault extends Error {
  readonly errorCode: string;

  constructor(errorCode: string, message: string) {
    super(message);
    this.errorCode = errorCode;
  }
}
const malformed = (what: string): QueryFault => new QueryFault('MALFORMED_QUERY', what);

export type Token =
  | { is: 'string'; raw: string }
  | { is: 'word'; text: string }
  | { is: 'time'; epochMs: number }
  | { is: 'sign'; text: string };

export interface Condition {
  field: string;
  operator: '=' | '<' | '>' | 'LIKE' | 'IN';
  values: readonly Token[];
}

export interface Query {
  fields: readonly string[];
  from: string;
  joined: 'AND' | 'OR';
  conditions: readonly Condition[];
  order: { field: string; descending: boolean } | undefined;
  limit: number;
}

const TOKEN =
  /\s*(?:'((?:[^'\\\n\r]|\\[nNrRtTbBfF"'\\_%]|\\u[0-9a-fA-F]{4})*)'|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)|(\w+)|([,()=<>]))/y;

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (found === null) throw malformed(`unexpected token at ${at}`);
    const [, raw, time, word, sign] = found;
    if (raw !== undefined) tokens.push({ is: 'string', raw });
    else if (time !== undefined) tokens.push({ is: 'time', epochMs: Date.parse(time) });
    else if (word !== undefined) tokens.push({ is: 'word', text: word });
    else tokens.push({ is: 'sign', text: sign! });
  }
  return tokens;
}

const NAMED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** What a literal stands for. In one that is no pattern, `\_` and `\%` are faults. */
export const literalOf = (raw: string): string =>
  raw.replaceAll(/\\(u[0-9a-fA-F]{4}|.)/g, (_, escape: string) => {
    if (escape.length === 5) return String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    if (escape === '_' || escape === '%') throw malformed('an escaped wildcard outside of LIKE');
    return NAMED[escape.toLowerCase()] ?? escape;
  });

export function patternOf(raw: string): RegExp {
  const parts = raw.match(/\\u[0-9a-fA-F]{4}|\\.|[^\\]/gsu) ?? [];
  const source = parts.map((part) => {
    if (part === '%') return '.*';
    if (part === '_') return '.';
    return RegExp.escape(part === '\\_' || part === '\\%' ? part[1]! : literalOf(part));
  });
  return new RegExp(`^${source.join('')}$`, 'isu');
}

/** SELECT … FROM … [WHERE …] [ORDER BY …] [LIMIT …]; without WHERE for what follows a RETURNING. */
export function parse(text: string): Query {
  const tokens = tokensOf(text);
  const peek = (): string | undefined => {
    const [token] = tokens;
    return token?.is === 'word' || token?.is === 'sign' ? token.text : undefined;
  };
  const take = (expected: string): void => {
    if (peek() !== expected) throw malformed(`expecting ${expected}`);
    tokens.shift();
  };
  const takes = (expected: string): boolean => peek() === expected && tokens.shift() !== undefined;
  const word = (): string => {
    const token = tokens.shift();
    if (token?.is !== 'word') throw malformed('expecting a name');
    return token.text;
  };
  const value = (): Token => {
    const token = tokens.shift();
    if (token === undefined || token.is === 'sign') throw malformed('expecting a value');
    return token;
  };
  const condition = (): Condition => {
    const field = word();
    if (takes('IN')) {
      take('(');
      const values = [value()];
      while (takes(',')) values.push(value());
      take(')');
      return { field, operator: 'IN', values };
    }
    for (const operator of ['=', '<', '>', 'LIKE'] as const)
      if (takes(operator)) return { field, operator, values: [value()] };
    throw malformed('expecting an operator');
  };

  take('SELECT');
  const fields = [word()];
  while (takes(',')) fields.push(word());
  take('FROM');
  const from = word();
  const conditions: Condition[] = [];
  let joined: 'AND' | 'OR' | undefined;
  if (takes('WHERE')) {
    conditions.push(condition());
    for (let next = peek(); next === 'AND' || next === 'OR'; next = peek()) {
      // Without brackets Salesforce takes no mixture.
      if (joined !== undefined && joined !== next) throw malformed('AND beside OR');
      joined = next;
      tokens.shift();
      conditions.push(condition());
    }
  }
  let order: Query['order'];
  if (takes('ORDER')) {
    take('BY');
    const field = word();
    order = { field, descending: takes('DESC') || !takes('ASC') };
  }
  let limit = Infinity;
  if (takes('LIMIT')) {
    limit = Number(word());
    if (!Number.isInteger(limit)) throw malformed('LIMIT takes a number');
  }
  if (tokens.length > 0) throw malformed('something is left over');
  return { fields, from, joined: joined ?? 'AND', conditions, order, limit };
}
