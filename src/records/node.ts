// A node: one process of one installation, by a name that tells whether it can still be alive.
import { isOfPlace, type Owner } from '../store/process-owner.ts';

/** `installation`: the same for every process on one DATA_DIR. */
export const nodeOf = (installation: string, { id }: Owner): string => `${installation}/${id}`;

/** Whether they run on one machine, as far as we can know. */
export const isOfSamePlace = (node: string, other: string): boolean =>
  isOfPlace(node.split('/')[1] ?? '', other.split('/')[1] ?? '');

/**
 * Whether that node is gone, as far as we can know: nothing of other installations, and of processes in other places only
 * what their spool showed (`foundDead`).
 */
export async function hasDied(
  node: string,
  own: string,
  owner: Owner,
  foundDead: (id: string) => boolean,
): Promise<boolean> {
  const [installation, id = ''] = node.split('/');
  if (node === own || installation === '' || id === '' || installation !== own.split('/')[0]) return false;
  return isOfPlace(id, owner.id) ? !(await owner.isAlive(id)) : foundDead(id);
}
