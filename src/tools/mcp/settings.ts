// What a profile says of an MCP server, as plain data, and its secrets filled in. Knows nothing of the protocol.
import { LivelineError } from '../../base/errors.ts';
import { fitsHeader, type Secrets } from '../../web/template.ts';

/** A program that is started, or an address that is spoken with. `env` and `headers` may hold `{{secret.name}}`. */
export type McpReach =
  | {
      readonly command: string;
      readonly args: readonly string[];
      /** Beside what every child gets (PATH, HOME and the like): nothing else of our own environment is handed on. */
      readonly env: Readonly<Record<string, string>>;
      readonly cwd?: string | undefined;
    }
  | { readonly url: string; readonly headers: Readonly<Record<string, string>> };

export interface McpSettings {
  /** For people, in the log. */
  readonly name: string;
  /** Of what the server offers, what the agent may use; never empty. */
  readonly tools: readonly string[];
  readonly by: McpReach;
  /** Whether `url` may lead to this machine or into a private network. */
  readonly allowPrivate: boolean;
  /** By then a call of one of its tools is answered. */
  readonly timeoutMs: number;
}

/** RFC 9110, section 5.6.2. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const SECRET = /\{\{\s*secret\.(\w+)\s*\}\}/g;
/** As it is meant, whether or not it is written as it must be. */
const SECRET_LIKE = /\{\{\s*secrets?\b/i;

/**
 * Throws TOOL_SOURCE_INVALID, naming the server and what is wrong: a secret that is not set or no header can carry, an
 * address that is none, a secret where none is filled in.
 */
export function withSecrets({ name, by }: McpSettings, secrets: Secrets): McpReach {
  const invalid = (why: string): LivelineError =>
    new LivelineError('TOOL_SOURCE_INVALID', `MCP server ${name}: ${why}`);
  const fill = (values: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries(values).map(([key, value]) => {
      if (SECRET_LIKE.test(key) || SECRET_LIKE.test(value.replaceAll(SECRET, '')))
        throw invalid(`${key} holds a secret that is not written as {{secret.name}}`);
      return [
        key,
        value.replaceAll(SECRET, (_, secret: string) => {
          const known = secrets.get(secret.toLowerCase());
          if (known !== undefined) return known;
          const variable = `SECRET_${secret.toUpperCase()}`;
          throw invalid(`${key} needs {{secret.${secret}}}; set ${variable} in the environment`);
        }),
      ];
    });
  /** Process lists show the words of a command to everybody, and access logs an address. */
  const refuseSecret = (texts: readonly string[], why: string): void => {
    if (texts.some((text) => SECRET_LIKE.test(text))) throw invalid(why);
  };
  if ('command' in by) {
    refuseSecret(
      [by.command, ...by.args, by.cwd ?? ''],
      'its command, args and cwd cannot hold a secret, which everybody on this machine could read there; put it into env',
    );
    return { ...by, env: Object.fromEntries(fill(by.env)) };
  }
  refuseSecret([by.url], 'its url cannot hold a secret, which logs would show; put it into headers');
  if (!URL.canParse(by.url)) throw invalid('its url is no address');
  const headers = fill(by.headers);
  for (const [key, value] of headers)
    if (!HEADER_NAME.test(key) || !fitsHeader(value)) throw invalid(`header ${key} cannot be sent as it is`);
  return { ...by, headers: Object.fromEntries(headers) };
}
