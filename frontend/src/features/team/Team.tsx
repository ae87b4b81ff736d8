/** The screens of those who run a project. Each is loaded when it is opened. */
import { QueryClient, QueryClientProvider, useIsFetching } from "@tanstack/react-query";
import { lazy, Suspense, type ComponentType, type ReactNode } from "react";
import { Route, Switch } from "wouter";
import { Problem } from "../../api/http";
import type { Project } from "../../api/types";
import { ButtonLink } from "../../ui/Button";
import { Page, ScreenBoundary } from "../../ui/Page";
import { Empty } from "../../ui/States";
import { t } from "../../words";
import { team } from "../../words/en-team";
import { useHere } from "../shell/here";
import { closedSection } from "../shell/places";
import { InTopBar } from "../shell/Slot";
import { isMissing } from "./known";
import { useGet } from "./queries";
import { Rail } from "./Rail";
import css from "./team.module.css";

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      // Without a network a request fails at once and is told; by default it would wait for ever.
      networkMode: "always",
      refetchOnReconnect: true,
      retry: (failures, error) => !(error instanceof Problem) && failures < 2,
    },
  },
});

interface ScreenProps {
  slug: string;
  id: number;
}

type Screen = ComponentType<ScreenProps>;

/** Address patterns and the screens that they open. */
const screens: readonly (readonly [string, Screen])[] = [
  ["/projects", lazy(() => import("../projects/Projects"))],
  ["/new-project", lazy(() => import("../project/Setup"))],
  ["/projects/:slug", lazy(() => import("../project/Overview"))],
  ["/projects/:slug/setup", lazy(() => import("../project/Setup"))],
  ["/projects/:slug/audit", lazy(() => import("../project/Audit"))],
  ["/audit", lazy(() => import("../project/Audit"))],
  ["/projects/:slug/guidelines", lazy(() => import("../project/Guidelines"))],
  ["/projects/:slug/prompts", lazy(() => import("../project/Prompts"))],
  ["/projects/:slug/prompts/:id", lazy(() => import("../project/PromptDetail"))],
  ["/projects/:slug/import", lazy(() => import("../project/Import"))],
  ["/projects/:slug/tasks", lazy(() => import("../tasks/Tasks"))],
  ["/projects/:slug/review", lazy(() => import("../project/Review"))],
  ["/projects/:slug/quality", lazy(() => import("../quality/Quality"))],
  ["/projects/:slug/disagreements", lazy(() => import("../quality/Disagreements"))],
  ["/projects/:slug/disagreements/:id", lazy(() => import("../quality/Task"))],
  ["/projects/:slug/leaderboard", lazy(() => import("../leaderboard/Leaderboard"))],
  ["/projects/:slug/people", lazy(() => import("../project/People"))],
  ["/projects/:slug/sampling", lazy(() => import("../sampling/Sampling"))],
  ["/projects/:slug/datasets", lazy(() => import("../datasets/Datasets"))],
  ["/projects/:slug/datasets/freeze", lazy(() => import("../datasets/Freeze"))],
  ["/projects/:slug/datasets/:id", lazy(() => import("../datasets/Dataset"))],
  ["/projects/:slug/training", lazy(() => import("../training/Training"))],
  ["/projects/:slug/training/:id", lazy(() => import("../training/TrainingRun"))],
  ["/projects/:slug/evaluations", lazy(() => import("../evaluations/Evaluations"))],
  ["/projects/:slug/arena", lazy(() => import("../arena/Arena"))],
  ["/projects/:slug/rounds", lazy(() => import("../rounds/Rounds"))],
  ["/projects/:slug/rounds/:id", lazy(() => import("../rounds/Round"))],
  ["/checkpoints", lazy(() => import("../checkpoints/Checkpoints"))],
  ["/checkpoints/:id", lazy(() => import("../checkpoints/Checkpoint"))],
  ["/settings/tokens", lazy(() => import("../tokens/Tokens"))],
  ["/people", lazy(() => import("../system/Everybody"))],
  ["/system", lazy(() => import("../system/System"))],
];

export default function Team({ path }: { path: string }) {
  const slug = /^\/projects\/([^/]+)/.exec(path)?.[1];
  return (
    <QueryClientProvider client={client}>
      <div className={css.layout}>
        <Rail slug={slug} />
        <Refreshing />
        <InProject slug={slug} path={path}>
          <ScreenBoundary key={path}>
            <Suspense fallback={<div />}>
              <Switch>
                {screens.map(([pattern, Screen]) => (
                  <Route key={pattern} path={pattern}>
                    {(params: { slug?: string; id?: string }) => (
                      <Screen key={path} slug={params.slug ?? ""} id={Number(params.id ?? 0)} />
                    )}
                  </Route>
                ))}
                <Route>
                  <NotFound />
                </Route>
              </Switch>
            </Suspense>
          </ScreenBoundary>
        </InProject>
      </div>
    </QueryClientProvider>
  );
}

/** A project that there is not, or a section that is not for this person, is said once for all the
 *  screen; what is known of the person's roles is enough to begin with. */
function InProject(props: { slug: string | undefined; path: string; children: ReactNode }) {
  const { slug, path, children } = props;
  const { data, error } = useGet<Project>(`projects/${slug}`, { off: slug === undefined });
  const { session } = useHere();
  const known = data ?? session.projects.find((each) => each.slug === slug);
  const closed = known && closedSection(path, known.roles);
  if (isMissing(error)) return <NotFound />;
  if (!closed) return children;
  return (
    <Page title={closed} narrow>
      <Empty>{t.problems.forbidden}</Empty>
    </Page>
  );
}

function NotFound() {
  return (
    <Page title={t.common.notFoundTitle} narrow>
      <Empty action={<ButtonLink href="/">{t.common.toStart}</ButtonLink>}>
        {t.common.notFound}
      </Empty>
    </Page>
  );
}

/** A small sign while what is shown is read again, once that takes long. */
function Refreshing() {
  const again = useIsFetching({ predicate: ({ state }) => state.data !== undefined });
  return (
    <InTopBar>{again > 0 && <span className={css.refreshing}>{team.refreshing}</span>}</InTopBar>
  );
}
