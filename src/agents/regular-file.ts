// Reading a file that an author named, and only what ends: a pipe or a device would be waited for, or read, for ever.
import { readFile, stat } from 'node:fs/promises';
import { LivelineError } from '../base/errors.ts';

/** Links are followed. Throws PROFILE_INVALID for what is no regular file, or too large, or the file system's error. */
export async function readRegularFile(path: string, mostBytes = Infinity): Promise<Buffer> {
  const found = await stat(path);
  if (found.isFile() && found.size > mostBytes)
    throw new LivelineError(
      'PROFILE_INVALID',
      `${path} has ${megabytes(found.size)} MB; at most ${megabytes(mostBytes)} MB`,
    );
  if (found.isFile()) return readFile(path);
  const what = found.isDirectory() ? 'is a folder' : 'is a pipe, a socket or a device, and not a file';
  throw new LivelineError('PROFILE_INVALID', `${path} ${what}`);
}

/** Rounded up, so that nothing of "2 MB" is refused. */
const megabytes = (bytes: number): string => String(Math.ceil(bytes / 10_000) / 100);
