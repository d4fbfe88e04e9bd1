// The frame of every view: navigation, theme, who is signed in; and the door, when nobody is.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Link, Route, Router, Switch, useLocation } from 'wouter';
import type { SessionView } from '../session-view.ts';
import { onSessionLost, session } from './api.ts';
import { useHashPath, useHashSearch } from './location.ts';
import { goOffAir, OnAir } from './on-air.tsx';
import { Boundary } from './parts/boundary.tsx';
import { Brand } from './parts/brand.tsx';
import { EmptyState, ErrorState, FaultLine, LoadingState } from './parts/states.tsx';
import { NAVIGATION, sectionOf } from './routes.ts';
import { ThemeSwitch } from './parts/theme-switch.tsx';
import { AgentsView } from './views/agents.tsx';
import { AuditView } from './views/audit.tsx';
import { BoardView } from './views/board.tsx';
import { CallView } from './views/call.tsx';
import { CampaignView } from './views/campaign.tsx';
import { CampaignsView } from './views/campaigns.tsx';
import { HistoryView } from './views/history.tsx';
import { OverviewView } from './views/overview.tsx';
import { PhoneView } from './views/phone.tsx';
import { SignInView, type SignInProps } from './views/sign-in.tsx';
import { WhoContext, type Who } from './who.ts';

const SESSION = ['session'];

export function Shell(): ReactNode {
  const cache = useQueryClient();
  const asked = useQuery({ queryKey: SESSION, queryFn: session.read, staleTime: 0 });
  useEffect(() => onSessionLost(() => void cache.invalidateQueries({ queryKey: SESSION })), [cache]);

  if (asked.isPending) return <LoadingState what="the console" />;
  // Whoever was let in stays so while the server is away: calls that they speak in go on.
  if (!asked.data) return <ErrorState fault={asked.error} again={() => void asked.refetch()} />;
  const { operator, canSignIn, version, rehearsal } = asked.data;
  const enter = (now: SessionView): void => {
    // Nothing that one person saw is shown to the next.
    cache.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION[0] });
    cache.setQueryData(SESSION, now);
  };
  if (!operator) return <Door canSignIn={canSignIn} onEntered={enter} />;
  const who: Who = { ...operator, mayAct: operator.role === 'operator', server: { version, rehearsal } };
  return (
    <WhoContext value={who}>
      <Router hook={useHashPath} searchHook={useHashSearch}>
        <Frame who={who} onLeft={enter}>
          <Views />
        </Frame>
      </Router>
    </WhoContext>
  );
}

function Door(props: SignInProps): ReactNode {
  // Nobody goes on speaking who has no button to stop.
  useEffect(goOffAir, []);
  return <SignInView {...props} />;
}

const Views = (): ReactNode => (
  <Switch>
    <Route path="/" component={OverviewView} />
    <Route path="/board/:callId?">{({ callId }) => <BoardView callId={callId} />}</Route>
    <Route path="/phone" component={PhoneView} />
    <Route path="/history" component={HistoryView} />
    <Route path="/calls/:callId">{({ callId }) => <CallView key={callId} callId={callId} />}</Route>
    <Route path="/campaigns" component={CampaignsView} />
    <Route path="/campaigns/:campaignId">
      {({ campaignId }) => <CampaignView key={campaignId} campaignId={campaignId} />}
    </Route>
    <Route path="/agents" component={AgentsView} />
    <Route path="/audit" component={AuditView} />
    <Route>
      <EmptyState title="There is no such page">
        <Link href="/">Go to the overview</Link>
      </EmptyState>
    </Route>
  </Switch>
);

function Frame({
  who,
  onLeft,
  children,
}: {
  who: Who;
  onLeft: (now: SessionView) => void;
  children: ReactNode;
}): ReactNode {
  const [path] = useLocation();
  const section = sectionOf(path);
  const main = useRef<HTMLElement>(null);
  const bar = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    document.title = `${NAVIGATION.find((entry) => entry.path === section)?.name ?? 'Console'} · Liveline`;
    // A keyboard and a screen reader begin at the new view, as they would on a new page; opening a drawer is none.
    if (sectionOf(shown.current) !== section) main.current?.focus({ preventScroll: true });
    shown.current = path;
    // Where the bar is narrower than its entries.
    bar.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [path, section]);
  return (
    <div className="shell">
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <header className="shell-bar">
        <Link href="/" className="brand">
          <Brand />
        </Link>
        {who.server.rehearsal && (
          <span className="pill" data-tone="info" title="On the simulators: no real telephone rings.">
            Rehearsal
          </span>
        )}
        <nav ref={bar} aria-label="Main">
          <ul>
            {NAVIGATION.map((entry) => (
              <li key={entry.path}>
                <Link href={entry.path} aria-current={entry.path === section ? 'page' : undefined}>
                  {entry.name}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="shell-foot">
          <p className="who">
            <span className="who-name">{who.name}</span>
            <span className="quiet">{who.role}</span>
          </p>
          <ThemeSwitch />
          {who.by === 'session' && <SignOut onLeft={onLeft} />}
          <p className="quiet version">Liveline {who.server.version}</p>
        </div>
      </header>
      <main ref={main} tabIndex={-1}>
        <OnAir />
        <Boundary place={path}>{children}</Boundary>
      </main>
    </div>
  );
}

function SignOut({ onLeft }: { onLeft: (now: SessionView) => void }): ReactNode {
  const [fault, setFault] = useState<unknown>();
  return (
    <>
      <button
        type="button"
        className="plain"
        onClick={() => {
          setFault(undefined);
          session.signOut().then(onLeft, setFault);
        }}
      >
        Sign out
      </button>
      <FaultLine fault={fault} />
    </>
  );
}
