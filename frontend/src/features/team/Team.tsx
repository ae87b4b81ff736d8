/** The screens of those who run a project. Each is loaded when it is opened. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, type ComponentType } from "react";
import { Route, Switch } from "wouter";
import { Problem } from "../../api/http";
import { ButtonLink } from "../../ui/Button";
import { Page } from "../../ui/Page";
import { Empty } from "../../ui/States";
import { t } from "../../words";
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
              <Page title={t.common.notFoundTitle} narrow>
                <Empty action={<ButtonLink href="/">{t.common.toStart}</ButtonLink>}>
                  {t.common.notFound}
                </Empty>
              </Page>
            </Route>
          </Switch>
        </Suspense>
      </div>
    </QueryClientProvider>
  );
}
