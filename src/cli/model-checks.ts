// What `liveline doctor` looks at of the profiles together with their tools and their models. Prints nothing.
import type { Profile } from '../agents/profile.ts';
import { checkSetups, prepareTools, setupOf } from '../call/profile-checks.ts';
import { messageOf } from '../base/errors.ts';
import { silentLog } from '../base/log.ts';
import { GOOGLE_BASE_URL, type Config } from '../config.ts';
import type { Live, SessionSetup } from '../live/session.ts';
import type { Catalogue } from '../tools/catalogue.ts';
import { liveOf } from '../vendors.ts';
import { fault, note, ok, type Finding } from './finding.ts';

export async function* checkModels(
  config: Config,
  profiles: readonly Profile[],
  catalogue: Catalogue,
): AsyncGenerator<Finding, void> {
  const { ways } = config.model;
  if (ways.length === 0) yield await checkModel(config, profiles, 'model', catalogue);
  for (const [at, way] of ways.entries())
    yield await checkModel(
      { ...config, model: { ...config.model, ways: [way] } },
      profiles,
      at === 0 ? 'model' : 'model fallback',
      catalogue,
    );
}

/** Loads modules and reaches servers, as the start does. Says nothing where all tools are built in. */
export async function* checkTools(
  profiles: readonly Profile[],
  catalogue: Catalogue,
): AsyncGenerator<Finding, void> {
  for (const profile of profiles) {
    if (profile.tools.every(({ is }) => is === 'named')) continue;
    try {
      await prepareTools([profile], catalogue);
      const names = catalogue.toolsOf(profile.tools).map(({ declaration }) => declaration.name);
      const missing = profile.tools
        .flatMap((entry) => (entry.is === 'mcp' ? entry.server.tools : []))
        .filter((name) => !names.includes(name));
      const says = `${profile.name}: ${names.join(', ') || 'none'}`;
      const away = catalogue.away(profile.tools).map(({ name, why }) => `MCP server ${name} is away: ${why}`);
      if (away.length > 0) yield fault('tools', `${says}\n${away.join('\n')}`);
      else
        yield missing.length === 0
          ? ok('tools', says)
          : note(
              'tools',
              `${says}; not there now, as their MCP server does not offer them: ${missing.join(', ')}`,
            );
    } catch (thrown) {
      yield fault('tools', messageOf(thrown));
    }
  }
}

/** Tries the one way in that is left in `config`. */
async function checkModel(
  config: Config,
  profiles: readonly Profile[],
  what: string,
  catalogue: Catalogue,
): Promise<Finding> {
  try {
    const live = liveOf(config);
    const toolsOf = ({ tools }: Profile) => catalogue.toolsOf(tools);
    checkSetups(profiles, live, toolsOf);
    if (config.rehearsal && config.model.baseUrl === undefined) return note(what, 'simulated');
    if (profiles.length === 0) return note(what, 'not tried: there is no profile to try it with');
    const there = placeOf(config.model);
    for (const profile of profiles) {
      const refusal = await refusalOf(live, setupOf(profile, toolsOf(profile)));
      if (refusal !== undefined)
        return fault(what, `${profile.name} cannot talk with ${profile.model} at ${there}: ${refusal}`);
    }
    return ok(what, `${there} talks with every profile`);
  } catch (thrown) {
    return fault(what, messageOf(thrown));
  }
}

function placeOf({ ways: [way], baseUrl = GOOGLE_BASE_URL }: Config['model']): string {
  if (way?.by !== 'cloud') return way?.baseUrl ?? baseUrl;
  const { project, location } = way;
  const server = way.baseUrl === undefined ? '' : `, ${way.baseUrl}`;
  return `Google Cloud (project ${project}, ${location}${server})`;
}

/** Opens a session for a moment; undefined when the model took the setup. */
function refusalOf(live: Live, setup: SessionSetup): Promise<string | undefined> {
  return new Promise((resolve) => {
    const session = live.open(setup, silentLog);
    session.listen({
      onAudio: () => undefined,
      recall: () => [],
      onEvent: (event) => {
        if (event.type === 'ready') session.close();
        if (event.type === 'ready' || event.type === 'failed')
          resolve(event.type === 'failed' ? event.error.message : undefined);
      },
    });
  });
}
