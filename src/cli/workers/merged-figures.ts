// The figures of several processes as one text in Prometheus' format, in which all samples of a metric stand together
// (prometheus.io, Exposition formats). Each process has labelled its own.

export function mergedFigures(texts: readonly string[]): string {
  const metrics = new Map<string, { head: string[]; samples: string[] }>();
  for (const text of texts) {
    let metric: { head: string[]; samples: string[] } | undefined;
    let isKnown = false;
    for (const line of text.split('\n')) {
      const [, about, name] = /^# (HELP|TYPE) (\S+)/.exec(line) ?? [];
      if (about === 'HELP' && name !== undefined) {
        isKnown = metrics.has(name);
        metric = metrics.get(name) ?? { head: [], samples: [] };
        metrics.set(name, metric);
      }
      if (line === '' || (isKnown && about !== undefined)) continue;
      if (about !== undefined) metric?.head.push(line);
      else metric?.samples.push(line);
    }
  }
  return [...metrics.values()].map(({ head, samples }) => [...head, ...samples, ''].join('\n')).join('\n');
}
