// An empty folder that goes with the test. Knows nothing of what is put in it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';

export function freshFolder({ onTestFinished }: Pick<TestContext, 'onTestFinished'>): string {
  const folder = mkdtempSync(join(tmpdir(), 'liveline-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
