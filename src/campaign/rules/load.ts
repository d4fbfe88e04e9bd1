// The folder of rule data: every file of it is read, or none is. Knows nothing of numbers.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { LivelineError, messageOf } from '../../base/errors.ts';
import { offsetOf } from '../../base/yaml-place.ts';
import { ruleFile, type CountryRules, type RuleData } from './rule-data.ts';

/** Throws CALLING_RULES_INVALID with every fault, each with its file, line and field. */
export async function loadRules(dir: string): Promise<RuleData> {
  const names = await readdir(dir).catch((cause: unknown) => {
    throw new LivelineError(
      'CALLING_RULES_INVALID',
      `the folder of calling rules cannot be read: ${messageOf(cause)}`,
      { cause },
    );
  });
  const files = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  const read = await Promise.all(files.map((name) => readRules(dir, name)));
  const faults = read.flatMap((file) => ('faults' in file ? file.faults : []));
  const rules = new Map<string, CountryRules>();
  for (const file of read) {
    if ('faults' in file) continue;
    for (const country of file.rules.countries) {
      if (rules.has(country)) faults.push(`${file.name}: countries: ${country} is in another file too`);
      rules.set(country, file.rules);
    }
  }
  if (files.length === 0) faults.push(`${dir} holds no .yaml file: nobody could be called`);
  if (faults.length === 0) return rules;
  throw new LivelineError('CALLING_RULES_INVALID', `calling rules:\n${faults.join('\n')}`);
}

async function readRules(
  dir: string,
  name: string,
): Promise<{ name: string; rules: CountryRules } | { faults: string[] }> {
  const lines = new LineCounter();
  const document = parseDocument(await readFile(join(dir, name), 'utf8'), { lineCounter: lines });
  const [broken] = document.errors;
  if (broken) return { faults: [`${name}:${lines.linePos(broken.pos[0]).line}: ${broken.message}`] };
  const checked = ruleFile.safeParse(document.toJS());
  if (checked.success) return { name, rules: checked.data };
  return {
    faults: checked.error.issues.map(({ path, message }) => {
      const { line } = lines.linePos(offsetOf(document, path));
      return `${name}:${line}: ${path.map(String).join('.')}: ${message}`;
    }),
  };
}
