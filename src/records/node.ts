// A node: one process of one installation, by a name that tells whether it can still be alive.
import type { Owner } from '../store/process-owner.ts';

/** `installation`: the same for every process on one DATA_DIR. */
export const nodeOf = (installation: string, { id }: Owner): string => `${installation}/${id}`;

/** Whether that node is gone, as far as we can know: of other installations we know nothing. */
export async function hasDied(node: string, own: string, owner: Owner): Promise<boolean> {
  const [installation, id = ''] = node.split('/');
  return node !== own && installation === own.split('/')[0] && !(await owner.isAlive(id));
}
