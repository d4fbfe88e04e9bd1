// Where in a YAML document a field stands: for faults that name a place. Knows no file.
import { isMap, isNode, isScalar, isSeq, type Document } from 'yaml';

/** Where a field is written: its key, or the list item; for a missing one the nearest thing that should hold it. */
export function offsetOf({ contents }: Document, path: readonly PropertyKey[]): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const step of path) {
    const pair = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      : undefined;
    const written: unknown = isSeq(node) ? node.items[Number(step)] : pair?.key;
    if (!isNode(written)) break;
    offset = written.range?.[0] ?? offset;
    node = pair ? pair.value : written;
  }
  return offset;
}
