/** The frame of the app: who is signed in, which screen the address names. */
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { currentSession } from "./api/session";
import { labelerServer } from "./api/labeler";
import type { Session } from "./api/types";
import { listen } from "./lib/keys";
import { Outbox } from "./lib/outbox";
import { deviceStore, memoryStore, type Store } from "./lib/store";
import { CurrentDraft, Home, startOf, type Here } from "./features/shell/here";
import { Shell } from "./features/shell/Shell";
import { SignIn } from "./features/sign-in/SignIn";
import { Failure } from "./ui/States";
import { Page } from "./ui/Page";
import { t } from "./words";
import { LiveRegion } from "./ui/Live";
import { Boundary } from "./ui/Boundary";

const Queues = lazy(() => import("./features/queues/Queues"));
const MyWork = lazy(() => import("./features/queues/MyWork"));
const Label = lazy(() => import("./features/label/Label"));
const Team = lazy(() => import("./features/team/Team"));

export function App() {
  const [session, setSession] = useState<Session | null | undefined>(undefined);
  const [error, setError] = useState<unknown>(null);
  const retry = () => {
    setError(null);
    currentSession().then(setSession, setError);
  };
  useEffect(() => {
    currentSession().then(setSession, setError);
  }, []);
  useEffect(listen, []);
  return (
    <>
      {error !== null ? (
        <Page title={t.product} narrow>
          <Failure error={error} onRetry={retry} />
        </Page>
      ) : session === null ? (
        <SignIn onSession={setSession} />
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
        <Boundary>
          <Suspense>
            <Screens session={session} />
          </Suspense>
        </Boundary>
      </Shell>
    </Home>
  );
}

function Screens({ session }: { session: Session }) {
  const [path] = useLocation();
  const start = startOf(session);
  return (
    <Switch>
      <Route path="/">
        <Redirect to={start} replace />
      </Route>
      <Route path="/sign-in">
        <Redirect to={start} replace />
      </Route>
      <Route path="/queues" component={Queues} />
      <Route path="/my-work" component={MyWork} />
      <Route path="/label/:slug">{({ slug }) => <Label key={slug} project={slug} />}</Route>
      <Route>
        <Team path={path} />
      </Route>
    </Switch>
  );
}
