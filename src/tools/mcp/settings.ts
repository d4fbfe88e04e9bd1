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

/**
 * Throws TOOL_SOURCE_INVALID, naming the server and what is wrong: a secret that is not set or no header can carry, an
 * address that is none.
 */
export function withSecrets({ name, by }: McpSettings, secrets: Secrets): McpReach {
  const invalid = (why: string): LivelineError =>
    new LivelineError('TOOL_SOURCE_INVALID', `MCP server ${name}: ${why}`);
  const fill = (values: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries(values).map(([key, value]) => [
      key,
      value.replaceAll(SECRET, (_, secret: string) => {
        const known = secrets.get(secret.toLowerCase());
        if (known !== undefined) return known;
        const variable = `SECRET_${secret.toUpperCase()}`;
        throw invalid(`${key} needs {{secret.${secret}}}; set ${variable} in the environment`);
      }),
    ]);
  if ('command' in by) return { ...by, env: Object.fromEntries(fill(by.env)) };
  if (!URL.canParse(by.url)) throw invalid('its url is no address');
  const headers = fill(by.headers);
  for (const [key, value] of headers)
    if (!HEADER_NAME.test(key) || !fitsHeader(value)) throw invalid(`header ${key} cannot be sent as it is`);
  return { ...by, headers: Object.fromEntries(headers) };
}
