/** The frame of the app: who is signed in, which screen the address names. */
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { Problem, Unreachable } from "./api/http";
import { currentSession } from "./api/session";
import { labelerServer } from "./api/labeler";
import type { Session } from "./api/types";
import { listen } from "./lib/keys";
import { Outbox } from "./lib/outbox";
import { deviceStore, memoryStore, type Store } from "./lib/store";
import { CurrentDraft, Home, startOf, type Here } from "./features/shell/here";
import { Shell } from "./features/shell/Shell";
import { Failure } from "./ui/States";
import { Page, ScreenBoundary } from "./ui/Page";
import { t } from "./words";
import { LiveRegion } from "./ui/Live";

const SignIn = lazy(() => import("./features/sign-in/SignIn"));
const Join = lazy(() => import("./features/sign-in/Join"));
const Reset = lazy(() => import("./features/sign-in/Reset"));
const Account = lazy(() => import("./features/account/Account"));
const Queues = lazy(() => import("./features/queues/Queues"));
const MyWork = lazy(() => import("./features/queues/MyWork"));
const Label = lazy(() => import("./features/label/Label"));
const Team = lazy(() => import("./features/team/Team"));

const ASK_AGAIN = 3_000;

/** The network is away or the server starts anew: asked again by itself. */
function passes(error: unknown): boolean {
  return error instanceof Unreachable || (error instanceof Problem && error.status >= 500);
}

export function App() {
  const [session, setSession] = useState<Session | null | undefined>(undefined);
  const [error, setError] = useState<unknown>(null);
  const ask = useCallback(() => {
    currentSession().then((found) => {
      setError(null);
      setSession(found);
    }, setError);
  }, []);
  useEffect(ask, [ask]);
  useEffect(() => {
    if (!passes(error)) return;
    const again = setTimeout(ask, ASK_AGAIN);
    return () => clearTimeout(again);
  }, [error, ask]);
  useEffect(listen, []);
  const [path, go] = useLocation();
  const invitation = /^\/join\/([^/]+)$/.exec(path)?.[1];
  const reset = /^\/reset(?:\/([^/]*))?$/.exec(path)?.slice(1).map((secret) => secret ?? "")[0];
  const joined = (found: Session) => {
    setSession(found);
    go("/");
  };
  return (
    <>
      {error !== null ? (
        <main>
          <Page title={t.product} narrow>
            <Failure error={error} onRetry={ask} />
          </Page>
        </main>
      ) : invitation && session !== undefined ? (
        <Suspense>
          <Join secret={invitation} session={session} onSession={joined} />
        </Suspense>
      ) : reset !== undefined && session !== undefined ? (
        <Suspense>
          <Reset secret={reset} onSession={joined} />
        </Suspense>
      ) : session === null ? (
        <Suspense>
          <SignIn onSession={setSession} />
        </Suspense>
      ) : session ? (
        <SignedIn key={session.person.id} session={session} onSession={setSession} />
      ) : null}
      <LiveRegion />
    </>
  );
}

function storeOf(person: number): Store {
  return typeof indexedDB === "undefined" ? memoryStore() : deviceStore(person);
}

function SignedIn(props: { session: Session; onSession: (session: Session | null) => void }) {
  const { session, onSession } = props;
  // One outbox for each person, whatever else changes in the session.
  const [kept] = useState(() => {
    const store = storeOf(session.person.id);
    const renew = async () => onSession(await currentSession());
    return { store, outbox: new Outbox(labelerServer, store, renew), draft: new CurrentDraft() };
  });
  const here = useMemo<Here>(() => ({ session, onSession, ...kept }), [session, onSession, kept]);
  useEffect(() => {
    const wake = () => document.visibilityState === "visible" && here.outbox.wake();
    void here.outbox.start();
    addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
    return () => {
      here.outbox.stop();
      removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
    };
  }, [here]);
  return (
    <Home value={here}>
      <Shell>
        <ScreenBoundary>
          <Suspense>
            <Screens session={session} />
          </Suspense>
        </ScreenBoundary>
      </Shell>
    </Home>
  );
}

function Screens({ session }: { session: Session }) {
  const [path] = useLocation();
  const start = startOf(session);
  if (session.owes_second_factor) return <Account />;
  return (
    <Switch>
      <Route path="/">
        <Redirect to={start} replace />
      </Route>
      <Route path="/sign-in">
        <Redirect to={start} replace />
      </Route>
      <Route path="/queues" component={Queues} />
      <Route path="/account" component={Account} />
      <Route path="/my-work" component={MyWork} />
      <Route path="/label/:slug">{({ slug }) => <Label key={slug} project={slug} />}</Route>
      <Route>
        <Team path={path} />
      </Route>
    </Switch>
  );
}
