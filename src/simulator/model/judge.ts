// Reads a client message as strictly as Google's JSON reader does: an unknown name anywhere ends the session.
// Names may come in camelCase or snake_case and leave in camelCase; a null counts as absent.
import type { HeardMessage } from './heard.ts';
import { CLIENT_MESSAGE, type MessageShape, type Shape } from './shapes.ts';

/** Why the socket is closed: close code and the reason text of the real server (openclaw/openclaw#152413 quotes some). */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: number;

  constructor(code: number, reason: string) {
    super(reason);
    this.code = code;
  }
}

/** What the real server says when it says no more: bad order, bad value, a feature that the model lacks. */
export const INVALID_ARGUMENT = 'Request contains an invalid argument.';

export const refuse = (reason: string = INVALID_ARGUMENT, code = 1007): never => {
  throw new Refused(code, reason);
};

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const INTEGER = /^-?\d+$/;
const INT32_LIMIT = 2 ** 31;

const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
const shown = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
};
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const unknownName = (name: string, path: string, why = 'Cannot find field.'): never =>
  refuse(
    `Invalid JSON payload received. Unknown name "${name}"${path === '' ? '' : ` at '${path}'`}: ${why}`,
  );

function checkMessage(value: unknown, shape: MessageShape, path: string): Record<string, unknown> {
  if (!isObject(value)) return refuse(`Invalid value at '${path}' (type_message), ${shown(value)}`);
  const checked: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const key = camelCase(name);
    const field = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
    if (field === undefined) return unknownName(name, path);
    if (inner === null) continue;
    if (shape.oneOf !== undefined && Object.keys(checked).length > 0)
      refuse(`Invalid value (oneof), oneof field '${shape.oneOf}' is already set. Cannot set '${name}'`);
    if (Array.isArray(inner) && field.is !== 'list' && field.is !== 'value')
      return unknownName(name, path, 'Proto field is not repeating, cannot start list.');
    checked[key] = check(inner, field, below(path, snakeCase(key)));
  }
  return checked;
}

function check(value: unknown, shape: Shape, path: string): unknown {
  const wrong = (type: string): never => refuse(`Invalid value at '${path}' (${type}), ${shown(value)}`);
  switch (shape.is) {
    case 'message':
      return checkMessage(value, shape, path);
    case 'list':
      return Array.isArray(value)
        ? value.map((item: unknown, at) => check(item, shape.of, `${path}[${at}]`))
        : [check(value, shape.of, `${path}[0]`)];
    case 'map':
      if (!isObject(value)) return wrong('type_map');
      return Object.fromEntries(
        Object.entries(value).map(([key, inner], at) => [
          key,
          check(inner, shape.of, `${path}[${at}].value`),
        ]),
      );
    case 'enum': {
      const name = typeof value === 'string' ? value.toUpperCase() : '';
      return shape.values.includes(name) ? name : wrong('TYPE_ENUM');
    }
    case 'string':
      return typeof value === 'string' ? value : wrong('TYPE_STRING');
    case 'bytes':
      if (typeof value !== 'string') return wrong('TYPE_BYTES');
      return BASE64.test(value) && value.replace(/=+$/, '').length % 4 !== 1
        ? value
        : refuse(`Invalid value at '${path}' (TYPE_BYTES), Base64 decoding failed for ${shown(value)}`);
    case 'bool':
      return typeof value === 'boolean' ? value : wrong('TYPE_BOOL');
    case 'int32': {
      const number = typeof value === 'string' && INTEGER.test(value) ? Number(value) : value;
      const fits = Number.isInteger(number) && Number(number) >= -INT32_LIMIT && Number(number) < INT32_LIMIT;
      return fits ? number : wrong('TYPE_INT32');
    }
    case 'int64':
      return INTEGER.test(String(value)) ? String(value) : wrong('TYPE_INT64');
    case 'float':
      return typeof value === 'number' ? value : wrong('TYPE_FLOAT');
    case 'struct':
      return isObject(value) ? value : wrong('type.googleapis.com/google.protobuf.Struct');
    case 'value':
      return value;
  }
}

/** Throws Refused. The message it returns has exactly one key. */
export function judge(json: string): HeardMessage {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return refuse(`Invalid JSON payload received. Unexpected token. ${shown(json)}`);
  }
  const message: HeardMessage = checkMessage(parsed, CLIENT_MESSAGE, '');
  return Object.keys(message).length === 1 ? message : refuse();
}
